from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.oracle import Told, by_the_second
from tests.pump.strategies import UNTIL_S, Case, cases
from thecal.errors import InputError
from thecal.pump import (
    DAY_S,
    STOPPED,
    Bridge,
    Delivery,
    Event,
    Hardware,
    LogKind,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    Refilled,
    ScheduledBolus,
    WeekStep,
    run,
)

HOUR = 3_600
PUMP = Hardware(
    reservoir_nl=20_000_000,
    stroke_nl=1_500,
    residual_nl=1_400_000,
    low_reservoir_nl=2_000_000,
    highest_nl_per_day=24_000_000,
    tubing_nl=140_000,
)
ON_DEMAND = PatientBolus(volume_nl=20_000, duration_s=300, lockout_s=4 * HOUR, most_in_24_h=4)
CONSTANT = Program("simple continuous", (WeekStep(0, 250_000),), patient_bolus=ON_DEMAND)
TEN_YEARS_S = 3_652 * DAY_S


def delivery_of(case: Case) -> Delivery:
    return run(
        case.hardware,
        case.events,
        until_s=UNTIL_S,
        start_nl=case.start_nl,
        solutions=2,
        week_offset_s=case.offset_s,
    )


def retold(case: Case) -> Told:
    return by_the_second(case.hardware, case.events, UNTIL_S, case.start_nl, case.offset_s)


def times(delivery: Delivery, kind: LogKind) -> list[int]:
    return [entry.at_s for entry in delivery.log if entry.kind == kind]


def details(delivery: Delivery, kind: LogKind) -> list[str]:
    return [entry.detail for entry in delivery.log if entry.kind == kind]


def month(*events: Event, program: Program = CONSTANT, start_nl: int = 20_000_000) -> Delivery:
    return run(
        PUMP,
        [Programmed(0, program), *events],
        until_s=30 * DAY_S,
        start_nl=start_nl,
        solutions=2,
    )


# -- the integral, against the definition retold second by second (PC-01) ---------------------


@given(cases())
def test_the_exact_integral_is_the_sum_over_seconds(case: Case) -> None:
    delivery = delivery_of(case)
    assert [delivery.exact_nl(second) for second in range(UNTIL_S + 1)] == [
        moment.exact for moment in retold(case).moments
    ]


@given(cases())
def test_delivered_volume_is_the_whole_strokes_at_every_second(case: Case) -> None:
    delivery = delivery_of(case)
    assert [delivery.delivered_nl(second) for second in range(UNTIL_S + 1)] == [
        moment.delivered for moment in retold(case).moments
    ]


@given(cases())
def test_reservoir_volume_is_the_ledger_at_every_second(case: Case) -> None:
    delivery = delivery_of(case)
    assert [delivery.reservoir_nl(second) for second in range(UNTIL_S)] == [
        moment.reservoir for moment in retold(case).moments[:-1]
    ]


@given(cases())
def test_presses_are_granted_exactly_when_the_definition_grants_them(case: Case) -> None:
    assert times(delivery_of(case), "patient bolus granted") == retold(case).granted


@given(cases())
def test_every_other_press_is_logged_as_refused(case: Case) -> None:
    assert times(delivery_of(case), "patient bolus refused") == retold(case).refused


@given(cases())
def test_never_a_stroke_ahead_nor_a_whole_stroke_behind(case: Case) -> None:
    delivery = delivery_of(case)
    errors = [
        delivery.exact_nl(second) - delivery.delivered_nl(second) for second in range(UNTIL_S + 1)
    ]
    assert min(errors) >= 0
    assert max(errors) < case.hardware.stroke_nl


# -- segments and ledger (PC-15) --------------------------------------------------------------


@given(cases())
def test_segments_cover_the_run_without_gap_or_overlap(case: Case) -> None:
    segments = delivery_of(case).segments
    assert [0, *(one.end_s for one in segments)] == [*(one.start_s for one in segments), UNTIL_S]


@given(cases())
def test_segments_add_up_to_what_was_delivered(case: Case) -> None:
    delivery = delivery_of(case)
    assert sum(one.volume_nl for one in delivery.segments) == delivery.ledger.delivered_nl


@given(cases())
def test_every_segment_is_whole_strokes(case: Case) -> None:
    strokes = (one.volume_nl % case.hardware.stroke_nl for one in delivery_of(case).segments)
    assert not any(strokes)


@given(cases())
def test_log_is_in_order_of_time(case: Case) -> None:
    log_s = [entry.at_s for entry in delivery_of(case).log]
    assert log_s == sorted(log_s)


@given(cases())
def test_low_reservoir_is_logged_at_the_first_second_at_or_below(case: Case) -> None:
    low_nl = case.hardware.low_reservoir_nl
    refills = {event.at_s for event in case.events if isinstance(event, Refilled)}
    volumes = [moment.reservoir for moment in retold(case).moments]
    expected: list[int] = []
    armed = True
    for second, volume_nl in enumerate(volumes):
        armed = armed or second in refills
        if armed and volume_nl <= low_nl:
            expected.append(second)
            armed = False
    seen = times(delivery_of(case), "low reservoir")
    assert sorted(set(seen) - refills) == sorted(set(expected) - refills)


@given(cases())
def test_order_of_events_at_different_seconds_does_not_matter(case: Case) -> None:
    by_time = {event.at_s: event for event in case.events}
    ordered = list(by_time.values())
    assert delivery_of(case._replace(events=ordered)) == delivery_of(
        case._replace(events=ordered[::-1])
    )


def test_a_refill_counts_what_is_aspirated_and_filled() -> None:
    delivery = month(Refilled(10 * DAY_S, 0, 18_000_000))
    assert delivery.ledger.removed_nl == 20_000_000 - 2_500_000 + 1_000 - 1_400_000
    assert delivery.ledger.refilled_nl == 18_000_000


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


# -- the reservoir ----------------------------------------------------------------------------


def test_the_pump_stops_when_only_the_residual_is_left() -> None:
    delivery = month(start_nl=1_400_000 + 2 * 1_500 + 700)
    assert delivery.ledger.now_nl == 1_400_000 + 700


def test_the_pump_stops_one_second_before_the_stroke_it_cannot_give() -> None:
    delivery = month(start_nl=1_400_000 + 2 * 1_500)
    third_stroke_s = Fraction(3 * 1_500 * DAY_S, 250_000)
    assert 0 < third_stroke_s - times(delivery, "reservoir empty")[0] <= 1


def test_an_empty_reservoir_cancels_the_bolus() -> None:
    delivery = month(Pressed(0), start_nl=1_400_000 + 3_000)
    assert len(times(delivery, "bolus cancelled")) == 1


def test_a_press_on_an_empty_reservoir_is_refused() -> None:
    delivery = month(Pressed(DAY_S), start_nl=1_400_000)
    assert details(delivery, "patient bolus refused") == [
        "Patient bolus refused: the reservoir is empty."
    ]


def test_a_refill_after_running_empty_resumes_delivery() -> None:
    delivery = month(Refilled(DAY_S, 0, 10_000_000), start_nl=1_400_000)
    assert delivery.exact_nl(3 * DAY_S) - delivery.exact_nl(2 * DAY_S) == 250_000


def test_a_program_above_the_highest_flow_is_refused() -> None:
    with pytest.raises(InputError, match="highest flow is 24 mL/day"):
        month(program=Program("flex", (WeekStep(0, 24_000_001),)))


def test_overfilling_is_refused_with_time_and_volumes() -> None:
    with pytest.raises(InputError, match=r"at 1 d a refill of 20 mL onto 1\.4 mL"):
        month(Refilled(DAY_S, 0, 20_000_000))


def test_a_start_beyond_the_reservoir_is_refused() -> None:
    with pytest.raises(InputError, match="starts with 21 mL, but holds at most 20 mL"):
        month(start_nl=21_000_000)


def test_segments_after_a_refill_carry_the_new_fluid() -> None:
    delivery = month(Refilled(DAY_S, 1, 10_000_000, rinsed=True))
    assert [one.fluid for one in delivery.segments] == [0, 1]


# -- ten years --------------------------------------------------------------------------------


def test_ten_years_of_flex_and_boluses_stay_within_one_stroke() -> None:
    steps = tuple(
        WeekStep(day * DAY_S + hour * HOUR + 7 * 60, 100_003 + 7_919 * hour)
        for day in range(7)
        for hour in range(0, 24, 2)
    )
    program = Program(
        "flex",
        (WeekStep(0, 99_991), *steps),
        (ScheduledBolus(5 * HOUR, 4_001, 97, 8 * HOUR),),
        PatientBolus(3_001, 301, 3 * HOUR, 5),
    )
    events: list[Event] = [Programmed(0, program)]
    events += [Pressed(at_s) for at_s in range(1_000, TEN_YEARS_S, 2 * HOUR + 1)]
    events += [Refilled(day * DAY_S, 0, 18_000_000) for day in range(30, TEN_YEARS_S // DAY_S, 30)]
    started = time.process_time()
    delivery = run(PUMP, events, until_s=TEN_YEARS_S, start_nl=20_000_000)
    spent_s = time.process_time() - started

    weekly = 99_991 * 7 * 60 + sum(
        step.nl_per_day * (2 * HOUR if step.start_s < 166 * HOUR else 2 * HOUR - 7 * 60)
        for step in steps
    )
    weeks, rest_s = divmod(TEN_YEARS_S, 7 * DAY_S)
    week_ends_s = [step.start_s for step in steps] + [7 * DAY_S]
    rest = 99_991 * 7 * 60 + sum(
        step.nl_per_day * max(0, min(end_s, rest_s) - step.start_s)
        for step, end_s in zip(steps, week_ends_s[1:], strict=True)
    )
    granted = len(times(delivery, "patient bolus granted"))
    scheduled = len(times(delivery, "scheduled bolus started"))
    exact = Fraction(weeks * weekly + rest, DAY_S) + granted * 3_001 + scheduled * 4_001
    assert times(delivery, "reservoir empty") == []
    assert granted > 14_000
    assert delivery.exact_nl(TEN_YEARS_S) == exact
    assert 0 <= exact - delivery.ledger.delivered_nl < PUMP.stroke_nl
    assert spent_s < 20
