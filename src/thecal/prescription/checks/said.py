"""How the checks say things: places, amounts side by side, limits with their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.prescription.orders import Flex, SimpleContinuous
from thecal.quantity import Quantity
from thecal.quantity.printing import readable_unit

if TYPE_CHECKING:
    from thecal.knowledge import Figure
    from thecal.prescription.orders import Prescription


def place(index: int) -> str:
    """Return the field name of a prescription.

    Examples
    --------
    >>> place(0)
    'prescription[0]'
    """
    return f"prescription[{index}]"


def dose_place(prescription: Prescription, index: int) -> str:
    """Return the field in which the basal dose of a prescription is stated."""
    if isinstance(prescription.pattern, SimpleContinuous):
        return f"{place(index)}.dose"
    if isinstance(prescription.pattern, Flex):
        return f"{place(index)}.step"
    return f"{place(index)}.mode"


def alike(*amounts: Quantity) -> list[str]:
    """Return amounts of one dimension in one unit, so that the eye can compare them.

    Examples
    --------
    >>> from thecal.quantity import Quantity
    >>> alike(Quantity.of("0.2", "mg"), Quantity.of(2, "mg"))
    ['0.2 mg', '2 mg']
    """
    largest = max(amounts)
    unit = readable_unit(largest.magnitude, largest.dimension).name
    return [amount.show(unit) for amount in amounts]


def basis(figure: Figure) -> str:
    """Return where a figure comes from and how far it is trusted, in brackets."""
    return f"(source: {figure.source}; confidence {figure.confidence})"


def times(count: int) -> str:
    """Return a number of boluses as a sentence says it.

    Examples
    --------
    >>> times(1), times(6)
    ('1 bolus', '6 boluses')
    """
    return "1 bolus" if count == 1 else f"{count} boluses"


def moment(seconds: int) -> str:
    """Return a time of the course, from its start, as a sentence names it.

    Examples
    --------
    >>> moment(0), moment(5400), moment(604_800)
    ('0 h', '90 min', '7 days')
    """
    return Quantity.of(seconds, "s").show() if seconds else "0 h"
