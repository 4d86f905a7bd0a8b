"""Doses given without the pump, or beside it: in words, as places, and what they lead to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from thecal.prescription import Dose
from thecal.report.phrasing import clock, elapsed, level, mass
from thecal.report.sites import Series, series
from thecal.therapy import CourseResult

Array = NDArray[np.float64]

SPINAL = ("intrathecal", "epidural", "cisternal", "intraventricular")
"""Routes that lead into the spinal fluid before they lead into the blood."""

HEAD_SITES = {"cisternal": "cisterna magna", "intraventricular": "ventricle"}
"""The sites, as of a sample, of the routes that lead into the fluid of the head."""

_WHERE = {
    "intrathecal": "into the spinal fluid at {}",
    "epidural": "into the epidural space at {}",
    "cisternal": "into the cisterna magna",
    "intraventricular": "into a ventricle of the brain",
    "intravenous": "into a vein",
    "oral": "by mouth ({})",
}
_A_TENTH = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """Where doses enter the fluid.

    Attributes
    ----------
    name
        For people, as ``"L3"`` or ``"cisterna magna"``.
    site
        As of a sample: what the fluid there holds.
    level
        Index of the vertebral level; ``None`` in the head.
    epidural
        Whether the doses are given outside the dura.
    """

    name: str
    site: str
    level: int | None
    epidural: bool = False


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest level at one place, and when: seconds from the start of the course."""

    value: float
    unit: str
    at_s: int
    place: str


def doses_of(result: CourseResult) -> list[Dose]:
    """Return the doses of the primary drug beside pump and tablets."""
    return [one for one in result.course.doses if one.drug == result.primary.drug.id]


def spinal_doses(result: CourseResult) -> list[Dose]:
    """Return the doses of the primary drug that lead into the spinal fluid first."""
    return [one for one in doses_of(result) if one.route in SPINAL]


def pictured_route(result: CourseResult) -> str:
    """Return the route that pictures of the CSF show.

    The pump alone, doses alone, or, where both lead into the fluid, the course as it is lived.
    """
    spinal = bool(spinal_doses(result))
    if result.pumped is not None:
        return "course" if spinal else "pump"
    return "doses" if spinal else result.primary.main_route


def into_fluid(result: CourseResult) -> bool:
    """Return whether anything is given into the spinal fluid, so that pictures of it say much."""
    return result.pumped is not None or bool(spinal_doses(result))


def places(result: CourseResult) -> list[Place]:
    """Return where doses of the primary drug enter the fluid, each once."""
    found: dict[tuple[str, str], Place] = {}
    for one in spinal_doses(result):
        if one.route in HEAD_SITES:
            place = Place(HEAD_SITES[one.route], HEAD_SITES[one.route], None)
        else:
            index = result.primary.body.anatomy.level_index(one.site)
            place = Place(one.site, f"csf {one.site}", index, epidural=one.route == "epidural")
        found.setdefault((one.route, one.site), place)
    return list(found.values())


def starts_s(result: CourseResult) -> list[int]:
    """Return when doses into the fluid begin, seconds from the start, rising."""
    return sorted({at_s for one in spinal_doses(result) for at_s in one.starts_s})


def told(result: CourseResult, dose: Dose) -> str:
    """Return one line of what was given where and when, without a verb.

    For example ``"0.3 mg of morphine into the spinal fluid at L3, at the start"``.
    """
    return f"{_what(result, dose)} {_where(dose)}{over(dose)}, {timing(dose)}"


def dose_sentences(result: CourseResult) -> Iterator[str]:
    """Yield a sentence for each dose of the course: what was given where and when."""
    for dose in result.course.doses:
        verb = "is taken" if dose.route == "oral" else "is given" if dose.over_s else "is injected"
        first = clock(result.course.start + timedelta(seconds=dose.at_s))
        yield f"{_what(result, dose)} {verb} {_where(dose)}{over(dose)}, {timing(dose)} ({first})."


def route_and_site(dose: Dose) -> str:
    """Return the route and the place of a dose, as ``"intrathecal, L3"``."""
    own = dose.route in {"intrathecal", "epidural", "oral"}
    return f"{dose.route}, {dose.site}" if own else dose.route


def _what(result: CourseResult, dose: Dose) -> str:
    name = result.exposures[dose.drug].drug.name
    return f"{mass(float(dose.amount.to('mcg')))} of {name}"


def _where(dose: Dose) -> str:
    return _WHERE[dose.route].format(dose.site)


def over(dose: Dose) -> str:
    """Return how long a dose takes, as ``" over 1 h"``; empty for a bolus."""
    return f" over {elapsed(dose.over_s)}" if dose.over_s else ""


def timing(dose: Dose) -> str:
    """Return when doses are given, as ``"3 times, first at the start, then every 6 h"``."""
    first = f"{elapsed(dose.at_s)} from the start" if dose.at_s else "at the start"
    if dose.count == 1 or dose.every_s is None:
        return first
    return f"{dose.count} times, first {first}, then every {elapsed(dose.every_s)}"


def peak_of(one: Series) -> Peak:
    """Return the highest level of a series."""
    top = int(one.values.argmax())
    return Peak(float(one.values[top]), one.unit, int(one.times_s[top]), one.label)


def cord_peak(result: CourseResult) -> Peak | None:
    """Return the highest level in the cord, wherever that is; ``None`` without a cord."""
    data = result.primary.data["cord"].sel(route="course")
    values = data.to_numpy()
    known = np.where(np.isnan(values), -np.inf, values)
    row, column = np.unravel_index(int(known.argmax()), known.shape)
    highest = float(known[row, column])
    if not np.isfinite(highest):
        return None
    at_s = round(float(data["time"][row]) * 3_600)
    return Peak(highest, "mcg/mL", at_s, str(data["level"].to_numpy()[column]))


def when(result: CourseResult, at_s: int) -> str:
    """Return a time after the doses in words: beside the dose where there is but one."""
    starts = [at for one in doses_of(result) for at in one.starts_s]
    if len(starts) == 1:
        since_s = at_s - starts[0]
        return f"{elapsed(since_s)} after the dose" if since_s > 0 else "just after the dose"
    return f"{elapsed(at_s)} from the start" if at_s else "at the start"


def peak_sentences(result: CourseResult) -> Iterator[str]:
    """Yield the highest levels that doses led to, and when: fluid, cord and blood."""
    for place in places(result):
        found = series(result, place.site)
        peak = peak_of(found)
        gone = _to_a_tenth(found)
        fall = f", and down to a tenth of that {gone}" if gone else ""
        yield f"The {peak.place} is highest {when(result, peak.at_s)}, at {_level(peak)}{fall}."
    if places(result):
        names = result.primary.body.anatomy.level_names
        top = peak_of(series(result, f"csf {names[0]}"))
        said = (
            f"At the top of the spine ({names[0]}) the fluid comes to {_level(top)}, "
            f"{when(result, top.at_s)}"
        )
        cord = cord_peak(result)
        if cord is not None:
            said += f"; the cord comes to {_level(cord)} at {cord.place}, {when(result, cord.at_s)}"
        yield f"{said}."
    if not result.primary.body.reads_blood:
        return
    blood = peak_of(series(result, "plasma"))
    yield f"The blood is highest {when(result, blood.at_s)}, at {_level(blood)}."


def _to_a_tenth(one: Series) -> str:
    """Return how long after its peak a level is down to a tenth; empty where it is not told."""
    top = int(one.values.argmax())
    low = one.values[top:] <= _A_TENTH * one.values[top]
    if not low.any():
        return ""
    return f"{elapsed(int(one.times_s[top + int(low.argmax())] - one.times_s[top]))} later"


def sample_sentence(result: CourseResult) -> str:
    """Return where and when the samples of the primary drug are highest; empty without samples."""
    parts = []
    for one in result.primary.samples:
        top = int(one.values.argmax())
        parts.append(
            f"{one.site} at {elapsed(int(one.times_s[top]))} "
            f"({level(float(one.values[top]), one.unit)})"
        )
    return f"The samples are highest: {'; '.join(parts)}." if parts else ""


def sampled_in_plasma(result: CourseResult) -> bool:
    """Return whether a sample of the primary drug is taken in plasma."""
    return any(one.site.startswith("plasma") for one in result.primary.samples)


def _level(peak: Peak) -> str:
    return level(peak.value, peak.unit)
