from __future__ import annotations

import pytest

from tests.pump.implant.monitors import (
    DAY,
    HALF_HOUR,
    HOUR,
    LIMITS,
    PUMP,
    WIDE,
    continuous,
    given_until,
    loaded,
)
from thecal.errors import InputError
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.denials import ADMITTED, Denial
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.values import Account, Limits, Permit, Phase, SafeAction
from thecal.pump.program import (
    Bridge,
    Program,
    WeekStep,
)

BRIDGED = Program("flex", (WeekStep(0, 0),), bridge=Bridge(4_000, 96_000))


@pytest.mark.requirement("PC-06")
def test_a_bridge_above_a_cap_is_refused() -> None:
    program = Program("flex", (WeekStep(0, 0),), bridge=Bridge(10_000, 1_000_000))
    with pytest.raises(InputError, match="the bridge and the basal flow are together above"):
        loaded(program)


def test_a_bridge_runs_in_place_of_the_basal_flow() -> None:
    monitor = loaded(BRIDGED)
    given_until(monitor, HOUR, every_s=900)
    assert isinstance(monitor.permit(1, HOUR + 900), Permit)  # the one stroke of tolerance
    assert monitor.permit(1, 2 * HOUR) == Denial.AHEAD


@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.MINIMUM, Phase.EMPTY])
def test_what_is_left_of_a_bridge_waits(phase: Phase) -> None:
    monitor = loaded(BRIDGED, Limits(SafeAction.HOLD, 6_000, 16_000, 60_000, 0, 1))
    given_until(monitor, HALF_HOUR, every_s=900)
    monitor.follow(phase, HALF_HOUR)
    monitor.follow(Phase.BRIDGING, DAY)
    given_until(monitor, DAY + HALF_HOUR, from_s=DAY, every_s=900)
    assert isinstance(monitor.permit(1, DAY + HOUR), Permit)
    assert monitor.permit(1, DAY + 2 * HOUR) == Denial.AHEAD


def test_no_bolus_before_a_bridge_is_over() -> None:
    monitor = loaded(BRIDGED)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, HOUR - 1) == Denial.OTHER_RUNNING
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, HOUR) == ADMITTED


def test_a_new_program_ends_a_bridge() -> None:
    monitor = loaded(BRIDGED)
    monitor.load(encode_program(continuous(0)), encode_limits(LIMITS), 900, 0)
    assert isinstance(monitor.permit(1, 900), Permit)
    assert isinstance(monitor.permit(1, HOUR), Permit)
    assert monitor.permit(1, HOUR) == Denial.AHEAD


def test_a_prime_runs_in_place_of_the_basal_flow() -> None:
    monitor = loaded()
    assert monitor.prime(4_000, 960_000, 0) == ADMITTED
    monitor.follow(Phase.PRIMING, 0)
    given_until(monitor, 360, every_s=90)
    monitor.follow(Phase.RUNNING, 360)
    assert isinstance(monitor.permit(1, HALF_HOUR + 360), Permit)


def test_a_stopped_pump_primes_and_stands_again() -> None:
    monitor = loaded()
    monitor.follow(Phase.STOPPED, 0)
    assert monitor.prime(2_000, 960_000, 0) == ADMITTED
    given_until(monitor, 180, every_s=90)
    monitor.follow(Phase.STOPPED, 180)
    assert monitor.permit(1, DAY) == Denial.NOTHING_DUE


def test_a_prime_ends_with_a_stop() -> None:
    monitor = loaded()
    monitor.prime(4_000, 960_000, 0)
    monitor.follow(Phase.STOPPED, 100)
    assert monitor.permit(1, 180) == Denial.NOTHING_DUE


@pytest.mark.requirement("PC-45")
def test_a_prime_goes_on_after_lost_time() -> None:
    monitor = loaded(continuous(0))
    monitor.prime(4_000, 960_000, 0)
    assert monitor.lost(90, DAY) == ADMITTED
    given_until(monitor, DAY + 270, from_s=DAY, every_s=90)


def test_a_prime_ends_a_bolus() -> None:
    monitor = loaded(continuous(0))
    monitor.admit(Account.CLINICIAN_BOLUS, 3_000, 600, 0)
    assert monitor.prime(1_000, 960_000, 0) == ADMITTED
    assert isinstance(monitor.permit(1, 90), Permit)
    assert isinstance(monitor.permit(1, 600), Permit)
    assert monitor.permit(1, 600) == Denial.AHEAD


@pytest.mark.parametrize(
    ("volume_nl", "nl_per_day", "denial"),
    [
        (0, 960_000, Denial.IMPOSSIBLE),
        (20_000_001, 960_000, Denial.IMPOSSIBLE),
        (1_000, 0, Denial.IMPOSSIBLE),
        (1_000, 1_000_000, ADMITTED),
        (1_000, 1_000_001, Denial.ABOVE_HIGHEST_FLOW),
        (7_000, 960_000, Denial.HOUR_CAP),
        (60_000, 144_000, Denial.FOUR_HOURS_CAP),
    ],
)
@pytest.mark.requirement("PC-06")
def test_a_prime_is_judged(volume_nl: int, nl_per_day: int, denial: int) -> None:
    assert loaded(continuous(0)).prime(volume_nl, nl_per_day, 0) == denial


def test_no_prime_before_a_bridge_is_over() -> None:
    monitor = loaded(BRIDGED)
    assert monitor.prime(1_000, 960_000, 0) == Denial.OTHER_RUNNING
    monitor.follow(Phase.STOPPED, 10)
    assert monitor.prime(1_000, 960_000, 20) == Denial.OTHER_RUNNING


@pytest.mark.requirement("PC-14")
def test_a_permit_of_the_second_at_which_a_prime_begins_lasts_two_seconds() -> None:
    monitor = loaded()
    monitor.prime(4_000, 96_000, 0)
    assert monitor.permit(1, 0) == Permit(1, 1, 2)


def test_a_prime_of_the_whole_reservoir_is_possible() -> None:
    monitor = loaded(limits=WIDE)
    assert monitor.prime(PUMP.reservoir_nl, PUMP.highest_nl_per_day, 0) == ADMITTED


def test_a_prime_may_be_as_slow_as_the_smallest_flow() -> None:
    assert loaded().prime(1, 1, 0) == ADMITTED


@pytest.mark.parametrize("primed_nl", [0, 4_000])
def test_a_bridge_begins_on_a_pump_that_runs_or_primes(primed_nl: int) -> None:
    monitor = loaded(limits=WIDE)
    monitor.prime(primed_nl, 960_000, 0)
    monitor.load(encode_program(BRIDGED), encode_limits(LIMITS), 0, 0)
    monitor.follow(Phase.BRIDGING, 0)
    given_until(monitor, 4 * 900, every_s=900)


@pytest.mark.requirement("PC-41")
@pytest.mark.parametrize("power_was_lost", [False, True])
def test_a_prime_that_was_stopped_does_not_go_on(*, power_was_lost: bool) -> None:
    program, limits = encode_program(continuous(0)), encode_limits(LIMITS)
    monitor = loaded(continuous(0))
    monitor.prime(4_000, 960_000, 0)
    if power_was_lost:
        snapshot, monitor = monitor.snapshot(), Monitor(PUMP)
        monitor.restore(snapshot, b"", program, limits)
    monitor.follow(Phase.STOPPED, 0)
    monitor.follow(Phase.RUNNING, 0)
    assert isinstance(monitor.permit(1, 90), Permit)
    assert monitor.permit(1, 180) == Denial.AHEAD


@pytest.mark.requirement("PC-06")
def test_a_prime_that_would_now_meet_a_high_step_is_told() -> None:
    night = Program("flex", (WeekStep(0, 0), WeekStep(12 * HOUR, 240_000), WeekStep(13 * HOUR, 0)))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1))
    assert monitor.prime(4_000, 96_000, 0) == ADMITTED
    assert monitor.lost(0, 11 * HOUR) == Denial.FOUR_HOURS_CAP


@pytest.mark.requirement("PC-06")
@pytest.mark.parametrize("minimum", [0, 48_000])
def test_a_bridge_below_the_minimum_rate_leaves_room_for_it(minimum: int) -> None:
    slow = encode_program(Program("flex", (WeekStep(0, 0),), bridge=Bridge(1_000, 1_000)))
    limits = Limits(SafeAction.MINIMUM, 6_000, 16_000, 60_000, minimum, 1)
    monitor = loaded(continuous(0), Limits(SafeAction.MINIMUM, 6_000, 16_000, 60_000, 0, 1))
    assert monitor.admit(Account.CLINICIAN_BOLUS, 5_000, 600, 0) == ADMITTED
    given_until(monitor, 600, every_s=120)
    if minimum:
        with pytest.raises(InputError, match=r"above the cap of the drug in some 1 h"):
            monitor.examine(slow, encode_limits(limits), 660, 0)
    else:
        monitor.examine(slow, encode_limits(limits), 660, 0)
