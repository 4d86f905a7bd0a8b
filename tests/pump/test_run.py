from __future__ import annotations

import time
from fractions import Fraction

import pytest
from hypothesis import given

from tests.pump.course import HOUR, PUMP, details, month, times
from tests.pump.oracle import Told, by_the_second
from tests.pump.strategies import UNTIL_S, Case, cases
from thecal.errors import InputError
from thecal.pump import (
    DAY_S,
    STOPPED,
    Delivery,
    Event,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    Refilled,
    ScheduledBolus,
    WeekStep,
    run,
)

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


# -- the reservoir ----------------------------------------------------------------------------


def test_low_reservoir_is_logged_when_the_volume_just_reaches_it() -> None:
    second_stroke_s = 1_037  # 2 strokes of 1500 nL at 250 000 nL/day, rounded up
    stop = Programmed(second_stroke_s + 1, Program(STOPPED, (WeekStep(0, 0),)))
    delivery = month(stop, start_nl=2_003_000)
    assert times(delivery, "low reservoir") == [second_stroke_s]


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
