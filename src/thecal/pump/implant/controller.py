"""The controller: a pure step from a state and an event to a state, commands and records.

`step` first lets time pass up to the event's second, as `Woke` alone does, then does what the table
says. The one who calls it keeps the state, obeys the commands and sends `Woke` at `next_wake_s`.
"""

from __future__ import annotations

from thecal.errors import InputError
from thecal.pump.implant.actions import ask_scheduled, known_fault
from thecal.pump.implant.motion import advance, next_wake_s
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.table import TABLE
from thecal.pump.implant.turn import Turn
from thecal.pump.implant.values import (
    OVER_DELIVERY,
    Committed,
    Event,
    FaultFound,
    Flag,
    Limits,
    Outcome,
    PowerReturned,
    SafeAction,
    Setting,
    State,
    Woke,
)
from thecal.pump.program import STOPPED, Hardware, Program, WeekStep

__all__ = ["next_wake_s", "refusal_words", "risk_cleared", "step", "unprogrammed"]


def step(state: State, event: Event, setting: Setting) -> Outcome:
    """Return what an event leads to.

    Parameters
    ----------
    state
        The state before; it is not changed.
    event
        What happened, at or after the state's second.
    setting
        What is in force; after `Committed` the caller keeps the event's own.

    Raises
    ------
    InputError
        When a number of the event is not whole, negative or out of range, or its second lies
        before the state's; nothing has happened then (PC-09).
    """
    now_s = event.now_s
    if now_s.__class__ is not int or now_s < state.now_s:
        raise InputError(
            f"an event is at second {now_s!r}, but the pump counts whole seconds and is at "
            f"{state.now_s}"
        )
    kind = event.__class__
    if kind is Woke:
        outcome = advance(state, now_s, setting)
        plan = setting.plan
        if not plan.boluses or plan.next_bolus_s(now_s - 1) > now_s:
            return outcome
        turn = Turn(outcome, plan)
    else:
        turn = _arrive(state, event, setting)
        _obey(turn, event)
    if now_s > state.now_s and kind is not Committed:
        ask_scheduled(turn)
    return turn.outcome()


def _arrive(state: State, event: Event, setting: Setting) -> Turn:
    """Let time pass up to an event; what was due before a dangerous fault is not given any more."""
    lost = isinstance(event, PowerReturned)
    if isinstance(event, FaultFound):
        lost = known_fault(event) in OVER_DELIVERY and event.now_s > state.now_s
    if not lost:
        return Turn(advance(state, event.now_s, setting), setting.plan)
    turn = Turn(Outcome(state), setting.plan)
    turn.lose(event.now_s, "power returned" if isinstance(event, PowerReturned) else "time lost")
    turn.note_missed(state.now_s)
    turn.warn_standing(state.now_s)
    return turn


def _obey(turn: Turn, event: Event) -> None:
    row = TABLE[turn.state.phase, type(event)]
    if row.action:
        row.action(turn, event)
    elif row.refusal:
        turn.refuse(event, row.refusal)
    else:
        turn.ignore(event)
    assert turn.state.phase in row.next_phases, "the table does not know this change of phase"


def refusal_words(outcome: Outcome) -> str:
    """Return why an order was refused, in words; empty when it was taken."""
    for record in outcome.records:
        if record.kind == "refused":
            return REFUSAL_WORDS[Refusal(record.values[1])]
    return ""


def risk_cleared(state: State) -> State:
    """Return the state without the over-infusion risk, after a refill's volumes agreed (PC-27)."""
    return state._replace(flags=state.flags & ~Flag.OVER_INFUSION_RISK)


def unprogrammed(hardware: Hardware) -> Setting:
    """Return the setting of a pump before its first program: nothing flows."""
    nothing = Program(STOPPED, (WeekStep(0, 0),))
    limits = Limits(SafeAction.STOP, 1, 1, 1, minimum_nl_per_day=0, low_reservoir_nl=0)
    return Setting(hardware, nothing, limits)
