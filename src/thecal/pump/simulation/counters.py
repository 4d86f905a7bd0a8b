"""A counter that may go wrong: it jumps, stands still, or runs too fast or too slow."""

from __future__ import annotations

from thecal.pump.implant.values import FAR

PER_MILLION = 1_000_000


class Counter:
    """Whole seconds as a pump counts them; it never goes back.

    Examples
    --------
    >>> counter = Counter()
    >>> counter.run(0, 500_000)  # at half speed from second 0 on
    >>> counter.read(100), counter.when(60)
    (50, 120)
    """

    def __init__(self) -> None:
        self._base_s = 0
        self._shown_s = 0
        self._ppm = PER_MILLION

    def read(self, true_s: int) -> int:
        """Return what the counter shows at a true second."""
        return self._shown_s + (true_s - self._base_s) * self._ppm // PER_MILLION

    def when(self, shown_s: int) -> int:
        """Return the first true second at which the counter shows so much; `FAR` for never."""
        if shown_s >= FAR:
            return FAR
        if shown_s <= self._shown_s:
            return self._base_s
        if not self._ppm:
            return FAR
        return self._base_s + -(-(shown_s - self._shown_s) * PER_MILLION // self._ppm)

    def run(self, true_s: int, ppm: int) -> None:
        """Run at another speed from a true second on; 0 stands still."""
        self._shown_s, self._base_s, self._ppm = self.read(true_s), true_s, ppm

    def jump(self, true_s: int, seconds: int) -> None:
        """Jump ahead at a true second; a jump back is a counter that stands still that long."""
        self._shown_s, self._base_s = self.read(true_s) + max(0, seconds), true_s
