"""Strokes and readings, one after the other, for the tests of detection."""

from __future__ import annotations

from dataclasses import replace

from tests.pump.implant.bench import DETECTION
from thecal.pump.implant.detection import Detection, observe
from thecal.pump.implant.values import NEVER, Reading
from thecal.pump.implant.watch import Situation, Watch

STROKE_NL = 250
QUIET = Situation(0, STROKE_NL, NEVER, 10_000_000, 4_000_000)
FLOW = replace(DETECTION, has_turned=0, has_flow=1)
FILL = replace(DETECTION, has_fill=1)
PRESSURE = replace(DETECTION, has_pressure=1)
ALL = replace(DETECTION, has_flow=1, has_fill=1, has_battery=1, has_pressure=1)


class World:
    """Strokes and readings, one after the other."""

    def __init__(self, setting: Detection, first: Reading | None = None) -> None:
        self.setting = setting
        self.now_s = 0
        self.reading = first or Reading(turned=0, flow_nl=0, fill_nl=10_000_000)
        self.watch = Watch()
        self.situation = QUIET
        self.see()

    def see(self, **changes: int | None) -> tuple[str, ...]:
        self.reading = self.reading._replace(**changes)
        self.watch = observe(self.watch, self.reading, self.now_s, self.situation, self.setting)
        self.situation = self.situation._replace(strokes=0)
        return self.watch.present

    def stroke(self, after_s: int, moved_nl: int, strokes: int = 1) -> tuple[str, ...]:
        """So many strokes are commanded, and the flow sensor counts what moved."""
        self.now_s += after_s
        self.situation = self.situation._replace(strokes=strokes)
        return self.see(flow_nl=(self.reading.flow_nl or 0) + moved_nl)

    def turn(self, after_s: int, turned: int, strokes: int = 1) -> tuple[str, ...]:
        """So many strokes are commanded, and the motor is known to have made others."""
        self.now_s += after_s
        self.situation = self.situation._replace(strokes=strokes)
        return self.see(turned=(self.reading.turned or 0) + turned)


def found_after_s(world: World, cause: str, every_s: int, moved_nl: int, most: int = 500) -> int:
    """Strokes that all move the same, until a condition is found; the seconds it took."""
    start_s = world.now_s
    for _ in range(most):
        if cause in world.stroke(every_s, moved_nl):
            return world.now_s - start_s
    return NEVER
