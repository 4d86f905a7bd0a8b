"""Why the monitor says no: a number for the log and words for whoever asked."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final

ADMITTED: Final = 0


@unique
class Denial(IntEnum):
    """The reasons, numbered for ever: the log keeps the numbers."""

    HOUR_CAP = 1
    FOUR_HOURS_CAP = 2
    DAY_CAP = 3
    NOT_RUNNING = 4
    OTHER_RUNNING = 5
    NOT_IN_PROGRAM = 6
    IMPOSSIBLE = 7
    ABOVE_HIGHEST_FLOW = 8
    NOTHING_DUE = 9
    AHEAD = 10
    CLOCK_BACK = 11
    LIMITS_CORRUPT = 12
    IN_ALARM = 13
    """Said by the runtime, not by the monitor (PC-05)."""


CAP_DENIALS: Final = (Denial.HOUR_CAP, Denial.FOUR_HOURS_CAP, Denial.DAY_CAP)
"""In the order of `windows.SPANS`."""

DENIAL_WORDS: Final[dict[Denial, str]] = {
    Denial.HOUR_CAP: "with the basal flow to come, some 1 h would hold more than the drug's cap",
    Denial.FOUR_HOURS_CAP: "with the basal flow to come, some 4 h would hold more than the cap",
    Denial.DAY_CAP: "with the basal flow to come, some 24 h would hold more than the drug's cap",
    Denial.NOT_RUNNING: "the pump does not run its program",
    Denial.OTHER_RUNNING: "a bolus, bridge or prime is not over",
    Denial.NOT_IN_PROGRAM: "the program has no such bolus",
    Denial.IMPOSSIBLE: "there is no bolus or prime of such a volume, flow or duration",
    Denial.ABOVE_HIGHEST_FLOW: "basal and bolus together would exceed the pump's highest flow",
    Denial.NOTHING_DUE: "nothing is to be delivered now",
    Denial.AHEAD: "more was asked for than is due by now",
    Denial.CLOCK_BACK: "the counter ran back",
    Denial.LIMITS_CORRUPT: "the monitor's copy of the limits is damaged",
    Denial.IN_ALARM: "a high alarm is on, and no bolus is given during one",
}
