"""The plant as the world sees it: every stroke that was let through, counted as it happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from thecal.pump.hardware import Plant
from thecal.pump.implant.values import Limits, Permit, Reading
from thecal.pump.simulation.violation import ViolationError, require

SPANS_S: Final = (3_600, 4 * 3_600, 86_400)
_TRIM: Final = 100_000
"""Entries outside every window that may pile up before they are dropped."""


class Watched:
    """A plant whose gate is watched; it keeps to the plant's protocol.

    Parameters
    ----------
    plant
        The plant.
    stroke_nl
        The volume of a stroke as the pump counts it.
    true_s
        The true second, which need not be the one that the pump's counter shows.
    """

    def __init__(self, plant: Plant, stroke_nl: int, true_s: Callable[[], int]) -> None:
        self.plant = plant
        self._true_s = true_s
        self.stroke_nl = stroke_nl
        self.limits: Limits | None = None
        self.strokes = 0
        """Let through ever."""
        self.curve: list[tuple[int, int]] = [(0, 0)]
        """Second and strokes so far, where they changed; the last day of it when not kept."""
        self.keeps_curve = False
        self._times: list[int] = []
        self._totals: list[int] = []
        """Each second with strokes, and the strokes before it."""
        self._tails = [0] * len(SPANS_S)
        self._outside = [0] * len(SPANS_S)
        """For each window, strokes that are known to lie before it."""

    def push(self, permit: Permit, strokes: int, now_s: int) -> None:
        """Pass strokes on, and hold every window against its cap (PC-06)."""
        plant, true_s = self.plant, self._true_s()
        refused = plant.refused
        if now_s != true_s:
            permit = permit._replace(expires_s=permit.expires_s - now_s + true_s)
        plant.push(permit, strokes, true_s)
        if plant.refused != refused:
            return
        made = min(strokes, permit.strokes)
        self._times.append(true_s)
        self._totals.append(self.strokes)
        self.strokes += made
        if self.keeps_curve:
            self.curve.append((true_s, self.strokes))
        limits, stroke_nl = self.limits, self.stroke_nl
        if limits is None:
            require(not made, "PC-82", "strokes before the first program")
            return
        total_nl, (hour, four_hours, day) = self.strokes * stroke_nl, self._outside
        if (
            total_nl - hour * stroke_nl > limits.hour_nl
            or total_nl - four_hours * stroke_nl > limits.four_hours_nl
            or total_nl - day * stroke_nl > limits.day_nl
        ):
            self._count_exactly(limits, true_s)

    def _count_exactly(self, limits: Limits, true_s: int) -> None:
        """Leave out of each window what has left it since the last time; then none may be full."""
        caps = (limits.hour_nl, limits.four_hours_nl, limits.day_nl)
        times, totals, count = self._times, self._totals, len(self._times)
        for place, span_s in enumerate(SPANS_S):
            tail = self._tails[place]
            while tail < count and times[tail] <= true_s - span_s:
                tail += 1
            self._tails[place] = tail
            self._outside[place] = totals[tail] if tail < count else self.strokes
            inside = self.strokes - self._outside[place]
            if inside * self.stroke_nl > caps[place]:
                raise ViolationError("PC-06", f"{inside} strokes within {span_s} s at {true_s} s")
        drop = min(self._tails)
        if drop > _TRIM:
            del times[:drop], totals[:drop]
            self._tails = [tail - drop for tail in self._tails]

    def halt(self, now_s: int) -> None:
        """Stand still at once."""
        assert now_s >= 0
        self.plant.halt(self._true_s())

    def read(self, now_s: int) -> Reading:
        """Return what the sensors say."""
        assert now_s >= 0
        return self.plant.read(self._true_s())
