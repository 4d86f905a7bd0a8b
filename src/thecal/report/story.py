"""A course in plain words: the same for the page and the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from thecal.pump import NL_PER_ML
from thecal.quantity import Quantity
from thecal.report import doses
from thecal.report.phrasing import amount, clock, date, hours, level, mass, times
from thecal.therapy import CourseResult

DAY_S = 86_400
LONG_S = 3 * DAY_S
MCG_PER_MG = 1_000.0

REPEATED = {
    "patient bolus granted": ("patient bolus granted", "patient boluses granted"),
    "patient bolus refused": ("patient bolus refused", "patient boluses refused"),
    "scheduled bolus started": ("scheduled bolus started", "scheduled boluses started"),
    "scheduled bolus refused": ("scheduled bolus refused", "scheduled boluses refused"),
}
"""Kinds of log entries that come again and again, told once with their number."""

MOST_TOLD_ONE_BY_ONE = 3
SHOWN_PLAINLY = 12


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the folded pump log."""

    at_s: int
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """One ratio of the disputed range and what it would lead to."""

    ratio: str
    pump_dose: str
    plasma: str
    tip_csf: str
    source: str
    confidence: str


def at_tip_on_the_last_day(result: CourseResult, drug: str) -> float:
    """Return what the patient was given in the last 24 hours, mcg: what left the catheter tip."""
    if result.pumped is None:
        return 0.0
    length_s = result.course.length_s
    return float(result.pumped.at_tip_mcg(drug, max(0, length_s - DAY_S), length_s))


def body(result: CourseResult) -> str:
    """Return which body was followed, and what cannot be said of it."""
    found = result.primary.body
    said = f"Body: {found.anatomy.name}."
    if found.reads_blood:
        return said
    return f"{said} Its blood is not shown: what is on record of drugs in blood is human."


def span(result: CourseResult) -> str:
    """Return from when to when a course runs."""
    return f"{clock(result.course.start)} to {clock(result.end)}"


def length(result: CourseResult) -> str:
    """Return the length of a course, as ``"14 days"``."""
    return Quantity.of(result.course.length_s, "s").show(decimals=1)


def paragraph(result: CourseResult) -> str:
    """Return the course in a few plain sentences with its main numbers."""
    return " ".join(_sentences(result))


def _sentences(result: CourseResult) -> Iterator[str]:
    if result.pumped is not None:
        yield from _of_pump(result)
    elif "oral" in result.primary.last_day.plasma_ng_per_ml:
        yield from _of_tablets(result)
    yield from doses.dose_sentences(result)
    if doses.doses_of(result) and result.pumped is None:
        yield from doses.peak_sentences(result)
        if not doses.into_fluid(result):
            yield "Nothing is given into the spinal fluid."
    samples = doses.sample_sentence(result)
    if samples:
        yield samples


def _of_tablets(result: CourseResult) -> Iterator[str]:
    exposure = result.primary
    held = amount(exposure.last_day.plasma_ng_per_ml["oral"], "ng/mL")
    yield (
        f"On {oral_dose(result)} of {exposure.drug.name} a day by mouth, the blood holds {held} "
        "on average over the last day of the course."
    )
    if not result.course.doses:
        yield "There is no pump in this course, so nothing is given into the spinal fluid."


def _of_pump(result: CourseResult) -> Iterator[str]:
    exposure = result.primary
    last, drug = exposure.last_day, exposure.drug.name
    plasma = last.plasma_ng_per_ml
    given = at_tip_on_the_last_day(result, exposure.drug.id)
    if not given:
        yield f"On the last day of the course the pump gave no {drug}."
        empty = empty_since(result)
        if empty is not None:
            yield f"Its reservoir has been empty since {clock(empty)}."
        return
    if not plasma:
        yield f"The pump gives {mass(given)} of {drug} a day."
    else:
        yield (
            f"On the pump, {mass(given)} of {drug} a day, the blood holds "
            f"{amount(plasma['pump'], 'ng/mL')} on average"
            + (
                "."
                if exposure.oral_to_pump_plasma_ratio is None
                else f"; on the tablets, {oral_dose(result)} a day, it holds "
                f"{amount(plasma['oral'], 'ng/mL')}: "
                f"{times(exposure.oral_to_pump_plasma_ratio)} as much."
            )
        )
    if exposure.tip_level is not None:
        names = exposure.body.anatomy.level_names
        csf = last.csf_mcg_per_ml[doses.pictured_route(result)]
        yield (
            f"The spinal fluid holds {level(float(csf[exposure.tip_level]), 'mcg/mL')} at the "
            f"level of the catheter tip ({names[exposure.tip_level]}) and "
            f"{level(float(csf[0]), 'mcg/mL')} at the top of the spine ({names[0]})."
        )
    if exposure.rise is not None:
        rise = exposure.rise
        yield (
            f"After a change of dose the fluid at the tip takes {hours(rise.tip)} to come to 90 % "
            f"of its new level, the cord there {hours(rise.cord)}: hours, not minutes."
        )


def oral_dose(result: CourseResult) -> str:
    """Return the primary drug's dose by mouth on each day."""
    drug = result.primary.drug.id
    taken = [one.dose for one in result.course.oral if one.drug == drug]
    total = sum((dose.to("mg/day") for dose in taken), Fraction(0))
    return mass(float(total) * MCG_PER_MG)


def bound_of(bound: str) -> str:
    """Return what sets the date of a refill, in words."""
    return "drug's stability" if bound == "stability" else f"{bound.replace(' ', '-')} alarm"


def empty_since(result: CourseResult) -> datetime | None:
    """Return since when the reservoir is empty at the end of a course; ``None`` where it is not."""
    if result.pumped is None:
        return None
    log = result.pumped.delivery.log
    refilled_s = max((entry.at_s for entry in log if entry.kind == "refill"), default=0)
    emptied = [entry.at_s for entry in log if entry.kind == "reservoir empty"]
    return next((_moment(result, at_s) for at_s in emptied if at_s >= refilled_s), None)


def is_long(result: CourseResult) -> bool:
    """Return whether a course is so long that its first two days get a picture of their own."""
    return result.course.length_s > LONG_S


def refill_sentences(result: CourseResult) -> list[str]:
    """Return what a refill clinic plans by, in sentences; none without a pump."""
    dates = result.refill
    if dates is None:
        return []
    left = amount(dates.reservoir_nl / NL_PER_ML, "mL", 3)
    said = [f"At the end of the course {left} can still be pumped; the residual is not counted."]
    if dates.low_reservoir_at is None:
        return [*said, "Nothing flows, so no low-reservoir alarm is due."]
    worst, typical = (
        amount(float(flow) / NL_PER_ML, "mL/day", 3)
        for flow in (dates.worst_nl_per_day, dates.typical_nl_per_day)
    )
    if dates.low_reservoir_at_typical and dates.low_reservoir_at_typical != dates.low_reservoir_at:
        said.append(
            f"The low-reservoir alarm is due on {date(dates.low_reservoir_at)} if the pump grants "
            f"every bolus that it may ({worst}), and on {date(dates.low_reservoir_at_typical)} if "
            f"the button is used as on the last day ({typical}). Plan by the first."
        )
    else:
        said.append(f"At {worst} the low-reservoir alarm is due on {date(dates.low_reservoir_at)}.")
    if dates.refill_by is not None:
        bound = bound_of(dates.bound)
        said.append(f"Refill by {date(dates.refill_by)}. What sets this date is the {bound}.")
    return said


def presses(result: CourseResult) -> str:
    """Return how often the patient's button was used, in a sentence; empty without presses."""
    if result.pumped is None:
        return ""
    kinds = [entry.kind for entry in result.pumped.delivery.log]
    granted, refused = kinds.count("patient bolus granted"), kinds.count("patient bolus refused")
    if not granted + refused:
        return ""
    total = granted + refused
    return (
        f"The patient pressed the button {total} times: {granted} granted, {refused} refused."
        if total > 1
        else f"The patient pressed the button once: {'granted' if granted else 'refused'}."
    )


def folded_log(result: CourseResult) -> list[LogLine]:
    """Return the pump's log, with what comes again and again told once."""
    if result.pumped is None:
        return []
    log = result.pumped.delivery.log
    counts = {kind: sum(entry.kind == kind for entry in log) for kind in REPEATED}
    lines, told = [], set()
    for entry in log:
        when = clock(_moment(result, entry.at_s))
        count = counts.get(entry.kind, 0)
        if count <= MOST_TOLD_ONE_BY_ONE:
            lines.append(LogLine(entry.at_s, when, entry.detail))
        elif entry.kind not in told:
            told.add(entry.kind)
            last = max(other.at_s for other in log if other.kind == entry.kind)
            text = (
                f"{count} {REPEATED[entry.kind][1]} from here until "
                f"{clock(_moment(result, last))}. The first: {entry.detail}"
            )
            lines.append(LogLine(entry.at_s, when, text))
    return lines


def full_log(result: CourseResult) -> list[LogLine]:
    """Return every line of the pump's log."""
    if result.pumped is None:
        return []
    return [
        LogLine(entry.at_s, clock(_moment(result, entry.at_s)), entry.detail)
        for entry in result.pumped.delivery.log
    ]


def conversion_rows(result: CourseResult) -> list[ConversionRow]:
    """Return the disputed range, and the levels that each ratio would lead to at a steady rate."""
    per_mg = result.primary.per_mg_per_day
    rows = []
    for one in result.conversions:
        mg = float(one.pump_dose.to("mg/day"))
        rows.append(
            ConversionRow(
                ratio=f"{one.figure.exact().show()} : 1",
                pump_dose=one.pump_dose.show("mg/day", decimals=2),
                plasma=_at_steady(None if per_mg is None else per_mg.plasma_ng_per_ml, mg),
                tip_csf="" if per_mg is None else amount(per_mg.tip_csf_mcg_per_ml * mg, "mcg/mL"),
                source=one.figure.source,
                confidence=one.figure.confidence,
            )
        )
    return rows


def _at_steady(ng_per_ml: float | None, mg: float) -> str:
    return "" if ng_per_ml is None else amount(ng_per_ml * mg, "ng/mL")


def _moment(result: CourseResult, at_s: int) -> datetime:
    return result.course.start + timedelta(seconds=at_s)
