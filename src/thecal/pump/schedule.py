"""Where the pump stands in its week of basal steps."""

from __future__ import annotations

from bisect import bisect_right

from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.program import WeekStep


class Schedule:
    """The steps of a program, entered by time of the week and then followed from edge to edge.

    Parameters
    ----------
    steps
        The program's steps.
    parts_per_nl
        Into how many parts a nanolitre is divided, a multiple of a day's seconds, so that every
        flow is a whole number of parts per second.
    week_offset_s
        The second of the week at second 0 of the course.
    now_s
        The second of the course at which the steps begin to apply.
    """

    def __init__(
        self, steps: tuple[WeekStep, ...], parts_per_nl: int, week_offset_s: int, now_s: int
    ) -> None:
        self._starts = [step.start_s for step in steps]
        self._ends = [*self._starts[1:], WEEK_S]
        self._flows = [step.nl_per_day * (parts_per_nl // DAY_S) for step in steps]
        second = (now_s + week_offset_s) % WEEK_S
        self._week_s = now_s - second
        self._index = bisect_right(self._starts, second) - 1

    @property
    def flow(self) -> int:
        """The basal flow now, in parts per second."""
        return self._flows[self._index]

    @property
    def until_s(self) -> int:
        """The second of the course at which the step ends."""
        return self._week_s + self._ends[self._index]

    def advance(self) -> None:
        """Go to the next step, after Sunday's last to Monday's first."""
        self._index += 1
        if self._index == len(self._flows):
            self._index = 0
            self._week_s += WEEK_S

    def peak(self, end_s: int) -> int:
        """Return the highest basal flow from now until ``end_s``, in parts per second."""
        highest = self.flow
        step_end_s, index, week_s = self.until_s, self._index, self._week_s
        for _ in self._flows:
            if step_end_s >= end_s:
                break
            index += 1
            if index == len(self._flows):
                index, week_s = 0, week_s + WEEK_S
            highest = max(highest, self._flows[index])
            step_end_s = week_s + self._ends[index]
        return highest
