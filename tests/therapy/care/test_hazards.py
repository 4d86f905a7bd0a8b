from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.therapy.care import Hazard

rates = st.one_of(st.just(0.0), st.floats(1e-6, 2.0))
widths = st.lists(st.floats(0.1, 500.0), max_size=4)


@st.composite
def hazards(draw: st.DrawFn) -> Hazard:
    starts = np.cumsum([0.0, *draw(widths)]).tolist()
    return Hazard(tuple(starts), tuple(draw(rates) for _ in starts))


@given(hazard=hazards(), age=st.floats(0.0, 1000.0), drawn=st.floats(1e-6, 20.0))
def test_a_draw_is_where_the_accrued_hazard_has_grown_by_it(
    hazard: Hazard, age: float, drawn: float
) -> None:
    ages = np.array([age])
    further = hazard.further_days(ages, np.array([drawn]))
    if np.isinf(further[0]):
        assert hazard.per_day[-1] == 0.0
        ends = np.array([max(age, hazard.from_days[-1])])
        assert hazard.accrued(ends)[0] - hazard.accrued(ages)[0] <= drawn * (1 + 1e-9)
    else:
        grown = hazard.accrued(ages + further) - hazard.accrued(ages)
        np.testing.assert_allclose(grown, drawn, rtol=1e-6, atol=1e-6)


@given(hazard=hazards(), days=st.lists(st.floats(0.0, 2000.0), min_size=2, max_size=9))
def test_the_share_still_free_falls_from_one(hazard: Hazard, days: list[float]) -> None:
    free = hazard.free(np.array([0.0, *sorted(days)]))
    assert free[0] == 1.0
    assert (np.diff(free) <= 1e-12).all()
    assert (free >= 0.0).all()


def test_a_hazard_goes_through_the_points_it_was_made_from() -> None:
    points = [(3.0, 0.9), (30.0, 0.5), (60.0, 0.5), (365.0, 0.1)]
    hazard = Hazard.through(points, 0.01)
    days, shares = (np.array(column) for column in zip(*points, strict=True))
    np.testing.assert_allclose(hazard.free(days), shares, rtol=1e-12)


def test_after_the_last_step_without_a_rate_nothing_comes() -> None:
    hazard = Hazard.through([(10.0, 0.5)])
    assert hazard.further_days(np.array([10.0]), np.array([1e-9]))[0] == inf


def test_drawn_days_have_the_shares_of_the_hazard() -> None:
    hazard = Hazard.through([(3.0, 0.9), (30.0, 0.6)], 0.02)
    drawn = np.random.default_rng(3).exponential(size=100_000)
    days = hazard.further_days(np.zeros(100_000), drawn)
    at = np.array([1.0, 3.0, 20.0, 30.0, 60.0])
    found = (days[:, None] > at).mean(axis=0)
    np.testing.assert_allclose(found, hazard.free(at), atol=0.007)


@pytest.mark.parametrize(
    ("starts", "per_day"),
    [
        ((), ()),
        ((0.0,), (0.1, 0.2)),
        ((1.0,), (0.1,)),
        ((0.0, 5.0, 5.0), (0.1, 0.1, 0.1)),
        ((0.0, inf), (0.1, 0.1)),
        ((0.0,), (-0.1,)),
        ((0.0,), (float("nan"),)),
    ],
)
def test_steps_that_are_no_hazard_are_refused(
    starts: tuple[float, ...], per_day: tuple[float, ...]
) -> None:
    with pytest.raises(InputError):
        Hazard(starts, per_day)


@pytest.mark.parametrize("points", [[(10.0, 0.0)], [(10.0, 0.5), (20.0, 0.6)], [(0.0, 0.5)]])
def test_shares_that_cannot_follow_each_other_are_refused(
    points: list[tuple[float, float]],
) -> None:
    with pytest.raises(InputError, match="cannot follow"):
        Hazard.through(points)
