"""What the monitor was told: its own reading of the bytes of a program and of limits.

Written from the layout in words at the head of `codec`, and sharing no line with it: the integral
of the basal flow is a closed form over the whole week, where the controller follows its edges.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.implant.windows import SPANS
from thecal.pump.program import STOPPED

LAYOUT: Final = 1
"""The version of both layouts."""


class Caps(NamedTuple):
    """The limits as the monitor keeps them."""

    strokes: tuple[int, int, int]
    """The most whole strokes in any 1 h, 4 h and 24 h."""
    minimum_flow: int
    """Parts a second."""


class Basal:
    """The basal steps of a week, and their integral from second 0 of the week to any second.

    Parameters
    ----------
    starts
        Seconds of the week, ascending from 0.
    flows
        Parts a second, which is nL/day.

    Examples
    --------
    >>> basal = Basal((0, 3_600), (10, 20))
    >>> basal.parts(3_601) - basal.parts(3_599), basal.flow(604_800 + 3_600)
    (30, 20)
    """

    __slots__ = ("_before", "_week", "flows", "starts")

    def __init__(self, starts: tuple[int, ...], flows: tuple[int, ...]) -> None:
        self.starts = starts
        self.flows = flows
        before = [0]
        ends = (*starts[1:], WEEK_S)
        for start_s, end_s, flow in zip(starts, ends, flows, strict=True):
            before.append(before[-1] + flow * (end_s - start_s))
        self._before = before
        self._week = before[-1]

    def __eq__(self, other: object) -> bool:
        """Return whether another has the same steps and sums."""
        return isinstance(other, Basal) and self._kept() == other._kept()

    def __hash__(self) -> int:
        """Return a number by which equal steps are found."""
        return hash((self.starts, self.flows))

    def _kept(self) -> tuple[object, ...]:
        return self.starts, self.flows, self._before, self._week

    def parts(self, second: int) -> int:
        """Return the parts from second 0 of some week to ``second``, which may lie weeks later."""
        starts = self.starts
        if len(starts) == 1:
            return self.flows[0] * second
        weeks, within = divmod(second, WEEK_S)
        step = bisect_right(starts, within) - 1
        flowed = self.flows[step] * (within - starts[step])
        return weeks * self._week + self._before[step] + flowed

    def flow(self, second: int) -> int:
        """Return the flow at a second, in parts a second."""
        if len(self.starts) == 1:
            return self.flows[0]
        return self.flows[bisect_right(self.starts, second % WEEK_S) - 1]

    def at_least(self, flow: int) -> Basal:
        """Return the same steps with no flow below one, in parts a second."""
        return Basal(self.starts, tuple(max(flow, own) for own in self.flows))

    def edges(self, start_s: int, end_s: int) -> list[int]:
        """Return the seconds from ``start_s`` to ``end_s`` at which a step begins."""
        first_week = start_s - start_s % WEEK_S
        return [
            week_s + edge_s
            for week_s in range(first_week, end_s + 1, WEEK_S)
            for edge_s in self.starts
            if start_s <= week_s + edge_s <= end_s
        ]


class Told(NamedTuple):
    """A program as the monitor needs it."""

    basal: Basal
    stopped: bool
    """The program says that nothing is delivered and no bolus given."""
    scheduled: frozenset[tuple[int, int]]
    """Volume and duration of every scheduled bolus."""
    patient: tuple[int, int] | None
    """Volume and duration of the patient bolus."""
    bridge: tuple[int, int] | None
    """Volume and flow of the bridge."""


class _Bytes:
    """Unsigned numbers, most significant byte first, one after the other."""

    def __init__(self, raw: bytes) -> None:
        self._left = memoryview(raw)

    def number(self, size: int) -> int:
        piece = self._piece(size)
        return int.from_bytes(piece, "big")

    def word(self, size: int) -> str:
        return str(self._piece(size), "ascii", "replace")

    def is_there(self) -> bool:
        mark = self.number(1)
        if mark > 1:
            raise InputError(f"the monitor reads a mark of {mark}, which is neither 0 nor 1")
        return mark == 1

    def end(self) -> None:
        if self._left:
            raise InputError(f"the monitor is left with {len(self._left)} bytes too many")

    def _piece(self, size: int) -> memoryview:
        piece, self._left = self._left[:size], self._left[size:]
        if len(piece) < size:
            raise InputError(f"the monitor misses {size - len(piece)} bytes of what it was told")
        return piece


def program_told(raw: bytes, highest_nl_per_day: int, reservoir_nl: int) -> Told:
    """Return a program from its bytes.

    Parameters
    ----------
    raw
        The bytes that `codec` describes.
    highest_nl_per_day
        The pump's highest flow; a program with a step or a bridge above it is refused (PC-82).
    reservoir_nl
        What the reservoir holds; a bridge is no larger.

    Raises
    ------
    InputError
        When the bytes are not a program, or one that this pump may not run.
    """
    left = _Bytes(raw)
    _check_layout(left)
    mode = left.word(left.number(1))
    steps = [(left.number(4), left.number(8)) for _ in range(left.number(2))]
    starts, flows = tuple(start for start, _ in steps), tuple(flow for _, flow in steps)
    if not steps or starts[0] or sorted({*starts, WEEK_S})[:-1] != list(starts):
        raise InputError(f"the monitor reads steps at {starts}, which do not make a week")
    scheduled = set()
    for _ in range(left.number(2)):
        _first_s, volume_nl, duration_s, _every_s = (left.number(size) for size in (8, 8, 4, 4))
        scheduled.add((volume_nl, duration_s))
    patient = None
    if left.is_there():
        volume_nl, duration_s, _lockout_s, _most = (left.number(size) for size in (8, 4, 4, 2))
        patient = (volume_nl, duration_s)
    bridge = (left.number(8), left.number(8)) if left.is_there() else None
    left.end()
    if bridge and (not bridge[1] or bridge[0] > reservoir_nl):
        raise InputError(f"the monitor reads a bridge of {bridge[0]} nL at {bridge[1]} nL/day")
    highest = max(*flows, bridge[1] if bridge else 0, 0)
    if highest > highest_nl_per_day or (mode == STOPPED and highest):
        raise InputError(
            f"the monitor reads a flow of {highest} nL/day, but this pump may give "
            f"{0 if mode == STOPPED else highest_nl_per_day} nL/day at most"
        )
    return Told(Basal(starts, flows), mode == STOPPED, frozenset(scheduled), patient, bridge)


def caps_told(raw: bytes, stroke_nl: int) -> Caps:
    """Return the limits from their bytes; a cap is rounded down to whole strokes.

    Raises
    ------
    InputError
        When the bytes are not limits.
    """
    left = _Bytes(raw)
    _check_layout(left)
    left.number(1)
    caps_nl = [left.number(8) for _ in SPANS]
    minimum_nl_per_day = left.number(8)
    left.number(8)
    left.end()
    hour, four_hours, day = (cap_nl // stroke_nl for cap_nl in caps_nl)
    return Caps((hour, four_hours, day), minimum_nl_per_day)


def _check_layout(left: _Bytes) -> None:
    layout = left.number(1)
    if layout != LAYOUT:
        raise InputError(f"the monitor knows layout {LAYOUT}, but these bytes are of {layout}")


def highest_in_window(basal: Basal, span_s: int) -> int:
    """Return the most parts of the basal steps in any window of a span.

    The window with the most begins or ends with a step: between such windows the sum changes
    evenly.
    """
    starts = [*basal.starts, *((start_s - span_s) % WEEK_S for start_s in basal.starts)]
    return max(basal.parts(start_s + span_s) - basal.parts(start_s) for start_s in starts)


assert SPANS[-1] == DAY_S < WEEK_S, "a window is shorter than the week that repeats"
