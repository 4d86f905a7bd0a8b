"""A loss of power at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.pump.implant.bench import (
    HARDWARE,
    KEY,
    LIMITS,
    PROGRAM,
    Bench,
    delivered_nl,
    phase,
)
from tests.pump.implant.stores import CutStore, PowerCut
from thecal.pump.amounts import DAY_S, NL_PER_ML
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.chain import rebuilt, verify
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.values import Account, Phase
from thecal.pump.program import WeekStep

HOUR_S = 3_600
CODES = (encode_program(PROGRAM), encode_limits(LIMITS))


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
    assert delivered_nl(bench) == 500_000
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
    bench.run(500)
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
        over_nl = counted_nl(bench) - delivered_nl(bench)
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
