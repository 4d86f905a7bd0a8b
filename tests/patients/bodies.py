"""Bodies that answer at once, for tests of what people do and not of how drugs spread."""

from __future__ import annotations

import numpy as np

from thecal.effects import load_effects, respond
from thecal.knowledge import Settled
from thecal.patients import ORAL, PUMP, Kinetics, People, draw_people, load_population
from thecal.patients.kinetics import DAYS

_RATIO = 100.0


def simple_kinetics(people: int = 30) -> Kinetics:
    """Return bodies in which 1 mg/day shows round concentrations, ng/mL, from the next day on.

    Everybody's differ by a factor of half to twice.
    """
    own = np.geomspace(0.5, 2.0, people)[:, None, None]
    shown = np.ones(DAYS + 1)
    shown[0] = 0.0
    oral = np.array([0.2, 0.1, 0.1])[:, None] * shown
    pump = np.array([0.5, 400.0, 40.0])[:, None] * shown
    return Kinetics("morphine", {ORAL: own * oral, PUMP: own * pump})


def drawn(population: str, people: int = 200, seed: int = 1) -> People:
    """Return people of a population in such bodies, every figure at its set point."""
    known = load_population(population)
    kinetics = simple_kinetics()
    response = respond(load_effects("morphine"), kinetics.reference(), oral_to_intrathecal=_RATIO)
    generator = np.random.default_rng(seed)
    return draw_people(known, Settled.of(known.figures), response, kinetics, generator, people)
