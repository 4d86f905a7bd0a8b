"""The statistics that a row may name: what each needs, and in which unit it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from thecal.body.model import POOLS
from thecal.validation import statistics
from thecal.validation.target import Target
from thecal.validation.trial import HOUR_S, Trial

Array = NDArray[np.float64]

TimesNeeded = Literal["none", "one", "one or none", "two", "line", "line and one", "end"]
"""What a statistic does with the times of its row.

line: the ends of a stretch ("15 min to 6 h"), or two or more times; end: how far to look.
"""

STEPS = 2000
"""Times between start and end at which a peak or an arrival is looked for."""

LINE_STEPS = 24
"""Times, evenly spaced, through which a line is drawn where only its two ends are given."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One statistic.

    Attributes
    ----------
    words
        What it is, for the reader of the documentation.
    unit
        In which it answers; a row may state it in any unit of the same kind.
    sites, trials
        How many sites and ways of giving it takes.
    times
        What it does with the times.
    needs_share
        Whether it takes a share.
    """

    words: str
    unit: str
    compute: Callable[[Sequence[Trial], Target], float]
    times: TimesNeeded
    sites: int = 1
    trials: int = 1
    needs_share: bool = False
    needs_place: bool = False


def line_times(target: Target, count: int | None = None) -> NDArray[np.int64]:
    """Return the times through which a line is drawn, whole seconds."""
    times = target.times_s[:count]
    if target.span:
        return np.linspace(times[0], times[1], LINE_STEPS).round().astype(np.int64)
    return np.array(times, dtype=np.int64)


def _line(trial: Trial, target: Target, count: int | None = None) -> tuple[Array, Array]:
    times = line_times(target, count)
    return times / HOUR_S, trial.curve(target.sites[0], times)


def _looked_over(trial: Trial, target: Target) -> tuple[Array, Array]:
    times = np.unique(np.linspace(0, target.times_s[0], STEPS).round().astype(np.int64))
    return times / HOUR_S, trial.curve(target.sites[0], times)


def _at(trial: Trial, site: str, target: Target) -> float:
    if not target.times_s:
        return trial.settled(site)
    return float(trial.curve(site, np.array(target.times_s[-1:]))[0])


def _half_life(trials: Sequence[Trial], target: Target) -> float:
    return statistics.half_life(*_line(trials[0], target))


def _volume_at_zero(trials: Sequence[Trial], target: Target) -> float:
    return statistics.volume_at_zero(trials[0].dose_mcg, *_line(trials[0], target))


def _share_left(trials: Sequence[Trial], target: Target) -> float:
    trial = trials[0]
    hours, values = _line(trial, target, -1)
    volume = statistics.volume_at_zero(trial.dose_mcg, hours, values)
    return volume * _at(trial, target.sites[0], target) / trial.dose_mcg


def _clearance(trials: Sequence[Trial], target: Target) -> float:
    return statistics.clearance(trials[0].dose_mcg, trials[0].area(target.sites[0]))


def _over_formation(trials: Sequence[Trial], target: Target) -> float:
    formed = trials[0].body.parameters.fluid.formation_ml_per_h
    return _clearance(trials, target) / formed


def _residence(trials: Sequence[Trial], target: Target) -> float:
    site = target.sites[0]
    return statistics.residence_time(trials[0].area(site), trials[0].moment(site))


def _steady_volume(trials: Sequence[Trial], target: Target) -> float:
    trial, site = trials[0], target.sites[0]
    return statistics.steady_volume(trial.dose_mcg, trial.area(site), trial.moment(site))


def _terminal_volume(trials: Sequence[Trial], target: Target) -> float:
    trial = trials[0]
    return statistics.terminal_volume(
        trial.dose_mcg, trial.area(target.sites[0]), _half_life(trials, target)
    )


def _peak_time(trials: Sequence[Trial], target: Target) -> float:
    return statistics.peak_time(*_looked_over(trials[0], target))


def _arrival(trials: Sequence[Trial], target: Target) -> float:
    return statistics.arrival_time(*_looked_over(trials[0], target), target.share or 0.0)


def _length_scale(trials: Sequence[Trial], target: Target) -> float:
    depths, amounts = trials[0].along(target.times_s[0])
    return statistics.length_scale(depths, amounts, trials[0].place_cm())


def _mean_depth(trials: Sequence[Trial], target: Target) -> float:
    return statistics.mean_depth(*trials[0].along(target.times_s[0]))


def _ratio_of_sites(trials: Sequence[Trial], target: Target) -> float:
    first, second = (_at(trials[0], site, target) for site in target.sites)
    return first / second


def _ratio_of_areas(trials: Sequence[Trial], target: Target) -> float:
    first, second = (trials[0].area(site) for site in target.sites)
    return first / second


def _ratio_of_ways(trials: Sequence[Trial], target: Target) -> float:
    first, second = (_at(trial, target.sites[0], target) for trial in trials)
    return first / second


def _ratio_of_way_areas(trials: Sequence[Trial], target: Target) -> float:
    first, second = (trial.area(target.sites[0]) for trial in trials)
    return first / second


def _ratio_of_times(trials: Sequence[Trial], target: Target) -> float:
    first, second = trials[0].curve(target.sites[0], np.array(target.times_s))
    return float(first / second)


def _csf_volume(trials: Sequence[Trial], _: Target) -> float:
    network = trials[0].body.network
    pools = [network.at(pool) for pool in POOLS.values()]
    return float(network.volume[network.groups["csf"]].sum() + network.volume[pools].sum())


MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        "concentration": Measure(
            "concentration at a time, or in the end under a constant rate",
            "mcg/mL",
            lambda trials, target: _at(trials[0], target.sites[0], target),
            "one or none",
        ),
        "peak concentration": Measure(
            "highest concentration up to a time",
            "mcg/mL",
            lambda trials, target: float(_looked_over(trials[0], target)[1].max()),
            "end",
        ),
        "time of peak": Measure("time of the highest concentration", "h", _peak_time, "end"),
        "time to share of peak": Measure(
            "time at which a share of the highest concentration is first reached",
            "h",
            _arrival,
            "end",
            needs_share=True,
        ),
        "half-life": Measure(
            "half-life of the best line through the logarithms between two times",
            "h",
            _half_life,
            "line",
        ),
        "volume at time zero": Measure(
            "dose over the concentration to which that line points at time zero",
            "mL",
            _volume_at_zero,
            "line",
        ),
        "share left in volume at time zero": Measure(
            "concentration at the last time x volume at time zero (from the times before) / dose",
            "1",
            _share_left,
            "line and one",
        ),
        "dose over concentration": Measure(
            "dose over the concentration at a time",
            "mL",
            lambda trials, target: trials[0].dose_mcg / _at(trials[0], target.sites[0], target),
            "one",
        ),
        "dose over AUC": Measure(
            "dose over the whole area under the curve", "mL/h", _clearance, "none"
        ),
        "dose over AUC over formation": Measure(
            "that clearance over the CSF formation of the body", "1", _over_formation, "none"
        ),
        "dose over AUC over CSF volume": Measure(
            "that clearance over all CSF of the body: the rate of a model with one compartment",
            "1/h",
            lambda trials, target: _clearance(trials, target) / _csf_volume(trials, target),
            "none",
        ),
        "AUC over dose": Measure(
            "whole area under the curve over the dose",
            "h/mL",
            lambda trials, target: 1.0 / _clearance(trials, target),
            "none",
        ),
        "mean residence time": Measure(
            "first moment of the whole curve over its area, from the start of the dose",
            "h",
            _residence,
            "none",
        ),
        "volume at steady state": Measure(
            "dose over AUC x mean residence time", "mL", _steady_volume, "none"
        ),
        "volume of the last phase": Measure(
            "dose over AUC x half-life / ln 2", "mL", _terminal_volume, "line"
        ),
        "rate over concentration": Measure(
            "rate over the concentration at a time, or in the end",
            "mL/h",
            lambda trials, target: trials[0].mcg_per_h / _at(trials[0], target.sites[0], target),
            "one or none",
        ),
        "ratio of two sites": Measure(
            "first site over second at a time, or in the end under a constant rate",
            "1",
            _ratio_of_sites,
            "one or none",
            sites=2,
        ),
        "ratio of AUC at two sites": Measure(
            "whole area under the curve at the first site over that at the second",
            "1",
            _ratio_of_areas,
            "none",
            sites=2,
        ),
        "ratio of two ways": Measure(
            "first way of giving over second, at one site, at a time or in the end",
            "1",
            _ratio_of_ways,
            "one or none",
            trials=2,
        ),
        "ratio of AUC of two ways": Measure(
            "whole area under the curve, first way over second, at one site",
            "1",
            _ratio_of_way_areas,
            "none",
            trials=2,
        ),
        "ratio of two times": Measure(
            "concentration at the first time over that at the second", "1", _ratio_of_times, "two"
        ),
        "share of dose": Measure(
            "amount in a place at a time over the dose",
            "1",
            lambda trials, target: _at(trials[0], target.sites[0], target) / trials[0].dose_mcg,
            "one",
        ),
        "length scale": Measure(
            "mean distance of the drug in spinal CSF from where it is given",
            "cm",
            _length_scale,
            "one",
            sites=0,
            needs_place=True,
        ),
        "mean depth": Measure(
            "mean depth of the drug in spinal CSF below the foramen magnum",
            "cm",
            _mean_depth,
            "one",
            sites=0,
        ),
        "volume of CSF": Measure(
            "all CSF of the body, spinal and cranial", "mL", _csf_volume, "none", sites=0
        ),
    }
)
"""Every statistic, by the name that a row uses."""
