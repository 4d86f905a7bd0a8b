"""An exact amount: a fraction in base units and its dimension. No binary floats, ever."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from thecal.errors import InputError
from thecal.quantity.dimension import NUMBER, Dimension, DimensionError
from thecal.quantity.plain_number import parse_number
from thecal.quantity.printing import show_amount
from thecal.quantity.units import Unit, unit_named


@dataclass(frozen=True, slots=True, repr=False)
class Quantity:
    """An exact amount of mass, volume, time or of one per another.

    Quantities of one dimension are ordered; equal amounts are equal and hash alike whatever unit
    they were given in. Sums and comparisons across dimensions raise `DimensionError`, binary
    floats raise `TypeError`. A difference may be negative; `parse` never gives a negative one.

    Parameters
    ----------
    magnitude
        The amount in base units: mcg, mL, h.
    dimension
        What kind of amount it is.

    Examples
    --------
    >>> dose = Quantity.of("0.5", "mg/day")
    >>> strength = Quantity.of(10, "mg/mL")
    >>> print(dose / strength)
    0.05 mL/day
    >>> print(Quantity.of(20, "mL") / (dose / strength))
    400 days
    """

    magnitude: Fraction
    dimension: Dimension

    def __post_init__(self) -> None:
        """Refuse inexact magnitudes at once; a whole number is taken as a fraction."""
        object.__setattr__(self, "magnitude", _exact(self.magnitude))

    @classmethod
    def of(cls, value: int | Fraction | Decimal | str, unit: str) -> Self:
        """Return `value` of `unit`, exactly.

        Parameters
        ----------
        value
            A whole number, a fraction, a decimal, or the text of a number (`parse_number`).
        unit
            A unit that thecal knows, or a quotient of such units.

        Raises
        ------
        TypeError
            When `value` is a float.
        InputError
            When the unit is not known, or the text or decimal is not a finite number.

        Examples
        --------
        >>> Quantity.of("0.5", "mg") == Quantity.of(500, "mcg")
        True
        """
        number = parse_number(value) if isinstance(value, str) else value
        known = unit_named(unit)
        return cls(_exact(number) * known.factor, known.dimension)

    @classmethod
    def zero(cls, dimension: Dimension) -> Self:
        """Return nothing of a dimension, as the start of a sum."""
        return cls(Fraction(0), dimension)

    def to(self, unit: str) -> Fraction:
        """Return the exact number of `unit` in this amount.

        Raises
        ------
        DimensionError
            When the unit measures something else.

        Examples
        --------
        >>> Quantity.of(1, "day").to("min")
        Fraction(1440, 1)
        """
        return self.magnitude / self._unit(unit).factor

    def show(self, unit: str | None = None, *, decimals: int = 3) -> str:
        """Return the amount as text for people, safe to read and never 0 unless it is.

        Parameters
        ----------
        unit
            The unit to print; None takes the most readable one.
        decimals
            Digits kept after the point, rounded half to even; see `show_number`.

        Raises
        ------
        DimensionError
            When the unit measures something else.

        Examples
        --------
        >>> Quantity.of(1200, "mcg").show("mcg"), Quantity.of(1200, "mcg").show()
        ('1 200 mcg', '1.2 mg')
        """
        chosen = None if unit is None else self._unit(unit)
        return show_amount(self.magnitude, self.dimension, chosen, decimals=decimals)

    def floor_to(self, step: Quantity) -> Self:
        """Return the largest multiple of `step` that is not above this amount.

        Raises
        ------
        DimensionError
            When the step is of another dimension.
        ValueError
            When the step is not above zero.

        Examples
        --------
        >>> print(Quantity.of("0.129", "mg").floor_to(Quantity.of("0.01", "mg")))
        120 mcg
        """
        return self._like(math.floor(self._steps(step)) * step.magnitude)

    def ceil_to(self, step: Quantity) -> Self:
        """Return the smallest multiple of `step` that is not below this amount.

        Raises
        ------
        DimensionError
            When the step is of another dimension.
        ValueError
            When the step is not above zero.

        Examples
        --------
        >>> print(Quantity.of(61, "min").ceil_to(Quantity.of(5, "min")))
        65 min
        """
        return self._like(math.ceil(self._steps(step)) * step.magnitude)

    def __add__(self, other: Quantity) -> Self:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self._like(self.magnitude + self._same(other, "add {other} to {self}"))

    def __sub__(self, other: Quantity) -> Self:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self._like(self.magnitude - self._same(other, "take {other} from {self}"))

    def __mul__(self, other: Quantity | Fraction | int) -> Self:
        if isinstance(other, Quantity):
            dimension = self.dimension.times(other.dimension)
            return type(self)(self.magnitude * other.magnitude, dimension)
        return self._like(self.magnitude * _factor(other))

    def __rmul__(self, other: Fraction | int) -> Self:
        return self * other

    def __truediv__(self, other: Quantity | Fraction | int) -> Self:
        if isinstance(other, Quantity):
            dimension = self.dimension.per(other.dimension)
            return type(self)(self.magnitude / other.magnitude, dimension)
        return self._like(self.magnitude / _factor(other))

    def __rtruediv__(self, other: Fraction | int) -> Self:
        return type(self)(_factor(other) / self.magnitude, NUMBER.per(self.dimension))

    def __neg__(self) -> Self:
        return self._like(-self.magnitude)

    def __abs__(self) -> Self:
        return self._like(abs(self.magnitude))

    def __bool__(self) -> bool:
        return bool(self.magnitude)

    def __lt__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.magnitude < self._same(other, _COMPARE)

    def __le__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.magnitude <= self._same(other, _COMPARE)

    def __gt__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.magnitude > self._same(other, _COMPARE)

    def __ge__(self, other: Quantity) -> bool:
        if not isinstance(other, Quantity):
            return NotImplemented
        return self.magnitude >= self._same(other, _COMPARE)

    def __str__(self) -> str:
        return self.show()

    def __repr__(self) -> str:
        number = str(self.magnitude) if self.magnitude.denominator == 1 else repr(self.magnitude)
        return f"Quantity.of({number}, {self.dimension.base_unit()!r})"

    def _like(self, magnitude: Fraction) -> Self:
        return type(self)(magnitude, self.dimension)

    def _unit(self, name: str) -> Unit:
        unit = unit_named(name)
        if unit.dimension != self.dimension:
            sentence = f'{self} is {self.dimension.described()}; it cannot be stated in "{name}"'
            raise DimensionError(sentence)
        return unit

    def _same(self, other: Quantity, attempt: str) -> Fraction:
        if other.dimension != self.dimension:
            what = attempt.format(self=self, other=other)
            sentence = (
                f"cannot {what}: one is {self.dimension.described()}, "
                f"the other {other.dimension.described()}"
            )
            raise DimensionError(sentence)
        return other.magnitude

    def _steps(self, step: Quantity) -> Fraction:
        size = self._same(step, "round {self} to steps of {other}")
        if size <= 0:
            message = f"the step is {step}; a step must be above zero"
            raise ValueError(message)
        return self.magnitude / size


_COMPARE = "compare {self} with {other}"


def _exact(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            sentence = f"{value} is not a finite number; an amount needs one"
            raise InputError(sentence)
        return Fraction(value)
    message = (
        f"{value!r} is a {type(value).__name__}; an exact amount takes int, Fraction, Decimal or "
        "the text of a number"
    )
    raise TypeError(message)


def _factor(value: object) -> Fraction:
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    message = f"{value!r} is a {type(value).__name__}; exact amounts scale by int or Fraction only"
    raise TypeError(message)
