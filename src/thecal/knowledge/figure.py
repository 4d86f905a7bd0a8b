"""One figure of the record: a number or a few words, with unit, source and confidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge.units import NUMBER_UNIT, conversion_factor
from thecal.quantity import Quantity, show_number

Confidence = Literal["high", "medium", "low"]
Which = Literal["value", "low", "high"]

# Below this a plain decimal is a row of zeros that nobody counts right.
_SMALLEST_PLAIN = Decimal("0.0001")
_ALL_DECIMALS = 28  # more than any figure is written with
_SPELT_OUT = ("day", "week", "year")
_SYMBOLS = {"percent": "%", "tesla": "T"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a data file.

    Parameters
    ----------
    name
        The key in the file, as ``systemic_clearance``.
    label
        What the user reads: ``clearance from plasma``.
    value
        The set point; ``None`` where the record gives only a range, a bound or words.
    low, high
        The range, or a lone bound; ``None`` where none is on record.
    unit
        The unit of all three numbers, ``1`` for a pure number.
    source
        The full text of the source.
    confidence
        ``high``: seen in a label, an abstract, a table or a maker's text. ``medium``: second-hand,
        or recalled and consistent with what was seen. ``low``: recalled only, derived, assumed, or
        one weak source.
    note
        What else a careful reader should know; may be empty.
    words
        The fact itself where it is no number; then there are no numbers.
    """

    name: str
    label: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unit: str
    source: str
    confidence: Confidence
    note: str = ""
    words: str = ""

    def exact(self, which: Which = "value") -> Quantity:
        """Return the figure as an exact amount; only for the units that doses are stated in.

        Parameters
        ----------
        which
            The set point or one end of the range.

        Raises
        ------
        KnowledgeError
            When that number is not on record, or the unit is none of the dosing units.
        """
        number = self._stored(which)
        try:
            return Quantity.of(number, self.unit)
        except InputError as error:
            raise KnowledgeError(
                f'the figure "{self.name}" is in {self.unit}, which is not a unit of doses: {error}'
            ) from error

    def number(self, unit: str, which: Which = "value") -> float:
        """Return the figure as a bare number in the unit asked for.

        Parameters
        ----------
        unit
            The unit wanted, written as in the data files.
        which
            The set point or one end of the range.

        Returns
        -------
        float
            The nearest binary number to the exact result.

        Raises
        ------
        KnowledgeError
            When that number is not on record, or the units measure different things.
        """
        number = self._stored(which)
        try:
            factor = conversion_factor(self.unit, unit)
        except KnowledgeError as error:
            raise KnowledgeError(f'the figure "{self.name}": {error}') from error
        return float(Fraction(number) * factor)

    def stated(self) -> str:
        """Return the figure as people write it, with its range and unit.

        Examples
        --------
        >>> loss = Figure(
        ...     "csf_loss_rate", "loss from the CSF", Decimal("0.25"), Decimal("0.1"),
        ...     Decimal("0.50"), "1/h", "a source", "medium",
        ... )
        >>> loss.stated()
        '0.25 1/h (0.1 to 0.5)'
        """
        if self.words:
            return self.words
        if self.value is None:
            last = self.low if self.high is None else self.high
            return f"{self._stated_bounds()}{self._shown_unit(last)}"
        stated = f"{_plain(self.value)}{self._shown_unit(self.value)}"
        if self.low is None and self.high is None:
            return stated
        return f"{stated} ({self._stated_bounds()})"

    def _stored(self, which: Which) -> Decimal:
        number = {"value": self.value, "low": self.low, "high": self.high}[which]
        if number is None:
            raise KnowledgeError(
                f'the figure "{self.name}" has no {which}; it says: {self.stated()}'
            )
        return number

    def _stated_bounds(self) -> str:
        if self.low is None:
            return "" if self.high is None else f"at most {_plain(self.high)}"
        if self.high is None:
            return f"at least {_plain(self.low)}"
        return f"{_plain(self.low)} to {_plain(self.high)}"

    def _shown_unit(self, beside: Decimal | None) -> str:
        if self.unit == NUMBER_UNIT:
            return ""
        plural = "s" if self.unit in _SPELT_OUT and beside != 1 else ""
        return f" {_SYMBOLS.get(self.unit, self.unit)}{plural}"


def _plain(number: Decimal) -> str:
    if number != 0 and abs(number) < _SMALLEST_PLAIN:
        digits = number.normalize()
        return f"{digits.scaleb(-digits.adjusted()):f}e{digits.adjusted()}"
    return show_number(Fraction(number), decimals=_ALL_DECIMALS)
