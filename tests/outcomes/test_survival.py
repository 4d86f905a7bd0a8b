from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test

from tests.outcomes.people import made
from thecal.errors import InputError
from thecal.outcomes.records import Array, Mask
from thecal.outcomes.survival import followed_until, kaplan_meier, log_rank_p

Watched = tuple[Array, Mask]


@st.composite
def watched(draw: st.DrawFn) -> Watched:
    people = draw(st.integers(1, 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    days = rng.integers(1, draw(st.integers(2, 80)), people).astype(np.float64)
    return days, rng.random(people) < draw(st.floats(0.0, 1.0))


@given(watched())
def test_the_estimate_agrees_with_lifelines(group: Watched) -> None:
    theirs = KaplanMeierFitter().fit(*group)
    mine = kaplan_meier(*group)
    days = np.arange(0.0, 82.0)
    wanted = theirs.survival_function_at_times(days).to_numpy()
    assert [mine.at(day) for day in days] == pytest.approx(wanted.tolist(), abs=1e-12)


@given(watched())
def test_the_interval_agrees_with_lifelines(group: Watched) -> None:
    theirs = KaplanMeierFitter().fit(*group).confidence_interval_survival_function_
    mine = kaplan_meier(*group)
    partly = [day for day in mine.days if 0.0 < mine.at(day) < 1.0]
    found = [mine.interval(day) for day in partly]
    wanted = [tuple(theirs.loc[day]) for day in partly]
    assert np.array(found) == pytest.approx(np.array(wanted), abs=1e-9)


@given(watched())
def test_the_median_agrees_with_lifelines(group: Watched) -> None:
    mine = kaplan_meier(*group)
    theirs = KaplanMeierFitter().fit(*group).median_survival_time_
    # At exactly a half the last digit decides there; here a half is a half.
    at_half = bool(np.any(np.abs(mine.free - 0.5) < 1e-9))
    assert mine.median() == theirs or (at_half and mine.median() <= theirs)


@given(watched(), watched())
def test_the_log_rank_test_agrees_with_lifelines(first: Watched, second: Watched) -> None:
    found = log_rank_p(first, second)
    assume(found < 1.0)  # where nothing tells them apart, lifelines divides by zero
    theirs = logrank_test(first[0], second[0], first[1], second[1]).p_value
    assert found == pytest.approx(theirs, abs=1e-9)


@given(watched())
def test_the_share_free_never_rises(group: Watched) -> None:
    free = kaplan_meier(*group).free
    assert bool(np.all(np.diff(free, prepend=1.0) <= 0.0))


@given(watched())
def test_the_order_of_people_does_not_matter(group: Watched) -> None:
    turned = kaplan_meier(group[0][::-1], group[1][::-1])
    assert np.array_equal(turned.free, kaplan_meier(*group).free)


@given(watched())
def test_without_censoring_it_is_the_plain_share(group: Watched) -> None:
    days = group[0]
    found = kaplan_meier(days, np.ones(len(days), np.bool_))
    assert found.at(20.0) == pytest.approx(float(np.mean(days > 20.0)), abs=1e-12)


def test_nobody_has_no_estimate() -> None:
    with pytest.raises(InputError, match="there is nobody"):
        kaplan_meier(np.empty(0), np.empty(0, np.bool_))


def test_an_estimate_without_events_has_no_interval() -> None:
    found = kaplan_meier(np.array([5.0]), np.array([False]))
    assert np.isnan(found.interval(5.0)).all()


def test_groups_without_events_are_not_told_apart() -> None:
    quiet = (np.array([5.0, 6.0]), np.array([False, False]))
    assert log_rank_p(quiet, quiet) == 1.0


def test_death_stops_the_watch_for_other_events() -> None:
    pain = np.array([[8.0, np.nan, np.nan]])
    dead = made(1, pain=pain, death_day=np.array([20.0]), events={"infection": np.array([np.inf])})
    days, happened = followed_until(dead, "infection", 28)
    assert (days.tolist(), happened.tolist()) == ([20.0], [False])


def test_an_event_on_the_day_of_the_end_has_happened() -> None:
    records = made(1, end_day=np.array([20.0]), events={"explant": np.array([20.0])})
    assert followed_until(records, "explant", 28)[1].tolist() == [True]


def test_the_end_of_therapy_does_not_hide_a_death() -> None:
    pain = np.array([[8.0, np.nan, np.nan]])
    records = made(1, pain=pain, end_day=np.array([20.0]), death_day=np.array([25.0]))
    assert followed_until(records, "death", 28)[1].tolist() == [True]


@pytest.mark.parametrize("day", [-1, 183])
def test_a_day_beyond_the_records_is_refused(day: int) -> None:
    with pytest.raises(InputError, match="was followed from day 0 to day 182"):
        followed_until(made(), "death", day)
