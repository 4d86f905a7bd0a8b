"""Ziconotide raised slowly or fast, and an infusion without drug."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from thecal.effects import load_effects
from thecal.outcomes import Records
from thecal.patients import PUMP, Kinetics, load_population
from thecal.patients.kinetics import DAYS
from thecal.therapy.care import Setting, World, load_policy
from thecal.therapy.care.leaving import REASONS

SLOW, FAST, PLACEBO = "ziconotide-slow", "ziconotide-fast", "placebo-infusion"
POLICIES = {name: load_policy(name) for name in (SLOW, FAST, PLACEBO)}
WEEKS = (0, 3, 6, 9, 12, 15, 18, 21)
DAILY = (0, 1, 2, 3, 4, 5, 6)
ROUNDING = 1e-9


@cache
def world() -> World:
    shown = np.ones(DAYS + 1)
    shown[0] = 0.0
    own = np.geomspace(0.5, 2.0, 20)[:, None, None]
    unit = own * np.array([2.0, 2600.0, 600.0])[:, None] * shown
    population = load_population("severe-chronic")
    kinetics = Kinetics("ziconotide", {PUMP: unit})
    return World.of(Setting(population, POLICIES, load_effects("ziconotide"), kinetics, None), {})


@cache
def treated(policy: str, visits: tuple[int, ...]) -> Records:
    people = world().people(np.random.default_rng(1), 400)
    rng = np.random.default_rng(2)
    return world().treat(people, policy, visits, arm="one", telling=rng, chance=rng)


def doses(policy: str, visits: tuple[int, ...]) -> NDArray[np.float64]:
    found = treated(policy, visits).intrathecal_mcg_per_day
    return found[~np.isnan(found).any(axis=1)]


def test_a_placebo_gives_no_drug() -> None:
    assert not doses(PLACEBO, WEEKS).any()


def test_a_placebo_relieves_by_expectation() -> None:
    pain = treated(PLACEBO, WEEKS).pain
    assert np.nanmean(pain[:, 1:]) < np.nanmean(pain[:, 0])


@pytest.mark.parametrize("policy", [SLOW, FAST])
def test_the_first_dose_flows_from_the_day_of_entry(policy: str) -> None:
    first = POLICIES[policy].figures["start_dose"]
    low = first.number("mcg/day", "low") if first.low is not None else first.number("mcg/day")
    assert (doses(policy, (0, 1))[:, 1] >= low - ROUNDING).all()


def test_slow_steps_are_never_larger_than_the_label_allows() -> None:
    assert np.diff(doses(SLOW, WEEKS)[:, 1:], axis=1).max() <= 2.4 + ROUNDING


def test_a_slow_step_is_a_dose_and_no_share_of_the_dose() -> None:
    steps = np.diff(doses(SLOW, WEEKS)[:, 1:], axis=1)
    assert np.unique(steps[steps > 0.0].round(9)) == pytest.approx([1.8])


def test_slow_doses_never_pass_the_highest_of_the_label() -> None:
    assert doses(SLOW, WEEKS).max() <= 19.2 + ROUNDING


def test_fast_titration_reaches_more_in_six_days_than_slow_in_three_weeks() -> None:
    assert doses(FAST, DAILY)[:, -1].mean() > doses(SLOW, WEEKS)[:, -1].mean()


def test_fast_titration_harms_more() -> None:
    fast, slow = treated(FAST, DAILY), treated(SLOW, WEEKS)
    assert np.nanmean(fast.toxicity()[:, -1]) > np.nanmean(slow.toxicity()[:, -1])


@pytest.mark.parametrize("policy", [SLOW, FAST])
def test_a_side_effect_that_is_too_much_lowers_the_dose(policy: str) -> None:
    visits = WEEKS if policy == SLOW else DAILY
    assert np.diff(doses(policy, visits)[:, 1:], axis=1).min() < 0.0


@pytest.mark.parametrize("policy", [SLOW, FAST, PLACEBO])
def test_what_goes_wrong_with_the_pump_is_not_followed(policy: str) -> None:
    assert treated(policy, (0, 1)).events.keys() == set(REASONS)
