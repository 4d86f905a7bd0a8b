"""The worked examples of pump.md F10 and F11, and the bounds around them."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump import (
    Program,
    RefillForecast,
    ScheduledBolus,
    WeekStep,
    daily_flow,
    days_to_low_reservoir,
    forecast_refill,
    worst_case_boluses_per_day,
)

FILLED = date(2025, 1, 15)
HOUR = 3_600


def forecast(stability_days: int | None, lead_days: int = 7) -> RefillForecast:
    return forecast_refill(
        volume_now_nl=40_000_000,
        low_nl=2_000_000,
        typical_nl_per_day=250_000,
        worst_nl_per_day=330_000,
        lead_days=lead_days,
        stability_days=stability_days,
    )


def on(day: int | None) -> date:
    assert day is not None
    return FILLED + timedelta(days=day)


def test_the_low_reservoir_alarm_is_on_16_june() -> None:
    assert on(forecast(None).typical.low_reservoir_day) == date(2025, 6, 16)


def test_a_lead_of_seven_days_makes_it_9_june() -> None:
    assert on(forecast(None).typical.refill_by_day) == date(2025, 6, 9)


@pytest.mark.parametrize(
    ("stability_days", "refill_by"), [(84, date(2025, 4, 9)), (40, date(2025, 2, 24))]
)
def test_stability_caps_the_refill_date(stability_days: int, refill_by: date) -> None:
    due = forecast(stability_days).typical
    assert (on(due.refill_by_day), due.bound) == (refill_by, "stability")


def test_with_every_bolus_taken_the_alarm_is_on_10_may() -> None:
    assert on(forecast(None).worst_case.low_reservoir_day) == date(2025, 5, 10)


def test_without_any_bound_there_is_no_refill_date() -> None:
    idle = forecast_refill(
        volume_now_nl=5,
        low_nl=2,
        typical_nl_per_day=0,
        worst_nl_per_day=0,
        lead_days=0,
        stability_days=None,
    )
    assert (idle.worst_case.refill_by_day, idle.worst_case.bound) == (None, "none")


def test_the_refill_date_is_never_before_today() -> None:
    assert forecast(None, lead_days=400).worst_case.refill_by_day == 0


def test_a_worst_case_below_the_typical_is_refused() -> None:
    with pytest.raises(InputError, match="worst case of 1 nL/day is below the typical 2 nL/day"):
        forecast_refill(
            volume_now_nl=5,
            low_nl=2,
            typical_nl_per_day=2,
            worst_nl_per_day=1,
            lead_days=0,
            stability_days=None,
        )


@pytest.mark.parametrize("flow", [0.25, -1])
def test_a_flow_that_is_not_exact_or_negative_is_refused(flow: int) -> None:
    with pytest.raises(InputError, match="must be an exact number of at least 0"):
        days_to_low_reservoir(10, 2, flow)


def test_a_reservoir_at_the_alarm_has_no_day_left() -> None:
    assert days_to_low_reservoir(1_999_999, 2_000_000, 250_000) == 0


@given(
    st.integers(0, 4 * 10**7),
    st.integers(0, 4 * 10**6),
    st.fractions(1, 10**6, max_denominator=10**4),
)
def test_the_alarm_comes_within_the_day_after_the_forecast(
    now_nl: int, low_nl: int, flow: Fraction
) -> None:
    days = days_to_low_reservoir(now_nl, low_nl, flow)
    assert days is not None
    assert now_nl - (days + 1) * flow < low_nl
    assert days == 0 or now_nl - days * flow >= low_nl


def test_four_boluses_of_six_possible_make_1_6_mg_a_day() -> None:
    boluses = worst_case_boluses_per_day(4 * HOUR, 4)
    assert Fraction("1.2") + boluses * Fraction("0.1") == Fraction("1.6")


@given(st.integers(1, 30 * HOUR), st.integers(0, 20))
def test_the_worst_case_is_what_a_greedy_patient_gets_in_24_h(lockout_s: int, most: int) -> None:
    starts_s = range(0, 24 * HOUR, lockout_s)
    assert worst_case_boluses_per_day(lockout_s, most) == len(starts_s[:most])


def test_the_daily_flow_counts_steps_and_periodic_boluses() -> None:
    program = Program(
        "flex",
        (WeekStep(0, 700), WeekStep(5 * 24 * HOUR, 1_400)),
        (ScheduledBolus(0, 50, 60, 6 * HOUR), ScheduledBolus(0, 999, 60)),
    )
    assert daily_flow(program) == 700 + 200 + 200
