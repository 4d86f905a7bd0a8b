"""Episodes of breakthrough pain in a day, and the bolus of the pump."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.patients.bodies import drawn, simple_kinetics
from tests.therapy.care.treated import treated
from thecal.effects import Response, load_effects, respond
from thecal.patients import People
from thecal.therapy.care import Action, Course, Episode, Observation, load_policy
from thecal.therapy.care.breakthrough import Boluses, Day, day_of

Array = NDArray[np.float64]

PEOPLE = 400
BOLUSES = Boluses(share=0.1, lockout_h=3.0, onset_min=10.0, reach=60.0)
WITH, WITHOUT = "pump-cancer-bolus", "pump-cancer"


@cache
def response() -> Response:
    known = load_effects("morphine")
    return respond(known, simple_kinetics().reference(), oral_to_intrathecal=100.0)


@cache
def people() -> People:
    return drawn("advanced-cancer", PEOPLE)


def day(boluses: Boluses | None = BOLUSES, relief: float = 0.6, seed: int = 3) -> Day:
    return day_of(people(), np.random.default_rng(seed), boluses, np.full(PEOPLE, relief))


def episode(
    boluses: Boluses | None = BOLUSES, *, pump: float = 2.0, among: People | None = None
) -> Episode:
    """Return people on the pump for a month."""
    made = Episode(
        among or people(),
        response(),
        simple_kinetics(),
        np.random.default_rng(6),
        Course(boluses=boluses),
    )
    made.act(Action(oral=np.zeros(PEOPLE), pump=np.full(PEOPLE, pump)))
    made.step(30)
    made.death_day[:] = made.end_day[:] = np.inf
    return made


def calm() -> People:
    """Return the same people without episodes."""
    return replace(people(), traits=replace(people().traits, episodes=np.zeros(PEOPLE)))


def above(seen: Observation) -> Array:
    return seen.worst_pain - seen.pain


# The day ------------------------------------------------------------------------------------------


def test_people_without_episodes_have_none() -> None:
    without = people().traits.episodes == 0.0
    assert not day().rise[without].any()


def test_people_have_as_many_episodes_as_is_theirs() -> None:
    days = [np.isfinite(day(seed=seed).hours).sum(axis=1) for seed in range(60)]
    often = people().traits.episodes
    error = np.sqrt(often.sum() / 60) / PEOPLE
    assert np.mean(days) == pytest.approx(often.mean(), abs=5.0 * error)


def test_the_highest_episode_stands_above_the_average_as_is_on_record() -> None:
    rises = np.stack([day(None, seed=seed).rise for seed in range(200)])
    has = people().traits.episodes > 0.0
    expected = people().settled.number("worst_pain_above_average")
    assert rises[:, has].mean() == pytest.approx(expected, rel=0.02)


def test_the_same_stream_draws_the_same_episodes_with_and_without_boluses() -> None:
    np.testing.assert_array_equal(day().height, day(None).height)
    np.testing.assert_array_equal(day().hours, day(None).hours)


# The lockout --------------------------------------------------------------------------------------


@pytest.mark.parametrize("lockout_h", [0.5, 3.0, 12.0])
def test_no_two_boluses_are_closer_than_the_lockout(lockout_h: float) -> None:
    shown = day(replace(BOLUSES, lockout_h=lockout_h))
    for hours, bolus in zip(shown.hours, shown.bolus, strict=True):
        assert (np.diff(hours[bolus]) >= lockout_h).all()


def test_a_bolus_is_given_as_soon_as_the_lockout_allows() -> None:
    shown = day()
    assert (shown.bolus[:, 0] == np.isfinite(shown.hours[:, 0])).all()
    for hours, bolus in zip(shown.hours, shown.bolus, strict=True):
        for late in hours[~bolus & np.isfinite(hours)]:
            assert (np.abs(late - hours[bolus & (hours < late)]) < BOLUSES.lockout_h).any()


@given(st.floats(0.0, 200.0), st.floats(0.1, 24.0))
def test_no_more_boluses_are_given_than_the_lockout_allows(often: float, lockout_h: float) -> None:
    given_a_day = replace(BOLUSES, lockout_h=lockout_h).given_a_day(np.array([often]))[0]
    assert 0.0 <= given_a_day <= min(often, 24.0 / lockout_h) + 1e-9


def test_an_episode_within_the_lockout_is_felt_whole() -> None:
    shown = day()
    refused = ~shown.bolus & np.isfinite(shown.hours)
    assert refused.any()
    np.testing.assert_array_equal(shown.felt[refused], shown.height[refused])


# What a bolus does --------------------------------------------------------------------------------


@given(st.floats(0.001, 1.0))
def test_a_bolus_takes_no_more_of_an_episode_than_it_relieves(relief: float) -> None:
    shown = day(relief=relief)
    assert (shown.felt >= shown.height * (1.0 - relief) - 1e-12).all()
    assert (shown.felt <= shown.height).all()


def test_a_bolus_that_works_at_once_takes_all_that_it_relieves() -> None:
    shown = day(replace(BOLUSES, onset_min=0.0), relief=0.6)
    np.testing.assert_allclose(shown.felt[shown.bolus], 0.4 * shown.height[shown.bolus])


def test_a_drug_that_comes_after_the_peak_takes_nothing_of_it() -> None:
    shown = day(replace(BOLUSES, onset_min=1e6))
    np.testing.assert_array_equal(shown.felt, shown.height)


def test_who_gets_no_relief_asks_for_no_bolus() -> None:
    assert not day(relief=0.0).bolus.any()


def test_a_bolus_relieves_no_more_than_the_person_responds() -> None:
    much = episode(replace(BOLUSES, share=1.0), pump=100.0)
    assert (much.bolus_relief() <= people().traits.responsiveness).all()


def test_a_larger_bolus_relieves_no_less() -> None:
    small, large = (episode(replace(BOLUSES, share=share)).bolus_relief() for share in (0.01, 0.1))
    assert (small < large).any()
    assert (small <= large).all()


def test_a_bolus_of_nothing_relieves_nothing() -> None:
    assert not episode(replace(BOLUSES, share=0.0)).bolus_relief().any()
    assert not episode(pump=0.0).bolus_relief().any()
    assert not episode(None).bolus_relief().any()


def test_without_a_pump_nobody_gets_a_bolus() -> None:
    assert not episode(pump=0.0).observe().boluses.any()


# In an episode ------------------------------------------------------------------------------------


def test_the_worst_pain_is_never_below_the_average() -> None:
    made = episode()
    for _ in range(20):
        seen = made.observe()
        assert (above(seen) >= 0.0).all()
        assert (seen.worst_pain <= 10.0).all()


def test_people_without_episodes_keep_the_worst_pain_on_record() -> None:
    seen = episode(among=calm()).observe()
    expected = people().settled.number("worst_pain_above_average")
    np.testing.assert_allclose(above(seen), np.minimum(expected, 10.0 - seen.pain))


def test_episodes_do_not_move_the_average() -> None:
    np.testing.assert_array_equal(
        episode(None).observe().pain, episode(None, among=calm()).observe().pain
    )


def test_boluses_lower_the_worst_pain() -> None:
    with_them, without = episode(), episode(None)
    has = people().traits.episodes > 0.0
    worst = [
        np.mean([above(one.observe())[has].mean() for _ in range(30)])
        for one in (with_them, without)
    ]
    assert worst[0] < worst[1]


def test_what_boluses_give_reaches_the_cord() -> None:
    with_them, without = episode().sites().cord, episode(None).sites().cord
    more = 1.0 + 0.1 * BOLUSES.given_a_day(people().traits.episodes)
    # A flow is whole nL a day.
    np.testing.assert_allclose(with_them, without * more, rtol=1e-4)


def test_the_mean_of_the_boluses_is_what_the_cord_is_given() -> None:
    made = episode()
    given_today = np.mean([made.observe().boluses.mean() for _ in range(60)])
    expected = BOLUSES.given_a_day(people().traits.episodes).mean()
    # Each day stands alone, so that the first hours of a day know no lockout.
    assert expected <= given_today < 1.15 * expected


def test_the_dose_of_a_bolus_is_a_share_of_the_infusion() -> None:
    seen = episode().observe()
    np.testing.assert_allclose(seen.bolus_mg, seen.boluses * 0.1 * seen.pump)


# The policy ---------------------------------------------------------------------------------------


def test_the_policy_with_boluses_is_the_other_one_but_for_them() -> None:
    with_them, without = load_policy(WITH), load_policy(WITHOUT)
    assert with_them.rules == without.rules
    own = set(with_them.roles["bolus"].values())
    assert set(with_them.figures) - own == set(without.figures)
    for name, figure in without.figures.items():
        assert with_them.figures[name] == figure


def test_what_boluses_gave_is_recorded_with_the_infusion() -> None:
    with_them, without = (
        treated("advanced-cancer", name, (0, 14)).intrathecal_mcg_per_day
        for name in (WITH, WITHOUT)
    )
    assert np.nanmean(with_them[:, 1]) > np.nanmean(without[:, 1])
    assert not with_them[:, 0].any()
