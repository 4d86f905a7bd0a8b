"""What a pump does with the store that a loss of power, decay or a failing device leaves it."""

from __future__ import annotations

from collections.abc import Iterator
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
)
from thecal.pump.amounts import DAY_S, NL_PER_ML
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.chain import rebuilt, verify
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.keeping import Keeper
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.store import MemoryStore, StoreError
from thecal.pump.implant.values import NEVER, Account, Phase
from thecal.pump.program import WeekStep

HOUR_S = 3_600
CODES = (encode_program(PROGRAM), encode_limits(LIMITS))


class PowerCut(Exception):  # noqa: N818  (no error of the pump's)
    """The power goes away."""


class CutStore(MemoryStore):
    """Keeps what was synced; the rest of a cut write is torn at a byte, or lost.

    ``left`` counts down with every operation that changes something; at 0 the power goes away.
    """

    def __init__(self) -> None:
        super().__init__()
        self.left = -1
        self.made = 0
        self.torn_at = 0
        self.synced: dict[str, bytes] = {}

    def _count(self, name: str, offset: int, data: bytes) -> None:
        if self.left == 0:
            self.files = {key: bytearray(value) for key, value in self.synced.items()}
            if self.torn_at and name:
                super().write(name, offset, data[: self.torn_at])
            raise PowerCut
        self.left -= 1
        self.made += 1

    def write(self, name: str, offset: int, data: bytes) -> None:
        self._count(name, offset, data)
        super().write(name, offset, data)

    def append(self, name: str, data: bytes) -> None:
        self._count(name, self.size(name), data)
        super().append(name, data)

    def truncate(self, name: str, length: int) -> None:
        self._count(name, 0, b"")
        super().truncate(name, length)

    def sync(self) -> None:
        self._count("", 0, b"")
        self.synced = {key: bytes(value) for key, value in self.files.items()}


class FailingStore(MemoryStore):
    """Raises `StoreError` for so many operations from a certain one on."""

    def __init__(self) -> None:
        super().__init__()
        self.fails_from = -1
        self.fails_until = -1
        self.count = 0

    def _fail(self) -> None:
        self.count += 1
        if self.fails_from <= self.count < self.fails_until:
            raise StoreError("no space is left")

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        self._fail()
        return super().read(name, offset, length)

    def write(self, name: str, offset: int, data: bytes) -> None:
        self._fail()
        super().write(name, offset, data)

    def size(self, name: str) -> int:
        self._fail()
        return super().size(name)

    def truncate(self, name: str, length: int) -> None:
        self._fail()
        super().truncate(name, length)

    def sync(self) -> None:
        self._fail()

    def fail(self, operations: int = 1 << 40) -> None:
        """Fail from the next operation on."""
        self.fails_from, self.fails_until = self.count + 1, self.count + 1 + operations


def phase(bench: Bench) -> Phase:
    return Phase(bench.implant.status(bench.now_s).phase)


def truth_nl(bench: Bench) -> int:
    return sum(strokes for _, strokes in bench.plant.pushes) * HARDWARE.stroke_nl


def counted_nl(bench: Bench) -> int:
    return bench.implant.status(bench.now_s).strokes * HARDWARE.stroke_nl


# -- power ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-40", "PC-45")
def test_after_a_loss_of_power_the_program_goes_on_and_nothing_is_made_up() -> None:
    bench = Bench()
    bench.program()
    bench.run(DAY_S)
    bench.restart(off_s=DAY_S)
    bench.run(DAY_S)
    assert phase(bench) == Phase.RUNNING
    assert truth_nl(bench) == 500_000
    assert Cause.BATTERY_RESET in bench.listed


@pytest.mark.requirement("PC-46")
def test_the_log_goes_on_after_a_loss_of_power() -> None:
    bench = Bench()
    bench.program()
    head = bench.implant.head()
    bench.run(DAY_S)
    bench.restart(HOUR_S)
    bench.run(DAY_S)
    log = bench.implant.log_from(0)
    assert verify(log, KEY, (head, bench.implant.head())) is None
    assert rebuilt(log).ledger.delivered_nl == counted_nl(bench)


def _history(bench: Bench) -> Iterator[None]:
    """A refill, a new program, boluses, a prime, a stop; the power may go away in each."""
    staged = bench.implant.stage(*CODES, bench.now_s)
    yield
    if isinstance(staged, Staged):
        bench.implant.commit(staged.digest, bench.now_s)
    yield
    bench.run(1_000)
    yield
    bench.implant.bolus(5_000, 600, bench.now_s)
    yield
    bench.run(300)
    yield
    bench.implant.prime(20_000, 24_000_000, bench.now_s)
    yield
    bench.run(300)
    yield
    bench.implant.refill(18 * NL_PER_ML, 16_000_000, bench.now_s)
    yield
    bench.implant.stop(bench.now_s)
    yield
    bench.run(700)
    yield
    bench.implant.start(bench.now_s)
    bench.run(1_000)
    yield


def _cut_at(left: int, torn_at: int) -> tuple[Bench, bool]:
    """Play the history with a loss of power after so many operations, and let the pump run on."""
    store = CutStore()
    bench = Bench(store=store)
    store.left, store.torn_at = left, torn_at
    history, over = _history(bench), False
    while True:
        try:
            if next(history, "over") == "over":
                break
        except PowerCut:
            store.left = -1
            bench.restart(17)
            over = True
            break
    store.left = -1
    bench.run(2_000)
    # A record of any kind is preceded by what was delivered before it.
    bench.implant.note("session closed", (1,), bench.now_s)
    return bench, over


@pytest.mark.requirement("PC-40", "PC-41", "PC-42", "PC-70")
@pytest.mark.parametrize(("first", "torn_at"), [(0, 0), (1, 1), (2, 17), (3, 1 << 20)])
def test_a_loss_of_power_at_any_operation_leaves_the_pump_before_or_after_it(
    first: int, torn_at: int
) -> None:
    left, cut = first, True
    while cut:
        bench, cut = _cut_at(left, torn_at)
        status = bench.implant.status(bench.now_s)
        over_nl = counted_nl(bench) - truth_nl(bench)
        assert 0 <= over_nl <= 2 * HARDWARE.stroke_nl, left
        log = bench.implant.log_from(0)
        assert verify(log, KEY, (bench.implant.head(),)) is None, left
        told, programs = rebuilt(log)
        assert not programs or programs[-1][1] == (status.digest or bytes(32)), left
        assert told.reservoir_nl == status.reservoir_nl, left
        assert told.delivered_nl == counted_nl(bench), left
        assert told.balances[Account.CLINICIAN_BOLUS] <= 5_000, left
        assert told.balances[Account.PRIME] <= 20_000, left
        assert phase(bench) in {Phase.UNPROGRAMMED, Phase.STOPPED, Phase.RUNNING}, left
        assert not bench.causes - {Cause.STOPPED_BY_USER}, left
        # Each damage tries every fourth operation; the long campaign tries all with all.
        left += 4
    assert left > 400


@pytest.mark.requirement("PC-40")
def test_the_operations_of_the_same_history_are_the_same() -> None:
    stores = []
    for _ in range(2):
        bench, cut = _cut_at(1 << 30, 0)
        assert not cut
        stores.append(bench.store)
    first, second = stores
    assert isinstance(first, CutStore)
    assert isinstance(second, CutStore)
    assert first.made == second.made
    assert first.files == second.files


@pytest.mark.requirement("PC-62")
def test_an_alarm_outlives_a_loss_of_power_and_sounds_at_once() -> None:
    bench = Bench()
    bench.program()
    bench.implant.note("read-back differs", (), bench.now_s)
    bench.implant.stop(bench.now_s)
    bench.run(300)
    bench.sounds.clear()
    bench.restart(1)
    assert "STOPPED" in {code for sound in bench.sounds for code in sound.codes}
    assert Cause.READ_BACK in bench.listed


@pytest.mark.requirement("PC-30")
def test_the_date_of_the_notice_outlives_a_loss_of_power() -> None:
    bench = Bench()
    battery = replace(bench.profile.battery, life_s=80 * DAY_S)
    bench = Bench(replace(bench.profile, battery=battery))
    bench.run(2 * DAY_S)
    end_s = bench.implant.status(bench.now_s).service_end_s
    bench.restart(DAY_S)
    assert bench.implant.status(bench.now_s).service_end_s == end_s


@pytest.mark.requirement("PC-06", "PC-08")
@pytest.mark.parametrize("kind", ["bolus", "prime"])
def test_the_rest_of_a_bolus_that_would_break_a_cap_after_the_loss_is_dropped(kind: str) -> None:
    bench = Bench()
    steps = (WeekStep(0, 24_000), WeekStep(2 * HOUR_S, 4_700_000), WeekStep(3 * HOUR_S, 24_000))
    bench.program(replace(PROGRAM, steps=steps))
    bench.run(1_000)
    implant = bench.implant
    reply = (
        implant.bolus(150_000, 1_800, bench.now_s)
        if kind == "bolus"
        else implant.prime(150_000, 7_200_000, bench.now_s)
    )
    assert reply.accepted
    bench.run(300)
    bench.restart(5_400)
    status = bench.implant.status(bench.now_s)
    assert (status.bolus, status.special_left_nl) == (Account.BASAL, 0)
    bench.run(2 * HOUR_S)
    assert phase(bench) == Phase.RUNNING
    assert bench.causes == set()


def test_a_counter_that_ran_back_is_not_followed() -> None:
    bench = Bench()
    bench.program()
    bench.run(DAY_S)
    bench.now_s = 0
    bench.restart()
    assert bench.implant.status(0).now_s == DAY_S


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
    before_nl = truth_nl(bench)
    bench.restart(60)
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED
    assert truth_nl(bench) == before_nl
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
    before_nl = truth_nl(bench)
    bench.restart(60)
    bench.run(DAY_S)
    assert phase(bench) == Phase.HALTED
    assert truth_nl(bench) == before_nl
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
    before_nl = truth_nl(bench)
    bench.restart(60)
    bench.run(DAY_S)
    assert truth_nl(bench) == before_nl
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
    assert truth_nl(bench) > 490_000


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
    assert truth_nl(bench) >= 250_000
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
    assert rebuilt(log).ledger.delivered_nl == truth_nl(bench)


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
    assert truth_nl(bench) == 41_500
    store.fail(0)
    bench.run(2 * HOUR_S)
    assert bench.causes == set()
    assert truth_nl(bench) == counted_nl(bench)


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
