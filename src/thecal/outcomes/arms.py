"""What is said of an arm as a whole: survival, events, doses."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np

from thecal.errors import InputError
from thecal.outcomes.records import DEATH, Array, Records
from thecal.outcomes.survival import followed_until, kaplan_meier

_WHOLE: Final = 100.0
DAYS_PER_YEAR: Final = 365.25
DAYS_IN: Final = {"days": 1.0, "months": DAYS_PER_YEAR / 12.0, "years": DAYS_PER_YEAR}
"""The units in which a time may be asked for."""

Dosed = Literal["intrathecal", "oral"]
DOSE_UNITS: Final[dict[Dosed, str]] = {"intrathecal": "mcg/day", "oral": "mg/day"}
DOSE_FIELDS: Final[dict[Dosed, str]] = {
    "intrathecal": "intrathecal_mcg_per_day",
    "oral": "oral_mg_per_day",
}


def average(values: Array) -> float:
    """Return the mean of the numbers that are not NaN; NaN where there is none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def middle(values: Array) -> float:
    """Return the median of the numbers that are not NaN; NaN where there is none."""
    known = values[~np.isnan(values)]
    return float(np.median(known)) if len(known) else float("nan")


def evaluable(records: Records, day: int) -> float:
    """Return how many were seen at baseline and on the day."""
    return float(records.evaluable(day).sum())


def alive(records: Records, day: int) -> float:
    """Return the share of all people who live after the day, percent."""
    followed, died = followed_until(records, DEATH, day)
    return _WHOLE * kaplan_meier(followed, died).at(day)


def event_free(records: Records, day: int, event: str) -> float:
    """Return the share free of an event by Kaplan-Meier, percent.

    Death and the end of therapy count as an end of observation, as surgical papers have it. That
    is the chance of a person who would neither die nor stop; `persons.had_event` is the other.
    """
    followed, happened = followed_until(records, event, day)
    return _WHOLE * kaplan_meier(followed, happened).at(day)


def event_risk(records: Records, day: int, event: str) -> float:
    """Return the share who had an event by the day, by Kaplan-Meier, percent; see `event_free`."""
    return _WHOLE - event_free(records, day, event)


def median_time(records: Records, day: int, event: str, unit: str) -> float:
    """Return the median time to an event by Kaplan-Meier over those followed to the day.

    In days, months or years; infinite where more than half are free on the day.
    """
    followed, happened = followed_until(records, event, day)
    return kaplan_meier(followed, happened).median() / DAYS_IN[unit]


def dose(records: Records, day: int, dosed: Dosed) -> Array:
    """Return the daily dose of each person evaluable, mcg/day in the pump or mg/day by mouth."""
    every: Array = getattr(records, DOSE_FIELDS[dosed])
    found = every[:, records.at(day)]
    return np.where(records.evaluable(day), found, np.nan)


def stopped_systemic(records: Records, day: int) -> Array:
    """Return whether systemic opioid is at 0, of those evaluable who took some at baseline."""
    now = dose(records, day, "oral")
    taking = records.oral_mg_per_day[:, 0] > 0.0
    return np.where(taking & ~np.isnan(now), (now <= 0.0).astype(np.float64), np.nan)


def oral_change(records: Records, day: int) -> Array:
    """Return the change of each person's systemic dose, mg/day of oral morphine."""
    return dose(records, day, "oral") - records.oral_mg_per_day[:, 0]


def oral_change_percent(records: Records, day: int) -> float:
    """Return the change of the mean systemic dose of those evaluable, percent."""
    now = dose(records, day, "oral")
    return percent_of_means(records.oral_mg_per_day[:, 0], now)


def dose_growth(records: Records, day: int, since: int | None = None) -> float:
    """Return the growth of the mean intrathecal dose a year, percent.

    From the first visit with a dose in the pump, or a later one, to the day, in the people who had
    a dose at both; as compound growth. NaN where nobody had.

    Raises
    ------
    InputError
        When there is no such visit, or it does not come before the day.
    """
    doses = records.intrathecal_mcg_per_day
    last = records.at(day)
    if since is None:
        dosed = np.flatnonzero((doses[:, : last + 1] > 0.0).any(axis=0))
        if not len(dosed) or dosed[0] == last:
            return float("nan")
        first = int(dosed[0])
    else:
        first = records.at(since)
        if first >= last:
            raise InputError(f"a growth from day {since} on must be asked for on a later day")
    at_both = (doses[:, first] > 0.0) & (doses[:, last] > 0.0)
    if not at_both.any():
        return float("nan")
    ratio = float(doses[at_both, last].mean() / doses[at_both, first].mean())
    years = float(records.days[last] - records.days[first]) / DAYS_PER_YEAR
    return float(_WHOLE * np.expm1(np.log(ratio) / years))


def percent_of_means(before: Array, now: Array) -> float:
    """Return the change of the mean of those known at both, in percent of the mean before.

    NaN where that was 0 or nobody is known.
    """
    known = ~np.isnan(before) & ~np.isnan(now)
    start = average(before[known])
    return _WHOLE * (average(now[known]) / start - 1.0) if start > 0.0 else float("nan")
