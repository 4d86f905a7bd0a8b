"""The units thecal knows, what each is worth, and how unsafe spellings are answered."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from thecal.errors import InputError
from thecal.quantity.dimension import MASS, NUMBER, TIME, VOLUME, Dimension


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit, its worth in base units (mcg, mL, h) and the name that is printed."""

    name: str
    factor: Fraction
    dimension: Dimension


_DAY: Final = Unit("day", Fraction(24), TIME)
_WEEK: Final = Unit("week", Fraction(7 * 24), TIME)

# ISMP lists "d" as read for "day" and for "dose", so it may be typed but is never printed.
SIMPLE_UNITS: Final[dict[str, Unit]] = {
    "ng": Unit("ng", Fraction(1, 1000), MASS),
    "mcg": Unit("mcg", Fraction(1), MASS),
    "mg": Unit("mg", Fraction(1000), MASS),
    "g": Unit("g", Fraction(1_000_000), MASS),
    "nL": Unit("nL", Fraction(1, 1_000_000), VOLUME),
    "mL": Unit("mL", Fraction(1), VOLUME),
    "L": Unit("L", Fraction(1000), VOLUME),
    "s": Unit("s", Fraction(1, 3600), TIME),
    "min": Unit("min", Fraction(1, 60), TIME),
    "h": Unit("h", Fraction(1), TIME),
    "d": _DAY,
    "day": _DAY,
    "days": _DAY,
    "week": _WEEK,
    "weeks": _WEEK,
}
INPUT_UNITS: Final = frozenset({"mcg", "mg", "mL", "min", "h", "d", "day", "days"})
# "days" is how a duration is printed, so it is read back; nobody writes "mg/days".
INPUT_DENOMINATORS: Final = INPUT_UNITS - {"days"}


@lru_cache(maxsize=256)
def unit_named(name: str) -> Unit:
    """Return the unit of a name or of a product and quotient of names, as ``mg/mL``.

    Parameters
    ----------
    name
        Simple names joined by ``*`` before the first ``/`` and by ``/`` after it; ``1`` alone is
        the unit of a plain number, and may stand before a ``/``.

    Raises
    ------
    InputError
        When a name is not known.

    Examples
    --------
    >>> unit_named("mg/d")
    Unit(name='mg/day', factor=Fraction(125, 3), dimension=Dimension(mass=1, volume=0, time=-1))
    """
    if name in SIMPLE_UNITS:
        return SIMPLE_UNITS[name]
    over, *under = name.split("/")
    over_units = [] if over == "1" else [_simple(part, name) for part in over.split("*")]
    under_units = [_simple(part, name) for part in under]
    factor = Fraction(1)
    dimension = NUMBER
    for unit in over_units:
        factor *= unit.factor
        dimension = dimension.times(unit.dimension)
    for unit in under_units:
        factor /= unit.factor
        dimension = dimension.per(unit.dimension)
    first = "*".join(unit.name for unit in over_units) or "1"
    return Unit("/".join([first, *(unit.name for unit in under_units)]), factor, dimension)


def _simple(part: str, name: str) -> Unit:
    try:
        return SIMPLE_UNITS[part]
    except KeyError:
        known = ", ".join(SIMPLE_UNITS)
        sentence = f'"{part}" in "{name}" is not a unit; known are {known} and their quotients'
        raise InputError(sentence) from None
