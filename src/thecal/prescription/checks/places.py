"""Whether all the names are known: drugs, oral forms, the vertebral level, the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks.said import place
from thecal.prescription.findings import Finding, refused
from thecal.prescription.names import BODIES, LEVELS, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Formulary
    from thecal.prescription.course import Course


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield a refusal for each name that nobody knows."""
    if course.patient.body not in BODIES:
        yield refused(
            "patient.body", f'there is no body "{course.patient.body}"; known are {listed(BODIES)}'
        )
    for index, medicine in enumerate(course.oral):
        try:
            drug = formulary.drug(medicine.drug)
        except InputError as error:
            yield refused(f"oral[{index}].drug", error.sentence)
            continue
        try:
            drug.oral_form(medicine.form)
        except InputError as error:
            yield refused(f"oral[{index}].form", error.sentence)
    if course.implant is not None and course.implant.tip not in LEVELS:
        yield refused(
            "implant.tip",
            f'there is no vertebral level "{course.implant.tip}" for a catheter tip; '
            "known are C1 to C7, T1 to T12, L1 to L5, S1 and S2, in capitals",
        )
    for index, prescription in enumerate(course.prescriptions):
        for drug_id in prescription.solution.concentrations:
            try:
                formulary.drug(drug_id)
            except InputError as error:
                yield refused(f"{place(index)}.solution.{drug_id}", error.sentence)
