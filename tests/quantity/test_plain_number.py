"""Bare numbers: ratios and counts."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.quantity import parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("100", Fraction(100)),
        ("0", Fraction(0)),
        ("0.1", Fraction(1, 10)),
        (6, Fraction(6)),
        (Decimal("0.0000001"), Fraction(1, 10_000_000)),
        (Decimal("2.50"), Fraction(5, 2)),
    ],
)
def test_a_number_is_read_exactly(text: object, value: Fraction) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("5 mg", '"5 mg" has something after the number; a plain number is expected, as in "2"'),
        (0.5, '0.5 may have lost digits; write it in quotes, as in "2"'),
        (-5, '"-5" is negative; an amount cannot be below zero, write it as in "2"'),
        (10**9, '"1000000000" has 10 significant digits; at most 9 are read, as in "1.5"'),
        pytest.param(
            10**5000,
            'a whole number this long is not read; write text in quotes, as in "2"',
            id="very long",
        ),
        (True, 'true is yes or no, not an amount; write text in quotes, as in "2"'),
        (Decimal("NaN"), 'NaN is not a number; write one in quotes, as in "2"'),
        (
            Decimal("1E+999999999"),
            '"1E+999999999" has an exponent; write all digits out, as in "1.5"',
        ),
        ("", '"" is blank; write a number, as in "2"'),
    ],
)
def test_what_is_no_plain_number_is_refused(value: object, sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_number(value)
    assert caught.value.sentence == sentence


def test_zero_is_refused_where_it_makes_no_sense() -> None:
    with pytest.raises(InputError, match=r'^"0" is zero; write a number above zero, as in "2"$'):
        parse_number("0", zero_allowed=False)


@given(st.integers(0, 999_999_999), st.integers(0, 12))
def test_every_short_decimal_is_read_exactly(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    significant = f"{number:f}".replace(".", "").lstrip("0")
    assert len(significant) > 9 or parse_number(f"{number:f}") == Fraction(number)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        value = parse_number(text)
    except InputError:
        return
    assert value == Fraction(Decimal(text))
