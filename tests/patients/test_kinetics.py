"""Steady doses day by day in real bodies, few and computed once."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.patients.bodies import simple_kinetics
from tests.patients.history import History
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.patients import ORAL, PUMP, Aim, Exposure, Kinetics, Pool, Route, make_pool
from thecal.patients.kinetics import DAYS, make_kinetics

Array = NDArray[np.float64]

PEOPLE = 6
SEED = 5
TIP = "T10"
LEVELS = ("T8", "T10")
FORM = "extended-release"
EVERYBODY = np.arange(PEOPLE)

days = st.lists(
    st.tuples(
        st.integers(0, 3 * DAYS),
        st.sampled_from([ORAL, PUMP]),
        st.floats(0.0, 500.0),
    ),
    max_size=8,
)


@cache
def kinetics() -> Kinetics:
    drug = load_formulary().drug("morphine")
    return make_kinetics(
        drug, people=PEOPLE, seed=SEED, aims=[Aim(LEVELS, TIP)], oral_form=FORM, threads=1
    )


@cache
def pool() -> Pool:
    routes = (Route(PUMP, "pump", TIP), Route(ORAL, "oral", FORM))
    sites = ("plasma", *(f"cord {level}" for level in LEVELS), "cisterna magna")
    drug = load_formulary().drug("morphine")
    return make_pool(drug, routes, sites, people=PEOPLE, days=DAYS, seed=SEED, threads=1)


def shown(exposure: Exposure, day: int) -> Array:
    sites = exposure.sites(day)
    return np.stack([sites.plasma, sites.cord, sites.cisterna], axis=1)


def same(dose: float) -> Array:
    return np.full(PEOPLE, dose)


@pytest.mark.parametrize("day", [1, 5, 9, 20])
def test_days_are_read_as_the_pool_reads_them_at_any_hour(day: int) -> None:
    exposure, history = Exposure(kinetics(), EVERYBODY), History(pool(), EVERYBODY)
    for start, route, mg in ((0, ORAL, 60.0), (2, PUMP, 1.0), (7, ORAL, 0.0)):
        if start <= day:
            exposure.set_dose(route, start, same(mg))
            history.set_rate(route, 24.0 * start, same(mg * 1000.0 / 24.0))
    read = history.read(24.0 * day)
    levels = read[:, 1:-1].mean(axis=1)
    expected = np.stack([read[:, 0], 1000.0 * levels, 1000.0 * read[:, -1]], axis=1)
    # Responses are kept in single precision.
    np.testing.assert_allclose(shown(exposure, day), expected, rtol=1e-6, atol=1e-9)


@given(days)
def test_old_doses_are_folded_without_a_trace(changes: list[tuple[int, str, float]]) -> None:
    bodies, last = simple_kinetics(PEOPLE), 4 * DAYS
    exposure = Exposure(bodies, EVERYBODY)
    rates = {ORAL: 0.0, PUMP: 0.0}
    expected = np.zeros((PEOPLE, 3))
    for day, route, mg in sorted(changes, key=lambda one: one[0]):
        exposure.set_dose(route, day, same(mg))
        change, rates[route] = mg - rates[route], mg
        expected += bodies.unit[route][:, :, min(DAYS, last - day)] * change
    np.testing.assert_allclose(
        shown(exposure, last), np.maximum(expected, 0.0), rtol=1e-9, atol=1e-7
    )


def test_reading_on_the_way_changes_nothing() -> None:
    looked, blind = Exposure(kinetics(), EVERYBODY), Exposure(kinetics(), EVERYBODY)
    for one in (looked, blind):
        one.set_dose(PUMP, 0, same(1.0))
    for day in range(40):
        looked.sites(day)
    np.testing.assert_allclose(shown(looked, 40), shown(blind, 40), rtol=1e-12)


def test_twice_the_dose_shows_twice_as_much() -> None:
    one, two = Exposure(kinetics(), EVERYBODY), Exposure(kinetics(), EVERYBODY)
    one.set_dose(PUMP, 0, same(1.0))
    two.set_dose(PUMP, 0, same(2.0))
    np.testing.assert_allclose(shown(two, 3), 2.0 * shown(one, 3), rtol=1e-12)


def test_the_routes_add() -> None:
    both = Exposure(kinetics(), EVERYBODY)
    both.set_dose(PUMP, 0, same(1.0))
    both.set_dose(ORAL, 0, same(60.0))
    apart = np.zeros((PEOPLE, 3))
    for route, mg in ((PUMP, 1.0), (ORAL, 60.0)):
        alone = Exposure(kinetics(), EVERYBODY)
        alone.set_dose(route, 0, same(mg))
        apart += shown(alone, 4)
    np.testing.assert_allclose(shown(both, 4), apart, rtol=1e-12)


def test_a_dose_shows_nothing_on_the_day_it_is_set() -> None:
    exposure = Exposure(kinetics(), EVERYBODY)
    exposure.set_dose(PUMP, 3, same(1.0))
    assert not shown(exposure, 3).any()


def test_people_who_are_settled_show_what_a_steady_dose_shows() -> None:
    exposure = Exposure(kinetics(), EVERYBODY)
    exposure.set_dose(ORAL, 0, same(60.0))
    exposure.settle()
    steady = kinetics().settled(ORAL, same(60.0), EVERYBODY)
    np.testing.assert_allclose(exposure.sites(0).plasma, steady.plasma, rtol=1e-12)


def test_a_response_has_settled_when_it_is_taken_as_settled() -> None:
    for unit in kinetics().unit.values():
        last, before = unit[:, :, -1], unit[:, :, -2]
        np.testing.assert_allclose(before, last, rtol=0.01)


def test_what_a_stop_leaves_is_gone_once_settled() -> None:
    exposure = Exposure(kinetics(), EVERYBODY)
    exposure.set_dose(PUMP, 0, same(1.0))
    exposure.settle()
    before = shown(exposure, 0)
    exposure.set_dose(PUMP, 0, same(0.0))
    assert (shown(exposure, DAYS) <= 1e-9 * before).all()


def test_a_trial_shows_what_so_many_days_of_the_dose_add() -> None:
    exposure = Exposure(kinetics(), EVERYBODY)
    exposure.set_dose(ORAL, 0, same(60.0))
    now, trial = exposure.sites(5), exposure.with_trial(5, 0.5, 3)
    np.testing.assert_allclose(
        trial.cord - now.cord, 0.5 * kinetics().unit[PUMP][:, 1, 3], rtol=1e-9
    )


def test_a_trial_leaves_no_trace() -> None:
    exposure = Exposure(kinetics(), EVERYBODY)
    exposure.with_trial(5, 0.5, 3)
    assert not shown(exposure, 6).any()


def test_the_reference_person_is_the_median_of_the_bodies() -> None:
    assert kinetics().reference().pump.cord == np.median(kinetics().unit[PUMP][:, 1, -1])


def test_bodies_without_tablets_have_no_oral_reference() -> None:
    assert Kinetics("x", {PUMP: kinetics().unit[PUMP]}).reference().oral is None


def test_the_same_body_may_stand_for_two_people() -> None:
    exposure = Exposure(kinetics(), np.array([2, 2]))
    exposure.set_dose(PUMP, 0, np.array([1.0, 2.0]))
    cord = exposure.sites(4).cord
    assert cord[1] == pytest.approx(2.0 * cord[0])


@pytest.mark.parametrize("amount", [-0.1, float("nan"), float("inf")])
def test_an_impossible_dose_is_refused(amount: float) -> None:
    with pytest.raises(InputError, match="zero or more, and finite"):
        Exposure(simple_kinetics(), np.arange(3)).set_dose(PUMP, 0, np.full(3, amount))


def test_a_refused_dose_leaves_the_dose_as_it_was() -> None:
    exposure = Exposure(simple_kinetics(), np.arange(3))
    exposure.set_dose(PUMP, 0, np.ones(3))
    with pytest.raises(InputError):
        exposure.set_dose(PUMP, 1, np.array([1.0, -1.0, 1.0]))
    assert exposure.dose(PUMP).tolist() == [1.0] * 3


def test_a_day_in_the_past_is_refused() -> None:
    exposure = Exposure(simple_kinetics(), np.arange(3))
    exposure.sites(9)
    with pytest.raises(InputError, match="day 8 lies before day 9, which was reached"):
        exposure.sites(8)


def test_an_unknown_route_is_refused() -> None:
    with pytest.raises(InputError, match='no route "skin"; there are oral, pump'):
        Exposure(simple_kinetics(), np.arange(3)).set_dose("skin", 0, np.ones(3))


def test_people_without_a_level_of_pain_are_refused() -> None:
    drug = load_formulary().drug("morphine")
    with pytest.raises(InputError, match="at least one level of pain"):
        make_kinetics(drug, people=1, seed=1, aims=[Aim((), TIP)])
