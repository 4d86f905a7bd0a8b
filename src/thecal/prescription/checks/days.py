"""Whether the patient's day and uptake that saturates are well said; and that both are tried."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.prescription.clock import clock_text
from thecal.prescription.findings import EXPLORATORY, Finding, refused, warned
from thecal.prescription.names import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Formulary
    from thecal.prescription.course import Course

UPTAKE_FIGURE = "uptake_capacity"
"""The figure that a drug has where its uptake is known to saturate."""


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield what is wrong with the day and the uptake of a patient, and that they are tried."""
    yield from _day(course)
    yield from _uptake(course, formulary)


def takes_up(course: Course, drug: str, formulary: Formulary) -> bool:
    """Return whether tissue takes up a drug by a process that saturates, in this course."""
    return course.patient.saturable_uptake and UPTAKE_FIGURE in formulary.drug(drug).figures


def _day(course: Course) -> Iterator[Finding]:
    day = course.patient.day
    if not day:
        return
    if len(day) == 1:
        yield refused(
            "patient.day",
            "a day of one piece never changes; add the piece that ends it, or leave the day out",
        )
    for index, (one, later) in enumerate(pairwise(day), start=1):
        field, begins = f"patient.day[{index}].from", clock_text(later.from_s)
        if later.from_s == one.from_s:
            yield refused(field, f"two pieces of the day begin at {begins}; only one can hold")
        elif later.from_s < one.from_s:
            yield refused(
                field,
                f"a piece of the day from {begins} stands after one from "
                f"{clock_text(one.from_s)}; write them in the order of the day, the last one holds "
                "until the first one of the next day",
            )
    yield warned(
        "patient.day",
        f"{EXPLORATORY}the body changes with the time of the day, from figures of low confidence; "
        "compare with the same course without it, and trust neither to the hour",
    )


def _uptake(course: Course, formulary: Formulary) -> Iterator[Finding]:
    if not course.patient.saturable_uptake:
        return
    field = "patient.saturable_uptake"
    known = [name for name in formulary.drugs if UPTAKE_FIGURE in formulary.drug(name).figures]
    here = [name for name in course.drugs if name in known]
    if not here:
        yield refused(
            field,
            "of no drug in this course is it on record that its uptake saturates; known is it of "
            f"{listed(known)}, so leave it out",
        )
        return
    if course.patient.day:
        yield refused(
            field,
            "uptake that saturates is not followed in a body that changes with the time of the "
            "day; leave one of them out",
        )
    yield warned(
        field,
        f"{EXPLORATORY}nerve tissue takes up {listed(here)} by a process that saturates, from "
        "figures of low confidence; no such figure of the spinal cord was found",
    )
