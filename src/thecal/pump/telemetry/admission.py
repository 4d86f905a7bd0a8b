"""Who is heard at all: decided by counting, before any cryptography (PC-87, H44)."""

from __future__ import annotations

from typing import Final

LONGEST_WAIT_S: Final = 60


class Bucket:
    """Lets so many through in one second, and says no to the rest.

    Parameters
    ----------
    most
        How many in any one second of the pump's counter.
    """

    def __init__(self, most: int) -> None:
        assert most > 0, "a bucket that lets nobody through"
        self._most = most
        self._second = -1
        self._left = most

    def take(self, now_s: int) -> bool:
        """Return whether one more may pass in this second."""
        if now_s != self._second:
            self._second = now_s
            self._left = self._most
        if not self._left:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Count one less: whoever proves to hold the key is never slowed down."""
        self._left = min(self._left + 1, self._most)


class Waiting:
    """How long one must wait who failed to prove a key: 1 s, 2 s, 4 s ... up to 60 s.

    Examples
    --------
    >>> waiting = Waiting()
    >>> [waiting.fail(0) for _ in range(8)]
    [1, 2, 4, 8, 16, 32, 60, 60]
    >>> waiting.left_s(59)
    1
    """

    def __init__(self) -> None:
        self.failures = 0
        self._until_s = 0

    def left_s(self, now_s: int) -> int:
        """Return how many seconds are left, 0 when one may try."""
        return max(0, self._until_s - now_s)

    def fail(self, now_s: int) -> int:
        """Count a failure and return the seconds to wait."""
        wait_s = min(1 << min(self.failures, LONGEST_WAIT_S), LONGEST_WAIT_S)
        self.failures += 1
        self._until_s = now_s + wait_s
        return wait_s

    def succeed(self) -> None:
        """Forget the failures."""
        self.failures = 0
        self._until_s = 0
