"""What was recorded of the people of one arm, visit by visit.

Times are whole days from entry, pain is 0 to 10, side effects are NCI CTC grades 0 to 4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]
Days = NDArray[np.int64]
Mask = NDArray[np.bool_]

HIGHEST_PAIN: Final = 10.0
HIGHEST_GRADE: Final = 4.0

DEATH: Final = "death"
END: Final = "end"
"""Names under which `Records.event_days` gives the two days that every record has."""

_BY_VISIT: Final = ("pain", "worst_pain", "oral_mg_per_day", "intrathecal_mcg_per_day")


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """What was recorded of the people of one arm.

    Attributes
    ----------
    arm
        The arm's name.
    days
        The days of the visits, rising; the first is 0, the baseline. Shape (v,).
    pain, worst_pain
        Average and worst pain as reported, 0 to 10; NaN where not seen. Shape (n, v).
    items
        The side effects that are graded.
    grades
        NCI CTC grades 0 to 4; NaN where not seen. Shape (n, v, items).
    oral_mg_per_day
        Systemic opioid as oral morphine, mg/day; NaN where not seen. Shape (n, v).
    intrathecal_mcg_per_day
        Daily dose of the pump, mcg/day; NaN where not seen. Shape (n, v).
    death_day, end_day
        Day of death, and day on which the therapy ended otherwise (explant, drop-out); infinite
        where it did not happen by the last visit. Shape (n,).
    events
        By name the day of each person's first such event, infinite where there was none.
    traits
        By name what each person is: age, 1 for female, and others.

    Raises
    ------
    InputError
        When shapes disagree, a number is out of its scale, or somebody is seen after death.
    """

    arm: str
    days: Days
    pain: Array
    worst_pain: Array
    items: tuple[str, ...]
    grades: Array
    oral_mg_per_day: Array
    intrathecal_mcg_per_day: Array
    death_day: Array
    end_day: Array
    events: Mapping[str, Array]
    traits: Mapping[str, Array]

    def __post_init__(self) -> None:
        self._check_days()
        self._check_shapes()
        self._check_scale("pain", self.pain, HIGHEST_PAIN)
        self._check_scale("worst_pain", self.worst_pain, HIGHEST_PAIN)
        self._check_scale("grades", self.grades, HIGHEST_GRADE)
        self._check_scale("oral_mg_per_day", self.oral_mg_per_day, np.inf)
        self._check_scale("intrathecal_mcg_per_day", self.intrathecal_mcg_per_day, np.inf)
        taken = {DEATH, END} & self.events.keys()
        if taken:
            raise InputError(f'{self.arm}: "{min(taken)}" is told by its own field, not by events')
        for name, day in self._moments().items():
            if not bool(np.all(day >= 0.0)):
                raise InputError(f'{self.arm}: the day of "{name}" must be 0 or later, or infinite')
        late = self.days[None, :] > self.death_day[:, None]
        if bool(np.any(late & ~np.isnan(self.pain))):
            raise InputError(f"{self.arm}: a visit has pain after the day of death")

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.pain)

    @property
    def last_day(self) -> int:
        """The day of the last visit, until which everybody is followed."""
        return int(self.days[-1])

    def at(self, day: int) -> int:
        """Return the place of the visit on a day.

        Raises
        ------
        InputError
            When there is no visit on that day.
        """
        found = np.flatnonzero(self.days == day)
        if not len(found):
            known = ", ".join(str(one) for one in self.days)
            raise InputError(f"{self.arm} has no visit on day {day}; there are visits on {known}")
        return int(found[0])

    def toxicity(self) -> Array:
        """Return the sum of the grades of each person at each visit, NaN where not seen (n, v)."""
        return np.asarray(self.grades.sum(axis=2))

    def grade(self, item: str) -> Array:
        """Return the grades of one side effect (n, v).

        Raises
        ------
        InputError
            When it is not graded.
        """
        if item not in self.items:
            known = ", ".join(self.items) or "none"
            raise InputError(f'"{item}" is not graded in {self.arm}; graded are {known}')
        return self.grades[:, :, self.items.index(item)]

    def event_days(self, name: str) -> Array:
        """Return the day of the first event of a name, ``death`` and ``end`` among them (n,).

        Raises
        ------
        InputError
            When no event of that name is recorded.
        """
        moments = self._moments()
        if name not in moments:
            known = ", ".join(moments)
            raise InputError(f'"{name}" is no event of {self.arm}; recorded are {known}')
        return moments[name]

    def evaluable(self, day: int) -> Mask:
        """Return who was seen at baseline and on the day (n,).

        Raises
        ------
        InputError
            When there is no visit on that day.
        """
        return ~np.isnan(self.pain[:, 0]) & ~np.isnan(self.pain[:, self.at(day)])

    def chosen(self, who: Mask) -> Self:
        """Return the records of some of the people.

        Raises
        ------
        InputError
            When nobody is chosen.
        """
        return self._with_people(lambda name: _column(self, name)[who])

    def joined(self, other: Self, arm: str = "") -> Self:
        """Return the people of both, those of ``other`` last.

        Parameters
        ----------
        other
            Records of the same visits, side effects, events and traits.
        arm
            What to call them together; the name of the first where it is empty.

        Raises
        ------
        InputError
            When the two did not record the same.
        """
        for what, mine, its in (
            ("visits", tuple(self.days), tuple(other.days)),
            ("side effects", self.items, other.items),
            ("events", tuple(self.events), tuple(other.events)),
            ("traits", tuple(self.traits), tuple(other.traits)),
        ):
            if mine != its:
                raise InputError(
                    f"{self.arm} and {other.arm} cannot be joined: their {what} differ"
                )
        both = self._with_people(
            lambda name: np.concatenate([_column(self, name), _column(other, name)])
        )
        return replace(both, arm=arm or self.arm)

    def _with_people(self, column: Callable[[str], Array]) -> Self:
        return replace(
            self,
            pain=column("pain"),
            worst_pain=column("worst_pain"),
            grades=column("grades"),
            oral_mg_per_day=column("oral_mg_per_day"),
            intrathecal_mcg_per_day=column("intrathecal_mcg_per_day"),
            death_day=column("death_day"),
            end_day=column("end_day"),
            events={name: column(f"events.{name}") for name in self.events},
            traits={name: column(f"traits.{name}") for name in self.traits},
        )

    def _moments(self) -> dict[str, Array]:
        return {DEATH: self.death_day, END: self.end_day, **self.events}

    def _check_days(self) -> None:
        if self.days.ndim != 1 or not len(self.days) or self.days[0] != 0:
            raise InputError(f"{self.arm}: the first visit must be on day 0, the baseline")
        if bool(np.any(np.diff(self.days) <= 0)):
            raise InputError(f"{self.arm}: the days of the visits must rise")

    def _check_shapes(self) -> None:
        people, visits = len(self.pain), len(self.days)
        if not people:
            raise InputError(f"{self.arm}: there must be somebody in the records")
        wanted = {
            **dict.fromkeys(_BY_VISIT, (people, visits)),
            "grades": (people, visits, len(self.items)),
            "death_day": (people,),
            "end_day": (people,),
        }
        found = {name: getattr(self, name).shape for name in wanted}
        for table, entries in (("events", self.events), ("traits", self.traits)):
            for key, values in entries.items():
                wanted[f"{table}.{key}"] = (people,)
                found[f"{table}.{key}"] = values.shape
        for name, shape in wanted.items():
            if found[name] != shape:
                raise InputError(
                    f"{self.arm}: {name} has the shape {found[name]}, but {shape} is needed"
                )

    def _check_scale(self, name: str, values: Array, highest: float) -> None:
        if bool(np.any((values < 0.0) | (values > highest))):
            raise InputError(f"{self.arm}: {name} must be 0 to {highest:g}, or NaN where not seen")


def _column(records: Records, name: str) -> Array:
    field, _, key = name.partition(".")
    found = getattr(records, field)
    column: Array = found[key] if key else found
    return column
