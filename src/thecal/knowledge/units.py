"""The units a data file may use, and exact conversion between them.

A unit is written as factors joined by ``*`` and ``/``, each a name with an optional whole power
after ``^``: ``L/h``, ``mcg/mL``, ``cm^2/s``, ``1/h``, ``mL/kg/min``. A pure number has the unit
``1``. Every ``/`` divides by the one factor that follows it.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import cache

from thecal.errors import KnowledgeError

NUMBER_UNIT = "1"

# Kept here so that loading a file does not cost the import of pint; a test proves that pint knows
# each of them and means the same by it.
UNIT_NAMES = frozenset(
    {
        *("ng", "mcg", "mg", "g", "kg"),
        *("nmol", "mol"),
        *("nL", "mL", "L"),
        *("s", "min", "h", "day", "week", "year"),
        *("mm", "cm", "m"),
        *("atm", "hPa", "mV", "tesla"),
        "percent",
    }
)

_FACTOR = re.compile(r"([A-Za-z]+)(?:\^[1-9])?")
_JOINT = re.compile(r"[*/]")


def is_known_unit(unit: str) -> bool:
    """Return whether a data file may use this unit.

    Parameters
    ----------
    unit
        The unit as written in the file.

    Examples
    --------
    >>> is_known_unit("cm^2/s"), is_known_unit("1/h"), is_known_unit("cc")
    (True, True, False)
    """
    if unit == NUMBER_UNIT:
        return True
    first, *others = _JOINT.split(unit)
    factors = others if first == NUMBER_UNIT else [first, *others]
    matches = [_FACTOR.fullmatch(factor) for factor in factors]
    return all(match is not None and match[1] in UNIT_NAMES for match in matches)


@cache
def conversion_factor(unit: str, wanted: str) -> Fraction:
    """Return how many of the wanted unit make one of the given unit, exactly.

    Parameters
    ----------
    unit, wanted
        Units as a data file writes them.

    Raises
    ------
    KnowledgeError
        When one of them is unknown, or they do not measure the same thing.

    Examples
    --------
    >>> conversion_factor("L/min", "mL/h")
    Fraction(60000, 1)
    """
    for each in (unit, wanted):
        if not is_known_unit(each):
            raise KnowledgeError(_unknown(each))
    if unit == wanted:
        return Fraction(1)
    # pint takes long to import and is needed only where a unit really changes.
    import pint

    from thecal.quantity.edge import registry

    given = registry().Quantity(Fraction(1), "dimensionless" if unit == NUMBER_UNIT else unit)
    try:
        converted = given.to("dimensionless" if wanted == NUMBER_UNIT else wanted)
    except pint.DimensionalityError:
        raise KnowledgeError(
            f"a figure in {unit} cannot be given in {wanted}: they measure different things"
        ) from None
    return Fraction(converted.magnitude)


def _unknown(unit: str) -> str:
    names = ", ".join(sorted(UNIT_NAMES, key=str.lower))
    return (
        f'the unit "{unit}" is unknown; a unit is "1" or names joined by * and /, each with an '
        f"optional power as in cm^2/s, from: {names}"
    )
