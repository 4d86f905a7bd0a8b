"""What a pump did: segments of delivery, its log, its reservoir, and the exact integral."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from thecal.errors import InputError
from thecal.pump.reservoir import Fluid, Ledger

LogKind = Literal[
    "program",
    "refill",
    "bridge started",
    "bridge ended",
    "bridge abandoned",
    "patient bolus granted",
    "patient bolus refused",
    "scheduled bolus started",
    "scheduled bolus refused",
    "bolus cancelled",
    "low reservoir",
    "reservoir empty",
    "event",
]
RunningBolus = Literal["", "patient", "scheduled"]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the pump's log: when, what kind, and a sentence that a nurse reads."""

    at_s: int
    kind: LogKind
    detail: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of constant commanded flow: whole strokes of one fluid in [start_s, end_s).

    ``mode`` is the program's mode, or "bridge", "reservoir empty", "not programmed"; ``bolus`` says
    which bolus runs on top of it, if any.
    """

    start_s: int
    end_s: int
    volume_nl: int
    fluid: int
    mode: str
    bolus: RunningBolus = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The result of a run from second 0 to ``until_s``.

    Parameters
    ----------
    segments
        The delivery without gaps, each in whole strokes.
    fluids
        For each fluid the share of each solution; the first fluids are the pure solutions.
    log
        What happened, in order of time.
    reservoir
        (second, volume in nL) at every point between which the flow is constant; two points at
        one second are the volume before and after a refill.
    ledger
        Where every nanolitre went.
    stroke_nl, until_s
        The motor's quantum, and the end of the run.
    parts_per_nl, edges
        The exact integral: (second, parts of a nL commanded so far, parts per second from here).
    """

    segments: tuple[Segment, ...]
    fluids: tuple[Fluid, ...]
    log: tuple[LogEntry, ...]
    reservoir: tuple[tuple[int, int], ...]
    ledger: Ledger
    stroke_nl: int
    until_s: int
    parts_per_nl: int
    edges: tuple[tuple[int, int, int], ...]

    def exact_nl(self, at_s: int) -> Fraction:
        """Return the exact integral of the commanded flow from 0 to ``at_s``, in nL."""
        return Fraction(self._parts(at_s), self.parts_per_nl)

    def delivered_nl(self, at_s: int) -> int:
        """Return the volume in nL pumped from 0 to ``at_s``: the whole strokes of the integral."""
        stroke_parts = self.stroke_nl * self.parts_per_nl
        return self._parts(at_s) // stroke_parts * self.stroke_nl

    def reservoir_nl(self, at_s: int) -> int:
        """Return the computed reservoir volume in nL at ``at_s``, after any refill then."""
        index = bisect_right(self.reservoir, at_s, key=lambda point: point[0]) - 1
        point_s, volume_nl = self.reservoir[index]
        return volume_nl - (self.delivered_nl(at_s) - self.delivered_nl(point_s))

    def _parts(self, at_s: int) -> int:
        if not 0 <= at_s <= self.until_s:
            raise InputError(
                f"second {at_s} is outside this run, which goes from 0 to {self.until_s}"
            )
        index = bisect_right(self.edges, at_s, key=lambda edge: edge[0]) - 1
        start_s, parts, flow = self.edges[index]
        return parts + flow * (at_s - start_s)


class Recorder:
    """Collects what a run does; neighbours that differ in nothing become one segment."""

    def __init__(self, start_nl: int) -> None:
        self.segments: list[Segment] = []
        self.log: list[LogEntry] = []
        self.reservoir: list[tuple[int, int]] = [(0, start_nl)]
        self.edges: list[tuple[int, int, int]] = []
        self._may_extend = False

    def note(self, at_s: int, kind: LogKind, detail: str) -> None:
        """Add one line to the log."""
        self.log.append(LogEntry(at_s, kind, detail))

    def refill(self, at_s: int, reservoir_nl: int, detail: str) -> None:
        """Add a refill; the next segment starts anew."""
        self.note(at_s, "refill", detail)
        self.reservoir.append((at_s, reservoir_nl))
        self._may_extend = False

    def flow(self, new: Segment, parts: int, parts_per_s: int, reservoir_nl: int) -> None:
        """Add a segment that began at ``parts`` of the integral and leaves ``reservoir_nl``."""
        if new.start_s == new.end_s:
            return
        same_flow = bool(self.edges) and self.edges[-1][2] == parts_per_s
        if not same_flow:
            self.edges.append((new.start_s, parts, parts_per_s))
        if self._may_extend and same_flow:
            last = self.segments[-1]
            if (last.fluid, last.mode, last.bolus) == (new.fluid, new.mode, new.bolus):
                volume_nl = last.volume_nl + new.volume_nl
                self.segments[-1] = replace(last, end_s=new.end_s, volume_nl=volume_nl)
                self.reservoir[-1] = (new.end_s, reservoir_nl)
                return
        self.segments.append(new)
        self.reservoir.append((new.end_s, reservoir_nl))
        self._may_extend = True
