"""What comes out of the tip through time, in as few pieces as its strokes allow."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from thecal.pump.catheter import Content
from thecal.pump.hardware import Outflow


class TipPoint(NamedTuple):
    """How much of each fluid has left the tip up to a second, in pL."""

    at_s: int
    content: Content


class TipCurve:
    """A curve of straight pieces through the true one, never further from it than a stroke.

    Each corner lies on the true curve, so nothing is lost or added: the cone of all slopes that
    pass by every point within the tolerance is narrowed from point to point, and a new piece begins
    when it closes (the swinging-door method of plant historians).

    Parameters
    ----------
    within_pl
        How far, in pL of each fluid, the curve may be from the true one.
    """

    def __init__(self, within_pl: int) -> None:
        self._within_pl = within_pl
        self._corners = [TipPoint(0, {})]
        self._last = self._corners[0]
        self._cone: dict[int, tuple[Fraction, Fraction]] = {}

    def add(self, outflows: Iterable[Outflow], until_s: int) -> None:
        """Add what came out, in order of time, and that nothing else did until a second."""
        for start_s, end_s, content in outflows:
            if start_s > self._last.at_s:
                self._reach(start_s, {})
            # What shoots out within one second gets that second for itself.
            self._reach(max(end_s, self._last.at_s + 1), content)
        if until_s > self._last.at_s:
            self._reach(until_s, {})

    def corners(self) -> tuple[TipPoint, ...]:
        """Return the corners from second 0 to the last one."""
        corners = tuple(self._corners)
        return corners if corners[-1] == self._last else (*corners, self._last)

    def _reach(self, at_s: int, more: Content) -> None:
        content = dict(self._last.content)
        for fluid, volume_pl in more.items():
            content[fluid] = content.get(fluid, 0) + volume_pl
        point = TipPoint(at_s, content)
        if not self._passes(point):
            self._corners.append(self._last)
            self._cone = {}
        self._narrow(point)
        self._last = point

    def _slope(self, point: TipPoint, fluid: int, more_pl: int = 0) -> Fraction:
        """Return how fast a fluid would leave from the last corner to a point."""
        corner = self._corners[-1]
        volume_pl = point.content.get(fluid, 0) - corner.content.get(fluid, 0) + more_pl
        return Fraction(volume_pl, point.at_s - corner.at_s)

    def _passes(self, point: TipPoint) -> bool:
        if self._last == self._corners[-1]:
            return True
        # A fluid without a cone is new at the tip.
        return all(
            fluid in self._cone
            and self._cone[fluid][0] <= self._slope(point, fluid) <= self._cone[fluid][1]
            for fluid in point.content
        )

    def _narrow(self, point: TipPoint) -> None:
        for fluid in point.content:
            low = self._slope(point, fluid, -self._within_pl)
            high = self._slope(point, fluid, self._within_pl)
            if fluid in self._cone:
                was_low, was_high = self._cone[fluid]
                low, high = max(low, was_low), min(high, was_high)
            self._cone[fluid] = low, high
