"""What a pump holds, in memory that is damaged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import LIMITS, PROGRAM, Bench
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.ledger import Book
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Phase, SafeAction
from thecal.pump.program import WeekStep

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
