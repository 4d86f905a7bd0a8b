"""What one visit says of each person, against the person's own baseline.

Every function takes records and the day of a visit, and returns one number a person: NaN for
people who are not evaluable (not seen at baseline or on the day), 1 or 0 for yes or no.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from thecal.errors import InputError
from thecal.outcomes.records import Array, Mask, Records
from thecal.outcomes.rules import load_rules
from thecal.outcomes.scales import important_fall
from thecal.outcomes.survival import check_followed

_WHOLE: Final = 100.0
_ROUNDING: Final = 1e-9
"""A fall from 7 to 5.6 is 20 %, whatever binary numbers make of it."""


def pain(records: Records, day: int) -> Array:
    """Return pain on the day, 0 to 10."""
    return _seen(records, day, records.pain[:, records.at(day)])


def worst_pain(records: Records, day: int) -> Array:
    """Return worst pain on the day, 0 to 10."""
    return _seen(records, day, records.worst_pain[:, records.at(day)])


def toxicity(records: Records, day: int) -> Array:
    """Return the sum of the grades on the day."""
    return _seen(records, day, records.toxicity()[:, records.at(day)])


def baseline_pain(records: Records, day: int) -> Array:
    """Return pain at baseline of those evaluable on the day, 0 to 10."""
    return _seen(records, day, records.pain[:, 0])


def baseline_toxicity(records: Records, day: int) -> Array:
    """Return the sum of the grades at baseline of those evaluable on the day."""
    return _seen(records, day, records.toxicity()[:, 0])


def pain_change(records: Records, day: int) -> Array:
    """Return pain on the day less pain at baseline, points."""
    return pain(records, day) - baseline_pain(records, day)


def eq5d_change(records: Records, day: int) -> Array:
    """Return the change of the EQ-5D index that goes with the change of pain; pain alone is seen.

    Side effects, mood and function, which change the index too, are not counted.
    """
    return -load_rules().eq5d_per_point * pain_change(records, day)


def last_pain_change(records: Records, day: int) -> Array:
    """Return pain as last told by the day less pain at baseline, also of those who left since.

    The last observation is carried forward, as trials that people leave because of pain print it.
    """
    until = records.pain[:, : records.at(day) + 1]
    places = np.where(np.isnan(until), -1, np.arange(until.shape[1])).max(axis=1)
    last = np.take_along_axis(until, np.maximum(places, 0)[:, None], axis=1)[:, 0]
    return np.asarray(np.where(places > 0, last - until[:, 0], np.nan))


def toxicity_change(records: Records, day: int) -> Array:
    """Return the sum of the grades on the day less that at baseline."""
    return toxicity(records, day) - baseline_toxicity(records, day)


def pain_change_percent(records: Records, day: int) -> Array:
    """Return the change of pain in percent of baseline; NaN too where that was 0."""
    before = baseline_pain(records, day)
    known = np.where(before > 0.0, before, np.nan)
    return _WHOLE * pain_change(records, day) / known


def pain_lower(records: Records, day: int, percent: float) -> Array:
    """Return whether pain is lower than at baseline by so many percent or more."""
    return _answer(records, day, _lower(*_pains(records, day), percent))


def mild(records: Records, day: int) -> Array:
    """Return whether pain is mild."""
    return _answer(records, day, records.pain[:, records.at(day)] < load_rules().mild_below)


def success(records: Records, day: int) -> Array:
    """Return whether pain is lower, or equal with lower toxicity, as in the trial in cancer."""
    rules = load_rules()
    before, now = _pains(records, day)
    lower = _lower(before, now, rules.pain_fall)
    equal = now <= before * (1.0 + rules.equal_pain_rise / _WHOLE) + _ROUNDING
    milder = _lower(*_toxicities(records, day), rules.toxicity_fall)
    return _graded(records, day, lower | (equal & milder))


def both(records: Records, day: int) -> Array:
    """Return whether pain and toxicity are both lower by what a success asks of each."""
    rules = load_rules()
    lower = _lower(*_pains(records, day), rules.pain_fall)
    milder = _lower(*_toxicities(records, day), rules.toxicity_fall)
    return _graded(records, day, lower & milder)


def felt(records: Records, day: int) -> Array:
    """Return whether pain fell by what people of that baseline call an important change."""
    before, now = _pains(records, day)
    return _answer(records, day, before - now >= important_fall(before) - _ROUNDING)


def is_evaluable(records: Records, day: int) -> Array:
    """Return whether each person was seen at baseline and on the day; nobody is NaN."""
    return records.evaluable(day).astype(np.float64)


def had_event(records: Records, day: int, event: str) -> Array:
    """Return whether each person had an event by the day; nobody is NaN.

    Everybody is followed to the day, to death or to the end of therapy, so that the mean is the
    cumulative incidence beside those competing risks.
    """
    check_followed(records, day)
    return (records.event_days(event) <= day).astype(np.float64)


def trait(records: Records, day: int, name: str) -> Array:
    """Return a trait of the people evaluable on the day.

    Raises
    ------
    InputError
        When it is not recorded.
    """
    if name not in records.traits:
        known = ", ".join(records.traits) or "none"
        raise InputError(f'"{name}" is no trait of {records.arm}; recorded are {known}')
    return _seen(records, day, records.traits[name])


def grade_of(records: Records, day: int, item: str) -> Array:
    """Return the grade of a side effect on the day."""
    return _seen(records, day, records.grade(item)[:, records.at(day)])


def grade_from(records: Records, day: int, item: str, grade: float) -> Array:
    """Return whether a side effect has this grade or a higher one."""
    found = records.grade(item)[:, records.at(day)]
    return np.where(np.isnan(found), np.nan, _answer(records, day, found >= grade))


def _pains(records: Records, day: int) -> tuple[Array, Array]:
    return records.pain[:, 0], records.pain[:, records.at(day)]


def _toxicities(records: Records, day: int) -> tuple[Array, Array]:
    found = records.toxicity()
    return found[:, 0], found[:, records.at(day)]


def _lower(before: Array, now: Array, percent: float) -> Mask:
    # From nothing, nothing can fall.
    return (before > 0.0) & (now <= before * (1.0 - percent / _WHOLE) + _ROUNDING)


def _seen(records: Records, day: int, values: Array) -> Array:
    return np.where(records.evaluable(day), values, np.nan)


def _answer(records: Records, day: int, yes: Mask) -> Array:
    return _seen(records, day, yes.astype(np.float64))


def _graded(records: Records, day: int, yes: Mask) -> Array:
    # Not seen in the grades is not evaluable either, where the rule asks for them.
    known = ~np.isnan(toxicity_change(records, day))
    return np.where(known, _answer(records, day, yes), np.nan)
