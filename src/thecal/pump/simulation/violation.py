"""What must never happen, and did."""

from __future__ import annotations


class ViolationError(AssertionError):
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
    """Raise a `ViolationError` unless something holds."""
    if not holds:
        raise ViolationError(requirement, words)
