"""What must never happen, and did."""

from __future__ import annotations


class Violation(AssertionError):  # noqa: N818 - it says what was seen, not that code erred
    """A requirement that did not hold.

    Parameters
    ----------
    requirement
        Its id.
    words
        What was seen.
    """

    def __init__(self, requirement: str, words: str) -> None:
        self.requirement = requirement
        self.words = words
        super().__init__(f"{requirement}: {words}")


def require(holds: bool, requirement: str, words: str) -> None:  # noqa: FBT001
    """Raise a `Violation` unless something holds."""
    if not holds:
        raise Violation(requirement, words)
