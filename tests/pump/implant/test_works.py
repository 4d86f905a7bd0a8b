"""The works: damaged memory, refused permits, and the order of doing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import HARDWARE, LIMITS, PROGRAM, Bench
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.chain import rebuilt
from thecal.pump.implant.denials import Denial
from thecal.pump.implant.ledger import Book
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Permit, Phase, SafeAction, Woke
from thecal.pump.program import Bridge, WeekStep

HOUR_S = 3_600


def running(limits: Any = LIMITS) -> Bench:  # noqa: ANN401  (one kind of limits)
    bench = Bench()
    bench.program(limits=limits)
    bench.run(HOUR_S)
    return bench


def phase(bench: Bench) -> Phase:
    return Phase(bench.implant.status(bench.now_s).phase)


def flipped(cells: bytes, *bits: int) -> bytes:
    spoilt = bytearray(cells)
    for bit in bits:
        spoilt[bit // 8 % len(spoilt)] ^= 1 << bit % 8
    return bytes(spoilt)


# -- memory ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-24", "PC-25")
@given(st.integers(0, 1 << 16))
def test_a_flipped_bit_of_the_state_is_mended_and_told(bit: int) -> None:
    bench = running()
    works = bench.implant.works
    works._cells = flipped(works._cells, bit)
    bench.run(HOUR_S)
    assert phase(bench) == Phase.RUNNING
    assert Cause.MEMORY in bench.listed
    assert bench.plant.turned == 83


@pytest.mark.requirement("PC-24", "PC-43", "PC-11")
def test_a_state_that_is_damaged_in_both_copies_leads_to_the_safe_state() -> None:
    bench = running()
    works = bench.implant.works
    works._cells = bytes(len(works._cells))
    bench.run(DAY_S)
    assert phase(bench) == Phase.MINIMUM
    assert {Cause.MEMORY_CRITICAL, Cause.SAFE_STATE} <= bench.causes
    assert works.strokes == bench.plant.turned


@pytest.mark.requirement("PC-24", "PC-43")
def test_a_drug_that_may_stop_then_halts() -> None:
    bench = running(replace(LIMITS, safe_action=SafeAction.STOP))
    works = bench.implant.works
    works._cells = b""
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED
    assert works.strokes == bench.plant.turned


@pytest.mark.requirement("PC-43")
def test_damaged_memory_and_a_damaged_store_together_halt_the_pump() -> None:
    bench = running()
    works = bench.implant.works
    works._cells = b""
    assert isinstance(bench.store, MemoryStore)
    for name in ("state.a", "state.b"):
        bench.store.files[name][20] ^= 1
    turned = bench.plant.turned
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED
    assert Cause.MEMORY_CRITICAL in bench.causes
    assert bench.plant.turned == turned


@pytest.mark.requirement("PC-43")
def test_damaged_memory_and_a_store_that_was_wiped_halt_the_pump() -> None:
    bench = running()
    bench.implant.works._cells = b""
    assert isinstance(bench.store, MemoryStore)
    for name in ("state.a", "state.b"):
        del bench.store.files[name]
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED


@pytest.mark.requirement("PC-15", "PC-24")
@pytest.mark.parametrize("book", [Book.BASAL, Book.RESERVOIR, Book.WITHDRAWN])
def test_a_ledger_that_does_not_balance_is_taken_from_the_store(book: Book) -> None:
    bench = running()
    works = bench.implant.works
    balances = list(works.ledger.balances)
    balances[book] += 1 << 7
    works.ledger = works.ledger._replace(balances=tuple(balances))
    bench.run(HOUR_S)
    works.ledger.check()
    assert works.strokes == bench.plant.turned
    assert Cause.MEMORY_CRITICAL in bench.causes


@pytest.mark.requirement("PC-24")
def test_memory_that_is_damaged_between_two_calls_is_noticed_by_a_question() -> None:
    bench = running()
    works = bench.implant.works
    works._cells = b""
    bench.implant.status(bench.now_s)
    bench.run(60)
    assert Cause.MEMORY_CRITICAL in bench.causes


@pytest.mark.requirement("PC-22", "PC-24", "PC-11")
def test_a_program_that_changes_in_memory_is_found_within_the_hour() -> None:
    bench = running()
    works = bench.implant.works
    double = replace(PROGRAM, steps=(WeekStep(0, 500_000),))
    works.setting = replace(works.setting, program=double)
    bench.run(HOUR_S)
    assert {Cause.MEMORY_CRITICAL, Cause.SAFE_STATE} <= bench.causes


@pytest.mark.requirement("PC-22", "PC-24")
def test_a_plan_that_is_not_that_of_the_program_is_found_within_the_hour() -> None:
    bench = running()
    works = bench.implant.works
    wrong = replace(works.setting.plan, minimum_flow=7_000)
    object.__setattr__(works.setting, "plan", wrong)
    bench.run(HOUR_S)
    assert Cause.MEMORY_CRITICAL in bench.causes


# -- permits --------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-12", "PC-14")
def test_strokes_that_the_monitor_refuses_do_not_move_and_are_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bench = running()
    works = bench.implant.works
    turned = bench.plant.turned
    monkeypatch.setattr(works.monitor, "permit", lambda *_: Denial.AHEAD)
    bench.run(HOUR_S)
    assert bench.plant.turned == turned
    assert works.strokes == turned
    assert works.latest.reservoir_nl == works.ledger.reservoir_nl == 18_000_000 - 250 * turned
    assert {Cause.PERMIT_REFUSED, Cause.SAFE_STATE} <= bench.causes
    assert phase(bench) == Phase.MINIMUM


@pytest.mark.requirement("PC-12", "PC-14")
def test_a_controller_that_runs_away_is_cut_off_by_the_monitor() -> None:
    bench = running()
    works = bench.implant.works
    ten_times = replace(works.setting.plan, flows=(2_500_000,))
    object.__setattr__(works.setting, "plan", ten_times)
    turned = bench.plant.turned
    bench.run(HOUR_S // 2)
    assert bench.plant.turned - turned <= 2
    assert {Cause.PERMIT_REFUSED, Cause.SAFE_STATE} <= bench.causes


@pytest.mark.requirement("PC-10")
def test_a_dangerous_fault_halts_the_motor_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = running()
    monkeypatch.setattr(bench.implant.works.monitor, "permit", lambda *_: Denial.AHEAD)
    bench.run(200)
    assert bench.plant.halted == 1


def test_an_event_that_leads_to_no_end_of_others_is_a_fault_of_the_software(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    works = running().implant.works
    monkeypatch.setattr(works, "_carry_out", lambda *_: ((), Woke(HOUR_S)))
    with pytest.raises(AssertionError, match="too many others"):
        works.obey(Woke(HOUR_S))


# -- the order of doing ---------------------------------------------------------------------------


class Witness(MemoryStore):
    """Writes down the order of what reaches the store and the motor."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def write(self, name: str, offset: int, data: bytes) -> None:
        self.seen.append(name.partition(".")[0])
        super().write(name, offset, data)

    def sync(self) -> None:
        self.seen.append("sync")


@pytest.mark.requirement("PC-41")
def test_the_intent_is_durable_before_the_stroke(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Witness()
    bench = Bench(store=store)
    bench.program()
    push = bench.plant.push

    def pushed(permit: Permit, strokes: int, now_s: int) -> None:
        store.seen.append("push")
        push(permit, strokes, now_s)

    monkeypatch.setattr(bench.plant, "push", pushed)
    store.seen.clear()
    bench.run(100)
    assert store.seen == ["monitor", "state", "sync", "push"]


@pytest.mark.requirement("PC-70")
def test_an_order_is_in_the_record_and_in_the_log_before_it_acts() -> None:
    store = Witness()
    bench = Bench(store=store)
    bench.program()
    store.seen.clear()
    bench.implant.bolus(5_000, 600, 0)
    assert store.seen[:5] == ["state", "sync", "log", "sync", "log"]


@pytest.mark.requirement("PC-73", "PC-70")
def test_a_full_log_makes_room_and_the_ledger_can_still_be_rebuilt() -> None:
    bench = Bench()
    bench.program()
    bench.implant.works.log._segment_bytes = 2_000
    bench.run(10 * DAY_S)
    log = bench.implant.works.log
    assert log.kept_from > 0
    raw = bench.implant.log_from(log.kept_from)
    told = rebuilt(raw)
    assert told.ledger.delivered_nl == bench.plant.turned * HARDWARE.stroke_nl
    assert told.programs[0][1] == bench.implant.status(bench.now_s).digest


def test_a_bridge_is_an_account_of_its_own() -> None:
    bench = Bench()
    bench.program(replace(PROGRAM, bridge=Bridge(5_000, 250_000)))
    bench.run(HOUR_S)
    works = bench.implant.works
    assert works.ledger.balances[Book.BRIDGE] == 5_000
    assert works.ledger.balances[Book.BASAL] == (bench.plant.turned - 20) * 250
