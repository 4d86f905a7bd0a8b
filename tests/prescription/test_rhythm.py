"""The patient's day as it is read from a file."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.prescription.example import edited
from thecal.errors import InputError
from thecal.prescription import Course, DayPiece, read_course_text
from thecal.prescription.rhythm import ACTIVITIES, word_or_factor

HOUR = 3_600


def read(patient: str) -> Course:
    return read_course_text(edited([('body = "adult"', f'body = "adult"\n{patient}')]))


def test_without_a_day_nothing_changes_and_nothing_is_warned_of() -> None:
    course = read("")
    assert (course.patient.day, course.patient.saturable_uptake) == ((), False)
    assert course.warnings == ()


def test_a_piece_says_only_what_it_changes() -> None:
    course = read('day = [{ from = "07:00" }, { from = "23:00", csf_formation = "night" }]')
    assert course.patient.day == (DayPiece(7 * HOUR), DayPiece(23 * HOUR, csf_formation="night"))


def test_a_list_and_tables_are_the_same_day() -> None:
    listed = 'day = [{ from = "07:00", posture = "upright" }, { from = "23:00" }]'
    first = '[[patient.day]]\nfrom = "07:00"\nposture = "upright"\n'
    tables = f'{first}[[patient.day]]\nfrom = "23:00"\n'
    assert read(listed).patient.day == read_course_text(edited(add=tables)).patient.day


def test_a_factor_keeps_its_digits() -> None:
    day = read('day = [{ from = "07:00", activity = 1.2 }, { from = "23:00", activity = 2 }]')
    assert [one.activity for one in day.patient.day] == [Decimal("1.2"), Decimal(2)]


def test_a_day_is_warned_of_as_exploratory() -> None:
    (warning,) = read('day = [{ from = "07:00" }, { from = "23:00" }]').warnings
    assert warning.field == "patient.day"
    assert warning.sentence.startswith("exploratory: ")


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is not known here"):
        word_or_factor(ACTIVITIES)(f"{text}!")
