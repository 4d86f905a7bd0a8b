"""Alarms: which conditions are there, which one is signalled how, and what silence may do.

A pure machine. The priority of a condition is read from its harm and onset (PC-60), both of them
data; nothing in here can be switched off, and nothing hides anything else (PC-62, H41).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum, unique
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import check_whole
from thecal.pump.implant.values import FAR, NEVER, Clear, Raise

LONGEST_SILENCE_S: Final = 120
"""PC-62; no table may allow more."""


@unique
class Cause(StrEnum):
    """The conditions that the pump's own code raises; a table without one of them is refused."""

    REPLACEMENT_DUE = "replacement due"
    END_OF_SERVICE = "end of service"
    LOW_COMPUTED = "low reservoir, computed"
    LOW_MEASURED = "low reservoir, measured"
    EMPTY_COMPUTED = "empty reservoir, computed"
    EMPTY_MEASURED = "empty reservoir, measured"
    STALL = "stall"
    STALL_RECOVERED = "stall recovered"
    STOPPED_BY_USER = "stopped by order"
    STOPPED_LONG = "stopped too long"
    MEMORY = "memory error"
    MEMORY_CRITICAL = "critical memory error"
    UPDATE_UNFINISHED = "update unfinished"
    OVER_INFUSION = "over-infusion"
    UNDER_INFUSION = "under-infusion"
    FREE_FLOW = "free flow"
    OCCLUSION = "occlusion"
    BATTERY_LOW = "battery low"
    BATTERY_RESET = "battery reset"
    SERVICE_ESTIMATES = "estimates of end of service disagree"
    CLOCKS = "clocks disagree"
    WATCHDOG = "watchdog"
    STORAGE = "storage failing"
    RESERVOIR = "reservoir disagreement"
    SENSOR = "sensor failed"
    PERMIT_REFUSED = "demand above limit"
    SELF_TEST = "self-test failed"
    SAFE_STATE = "safe state"
    LOG_TRUNCATED = "log truncated"
    READ_BACK = "read-back differs"
    ALARM_REPEATS = "alarm repeats"


@unique
class Harm(IntEnum):
    """What may come of it when nobody acts."""

    MINOR = 0
    REVERSIBLE = 1
    IRREVERSIBLE = 2
    """Death is one of them."""


@unique
class Onset(IntEnum):
    """How soon the harm sets in."""

    DELAYED = 0
    PROMPT = 1
    IMMEDIATE = 2


@unique
class Priority(IntEnum):
    """``NONE`` is listed only; ``HIGH`` has the critical sound, the others the non-critical one."""

    NONE = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Condition(NamedTuple):
    """One row of the table of conditions."""

    name: str
    code: str
    """What the display says beside the sound (PC-63)."""
    harm: int
    onset: int
    words: str
    latching: bool = False
    """Stays listed after its end until somebody has acknowledged it."""
    every_s: int = 0
    """Its own time between two sounds; 0 for that of its class."""


@dataclass(frozen=True, slots=True)
class AlarmTable:
    """All that is data about alarms.

    Parameters
    ----------
    priorities
        The `Priority` of each `Harm`, and in it of each `Onset`; more harm or an earlier onset
        never has a lower one.
    conditions
        Every condition that may arise.
    critical_every_s, other_every_s
        The time between two sounds of one condition, by class.
    silence_s
        How long one silencing lasts, at most `LONGEST_SILENCE_S`.
    cycles, cycle_s
        After so many times alarm, stop, start of one condition within so long, the pump stays
        stopped (PC-64).
    """

    priorities: tuple[tuple[int, int, int], ...]
    conditions: tuple[Condition, ...]
    critical_every_s: int
    other_every_s: int
    silence_s: int
    cycles: int
    cycle_s: int
    _by_name: dict[str, tuple[Condition, Priority]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("critical_every_s", "other_every_s", "silence_s", "cycles", "cycle_s"):
            check_whole(f"{name} of the alarms", getattr(self, name), least=1)
        if self.silence_s > LONGEST_SILENCE_S:
            raise InputError(
                f"alarms may be silenced for {self.silence_s} s, but for at most "
                f"{LONGEST_SILENCE_S} s, because a high alarm must return"
            )
        rows = self.priorities
        if len(rows) != len(Harm) or any(len(row) != len(Onset) for row in rows):
            raise InputError("the table of priorities must have 3 harms by 3 onsets")
        columns = tuple(zip(*rows, strict=True))
        if any(list(line) != sorted(line) for line in (*rows, *columns)):
            raise InputError("more harm or an earlier onset must never lower the priority")
        if rows[Harm.IRREVERSIBLE][Onset.IMMEDIATE] != Priority.HIGH:
            raise InputError("immediate irreversible harm must have high priority")
        for key in (0, 1):
            seen = [condition[key] for condition in self.conditions]
            if len(set(seen)) != len(seen):
                raise InputError("two conditions of the alarm table share a name or a code")
        rows_by_name = {
            one.name: (one, Priority(rows[one.harm][one.onset])) for one in self.conditions
        }
        object.__setattr__(self, "_by_name", rows_by_name)
        missing = sorted(set(Cause) - {condition.name for condition in self.conditions})
        if missing:
            raise InputError(f"the alarm table lacks what the pump can raise: {missing}")

    def condition(self, name: str) -> Condition:
        """Return the row of a condition; an unknown one is a fault of the software."""
        assert name in self._by_name, f"no alarm condition is called {name}"
        return self._by_name[name][0]

    def priority(self, name: str) -> Priority:
        """Return the priority that follows from a condition's harm and onset (PC-60)."""
        assert name in self._by_name, f"no alarm condition is called {name}"
        return self._by_name[name][1]

    def every_s(self, name: str) -> int:
        """Return the seconds between two sounds of a condition; `FAR` for one that is silent."""
        priority = self.priority(name)
        if priority == Priority.NONE:
            return FAR
        of_class = self.critical_every_s if priority == Priority.HIGH else self.other_every_s
        return self.condition(name).every_s or of_class


class Alarm(NamedTuple):
    """One condition that is there, or was there and has not been acknowledged."""

    name: str
    since_s: int
    due_s: int
    """When it sounds next."""
    active: bool = True
    acknowledged: bool = False


class Alarms(NamedTuple):
    """All that the machine remembers."""

    listed: tuple[Alarm, ...] = ()
    """The highest priority first, then the oldest."""
    silent_until_s: int = 0
    fresh: tuple[str, ...] = ()
    """Conditions that began since the last start."""
    tripped: tuple[str, ...] = ()
    """Those that had begun when the pump stopped."""
    cycles: tuple[tuple[str, int], ...] = ()
    """Conditions that were followed by a stop and a start, with the second of the start."""

    @property
    def next_due_s(self) -> int:
        """The second of the next sound; `FAR` when there is none."""
        if not self.listed:
            return FAR
        due_s = min((alarm.due_s for alarm in self.listed if alarm.active), default=FAR)
        return FAR if due_s >= FAR else max(due_s, self.silent_until_s)

    def is_active(self, name: str) -> bool:
        """Say whether a condition is there now."""
        return any(alarm.name == name and alarm.active for alarm in self.listed)

    def since_s(self, name: str) -> int:
        """Return since when a condition is there; `NEVER` when it is not."""
        active = (one.since_s for one in self.listed if one.name == name and one.active)
        return next(active, NEVER)


class Silence(NamedTuple):
    """Somebody asks for quiet."""


class Acknowledge(NamedTuple):
    """Somebody has seen a condition."""

    condition: str


class Ticked(NamedTuple):
    """Time has passed."""


class PumpStopped(NamedTuple):
    """The program no longer runs: a stop was ordered, or a safe state was entered."""


class PumpStarted(NamedTuple):
    """A start is ordered."""


AlarmEvent = Raise | Clear | Silence | Acknowledge | Ticked | PumpStopped | PumpStarted


class Sound(NamedTuple):
    """One sound: critical is two tones, non-critical one; with the codes of all it stands for."""

    at_s: int
    critical: bool
    codes: tuple[str, ...]


class AlarmOutcome(NamedTuple):
    """What a step leads to."""

    alarms: Alarms
    sound: Sound | None = None
    refuse_start: bool = False
    """PC-64: the start must not happen."""


def step(alarms: Alarms, event: AlarmEvent, now_s: int, table: AlarmTable) -> AlarmOutcome:
    """Return the machine after an event, with the sound that is due now, if any.

    A new condition sounds at once and ends a silence. One that is there already does not start
    anew. Silence defers what is due by at most `AlarmTable.silence_s` and cannot be renewed before
    it is over, so that every silence is followed by the sound. To acknowledge removes only what
    has ended.

    Parameters
    ----------
    alarms
        The machine before.
    event
        What happens.
    now_s
        When, on the pump's counter.
    table
        The conditions and intervals.
    """
    refuse, sound = False, None
    if isinstance(event, Raise):
        alarms = _raise(alarms, event.condition, now_s, table)
    elif isinstance(event, Clear):
        alarms = _clear(alarms, event.condition, table)
    elif isinstance(event, Acknowledge):
        alarms = _acknowledge(alarms, event.condition)
    elif isinstance(event, Silence):
        # What is due sounds first: a silence on the heels of another must not swallow it.
        alarms, sound = _sound(alarms, now_s, table)
        alarms = _silence(alarms, now_s, table)
    elif isinstance(event, PumpStopped):
        alarms = alarms._replace(tripped=alarms.fresh)
    elif isinstance(event, PumpStarted):
        alarms, refuse = _start(alarms, now_s, table)
    if sound is None:
        alarms, sound = _sound(alarms, now_s, table)
    assert alarms.next_due_s > now_s, "an alarm is due and does not sound"
    return AlarmOutcome(alarms, sound, refuse)


def highest(alarms: Alarms, table: AlarmTable) -> Priority:
    """Return the highest priority of the conditions that are there now."""
    active = (table.priority(alarm.name) for alarm in alarms.listed if alarm.active)
    return max(active, default=Priority.NONE)


def _raise(alarms: Alarms, name: str, now_s: int, table: AlarmTable) -> Alarms:
    if alarms.is_active(name):
        return alarms
    due_s = now_s if table.priority(name) > Priority.NONE else FAR
    others = tuple(alarm for alarm in alarms.listed if alarm.name != name)
    listed = sorted(
        (*others, Alarm(name, now_s, due_s)),
        key=lambda alarm: (-table.priority(alarm.name), alarm.since_s, alarm.name),
    )
    fresh = (*(one for one in alarms.fresh if one != name), name)
    return alarms._replace(listed=tuple(listed), silent_until_s=now_s, fresh=fresh)


def _clear(alarms: Alarms, name: str, table: AlarmTable) -> Alarms:
    keep = table.condition(name).latching
    listed = tuple(
        alarm._replace(active=False, due_s=FAR) if alarm.name == name else alarm
        for alarm in alarms.listed
        if alarm.name != name or (keep and not alarm.acknowledged)
    )
    return alarms._replace(listed=listed)


def _acknowledge(alarms: Alarms, name: str) -> Alarms:
    listed = tuple(
        alarm._replace(acknowledged=True) if alarm.name == name else alarm
        for alarm in alarms.listed
        if alarm.name != name or alarm.active
    )
    return alarms._replace(listed=listed)


def _silence(alarms: Alarms, now_s: int, table: AlarmTable) -> Alarms:
    if now_s < alarms.silent_until_s:
        return alarms
    until_s = now_s + table.silence_s
    listed = tuple(
        alarm._replace(due_s=min(until_s, alarm.due_s)) if alarm.due_s < FAR else alarm
        for alarm in alarms.listed
    )
    return alarms._replace(listed=listed, silent_until_s=until_s)


def _start(alarms: Alarms, now_s: int, table: AlarmTable) -> tuple[Alarms, bool]:
    counted = (*alarms.cycles, *((name, now_s) for name in alarms.tripped))
    recent = [one for one in counted if now_s - one[1] < table.cycle_s]
    names = [name for name, _ in recent]
    # No more of each is kept than it takes to refuse, so that no history grows without bound.
    cycles = tuple(one for at, one in enumerate(recent) if names[at:].count(one[0]) <= table.cycles)
    refuse = any(names.count(name) >= table.cycles for name in names)
    if refuse:
        alarms = _raise(alarms, Cause.ALARM_REPEATS, now_s, table)
    else:
        alarms = _clear(alarms, Cause.ALARM_REPEATS, table)
    return alarms._replace(fresh=(), tripped=(), cycles=cycles), refuse


def _sound(alarms: Alarms, now_s: int, table: AlarmTable) -> tuple[Alarms, Sound | None]:
    if alarms.next_due_s > now_s:
        return alarms, None
    due = [alarm for alarm in alarms.listed if alarm.active and alarm.due_s <= now_s]
    listed = tuple(
        alarm._replace(due_s=now_s + table.every_s(alarm.name)) if alarm in due else alarm
        for alarm in alarms.listed
    )
    critical = table.priority(due[0].name) == Priority.HIGH
    codes = tuple(table.condition(alarm.name).code for alarm in due)
    return alarms._replace(listed=listed), Sound(now_s, critical, codes)
