"""The few numbers of a course that are read first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thecal.report import doses, faults, story
from thecal.report.phrasing import amount, capitalised, day, hours, level, mass, times
from thecal.report.sites import series
from thecal.therapy import CourseResult


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One of the few numbers that are read first."""

    label: str
    value: str
    beside: str = ""


def key_figures(result: CourseResult) -> list[KeyFigure]:
    """Return the few numbers that are read first; those that do not apply are left out."""
    if result.pumped is not None:
        return [*_of_faults(result), *_of_pump(result), *_given(result), *_dates(result)]
    if "oral" in result.primary.last_day.plasma_ng_per_ml:
        return [*_of_tablets(result), *_given(result), *_of_doses(result)]
    return [*_given(result), *_of_doses(result)]


def _of_faults(result: CourseResult) -> Iterator[KeyFigure]:
    for one in faults.shortfalls(result):
        beside = f"{one.given} of {one.ordered} of {one.drug} in the whole course"
        yield KeyFigure("Against what was ordered", one.words, beside)


def _of_pump(result: CourseResult) -> Iterator[KeyFigure]:
    exposure = result.primary
    plasma = exposure.last_day.plasma_ng_per_ml
    for drug in result.pumped.drugs if result.pumped else ():
        given = mass(story.at_tip_on_the_last_day(result, drug))
        yield KeyFigure("From the catheter, last day", given, result.exposures[drug].drug.name)
    ratio = exposure.oral_to_pump_plasma_ratio
    beside = (
        ""
        if ratio is None
        else f"on the tablets {amount(plasma['oral'], 'ng/mL')}, {times(ratio)} as much"
    )
    if plasma:
        yield KeyFigure("Blood, on the pump", amount(plasma["pump"], "ng/mL"), beside)
    if exposure.tip_level is not None:
        names = exposure.body.anatomy.level_names
        csf = exposure.last_day.csf_mcg_per_ml[doses.pictured_route(result)]
        yield KeyFigure(
            f"CSF at the tip, {names[exposure.tip_level]}",
            level(float(csf[exposure.tip_level]), "mcg/mL"),
            f"at {names[0]} {level(float(csf[0]), 'mcg/mL')}",
        )
    if exposure.rise is not None:
        yield KeyFigure(
            "Time to 90 %, at the tip",
            hours(exposure.rise.tip),
            f"in the cord {hours(exposure.rise.cord)}",
        )


def _of_tablets(result: CourseResult) -> Iterator[KeyFigure]:
    exposure = result.primary
    yield KeyFigure("By mouth, each day", story.oral_dose(result), exposure.drug.name)
    held = amount(exposure.last_day.plasma_ng_per_ml["oral"], "ng/mL")
    yield KeyFigure("Blood, on the tablets", held)


def _given(result: CourseResult) -> Iterator[KeyFigure]:
    for one in result.course.doses:
        name = result.exposures[one.drug].drug.name
        often = "" if one.count == 1 else f", {one.count} times"
        amount_given = mass(float(one.amount.to("mcg")))
        yield KeyFigure("Given", amount_given, f"{name}, {doses.route_and_site(one)}{often}")


def _of_doses(result: CourseResult) -> Iterator[KeyFigure]:
    if not doses.doses_of(result):
        return
    names = result.primary.body.anatomy.level_names
    into = doses.places(result)
    for place in into:
        peak = doses.peak_of(series(result, place.site))
        where = f"CSF at {place.name}" if place.level is not None else capitalised(peak.place)
        yield _highest(result, where, peak)
    if into:
        cord = doses.cord_peak(result)
        if cord is not None:
            yield _highest(result, f"Cord, at {cord.place}", cord)
        yield _highest(
            result, f"CSF at {names[0]}", doses.peak_of(series(result, f"csf {names[0]}"))
        )
    if result.primary.body.reads_blood:
        yield _highest(result, "Blood", doses.peak_of(series(result, "plasma")))
    if into and into[0].level is not None:
        last = series(result, into[0].site)
        yield KeyFigure(
            f"CSF at {into[0].name}, at the end",
            level(float(last.values[-1]), last.unit),
            doses.when(result, int(last.times_s[-1])),
        )


def _highest(result: CourseResult, where: str, peak: doses.Peak) -> KeyFigure:
    return KeyFigure(
        f"{where}, highest", level(peak.value, peak.unit), doses.when(result, peak.at_s)
    )


def _dates(result: CourseResult) -> Iterator[KeyFigure]:
    dates = result.refill
    if dates is None:
        return
    if dates.refill_by is not None:
        set_by = f"set by the {story.bound_of(dates.bound)}"
        yield KeyFigure("Refill by", day(dates.refill_by), set_by)
    if dates.low_reservoir_at is not None:
        typical = dates.low_reservoir_at_typical
        alike = typical is None or typical == dates.low_reservoir_at
        beside = "" if alike or typical is None else f"worst case; typical {day(typical)}"
        yield KeyFigure("Low-reservoir alarm", day(dates.low_reservoir_at), beside)
