"""Times of the day, days, lengths: what is read, and what is not guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.prescription.clock import (
    centimetres,
    clock_end,
    clock_text,
    clock_time,
    seconds_from_start,
    weekdays,
)


@given(st.integers(0, 1439))
def test_a_time_of_the_day_is_read_back(minute: int) -> None:
    assert clock_time(clock_text(60 * minute)) == 60 * minute


@pytest.mark.parametrize(
    "text",
    [
        "9:30",
        "24:00",
        "12:60",
        "12.30",
        "12:30:00",
        " 12:30",
        "12:30 pm",
        "-1:00",
        "\u0661\u0662:30",
        "12:30\n",
        930,
        None,
    ],
    ids=repr,
)
def test_anything_but_hours_and_minutes_is_refused(text: object) -> None:
    with pytest.raises(InputError, match="is not a time of the day"):
        clock_time(text)


def test_the_end_of_the_day_can_be_an_end_only() -> None:
    assert clock_end("24:00") == 86_400


@pytest.mark.parametrize(
    "days", ["mon", [], ["Mon"], ["mon", 1], [["mon"]], None, {"mon": 1}], ids=repr
)
def test_anything_but_days_is_refused(days: object) -> None:
    with pytest.raises(InputError, match="every day"):
        weekdays(days)


def test_days_count_from_monday() -> None:
    assert weekdays(["sun", "mon"]) == frozenset({0, 6})


@pytest.mark.parametrize(
    "text", ["70", "70cm", "70 mm", "70  cm", "-70 cm", "7e1 cm", "0 cm", 7], ids=repr
)
def test_a_length_is_in_centimetres_and_above_zero(text: object) -> None:
    with pytest.raises(InputError):
        centimetres(text)


def test_a_length_keeps_its_digits() -> None:
    assert centimetres("77.5 cm") == Decimal("77.5")


def test_a_time_of_the_course_may_be_its_start() -> None:
    assert seconds_from_start("0 h") == 0
