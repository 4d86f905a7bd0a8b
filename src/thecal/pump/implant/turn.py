"""One step in the making: a state that changes by small named acts, each with its record."""

from __future__ import annotations

from typing import Final, get_args

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.plan import Plan, due_after
from thecal.pump.implant.refusals import Refusal
from thecal.pump.implant.values import (
    NEVER,
    NO_BOLUS,
    Account,
    Clear,
    Command,
    Event,
    Flag,
    Outcome,
    Phase,
    Raise,
    Record,
    State,
)

LONG_STOP_S: Final = 2 * DAY_S
"""Standing still for longer is a risk of later over-infusion (PC-27)."""
REMINDER_S: Final = 300
"""A pump that a clinician has stopped reminds so often (PC-86)."""
STANDING: Final = frozenset({Phase.STOPPED, Phase.HALTED, Phase.EMPTY})
"""A programmed pump that does not move."""
EVENTS: Final[tuple[type[Event], ...]] = get_args(Event)
"""Every event; the log calls each by its place in here, for ever."""


class Turn:
    """What a step has come to so far.

    Parameters
    ----------
    outcome
        Where it begins.
    plan
        What the setting in force means.
    """

    __slots__ = ("_commands", "_records", "plan", "state")

    def __init__(self, outcome: Outcome, plan: Plan) -> None:
        self.state = outcome.state
        self.plan = plan
        self._commands = list(outcome.commands)
        self._records = list(outcome.records)

    def outcome(self) -> Outcome:
        """Return what the step has come to, checked."""
        check_state(self.state, self.plan)
        return Outcome(self.state, tuple(self._commands), tuple(self._records))

    def note(self, kind: str, *values: int) -> None:
        """Add a line for the log."""
        self._records.append(Record(kind, values))

    def command(self, command: Command) -> None:
        """Ask something of the rest of the pump."""
        self._commands.append(command)

    def refuse(self, event: Event, refusal: Refusal) -> None:
        """Record that an order is not taken; nothing else changes."""
        self.note("refused", EVENTS.index(type(event)), refusal)

    def ignore(self, event: Event) -> None:
        """Record an event that has no meaning now."""
        self.note("ignored", EVENTS.index(type(event)))

    def enter(self, phase: int) -> None:
        """Change the phase, and with it the account of how long the pump has stood still."""
        state = self.state
        was, since_s = state.phase, state.stopped_s
        standing = phase in STANDING
        if since_s >= 0:
            stood_s = state.now_s - since_s
            if not standing and stood_s >= LONG_STOP_S:
                self.command(Clear(Cause.STOPPED_LONG))
            if was == Phase.STOPPED != phase and stood_s >= REMINDER_S:
                self.command(Clear(Cause.STOPPED_BY_USER))
        since_s = (since_s if since_s >= 0 else state.now_s) if standing else NEVER
        self.state = state._replace(phase=int(phase), stopped_s=since_s)
        if was != phase:
            self.note("phase", was, int(phase))

    def end_bolus(self, kind: str) -> None:
        """End the running bolus, if any; what it owes in parts of a stroke becomes basal."""
        state = self.state
        if not state.bolus:
            return
        assert state.bolus_given <= state.bolus_nl * DAY_S, "a bolus gave more than was asked"
        self.note(kind, state.bolus, state.bolus_id, state.bolus_nl, state.bolus_given // DAY_S)
        self.state = state._replace(
            owed_basal=state.owed_basal + state.owed_bolus,
            owed_bolus=0,
            bolus=int(NO_BOLUS),
            bolus_id=0,
            bolus_nl=0,
            bolus_start_s=NEVER,
            bolus_duration_s=0,
            bolus_given=0,
        )

    def end_special(self, kind: str) -> bool:
        """End the bridge or prime, and return whether there was one.

        What it owes in parts of a stroke becomes basal.
        """
        state = self.state
        if not state.special_nl_per_day:
            return False
        self.note(kind, state.special_left // DAY_S)
        self.state = state._replace(
            owed_basal=state.owed_basal + state.owed_bolus,
            owed_bolus=0,
            special_left=0,
            special_nl_per_day=0,
        )
        return True

    def forget_pending(self, kind: str, *values: int) -> None:
        """Drop a bolus that waits for the monitor's word; it is never queued (PC-07)."""
        state = self.state
        if state.pending:
            self.note(kind, state.pending, state.pending_nl, *values)
            self.state = state._replace(pending=int(NO_BOLUS), pending_nl=0, pending_duration_s=0)

    def interrupt(self) -> None:
        """End for good whatever runs on top of the program."""
        self.end_bolus("bolus cancelled")
        self.forget_pending("bolus lapsed")
        if self.state.phase == Phase.PRIMING:
            self.end_special("prime cancelled")

    def run_dry(self) -> None:
        """Stop at the residual: a bolus or prime is over, a bridge waits for the refill."""
        self.interrupt()
        if self.state.phase != Phase.PRIMING:
            self.state = self.state._replace(resume_phase=self.state.phase)
        self.note("reservoir empty", self.state.reservoir_nl)
        self.command(Raise(Cause.EMPTY_COMPUTED))
        self.state = self.state._replace(flags=self.state.flags | Flag.EMPTY_TOLD)
        self.enter(Phase.EMPTY)

    def lose(self, now_s: int, kind: str) -> None:
        """Let time pass in which nothing was done; a running bolus goes on later (PC-45, PC-08)."""
        state, plan = self.state, self.plan
        lost_s = now_s - state.now_s
        assert lost_s >= 0, "time cannot be lost backwards"
        self.note(kind, state.now_s, now_s)
        self.state = state._replace(now_s=now_s)
        if not state.bolus:
            return
        start_s = state.bolus_start_s + lost_s
        self.state = self.state._replace(bolus_start_s=start_s)
        left_s = start_s + state.bolus_duration_s - now_s
        if not plan.fits(
            now_s, state.week_offset_s, state.bolus_nl, state.bolus_duration_s, left_s
        ):
            self.end_bolus("bolus cancelled")

    def note_missed(self, since_s: int) -> None:
        """Record how often each scheduled bolus was due between ``since_s`` and now, exclusive."""
        now_s = self.state.now_s
        for index, bolus in enumerate(self.plan.boluses):
            first_s = due_after(bolus, since_s)
            if first_s < now_s:
                count = 1 + (now_s - 1 - first_s) // bolus.every_s if bolus.every_s else 1
                self.note("boluses missed", index, count, bolus.volume_nl)

    def warn_low(self) -> None:
        """Tell, once after each refill, that the low-reservoir volume is reached."""
        state = self.state
        if state.phase == Phase.UNPROGRAMMED or state.flags & Flag.LOW_TOLD:
            return
        if state.reservoir_nl <= self.plan.low_nl:
            self.state = state._replace(flags=state.flags | Flag.LOW_TOLD)
            self.note("low reservoir", state.reservoir_nl)
            self.command(Raise(Cause.LOW_COMPUTED))

    def warn_standing(self, since_s: int) -> None:
        """Remind of a stop by order, and tell of 48 h without motion, passed since ``since_s``."""
        state = self.state
        if state.stopped_s < 0:
            return
        before_s, stood_s = since_s - state.stopped_s, state.now_s - state.stopped_s
        if reminds(state, self.plan) and stood_s // REMINDER_S > max(0, before_s) // REMINDER_S:
            self.note("stopped", stood_s)
            self.command(Raise(Cause.STOPPED_BY_USER))
        if before_s < LONG_STOP_S <= stood_s:
            self.state = state._replace(flags=state.flags | Flag.OVER_INFUSION_RISK)
            self.note("stopped too long", stood_s)
            self.command(Raise(Cause.STOPPED_LONG))


def reminds(state: State, plan: Plan) -> bool:
    """Return whether the pump stands because of an order, and not by its program."""
    return state.phase == Phase.STOPPED and not plan.stopped


def account_of(state: State) -> Account:
    """Return for what the pump moves on top of the basal, `Account.BASAL` for nothing."""
    if state.special_nl_per_day:
        return Account.PRIME if state.phase == Phase.PRIMING else Account.BRIDGE
    return Account(state.bolus)


def check_state(state: State, plan: Plan) -> None:
    """Raise `AssertionError` unless the fields of a state agree with each other."""
    phase = Phase(state.phase)
    assert 0 <= state.owed_basal + state.owed_bolus < plan.stroke_parts, "a stroke is overdue"
    assert state.owed_bolus > -plan.stroke_parts, "a bolus is a stroke ahead (PC-08)"
    assert 0 <= state.bolus_given <= state.bolus_nl * DAY_S, "a bolus gave more than was asked"
    assert bool(state.bolus) == (state.bolus_nl > 0) == (state.bolus_duration_s > 0), "half a bolus"
    assert bool(state.bolus) == (state.bolus_start_s != NEVER), "half a bolus"
    assert state.bolus_start_s <= state.now_s, "a bolus in the future"
    assert bool(state.pending) == (state.pending_nl > 0), "half a question"
    assert not (state.bolus and state.pending), "one bolus at a time"
    assert phase == Phase.RUNNING or not (state.bolus or state.pending), "a bolus out of its phase"
    assert state.special_left >= 0, "a bridge gave more than was asked"
    assert bool(state.special_nl_per_day) == (state.special_left > 0), "half a bridge"
    assert phase not in {Phase.BRIDGING, Phase.PRIMING} or state.special_left, "nothing to push"
    assert phase != Phase.RUNNING or not state.special_left, "a bridge is forgotten"
    assert state.stopped_s < 0 or phase in STANDING, "it moves, but is said to stand still"
    assert state.stopped_s <= state.now_s, "it will have stood still"
    assert 0 <= state.reservoir_nl <= plan.capacity_nl, "the reservoir cannot hold that"
    assert not state.starts or state.starts[-1] <= state.now_s, "a start in the future"
