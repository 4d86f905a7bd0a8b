"""An endpoint of a study file, checked, and what was published of it in the unit of its measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from thecal.errors import InputError
from thecal.evidence import Library, Published
from thecal.outcomes import DAYS_IN, Measure, find_measure
from thecal.studies import schema
from thecal.studies.study import Endpoint, Target

COUNTED_DAILY: Final = frozenset({"death_day", "end_day", "events"})
"""What is known of a person on every day, not only at visits."""

_BOTH: Final = 2

# A VAS of 100 mm is read as points of 10; the rest are units of time and mass. Each unit stands in
# its own dimension, as a multiple of that dimension's first.
_UNITS: Final[Mapping[str, tuple[str, float]]] = {
    "points": ("score", 1.0),
    "mm": ("score", 0.1),
    "%": ("share", 1.0),
    "percentage points": ("share", 1.0),
    "%/year": ("growth", 1.0),
    "mcg/day": ("dose", 1.0),
    "mg/day": ("dose", 1_000.0),
    "days": ("time", 1.0),
    "months": ("time", DAYS_IN["months"]),
    "years": ("time", DAYS_IN["years"]),
    "people": ("count", 1.0),
    "patients": ("count", 1.0),
    "utility": ("utility", 1.0),
}


def number_of(value: float | str, library: Library) -> float:
    """Return a number of a study file, or the published figure that it names.

    Raises
    ------
    InputError
        When there is no such figure.
    KnowledgeError
        When the figure must not be used.
    """
    return _figure(value, library).number() if isinstance(value, str) else value


def endpoint_of(
    table: schema.EndpointTable, arms: Sequence[str], days: Sequence[int], library: Library
) -> Endpoint:
    """Return an endpoint, checked against the arms and visits of its study.

    Raises
    ------
    InputError
        When it names an arm, a measure, a visit or a figure that is not there.
    KnowledgeError
        When its figure must not be used.
    """
    chosen = _arms(table, arms)
    try:
        measure = find_measure(table.measure)
    except InputError as error:
        raise InputError(error.sentence, field="measure") from error
    if len(chosen) == _BOTH and measure.per_person is None and not measure.event:
        raise InputError(
            f'"{measure.name}" is one number of a whole arm, so that two arms cannot be compared '
            "by it; give each arm an endpoint of its own",
            field="arms",
        )
    _check_day(table.day, measure, days)
    published = None if table.published is None else _target(table.published, library)
    unit = measure.unit if published is None else published[1]
    scale = _between(measure.unit, unit, table.measure)
    target = None if published is None else published[0]
    return Endpoint(
        name=table.name,
        arms=chosen,
        measure=table.measure,
        day=table.day,
        unit=unit,
        scale=scale,
        better=table.better,
        published=target,
        band=_band(table, target, library),
        published_p=_published_p(table, library),
    )


def _arms(table: schema.EndpointTable, arms: Sequence[str]) -> tuple[str, ...]:
    if (table.arm is None) == (table.arms is None):
        raise InputError(
            "an endpoint is of one arm, or compares two; write either arm or arms", field="arm"
        )
    field = "arm" if table.arms is None else "arms"
    chosen = (table.arm,) if table.arm is not None else tuple(table.arms or ())
    for name in chosen:
        if name not in arms:
            named = ", ".join(f'"{one}"' for one in arms)
            raise InputError(f'there is no arm "{name}"; there are {named}', field=field)
    if field == "arms" and (len(chosen) != _BOTH or len(set(chosen)) != _BOTH):
        raise InputError("a comparison needs two different arms", field=field)
    return chosen


def _check_day(day: int, measure: Measure, days: Sequence[int]) -> None:
    if COUNTED_DAILY.issuperset(measure.needs):
        if day > days[-1]:
            raise InputError(
                f"day {day} is after the last visit, on day {days[-1]}; end it there or before",
                field="day",
            )
    elif day not in days:
        said = ", ".join(str(one) for one in days)
        raise InputError(f"there is no visit on day {day}; there are visits on {said}", field="day")


def _figure(name: str, library: Library) -> Published:
    found = library.figures.get(name)
    if found is None:
        study = name.rpartition("-")[0]
        of_it = library.of_study(study) if study in library.studies else ()
        known = f"{of_it[0].id} to {of_it[-1].id}" if of_it else "names as SMITH2002-02"
        raise InputError(f'there is no figure "{name}" in the evidence library; there are {known}')
    return found


def _target(table: schema.PublishedTable, library: Library) -> tuple[Target, str]:
    """Return what was published, and its unit."""
    if table.figure is None:
        if table.value is None or table.source is None:
            raise InputError(
                'write a figure of the evidence library, as published = "SMITH2002-02", or '
                "value, unit and source",
                field="published",
            )
        return Target(table.value, table.source), table.unit
    try:
        figure = _figure(table.figure, library)
        value = figure.number()
    except InputError as error:
        raise InputError(error.sentence, field="published") from error
    certain = figure.interval.startswith("ci")
    return (
        Target(
            value,
            figure.source,
            figure.id,
            float(figure.low) if certain and figure.low is not None else None,
            float(figure.high) if certain and figure.high is not None else None,
        ),
        figure.unit,
    )


def _published_p(table: schema.EndpointTable, library: Library) -> float | None:
    if table.published_p is None:
        return None
    if table.arms is None:
        raise InputError(
            "only a comparison of two arms has a P value; write arms, or leave this out",
            field="published_p",
        )
    figure = _figure(table.published_p, library)
    if figure.statistic != "p_value":
        raise InputError(f"{figure.id} is no P value", field="published_p")
    return figure.number()


def _between(unit: str, wanted: str, measure: str) -> float:
    if unit == wanted:
        return 1.0
    here, there = _UNITS.get(unit), _UNITS.get(wanted)
    if here is None or there is None or here[0] != there[0]:
        raise InputError(
            f'"{measure}" is in {unit or "no unit"} and cannot be held against a figure in '
            f"{wanted or 'no unit'}",
            field="published",
        )
    return here[1] / there[1]


def _band(
    table: schema.EndpointTable, target: Target | None, library: Library
) -> tuple[float, float] | None:
    if table.within is not None:
        if target is None or table.band is not None:
            raise InputError(
                '"within" is counted from the published figure; add published, and leave band out',
                field="within",
            )
        return target.value - table.within, target.value + table.within
    if table.band is None:
        return None
    low, high = _ends(table.band, library)
    if low > high:
        raise InputError(f"the band from {low:g} to {high:g} is empty", field="band")
    return low, high


def _ends(band: Sequence[float | str], library: Library) -> tuple[float, float]:
    match band:
        case [str(name)]:
            figure = _figure(name, library)
            if figure.low is None or figure.high is None:
                raise InputError(f"{name} has no interval in print to be the band", field="band")
            return float(figure.low), float(figure.high)
        case [int() | float() as low, int() | float() as high]:
            return low, high
        case _:
            raise InputError(
                "a band is two numbers, as [74, 91], or a figure that has an interval", field="band"
            )
