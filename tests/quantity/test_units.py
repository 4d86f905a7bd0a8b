"""Units and their worth."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.quantity import MASS, NUMBER, TIME, VOLUME, Dimension
from thecal.quantity.units import INPUT_UNITS, SIMPLE_UNITS, unit_named

DIMENSIONS = st.builds(Dimension, *[st.integers(-3, 3)] * 3)


@pytest.mark.parametrize(
    ("small", "count", "large"),
    [
        ("ng", 1000, "mcg"),
        ("mcg", 1000, "mg"),
        ("mg", 1000, "g"),
        ("nL", 1_000_000, "mL"),
        ("mL", 1000, "L"),
        ("s", 60, "min"),
        ("min", 60, "h"),
        ("h", 24, "day"),
        ("d", 7, "week"),
        ("mcg/mL", 1000, "mg/mL"),
        ("mL/day", 24, "mL/h"),
    ],
)
def test_units_are_worth_what_they_are(small: str, count: int, large: str) -> None:
    assert unit_named(small).factor * count == unit_named(large).factor


def test_the_base_units_are_worth_one() -> None:
    assert [unit_named(name).factor for name in ("mcg", "mL", "h", "1")] == [1, 1, 1, 1]


def test_the_misread_d_is_printed_as_day() -> None:
    assert unit_named("mg/d").name == "mg/day"


def test_only_safe_units_are_typed() -> None:
    assert {"mcg", "mg", "mL", "min", "h", "d", "day", "days"} == INPUT_UNITS


def test_every_unit_measures_mass_volume_or_time() -> None:
    assert {unit.dimension for unit in SIMPLE_UNITS.values()} == {MASS, VOLUME, TIME}


@pytest.mark.parametrize("name", ["ug", "cc", "U", "mg/", "", "mL/kg", "1*mg", "mg/1", "MG"])
def test_an_unknown_unit_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is not a unit; known are ng, mcg, mg"):
        unit_named(name)


@given(DIMENSIONS)
def test_the_base_unit_of_any_dimension_measures_it(dimension: Dimension) -> None:
    unit = unit_named(dimension.base_unit())
    assert (unit.factor, unit.dimension) == (Fraction(1), dimension)


def test_one_is_the_unit_of_a_plain_number() -> None:
    assert unit_named("1").dimension == NUMBER
