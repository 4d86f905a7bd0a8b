"""Whether all names are known and fit: drugs, oral forms, the vertebral level, the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks.said import place
from thecal.prescription.findings import Finding, refused
from thecal.prescription.names import BODIES, PEOPLE, levels_of, levels_said, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Drug, Formulary
    from thecal.prescription.course import Course


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield a refusal for each name that nobody knows or that has no place there."""
    body = course.patient.body
    if body not in BODIES:
        yield refused("patient.body", f'there is no body "{body}"; known are {listed(BODIES)}')
        return
    yield from _by_mouth(course, formulary)
    if course.implant is not None and course.implant.tip not in levels_of(body):
        yield refused(
            "implant.tip",
            f'there is no vertebral level "{course.implant.tip}" for a catheter tip in the body '
            f'"{body}"; known are {levels_said(body)}',
        )
    yield from _solutions(course, formulary)


def _by_mouth(course: Course, formulary: Formulary) -> Iterator[Finding]:
    if course.oral and course.patient.body not in PEOPLE:
        yield refused(
            "oral[0]",
            f'the body "{course.patient.body}" takes no tablets: what is on record of drugs in gut '
            "and blood is human; give the drug into its CSF, by a pump or a [[dose]]",
        )
        return
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
