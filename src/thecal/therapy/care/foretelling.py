"""What a screening trial's result is worth: relief months later in those who passed and who failed.

Everybody is implanted in a copy of the same future, also those whose trial failed. The gap between
the two groups is what the trial foretells; where it is small, the trial decides little.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.patients import People
from thecal.therapy.care.screening import (
    METHODS,
    Method,
    Screened,
    Shots,
    load_screening,
    screen,
)
from thecal.therapy.care.setting import Setting, World

Array = NDArray[np.float64]
Done = Callable[[int, int], None]

_PERCENT: Final = 100.0
_MIDDLE: Final = (2.5, 50.0, 97.5)


@dataclass(frozen=True, slots=True)
class Range:
    """The middle of replicates and what 95 % of them lie within; NaN where nobody was."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Range:
        """Return the range of some replicates, of which those without a value are left out."""
        known = np.array([one for one in values if np.isfinite(one)])
        if not len(known):
            return cls(np.nan, np.nan, np.nan)
        low, middle, high = np.percentile(known, _MIDDLE)
        return cls(float(middle), float(low), float(high))


@dataclass(frozen=True, slots=True)
class Foretold:
    """What one way of screening shows and foretells; shares in %.

    Attributes
    ----------
    relief
        Mean share of the pain that was relieved in the trial.
    severe
        Share of people with a severe side effect that was less before.
    slowest_hour
        Hours after the last dose at which breathing is slowed most, over people.
    later_passed, later_failed
        Share with at least 30 % relief at ``months``, implanted, of those who passed and failed.
    """

    method: Method
    first_mg: Range
    passed: Range
    relief: Range
    severe: Range
    slowest_hour: Range
    later_passed: Range
    later_failed: Range


@dataclass(frozen=True, slots=True)
class Plan:
    """How a comparison of screening trials is held.

    Attributes
    ----------
    policy
        The rules by which everybody is treated with the pump afterwards.
    day
        When the later relief is judged, days from entry.
    mg
        First dose of everybody; ``None``: as `thecal.therapy.care.screening.screen` has it.
    """

    policy: str
    people: int
    replicates: int
    seed: int
    day: int
    mg: float | None = None
    methods: tuple[Method, ...] = METHODS


def foretell(
    setting: Setting, shots: Shots, plan: Plan, done: Done | None = None
) -> list[Foretold]:
    """Hold trials of each kind in the same people, implant all, and compare.

    Raises
    ------
    InputError
        If the dose is not above 0, or hardly anybody has pain enough to enter.
    """
    least = load_screening()["least_pain"].number("1")
    found: dict[Method, list[tuple[float, ...]]] = {method: [] for method in plan.methods}
    for replicate in range(plan.replicates):
        root = np.random.SeedSequence(plan.seed, spawn_key=(replicate,))
        streams = [np.random.default_rng(one) for one in root.spawn(4 + len(plan.methods))]
        world = World.of(setting, setting.draw(streams[0]))
        who = world.people(streams[1], plan.people, admits=lambda told: told["pain"] >= least)
        later = _later(world, who, plan, streams[2], streams[3])
        for method, stream in zip(plan.methods, streams[4:], strict=True):
            found[method].append(
                _summed(screen(world, who, shots, method, stream, mg=plan.mg), later)
            )
        if done is not None:
            done(replicate + 1, plan.replicates)
    return [
        Foretold(method, *(Range.of(column) for column in zip(*rows, strict=True)))
        for method, rows in found.items()
    ]


def _later(
    world: World,
    who: People,
    plan: Plan,
    telling: np.random.Generator,
    chance: np.random.Generator,
) -> Array:
    """Return 1 for enough relief on the pump, 0 for less, NaN for those never implanted or seen."""
    records = world.treat(
        who, plan.policy, [0, plan.day], arm="pump", telling=telling, chance=chance
    )
    enough = load_screening()["later_relief"].number("1")
    relieved = records.pain[:, 1] <= (1.0 - enough) * records.pain[:, 0]
    implanted = np.isfinite(records.events["implanted"])
    seen = implanted & ~np.isnan(records.pain[:, 1])
    return np.where(seen, relieved, np.nan)


def _summed(held: Screened, later: Array) -> tuple[float, ...]:
    relief = 1.0 - held.best / np.maximum(held.baseline, np.finfo(float).tiny)
    return (
        float(np.median(held.first_mg)),
        _PERCENT * float(held.passed.mean()),
        _PERCENT * float(relief.mean()),
        _PERCENT * float(held.harmed.mean()),
        float(np.median(held.breathing_hour)),
        _PERCENT * _mean(later[held.passed]),
        _PERCENT * _mean(later[~held.passed]),
    )


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else np.nan
