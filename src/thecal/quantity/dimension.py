"""What kind of amount a number is: mass, volume, time, and what their products make."""

from __future__ import annotations

from typing import Final, NamedTuple

from thecal.errors import InputError


class DimensionError(InputError):
    """Two amounts of different kinds were added, compared or asked to be one another."""


class Dimension(NamedTuple):
    """The powers of mass, volume and time in an amount.

    Volume stands beside mass as a dimension of its own, not as a cubed length: no dose is ever
    stated in lengths, and the two must not cancel.

    Examples
    --------
    >>> MASS.per(VOLUME) == CONCENTRATION
    True
    >>> FLOW.times(CONCENTRATION).described()
    'a dose rate'
    """

    mass: int
    volume: int
    time: int

    def times(self, other: Dimension) -> Dimension:
        """Return the dimension of a product."""
        return Dimension(self.mass + other.mass, self.volume + other.volume, self.time + other.time)

    def per(self, other: Dimension) -> Dimension:
        """Return the dimension of a quotient."""
        return Dimension(self.mass - other.mass, self.volume - other.volume, self.time - other.time)

    def described(self) -> str:
        """Return the name with its article, as ``a dose rate``, for use in a sentence."""
        return _NAMES.get(self) or f"an amount in {self.base_unit()}"

    def base_unit(self) -> str:
        """Return the unit in which magnitudes of this dimension are kept.

        Examples
        --------
        >>> DOSE_RATE.base_unit(), NUMBER.base_unit(), Dimension(2, 0, -1).base_unit()
        ('mcg/h', '1', 'mcg*mcg/h')
        """
        over: list[str] = []
        under: list[str] = []
        for symbol, power in zip(_BASE_UNITS, self, strict=True):
            (over if power > 0 else under).extend([symbol] * abs(power))
        return "/".join(["*".join(over) or "1", *under])


NUMBER: Final = Dimension(0, 0, 0)
MASS: Final = Dimension(1, 0, 0)
VOLUME: Final = Dimension(0, 1, 0)
TIME: Final = Dimension(0, 0, 1)
CONCENTRATION: Final = Dimension(1, -1, 0)
DOSE_RATE: Final = Dimension(1, 0, -1)
FLOW: Final = Dimension(0, 1, -1)

_BASE_UNITS: Final = ("mcg", "mL", "h")
_NAMES: Final = {
    NUMBER: "a plain number",
    MASS: "a mass",
    VOLUME: "a volume",
    TIME: "a time",
    CONCENTRATION: "a concentration",
    DOSE_RATE: "a dose rate",
    FLOW: "a flow",
}
