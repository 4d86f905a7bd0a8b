"""A solution of two drugs: the first sets the flow, and both are checked at it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.prescription.formularies import formulary_of
from thecal.devices import load_catheter, load_pump
from thecal.errors import InputError
from thecal.formulary import Formulary
from thecal.prescription import (
    Bridge,
    Course,
    Implant,
    Patient,
    PatientBolus,
    Prescription,
    Refill,
    SimpleContinuous,
    Solution,
)
from thecal.prescription.findings import Finding
from thecal.quantity import Quantity

PUMP = load_pump("synchromed-ii-20")
DAY_S = 86_400
MIXTURE = Solution({"alphine": Quantity.of(10, "mg/mL"), "betaine": Quantity.of(20, "mg/mL")})
BUTTON = PatientBolus(
    Quantity.of("0.5", "mg"), Quantity.of(10, "min"), Quantity.of(6, "h"), most_per_day=10
)


@pytest.fixture
def formulary(tmp_path: Path) -> Formulary:
    return formulary_of(
        tmp_path,
        alphine={"weak": 5, "strong": 20, "advised": 50, "highest": 60},
        betaine={"weak": 5, "strong": 40, "advised": 5, "highest": 8},
    )


def course(*prescriptions: Prescription, refills: tuple[Refill, ...] = ()) -> Course:
    implant = Implant(
        pump=PUMP,
        catheter=load_catheter("ascenda-8780"),
        implanted_length_cm=Decimal(70),
        tip="T10",
        fill=PUMP.reservoir_volume,
        primed=True,
    )
    return Course(
        title="two drugs",
        start=datetime(2026, 1, 5, 8),
        length_s=14 * DAY_S,
        patient=Patient("nobody"),
        implant=implant,
        prescriptions=prescriptions,
        refills=refills,
    )


def simple(dose: str, solution: Solution = MIXTURE, at_s: int = 0) -> Prescription:
    return Prescription(at_s, solution, SimpleContinuous(Quantity.of(dose, "mg/day")))


def refusals(made: Course, formulary: Formulary) -> list[Finding]:
    return [one for one in made.checks(formulary) if one.severity == "refused"]


def test_doses_are_stated_in_the_first_drug() -> None:
    assert MIXTURE.primary == "alphine"
    assert MIXTURE.primary_concentration == Quantity.of(10, "mg/mL")


def test_a_mixture_within_all_limits_has_no_finding(formulary: Formulary) -> None:
    assert course(simple("2")).checks(formulary) == ()


def test_the_second_drug_is_refused_at_the_flow_of_the_first(formulary: Formulary) -> None:
    (finding,) = refusals(course(simple("4.1")), formulary)
    assert finding == Finding(
        "refused",
        "prescription[0].dose",
        "8.2 mg/day of betaine at the flow that alphine sets is more than 8 mg/day, the highest "
        "daily dose of betaine (source: label of betaine; confidence high)",
        "label of betaine",
    )


def test_exactly_the_limit_of_the_second_drug_is_allowed(formulary: Formulary) -> None:
    assert refusals(course(simple("4")), formulary) == []


def test_a_weak_limit_of_the_second_drug_warns(formulary: Formulary) -> None:
    (finding,) = course(simple("3")).checks(formulary)
    assert (finding.severity, finding.source) == ("warning", "rumour about betaine")


def test_the_boluses_count_for_the_second_drug_too(formulary: Formulary) -> None:
    with_button = replace(simple("2.1"), patient_bolus=BUTTON)
    (finding,) = refusals(course(with_button), formulary)
    assert finding.field == "prescription[0].patient_bolus.dose"
    assert "8.2 mg (4.2 mg basal + 4 patient boluses of 1 mg)" in finding.sentence


def test_the_second_drug_is_guarded_against_mcg_for_mg(formulary: Formulary) -> None:
    slip = Solution({"alphine": Quantity.of(10, "mg/mL"), "betaine": Quantity.of(20, "mcg/mL")})
    (finding,) = refusals(course(simple("2", slip)), formulary)
    assert finding.field == "prescription[0].solution.betaine"
    assert finding.sentence.endswith("mg and mcg look mixed up, did you mean 20 mg/mL?")


def test_a_tenfold_change_of_the_second_drug_alone_is_refused(formulary: Formulary) -> None:
    later = Solution({"alphine": Quantity.of(10, "mg/mL"), "betaine": Quantity.of(2, "mg/mL")})
    made = course(
        simple("2"),
        replace(simple("2", later, DAY_S), bridge="none"),
        refills=(Refill(DAY_S, PUMP.reservoir_volume),),
    )
    (finding,) = refusals(made, formulary)
    assert "the daily dose of betaine goes from 4 mg/day to 0.4 mg/day, 1/10" in finding.sentence


def test_the_order_of_the_drugs_makes_no_other_solution(formulary: Formulary) -> None:
    swapped = Solution(dict(reversed([*MIXTURE.concentrations.items()])))
    assert swapped == MIXTURE
    assert refusals(course(simple("2"), simple("4", swapped, DAY_S)), formulary) == []


def test_a_bridge_is_checked_for_the_second_drug_of_the_old_solution(formulary: Formulary) -> None:
    weak = Solution({"alphine": Quantity.of(5, "mg/mL")})
    made = course(
        simple("3"),
        replace(simple("3", weak, DAY_S), bridge=Bridge(Quantity.of(5, "mg/day"))),
        refills=(Refill(DAY_S, PUMP.reservoir_volume),),
    )
    (finding,) = refusals(made, formulary)
    assert finding.field == "prescription[1].bridge.dose"
    assert finding.sentence.startswith("10 mg/day of betaine in the bridge is more than 8 mg/day")


def test_an_unknown_second_drug_is_refused_by_name(formulary: Formulary) -> None:
    odd = Solution({"alphine": Quantity.of(10, "mg/mL"), "gammine": Quantity.of(1, "mg/mL")})
    with pytest.raises(InputError) as refusal:
        course(simple("2", odd)).validated(formulary)
    assert str(refusal.value) == (
        'prescription[0].solution.gammine: there is no drug "gammine"; known are alphine, betaine'
    )


def test_warnings_are_kept_and_leave_the_course_equal(formulary: Formulary) -> None:
    made = course(simple("3"))
    kept = made.validated(formulary)
    assert kept.warnings == made.checks(formulary) != ()
    assert kept == made
