from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.course import CONSTANT, HOUR, ON_DEMAND, PUMP, details, month, times
from thecal.pump import (
    DAY_S,
    STOPPED,
    Bridge,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    ScheduledBolus,
    WeekStep,
    run,
)

# -- boluses (PC-05) --------------------------------------------------------------------------


@given(st.lists(st.integers(0, 30 * DAY_S - 301), max_size=40))
def test_a_bolus_adds_its_volume_and_leaves_the_basal_unchanged(presses: list[int]) -> None:
    delivery = month(*(Pressed(at_s) for at_s in presses))
    granted = len(times(delivery, "patient bolus granted"))
    assert delivery.exact_nl(30 * DAY_S) == 30 * 250_000 + granted * 20_000


def test_a_one_minute_bolus_is_there_afterwards() -> None:
    noon = Program(
        "simple continuous", (WeekStep(0, 250_000),), (ScheduledBolus(12 * HOUR, 10_000, 60),)
    )
    delivery = run(PUMP, [Programmed(0, noon)], until_s=DAY_S, start_nl=20_000_000)
    assert delivery.exact_nl(DAY_S) == 260_000


def test_merged_infusions_act_as_one_long_infusion() -> None:
    same = tuple(WeekStep(hour * HOUR, 250_000) for hour in range(0, 168, 5))
    pieces = month(program=Program("simple continuous", same))
    assert pieces.segments == month().segments


def test_a_periodic_bolus_keeps_its_phase_through_a_new_program() -> None:
    program = Program("flex", (WeekStep(0, 0),), (ScheduledBolus(100, 2_000, 10, 1_000),))
    delivery = run(
        PUMP,
        [Programmed(0, program), Programmed(2_500, program)],
        until_s=4_000,
        start_nl=20_000_000,
    )
    assert times(delivery, "scheduled bolus started") == [100, 1_100, 2_100, 3_100]


def test_a_new_program_cancels_a_running_bolus() -> None:
    delivery = month(Pressed(100), Programmed(200, CONSTANT))
    assert details(delivery, "bolus cancelled") == [
        "The patient bolus was cancelled 3 min 20 s early: a new program has taken effect."
    ]


# -- refusals (PC-07) -------------------------------------------------------------------------

REFUSALS: list[tuple[str, Program, int, str]] = [
    ("lockout", CONSTANT, 1_000 + HOUR, "the lockout of 4 h lasts for another 3 h"),
    ("running", CONSTANT, 1_060, "another bolus is running for another 4 min"),
    (
        "none prescribed",
        Program("flex", (WeekStep(0, 250_000),)),
        5,
        "no patient bolus is prescribed",
    ),
    (
        "stopped",
        Program(STOPPED, (WeekStep(0, 0),), patient_bolus=ON_DEMAND),
        5,
        "the pump is stopped",
    ),
    (
        "bridge",
        Program("flex", (WeekStep(0, 0),), patient_bolus=ON_DEMAND, bridge=Bridge(1_000, 864_000)),
        40,
        "a bridge bolus is running for another 1 min",
    ),
    (
        "highest flow of a later step",
        Program("flex", (WeekStep(0, 0), WeekStep(60, 20_000_000)), patient_bolus=ON_DEMAND),
        5,
        "basal and bolus together would exceed the highest flow of 24 mL/day",
    ),
]


@pytest.mark.parametrize(
    ("program", "at_s", "reason"),
    [one[1:] for one in REFUSALS],
    ids=[one[0] for one in REFUSALS],
)
def test_a_refused_press_says_why(program: Program, at_s: int, reason: str) -> None:
    delivery = month(Pressed(1_000), Pressed(at_s), program=program)
    assert f"Patient bolus refused: {reason}." in details(delivery, "patient bolus refused")


def test_a_press_before_the_first_program_is_refused() -> None:
    delivery = run(PUMP, [Pressed(3)], until_s=10, start_nl=20_000_000)
    assert details(delivery, "patient bolus refused") == [
        "Patient bolus refused: the pump has not been programmed."
    ]


def test_a_refused_press_is_never_queued() -> None:
    delivery = month(*(Pressed(second) for second in range(0, 4 * HOUR, 60)))
    assert times(delivery, "patient bolus granted") == [0]


def test_a_press_exactly_at_the_end_of_the_lockout_is_granted() -> None:
    delivery = month(Pressed(7), Pressed(7 + 4 * HOUR))
    assert times(delivery, "patient bolus granted") == [7, 7 + 4 * HOUR]


@given(
    st.lists(st.integers(0, 4 * DAY_S), max_size=80, unique=True),
    st.integers(1, 9 * HOUR),
    st.integers(0, 6),
)
def test_lockout_and_sliding_window_decide_every_press(
    presses: list[int], lockout_s: int, most: int
) -> None:
    bolus = PatientBolus(200, 1, lockout_s, most)
    program = Program("flex", (WeekStep(0, 0),), patient_bolus=bolus)
    expected: list[int] = []
    for at_s in sorted(presses):
        free = not expected or at_s - expected[-1] >= lockout_s
        if free and len([before for before in expected if at_s - before < DAY_S]) < most:
            expected.append(at_s)
    delivery = month(*(Pressed(at_s) for at_s in presses), program=program)
    assert times(delivery, "patient bolus granted") == expected


def test_a_press_24_h_after_the_first_of_a_full_window_is_granted() -> None:
    once = PatientBolus(20_000, 300, HOUR, 1)
    program = Program("flex", (WeekStep(0, 0),), patient_bolus=once)
    delivery = month(Pressed(5), Pressed(4 + DAY_S), Pressed(5 + DAY_S), program=program)
    assert times(delivery, "patient bolus granted") == [5, 5 + DAY_S]


def test_a_bolus_that_just_reaches_the_highest_flow_is_granted() -> None:
    bolus = PatientBolus(1_000_000, 2 * HOUR, 4 * HOUR, 4)
    program = Program("flex", (WeekStep(0, 12_000_000),), patient_bolus=bolus)
    delivery = month(Pressed(5), program=program)
    assert times(delivery, "patient bolus granted") == [5]


def test_midnight_does_not_open_the_window() -> None:
    hourly = PatientBolus(20_000, 300, HOUR, 4)
    program = Program("flex", (WeekStep(0, 0),), patient_bolus=hourly)
    delivery = month(*(Pressed(hour * HOUR) for hour in range(20, 28)), program=program)
    assert times(delivery, "patient bolus granted") == [hour * HOUR for hour in (20, 21, 22, 23)]


def test_the_refusal_by_count_names_the_count() -> None:
    hourly = PatientBolus(20_000, 300, HOUR, 1)
    program = Program("flex", (WeekStep(0, 0),), patient_bolus=hourly)
    delivery = month(Pressed(0), Pressed(2 * HOUR), program=program)
    assert details(delivery, "patient bolus refused") == [
        "Patient bolus refused: 1 started in the last 24 h, and no more than 1 may."
    ]


def test_a_new_program_does_not_reset_the_lockout() -> None:
    delivery = month(Pressed(0), Programmed(HOUR, CONSTANT), Pressed(HOUR + 1))
    assert times(delivery, "patient bolus granted") == [0]


# -- the bridge (pump.md F6) ------------------------------------------------------------------

BRIDGED = Program(
    "simple continuous",
    (WeekStep(0, 62_500),),
    (ScheduledBolus(HOUR, 10_000, 60),),
    bridge=Bridge(310_500, 250_000),
)


def test_the_bridge_lasts_29_h_48_min_29_s() -> None:
    expected_s = 29 * HOUR + 48 * 60 + 29
    assert times(month(program=BRIDGED), "bridge ended") == [expected_s]


def test_a_faster_bridge_lasts_24_84_h() -> None:
    program = Program("flex", (WeekStep(0, 75_000),), bridge=Bridge(310_500, 300_000))
    assert times(month(program=program), "bridge ended") == [24 * HOUR + 84 * 36]


def test_the_bridge_pushes_its_volume_and_less_than_a_second_more() -> None:
    delivery = month(program=BRIDGED)
    ended_s = times(delivery, "bridge ended")[0]
    assert 0 <= delivery.exact_nl(ended_s) - 310_500 < Fraction(250_000, DAY_S)


def test_the_main_steps_follow_the_bridge() -> None:
    delivery = month(program=BRIDGED)
    assert delivery.exact_nl(20 * DAY_S) - delivery.exact_nl(10 * DAY_S) == 625_000


def test_a_scheduled_bolus_is_refused_during_the_bridge() -> None:
    assert times(month(program=BRIDGED), "scheduled bolus refused") == [HOUR]


def test_a_bridge_cut_short_by_a_new_program_is_logged() -> None:
    delivery = month(Programmed(HOUR, CONSTANT), program=BRIDGED)
    assert times(delivery, "bridge abandoned") == [HOUR]
