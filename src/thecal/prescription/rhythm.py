"""The patient's day in pieces: posture, activity and formation of CSF. Exploratory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from thecal.errors import InputError
from thecal.prescription.clock import typed

POSTURES = ("lying", "upright")
ACTIVITIES = ("resting", "moving")
FORMATIONS = ("usual", "evening", "night")
"""The words; the first of each is what holds when nothing is said."""


@dataclass(frozen=True, slots=True)
class DayPiece:
    """What holds from one time of the day until the next piece, every day.

    Parameters
    ----------
    from_s
        Second of the day.
    posture
        One of :data:`POSTURES`.
    activity
        One of :data:`ACTIVITIES`, or by how much the dispersion is multiplied.
    csf_formation
        One of :data:`FORMATIONS`, or by how much the formation of CSF is multiplied.
    """

    from_s: int
    posture: str = POSTURES[0]
    activity: str | Decimal = ACTIVITIES[0]
    csf_formation: str | Decimal = FORMATIONS[0]


def word_or_factor(words: tuple[str, ...]) -> Callable[[object], str | Decimal]:
    """Return what reads one of some words, or a number above zero.

    Examples
    --------
    >>> read = word_or_factor(ACTIVITIES)
    >>> read("moving"), read(1.5)
    ('moving', Decimal('1.5'))
    """

    def read(value: object) -> str | Decimal:
        if isinstance(value, str) and value in words:
            return value
        # In Python a bool is an int, but "activity = true" is a slip.
        if isinstance(value, int | float) and not isinstance(value, bool):
            number = Decimal(str(value))
            if number.is_finite() and number > 0:
                return number
        known = ", ".join(f'"{word}"' for word in words)
        msg = (
            f"{typed(value)} is not known here; write {known}, or without quotes by how much it is "
            "multiplied, as 1.2"
        )
        raise InputError(msg)

    return read
