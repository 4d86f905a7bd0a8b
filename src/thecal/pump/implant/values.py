"""The words of the implant: phases, events, commands, records, and the state between two steps.

Everything is a whole number: seconds on the pump's own monotonic counter, nanolitres, and *parts*,
of which a nanolitre has as many as a day has seconds, so that a flow of so many nanolitres a day is
the same number of parts a second and the integral of any program is exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S, check_whole
from thecal.pump.implant.plan import NO_EDGE_S, Plan, compile_plan
from thecal.pump.program import Hardware, Program

PARTS_PER_NL: Final = DAY_S
NEVER: Final = -1
"""In a field of a second: it has not happened."""
FAR: Final = NO_EDGE_S
"""A second that no pump reaches: nothing is due."""


@unique
class Phase(IntEnum):
    """What the pump is doing; a bolus may run on top of ``RUNNING``."""

    UNPROGRAMMED = 0
    STOPPED = 1
    RUNNING = 2
    BRIDGING = 3
    PRIMING = 4
    HOLDING = 5
    """A fault was found; the last verified basal goes on, nothing else."""
    MINIMUM = 6
    """A fault was found, or the battery was reset; the pump's minimum rate, nothing else."""
    HALTED = 7
    """A fault was found; nothing moves until a clinician has seen to it."""
    EMPTY = 8
    ENDED = 9
    """End of service."""


@unique
class Account(IntEnum):
    """For what a stroke is given."""

    BASAL = 0
    PATIENT_BOLUS = 1
    SCHEDULED_BOLUS = 2
    CLINICIAN_BOLUS = 3
    BRIDGE = 4
    PRIME = 5


NO_BOLUS: Final = Account.BASAL
"""In the field of the running bolus: none runs."""


@unique
class SafeAction(IntEnum):
    """What the pump does for a drug after a fault that does not threaten over-delivery."""

    HOLD = 0
    MINIMUM = 1
    STOP = 2


@unique
class Fault(IntEnum):
    """What a self-check can find; `OVER_DELIVERY` says which of them threaten over-delivery."""

    STATE_CORRUPT = 0
    PROGRAM_CORRUPT = 1
    LIMITS_CORRUPT = 2
    CLOCKS_DISAGREE = 3
    TASK_SILENT = 4
    PERMIT_REFUSED = 5
    OVER_INFUSION = 6
    UNDER_INFUSION = 7
    FREE_FLOW = 8
    STALL = 9
    STORE_FAILED = 10
    SELF_TEST_FAILED = 11
    RESERVOIR_DISAGREES = 12
    OCCLUSION = 13
    SENSOR_FAILED = 14


OVER_DELIVERY: Final = frozenset(
    {
        Fault.STATE_CORRUPT,
        Fault.PROGRAM_CORRUPT,
        Fault.LIMITS_CORRUPT,
        Fault.CLOCKS_DISAGREE,
        Fault.PERMIT_REFUSED,
        Fault.OVER_INFUSION,
        Fault.FREE_FLOW,
        Fault.SELF_TEST_FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class Limits:
    """The hard limits of the drug in the reservoir; the pump checks them whoever asks.

    Parameters
    ----------
    safe_action
        What happens after a fault that does not threaten over-delivery (PC-11).
    hour_nl, four_hours_nl, day_nl
        The most that may be delivered in any 1 h, 4 h and 24 h (PC-06).
    minimum_nl_per_day
        The pump's minimum rate.
    low_reservoir_nl
        The computed volume of the low-reservoir alarm, above the residual.
    """

    safe_action: SafeAction
    hour_nl: int
    four_hours_nl: int
    day_nl: int
    minimum_nl_per_day: int
    low_reservoir_nl: int

    def __post_init__(self) -> None:
        check_whole("the most in 1 h in nL", self.hour_nl, least=1)
        check_whole("the most in 4 h in nL", self.four_hours_nl, least=1)
        check_whole("the most in 24 h in nL", self.day_nl, least=1)
        check_whole("the minimum rate in nL/day", self.minimum_nl_per_day)
        check_whole("the low-reservoir volume in nL", self.low_reservoir_nl)


@dataclass(frozen=True, slots=True)
class Setting:
    """What does not change between two commits: the pump, its program and the drug's limits."""

    hardware: Hardware
    program: Program
    limits: Limits
    plan: Plan = field(init=False, repr=False, compare=False)
    """What follows from the three, for `step`."""

    def __post_init__(self) -> None:
        limits = self.limits
        amounts = (limits.minimum_nl_per_day, limits.low_reservoir_nl, limits.safe_action)
        plan = compile_plan(self.hardware, self.program, *amounts)
        object.__setattr__(self, "plan", plan)


class State(NamedTuple):
    """All that the controller remembers between two steps; whole numbers only.

    ``owed_basal`` and ``owed_bolus`` are parts commanded but not yet given as strokes; their sum
    is at least 0 and below one stroke after every step. Where there is no stroke for an account,
    one of them may be negative by less than a stroke.
    """

    phase: int = Phase.UNPROGRAMMED
    now_s: int = 0
    owed_basal: int = 0
    owed_bolus: int = 0
    bolus: int = NO_BOLUS
    bolus_id: int = 0
    bolus_nl: int = 0
    bolus_start_s: int = NEVER
    bolus_duration_s: int = 0
    bolus_given: int = 0
    """Parts of the running bolus commanded so far."""
    special_left: int = 0
    """Parts of the bridge or prime still to come."""
    special_nl_per_day: int = 0
    resume_phase: int = Phase.RUNNING
    """Where a prime or a refill of an empty reservoir returns to."""
    last_bolus_id: int = 0
    reservoir_nl: int = 0
    """Computed, residual included."""
    week_offset_s: int = 0
    """Second of the week at second 0 of the counter."""
    stopped_s: int = NEVER
    """Since when the pump has stood still."""
    commits: int = 0
    pending: int = NO_BOLUS
    """The account of a bolus that waits for the monitor's word."""
    pending_nl: int = 0
    pending_duration_s: int = 0
    flags: int = 0
    """Bits of `Flag`."""
    starts: tuple[int, ...] = ()
    """Seconds at which patient boluses started, at least those of the last 24 h (PC-07)."""


@unique
class Flag(IntEnum):
    """Bits of `State.flags`."""

    LOW_TOLD = 1
    EMPTY_TOLD = 2
    OVER_INFUSION_RISK = 4
    """After a stall or stop of over 48 h, until a refill's volumes have been compared (PC-27)."""
    ABANDONED_BRIDGE = 8


# -- events: what can happen to a controller --------------------------------------------------
class Woke(NamedTuple):
    """Time has passed; strokes, edges, boluses may be due."""

    now_s: int


class Committed(NamedTuple):
    """A staged program takes effect, in one transaction."""

    now_s: int
    setting: Setting


class StopOrdered(NamedTuple):
    """A clinician stops the pump; it completes the current stroke."""

    now_s: int


class StartOrdered(NamedTuple):
    """A clinician lets the program run again, after a stop or a safe state."""

    now_s: int


class PrimeOrdered(NamedTuple):
    """Move so much fluid at a high flow, in an account of its own."""

    now_s: int
    volume_nl: int
    nl_per_day: int


class BolusOrdered(NamedTuple):
    """A clinician orders a single bolus."""

    now_s: int
    volume_nl: int
    duration_s: int


class Pressed(NamedTuple):
    """The patient asks for a bolus."""

    now_s: int


class BolusAdmitted(NamedTuple):
    """The monitor admits the bolus that the controller asked for."""

    now_s: int


class BolusDenied(NamedTuple):
    """The monitor denies it; it is not queued."""

    now_s: int
    reason: int


class Refilled(NamedTuple):
    """The reservoir was emptied and filled; the ledger has the volumes."""

    now_s: int
    reservoir_nl: int


class ClockSet(NamedTuple):
    """A confirmed command moves the pump's day; the counter is not touched (PC-50, PC-51)."""

    now_s: int
    week_offset_s: int


class FaultFound(NamedTuple):
    """A self-check or the monitor has found a fault."""

    now_s: int
    fault: int


class PowerReturned(NamedTuple):
    """The state was read back after a loss of power; nothing missed is made up (PC-45)."""

    now_s: int


class ServiceEnded(NamedTuple):
    """End of service is reached; the pump stops for good."""

    now_s: int


Event = (
    Woke
    | Committed
    | StopOrdered
    | StartOrdered
    | PrimeOrdered
    | BolusOrdered
    | Pressed
    | BolusAdmitted
    | BolusDenied
    | Refilled
    | ClockSet
    | FaultFound
    | PowerReturned
    | ServiceEnded
)


# -- commands: what a controller asks of the rest ---------------------------------------------
class Push(NamedTuple):
    """Strokes that are due now; each needs a permit and a durable intent before it moves."""

    strokes: int
    for_bolus: int
    """How many of them belong to the bolus, bridge or prime in ``account``; the rest are basal."""
    account: int


class AskBolus(NamedTuple):
    """Ask the monitor whether a bolus keeps every rolling cap."""

    account: int
    volume_nl: int
    duration_s: int


class Halt(NamedTuple):
    """Stop the actuator at once, in the middle of a stroke if need be."""


@dataclass(frozen=True, slots=True)
class Raise:
    """An alarm condition has begun; unlike a tuple it never equals a `Clear` of the same."""

    condition: str


@dataclass(frozen=True, slots=True)
class Clear:
    """An alarm condition has ended."""

    condition: str


Command = Push | AskBolus | Halt | Raise | Clear


class Record(NamedTuple):
    """One line for the log: a kind and its whole numbers; `implant.words` puts it in a sentence."""

    kind: str
    values: tuple[int, ...] = ()


class Outcome(NamedTuple):
    """What a step leads to; the records are durable before any command is obeyed (PC-70)."""

    state: State
    commands: tuple[Command, ...] = ()
    records: tuple[Record, ...] = ()


# -- what passes between the implant and the world --------------------------------------------
class Permit(NamedTuple):
    """The monitor's leave to move: so many strokes until a second, once (PC-14)."""

    serial: int
    strokes: int
    expires_s: int


class Reading(NamedTuple):
    """What the sensors say; None where the pump has no such sensor, or it is silent."""

    turned: int | None = None
    """Strokes that the motor is known to have made since the counter began."""
    flow_nl: int | None = None
    """Volume through the flow sensor since the counter began."""
    fill_nl: int | None = None
    """Volume in the reservoir by the fill sensor."""
    battery_mv: int | None = None
    pressure_hpa: int | None = None
    """Pressure between pump and catheter above that around."""


class Reply(NamedTuple):
    """Whether an order was taken, and if not, why, in one sentence."""

    accepted: bool
    reason: str = ""
