"""The examples are read as what they say."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.prescription.example import EXAMPLES
from thecal.prescription import (
    EXPLORATORY,
    Bridge,
    Flex,
    OralMedicine,
    PatientBolus,
    Refill,
    SimpleContinuous,
    Solution,
    read_course,
)
from thecal.quantity import Quantity

FILES = sorted(EXAMPLES.glob("*.toml"))
CANCER = read_course(EXAMPLES / "cancer-pain.toml")
CHANGE = read_course(EXAMPLES / "concentration-change.toml")
DAY = read_course(EXAMPLES / "day-and-night.toml")
NIGHTS = read_course(EXAMPLES / "flex-nights.toml")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_an_example_is_read_without_a_warning_but_that_it_is_exploratory(file: object) -> None:
    warnings = read_course(str(file)).warnings
    assert [one for one in warnings if not one.sentence.startswith(EXPLORATORY)] == []


def test_the_day_of_the_example_keeps_the_mean_formation() -> None:
    upright, evening, night = DAY.patient.day
    assert (evening.csf_formation, night.csf_formation) == ("evening", "night")
    assert night.from_s - evening.from_s == upright.from_s + 86_400 - night.from_s == 8 * 3600
    assert [one.field for one in DAY.warnings] == ["patient.day"]


def test_the_cancer_course_is_two_weeks_from_a_monday_morning() -> None:
    assert CANCER.start == datetime(2026, 1, 5, 8)
    assert CANCER.length_s == 14 * 86_400
    assert CANCER.week_offset_s == 8 * 3600


def test_the_patient_presses_twice_a_day() -> None:
    assert CANCER.patient.presses == (10 * 3600, 21 * 3600 + 1800)


def test_the_tablets_were_established_and_stop_at_the_start() -> None:
    assert CANCER.oral == (
        OralMedicine(
            drug="morphine",
            form="extended-release",
            dose=Quantity.of(200, "mg/day"),
            every=Quantity.of(8, "h"),
            established=True,
            stop_s=0,
        ),
    )


def test_the_pump_gives_a_hundredth_of_the_tablets() -> None:
    assert CANCER.prescriptions[0].solution == Solution({"morphine": Quantity.of(10, "mg/mL")})
    assert CANCER.prescriptions[0].pattern == SimpleContinuous(CANCER.oral[0].dose / 100)


def test_the_button_gives_a_tenth_of_the_day_every_four_hours() -> None:
    assert CANCER.prescriptions[0].patient_bolus == PatientBolus(
        dose=Quantity.of("0.2", "mg"),
        duration=Quantity.of(10, "min"),
        lockout=Quantity.of(4, "h"),
        most_per_day=6,
    )


def test_the_implant_is_loaded_with_its_profiles() -> None:
    implant = CANCER.implant
    assert implant is not None
    assert (implant.pump.id, implant.catheter.id) == ("synchromed-ii-20", "ascenda-8780")
    assert implant.implanted_length_cm == Decimal(70)
    assert (implant.tip, implant.primed, implant.mixing_cells) == ("T10", True, 0)


def test_the_nights_have_twice_the_rate_of_the_weekdays() -> None:
    pattern = NIGHTS.prescriptions[0].pattern
    assert isinstance(pattern, Flex)
    night, weekday, _ = pattern.steps
    assert night.dose_rate == 2 * weekday.dose_rate
    assert (night.start_s, night.end_s, night.length_s) == (79_200, 21_600, 28_800)
    assert weekday.days == frozenset(range(5))


def test_the_change_is_at_a_refill_with_a_bridge_of_the_old_dose() -> None:
    old, new = CHANGE.prescriptions
    assert isinstance(old.pattern, SimpleContinuous)
    assert new.bridge == Bridge(old.pattern.dose)
    assert CHANGE.refills == (Refill(new.at_s, Quantity.of(20, "mL"), rinsed=False),)
