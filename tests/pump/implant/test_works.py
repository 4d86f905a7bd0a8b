"""The works: refused permits, and the order of doing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.pump.implant.bench import HARDWARE, LIMITS, PROGRAM, Bench
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.chain import rebuilt
from thecal.pump.implant.denials import Denial
from thecal.pump.implant.ledger import Book
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Permit, Phase, Woke
from thecal.pump.program import Bridge

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
