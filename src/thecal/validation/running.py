"""Every row held against the body."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from thecal.errors import InputError, ValidityError
from thecal.knowledge.units import conversion_factor
from thecal.validation.measures import MEASURES
from thecal.validation.persons import COUNT, coarse, person
from thecal.validation.statistics import smallest_step
from thecal.validation.target import Target
from thecal.validation.trial import Laboratory
from thecal.validation.verdict import is_within, misfit

PERCENTILES = (5.0, 95.0)
"""The ends of a prediction's interval."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the body says of one quantity.

    Attributes
    ----------
    predicted
        For the typical body, in the target's unit; of a rank the smallest ratio of a value to the
        one before it; ``None`` where the model gives no answer.
    values
        What a rank compares, in the target's unit; else the prediction alone.
    low, high
        Of the virtual persons.
    reason
        Why there is no answer; empty where there is one.
    """

    target: Target
    predicted: float | None
    values: tuple[float, ...]
    low: float | None
    high: float | None
    reason: str

    @property
    def within(self) -> bool:
        """Whether the prediction agrees with what was seen."""
        return self.predicted is not None and is_within(self.target, self.predicted)

    @property
    def within_strict(self) -> bool:
        """Whether it agrees also where a standard error stays one."""
        return self.predicted is not None and is_within(self.target, self.predicted, strict=True)

    @property
    def misfit(self) -> float:
        """By what factor the prediction is off."""
        return misfit(self.target, self.predicted)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a file: within when all of its quantities are."""

    origin: str
    id: str
    findings: tuple[Finding, ...]

    @property
    def within(self) -> bool:
        """Whether all quantities agree."""
        return all(one.within for one in self.findings)

    @property
    def deciding(self) -> Finding:
        """The quantity that is farthest off, the misses first."""
        return max(self.findings, key=lambda one: (not one.within, one.misfit))


@dataclass(frozen=True, slots=True)
class Validation:
    """All rows, in the order of their files."""

    rows: tuple[Row, ...]

    def of(self, origin: str) -> Validation:
        """Return the part that comes from one file."""
        return Validation(tuple(row for row in self.rows if row.origin == origin))

    @property
    def origins(self) -> tuple[str, ...]:
        """The names of the files."""
        return tuple(dict.fromkeys(row.origin for row in self.rows))

    @property
    def within(self) -> int:
        """How many rows agree."""
        return sum(row.within for row in self.rows)

    @property
    def within_strict(self) -> int:
        """How many rows agree where a standard error stays one."""
        return sum(all(one.within_strict for one in row.findings) for row in self.rows)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All quantities of all rows."""
        return tuple(one for row in self.rows for one in row.findings)


def validate(targets: Iterable[Target], *, persons: int = COUNT) -> Validation:
    """Hold every row against the body.

    Parameters
    ----------
    targets
        The rows' quantities.
    persons
        How many virtual persons the intervals rest on; 0 leaves the intervals out.

    Raises
    ------
    InputError
        If a row names a body, a drug or a place that there is not; with the row's line.
    """
    wanted = list(targets)
    laboratory = Laboratory()
    points = [_point(laboratory, target) for target in wanted]
    middle = _predict_all(Laboratory(coarse), wanted) if persons else [None] * len(wanted)
    drawn = [_predict_all(Laboratory(person(number)), wanted) for number in range(persons)]
    findings = [
        Finding(
            target, *point[:2], *_interval(point[0], middle[k], [one[k] for one in drawn]), point[2]
        )
        for k, (target, point) in enumerate(zip(wanted, points, strict=True))
    ]
    grouped: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        key = (finding.target.origin, finding.target.row)
        grouped.setdefault(key, []).append(finding)
    return Validation(tuple(Row(*key, tuple(parts)) for key, parts in grouped.items()))


def values_of(laboratory: Laboratory, target: Target) -> tuple[float, ...]:
    """Return what a quantity compares, in its unit: one number, or those of a rank.

    Raises
    ------
    InputError
        If the row names a body, a drug or a place that there is not; with the row's line.
    ValidityError
        If the model has no answer.
    """
    measure = MEASURES[target.statistic]
    factor = float(conversion_factor(measure.unit, target.unit))
    try:
        trials = [laboratory.trial(way) for way in target.ways]
        if not target.ranks:
            return (measure.compute(trials, target) * factor,)
        return tuple(
            measure.compute([trial], one) * factor
            for one in _one_site_each(target)
            for trial in trials
        )
    except InputError as error:
        raise error.located(line=target.line, source=target.origin) from error


def summarised(target: Target, values: Sequence[float]) -> float:
    """Return the one number that is judged: the value, or the smallest step of a rank."""
    return smallest_step(np.array(values)) if target.ranks else values[0]


def _one_site_each(target: Target) -> list[Target]:
    return [replace(target, sites=(site,)) for site in target.sites] or [target]


def _point(laboratory: Laboratory, target: Target) -> tuple[float | None, tuple[float, ...], str]:
    try:
        values = values_of(laboratory, target)
    except ValidityError as error:
        return None, (), str(error)
    return summarised(target, values), values, ""


def _predict_all(laboratory: Laboratory, targets: Sequence[Target]) -> list[float | None]:
    return [_point(laboratory, target)[0] for target in targets]


def _interval(
    point: float | None, middle: float | None, predictions: Sequence[float | None]
) -> tuple[float | None, float | None]:
    found = [one for one in predictions if one is not None]
    if not found or not point or not middle:
        return None, None
    # The persons' canals are cut more coarsely; in the ratio to a typical body cut alike that
    # cancels out.
    low, high = np.percentile(found, PERCENTILES) * (point / middle)
    return float(low), float(high)
