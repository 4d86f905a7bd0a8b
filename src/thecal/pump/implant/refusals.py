"""Why an order is refused: a number for the log and words for whoever asked."""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final


@unique
class Refusal(IntEnum):
    """The reasons, numbered for ever: the log keeps the numbers."""

    UNPROGRAMMED = 1
    STOPPED = 2
    BRIDGING = 3
    PRIMING = 4
    SAFE_STATE = 5
    EMPTY = 6
    ENDED = 7
    PROGRAM_STOPPED = 8
    NO_PATIENT_BOLUS = 9
    BOLUS_RUNNING = 10
    BOLUS_WAITING = 11
    ABOVE_HIGHEST_FLOW = 12
    LOCKED_OUT = 13
    DAY_COUNT = 14
    ABOVE_CAPACITY = 15
    NOT_STANDING = 16
    BRIDGE_UNFINISHED = 17


REFUSAL_WORDS: Final[dict[Refusal, str]] = {
    Refusal.UNPROGRAMMED: "the pump has not been programmed",
    Refusal.STOPPED: "the pump is stopped",
    Refusal.BRIDGING: "a bridge bolus is running",
    Refusal.PRIMING: "a priming bolus is running",
    Refusal.SAFE_STATE: "a fault was found, and the pump is in its safe state",
    Refusal.EMPTY: "the reservoir is empty",
    Refusal.ENDED: "the pump has reached its end of service",
    Refusal.PROGRAM_STOPPED: "the program in force is a stopped pump",
    Refusal.NO_PATIENT_BOLUS: "no patient bolus is prescribed",
    Refusal.BOLUS_RUNNING: "another bolus is running",
    Refusal.BOLUS_WAITING: "another bolus waits for the monitor's word",
    Refusal.ABOVE_HIGHEST_FLOW: "basal and bolus together would exceed the pump's highest flow",
    Refusal.LOCKED_OUT: "the lockout since the last patient bolus is not over",
    Refusal.DAY_COUNT: "as many patient boluses as may start in 24 h have started",
    Refusal.ABOVE_CAPACITY: "the volume is above what the reservoir may hold",
    Refusal.NOT_STANDING: "the program is running already",
    Refusal.BRIDGE_UNFINISHED: "a bridge bolus has not been finished",
}
