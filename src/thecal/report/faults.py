"""What went wrong with a pump in a course, and what that did to the dose: page and terminal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from thecal.pump import NL_PER_ML
from thecal.report.phrasing import amount, capitalised, clock, mass
from thecal.report.story import LogLine
from thecal.therapy import Broken, CourseResult

_SAME = 0.0005
"""A share of the dose below which nobody speaks of a difference."""
_ASTRAY = {"tissue": "into tissue, where it does not work", "pocket": "under the skin at the pump"}


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What was ordered of a drug in the whole course and what was given, in words."""

    drug: str
    ordered: str
    given: str
    words: str


def broken_of(result: CourseResult) -> Broken | None:
    """Return what faults made of a course; ``None`` where it has none."""
    return None if result.pumped is None else result.pumped.broken


def fault_lines(result: CourseResult) -> list[LogLine]:
    """Return the faults of a course, one line for each."""
    found = broken_of(result)
    lines = []
    for one in found.faults if found else ():
        size = f" ({one.size})" if one.size else ""
        until = "" if one.until_s is None else f", until {_when(result, one.until_s)}"
        harm = "" if one.has_struck else "; it found nothing to strike"
        text = f"{capitalised(one.name)}: {one.words}{size}{until}{harm}."
        lines.append(LogLine(one.at_s, _when(result, one.at_s), text))
    return lines


def alarm_lines(result: CourseResult) -> list[LogLine]:
    """Return the alarms that sounded, each with its first time and how often."""
    found = broken_of(result)
    lines = []
    for one in found.alarms if found else ():
        tone = "critical" if one.critical else "other"
        often = "once" if one.times == 1 else f"{one.times} times until {_when(result, one.last_s)}"
        text = f"{one.words} ({one.name}; {tone} sound, {often})"
        lines.append(LogLine(one.first_s, _when(result, one.first_s), text))
    return lines


def shortfalls(result: CourseResult) -> list[Shortfall]:
    """Return for each drug how far faults took its dose from the one ordered; none without."""
    found, pumped = broken_of(result), result.pumped
    if found is None or pumped is None:
        return []
    rows = []
    for drug in pumped.drugs:
        ordered, given = found.ordered_mcg(drug), pumped.at_tip_mcg(drug, 0, _end_s(result))
        rows.append(
            Shortfall(
                drug=result.exposures[drug].drug.name,
                ordered=mass(float(ordered)),
                given=mass(float(given)),
                words=_apart(ordered, given),
            )
        )
    return rows


def fault_sentences(result: CourseResult) -> list[str]:
    """Return what the faults did to the dose, in sentences; none without faults."""
    found, pumped = broken_of(result), result.pumped
    if found is None or pumped is None:
        return []
    said = []
    for drug in pumped.drugs:
        name = result.exposures[drug].drug.name
        ordered, given = found.ordered_mcg(drug), pumped.at_tip_mcg(drug, 0, _end_s(result))
        said.append(
            f"Ordered were {mass(float(ordered))} of {name} in the whole course; "
            f"{mass(float(given))} left the catheter tip{_against(ordered, given)}."
        )
        for place, masses in found.astray_mcg.items():
            if masses.get(drug):
                said.append(f"{mass(float(masses[drug]))} of {name} went {_ASTRAY[place]}.")
    residual_nl = pumped.plan.hardware.residual_nl
    computed, true = (
        amount((volume - residual_nl) / NL_PER_ML, "mL", 3)
        for volume in (found.computed_nl, found.true_nl)
    )
    if computed != true:
        said.append(
            f"At the end the pump computes that {computed} can be pumped; in truth it is {true}."
        )
    if not found.alarms:
        said.append("The pump did not sound once.")
    return said


def _against(ordered: Fraction, given: Fraction) -> str:
    if _is_same(ordered, given):
        return ", as ordered"
    apart = mass(float(abs(given - ordered)))
    return f", {apart} ({_share(ordered, given)}) {_way(ordered, given)}"


def _apart(ordered: Fraction, given: Fraction) -> str:
    if _is_same(ordered, given):
        return "as ordered"
    return f"{_share(ordered, given)} {_way(ordered, given)}"


def _is_same(ordered: Fraction, given: Fraction) -> bool:
    return not ordered or abs(given - ordered) < ordered * Fraction(_SAME)


def _share(ordered: Fraction, given: Fraction) -> str:
    return amount(float(abs(given - ordered) / ordered) * 100, "%")


def _way(ordered: Fraction, given: Fraction) -> str:
    return "too much" if given > ordered else "too little"


def _end_s(result: CourseResult) -> int:
    return result.course.length_s


def _when(result: CourseResult, at_s: int) -> str:
    return clock(result.course.start + timedelta(seconds=at_s))
