"""The edge to pint, for amounts that come from or go to code that speaks its units.

Not imported by `thecal.quantity`, because pint is slow to load and nothing exact needs it.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any, Final, TypeAlias

import pint

from thecal.quantity.dimension import Dimension, DimensionError
from thecal.quantity.exact import Quantity

PintQuantity: TypeAlias = "pint.Quantity[Any]"
"""A pint quantity of whatever kind of number; `from_pint` judges which are exact."""

_VOLUME_IN_LENGTHS: Final = 3
_PINT_NAMES: Final = ("[mass]", "[length]", "[time]")


@cache
def registry() -> pint.UnitRegistry[Fraction]:
    """Return the one registry of pint units, whose conversions are fractions, never floats."""
    return pint.UnitRegistry(non_int_type=Fraction)


def to_pint(amount: Quantity, unit: str) -> PintQuantity:
    """Return the amount as a pint quantity in `unit`, with an exact fraction as its magnitude.

    Raises
    ------
    DimensionError
        When the unit measures something else.

    Examples
    --------
    >>> to_pint(Quantity.of("0.5", "mg/day"), "mcg/h").magnitude
    Fraction(125, 6)
    """
    return registry().Quantity(amount.to(unit), _pint_name(unit))


def from_pint(amount: PintQuantity) -> Quantity:
    """Return a pint quantity as an exact amount.

    Raises
    ------
    TypeError
        When the magnitude is a float: a binary number never becomes a dose.
    DimensionError
        When it is not made of mass, volume and time.

    Examples
    --------
    >>> print(from_pint(registry().Quantity(2, "cm ** 3")))
    2 mL
    """
    # Exactness is proved before pint computes: its own conversions would accept a float.
    number = Quantity.of(amount.magnitude, "1").magnitude
    powers = {name: Fraction(str(power)) for name, power in amount.unit_items()}
    # A quantity may come from another registry, whose units do not mix with ours.
    # Its own container type keeps the conversion in fractions; pint's plain one falls to floats.
    ours = registry().Quantity(number, registry().UnitsContainer(powers))
    dimension = _dimension(ours)
    base = registry().Quantity(Fraction(1), _pint_name(dimension.base_unit()))
    return Quantity(_exact(ours.to(base).magnitude), dimension)


def _dimension(amount: PintQuantity) -> Dimension:
    powers = {str(name): _exact(power) for name, power in amount.dimensionality.items()}
    mass, length, time = (powers.pop(name, Fraction(0)) for name in _PINT_NAMES)
    volume = length / _VOLUME_IN_LENGTHS
    if powers or any(power.denominator != 1 for power in (mass, volume, time)):
        units = " ".join(f"{name}^{power}" for name, power in amount.unit_items())
        sentence = f'"{units}" is not made of mass, volume and time; use a unit that is'
        raise DimensionError(sentence)
    return Dimension(int(mass), int(volume), int(time))


def _pint_name(unit: str) -> str:
    return "dimensionless" if unit == "1" else unit


def _exact(number: object) -> Fraction:
    if isinstance(number, (int, Fraction)):
        return Fraction(number)
    raise AssertionError(f"pint left the fractions and gave a {type(number).__name__}")
