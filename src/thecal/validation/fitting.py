"""The free figures of the body estimated from the calibration rows, by maximum likelihood.

Errors are log-normal. The error of a group's mean is its SEM, or its SD over the root of n; to it
is added that the model itself is not better than a factor 1.5 in two SD. The quantities of one row
share its weight, so that a study counts once however many numbers it reports. Figures stay inside
their range on record.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from thecal.errors import ValidityError
from thecal.validation.free import Free, free_figures, moved
from thecal.validation.reading import calibration
from thecal.validation.running import values_of
from thecal.validation.target import Target
from thecal.validation.trial import Laboratory
from thecal.validation.verdict import CHI_SQUARE_95, PERCENT, central

Array = NDArray[np.float64]

MODEL_ERROR = log(1.5) / 2.0
"""SD of the logarithm by which the model may be wrong in itself."""

RANGE_SD = 2.0 * 1.96
"""How many SD a reported range spans."""

STEP = 0.01
"""Step of the derivatives, as a share of a figure's range."""

PROFILE_PLACES = 9
"""Values at which a profile is taken, evenly over the figure's range."""

ENOUGH = 1e-4
"""Relative change of the misfit, or of the places, at which a search ends."""


@dataclass(frozen=True, slots=True)
class Pull:
    """One quantity in the fit.

    Attributes
    ----------
    before, after
        Logarithm of predicted over observed in its own SD, at the record and at the estimate.
    pulls
        For each free figure how strongly the quantity asks for more of it (positive) or less.
    """

    target: Target
    before: float
    after: float
    pulls: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """The profile likelihood of one figure.

    Attributes
    ----------
    values
        In the figure's unit.
    losses
        By how much twice the log-likelihood lies below the best, the other figures re-estimated.
    """

    free: Free
    values: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval, linear between the values; an end of the range where it is open."""
        level = np.array(self.losses) - CHI_SQUARE_95
        inside = np.flatnonzero(level <= 0.0)
        first, last = int(inside[0]), int(inside[-1])
        return self._crossing(level, first - 1, first), self._crossing(level, last + 1, last)

    def _crossing(self, level: Array, outside: int, inside: int) -> float:
        if not 0 <= outside < len(level):
            return self.values[inside]
        share = level[outside] / (level[outside] - level[inside])
        return self.values[outside] + float(share) * (self.values[inside] - self.values[outside])


@dataclass(frozen=True, slots=True)
class Fit:
    """What the calibration rows say of the free figures.

    Attributes
    ----------
    estimates
        One for each of ``frees``, in its unit.
    loss_before, loss_after
        Twice the negative log-likelihood, up to a constant, at the record and at the estimate.
    """

    frees: tuple[Free, ...]
    estimates: tuple[float, ...]
    loss_before: float
    loss_after: float
    pulls: tuple[Pull, ...]
    profiles: tuple[Profile, ...]


class Problem:
    """The free figures, the quantities they are fitted to, and how far off these are."""

    def __init__(self) -> None:
        self.frees = free_figures()
        self.targets = fitted_targets()
        errors = [error_of(one) * sqrt(_parts(one, self.targets)) for one in self.targets]
        self._weights = 1.0 / np.array(errors)
        self._observed = np.log([central(one) or 1.0 for one in self.targets])

    def values(self, places: Array) -> tuple[float, ...]:
        """Return the free figures at places in their ranges, each in its unit."""
        pairs = zip(self.frees, places, strict=True)
        return tuple(free.value(float(place)) for free, place in pairs)

    def recorded(self) -> Array:
        """Return the places of the figures on record."""
        return np.array([free.place(free.recorded.number(free.unit)) for free in self.frees])

    def residuals(self, places: Array) -> Array:
        """Return how far off each quantity is, in its SD over the root of its row's quantities."""
        laboratory = moved(self.frees, self.values(places))
        predicted = np.array([values_of(laboratory, one)[0] for one in self.targets])
        return np.asarray(self._weights * (np.log(predicted) - self._observed))

    def loss(self, places: Array) -> float:
        """Return twice the negative log-likelihood, up to a constant."""
        off = self.residuals(places)
        return float(off @ off)


def fit() -> Fit:
    """Estimate the free figures; the same at every run."""
    problem = Problem()
    residuals, frees = problem.residuals, problem.frees
    start, all_of_them = problem.recorded(), np.arange(len(frees))
    best = _search(residuals, start, all_of_them)
    before, after = residuals(start), residuals(best)
    slopes = _slopes(residuals, best, all_of_them)
    pulls = tuple(
        Pull(
            one,
            float(before[k]) * sqrt(_parts(one, problem.targets)),
            float(after[k]) * sqrt(_parts(one, problem.targets)),
            tuple((-after[k] * slopes[k]).tolist()),
        )
        for k, one in enumerate(problem.targets)
    )
    profiles = tuple(_profile(problem, best, k) for k, free in enumerate(frees) if free.profiled)
    return Fit(
        frees, problem.values(best), problem.loss(start), problem.loss(best), pulls, profiles
    )


def fitted_targets() -> tuple[Target, ...]:
    """Return the quantities that a fit uses: numbers of adults to which the model has an answer."""
    laboratory = Laboratory()
    found = []
    for one in calibration():
        if one.ranks or any(way.body != "adult" for way in one.ways):
            continue
        try:
            values_of(laboratory, one)
        except ValidityError:
            continue
        found.append(one)
    return tuple(found)


def error_of(target: Target) -> float:
    """Return the SD of the logarithm of an observed value, the model's own error included."""
    spread, middle = target.spread, central(target)
    own = 0.0
    if spread.low is not None and spread.high is not None:
        own = log(spread.high / spread.low) / RANGE_SD
    elif spread.width is not None and middle is not None:
        share = spread.width / (PERCENT if spread.kind == "RSE" else middle)
        if spread.kind == "SD" and spread.n is not None:
            share /= sqrt(spread.n)
        own = sqrt(log(1.0 + share**2))
    return sqrt(own**2 + MODEL_ERROR**2)


def _parts(target: Target, targets: Sequence[Target]) -> int:
    return sum(other.row == target.row for other in targets)


def _slopes(residuals: Callable[[Array], Array], places: Array, which: NDArray[np.intp]) -> Array:
    here = residuals(places)
    columns = []
    for k in which:
        # At the upper end of the range the step goes down.
        step = STEP if places[k] + STEP <= 1.0 else -STEP
        there = places.copy()
        there[k] += step
        columns.append((residuals(there) - here) / step)
    return np.stack(columns, axis=1)


def _search(residuals: Callable[[Array], Array], start: Array, which: NDArray[np.intp]) -> Array:
    def whole(part: Array) -> Array:
        places = start.copy()
        places[which] = part
        return places

    def off(part: Array) -> Array:
        return residuals(whole(part))

    def slopes(part: Array) -> Array:
        return _slopes(residuals, whole(part), which)

    found = least_squares(
        off,
        np.clip(start[which], STEP, 1.0 - STEP),
        jac=slopes,
        bounds=(0.0, 1.0),
        ftol=ENOUGH,
        xtol=ENOUGH,
        gtol=ENOUGH,
    )
    return whole(np.asarray(found.x))


def _profile(problem: Problem, best: Array, fixed: int) -> Profile:
    others = np.delete(np.arange(len(best)), fixed)
    grid = np.unique(np.append(np.linspace(0.0, 1.0, PROFILE_PLACES), best[fixed]))
    found: dict[float, Array] = {float(best[fixed]): best}
    middle = int(np.searchsorted(grid, best[fixed]))
    # Outwards from the best, each search starts from its neighbour's answer.
    for part in (grid[middle + 1 :], grid[:middle][::-1]):
        places = best
        for place in part.tolist():
            begin = places.copy()
            begin[fixed] = place
            places = _search(problem.residuals, begin, others)
            found[place] = places
    free, lowest = problem.frees[fixed], problem.loss(best)
    order = sorted(found)
    return Profile(
        free,
        tuple(free.value(place) for place in order),
        tuple(problem.loss(found[place]) - lowest for place in order),
    )
