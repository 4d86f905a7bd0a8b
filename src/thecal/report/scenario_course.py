"""The course of a run in sums: what was given, what was meant, and which part of it is shown."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from thecal.pump.simulation.scenarios_stage import Order, Sample, Scene

_DAY_S: Final = 86_400
_WIDTHS_S: Final = (300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200)
_MOST_BINS: Final = 72
_LEAD: Final = Fraction(1, 20)
"""How much of the shown time lies before the first event."""


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a run that is drawn, in seconds, and how its flows are averaged."""

    from_s: int
    began_s: int
    end_s: int
    bin_s: int

    @classmethod
    def of(cls, scene: Scene, began_s: int) -> Window:
        """Return the window of a scene in which something first happens at a second."""
        end_s = scene.samples[-1].at_s
        span_s = max(1, end_s - began_s)
        fits = (one for one in _WIDTHS_S if span_s <= one * _MOST_BINS)
        lead_s = int(span_s * _LEAD)
        return cls(max(0, began_s - lead_s), began_s, end_s, next(fits, _WIDTHS_S[-1]))


def meant_mcg(orders: Sequence[Order], from_s: int, to_s: int) -> Fraction:
    """Return what was meant between two seconds, in mcg."""
    total = Fraction(0)
    for place, order in enumerate(orders):
        until_s = orders[place + 1].from_s if place + 1 < len(orders) else to_s
        start_s, end_s = max(from_s, order.from_s), min(to_s, until_s)
        if end_s > start_s:
            total += order.mcg_per_day * (end_s - start_s) / _DAY_S
    return total


def given_mcg(samples: Sequence[Sample], at_s: int) -> Fraction:
    """Return what had left the tip up to a second, in mcg; between two samples in proportion."""
    return between(samples, at_s, "tip_mcg")


def between(samples: Sequence[Sample], at_s: int, name: str) -> Fraction:
    """Return a count of a run at a second; between two samples in proportion."""
    place = bisect_right(samples, at_s, key=lambda one: one.at_s)
    before = samples[max(0, place - 1)]
    if place == len(samples) or place == 0:
        return Fraction(getattr(before, name))
    later = samples[place]
    share = Fraction(at_s - before.at_s, later.at_s - before.at_s)
    first, last = getattr(before, name), getattr(later, name)
    return Fraction(first + (last - first) * share)
