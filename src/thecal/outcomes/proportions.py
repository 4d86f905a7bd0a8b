"""Shares of people and what tells two of them apart: counts in, percent out.

Wilson EB, J Am Stat Assoc 1927;22:209; Newcombe RG, Stat Med 1998;17:873, method 10; Woolf B, Ann
Hum Genet 1955;19:251.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp, isinf, log, sqrt
from typing import Final, NamedTuple

import numpy as np

from thecal.errors import InputError

_WHOLE: Final = 100.0


class Interval(NamedTuple):
    """A value between the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people of a group have what was asked.

    Raises
    ------
    InputError
        When the group is empty, or there are more of them than people.

    Examples
    --------
    >>> round(Counts(60, 71).percent, 1)
    84.5
    """

    events: int
    of: int

    def __post_init__(self) -> None:
        if self.of < 1 or not 0 <= self.events <= self.of:
            raise InputError(
                f"{self.events} of {self.of} is no share of people; there must be somebody in a "
                "group, and the count must be 0 to that"
            )

    @property
    def percent(self) -> float:
        """The share, percent."""
        return _WHOLE * self.events / self.of

    @property
    def others(self) -> int:
        """How many have it not."""
        return self.of - self.events


@cache
def normal_quantile(level: float) -> float:
    """Return how many standard errors an interval of a level reaches to each side.

    Raises
    ------
    InputError
        When the level does not lie between 0 and 1.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    from scipy.special import ndtri

    if not 0.0 < level < 1.0:
        raise InputError(f"the level of an interval must lie between 0 and 1, but it is {level:g}")
    return float(ndtri((1.0 + level) / 2.0))


def wilson(counts: Counts, level: float = 0.95) -> Interval:
    """Return a share with Wilson's interval, percent.

    Examples
    --------
    >>> [round(one, 1) for one in wilson(Counts(60, 71))]
    [84.5, 74.3, 91.1]
    """
    squared = normal_quantile(level) ** 2
    share, n = counts.events / counts.of, counts.of
    middle = (share + squared / (2 * n)) / (1 + squared / n)
    reach = sqrt(squared * (share * (1 - share) + squared / (4 * n)) / n) / (1 + squared / n)
    low = 0.0 if not counts.events else middle - reach
    high = 1.0 if not counts.others else middle + reach
    return Interval(counts.percent, _WHOLE * low, _WHOLE * high)


def risk_difference(first: Counts, second: Counts, level: float = 0.95) -> Interval:
    """Return the first share less the second with Newcombe's interval, percentage points.

    Examples
    --------
    >>> [round(one, 1) for one in risk_difference(Counts(60, 71), Counts(51, 72))]
    [13.7, -0.1, 26.8]
    """
    mine, its = wilson(first, level), wilson(second, level)
    value = mine.value - its.value
    down = sqrt((mine.value - mine.low) ** 2 + (its.high - its.value) ** 2)
    up = sqrt((mine.high - mine.value) ** 2 + (its.value - its.low) ** 2)
    return Interval(value, value - down, value + up)


def plain_risk_difference(first: Counts, second: Counts, level: float = 0.95) -> Interval:
    """Return the same with the interval of the normal curve (Wald), percentage points.

    Of use only to check figures that were derived with it: it is too short in small groups.

    Examples
    --------
    >>> [round(one, 1) for one in plain_risk_difference(Counts(60, 71), Counts(51, 72))]
    [13.7, 0.2, 27.1]
    """
    value = first.percent - second.percent
    variance = sum(one.percent * (_WHOLE - one.percent) / one.of for one in (first, second))
    reach = normal_quantile(level) * sqrt(variance)
    return Interval(value, value - reach, value + reach)


def odds_ratio(first: Counts, second: Counts, level: float = 0.95) -> Interval:
    """Return the odds in the first group over those in the second, with Woolf's interval.

    Where one of the four counts is 0, half a person is added to each (Haldane).

    Examples
    --------
    >>> round(odds_ratio(Counts(60, 71), Counts(51, 72)).value, 2)
    2.25
    """
    cells: list[float] = [first.events, first.others, second.events, second.others]
    if not all(cells):
        cells = [one + 0.5 for one in cells]
    yes, no, other_yes, other_no = cells
    value = yes * other_no / (no * other_yes)
    reach = normal_quantile(level) * sqrt(sum(1 / one for one in cells))
    return Interval(value, value * exp(-reach), value * exp(reach))


def number_needed_to_treat(first: Counts, second: Counts) -> float:
    """Return how many people must be treated for one more to have it, as a whole number.

    Negative where fewer have it in the first group; infinite where the shares are equal. The
    number is rounded to the nearest, as the evidence library has it.

    Examples
    --------
    >>> number_needed_to_treat(Counts(60, 71), Counts(51, 72))
    7.0
    """
    difference = first.percent - second.percent
    return float(round(_WHOLE / difference)) if difference else float("inf")


def chi_square_p(first: Counts, second: Counts, *, corrected: bool = False) -> float:
    """Return the P value of the chi-square test of two shares, 0 to 1.

    Parameters
    ----------
    first, second
        The two groups.
    corrected
        With the correction of Yates for continuity.

    Returns
    -------
    float
        1 where everybody has it or nobody.

    Examples
    --------
    >>> round(chi_square_p(Counts(60, 71), Counts(51, 72)), 3)
    0.05
    """
    from scipy.special import chdtrc

    people = first.of + second.of
    events = first.events + second.events
    if events in {0, people}:
        return 1.0
    crossed: float = abs(first.events * second.others - first.others * second.events)
    if corrected:
        crossed = max(crossed - people / 2, 0.0)
    square = people * crossed**2 / (first.of * second.of * events * (people - events))
    return float(chdtrc(1.0, square))


def fisher_p(first: Counts, second: Counts) -> float:
    """Return the two-sided P value of Fisher's exact test, 0 to 1.

    Examples
    --------
    >>> round(fisher_p(Counts(7, 10), Counts(0, 5)), 3)
    0.026
    """
    from scipy.stats import fisher_exact

    table = np.array([[first.events, first.others], [second.events, second.others]])
    return float(fisher_exact(table).pvalue)


def hazard_of_share(free: float, months: float) -> float:
    """Return the constant hazard that leaves a share free of an event, 1/month.

    Parameters
    ----------
    free
        The share still free of it, 0 to 1.
    months
        When.

    Raises
    ------
    InputError
        When no constant hazard does that.

    Examples
    --------
    >>> round(hazard_of_share(0.539, 6.0), 3)
    0.103
    """
    if not 0.0 < free <= 1.0 or not months > 0.0 or isinf(months):
        raise InputError(f"no constant hazard leaves a share of {free:g} after {months:g} months")
    return -log(free) / months
