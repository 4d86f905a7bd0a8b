"""The plant as the world sees it: every stroke that was let through, counted as it happens."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

from thecal.pump.hardware import Plant
from thecal.pump.implant.values import Limits, Permit, Reading
from thecal.pump.simulation.violation import ViolationError, require

SPANS_S: Final = (3_600, 4 * 3_600, 86_400)


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
        self._windows: tuple[deque[tuple[int, int]], ...] = tuple(deque() for _ in SPANS_S)
        self._inside = [0] * len(SPANS_S)

    def push(self, permit: Permit, strokes: int, now_s: int) -> None:
        """Pass strokes on, and hold every window against its cap (PC-06)."""
        refused, true_s = self.plant.refused, self._true_s()
        lent = permit._replace(expires_s=permit.expires_s - now_s + true_s)
        self.plant.push(lent, strokes, true_s)
        if self.plant.refused != refused:
            return
        made = min(strokes, permit.strokes)
        self.strokes += made
        if self.keeps_curve:
            self.curve.append((true_s, self.strokes))
        limits = self.limits
        if limits is None:
            require(not made, "PC-82", "strokes before the first program")
            return
        caps = (limits.hour_nl, limits.four_hours_nl, limits.day_nl)
        for place, span_s in enumerate(SPANS_S):
            window = self._windows[place]
            window.append((true_s, made))
            inside = self._inside[place] + made
            while window[0][0] <= true_s - span_s:
                inside -= window.popleft()[1]
            self._inside[place] = inside
            if inside * self.stroke_nl > caps[place]:
                raise ViolationError("PC-06", f"{inside} strokes within {span_s} s at {true_s} s")

    def halt(self, now_s: int) -> None:
        """Stand still at once."""
        assert now_s >= 0
        self.plant.halt(self._true_s())

    def read(self, now_s: int) -> Reading:
        """Return what the sensors say."""
        assert now_s >= 0
        return self.plant.read(self._true_s())
