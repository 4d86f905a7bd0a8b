"""People treated by a policy in bodies that answer at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from tests.patients.bodies import simple_kinetics
from thecal.effects import load_effects
from thecal.formulary import load_formulary
from thecal.knowledge import Figure, Settled
from thecal.outcomes import Records
from thecal.patients import load_population
from thecal.therapy.care import Clinic, Episode, Setting, World, load_policy

_NAME = "people"


@cache
def world(population: str, policy: str) -> World:
    """Return a world of one policy, every figure at its set point."""
    drug = load_formulary().drug("morphine")
    assert drug.oral_to_intrathecal is not None
    ratio: Figure = drug.oral_to_intrathecal.central
    setting = Setting(
        load_population(population),
        {policy: load_policy(policy)},
        load_effects("morphine"),
        simple_kinetics(),
        ratio,
    )
    return World.of(setting, {})


def treated(
    population: str, policy: str, visits: Sequence[int], *, people: int = 200, seed: int = 1
) -> Records:
    """Return what visits recorded of people under a policy."""
    here = world(population, policy)
    drawn = here.people(np.random.default_rng(seed), people)
    rng = np.random.default_rng(seed + 1)
    return here.treat(drawn, policy, visits, arm=_NAME, telling=rng, chance=rng)


def clinic_of(population: str, policy: str, *, people: int = 50) -> Clinic:
    """Return a clinic before its first decision."""
    here = world(population, policy)
    setting = here.setting
    drawn = here.people(np.random.default_rng(1), people)
    rng = np.random.default_rng(2)
    episode = Episode(drawn, here.response, setting.kinetics, rng)
    rules = setting.policies[policy]
    return Clinic(rules, Settled.of(rules.figures), episode, rng)
