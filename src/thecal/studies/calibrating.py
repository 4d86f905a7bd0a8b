"""A calibration, run: least squares of simulated on published figures, each over its error.

A weak pull holds every figure to the record, so that none wanders where the targets do not tell.

What is simulated is what `thecal study` shows: the mean of replicates that draw every uncertain
figure over its range. Each try takes the same replicates with the same people, chances and draws
(a Latin hypercube of quantiles), so that what moves is what the figures move. A figure that moves
takes its range with it, in proportion. Only the arms with targets are simulated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from thecal.knowledge import Figure, Table
from thecal.studies.calibration import POLICY, POPULATION, Calibration, Free
from thecal.studies.study import Study
from thecal.studies.trial import Setting, run_replicate
from thecal.studies.workers import local_workers
from thecal.therapy.care import prepare_setting

Array = NDArray[np.float64]
Done = Callable[[int, int], None]
Map = Callable[..., Any]

STEP: Final = 0.04
"""Step of the derivatives, as a share of what a figure may move: yes and no must change in some."""

HOLD: Final = 0.5
"""SD of the pull back to the record, as a share of what a figure may move.

It is weak, and decides where the targets cannot tell figures apart: then both stay where they are.
"""

TRIES: Final = 8
"""So often the search steps at most."""

ENOUGH: Final = 1e-3
"""Relative change of the misfit, or of the places, at which it ends."""

_EXACT: Final = 12  # digits, so that no step of a derivative is rounded
_WRITTEN: Final = 3  # digits of what is found; the data files have no more
_CHUNK: Final = 8  # replicates that a worker takes at once


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a calibration found.

    Attributes
    ----------
    figures
        The figures as they should stand, in the order of ``calibration.frees``.
    errors
        For each figure how far its set point is known from the targets, as a standard error in its
        unit; half of what it may move (`HOLD`) where they do not tell.
    before, after
        What is simulated of each target with the figures on record, and with the new ones.
    misfit_before, misfit_after
        Sum of squares of what is missed, each over its error.
    """

    calibration: Calibration
    replicates: int
    figures: tuple[Figure, ...]
    errors: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    misfit_before: float
    misfit_after: float


def moved(figure: Figure, value: float, digits: int = 3) -> Figure:
    """Return a figure with another set point; its range moves in proportion.

    Examples
    --------
    >>> share = Figure("share", "a share", Decimal("0.2"), Decimal("0.1"), Decimal("0.3"), "1",
    ...                "a source", "low")
    >>> there = moved(share, 0.25)
    >>> str(there.value), str(there.low), str(there.high)
    ('0.25', '0.125', '0.375')
    """
    assert figure.value is not None
    assert figure.low is not None
    assert figure.high is not None
    new = _rounded(value, digits)
    if new == figure.value:
        return figure
    factor = value / float(figure.value)
    return replace(
        figure,
        value=new,
        low=min(new, _rounded(float(figure.low) * factor, digits)),
        high=max(new, _rounded(float(figure.high) * factor, digits)),
    )


def calibrate(
    calibration: Calibration,
    *,
    replicates: int | None = None,
    workers: int = 1,
    setting: Setting | None = None,
    done: Done | None = None,
) -> Fitted:
    """Fit the figures of a calibration; some 5 min with the one of Smith 2002 and 2 workers.

    Parameters
    ----------
    replicates
        How many each try takes; as the calibration says when left out.
    workers
        Processes on this machine; the result is the same.
    setting
        Where people are treated; with thecal's own bodies when left out.
    done
        Told how many tries are done, and of how many at most.
    """
    from scipy.optimize import least_squares

    study = _reduced(calibration)
    if setting is None:
        policies = tuple(dict.fromkeys(one.policy for one in study.arms))
        setting = prepare_setting(study.population.name, policies, threads=None)
    problem = _Problem(calibration, study, setting, replicates or calibration.replicates)
    if workers == 1:
        return _fitted(problem, least_squares, map, done)
    with local_workers(workers) as pool:
        return _fitted(problem, least_squares, pool.map, done)


@dataclass(frozen=True, slots=True)
class _Problem:
    calibration: Calibration
    study: Study
    setting: Setting
    replicates: int

    @property
    def frees(self) -> tuple[Free, ...]:
        return self.calibration.frees

    def figures(self, places: Array, digits: int = _EXACT) -> tuple[Figure, ...]:
        """Return the figures at places from 0 to 1 between what they may be."""
        return tuple(
            moved(one.figure, one.low + place * (one.high - one.low), digits)
            for one, place in zip(self.frees, places.tolist(), strict=True)
        )

    def on_record(self) -> Array:
        return np.array(
            [(float(one.figure.value or 0) - one.low) / (one.high - one.low) for one in self.frees]
        )

    def quantiles(self) -> list[dict[str, float]]:
        from scipy.stats import qmc

        names = self.setting.uncertain()
        drawn = qmc.LatinHypercube(len(names), rng=np.random.default_rng(self.calibration.seed))
        rows = drawn.random(self.replicates)
        return [dict(zip(names, row.tolist(), strict=True)) for row in rows]


def _reduced(calibration: Calibration) -> Study:
    """Return the study with the arms and visits of the targets alone."""
    named = {one.arm for one in calibration.aims}
    last = max(one.day for one in calibration.aims)
    study = calibration.study
    arms = tuple(
        replace(one, size=calibration.people)
        for one in study.arms
        if one.name in named and not one.predicted
    )
    days = tuple(day for day in study.days if day <= max(last, study.days[1]))
    return replace(study, arms=arms, days=days, endpoints=(), seed=calibration.seed)


def _fitted(problem: _Problem, search: Map, each: Map, done: Done | None) -> Fitted:
    aims = problem.calibration.aims
    published = np.array([one.published for one in aims])
    errors = np.array([one.error for one in aims])
    numbered = list(enumerate(problem.quantiles()))
    chunks = [numbered[k : k + _CHUNK] for k in range(0, len(numbered), _CHUNK)]
    at_most = (TRIES + 1) * (len(problem.frees) + 1) + 2
    tried = 0

    def shown(tries: Sequence[tuple[Figure, ...]]) -> Array:
        """Return what is simulated of the targets with some figures (tries, targets)."""
        nonlocal tried
        tasks = [
            (problem.calibration, problem.study, _with(problem, one), chunk)
            for one in tries
            for chunk in chunks
        ]
        found = list(each(_simulated, *zip(*tasks, strict=True)))
        tried += len(tries)
        if done is not None:
            done(tried, max(tried, at_most))
        parts = [found[k : k + len(chunks)] for k in range(0, len(found), len(chunks))]
        return np.array([np.nanmean(np.concatenate(one), axis=0) for one in parts])

    def missed(places: Array) -> Array:
        found = shown([problem.figures(places)])[0]
        return np.concatenate([(found - published) / errors, (places - start) / HOLD])

    def slopes(places: Array) -> Array:
        steps = np.where(places + STEP <= 1.0, STEP, -STEP)
        near = [places, *(places + steps * row for row in np.eye(len(places)))]
        values = shown([problem.figures(one) for one in near])
        its = ((values[1:] - values[0]) / (steps[:, None] * errors)).T
        return np.concatenate([its, np.eye(len(places)) / HOLD])

    start = problem.on_record()
    before = shown([tuple(one.figure for one in problem.frees)])[0]
    inside = np.clip(start, 1e-3, 1.0 - 1e-3)
    found = search(
        missed, inside, jac=slopes, bounds=(0.0, 1.0), ftol=ENOUGH, xtol=ENOUGH, max_nfev=TRIES
    )
    figures = problem.figures(found.x, _WRITTEN)
    after = shown([figures])[0]
    known = np.sqrt(np.diag(np.linalg.inv(found.jac.T @ found.jac)))
    widths = np.array([one.high - one.low for one in problem.frees])
    return Fitted(
        problem.calibration,
        problem.replicates,
        figures,
        tuple((widths * known).tolist()),
        tuple(before.tolist()),
        tuple(after.tolist()),
        float((((before - published) / errors) ** 2).sum()),
        float((((after - published) / errors) ** 2).sum()),
    )


def _with(problem: _Problem, figures: Sequence[Figure]) -> Setting:
    setting = problem.setting
    new = {
        group: {
            one.figure.name: figure
            for one, figure in zip(problem.frees, figures, strict=True)
            if one.name.startswith(f"{group}.")
        }
        for group in (POPULATION, POLICY)
    }

    def taken(table: Table[Figure], group: str) -> Table[Figure]:
        return Table({name: new[group].get(name, figure) for name, figure in table.items()})

    population = setting.population
    return replace(
        setting,
        population=replace(population, figures=taken(population.figures, POPULATION)),
        policies={
            name: replace(one, figures=taken(one.figures, POLICY))
            for name, one in setting.policies.items()
        },
    )


def _simulated(
    calibration: Calibration,
    study: Study,
    setting: Setting,
    chunk: Sequence[tuple[int, dict[str, float]]],
) -> Array:
    """Return what some replicates show of the targets (replicates, targets)."""
    rows = []
    for replicate, quantiles in chunk:
        records = run_replicate(study, setting, replicate, quantiles)
        rows.append([one.of(records[one.arm]) for one in calibration.aims])
    return np.array(rows)


def _rounded(value: float, digits: int) -> Decimal:
    return Decimal(f"{Decimal(f'{value:.{digits}g}').normalize():f}")
