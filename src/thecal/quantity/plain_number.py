"""The strict grammar of a bare number, as ``100`` or ``0.5``."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from thecal.errors import InputError
from thecal.quantity.dimension import NUMBER
from thecal.quantity.refusals import (
    LONGEST_TEXT,
    MOST_DIGITS,
    examples,
    quoted,
    refuse_number,
    refuse_other_type,
    significant_digits,
)

NUMBER_PATTERN: Final = r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?"
_NUMBER: Final = re.compile(NUMBER_PATTERN)
_SMALLEST_EXPONENT: Final = -LONGEST_TEXT


def parse_number(text: object, *, zero_allowed: bool = True) -> Fraction:
    """Return the exact value of a bare number, for ratios and counts.

    Parameters
    ----------
    text
        Text such as ``"100"`` or ``"0.5"``; also an ``int`` or a ``Decimal``, which a TOML file
        gives exactly. A ``float`` is refused, since its decimal digits are already lost.
    zero_allowed
        Whether 0 is an answer; a count may be 0, a divisor may not.

    Raises
    ------
    InputError
        When the text is not in the grammar ``digits[.digits]`` with at most nine digits.

    Examples
    --------
    >>> parse_number("0.1")
    Fraction(1, 10)
    >>> parse_number("1,5")
    Traceback (most recent call last):
    ...
    thecal.errors.InputError: "1,5" has a comma; write a decimal point, as in "1.5"
    """
    typed = _as_text(text)
    if _NUMBER.fullmatch(typed) and is_short(typed):
        value = Fraction(typed)
        if not value and not zero_allowed:
            example = examples(NUMBER)[0]
            sentence = f'{quoted(typed)} is zero; write a number above zero, as in "{example}"'
            raise InputError(sentence)
        return value
    sentence = refuse_number(typed, NUMBER) or (
        f"{quoted(typed)} has something after the number; a plain number is expected, "
        f'as in "{examples(NUMBER)[0]}"'
    )
    raise InputError(sentence)


def is_short(number: str) -> bool:
    """Return whether a number of the grammar has no more digits than are read."""
    return len(number) <= LONGEST_TEXT and significant_digits(number) <= MOST_DIGITS


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return value
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and value.bit_length() <= LONGEST_TEXT
    ):
        return str(int(value))
    if isinstance(value, Decimal) and value.is_finite():
        # Plain digits, as they were typed: str() would turn 0.0000001 into 1E-7.
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and _SMALLEST_EXPONENT < exponent <= 0:
            return format(value, "f")
        return str(value)
    raise InputError(refuse_other_type(value, NUMBER))
