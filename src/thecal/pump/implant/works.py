"""The works: controller, monitor, alarms and plant brought together, in one order of doing.

For every event the controller's step comes first, then the monitor's permit, then the record that
counts the strokes and holds what the log shall say, then the log, and only then does anything move
(PC-14, PC-41, PC-70).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from thecal.pump.implant.alarms import Cause, Priority, PumpStopped, Sound, highest
from thecal.pump.implant.controller import step
from thecal.pump.implant.denials import ADMITTED, DENIAL_WORDS, Denial
from thecal.pump.implant.holding import Holding
from thecal.pump.implant.keeping import Keeper
from thecal.pump.implant.ledger import Ledger
from thecal.pump.implant.log import Stamp
from thecal.pump.implant.opening import Found
from thecal.pump.implant.profile import Plant, Profile
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.store import Store, StoreError
from thecal.pump.implant.turn import Turn
from thecal.pump.implant.values import (
    NEVER,
    Account,
    AskBolus,
    BolusAdmitted,
    BolusDenied,
    Clear,
    Committed,
    Event,
    Fault,
    FaultFound,
    Halt,
    Outcome,
    Permit,
    Phase,
    Push,
    Raise,
    Record,
    Setting,
    State,
)

_BASAL: Final = int(Account.BASAL)
_MOST_STEPS: Final = 4
"""An event, the monitor's answer, a fault: no chain is longer."""
_OVER_AT_START: Final = (
    Cause.MEMORY_CRITICAL,
    Cause.CLOCKS,
    Cause.WATCHDOG,
    Cause.PERMIT_REFUSED,
    Cause.SELF_TEST,
)
"""Faults that a start calls over; who finds them again raises them again."""
_LOST: Final = frozenset({"late", "time lost", "power returned"})
_CANCELLED: Final = frozenset({"bolus cancelled", "prime cancelled"})
_BY_PROGRAM: Final = frozenset({Phase.RUNNING, Phase.BRIDGING, Phase.PRIMING})
_FLOWING: Final = _BY_PROGRAM | {Phase.HOLDING}
_SAFE: Final = frozenset({Phase.HOLDING, Phase.MINIMUM, Phase.HALTED})


class Works(Holding):
    """The inside of an `Implant`: what it holds, and how an event is carried out.

    Parameters
    ----------
    profile
        The kind of pump.
    store, keeper
        What outlives a loss of power.
    plant
        The motor and the sensors.
    speaker
        Takes every sound.
    found
        What it begins with.
    """

    def __init__(
        self,
        profile: Profile,
        store: Store,
        keeper: Keeper,
        plant: Plant,
        speaker: Callable[[Sound], None],
        found: Found,
    ) -> None:
        super().__init__(profile, store, keeper, speaker, found)
        self.plant = plant
        self.staged: Staged | None = None
        self.unread = 0
        """Strokes since the sensors were last read."""
        self.unread_s = NEVER
        """When the first of them was."""

    def obey(
        self, event: Event, *extra: Record, ledger: Ledger | None = None
    ) -> tuple[Record, ...]:
        """Step the controller with an event, do what follows, and return the records of it all.

        Parameters
        ----------
        event
            What happens.
        extra
            Further records of the same transaction.
        ledger
            The ledger after the event, where it is not strokes that change it.

        Raises
        ------
        InputError
            When the event's numbers are impossible; nothing has happened then.
        """
        state = self.state()
        if self.lost:
            self.lost = False
            self._follow(FaultFound(max(event.now_s, state.now_s), int(Fault.STATE_CORRUPT)))
            state = self.latest
        outcome = step(state, event, self.setting)
        if ledger or extra:
            outcome = outcome._replace(records=(*extra, *outcome.records))
            self.ledger = ledger or self.ledger
            if isinstance(event, Committed):
                self._switch(event.now_s, outcome.state.week_offset_s)
        records, following = self._carry_out(state.phase, outcome, event.now_s)
        return records + self._follow(following) if following else records

    def _follow(self, event: Event | None) -> tuple[Record, ...]:
        """Step the controller with what follows from an event, until nothing does."""
        done: tuple[Record, ...] = ()
        for _ in range(_MOST_STEPS):
            if event is None:
                return done
            was, now_s = self.latest.phase, event.now_s
            records, event = self._carry_out(was, step(self.latest, event, self.setting), now_s)
            done += records
        raise AssertionError("one event led to too many others")

    def _carry_out(
        self, was: int, outcome: Outcome, now_s: int
    ) -> tuple[tuple[Record, ...], Event | None]:
        state, commands, records = outcome
        permit: Permit | None = None
        following: Event | None = None
        asked: AskBolus | None = None
        for command in commands:
            if isinstance(command, Push):
                answer = self._permit(command, now_s)
                if isinstance(answer, Permit):
                    permit = answer
                    continue
                # What did not move is still there, although the controller counted it out.
                missed_nl = command.strokes * self.profile.hardware.stroke_nl
                state = state._replace(reservoir_nl=state.reservoir_nl + missed_nl)
                records = (*records, Record("permit refused", (command.strokes, int(answer))))
                following = FaultFound(now_s, int(Fault.PERMIT_REFUSED))
            elif isinstance(command, Halt):
                self.plant.halt(now_s)
            elif isinstance(command, AskBolus):
                asked = command
            else:
                records += self.step_alarms(command, now_s)
        if records or state.phase != was:
            state, records = self._tell(state, records, was, now_s)
            self.write_log(records, Stamp(now_s, state.week_offset_s))
        packed = self.put(state)
        if records or permit:
            self.save_as(packed, now_s)
        if permit:
            self.plant.push(permit, permit.strokes, now_s)
            self.unread += permit.strokes
        self.sound()
        if asked and following is None:
            # After a refused stroke the fault that follows forgets the bolus that was asked for.
            following = self._ask(asked, now_s)
        return records, following

    def _permit(self, push: Push, now_s: int) -> Permit | Denial:
        """Ask for leave to move; with it, enter the strokes that are about to (PC-14, PC-41)."""
        answer = self.monitor.permit(push.strokes, now_s)
        if isinstance(answer, Permit):
            if not self.unread:
                self.unread_s = now_s
            self._count(push)
        return answer

    def _count(self, push: Push) -> None:
        """Enter strokes into the ledger: the intent that is durable before they move (PC-41)."""
        stroke_nl = self.profile.hardware.stroke_nl
        strokes, for_bolus, account = push
        if strokes > for_bolus:
            self.ledger = self.ledger.deliver(_BASAL, (strokes - for_bolus) * stroke_nl)
        if for_bolus:
            self.ledger = self.ledger.deliver(account, for_bolus * stroke_nl)
        place, entry = self.monitor.entry()
        try:
            self.store.write("monitor", place, entry)
        except StoreError:
            self.unkept = True

    def _ask(self, ask: AskBolus, now_s: int) -> Event:
        # PC-05: no bolus while an alarm says that something is badly wrong.
        if highest(self.alarms, self.profile.alarms) == Priority.HIGH:
            return BolusDenied(now_s, int(Denial.IN_ALARM))
        reason = self.monitor.admit(ask.account, ask.volume_nl, ask.duration_s, now_s)
        return BolusAdmitted(now_s) if reason == ADMITTED else BolusDenied(now_s, int(reason))

    def _tell(
        self, state: State, records: tuple[Record, ...], was: int, now_s: int
    ) -> tuple[State, tuple[Record, ...]]:
        """Let monitor and alarms follow what has happened; return what comes of it."""
        for kind, values in records:
            if kind in _LOST and self.monitor.lost(values[0], values[1]) != ADMITTED:
                # Later than it was admitted, the rest of a bolus or prime would break a cap.
                state, _, more = _without_bolus(state, self.setting)
                records += more
            elif kind in _CANCELLED:
                self.monitor.cancelled(now_s)
        phase = state.phase
        if phase == was:
            return state, records
        self.monitor.follow(phase, now_s)
        if phase in _BY_PROGRAM and was not in _BY_PROGRAM and was != Phase.EMPTY:
            for cause in _OVER_AT_START:
                records += self.step_alarms(Clear(cause), now_s)
        if was in _FLOWING and phase not in _FLOWING:
            records += self.step_alarms(PumpStopped(), now_s)
        if phase in _SAFE:
            records += self.step_alarms(Raise(Cause.SAFE_STATE), now_s)
        elif was in _SAFE:
            records += self.step_alarms(Clear(Cause.SAFE_STATE), now_s)
        return state, records

    def _switch(self, now_s: int, week_offset_s: int) -> None:
        staged = self.staged
        assert staged is not None, "only what was staged can be committed"
        self.setting, self.digest = staged.setting, staged.digest
        self.program = staged.program_bytes, staged.limits_bytes
        self.monitor.load(*self.program, now_s, week_offset_s)
        self.staged = None


def _without_bolus(state: State, setting: Setting) -> Outcome:
    """Return what is left when a bolus or prime ends before its time."""
    turn = Turn(Outcome(state), setting.plan)
    turn.end_bolus("bolus cancelled")
    if state.phase == Phase.PRIMING:
        turn.end_special("prime cancelled")
        turn.enter(state.resume_phase)
    return turn.outcome()


def reason_in(records: tuple[Record, ...]) -> str:
    """Return why an order was refused or denied, in words; empty when it was taken."""
    for kind, values in records:
        if kind == "refused":
            return REFUSAL_WORDS[Refusal(values[1])]
        if kind == "bolus denied":
            return DENIAL_WORDS[Denial(values[2])]
    return ""
