"""What a figure may be: a number for each quantile of its range.

A figure with a set point and a range is read as triangular: most likely at the set point, never
outside the range. A range that spans more than threefold is read on a logarithmic scale, as people
read it. A range is what its source says of it (an interval, a spread between studies, a guess), so
that the result is a judgement of what is known and no frequency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge.figure import Figure
from thecal.knowledge.units import conversion_factor

_LOGARITHMIC_FROM: Final = 3.0


def is_uncertain(figure: Figure) -> bool:
    """Return whether the figure has a range to draw from."""
    return figure.low is not None and figure.high is not None and figure.low < figure.high


def at_quantile(figure: Figure, quantile: float) -> float:
    """Return what the figure is at a quantile of its range, in its own unit.

    Parameters
    ----------
    quantile
        From 0, the low end, to 1, the high end.

    Returns
    -------
    float
        The set point where the figure has no range.

    Raises
    ------
    InputError
        If the quantile is outside 0 to 1.
    KnowledgeError
        If the figure has neither a set point nor a range.

    Examples
    --------
    >>> from decimal import Decimal
    >>> ratio = Figure("ratio", "oral to intrathecal", Decimal(100), Decimal(75), Decimal(300),
    ...                "1", "a source", "medium")
    >>> [round(at_quantile(ratio, one), 3) for one in (0.0, 0.5, 1.0)]
    [75.0, 125.354, 300.0]
    """
    if not 0.0 <= quantile <= 1.0:
        raise InputError(f'the quantile {quantile:g} of "{figure.name}" is not within 0 to 1')
    if not is_uncertain(figure):
        return set_point(figure)
    if quantile in {0.0, 1.0}:
        return figure.number(figure.unit, "low" if quantile == 0.0 else "high")
    low, high = (figure.number(figure.unit, which) for which in ("low", "high"))
    logarithmic = low > 0.0 and high / low > _LOGARITHMIC_FROM
    if figure.value is not None:
        mode = figure.number(figure.unit)
    else:
        mode = sqrt(low * high) if logarithmic else (low + high) / 2.0
    if logarithmic:
        return exp(_triangular(quantile, log(low), log(mode), log(high)))
    return _triangular(quantile, low, mode, high)


def set_point(figure: Figure) -> float:
    """Return the figure's set point in its own unit; the middle of its range where it has none.

    Raises
    ------
    KnowledgeError
        If the figure has neither.
    """
    if figure.value is None and is_uncertain(figure):
        return at_quantile(figure, 0.5)
    return figure.number(figure.unit)


@dataclass(frozen=True, slots=True)
class Settled:
    """Figures of which each has been given one number.

    Examples
    --------
    >>> from decimal import Decimal
    >>> dose = Figure("dose", "usual dose", Decimal(2), Decimal(1), Decimal(3), "mg/day",
    ...               "a source", "low")
    >>> Settled.of({"dose": dose}, {"dose": 1.0}).number("dose", "mcg/day")
    3000.0
    """

    figures: Mapping[str, Figure]
    numbers: Mapping[str, float]

    @classmethod
    def of(
        cls, figures: Mapping[str, Figure], quantiles: Mapping[str, float] | None = None
    ) -> Settled:
        """Return the figures at quantiles of their ranges.

        Parameters
        ----------
        quantiles
            By name; a figure that is not named keeps its set point.

        Raises
        ------
        InputError
            If a quantile is outside 0 to 1, or names no figure with a range.
        """
        quantiles = quantiles or {}
        for name in quantiles:
            if name not in figures or not is_uncertain(figures[name]):
                raise InputError(f'"{name}" is no figure with a range')
        numbers = {
            name: at_quantile(figure, quantiles[name]) if name in quantiles else set_point(figure)
            for name, figure in figures.items()
            if not figure.words and (figure.value is not None or is_uncertain(figure))
        }
        return cls(figures, numbers)

    def number(self, name: str, unit: str = "1") -> float:
        """Return a figure's number in the unit asked for.

        Raises
        ------
        KnowledgeError
            If there is no such figure, it is no number, or its unit measures another thing.
        """
        if name not in self.numbers:
            raise KnowledgeError(f'there is no figure "{name}" with a number')
        own = self.figures[name].unit
        # Asked for at every visit of every person, mostly in its own unit.
        if own == unit:
            return self.numbers[name]
        return self.numbers[name] * float(conversion_factor(own, unit))


def _triangular(quantile: float, low: float, mode: float, high: float) -> float:
    rise = (mode - low) / (high - low)
    if quantile <= rise:
        return low + sqrt(quantile * (high - low) * (mode - low))
    return high - sqrt((1.0 - quantile) * (high - low) * (high - mode))
