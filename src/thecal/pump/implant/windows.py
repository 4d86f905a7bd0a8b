"""What moved in the last 24 h: every second with strokes, and the sums of the last 1, 4 and 24 h.

A window of so many seconds holds as many ticks of the counter. The totals run on for ever, so that
an entry that was lost or torn counts with the next one: later than it was, and never less.
"""

from __future__ import annotations

from struct import Struct
from typing import Final
from zlib import crc32

from thecal.pump.amounts import DAY_S

SPANS: Final = (DAY_S // 24, DAY_S // 6, DAY_S)
"""The windows in seconds: 1 h, 4 h, 24 h."""
_LONGEST: Final = len(SPANS) - 1
SLOTS: Final = DAY_S + 1
"""Entries of the durable ring: one for each second of the longest window, and one more."""
ENTRY: Final = Struct(">QQQI")
"""Number, second, total, CRC-32 of the three."""
_ENTRY_BYTES: Final = ENTRY.size
_PLAIN: Final = Struct(">QQQ")
_TRIM: Final = 4_096
"""Entries outside every window that may pile up before they are dropped."""


class Windows:
    """The strokes of the last 24 h by the second; no more entries than a day has seconds, twice.

    The durable ring is not written in here: after each `add`, `written` says what belongs where.

    Parameters
    ----------
    total
        Strokes made before the first entry.

    Examples
    --------
    >>> windows = Windows()
    >>> windows.add(10, 2)
    >>> windows.add(3_609, 1)
    >>> windows.used(3_609), windows.used(3_610)
    ((3, 3, 3), (1, 3, 3))
    """

    __slots__ = ("_bases", "_origin", "_tails", "index", "times", "total", "totals")

    def __init__(self, total: int = 0) -> None:
        self.total = total
        self.times: list[int] = []
        self.totals: list[int] = []
        self.index = 0
        """How many entries were ever begun."""
        self._origin = total
        self._tails = [0] * len(SPANS)
        self._bases = [total] * len(SPANS)

    @property
    def base(self) -> int:
        """The total before the first entry of the longest window, when it was last looked at."""
        return self._bases[_LONGEST]

    def used(self, now_s: int) -> tuple[int, int, int]:
        """Return the strokes in the windows of 1, 4 and 24 h that end with this second.

        The second never goes back from one call to the next.
        """
        bases = self._bases
        for which in range(len(SPANS)):
            self._leave(which, now_s)
        total = self.total
        return total - bases[0], total - bases[1], total - bases[2]

    def full(self, now_s: int, strokes: int, most: tuple[int, int, int]) -> int | None:
        """Return the first window that ends now and cannot take so many strokes more.

        Parameters
        ----------
        now_s
            This second; it never goes back from one call to the next.
        strokes
            How many are asked for.
        most
            What each window may hold.

        Returns
        -------
        int or None
            The number of the span in `SPANS`; None when all can.
        """
        total, bases = self.total + strokes, self._bases
        self._leave(_LONGEST, now_s)
        # What has left a shorter window since it was looked at last could only make more room.
        if (
            total - bases[0] <= most[0]
            and total - bases[1] <= most[1]
            and total - bases[2] <= most[2]
        ):
            return None
        used = self.used(now_s)
        over = (which for which, room in enumerate(most) if used[which] + strokes > room)
        return next(over, None)

    def _leave(self, which: int, now_s: int) -> None:
        """Let what is too old leave a window."""
        times, tail, last_s = self.times, self._tails[which], now_s - SPANS[which]
        count = len(times)
        if tail < count and times[tail] <= last_s:
            while tail < count and times[tail] <= last_s:
                tail += 1
            self._tails[which] = tail
            self._bases[which] = self.totals[tail - 1]

    def add(self, now_s: int, strokes: int) -> None:
        """Count strokes at this second, which is none before the last."""
        times = self.times
        assert strokes > 0, "an entry without strokes"
        assert not times or now_s >= times[-1], "a stroke in the past"
        self.total += strokes
        if times and times[-1] == now_s:
            self.totals[-1] = self.total
            return
        self.index += 1
        times.append(now_s)
        self.totals.append(self.total)
        if self._tails[_LONGEST] > _TRIM and 2 * self._tails[-1] > len(times):
            self._trim()

    def since(self, which: int) -> int:
        """Return the strokes from entry number ``which`` of `times` on."""
        return self.total - (self.totals[which - 1] if which else self._origin)

    def written(self) -> tuple[int, bytes]:
        """Return where in the ring the last entry belongs, and its bytes."""
        number = self.index - 1
        assert self.times, "nothing was counted yet"
        plain = _PLAIN.pack(number, self.times[-1], self.total)
        return number % SLOTS * _ENTRY_BYTES, plain + crc32(plain).to_bytes(4, "big")

    @classmethod
    def restored(cls, ring: bytes, index: int, total: int, base: int, at_s: int) -> Windows:
        """Return the history after a loss of power.

        Parameters
        ----------
        ring
            The whole ring as stored.
        index, total, base
            As they were when the state was last written, at second ``at_s``.

        Returns
        -------
        Windows
            It never counts less than there was. Entries that are torn or lost count with the next
            one, at the latest at ``at_s``; one that was written after the state counts too.
        """
        found: list[tuple[int, int]] = []
        for number in range(index - 1, max(0, index - SLOTS) - 1, -1):
            entry = _entry(ring, number)
            if entry is not None:
                found.append(entry)
                if entry[0] <= at_s - SPANS[-1]:
                    break
        found.reverse()
        found.append((at_s, total))
        number = index
        if (entry := _entry(ring, number)) is not None:
            found.append(entry)
            number += 1
        windows = cls(base)
        for time_s, so_far in found:
            if so_far > windows.total:
                latest_s = max([time_s, *windows.times[-1:]])
                windows.add(latest_s, so_far - windows.total)
        windows.index = max(number, len(windows.times))
        return windows

    def _trim(self) -> None:
        drop = self._tails[_LONGEST]
        self._origin = self.totals[drop - 1]
        del self.times[:drop], self.totals[:drop]
        # What has left the longest window has left them all.
        self._tails = [max(tail - drop, 0) for tail in self._tails]
        self._bases = [max(base, self._origin) for base in self._bases]


def _entry(ring: bytes, number: int) -> tuple[int, int] | None:
    """Return second and total of an entry of the ring; None when it is not whole, or another."""
    offset = number % SLOTS * ENTRY.size
    if len(ring) < offset + ENTRY.size:
        return None
    held, time_s, total, check = ENTRY.unpack_from(ring, offset)
    if held != number or check != crc32(ring[offset : offset + _PLAIN.size]):
        return None
    return time_s, total
