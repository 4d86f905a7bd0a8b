"""Whether each bolus has its time: long enough, inside its prescription, not on another one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks.said import moment, place
from thecal.prescription.checks.times import outside
from thecal.prescription.clock import whole_seconds
from thecal.prescription.findings import Finding, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.prescription.course import Course
    from thecal.prescription.orders import Bolus, Prescription
    from thecal.quantity import Quantity


def check(course: Course) -> Iterator[Finding]:
    """Yield what is wrong with the times of the boluses."""
    edges = [*(prescription.at_s for prescription in course.prescriptions), course.length_s]
    for index, (prescription, until_s) in enumerate(
        zip(course.prescriptions, edges[1:], strict=True)
    ):
        found = [*_patient_bolus(prescription, index)]
        for number, bolus in enumerate(prescription.boluses):
            field = f"{place(index)}.bolus[{number}]"
            found.extend(_bolus(bolus, field, prescription.at_s, until_s, course))
        yield from found or _overlaps(prescription, index, until_s)


def _patient_bolus(prescription: Prescription, index: int) -> Iterator[Finding]:
    bolus = prescription.patient_bolus
    if bolus is None:
        return
    field = f"{place(index)}.patient_bolus"
    yield from _whole(field, "duration", bolus.duration)
    yield from _whole(field, "lockout", bolus.lockout)
    if bolus.lockout < bolus.duration:
        yield refused(
            f"{field}.lockout",
            f"a lockout of {bolus.lockout.show()} is shorter than the bolus itself, which takes "
            f"{bolus.duration.show()}; the lockout runs from start to start, so write at least "
            "that",
        )


def _bolus(
    bolus: Bolus, field: str, from_s: int, until_s: int, course: Course
) -> Iterator[Finding]:
    yield from _whole(field, "duration", bolus.duration)
    if bolus.every is not None:
        yield from _whole(field, "every", bolus.every)
        if bolus.every < bolus.duration:
            yield refused(
                f"{field}.every",
                f"a bolus every {bolus.every.show()} that takes {bolus.duration.show()} would run "
                "into the next one; are the minutes meant to be hours?",
            )
    if bolus.at_s >= course.length_s:
        yield outside(f"{field}.at", "a bolus", bolus.at_s, course)
    elif not from_s <= bolus.at_s < until_s:
        yield refused(
            f"{field}.at",
            f"a bolus at {moment(bolus.at_s)} is never given, because its prescription holds from "
            f"{moment(from_s)} to {moment(until_s)}; times count from the start of the course",
        )


def _whole(field: str, name: str, amount: Quantity) -> Iterator[Finding]:
    try:
        whole_seconds(amount)
    except InputError as error:
        yield refused(f"{field}.{name}", error.sentence)


def _overlaps(prescription: Prescription, index: int, until_s: int) -> Iterator[Finding]:
    if len(prescription.boluses) <= 1:
        return
    given = sorted(
        (start_s, start_s + whole_seconds(bolus.duration), number)
        for number, bolus in enumerate(prescription.boluses)
        for start_s in _starts(bolus, until_s)
    )
    for (_, end_s, first), (start_s, _, second) in pairwise(given):
        if start_s < end_s:
            one, other = sorted((first, second))
            yield refused(
                f"{place(index)}.bolus[{other}]",
                f"at {moment(start_s)} this bolus and bolus[{one}] run at the same time; a pump "
                "gives one bolus after the other, so move one",
            )
            return


def _starts(bolus: Bolus, until_s: int) -> range:
    if bolus.every is None:
        return range(bolus.at_s, bolus.at_s + 1)
    return range(bolus.at_s, until_s, whole_seconds(bolus.every))
