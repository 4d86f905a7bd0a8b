"""The names a course file may use for places, bodies and days."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

VERTEBRAE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "adult": ("C7", "T12", "L5", "S2"),
        "child": ("C7", "T12", "L5", "S2"),
        "cynomolgus": ("C7", "T12", "L7", "S2"),
        "dog": ("C7", "T13", "L7", "S2"),
        "pig": ("C7", "T14", "L6", "S3"),
    }
)
"""The bodies, and the last vertebra of neck, chest, loins and, where the sac ends, sacrum."""

BODIES = tuple(VERTEBRAE)

PEOPLE = ("adult", "child")
"""The bodies in whose blood a drug can be followed: what is on record of that is human."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS_IN_FULL = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


def levels_of(body: str) -> tuple[str, ...]:
    """Return the vertebral levels of a body down to the end of its sac, from the head.

    Examples
    --------
    >>> levels_of("dog")[18:22]
    ('T12', 'T13', 'L1', 'L2')
    """
    return tuple(
        f"{last[0]}{number}" for last in VERTEBRAE[body] for number in range(1, int(last[1:]) + 1)
    )


def levels_said(body: str) -> str:
    """Return the levels of a body as a sentence says them.

    Examples
    --------
    >>> levels_said("pig")
    'C1 to C7, T1 to T14, L1 to L6 and S1 to S3, in capitals'
    """
    return f"{listed([f'{last[0]}1 to {last}' for last in VERTEBRAE[body]])}, in capitals"


LEVELS = tuple(dict.fromkeys(level for body in BODIES for level in levels_of(body)))
"""The levels of all bodies."""


def listed(names: tuple[str, ...] | list[str]) -> str:
    """Return names as a sentence lists them.

    Examples
    --------
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
