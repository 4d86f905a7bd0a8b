"""Numbers as a clinician reads them."""

from __future__ import annotations

from datetime import datetime
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.report.phrasing import clock, elapsed, hours, mass, number, quick

READABLE = st.floats(min_value=1e-6, max_value=1e6)


@given(READABLE)
def test_a_number_is_within_its_digits_of_the_value(value: float) -> None:
    assert float(number(value).replace(" ", "")) == pytest.approx(value, rel=0.051)


@given(READABLE)
def test_a_number_has_no_exponent_and_no_trailing_zero(value: float) -> None:
    text = number(value)
    assert "e" not in text.lower()
    assert "." not in text or not text.endswith(("0", "."))


def test_what_is_not_a_number_is_not_shown_as_one() -> None:
    assert number(nan) == "not known"


def test_a_point_of_a_map_never_shows_an_exponent() -> None:
    assert [quick(value) for value in (0.0011, 99.4, 1234.0)] == ["0.0011", "99", "1234"]


def test_a_mass_changes_its_unit_where_the_number_grows_long() -> None:
    assert [mass(mcg) for mcg in (999.0, 1000.0, 3869.2)] == ["999 mcg", "1 mg", "3.87 mg"]


def test_less_than_an_hour_is_told_in_minutes() -> None:
    assert [hours(value) for value in (0.5, 1.0)] == ["30 min", "1 h"]


@given(st.integers(0, 400 * 86_400 // 60))
def test_every_minute_of_a_course_has_its_own_words(minute: int) -> None:
    assert elapsed(minute * 60) != elapsed((minute + 1) * 60)


def test_a_date_cannot_be_read_in_two_ways() -> None:
    assert clock(datetime(2026, 2, 3, 4, 5)) == "Tue 3 Feb 2026, 04:05"
