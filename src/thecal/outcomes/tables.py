"""Records as a table that can be stored: one row for each person and visit.

What was not seen and what did not happen are both empty, so that other programs read them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from thecal.errors import InputError
from thecal.outcomes.records import Array, Records

if TYPE_CHECKING:
    import pyarrow as pa

_KEYS: Final = ("arm", "person", "day")
_BY_VISIT: Final = ("pain", "worst_pain", "oral_mg_per_day", "intrathecal_mcg_per_day")
_MOMENTS: Final = ("death_day", "end_day")
_GRADE: Final = "grade:"
_EVENT: Final = "event:"
_TRAIT: Final = "trait:"


def records_to_table(arms: Sequence[Records]) -> pa.Table:
    """Return the records of arms as one table, arm by arm, person by person, visit by visit.

    Columns: ``arm``, ``person`` (counted from 0 in each arm), ``day``, pain and doses by their
    names in `Records`, ``grade:ITEM`` by visit; ``death_day``, ``end_day``, ``event:NAME`` and
    ``trait:NAME`` the same at all visits of a person.

    Raises
    ------
    InputError
        When there is no arm, two have one name, or they did not record the same.
    """
    import pyarrow as pa

    _check_alike(arms)
    columns: dict[str, pa.Array] = {
        "arm": pa.array(
            [one.arm for one in arms for _ in range(one.people * len(one.days))], pa.string()
        ),
        "person": pa.array(
            np.concatenate([np.repeat(np.arange(one.people), len(one.days)) for one in arms]),
            pa.int64(),
        ),
        "day": pa.array(
            np.concatenate([np.tile(one.days, one.people) for one in arms]), pa.int64()
        ),
    }
    for name, values in _floats(arms):
        # Arrow can hold NaN and infinity, but few readers of a table expect them.
        columns[name] = pa.array(values, pa.float64(), mask=~np.isfinite(values))
    return pa.table(columns)


def records_of_table(table: pa.Table) -> tuple[Records, ...]:
    """Return the records that a table holds, in its order of arms.

    Raises
    ------
    InputError
        When a column is missing or unknown, or the people of an arm have not all the same visits.
    """
    names = table.column_names
    missing = [one for one in (*_KEYS, *_BY_VISIT, *_MOMENTS) if one not in names]
    if missing:
        raise InputError(f"a table of records needs the column {missing[0]}")
    known = {*_KEYS, *_BY_VISIT, *_MOMENTS}
    for name in names:
        if name not in known and not name.startswith((_GRADE, _EVENT, _TRAIT)):
            raise InputError(f'a table of records has no column "{name}"')
    arms = table.column("arm").to_pylist()
    starts = [place for place in range(len(arms)) if place == 0 or arms[place] != arms[place - 1]]
    ends = [*starts[1:], len(arms)]
    if len({arms[start] for start in starts}) != len(starts):
        raise InputError("the rows of an arm must stand together in a table of records")
    return tuple(
        _arm(arms[start], table.slice(start, end - start))
        for start, end in zip(starts, ends, strict=True)
    )


def _arm(arm: str, table: pa.Table) -> Records:
    person = table.column("person").to_numpy()
    day = table.column("day").to_numpy()
    people = int(person.max()) + 1
    visits = len(day) // people
    if not (
        len(day) == people * visits
        and np.array_equal(person, np.repeat(np.arange(people), visits))
        and np.array_equal(day, np.tile(day[:visits], people))
    ):
        raise InputError(f"the people of {arm} must all have the same visits, in order")

    def by_visit(name: str) -> Array:
        return _values(table, name, np.nan).reshape(people, visits)

    def by_person(name: str, empty: float) -> Array:
        return _values(table, name, empty)[::visits]

    def named(prefix: str) -> list[str]:
        return [one.removeprefix(prefix) for one in table.column_names if one.startswith(prefix)]

    items = tuple(named(_GRADE))
    grades = [by_visit(f"{_GRADE}{item}") for item in items]
    return Records(
        arm=arm,
        days=day[:visits].astype(np.int64),
        pain=by_visit("pain"),
        worst_pain=by_visit("worst_pain"),
        items=items,
        grades=np.stack(grades, axis=2) if grades else np.empty((people, visits, 0)),
        oral_mg_per_day=by_visit("oral_mg_per_day"),
        intrathecal_mcg_per_day=by_visit("intrathecal_mcg_per_day"),
        death_day=by_person("death_day", np.inf),
        end_day=by_person("end_day", np.inf),
        events={name: by_person(f"{_EVENT}{name}", np.inf) for name in named(_EVENT)},
        traits={name: by_person(f"{_TRAIT}{name}", np.nan) for name in named(_TRAIT)},
    )


def _values(table: pa.Table, name: str, empty: float) -> Array:
    column = table.column(name).cast("float64")
    return np.array(column.fill_null(empty).to_numpy(), np.float64)


def _check_alike(arms: Sequence[Records]) -> None:
    if not arms:
        raise InputError("there are no records to store")
    if len({one.arm for one in arms}) != len(arms):
        raise InputError("two arms of one table have the same name")
    first = arms[0]
    for other in arms[1:]:
        if (first.items, tuple(first.events), tuple(first.traits)) != (
            other.items,
            tuple(other.events),
            tuple(other.traits),
        ):
            raise InputError(
                f"{first.arm} and {other.arm} have other side effects, events or traits on record"
            )


def _floats(arms: Sequence[Records]) -> list[tuple[str, Array]]:
    first = arms[0]
    found = [
        (name, np.concatenate([getattr(one, name).ravel() for one in arms])) for name in _BY_VISIT
    ]
    found += [
        (f"{_GRADE}{item}", np.concatenate([one.grade(item).ravel() for one in arms]))
        for item in first.items
    ]
    found += [(name, _spread(arms, [getattr(one, name) for one in arms])) for name in _MOMENTS]
    found += [
        (f"{_EVENT}{name}", _spread(arms, [one.events[name] for one in arms]))
        for name in first.events
    ]
    found += [
        (f"{_TRAIT}{name}", _spread(arms, [one.traits[name] for one in arms]))
        for name in first.traits
    ]
    return found


def _spread(arms: Sequence[Records], values: Sequence[Array]) -> Array:
    return np.concatenate(
        [np.repeat(value, len(one.days)) for one, value in zip(arms, values, strict=True)]
    )
