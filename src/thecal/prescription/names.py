"""The names a course file may use for places, bodies and days."""

from __future__ import annotations

BODIES = ("adult", "child")

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

# The reach of the spinal canal's CSF: below S2 the dural sac has ended.
LEVELS = (
    *(f"C{number}" for number in range(1, 8)),
    *(f"T{number}" for number in range(1, 13)),
    *(f"L{number}" for number in range(1, 6)),
    "S1",
    "S2",
)
LEVELS_SAID = "C1 to C7, T1 to T12, L1 to L5, S1 and S2, in capitals"


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
