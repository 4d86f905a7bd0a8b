"""Amounts as people read them, after the ISMP list of error-prone dose designations.

A zero before the point, none after the last digit, a space before the unit, digits in groups of
three from 1 000 on, and "mcg" in full.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from thecal.quantity.dimension import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    MASS,
    TIME,
    VOLUME,
    Dimension,
)
from thecal.quantity.units import Unit, unit_named

# From small to large, and only units that may also be typed, so that what is read can be entered.
_SCALES: Final[dict[Dimension, tuple[str, ...]]] = {
    MASS: ("mcg", "mg"),
    VOLUME: ("mL",),
    CONCENTRATION: ("mcg/mL", "mg/mL"),
    DOSE_RATE: ("mcg/day", "mg/day"),
    FLOW: ("mL/day",),
}
_CLOCK_SCALE: Final = ("day", "h", "min")
_PLURALS: Final = {"day": "days", "week": "weeks"}
_GROUPED_FROM: Final = 1000


def show_number(value: Fraction | int, *, decimals: int = 3) -> str:
    """Return a number as text that cannot be misread.

    Parameters
    ----------
    value
        The exact number.
    decimals
        Digits kept after the point, rounded half to even. Below one they are counted from the
        first digit that is not zero, so that a small amount loses no more of itself than a large
        one and never turns into 0.

    Raises
    ------
    ValueError
        When `decimals` is negative.

    Examples
    --------
    >>> show_number(Fraction(1, 2)), show_number(1200), show_number(Fraction(2, 3))
    ('0.5', '1 200', '0.667')
    >>> show_number(Fraction(14, 10000)), show_number(Fraction(14, 10000), decimals=0)
    ('0.0014', '0.001')
    """
    _refuse_negative(decimals)
    rounded = _rounded(Fraction(value), decimals)
    whole, part = divmod(abs(rounded), 1)
    digits = ""
    while part:
        digit, part = divmod(part * 10, 1)
        digits += str(digit)
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole:,}".replace(",", " ") + (f".{digits}" if digits else "")


def show_amount(
    magnitude: Fraction, dimension: Dimension, unit: Unit | None, *, decimals: int = 3
) -> str:
    """Return an amount with its unit, as ``0.5 mg/day``; `unit` None takes the most readable.

    `magnitude` is in base units (mcg, mL, h); `unit` must be of the same dimension, which the
    caller has checked.
    """
    chosen = unit if unit is not None else readable_unit(magnitude, dimension, decimals=decimals)
    number = show_number(magnitude / chosen.factor, decimals=decimals)
    if chosen.name == "1":
        return number
    name = chosen.name if number in {"1", "-1"} else _PLURALS.get(chosen.name, chosen.name)
    return f"{number} {name}"


def readable_unit(magnitude: Fraction, dimension: Dimension, *, decimals: int = 3) -> Unit:
    """Return the unit in which an amount is easiest to read.

    The small unit is taken until its number would need groups of digits, since "500 mcg" is
    misread less often than "0.5 mg" (ISMP). Rates are by the day, as pumps are prescribed. A time
    takes the largest unit that makes it a whole number.

    Examples
    --------
    >>> readable_unit(Fraction(1500), MASS).name, readable_unit(Fraction(36), TIME).name
    ('mg', 'h')
    """
    _refuse_negative(decimals)
    if dimension == TIME:
        return _readable_clock_unit(magnitude, decimals)
    names = _SCALES.get(dimension, (dimension.base_unit(),))
    units = [unit_named(name) for name in names]
    for unit in units:
        # Rounding comes first: 999.9996 mcg reads as 1 mg, not as 1 000 mcg.
        if abs(_rounded(magnitude / unit.factor, decimals)) < _GROUPED_FROM:
            return unit
    return units[-1]


def _readable_clock_unit(magnitude: Fraction, decimals: int) -> Unit:
    units = [unit_named(name) for name in _CLOCK_SCALE]
    if not magnitude:
        return units[-1]
    numbers = [(unit, abs(magnitude / unit.factor)) for unit in units]
    for unit, number in numbers:
        if number.denominator == 1 and number < _GROUPED_FROM:
            return unit
    large = [(unit, number) for unit, number in numbers if number >= 1] or numbers[-1:]
    exact = [unit for unit, number in large if _rounded(number, decimals) == number]
    return exact[0] if exact else large[0][0]


def _rounded(value: Fraction, decimals: int) -> Fraction:
    size = abs(value)
    if not size or size >= 1:
        return Fraction(round(value, decimals))
    first = 1
    while size * 10**first < 1:
        first += 1
    return round(value, first - 1 + max(decimals, 1))


def _refuse_negative(decimals: int) -> None:
    if decimals < 0:
        message = f"decimals is {decimals}; it counts digits and cannot be below 0"
        raise ValueError(message)
