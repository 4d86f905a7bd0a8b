"""What people get used to, and what a stop does to them then."""

from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.therapy.care.episodes import MONTH, PEOPLE, episode, people, response, same, stopped
from thecal.therapy.care import Action, Course

YEAR = 365.25
RECOVERING = Course(escalator_growth=0.45, stable_growth=0.02, recovery_half_life=13.0)

# Withdrawal ---------------------------------------------------------------------------------------


def test_nobody_on_a_steady_dose_is_in_withdrawal() -> None:
    made = episode()
    made.step(MONTH)
    np.testing.assert_allclose(made.withdrawal(), 0.0, atol=1e-9)


def test_a_stop_brings_withdrawal() -> None:
    made = stopped()
    made.step(1)
    assert (made.withdrawal() > 0.5).all()


def test_withdrawal_adds_to_the_pain() -> None:
    made, without = (stopped(Course(withdrawal_pain=points)) for points in (2.0, 0.0))
    for one in (made, without):
        one.step(1)
    more = np.minimum(10.0, without.true_pain() + 2.0 * without.withdrawal())
    np.testing.assert_allclose(made.true_pain(), more)


def test_withdrawal_halves_with_each_half_life_of_the_adaptation() -> None:
    made = stopped(Course(adaptation_half_life=2.0))
    made.step(1)  # the drug of these bodies is gone on the next day
    first = made.withdrawal()
    made.step(2)
    np.testing.assert_allclose(made.withdrawal(), first / 2.0)


def test_withdrawal_is_over_two_weeks_after_a_stop() -> None:
    made = stopped(Course(adaptation_half_life=2.0))
    made.step(14)
    assert made.withdrawal().max() < 0.02


def test_withdrawal_after_half_of_the_dose_is_half_of_that_after_a_stop() -> None:
    halved, whole = episode(), stopped()
    halved.act(Action(oral=people().traits.entry_dose / 2.0))
    for one in (halved, whole):
        one.step(1)
    np.testing.assert_allclose(halved.withdrawal(), whole.withdrawal() / 2.0)


def test_the_pump_spares_people_the_withdrawal_but_for_what_it_gives_too_little() -> None:
    made = episode()
    made.act(Action(oral=same(0.0), pump=people().traits.entry_dose / 100.0))
    made.step(3)
    # A flow is whole nL a day.
    too_little = np.maximum(0.0, 1.0 - made.pumps.share()) + 1e-4
    assert (made.withdrawal() <= too_little).all()
    assert made.withdrawal().max() < 0.1


def test_a_course_does_not_depend_on_how_often_it_is_looked_at() -> None:
    at_once, daily = (stopped(Course(escalator_growth=0.4, withdrawal_pain=2.0)) for _ in "ab")
    at_once.step(7)
    for _ in range(7):
        daily.step(1)
    np.testing.assert_allclose(at_once.tolerance, daily.tolerance, rtol=1e-9)
    np.testing.assert_allclose(at_once.true_pain(), daily.true_pain(), rtol=1e-9)
    np.testing.assert_allclose(at_once._habit, daily._habit, rtol=1e-9)


def test_a_rise_is_no_withdrawal() -> None:
    made = episode()
    made.act(Action(oral=people().traits.entry_dose * 2.0))
    made.step(1)
    assert not made.withdrawal().any()


# Tolerance ----------------------------------------------------------------------------------------


def test_the_need_grows_by_a_years_growth_in_a_year_on_the_drug() -> None:
    made = episode(Course(stable_growth=0.02, escalator_growth=0.02))
    before = made.tolerance
    made.step(round(4 * YEAR))
    np.testing.assert_allclose(made.tolerance, before * np.exp(0.08), rtol=1e-9)


def test_the_need_does_not_grow_without_the_drug() -> None:
    made = episode(Course(stable_growth=0.02, escalator_growth=0.4))
    made.act(Action(oral=same(0.0)))
    before = made.tolerance
    made.step(1000)
    np.testing.assert_array_equal(made.tolerance, before)


def test_a_changed_opioid_relieves_more_at_the_same_dose() -> None:
    made = episode()
    before = made.true_pain()
    made.act(Action(rotate=same(0.35)))
    assert (made.true_pain() <= before).all()
    assert made.true_pain().mean() < before.mean()


def test_no_change_of_the_opioid_makes_people_less_than_naive() -> None:
    made = episode()
    for _ in range(50):
        made.act(Action(rotate=same(0.5)))
    sites = made.sites()
    relief = response().relief(
        response().drive(sites, np.ones(PEOPLE)), people().traits.responsiveness
    )
    least = people().traits.untreated_pain * (1.0 - relief)
    assert (made.true_pain() >= least - 1e-9).all()


@given(st.lists(st.tuples(st.floats(0.0, 20.0), st.integers(1, 30)), max_size=6))
def test_no_course_of_doses_makes_people_less_than_naive(doses: list[tuple[float, int]]) -> None:
    made = episode(RECOVERING)
    for dose, days in doses:
        made.act(Action(pump=same(dose)))
        made.step(days)
    assert (made.tolerance >= 1.0).all()


def test_a_constant_dose_is_needed_as_if_no_tolerance_ever_fell() -> None:
    made, lasting = episode(RECOVERING), episode(replace(RECOVERING, recovery_half_life=inf))
    for one in (made, lasting):
        one.step(round(YEAR))
    np.testing.assert_array_equal(made.tolerance, lasting.tolerance)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6), st.integers(1, 30))
def test_weaning_never_raises_the_tolerance(shares: list[float], days: int) -> None:
    made = episode(Course(recovery_half_life=13.0))
    dose = people().traits.entry_dose
    for share in shares:
        before = made.tolerance
        dose = dose * share
        made.act(Action(oral=dose))
        made.step(days)
        assert (made.tolerance <= before).all()


def test_half_of_a_tolerance_is_lost_in_each_half_life_after_a_stop() -> None:
    made = stopped(Course(recovery_half_life=13.0))
    made.step(1)  # the drug of these bodies is gone on the next day
    before = made.tolerance
    made.step(26)
    np.testing.assert_allclose(made.tolerance - 1.0, (before - 1.0) / 4.0, atol=1e-12)


def test_a_pause_gives_relief_back_at_the_old_dose() -> None:
    made = stopped(Course(recovery_half_life=13.0))
    before = episode().true_pain()
    made.step(60)
    made.act(Action(oral=people().traits.entry_dose))
    made.step(1)
    assert (made.true_pain() <= before + 1e-9).all()
    assert made.true_pain().mean() < before.mean() - 0.5


def test_the_old_dose_brings_the_old_tolerance_back() -> None:
    made = stopped(Course(recovery_half_life=13.0))
    before = people().tolerance
    made.step(60)
    made.act(Action(oral=people().traits.entry_dose))
    made.step(400)
    np.testing.assert_allclose(made.tolerance, before, rtol=1e-6)
