"""Amounts as people read them."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.quantity import DOSE_RATE, MASS, TIME, VOLUME, Dimension, Quantity, show_number
from thecal.quantity.printing import readable_unit

FRACTIONS = st.fractions(-(10**9), 10**9)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        # In a unit that is asked for.
        ("0.5", "mg/day", "0.5 mg/day"),
        ("0.50", "mg/d", "0.5 mg/day"),
        ("1200", "mcg", "1 200 mcg"),
        ("999", "mcg", "999 mcg"),
        ("1000", "mcg", "1 000 mcg"),
        ("1234567.25", "mcg", "1 234 567.25 mcg"),
        ("5.0", "mg", "5 mg"),
        ("100", "mcg", "100 mcg"),
        ("0", "mg/mL", "0 mg/mL"),
        ("1", "d", "1 day"),
        ("2", "d", "2 days"),
        ("0.5", "day", "0.5 days"),
        ("1", "week", "1 week"),
        ("3", "week", "3 weeks"),
        ("4", "h", "4 h"),
        ("90", "min", "90 min"),
        ("0.006", "mL/day", "0.006 mL/day"),
        ("7", "1", "7"),
        # Rounded: half to even, and never to nothing.
        ("0.0625", "mg", "0.0625 mg"),
        ("1.0625", "mg", "1.062 mg"),
        ("1.0635", "mg", "1.064 mg"),
        ("0.99996", "mg", "1 mg"),
        ("999.9999", "mg", "1 000 mg"),
        ("0.0001234", "mg", "0.000123 mg"),
        ("0.000000001", "mg", "0.000000001 mg"),
    ],
)
def test_a_unit_asked_for_is_printed_safely(value: str, unit: str, shown: str) -> None:
    assert Quantity.of(value, unit).show(unit) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("0.5", "mg", "500 mcg"),
        ("1", "mg", "1 mg"),
        ("1200", "mcg", "1.2 mg"),
        ("999.9996", "mcg", "1 mg"),
        ("2500000", "mcg", "2 500 mg"),
        ("0.25", "mcg", "0.25 mcg"),
        ("3", "ng", "0.003 mcg"),
        ("20", "mL", "20 mL"),
        ("50", "nL", "0.00005 mL"),
        ("10", "mg/mL", "10 mg/mL"),
        ("0.5", "mg/mL", "500 mcg/mL"),
        ("2", "mg/day", "2 mg/day"),
        ("1", "mcg/h", "24 mcg/day"),
        ("1", "mL/h", "24 mL/day"),
        ("0", "mg", "0 mcg"),
        ("0", "h", "0 min"),
        ("30", "s", "0.5 min"),
        ("1", "min", "1 min"),
        ("60", "min", "1 h"),
        ("90", "min", "90 min"),
        ("24", "h", "1 day"),
        ("36", "h", "36 h"),
        ("100.5", "h", "100.5 h"),
        ("1", "week", "7 days"),
        ("1000", "day", "1 000 days"),
        ("5", "1/h", "5 1/h"),
    ],
)
def test_the_most_readable_unit_is_chosen(value: str, unit: str, shown: str) -> None:
    assert str(Quantity.of(value, unit)) == shown


def test_a_difference_below_zero_keeps_its_sign() -> None:
    assert str(Quantity.of(1, "mg") - Quantity.of(2400, "mg")) == "-2 399 mg"


def test_one_day_below_zero_is_one_day() -> None:
    assert str(-Quantity.of(1, "day")) == "-1 day"


def test_a_third_is_rounded_only_in_print() -> None:
    third = Quantity.of(Fraction(1, 3), "mg")
    assert third.show("mg") == "0.333 mg"
    assert third.show("mg", decimals=6) == "0.333333 mg"


def test_decimals_below_zero_are_a_fault_of_the_caller() -> None:
    with pytest.raises(ValueError, match="cannot be below 0"):
        show_number(1, decimals=-1)
    with pytest.raises(ValueError, match="cannot be below 0"):
        readable_unit(Fraction(1), TIME, decimals=-1)


@given(FRACTIONS, st.integers(0, 6))
def test_a_printed_number_has_the_safe_form(value: Fraction, decimals: int) -> None:
    shown = show_number(value, decimals=decimals)
    assert re.fullmatch(r"-?(0|[1-9][0-9]{0,2}( [0-9]{3})*)(\.[0-9]*[1-9])?", shown)


@given(FRACTIONS, st.integers(0, 6))
def test_only_nothing_is_printed_as_zero(value: Fraction, decimals: int) -> None:
    assert (show_number(value, decimals=decimals) in {"0", "-0"}) == (value == 0)


@given(FRACTIONS.filter(bool), st.integers(1, 6))
def test_printing_loses_at_most_half_a_digit(value: Fraction, decimals: int) -> None:
    printed = Fraction(show_number(value, decimals=decimals).replace(" ", ""))
    # Below one the digits are counted from the first that is not zero.
    bound = Fraction(1, 2 * 10**decimals) * min(Fraction(1), 10 * abs(value))
    assert abs(printed - value) <= bound


@given(st.sampled_from([MASS, VOLUME, TIME, DOSE_RATE]), FRACTIONS)
def test_a_printed_amount_names_only_safe_units(dimension: Dimension, value: Fraction) -> None:
    shown = str(Quantity(value, dimension))
    assert re.search(r" (mcg|mg|mL|min|h|days?|(mcg|mg|mL)/day)$", shown)
