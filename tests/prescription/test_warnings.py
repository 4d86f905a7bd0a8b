"""What is allowed but said: each remark, and where it points."""

from __future__ import annotations

import pytest

from tests.prescription.example import CANCER, edited
from thecal.prescription import Finding, read_course_text

SECOND = """\
[[refill]]
at = "7 day"
volume = "20 mL"
[[prescription]]
at = "7 day"
mode = "simple continuous"
"""
BOLUS = "[[prescription.bolus]]\nduration = '30 min'\n"
DOSE = 'dose = "2 mg/day"'
BUTTON_TABLE = CANCER[CANCER.index("[prescription.patient_bolus]") :]
ORAL = 'dose = "200 mg/day"'


def warnings_of(*edits: tuple[str, str], add: str = "") -> tuple[Finding, ...]:
    return read_course_text(edited(edits, add=add)).warnings


@pytest.mark.parametrize(
    ("edits", "add", "field", "passages"),
    [
        (
            [(DOSE, 'dose = "16 mg/day"'), (ORAL, 'dose = "1600 mg/day"')],
            "",
            "prescription[0].dose",
            ["16 mg/day of morphine is more than 15 mg/day", "confidence medium"],
        ),
        (
            [(DOSE, 'dose = "14 mg/day"'), (ORAL, 'dose = "1400 mg/day"')],
            "",
            "prescription[0].patient_bolus.dose",
            ["15.2 mg (14 mg basal + 6 patient boluses of 0.2 mg)", "more than 15 mg/day"],
        ),
        (
            [('"10 mg/mL"', '"21 mg/mL"')],
            "",
            "prescription[0].solution.morphine",
            ["21 mg/mL of morphine is more than 20 mg/mL", "confidence medium"],
        ),
        (
            [('"10 mg/mL"', '"1 mg/mL"'), ('"10 min"', '"20 min"')],
            "",
            "prescription[0].solution.morphine",
            ["1 mg/mL of morphine is a tenth or less of the weakest product", "slipped"],
        ),
        (
            [(DOSE, 'dose = "2.7 mg/day"')],
            "",
            "prescription[0].dose",
            ["is 1.35 times what 200 mg/day by mouth comes to at 100:1", "check that a dose"],
        ),
        (
            [(DOSE, 'dose = "0.6 mg/day"')],
            "",
            "prescription[0].dose",
            ["is 1/3.333 of what 200 mg/day by mouth comes to at 100:1", "check that a dose"],
        ),
        (
            [],
            SECOND + "solution = { morphine = '10 mg/mL' }\ndose = '4.1 mg/day'\n",
            "prescription[1].dose",
            ["from 2 mg/day to 4.1 mg/day, 2.05 times as much; check"],
        ),
        (
            [],
            SECOND + "solution = { morphine = '20 mg/mL' }\ndose = '2 mg/day'\nbridge = 'none'\n",
            "prescription[1].bridge",
            ["1 mg/day of morphine instead of 2 mg/day for 70.6 h"],
        ),
        (
            [],
            BOLUS + "dose = '2 mg'\nat = '24 h'\n",
            "prescription[0].bolus[0].dose",
            ["one bolus of 2 mg is as much as the ordered dose of a whole day, 2 mg"],
        ),
        (
            [],
            BOLUS + "dose = '0.01 mg'\nat = '24 h'\nevery = '59 min'\n",
            "prescription[0].bolus[0].every",
            ["10 mcg every 59 min is 25 boluses and 250 mcg a day"],
        ),
        (
            [],
            SECOND
            + "solution = { morphine = '20 mg/mL' }\ndose = '2 mg/day'\n"
            + "bridge = { dose = '2 mg/day' }\n"
            + BOLUS
            + "dose = '0.1 mg'\nat = '8 day'\n",
            "prescription[1].bolus[0].at",
            ["a bolus at 8 days falls into the bridge, which ends after 35.3 h"],
        ),
        (
            [(DOSE, 'dose = "14 mg/day"'), (ORAL, 'dose = "1400 mg/day"'), (BUTTON_TABLE, "")],
            BOLUS + "dose = '2 mg'\nat = '8 day'\n",
            "prescription[0].bolus[0].dose",
            ["16 mg (14 mg basal + a bolus of 2 mg), is more than 15 mg/day"],
        ),
        (
            [('fill = "20 mL"', 'fill = "2 mL"')],
            "",
            "implant.fill",
            ["sounds the low-reservoir alarm at once, which is set to 2 mL"],
        ),
        (
            [('length = "14 day"', 'length = "91 day"')],
            "",
            "prescription[0].solution.morphine",
            ["stays in the pump for 91 days, longer than 90 days"],
        ),
    ],
    ids=[
        "a dose above a limit of medium confidence",
        "a worst case above it",
        "a concentration above it",
        "a solution diluted tenfold",
        "a first dose above the disputed range",
        "a first dose below the disputed range",
        "more than a doubling",
        "no bridge",
        "a bolus of a whole day",
        "an interval under an hour",
        "a bolus in a bridge",
        "a worst case with a single bolus",
        "a fill at the alarm",
        "a solution kept too long",
    ],
)
def test_a_course_is_accepted_with_a_warning(
    edits: list[tuple[str, str]], add: str, field: str, passages: list[str]
) -> None:
    found = [finding for finding in warnings_of(*edits, add=add) if finding.field == field]
    assert any(all(passage in one.sentence for passage in passages) for one in found), found
    assert {finding.severity for finding in found} == {"warning"}


def test_presses_without_a_patient_bolus_are_remarked() -> None:
    (finding,) = read_course_text(edited([(BUTTON_TABLE, "")])).warnings
    assert finding.field == "patient.presses"


@pytest.mark.parametrize("dose", ["0.667 mg/day", "2 mg/day", "2.666 mg/day"])
def test_a_first_dose_inside_the_disputed_range_is_not_remarked(dose: str) -> None:
    assert warnings_of((DOSE, f'dose = "{dose}"')) == ()


@pytest.mark.parametrize("dose", ["1 mg/day", "4 mg/day"])
def test_a_doubling_or_halving_is_not_remarked(dose: str) -> None:
    add = SECOND + f"solution = {{ morphine = '10 mg/mL' }}\ndose = '{dose}'\n"
    assert warnings_of(add=add) == ()


def test_a_warning_carries_the_source_of_its_limit() -> None:
    (finding,) = warnings_of(('"10 mg/mL"', '"21 mg/mL"'))
    assert finding.source
    assert finding.source in finding.sentence


@pytest.mark.parametrize("mode", ["minimum rate", "stopped"])
def test_a_mode_without_a_dose_is_not_compared_with_the_tablets(mode: str) -> None:
    text = edited(
        [
            (BUTTON_TABLE, ""),
            ("simple continuous", mode),
            (f"{DOSE}\n", ""),
            ('presses = ["10:00", "21:30"]\n', ""),
        ]
    )
    assert read_course_text(text).warnings == ()
