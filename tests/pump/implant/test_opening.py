"""What a pump does with a store that has decayed or fails."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import (
    HARDWARE,
    KEY,
    LIMITS,
    PROGRAM,
    Bench,
    ToyPlant,
    delivered_nl,
    phase,
)
from tests.pump.implant.stores import FailingStore
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.chain import rebuilt, verify
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.keeping import Keeper
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import NEVER, Phase
from thecal.pump.program import WeekStep

HOUR_S = 3_600
CODES = (encode_program(PROGRAM), encode_limits(LIMITS))


def counted_nl(bench: Bench) -> int:
    return bench.implant.status(bench.now_s).strokes * HARDWARE.stroke_nl


# -- decay ----------------------------------------------------------------------------------------


def _spoil(store: MemoryStore, name: str) -> None:
    store.files[name][20] ^= 0xFF


@pytest.mark.requirement("PC-43", "PC-11")
def test_without_a_readable_state_the_pump_halts_with_a_high_alarm() -> None:
    bench = Bench()
    bench.program()
    bench.run(DAY_S)
    assert isinstance(bench.store, MemoryStore)
    _spoil(bench.store, "state.a")
    _spoil(bench.store, "state.b")
    before_nl = delivered_nl(bench)
    bench.restart(60)
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED
    assert delivered_nl(bench) == before_nl
    assert Cause.MEMORY_CRITICAL in bench.causes
    assert any(sound.critical for sound in bench.sounds)


@pytest.mark.requirement("PC-43")
@pytest.mark.parametrize("name", ["state.a", "state.b"])
def test_one_bad_copy_of_the_state_is_told_and_the_other_is_used(name: str) -> None:
    bench = Bench()
    bench.program()
    bench.run(DAY_S)
    assert isinstance(bench.store, MemoryStore)
    _spoil(bench.store, name)
    bench.restart(60)
    assert phase(bench) == Phase.RUNNING
    assert Cause.MEMORY in bench.listed


@pytest.mark.requirement("PC-43")
def test_without_a_readable_program_nothing_flows_and_no_older_one_is_used() -> None:
    bench = Bench()
    bench.program(replace(PROGRAM, steps=(WeekStep(0, 100_000),)))
    bench.program()
    bench.run(DAY_S)
    store = bench.store
    assert isinstance(store, MemoryStore)
    for name in ("program.1.a", "program.1.b"):
        _spoil(store, name)
    before_nl = delivered_nl(bench)
    bench.restart(60)
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED
    assert delivered_nl(bench) == before_nl
    assert Cause.MEMORY_CRITICAL in bench.causes


@pytest.mark.requirement("PC-43", "PC-14")
def test_a_monitor_that_cannot_be_read_back_lets_nothing_move() -> None:
    bench = Bench()
    bench.program()
    bench.run(DAY_S)
    assert isinstance(bench.store, MemoryStore)
    keeper = Keeper(bench.store)
    kept = keeper.load()
    assert kept is not None
    for _ in range(2):
        keeper.save(kept._replace(monitor=b""))
    before_nl = delivered_nl(bench)
    bench.restart(60)
    bench.run(DAY_S)
    assert delivered_nl(bench) == before_nl
    assert Cause.SAFE_STATE in bench.causes


@pytest.mark.requirement("PC-43")
def test_a_record_that_is_no_record_is_lost() -> None:
    bench = Bench()
    bench.program()
    assert isinstance(bench.store, MemoryStore)
    for name in ("state.a", "state.b"):
        bench.store.files[name] = bench.store.files["log.key.a"]
    bench.restart(60)
    assert phase(bench) == Phase.HALTED


@pytest.mark.requirement("PC-72")
def test_a_log_that_cannot_be_continued_is_an_alarm_and_a_new_one_begins() -> None:
    bench = Bench()
    bench.program()
    bench.run(DAY_S)
    assert isinstance(bench.store, MemoryStore)
    for name in ("log.key.a", "log.key.b"):
        bench.store.files[name] = bytearray(b"spoilt")
    bench.restart(60)
    bench.run(DAY_S)
    assert Cause.LOG_TRUNCATED in bench.listed
    assert phase(bench) == Phase.RUNNING
    assert delivered_nl(bench) > 490_000


@pytest.mark.requirement("PC-72")
def test_a_log_that_was_put_back_to_an_earlier_day_is_an_alarm() -> None:
    bench = Bench()
    bench.program()
    store = bench.store
    assert isinstance(store, MemoryStore)
    before = {name: bytes(data) for name, data in store.files.items() if name.startswith("log")}
    bench.run(DAY_S)
    store.files.update({name: bytearray(data) for name, data in before.items()})
    bench.restart(60)
    assert Cause.LOG_TRUNCATED in bench.listed


@pytest.mark.requirement("PC-22", "PC-25")
def test_a_stored_program_that_decays_is_written_again() -> None:
    bench = Bench()
    bench.program()
    assert isinstance(bench.store, MemoryStore)
    whole = bytes(bench.store.files["program.0.a"])
    _spoil(bench.store, "program.0.a")
    bench.run(HOUR_S)
    assert Cause.MEMORY in bench.listed
    _spoil(bench.store, "program.0.b")
    bench.run(HOUR_S)
    bench.restart(60)
    assert phase(bench) == Phase.RUNNING
    assert len(whole) == len(bench.store.files["program.0.a"])


# -- a store that fails ---------------------------------------------------------------------------


@pytest.mark.requirement("PC-44")
def test_when_nothing_can_be_stored_delivery_goes_on_for_a_day_with_an_alarm() -> None:
    store = FailingStore()
    bench = Bench(store=store)
    bench.program()
    bench.run(HOUR_S)
    store.fail()
    start_s = bench.now_s
    bench.run(100)
    assert bench.causes == {Cause.STORAGE}
    first = next(sound for sound in bench.sounds if "STORE" in sound.codes)
    failed_s = bench.implant.status(bench.now_s).failing_s
    assert 0 <= failed_s - start_s <= 100
    assert first.at_s - failed_s <= 60
    bench.run(DAY_S - HOUR_S)
    assert phase(bench) == Phase.RUNNING
    assert delivered_nl(bench) >= 250_000
    bench.run(2 * HOUR_S)
    assert phase(bench) == Phase.HOLDING


@pytest.mark.requirement("PC-44", "PC-70")
def test_when_the_store_works_again_nothing_is_missing() -> None:
    store = FailingStore()
    bench = Bench(store=store)
    bench.program()
    store.fail()
    bench.run(6 * HOUR_S)
    store.fail(0)
    bench.run(2 * HOUR_S)
    assert bench.causes == set()
    assert bench.implant.status(bench.now_s).failing_s == NEVER
    bench.restart(1)
    log = bench.implant.log_from(0)
    assert verify(log, KEY, ()) is None
    assert rebuilt(log).ledger.delivered_nl == delivered_nl(bench)


@pytest.mark.requirement("PC-44", "PC-83")
def test_a_program_that_cannot_be_stored_is_not_committed() -> None:
    store = FailingStore()
    bench = Bench(store=store)
    bench.program()
    double = encode_program(replace(PROGRAM, steps=(WeekStep(0, 500_000),)))
    staged = bench.implant.stage(double, CODES[1], bench.now_s)
    assert isinstance(staged, Staged)
    store.fail()
    reply = bench.implant.commit(staged.digest, bench.now_s)
    assert not reply.accepted
    assert "cannot be stored" in reply.reason
    assert bench.implant.in_force() == CODES


@pytest.mark.requirement("PC-44")
@given(st.integers(0, 400), st.integers(1, 40))
def test_any_failure_of_the_store_leaves_the_delivery_as_it_is(first: int, many: int) -> None:
    store = FailingStore()
    bench = Bench(store=store)
    bench.program()
    start = store.count
    store.fails_from, store.fails_until = start + first, start + first + many
    bench.run(4 * HOUR_S)
    assert delivered_nl(bench) == 41_500
    store.fail(0)
    bench.run(2 * HOUR_S)
    assert bench.causes == set()
    assert delivered_nl(bench) == counted_nl(bench)


@pytest.mark.requirement("PC-44", "PC-73")
def test_a_log_that_cannot_make_room_goes_on_in_memory() -> None:
    store = FailingStore()
    bench = Bench(store=store)
    bench.program()
    bench.implant.works.log._segment_bytes = 500
    store.fail()
    bench.run(6 * HOUR_S)
    assert bench.causes == {Cause.STORAGE}
    store.fail(0)
    bench.run(6 * HOUR_S)
    assert bench.causes == set()
    assert bench.implant.works.log.kept_from > 0


@pytest.mark.requirement("PC-43", "PC-44")
def test_a_store_that_fails_at_the_start_is_no_blank_store() -> None:
    store = FailingStore()
    bench = Bench(store=store)
    bench.program()
    bench.run(HOUR_S)
    store.fail()
    bench.plant = ToyPlant()
    bench.restart(60)
    bench.run(HOUR_S)
    assert phase(bench) == Phase.HALTED
    assert Cause.MEMORY_CRITICAL in bench.causes
    assert bench.plant.pushes == []
