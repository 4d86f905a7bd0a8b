"""The strict grammar of a typed amount: digits, one space, a unit."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from thecal.errors import InputError
from thecal.quantity.dimension import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    MASS,
    NUMBER,
    TIME,
    VOLUME,
    Dimension,
    DimensionError,
)
from thecal.quantity.exact import Quantity
from thecal.quantity.plain_number import NUMBER_PATTERN, is_short, parse_number
from thecal.quantity.refusals import (
    LONGEST_TEXT,
    examples,
    quoted,
    refuse_number,
    refuse_other_type,
)
from thecal.quantity.unit_refusals import refuse_unit
from thecal.quantity.units import INPUT_DENOMINATORS, INPUT_UNITS, unit_named

_AMOUNT: Final = re.compile(
    rf"(?P<number>{NUMBER_PATTERN}) (?P<over>[A-Za-z]+)(?:/(?P<under>[A-Za-z]+))?"
)
_TYPED_DIMENSIONS: Final = {MASS, VOLUME, TIME, CONCENTRATION, DOSE_RATE, FLOW, NUMBER}


def parse(text: object, dimension: Dimension, *, zero_allowed: bool = False) -> Quantity:
    """Return the amount that a person typed, or refuse it in one sentence.

    Parameters
    ----------
    text
        ``number unit`` with one space: the number as ``digits[.digits]`` with at most nine digits
        that count; the unit mcg, mg, mL, min, h, d, day, or a quotient mass/volume, mass/time,
        volume/time of these.
    dimension
        The kind of amount that is asked for. For `NUMBER` the grammar is that of `parse_number`.
    zero_allowed
        Whether a zero amount is an answer.

    Raises
    ------
    InputError
        When the text is not exactly in the grammar. The place is added by the caller.
    DimensionError
        When the amount is sound but of another kind.
    ValueError
        When `dimension` is none of the seven that people type.

    Notes
    -----
    Nothing is guessed, trimmed or corrected: of the number fields of infusion pumps that were
    tested, most accepted malformed numbers and some then gave another dose (Thimbleby; the list
    of error-prone dose designations of ISMP).

    Examples
    --------
    >>> print(parse("0.5 mg/d", DOSE_RATE))
    500 mcg/day
    >>> parse("5 ug", MASS)
    Traceback (most recent call last):
    ...
    thecal.errors.InputError: in "5 ug", "ug" is easily misread; write "mcg"
    """
    if dimension not in _TYPED_DIMENSIONS:
        message = f"{dimension.described()} is never typed by people"
        raise ValueError(message)
    if dimension == NUMBER:
        return Quantity(parse_number(text, zero_allowed=zero_allowed), NUMBER)
    if not isinstance(text, str):
        raise InputError(refuse_other_type(text, dimension))
    match = _AMOUNT.fullmatch(text)
    if not match or not _known(match["over"], match["under"]) or not _short(text, match["number"]):
        raise InputError(refuse_number(text, dimension) or refuse_unit(text, dimension))
    over, under = match["over"], match["under"]
    unit = unit_named(over if under is None else f"{over}/{under}")
    example = examples(dimension)[0]
    if unit.dimension != dimension:
        sentence = (
            f"{quoted(text)} is {unit.dimension.described()}, but {dimension.described()} is "
            f'expected; write it as in "{example}"'
        )
        raise DimensionError(sentence)
    amount = Quantity(Fraction(match["number"]) * unit.factor, dimension)
    if not amount and not zero_allowed:
        sentence = f'{quoted(text)} is zero; write an amount above zero, as in "{example}"'
        raise InputError(sentence)
    return amount


def _known(over: str, under: str | None) -> bool:
    if under is None:
        return over in INPUT_UNITS
    return over in INPUT_UNITS and under in INPUT_DENOMINATORS


def _short(text: str, number: str) -> bool:
    return len(text) <= LONGEST_TEXT and is_short(number)
