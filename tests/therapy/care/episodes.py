"""Some people under treatment, in bodies that answer at once."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from tests.patients.bodies import drawn, simple_kinetics
from thecal.effects import Response, load_effects, respond
from thecal.patients import People
from thecal.therapy.care import Action, Course, Episode
from thecal.therapy.care.leaving import Leaving

Array = NDArray[np.float64]

PEOPLE = 200
MONTH = 30


@cache
def response() -> Response:
    known = load_effects("morphine")
    return respond(known, simple_kinetics().reference(), oral_to_intrathecal=100.0)


@cache
def people() -> People:
    return drawn("advanced-cancer", PEOPLE)


def episode(course: Course | None = None, *, seed: int = 6, immortal: bool = True) -> Episode:
    made = Episode(people(), response(), simple_kinetics(), np.random.default_rng(seed), course)
    if immortal:
        made.death_day[:] = np.inf
        made._leaving = Leaving(np.zeros(PEOPLE), 0.0)
    return made


def same(dose: float) -> Array:
    return np.full(PEOPLE, dose)


def stopped(course: Course | None = None) -> Episode:
    """Return people whose tablets were stopped today."""
    made = episode(course)
    made.act(Action(oral=same(0.0)))
    return made
