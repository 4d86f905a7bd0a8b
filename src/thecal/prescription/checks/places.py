"""Whether all names are known and fit: drugs, oral forms, the vertebral level, the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks.said import place
from thecal.prescription.findings import Finding, refused
from thecal.prescription.names import BODIES, LEVELS, LEVELS_SAID, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Drug, Formulary
    from thecal.prescription.course import Course


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield a refusal for each name that nobody knows or that has no place there."""
    if course.patient.body not in BODIES:
        yield refused(
            "patient.body", f'there is no body "{course.patient.body}"; known are {listed(BODIES)}'
        )
    yield from _by_mouth(course, formulary)
    if course.implant is not None and course.implant.tip not in LEVELS:
        yield refused(
            "implant.tip",
            f'there is no vertebral level "{course.implant.tip}" for a catheter tip; '
            f"known are {LEVELS_SAID}",
        )
    yield from _solutions(course, formulary)


def _by_mouth(course: Course, formulary: Formulary) -> Iterator[Finding]:
    for index, medicine in enumerate(course.oral):
        try:
            drug = formulary.drug(medicine.drug)
        except InputError as error:
            yield refused(f"oral[{index}].drug", error.sentence)
            continue
        if drug.kind != "drug":
            yield refused(f"oral[{index}].drug", _only_by_dose(drug, "be taken by mouth"))
            continue
        try:
            drug.oral_form(medicine.form)
        except InputError as error:
            yield refused(f"oral[{index}].form", error.sentence)


def _solutions(course: Course, formulary: Formulary) -> Iterator[Finding]:
    for index, prescription in enumerate(course.prescriptions):
        for drug_id in prescription.solution.concentrations:
            field = f"{place(index)}.solution.{drug_id}"
            try:
                drug = formulary.drug(drug_id)
            except InputError as error:
                yield refused(field, error.sentence)
                continue
            if drug.kind != "drug":
                yield refused(field, _only_by_dose(drug, "stand in a pump's solution"))


def _only_by_dose(drug: Drug, what: str) -> str:
    return (
        f"{drug.name} is on record as a {drug.kind} to validate the body and cannot {what}; "
        "give it as a [[dose]]"
    )
