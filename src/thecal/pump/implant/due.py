"""What is due by now and not yet given; room that was not used in time is gone."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from thecal.pump.implant.coming import Coming

LATE_S: Final = 2
"""Seconds by which a stroke may come too late."""


class Due:
    """The integral of what is committed, less what was permitted.

    The controller gives every whole stroke as soon as it is due. So what was due longer ago than
    `LATE_S` and was not asked for is less than one stroke; all beyond that is struck off, or a
    controller that was silent for an hour could give an hour's drug at once.

    Parameters
    ----------
    coming
        What is committed.
    stroke_parts
        Parts of a stroke.
    credit
        Parts that were due when what is coming began, and not given.

    Examples
    --------
    >>> from thecal.pump.implant.told import Basal
    >>> due = Due(Coming(0, 0, Basal((0,), (10,))), stroke_parts=100)
    >>> due.room(9), due.room(10), due.room(3_600)
    (90, 100, 119)
    """

    __slots__ = ("_forfeit", "_forfeit_s", "_stroke_parts", "coming", "credit")

    def __init__(self, coming: Coming, stroke_parts: int, credit: int = 0) -> None:
        self.coming = coming
        self.credit = credit
        self._stroke_parts = stroke_parts
        self._forfeit_s = 0
        self._forfeit = 0

    def room(self, now_s: int) -> int:
        """Return the parts that are due by now and not given."""
        coming = self.coming
        due = coming.due(now_s)
        room: int = self.credit + due
        if now_s - LATE_S > coming.now_s:
            most = self._stroke_parts - 1 + due - coming.due(now_s - LATE_S)
            if room > most:
                self._forfeit_s, self._forfeit = now_s, room - most
                self.credit -= self._forfeit
                return most
        return room

    def settle(self, now_s: int) -> Coming:
        """Begin anew at this second and return what is coming; time that runs back adds nothing."""
        now_s = max(now_s, self.coming.now_s)
        self.credit = self.room(now_s)
        self.coming = self.coming.advanced(now_s)
        return self.coming

    def lose(self, since_s: int, now_s: int) -> Coming:
        """Take out a time in which nothing was done, and return what is coming after it."""
        if self._forfeit_s == now_s:
            # Strokes that were due before that time were asked for already, and seemed late.
            self.credit += self._forfeit
            self._forfeit = 0
        coming = self.settle(since_s)
        self.coming = replace(coming, now_s=max(now_s, coming.now_s))
        return self.coming
