"""Virtual people as a trial meets them: traits, kinetics and tolerance, after its rule of entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.effects import Response, Sites
from thecal.errors import InputError
from thecal.knowledge import Settled
from thecal.patients.kinetics import ORAL, PUMP, Kinetics
from thecal.patients.population import Population, Traits, draw_traits

Array = NDArray[np.float64]

_BLOCK: Final = 512
_HIGHEST: Final = 10.0
_SEVERE: Final = 3.0  # NCI CTC grade
_MOST_DRAWN_FOR_ONE: Final = 200


Rule = Callable[[Mapping[str, Array]], NDArray[np.bool_]]
"""Who may enter, from what is reported on the day of screening, by name, shape (n,).

``pain`` of 10, ``toxicity`` (sum of grades), ``oral_mg_per_day``, ``age``, and ``intolerable``: 1
where a side effect is severe.
"""


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """People who entered; arrays of shape (n,) but where said.

    Attributes
    ----------
    kinetic
        Where each stands in the kinetics: whose body, and how pain and tip lie to each other.
    tolerance
        Factor on the concentrations that they need, 1 or more.
    susceptibility
        Factors of median 1, shape (n, items).
    escalates
        Whether the need goes on rising.
    """

    population: Population
    settled: Settled
    items: tuple[str, ...]
    traits: Traits
    kinetic: NDArray[np.int64]
    tolerance: Array
    susceptibility: Array
    escalates: NDArray[np.bool_]
    screened: int

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.kinetic)

    def some(self, who: NDArray[np.int64]) -> People:
        """Return some of them."""
        taken = {one.name: getattr(self.traits, one.name)[who] for one in fields(self.traits)}
        return People(
            self.population,
            self.settled,
            self.items,
            Traits(**taken),
            self.kinetic[who],
            self.tolerance[who],
            self.susceptibility[who],
            self.escalates[who],
            self.screened,
        )


def draw_people(
    population: Population,
    settled: Settled,
    response: Response,
    kinetics: Kinetics,
    generator: np.random.Generator,
    count: int,
    *,
    admits: Rule | None = None,
    escalator_share: float = 0.0,
) -> People:
    """Draw people until so many have met the rule of entry on what they report.

    Because the rule looks at a report of one day, those who enter had a worse day than usual more
    often than not, and tell less pain later without any treatment: regression to the mean.

    Raises
    ------
    InputError
        If hardly anybody meets the rule.
    """
    if count < 1:
        raise InputError(f"a trial of {count} people cannot be run; it needs at least 1")
    kept: list[People] = []
    found, screened = 0, 0
    while found < count:
        if screened >= _MOST_DRAWN_FOR_ONE * max(count, _BLOCK):
            raise InputError(
                f"of {screened} people of the population {population.id} only {found} meet the "
                "rule of entry, so that the trial cannot be filled; ease the rule"
            )
        drawn = _draw(population, settled, response, kinetics, generator, escalator_share)
        admitted = np.flatnonzero(_screened(drawn, response, kinetics, generator, admits))
        kept.append(drawn.some(admitted))
        found += len(admitted)
        screened += _BLOCK
    return _joined(kept, screened).some(np.arange(count))


def entry_doses(traits: Traits) -> dict[str, Array]:
    """Return what people take when they enter, by route, mg/day, shape (n,)."""
    return {ORAL: traits.entry_dose, PUMP: traits.entry_pump_dose}


def entry_sites(traits: Traits, kinetics: Kinetics, who: NDArray[np.int64]) -> Sites:
    """Return what these doses show in some of the kinetic people once settled, ng/mL."""
    plasma, cord, cisterna = np.zeros((3, len(who)))
    for route, dose in entry_doses(traits).items():
        if route in kinetics.unit:
            shown = kinetics.settled(route, dose, who)
            plasma, cord = plasma + shown.plasma, cord + shown.cord
            cisterna = cisterna + shown.cisterna
    return Sites(plasma, cord, cisterna)


def reported_pain(true_pain: Array, noise: float, generator: np.random.Generator) -> Array:
    """Return what people tell of their pain on one day: 0 to 10, with the day's own noise."""
    told = true_pain + noise * generator.standard_normal(true_pain.shape)
    return np.clip(told, 0.0, _HIGHEST)


def _draw(
    population: Population,
    settled: Settled,
    response: Response,
    kinetics: Kinetics,
    generator: np.random.Generator,
    escalator_share: float,
) -> People:
    items = tuple(item.id for item in response.items)
    traits = draw_traits(population, settled, items, generator, _BLOCK)
    kinetic = kinetics.at(generator.integers(kinetics.people, size=_BLOCK), traits.aim)
    naive = response.drive(entry_sites(traits, kinetics, kinetic), np.ones(_BLOCK))
    tolerance = np.maximum(1.0, naive / traits.entry_drive)
    return People(
        population,
        settled,
        items,
        traits,
        kinetic,
        tolerance,
        response.susceptibility(generator, _BLOCK),
        generator.random(_BLOCK) < escalator_share,
        0,
    )


def _screened(
    drawn: People,
    response: Response,
    kinetics: Kinetics,
    generator: np.random.Generator,
    admits: Rule | None,
) -> NDArray[np.bool_]:
    traits = drawn.traits
    pain, harm = traits.untreated_pain, traits.background
    sites = entry_sites(traits, kinetics, drawn.kinetic)
    drive = response.drive(sites, drawn.tolerance)
    pain = pain * (1.0 - response.relief(drive, traits.responsiveness))
    harm = harm + drawn.susceptibility * response.harm(sites, drawn.tolerance)
    told = reported_pain(pain, drawn.settled.number("pain_noise"), generator)
    grades = response.grades(harm)
    if admits is None:
        return np.ones(drawn.count, dtype=np.bool_)
    reported = {
        "pain": told,
        "toxicity": grades.sum(axis=1),
        "oral_mg_per_day": traits.entry_dose,
        "age": traits.age,
        "intolerable": (grades.max(axis=1, initial=0.0) >= _SEVERE).astype(np.float64),
    }
    return admits(reported)


def _joined(parts: list[People], screened: int) -> People:
    first = parts[0]
    traits = {
        one.name: np.concatenate([getattr(part.traits, one.name) for part in parts])
        for one in fields(first.traits)
    }
    return People(
        first.population,
        first.settled,
        first.items,
        Traits(**traits),
        np.concatenate([part.kinetic for part in parts]),
        np.concatenate([part.tolerance for part in parts]),
        np.concatenate([part.susceptibility for part in parts]),
        np.concatenate([part.escalates for part in parts]),
        screened,
    )
