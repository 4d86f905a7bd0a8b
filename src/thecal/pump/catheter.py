"""The catheter: what the pump pushes in comes out at the tip later, the old fluid first.

Two models. *Plug flow*, the programmer's own assumption: fluids do not mix, and what enters leaves
after exactly the dead volume. *Cells*: the dead volume is cut into N equal well-stirred cells in
series, so an interface arrives smeared: the outlet follows the Erlang (tanks-in-series)
distribution in volume, with mean the dead volume and coefficient of variation 1/sqrt(N)
(Levenspiel, Chemical Reaction Engineering, tanks-in-series model).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import check_whole, rounded_up
from thecal.pump.delivery import Segment

# Inside the cells a nanolitre is divided so finely that rounding cannot be seen at the tip.
_FINE: Final = 1_000
_STEPS_PER_CELL: Final = 10


@dataclass(frozen=True, slots=True)
class TipSegment:
    """A stretch of constant flow and composition at the tip: nL of each fluid in [start, end)."""

    start_s: int
    end_s: int
    volumes_nl: tuple[int, ...]


def carry(
    segments: Sequence[Segment],
    dead_volume_nl: int,
    first_fluid: int,
    mixing_cells: int = 0,
    *,
    fluids: int = 0,
) -> tuple[TipSegment, ...]:
    """Return what leaves the catheter's tip while ``segments`` enter at the pump.

    What enters in a segment pushes out the same volume in the same time, so every total is kept
    exactly, in whole nanolitres. When an interface passes the tip inside a segment, the segment is
    split so that the second of the crossing carries both fluids. With cells the interface is
    advanced by a tenth of a cell at a time. Neighbours of equal flow and composition are merged.

    Parameters
    ----------
    segments
        The pump's delivery, in order of time.
    dead_volume_nl
        Tubing and catheter, from reservoir to tip, in nL.
    first_fluid
        The fluid that fills them at the start.
    mixing_cells
        0 for plug flow, or the number of cells; few cells smear much.
    fluids
        At least so many volumes per tip segment; more when the segments name more fluids.

    Raises
    ------
    InputError
        When a number is negative or not whole, or the cells would be smaller than 1 nL.

    Examples
    --------
    >>> from thecal.pump.delivery import Segment
    >>> for segment in carry((Segment(0, 10, 100, 1, "basal"),), 45, 0):
    ...     print(segment.start_s, segment.end_s, segment.volumes_nl)
    0 4 (40, 0)
    4 5 (5, 5)
    5 10 (0, 50)
    """
    check_whole("the dead volume in nL", dead_volume_nl)
    check_whole("the number of the first fluid", first_fluid)
    check_whole("the number of mixing cells", mixing_cells)
    if mixing_cells > dead_volume_nl:
        raise InputError(
            f"there are {mixing_cells} mixing cells in {dead_volume_nl} nL, but a cell must hold "
            "at least 1 nL"
        )
    width = 1 + max(first_fluid, fluids - 1, *(segment.fluid for segment in segments))
    if mixing_cells:
        outlet = _Cells(mixing_cells, dead_volume_nl, first_fluid).through(segments, width)
    else:
        outlet = _plug_flow(segments, dead_volume_nl, first_fluid, width)
    return tuple(_merged(outlet))


def _merged(segments: Iterable[TipSegment]) -> Iterator[TipSegment]:
    waiting: TipSegment | None = None
    for segment in segments:
        if waiting is None:
            waiting = segment
        elif _alike(waiting, segment):
            volumes = zip(waiting.volumes_nl, segment.volumes_nl, strict=True)
            waiting = TipSegment(
                waiting.start_s, segment.end_s, tuple(one + other for one, other in volumes)
            )
        else:
            yield waiting
            waiting = segment
    if waiting is not None:
        yield waiting


def _alike(one: TipSegment, other: TipSegment) -> bool:
    """Say whether the flow of every fluid is the same, and nothing lies between the two."""
    one_s, other_s = one.end_s - one.start_s, other.end_s - other.start_s
    return one.end_s == other.start_s and all(
        one_nl * other_s == other_nl * one_s
        for one_nl, other_nl in zip(one.volumes_nl, other.volumes_nl, strict=True)
    )


def _pushed_nl(segment: Segment, seconds: int) -> int:
    """Return the whole nanolitres pushed in the first seconds of a segment."""
    return segment.volume_nl * seconds // (segment.end_s - segment.start_s)


# -- plug flow --------------------------------------------------------------------------------


def _plug_flow(
    segments: Iterable[Segment], dead_volume_nl: int, first_fluid: int, width: int
) -> Iterator[TipSegment]:
    line = deque([(first_fluid, dead_volume_nl)])
    for segment in segments:
        if line[-1][0] == segment.fluid:
            line[-1] = (segment.fluid, line[-1][1] + segment.volume_nl)
        else:
            line.append((segment.fluid, segment.volume_nl))
        yield from _split(segment, _leaving(line, segment.volume_nl), width)


def _leaving(line: deque[tuple[int, int]], volume_nl: int) -> list[tuple[int, int]]:
    """Take so much from the tip's end of the line; the last piece stays, even when empty."""
    pieces = []
    while volume_nl:
        fluid, held_nl = line.popleft()
        taken_nl = min(held_nl, volume_nl)
        if taken_nl:
            pieces.append((fluid, taken_nl))
        volume_nl -= taken_nl
        if held_nl > taken_nl or not line:
            line.appendleft((fluid, held_nl - taken_nl))
    return pieces


def _split(segment: Segment, pieces: list[tuple[int, int]], width: int) -> Iterator[TipSegment]:
    """Cut a segment at the seconds in which an interface passes the tip."""
    span_s = segment.end_s - segment.start_s
    cuts_s = {0, span_s}
    crossed_nl = 0
    for _, piece_nl in pieces[:-1]:
        crossed_nl += piece_nl
        second = ((crossed_nl + 1) * span_s - 1) // segment.volume_nl
        cuts_s.add(second)
        if _pushed_nl(segment, second) != crossed_nl:
            cuts_s.add(second + 1)
    queue = deque(pieces)
    done_s = 0
    for cut_s in sorted(cuts_s - {0}):
        volumes = [0] * width
        wanted_nl = _pushed_nl(segment, cut_s) - _pushed_nl(segment, done_s)
        for fluid, part_nl in _leaving(queue, wanted_nl):
            volumes[fluid] += part_nl
        yield TipSegment(segment.start_s + done_s, segment.start_s + cut_s, tuple(volumes))
        done_s = cut_s


# -- cells ------------------------------------------------------------------------------------

Content = dict[int, int]


class _Cells:
    """Well-stirred cells in series; contents in fine parts of a nanolitre, by fluid."""

    def __init__(self, count: int, dead_volume_nl: int, first_fluid: int) -> None:
        bounds_nl = [dead_volume_nl * index // count for index in range(count + 1)]
        self._sizes = [(end - start) * _FINE for start, end in pairwise(bounds_nl)]
        self._cells: list[Content] = [{first_fluid: size} for size in self._sizes]
        self._step_nl = max(1, min(self._sizes) // _FINE // _STEPS_PER_CELL)
        self._owed: Content = {}

    def through(self, segments: Iterable[Segment], width: int) -> Iterator[TipSegment]:
        """Push every segment through the cells and yield what leaves."""
        for segment in segments:
            span_s = segment.end_s - segment.start_s
            stride_s = max(1, self._step_nl * span_s // max(1, segment.volume_nl))
            done_s = 0
            while done_s < span_s:
                steady = self._holds_only(segment.fluid)
                end_s = span_s if steady else min(span_s, done_s + stride_s)
                volume_nl = _pushed_nl(segment, end_s) - _pushed_nl(segment, done_s)
                volumes = [0] * width
                if steady:
                    volumes[segment.fluid] = volume_nl
                else:
                    for fluid, part_nl in self._push(segment.fluid, volume_nl).items():
                        volumes[fluid] = part_nl
                yield TipSegment(segment.start_s + done_s, segment.start_s + end_s, tuple(volumes))
                done_s = end_s

    def _holds_only(self, fluid: int) -> bool:
        return not any(self._owed.values()) and all(
            len(cell) == 1 and fluid in cell for cell in self._cells
        )

    def _push(self, fluid: int, volume_nl: int) -> Content:
        """Push in a volume, in steps, and return the whole nanolitres that leave, by fluid."""
        left_nl = volume_nl
        while left_nl:
            step_nl = min(left_nl, self._step_nl)
            moving = {fluid: step_nl * _FINE}
            for index, size in enumerate(self._sizes):
                moving = stir(self._cells[index], size, moving, step_nl * _FINE)
            for one, part in moving.items():
                self._owed[one] = self._owed.get(one, 0) + part
            left_nl -= step_nl
        return self._settle(volume_nl)

    def _settle(self, volume_nl: int) -> Content:
        """Give out exactly the volume; each fluid's remainder stays owed, below a few nL."""
        given: Content = {}
        for fluid in sorted(self._owed, key=lambda one: (-self._owed[one], one)):
            part_nl = min(volume_nl, max(0, rounded_up(self._owed[fluid], _FINE)))
            given[fluid] = part_nl
            self._owed[fluid] -= part_nl * _FINE
            volume_nl -= part_nl
        return given


def stir(cell: Content, size: int, entering: Content, volume: int) -> Content:
    """Let a volume enter and leave a cell, and return what leaves.

    What leaves has the composition of the cell after half of the volume has entered (the midpoint,
    Crank-Nicolson), so the error is of second order in the step. The small shares are rounded up
    and the largest takes the rest, so a trace leaves for good instead of lingering for ever.
    """
    both = cell.keys() | entering.keys()
    doubled = {one: 2 * cell.get(one, 0) + entering.get(one, 0) for one in both}
    main = max(doubled, key=lambda one: (doubled[one], -one))
    leaving: Content = {}
    left = volume
    for one in sorted(both - {main}):
        present = cell.get(one, 0) + entering.get(one, 0)
        part = min(left, present, rounded_up(doubled[one] * volume, 2 * size + volume))
        leaving[one] = part
        left -= part
    leaving[main] = left
    for one in both:
        kept = cell.get(one, 0) + entering.get(one, 0) - leaving[one]
        if kept:
            cell[one] = kept
        else:
            cell.pop(one, None)
    return {one: part for one, part in leaving.items() if part}
