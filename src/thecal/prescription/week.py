"""A flex pattern laid out over one week: its stretches, overlaps and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.prescription.clock import clock_text, days_text
from thecal.prescription.names import WEEKDAYS_IN_FULL
from thecal.prescription.orders import DAY_S, DAYS_OF_WEEK, WEEK_S

if TYPE_CHECKING:
    from thecal.prescription.orders import Flex, FlexStep


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A piece of the week, in seconds from Monday 00:00, and the index of the step it belongs to.

    No stretch runs past the end of the week; a step that does has two.
    """

    start_s: int
    end_s: int
    step: int


def stretches(flex: Flex) -> tuple[Stretch, ...]:
    """Return every stretch of a flex pattern, in the order of the week.

    Examples
    --------
    >>> from thecal.prescription.orders import Flex, FlexStep
    >>> from thecal.quantity import Quantity
    >>> sunday_night = FlexStep(frozenset({6}), 79_200, 21_600, Quantity.of(1, "mg/day"))
    >>> [(piece.start_s, piece.end_s) for piece in stretches(Flex((sunday_night,)))]
    [(0, 21600), (597600, 604800)]
    """
    pieces: list[Stretch] = []
    for index, step in enumerate(flex.steps):
        for day in step.days:
            start = day * DAY_S + step.start_s
            end = start + step.length_s
            pieces.append(Stretch(start, min(end, WEEK_S), index))
            if end > WEEK_S:
                pieces.append(Stretch(0, end - WEEK_S, index))
    return tuple(sorted(pieces))


def first_overlap(pieces: tuple[Stretch, ...]) -> tuple[Stretch, Stretch] | None:
    """Return the first two stretches that share time, or ``None``."""
    reach: Stretch | None = None
    for piece in pieces:
        if reach is not None and piece.start_s < reach.end_s:
            return reach, piece
        reach = piece
    return None


def gaps(pieces: tuple[Stretch, ...]) -> tuple[tuple[int, int], ...]:
    """Return the times of the week that no stretch covers; the stretches do not overlap."""
    edges = [(0, 0), *((piece.start_s, piece.end_s) for piece in pieces), (WEEK_S, WEEK_S)]
    return tuple((before[1], after[0]) for before, after in pairwise(edges) if before[1] < after[0])


def steps_in_day(pieces: tuple[Stretch, ...], day: int) -> int:
    """Return how many steps run on a day, counting one that began the day before."""
    start, end = day * DAY_S, (day + 1) * DAY_S
    return sum(piece.start_s < end and piece.end_s > start for piece in pieces)


def busiest_day(pieces: tuple[Stretch, ...]) -> tuple[int, int]:
    """Return the day with the most steps, Monday being 0, and their number."""
    day = max(range(DAYS_OF_WEEK), key=lambda one: steps_in_day(pieces, one))
    return day, steps_in_day(pieces, day)


def step_text(step: FlexStep) -> str:
    """Return a step as a sentence names it.

    Examples
    --------
    >>> from thecal.prescription.orders import FlexStep
    >>> from thecal.quantity import Quantity
    >>> step_text(FlexStep(frozenset({0}), 0, 21_600, Quantity.of(1, "mg/day")))
    'Monday 00:00 to 06:00'
    """
    return f"{days_text(step.days)} {clock_text(step.start_s)} to {clock_text(step.end_s)}"


def time_text(start_s: int, end_s: int) -> str:
    """Return a time of the week as a sentence names it.

    Examples
    --------
    >>> time_text(3600, 7200), time_text(79_200, 93_600)
    ('Monday 01:00 to 02:00', 'Monday 22:00 to Tuesday 02:00')
    """
    first, start = divmod(start_s, DAY_S)
    last, end = divmod(end_s, DAY_S)
    if end == 0:
        last, end = last - 1, DAY_S
    until = clock_text(end) if first == last else f"{WEEKDAYS_IN_FULL[last]} {clock_text(end)}"
    return f"{WEEKDAYS_IN_FULL[first]} {clock_text(start)} to {until}"


def gap_text(open_times: tuple[tuple[int, int], ...]) -> str:
    """Return the uncovered times as a sentence names them: one that recurs is said once.

    Examples
    --------
    >>> gap_text(tuple((day * 86_400, day * 86_400 + 3600) for day in range(7)))
    'every day 00:00 to 01:00'
    """
    first_start, first_end = open_times[0]
    length = first_end - first_start
    days = {
        start // DAY_S
        for start, end in open_times
        if start % DAY_S == first_start % DAY_S and end - start == length
    }
    ends_at = first_start % DAY_S + length
    if len(days) == 1 or ends_at > DAY_S:
        return time_text(first_start, first_end)
    return (
        f"{days_text(frozenset(days))} {clock_text(first_start % DAY_S)} to {clock_text(ends_at)}"
    )
