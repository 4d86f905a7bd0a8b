"""Orders built in Python refuse what can never mean anything."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count

import pytest

from tests.prescription.example import EXAMPLES
from thecal.errors import InputError
from thecal.prescription import (
    Bolus,
    Bridge,
    Course,
    Flex,
    FlexStep,
    Patient,
    PatientBolus,
    Refill,
    SimpleContinuous,
    Solution,
    read_course,
)
from thecal.quantity import Quantity

MG = Quantity.of(1, "mg")
MINUTE = Quantity.of(1, "min")
DOSE = Quantity.of(1, "mg/day")
MONDAY = frozenset({0})
CANCER = read_course(EXAMPLES / "cancer-pain.toml")


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: SimpleContinuous(MG), "dose"),
        (lambda: SimpleContinuous(-DOSE), "dose"),
        (lambda: SimpleContinuous(DOSE - DOSE), "dose"),
        (lambda: Solution({}), "solution"),
        (lambda: Solution({"alphine": DOSE}), "solution.alphine"),
        (lambda: Bolus(DOSE, MINUTE, 0), "dose"),
        (lambda: Bolus(MG, MG, 0), "duration"),
        (lambda: Bolus(MG, MINUTE, 0, every=MG), "every"),
        (lambda: PatientBolus(MG, MINUTE, MG, 1), "lockout"),
        (lambda: PatientBolus(MG, MINUTE, MINUTE, 0), "most_per_day"),
        (lambda: Bridge(MG), "dose"),
        (lambda: Refill(0, MG), "volume"),
        (lambda: FlexStep(frozenset(), 0, 3600, DOSE), "days"),
        (lambda: FlexStep(frozenset({7}), 0, 3600, DOSE), "days"),
        (lambda: FlexStep(MONDAY, 86_400, 3600, DOSE), "from"),
        (lambda: FlexStep(MONDAY, 0, 86_401, DOSE), "to"),
        (lambda: FlexStep(MONDAY, 60, 60, DOSE), "to"),
        (lambda: Patient("nobody", presses=(86_400,)), "patient.presses"),
        (lambda: Course("", datetime(2026, 1, 5), 0, Patient("nobody")), "course.length"),
        (
            lambda: Course("", datetime(2026, 1, 5, tzinfo=UTC), 1, Patient("nobody")),
            "course.start",
        ),
    ],
    ids=map(str, count()),
)
def test_an_order_without_a_meaning_is_refused(make: Callable[[], object], field: str) -> None:
    with pytest.raises(InputError) as refusal:
        make()
    assert refusal.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"implanted_length_cm": Decimal(0)}, "implanted_length"),
        ({"mixing_cells": -1}, "mixing_cells"),
    ],
)
def test_an_implant_without_a_meaning_is_refused(change: dict[str, object], field: str) -> None:
    assert CANCER.implant is not None
    with pytest.raises(InputError) as refusal:
        replace(CANCER.implant, **change)  # type: ignore[arg-type]
    assert refusal.value.field == field


def test_a_flex_step_on_a_half_minute_is_refused_by_the_checks() -> None:
    flex = Flex((FlexStep(frozenset(range(7)), 30, 20, DOSE),))
    order = replace(CANCER.prescriptions[0], pattern=flex)
    findings = replace(CANCER, prescriptions=(order,)).checks()
    assert findings[0].field == "prescription[0].step[0].from"
    assert findings[0].sentence.startswith("00:00:30 is not on a whole minute")


def test_a_bolus_of_broken_seconds_is_refused_by_the_checks() -> None:
    bolus = Bolus(Quantity.of("0.1", "mg"), MINUTE / 7, 3600)
    order = replace(CANCER.prescriptions[0], boluses=(bolus,))
    findings = replace(CANCER, prescriptions=(order,)).checks()
    assert findings[0].field == "prescription[0].bolus[0].duration"


def test_a_solution_keeps_nothing_of_the_mapping_it_came_from() -> None:
    mapping = {"alphine": Quantity.of(1, "mg/mL")}
    solution = Solution(mapping)
    mapping.clear()
    assert solution.primary == "alphine"


def test_a_course_can_be_hashed_and_sent_to_another_process() -> None:
    sent = pickle.loads(pickle.dumps(CANCER))  # noqa: S301  (its own bytes)
    assert sent == CANCER
    assert hash(sent) == hash(CANCER)


def test_a_flex_pattern_without_steps_is_refused_by_the_checks() -> None:
    order = replace(CANCER.prescriptions[0], pattern=Flex(()))
    findings = replace(CANCER, prescriptions=(order,)).checks()
    assert findings[0].sentence == "a flex pattern needs steps that cover the whole week"
