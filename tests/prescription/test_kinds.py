"""Tracers and comparators are kept out of pumps and tablets; a drug without stability is told."""

from __future__ import annotations

import pytest

from tests.prescription.example import CANCER, edited
from thecal.errors import InputError
from thecal.formulary import Drug, load_formulary
from thecal.prescription import read_course_text

NOT_FOR_PUMPS = [drug for drug in load_formulary().drugs.values() if drug.kind != "drug"]
BUTTON_TABLE = CANCER[CANCER.index("[prescription.patient_bolus]") :]
FENTANYL = [
    ('{ morphine = "10 mg/mL" }', '{ fentanyl = "1 mg/mL" }'),
    ('dose = "2 mg/day"', 'dose = "200 mcg/day"'),
    ('presses = ["10:00", "21:30"]\n', ""),
    (BUTTON_TABLE, ""),
]
REFILL = "[[refill]]\nat = '7 day'\nvolume = '20 mL'\n"


@pytest.mark.parametrize("drug", NOT_FOR_PUMPS, ids=lambda drug: drug.id)
def test_only_a_drug_may_stand_in_a_solution(drug: Drug) -> None:
    text = edited([('{ morphine = "10 mg/mL" }', f'{{ {drug.id} = "10 mg/mL" }}')])
    with pytest.raises(InputError) as refusal:
        read_course_text(text)
    assert refusal.value.field == f"prescription[0].solution.{drug.id}"
    assert refusal.value.sentence.startswith(
        f"{drug.name} is on record as a {drug.kind} to validate the body and cannot stand in a "
        "pump's solution; give it as a [[dose]]"
    )


def test_a_tracer_beside_a_drug_in_the_solution_is_refused_too() -> None:
    mixture = '{ morphine = "10 mg/mL", gadobutrol = "1 mg/mL" }'
    with pytest.raises(InputError) as refusal:
        read_course_text(edited([('{ morphine = "10 mg/mL" }', mixture)]))
    assert refusal.value.field == "prescription[0].solution.gadobutrol"


def test_only_a_drug_may_be_taken_by_mouth() -> None:
    with pytest.raises(InputError) as refusal:
        read_course_text(edited([('drug = "morphine"', 'drug = "methadone"')]))
    assert refusal.value.field == "oral[0].drug"
    assert refusal.value.sentence == (
        "methadone is on record as a comparator to validate the body and cannot be taken by mouth; "
        "give it as a [[dose]]"
    )


def test_a_drug_whose_stability_is_not_on_record_is_told_of_once() -> None:
    found = read_course_text(edited(FENTANYL, add=REFILL)).warnings
    (finding,) = [one for one in found if one.field == "prescription[0].solution.fentanyl"]
    assert finding.severity == "warning"
    assert finding.sentence.startswith("how long fentanyl keeps in the pump is not on record")


def test_a_concentration_in_mg_for_mcg_is_refused_for_a_compounded_drug() -> None:
    slip = [('{ morphine = "10 mg/mL" }', '{ sufentanil = "50 mg/mL" }'), *FENTANYL[1:]]
    with pytest.raises(InputError) as refusal:
        read_course_text(edited(slip))
    assert refusal.value.field == "prescription[0].solution.sufentanil"
    assert refusal.value.sentence.endswith("mg and mcg look mixed up, did you mean 0.05 mg/mL?")
