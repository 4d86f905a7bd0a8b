"""What tells two arms apart: differences with intervals and P values.

`compare` is in closed form and fast, for every replicate of a virtual trial. The models of a final
analysis, `adjusted_difference` and `hazard_ratio`, are by statsmodels and lifelines.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from thecal.errors import InputError
from thecal.outcomes.measures import Measure
from thecal.outcomes.proportions import (
    Counts,
    Interval,
    chi_square_p,
    normal_quantile,
    risk_difference,
)
from thecal.outcomes.records import Array, Mask, Records
from thecal.outcomes.survival import followed_until, kaplan_meier, log_rank_p

_NAN = float("nan")
_LEAST = 2
"""People that a spread needs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first arm less the second.

    Attributes
    ----------
    value
        The difference, in the measure's unit; percentage points for shares.
    low, high
        Its 95 % interval; NaN where the measure has none in closed form.
    p
        The P value, 0 to 1; NaN where too few people are evaluable or nothing can be tested.
    test
        What gave the P value, for people; empty where nothing did.
    """

    value: float
    low: float
    high: float
    p: float
    test: str


def compare(measure: Measure, first: Records, second: Records, day: int) -> Difference:
    """Return how a measure differs between two arms on a day.

    Shares by Newcombe's interval and the chi-square test without correction, means by Welch,
    survival by Greenwood and the log-rank test until the day. A change of the means in percent has
    no interval here, and its P value is that of the change in points.

    Raises
    ------
    InputError
        When an arm was not seen on that day, or what the measure needs is not recorded.
    """
    if measure.event:
        return _compare_times(measure, first, second, day)
    value = measure.of(first, day) - measure.of(second, day)
    if measure.per_person is None:
        return Difference(value, _NAN, _NAN, _NAN, "")
    mine, its = (_known(measure.per_person(one, day)) for one in (first, second))
    if measure.kind == "share":
        return _compare_shares(mine, its)
    welch = mean_difference(mine, its)
    if measure.kind == "mean":
        return welch
    return Difference(value, _NAN, _NAN, welch.p, welch.test)


def counts_of(measure: Measure, records: Records, day: int) -> Counts:
    """Return how many of those evaluable have what a measure of a share asks.

    Raises
    ------
    InputError
        When the measure is no share, or nobody is evaluable.
    """
    if measure.kind != "share" or measure.per_person is None:
        raise InputError(f"{measure.name} is no share of people")
    known = _known(measure.per_person(records, day))
    return Counts(int(known.sum()), len(known))


def mean_difference(first: Array, second: Array) -> Difference:
    """Return the difference of two means with Welch's interval and P value.

    Parameters
    ----------
    first, second
        One number a person, none of them NaN.

    Returns
    -------
    Difference
        All NaN but the value where a group has fewer than two people.

    Examples
    --------
    >>> found = mean_difference(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0]))
    >>> found.value, round(found.p, 3)
    (-2.0, 0.221)
    """
    from scipy.special import stdtr, stdtrit

    if not len(first) or not len(second):
        return Difference(_NAN, _NAN, _NAN, _NAN, "")
    value = float(first.mean() - second.mean())
    if min(len(first), len(second)) < _LEAST:
        return Difference(value, _NAN, _NAN, _NAN, "")
    if np.ptp(first) == 0.0 and np.ptp(second) == 0.0:
        p = 1.0 if first[0] == second[0] else 0.0
        return Difference(value, value, value, p, "Welch's t test")
    mine, its = (float(one.var(ddof=1)) / len(one) for one in (first, second))
    error = sqrt(mine + its)
    freedom = (mine + its) ** 2 / (mine**2 / (len(first) - 1) + its**2 / (len(second) - 1))
    p = 2.0 * float(stdtr(freedom, -abs(value) / error))
    reach = float(stdtrit(freedom, 0.975)) * error
    return Difference(value, value - reach, value + reach, p, "Welch's t test")


def adjusted_difference(measure: Measure, first: Records, second: Records, day: int) -> Difference:
    """Return the difference of a measure on a day at equal baseline (analysis of covariance).

    Least squares of the value on the arm and on the person's own value at baseline, by statsmodels.

    Raises
    ------
    InputError
        When the measure is no mean, has no spread at baseline, or fewer than two people of an arm
        are evaluable.
    """
    import statsmodels.api as sm

    if measure.kind != "mean" or measure.per_person is None:
        raise InputError(f"{measure.name} is no mean, and has no baseline to adjust for")
    rows = []
    for records, arm in ((first, 1.0), (second, 0.0)):
        before, now = measure.per_person(records, 0), measure.per_person(records, day)
        seen = ~np.isnan(before) & ~np.isnan(now)
        if seen.sum() < _LEAST:
            raise InputError(f"{records.arm} has fewer than two people evaluable on day {day}")
        rows.append(np.column_stack([np.full(seen.sum(), arm), before[seen], now[seen]]))
    table = np.concatenate(rows)
    if not np.ptp(table[:, 1]) > 0.0:
        raise InputError(f"{measure.name} is the same in everybody at baseline; nothing to adjust")
    fitted = sm.OLS(table[:, 2], sm.add_constant(table[:, :2], has_constant="add")).fit()
    low, high = fitted.conf_int()[1]
    return Difference(
        float(fitted.params[1]),
        float(low),
        float(high),
        float(fitted.pvalues[1]),
        "analysis of covariance",
    )


def hazard_ratio(event: str, first: Records, second: Records, day: int) -> tuple[Interval, float]:
    """Return the hazard of an event in the first arm over that in the second, and its P value.

    Cox's model with Efron's ties, by lifelines.

    Raises
    ------
    InputError
        When an arm has no event until the day, so that the ratio is 0 or infinite.
    """
    import pandas as pd
    from lifelines import CoxPHFitter

    frames = []
    for records, arm in ((first, 1.0), (second, 0.0)):
        followed, happened = followed_until(records, event, day)
        if not happened.any():
            raise InputError(f"{records.arm} has no {event} until day {day} to compare hazards by")
        frames.append(pd.DataFrame({"followed": followed, "happened": happened, "arm": arm}))
    fitted = CoxPHFitter().fit(pd.concat(frames), "followed", "happened")
    row = fitted.summary.loc["arm"]
    ratio = Interval(
        float(row["exp(coef)"]),
        float(row["exp(coef) lower 95%"]),
        float(row["exp(coef) upper 95%"]),
    )
    return ratio, float(row["p"])


def _compare_shares(first: Array, second: Array) -> Difference:
    if not len(first) or not len(second):
        return Difference(_NAN, _NAN, _NAN, _NAN, "")
    mine, its = (Counts(int(one.sum()), len(one)) for one in (first, second))
    found = risk_difference(mine, its)
    return Difference(*found, chi_square_p(mine, its), "chi-square test")


def _compare_times(measure: Measure, first: Records, second: Records, day: int) -> Difference:
    value = measure.of(first, day) - measure.of(second, day)
    watched = [followed_until(one, measure.event, day) for one in (first, second)]
    p = log_rank_p(*watched)
    if measure.unit != "%":
        return Difference(value, _NAN, _NAN, p, "log-rank test")
    reach = 100.0 * normal_quantile(0.95) * sqrt(sum(_variance(one, day) for one in watched))
    return Difference(value, value - reach, value + reach, p, "log-rank test")


def _variance(watched: tuple[Array, Mask], day: int) -> float:
    found = kaplan_meier(*watched)
    free = found.at(day)
    # Where nobody is free, Greenwood's sum is infinite and the share without spread.
    return free**2 * float(found.variance[-1]) if len(found.days) and free > 0.0 else 0.0


def _known(values: Array) -> Array:
    return values[~np.isnan(values)]
