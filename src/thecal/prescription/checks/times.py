"""Whether everything happens inside the course, in order, and once."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.prescription.checks.said import moment
from thecal.prescription.findings import Finding, refused, warned
from thecal.prescription.rates import ONE_DAY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.prescription.course import Course


def check(course: Course) -> Iterator[Finding]:
    """Yield what is wrong with the times of a course."""
    yield from _presence(course)
    yield from _order(course)
    yield from _oral(course)


def _presence(course: Course) -> Iterator[Finding]:
    if course.implant is None and course.prescriptions:
        yield refused(
            "prescription[0]",
            "there is a prescription but no pump to carry it out; add [implant]",
        )
    if course.implant is None and course.refills:
        yield refused("refill[0]", "there is a refill but no pump to fill; add [implant]")
    if course.implant is not None and not course.prescriptions:
        yield refused(
            "implant", "there is a pump without a prescription; add [[prescription]] at 0 h"
        )
    if course.implant is None and not course.oral and not course.doses:
        yield refused(
            "course",
            "nothing is given in this course; add [implant] and [[prescription]], [[dose]] or "
            "[[oral]]",
        )
    if course.patient.presses and not any(
        prescription.patient_bolus for prescription in course.prescriptions
    ):
        yield warned(
            "patient.presses",
            "the button is pressed but no prescription has a patient bolus, so nothing is given",
        )


def _order(course: Course) -> Iterator[Finding]:
    if course.prescriptions and course.prescriptions[0].at_s != 0:
        yield refused(
            "prescription[0].at",
            f"the first prescription begins at {moment(course.prescriptions[0].at_s)}, but a pump "
            "must be told something from the start; write 0 h, if need be with mode "
            '"minimum rate" or "stopped"',
        )
    if course.refills and course.refills[0].at_s == 0:
        yield refused(
            "refill[0].at",
            "a refill at 0 h comes with the first fill, which [implant] states; leave it out",
        )
    moments = {
        "prescription": [prescription.at_s for prescription in course.prescriptions],
        "refill": [refill.at_s for refill in course.refills],
    }
    for name, times in moments.items():
        for index, at_s in enumerate(times):
            if at_s >= course.length_s:
                yield outside(f"{name}[{index}].at", f"a {name}", at_s, course)
        for index, (before, after) in enumerate(pairwise(times), start=1):
            if before == after:
                yield refused(
                    f"{name}[{index}].at",
                    f"two {name}s at {moment(after)}; only one can hold, so remove one or move it",
                )
            elif after < before:
                yield refused(
                    f"{name}[{index}].at",
                    f"a {name} at {moment(after)} stands after one at {moment(before)}; write them "
                    "in the order of time",
                )


def outside(field: str, what: str, at_s: int, course: Course) -> Finding:
    """Return the refusal of something that happens when the course is over."""
    return refused(
        field,
        f"{what} at {moment(at_s)} is outside the course, which ends at {moment(course.length_s)}",
    )


def _oral(course: Course) -> Iterator[Finding]:
    for index, medicine in enumerate(course.oral):
        intakes = (ONE_DAY / medicine.every).magnitude
        if intakes.denominator != 1:
            yield refused(
                f"oral[{index}].every",
                f"{medicine.every.show()} does not divide the day, so that the dose of a day has "
                "no even share; write an interval that goes into 24 h, as 4 h, 6 h, 8 h, 12 h or "
                "24 h",
            )
        if medicine.stop_s is None:
            continue
        if medicine.stop_s > course.length_s:
            yield outside(f"oral[{index}].stop", "a stop", medicine.stop_s, course)
        elif medicine.stop_s == 0 and not medicine.established:
            yield refused(
                f"oral[{index}].stop",
                "a medicine that is not established and stops at 0 h is never taken; write "
                "established = true or a later stop",
            )
