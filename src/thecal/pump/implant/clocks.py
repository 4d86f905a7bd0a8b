"""The monitor's own clock beside the controller's: both run at the same rate, or it is a fault."""

from __future__ import annotations

from collections import deque
from typing import Final

from thecal.pump.amounts import DAY_S

APART_S: Final = 1
"""Seconds that the clocks may be apart over any span up to a day, and beside that ..."""
SHARE: Final = 1_000
"""... one part in so many of the span (PC-53)."""
_EVERY_S: Final = DAY_S // 24


class Clocks:
    """Compares what two clocks made of each span of the last 24 h, to the hour.

    Examples
    --------
    >>> clocks = Clocks()
    >>> clocks.agree(0, 500), clocks.agree(3_600, 4_102), clocks.agree(7_200, 7_800)
    (True, True, False)
    """

    def __init__(self) -> None:
        self._held: deque[tuple[int, int]] = deque()
        self._most = self._least = 0
        """The nearest bounds that any reading held sets to the two sums of `agree`."""

    def agree(self, now_s: int, own_s: int) -> bool:
        """Take a reading of both and say whether they agree (PC-53).

        Parameters
        ----------
        now_s
            The controller's counter.
        own_s
            The monitor's own, which may have begun at another second.

        Notes
        -----
        With d = now_s - own_s, and d' and own' of a reading held, they agree when
        SHARE * |d - d'| <= own_s - own' + SHARE * APART_S. What belongs to the reading stands on
        one side, so one bound each way, the nearest, speaks for all that are held.
        """
        held = self._held
        if len(held) > 1 and held[1][1] <= own_s - DAY_S:
            while len(held) > 1 and held[1][1] <= own_s - DAY_S:
                held.popleft()
            self._set_bounds()
        apart = SHARE * (now_s - own_s)
        if held and (
            own_s < held[-1][1] or apart - own_s > self._most or apart + own_s < self._least
        ):
            return False
        if not held or own_s - held[-1][1] >= _EVERY_S:
            held.append((now_s, own_s))
            self._set_bounds()
        return True

    def _set_bounds(self) -> None:
        room = SHARE * APART_S
        shares = [(SHARE * (then_s - own_s), own_s) for then_s, own_s in self._held]
        self._most = min(apart - own_s for apart, own_s in shares) + room
        self._least = max(apart + own_s for apart, own_s in shares) - room
