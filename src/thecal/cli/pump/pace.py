"""How fast a pump's time runs beside the clock on the wall.

While somebody holds a session the pump runs at the pace of the wall, however fast it runs
otherwise: whoever has 30 s to confirm an order has 30 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_NS: Final = 1_000_000_000


class Counter:
    """The second that the pump has reached, which both of its clocks read.

    Parameters
    ----------
    now_s
        At which it begins.
    """

    def __init__(self, now_s: int) -> None:
        self.now_s = now_s

    def read(self) -> int:
        """Return it."""
        return self.now_s


class Pace:
    """The pump's counter, read from a clock that never runs back.

    Parameters
    ----------
    speed
        Seconds of the pump in one second of the wall.
    start_s
        The counter now.
    clock_ns
        Nanoseconds on the wall, since anything.

    Examples
    --------
    >>> wall = [0]
    >>> pace = Pace(60, 100, lambda: wall[0])
    >>> wall[0] = 2_000_000_000
    >>> pace.now_s()
    220
    >>> pace.mind_session(is_open=True)
    >>> wall[0] = 5_000_000_000
    >>> pace.now_s()
    223
    """

    def __init__(self, speed: int, start_s: int, clock_ns: Callable[[], int]) -> None:
        self._speed = speed
        self._factor = speed
        self._clock_ns = clock_ns
        self._wall_ns = clock_ns()
        self._pump_ns = start_s * _NS

    def now_s(self) -> int:
        """Return the pump's counter."""
        return self._now_ns() // _NS

    def wait_s(self, pump_s: int) -> float:
        """Return how many seconds of the wall there are until a second of the pump; 0 when past."""
        return max(0, pump_s * _NS - self._now_ns()) / (self._factor * _NS)

    def mind_session(self, *, is_open: bool) -> None:
        """Run as fast as the wall while a session is open, else as fast as was asked for."""
        self._now_ns(forget=True)
        self._factor = 1 if is_open else self._speed

    def hold_back(self, pump_s: int) -> None:
        """Let the counter be no further than this: the machine could not keep up."""
        if self.now_s() > pump_s:
            self._wall_ns, self._pump_ns = self._clock_ns(), pump_s * _NS

    def _now_ns(self, *, forget: bool = False) -> int:
        wall_ns = self._clock_ns()
        pump_ns = self._pump_ns + (wall_ns - self._wall_ns) * self._factor
        if forget:
            self._wall_ns, self._pump_ns = wall_ns, pump_ns
        return pump_ns
