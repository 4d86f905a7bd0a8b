"""Claims that patients meet, graded, and warnings about figures that mislead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Grade = Literal["trial", "series", "weak", "mechanism", "practice", "none"]
Effect = Literal["corrected", "refused", "caution"]

MEANINGS: Final[dict[Grade, str]] = {
    "trial": "a randomised trial supports it",
    "series": "studies without random comparison agree",
    "weak": "few, indirect or contradicting figures",
    "mechanism": "it follows from how the body and the pump work",
    "practice": "a matter of practice, not of effect",
    "none": "nothing was found that supports it as it stands",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with the figures that support, limit and contradict it.

    Attributes
    ----------
    says
        One honest sentence.
    command
        What to type to see it; empty where thecal cannot show it yet.
    """

    number: int
    claim: str
    grade: Grade
    says: str
    command: str
    supports: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    contradicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Caution:
    """What must not be taken from a paper as it is printed, and what thecal does about it."""

    id: str
    figures: tuple[str, ...]
    effect: Effect
    text: str
