"""One arm from entry to the last visit: the clinic decides, days pass, visits are recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError
from thecal.outcomes import Records
from thecal.patients import People
from thecal.therapy.care.acting import Observation
from thecal.therapy.care.clinic import Clinic
from thecal.therapy.care.episode import Episode

Array = NDArray[np.float64]

_MCG_PER_MG = 1000.0


def follow_arm(episode: Episode, clinic: Clinic, arm: str, visits: Sequence[int]) -> Records:
    """Treat the people of an episode and return what the visits recorded.

    Parameters
    ----------
    visits
        Whole days from entry, rising; the first is 0. On day 0 the baseline is recorded before
        anything is ordered.

    Raises
    ------
    InputError
        If the visits do not rise from 0.
    """
    if not visits or visits[0] != 0 or list(visits) != sorted(set(visits)):
        raise InputError("visits must be different days that rise from 0, the baseline")
    last = visits[-1]
    decisions = set(clinic.decision_days(last))
    days = sorted({*visits, *decisions})
    seen: dict[int, Observation] = {}
    events: Mapping[str, Array] = {}
    for day in days:
        if day > episode.day:
            episode.step(day - episode.day)
        now = episode.observe()
        if day in visits:
            seen[day] = now
        if day == 0:
            clinic.try_pump(now.pain)
            events = clinic.implant(last)
        if day in decisions:
            episode.act(clinic.decide(now))
    events = {**events, **clinic.withdrawals(), **episode.left()}
    return _recorded(episode, clinic, arm, [seen[day] for day in visits], events)


def _recorded(
    episode: Episode,
    clinic: Clinic,
    arm: str,
    seen: Sequence[Observation],
    events: Mapping[str, Array],
) -> Records:
    last = seen[-1].day
    absent = np.stack([~one.present for one in seen], axis=1)

    def by_visit(name: str) -> Array:
        return np.stack([getattr(one, name) for one in seen], axis=1)

    traits = _traits(episode.people) | {"trial_relief": clinic.trial_relief}
    return Records(
        arm=arm,
        days=np.array([one.day for one in seen], dtype=np.int64),
        pain=by_visit("pain"),
        worst_pain=by_visit("worst_pain"),
        items=episode.people.items,
        grades=by_visit("grades"),
        oral_mg_per_day=np.where(absent, np.nan, by_visit("oral")),
        intrathecal_mcg_per_day=np.where(
            absent, np.nan, (by_visit("pump") + by_visit("bolus_mg")) * _MCG_PER_MG
        ),
        death_day=np.where(episode.death_day <= last, episode.death_day, np.inf),
        end_day=np.where(episode.end_day <= last, episode.end_day, np.inf),
        events=events,
        traits=traits,
    )


def _traits(people: People) -> dict[str, Array]:
    """Return what a record says of each person, by name, shape (n,)."""
    return {
        "age": people.traits.age,
        "female": people.traits.female.astype(np.float64),
        "escalates": people.escalates.astype(np.float64),
        "entry_dose": people.traits.entry_dose,
        "place": people.traits.place.astype(np.float64),
    }
