from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.therapy.care import refill_days, refill_every_days


def test_the_two_worked_examples_of_the_record() -> None:
    reservoir, daily = np.array([40.0, 20.0]), np.array([0.5, 0.25])
    assert refill_every_days(reservoir, 2.0, daily).tolist() == [76.0, 72.0]


def test_a_solution_that_keeps_less_long_shortens_the_interval() -> None:
    assert refill_every_days(40.0, 2.0, 0.1, stability_days=np.array([90.0, inf])).tolist() == [
        90.0,
        380.0,
    ]


@given(daily=st.floats(0.01, 5.0), residual=st.floats(0.0, 3.0))
def test_the_reservoir_never_runs_dry_before_the_refill(daily: float, residual: float) -> None:
    days = refill_every_days(40.0, residual, daily)
    assert days * daily <= (40.0 - residual) * (1 + 1e-12)
    assert (days + 1) * daily > (40.0 - residual) * (1 - 1e-12)


def test_a_whole_quotient_is_not_rounded_down_by_a_binary_fraction() -> None:
    assert refill_every_days(20.0, 1.4, 0.31) == 60.0


@pytest.mark.parametrize(
    ("reservoir", "residual", "daily"),
    [(20.0, 2.0, 0.0), (20.0, 2.0, inf), (20.0, 20.0, 0.1), (20.0, -1.0, 0.1), (20.0, 2.0, 30.0)],
)
def test_an_impossible_refill_is_refused(reservoir: float, residual: float, daily: float) -> None:
    with pytest.raises(InputError):
        refill_every_days(reservoir, residual, daily)


def test_refills_come_at_whole_intervals_within_the_course() -> None:
    assert refill_days(50.0, 150.0).tolist() == [50.0, 100.0, 150.0]


def test_a_course_shorter_than_the_interval_has_no_refill() -> None:
    assert len(refill_days(50.0, 49.0)) == 0


def test_an_interval_of_no_time_is_refused() -> None:
    with pytest.raises(InputError, match="every_days"):
        refill_days(0.0, 100.0)
