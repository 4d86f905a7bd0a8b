"""When to refill, where the record does not say how long a drug keeps."""

from __future__ import annotations

import pytest

from thecal.formulary import Drug, load_formulary
from thecal.prescription import Course, read_course_text
from thecal.therapy.delivering import deliver
from thecal.therapy.refilling import RefillDates, refill_dates

FENTANYL = load_formulary().drug("fentanyl")
HYDROMORPHONE = load_formulary().drug("hydromorphone")
TEXT = """\
[course]
title = "A fortnight on fentanyl"
start = 2026-01-05T08:00:00
length = "14 day"

[patient]
description = "Adult"

[implant]
pump = "synchromed-ii-20"
catheter = "ascenda-8780"
implanted_length = "70 cm"
tip = "T10"
fill = "20 mL"
primed = true

[[prescription]]
at = "0 h"
solution = { fentanyl = "1 mg/mL" }
"""
FLOWING = 'mode = "simple continuous"\ndose = "0.1 mg/day"\n'
STOPPED = 'mode = "stopped"\n'


def dates(order: str, *drugs: Drug) -> RefillDates:
    course: Course = read_course_text(TEXT + order)
    assert course.implant is not None
    return refill_dates(course, course.implant, deliver(course, course.implant), drugs)


def test_a_drug_of_unknown_stability_leaves_the_low_reservoir_to_set_the_date() -> None:
    found = dates(FLOWING, FENTANYL)
    assert found.bound == "low reservoir"
    assert found.refill_by is not None
    assert found.low_reservoir_at is not None
    assert found.refill_by < found.low_reservoir_at


def test_nothing_sets_a_date_where_nothing_flows_either() -> None:
    found = dates(STOPPED, FENTANYL)
    assert (found.bound, found.refill_by) == ("none", None)


@pytest.mark.parametrize("order", [FLOWING, STOPPED], ids=["flowing", "stopped"])
def test_the_drug_whose_stability_is_known_counts_in_a_mixture(order: str) -> None:
    found = dates(order, FENTANYL, HYDROMORPHONE)
    assert found.bound == "stability"
    assert found == dates(order, HYDROMORPHONE)
