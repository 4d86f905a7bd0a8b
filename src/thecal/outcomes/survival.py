"""Times to an event: the Kaplan-Meier estimate and the log-rank test, exact and fast.

Plain NumPy, because a virtual trial asks for them thousands of times; tests hold both equal to
lifelines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from thecal.errors import InputError
from thecal.outcomes.proportions import normal_quantile
from thecal.outcomes.records import DEATH, Array, Mask, Records

_HALF: Final = 0.5
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Survival:
    """A Kaplan-Meier estimate, a step function that falls at the days of events.

    Attributes
    ----------
    days
        The days on which events happened, rising.
    free
        The share still free of the event from that day on, 0 to 1.
    variance
        Greenwood's sum up to that day, the variance of the logarithm of ``free``; infinite once
        nobody is free.
    """

    days: Array
    free: Array
    variance: Array

    def at(self, day: float) -> float:
        """Return the share free of the event on a day, 0 to 1."""
        place = int(np.searchsorted(self.days, day, side="right"))
        return float(self.free[place - 1]) if place else 1.0

    def interval(self, day: float, level: float = 0.95) -> tuple[float, float]:
        """Return the interval of that share on the scale log(-log), 0 to 1.

        NaN where everybody or nobody is free, since the estimate then knows no spread.
        """
        place = int(np.searchsorted(self.days, day, side="right"))
        if not place or not 0.0 < self.free[place - 1] < 1.0:
            return float("nan"), float("nan")
        log_free = float(np.log(self.free[place - 1]))
        reach = normal_quantile(level) * float(np.sqrt(self.variance[place - 1])) / -log_free
        return float(np.exp(log_free * np.exp(reach))), float(np.exp(log_free * np.exp(-reach)))

    def median(self) -> float:
        """Return the first day on which half or fewer are free; infinite if that never comes."""
        reached = np.flatnonzero(self.free <= _HALF + _ROUNDING)
        return float(self.days[reached[0]]) if len(reached) else float("inf")


def kaplan_meier(followed: Array, happened: Mask) -> Survival:
    """Return the Kaplan-Meier estimate of being free of an event.

    Parameters
    ----------
    followed
        For how many days each person was followed.
    happened
        Whether the event ended that, and not the end of observation.

    Raises
    ------
    InputError
        When nobody was followed.

    Examples
    --------
    >>> found = kaplan_meier(np.array([1.0, 2.0, 2.0, 4.0]), np.array([True, True, False, True]))
    >>> found.at(1.5), found.at(3.0), found.median()
    (0.75, 0.5, 2.0)
    """
    if not len(followed):
        raise InputError("there is nobody whose time to the event could be estimated")
    days, events = np.unique(followed[happened], return_counts=True)
    at_risk = _at_risk(followed, days)
    left = at_risk - events
    free = np.asarray(np.cumprod(left / at_risk), np.float64)
    with np.errstate(divide="ignore"):
        variance = np.cumsum(events / (at_risk * left))
    return Survival(days, free, variance)


def log_rank_p(first: tuple[Array, Mask], second: tuple[Array, Mask]) -> float:
    """Return the P value of the log-rank test between two groups, 0 to 1.

    Parameters
    ----------
    first, second
        For each group the days followed and whether the event happened, as for `kaplan_meier`.

    Returns
    -------
    float
        1 where no event can tell the groups apart.
    """
    from scipy.special import chdtrc

    followed = np.concatenate([first[0], second[0]])
    happened = np.concatenate([first[1], second[1]])
    days, events = np.unique(followed[happened], return_counts=True)
    at_risk = _at_risk(followed, days)
    in_first = _at_risk(first[0], days)
    share = in_first / at_risk
    observed = float(first[1].sum())
    expected = float((events * share).sum())
    alone = at_risk > 1
    spread = events * share * (1.0 - share) * (at_risk - events) / np.maximum(at_risk - 1, 1)
    variance = float(spread[alone].sum())
    if variance <= 0.0:
        return 1.0
    return float(chdtrc(1.0, (observed - expected) ** 2 / variance))


def followed_until(records: Records, event: str, day: int) -> tuple[Array, Mask]:
    """Return for how many days each person was followed for an event, and whether it happened.

    Death and the end of therapy stop the watch for other events, and the day of the question stops
    it for all. Death itself is known of everybody, also of those whose therapy has ended.

    Parameters
    ----------
    records
        The records of an arm.
    event
        The name of an event of the records, ``death`` or ``end``.
    day
        Until when to watch.

    Raises
    ------
    InputError
        When nobody was followed for so long, or no such event is recorded.
    """
    check_followed(records, day)
    moment = records.event_days(event)
    stop = np.full(records.people, float(day))
    if event != DEATH:
        stop = np.minimum(stop, np.minimum(records.death_day, records.end_day))
    return np.minimum(moment, stop), moment <= stop


def check_followed(records: Records, day: int) -> None:
    """Refuse a day on which the people of the records were not followed any more.

    Raises
    ------
    InputError
        When the day is before the baseline or after the last visit.
    """
    if not 0 <= day <= records.last_day:
        raise InputError(
            f"{records.arm} was followed from day 0 to day {records.last_day}, not on day {day}"
        )


def _at_risk(followed: Array, days: Array) -> Array:
    ordered = np.sort(followed)
    return np.asarray(len(ordered) - np.searchsorted(ordered, days, side="left"), np.float64)
