"""The table of the controller: what each event does in each phase; it prints and draws itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from thecal.pump.implant import actions
from thecal.pump.implant.actions import PHASE_REFUSALS
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.turn import EVENTS, Turn
from thecal.pump.implant.values import (
    BolusAdmitted,
    BolusDenied,
    BolusOrdered,
    ClockSet,
    Committed,
    Event,
    FaultFound,
    Phase,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Refilled,
    ServiceEnded,
    StartOrdered,
    StopOrdered,
    Woke,
)

# An action takes the one event of its row; no type can say that of a table of them all.
Action = Callable[[Turn, Any], None]


class Row(NamedTuple):
    """What one event does in one phase: it acts, is refused with a reason, or is ignored."""

    action: Action | None
    refusal: Refusal | None
    next_phases: frozenset[Phase]
    """Where the pump may be afterwards."""
    words: str


class Layer(NamedTuple):
    """One thing that may flow, and the phases in which it does."""

    name: str
    phases: frozenset[Phase]


U, STOP, RUN, BRIDGE, PRIME, HOLD, LEAST, HALT, EMPTY, END = Phase
ALL: Final = tuple(Phase)

STACKING: Final = (
    Layer("stopped", frozenset({U, STOP, HALT, EMPTY, END})),
    Layer("minimum rate", frozenset({LEAST})),
    Layer("priming bolus", frozenset({PRIME})),
    Layer("bridge bolus", frozenset({BRIDGE, HOLD})),
    Layer("patient, scheduled or clinician's bolus, one at a time", frozenset({RUN})),
    Layer("basal steps of the week", frozenset({RUN, HOLD})),
)
"""The stacking order: each layer silences those below it, but a bolus is added to the basal."""


def _flow_action(_turn: Turn, _event: Woke) -> None:
    """Do nothing more: the passing of time comes before every event."""


_BEGINS: Final = (RUN, BRIDGE, STOP)
_ACTING: Final[dict[type[Event], tuple[Action, str, dict[Phase, tuple[Phase, ...]]]]] = {
    Woke: (
        _flow_action,
        "gives what is due",
        {
            STOP: (STOP,),
            RUN: (RUN, EMPTY),
            BRIDGE: (BRIDGE, RUN, EMPTY),
            PRIME: (PRIME, RUN, STOP, EMPTY),
            HOLD: (HOLD, EMPTY),
            LEAST: (LEAST, EMPTY),
            HALT: (HALT,),
            EMPTY: (EMPTY,),
        },
    ),
    Committed: (
        actions.commit,
        "takes the new program",
        {
            **dict.fromkeys((U, STOP, RUN, BRIDGE, PRIME), _BEGINS),
            HOLD: (HOLD, STOP),
            LEAST: (LEAST, STOP),
            HALT: (HALT, STOP),
            EMPTY: (EMPTY,),
        },
    ),
    StopOrdered: (
        actions.stop,
        "stops after the current stroke",
        dict.fromkeys((RUN, BRIDGE, PRIME, HOLD, LEAST, HALT, EMPTY), (STOP,)),
    ),
    StartOrdered: (
        actions.start,
        "runs the program, or goes on with its bridge",
        {phase: (RUN, BRIDGE, phase) for phase in (STOP, HOLD, LEAST, HALT)},
    ),
    PrimeOrdered: (actions.prime, "primes", {RUN: (PRIME, RUN), STOP: (PRIME, STOP)}),
    BolusOrdered: (actions.order_bolus, "asks the monitor for the bolus", {RUN: (RUN,)}),
    Pressed: (actions.press, "asks the monitor, if lockout and count allow it", {RUN: (RUN,)}),
    BolusAdmitted: (actions.admit, "starts the bolus that waits", {RUN: (RUN,)}),
    BolusDenied: (
        actions.deny,
        "drops what waits, else ends the bolus or prime that runs",
        {RUN: (RUN,), PRIME: (RUN, STOP)},
    ),
    Refilled: (
        actions.refill,
        "takes over the volume",
        {
            **{phase: (phase,) for phase in ALL if phase not in {EMPTY, END}},
            EMPTY: (EMPTY, STOP, RUN, BRIDGE, HOLD, LEAST, HALT),
        },
    ),
    ClockSet: (
        actions.set_clock,
        "moves the week, not the dose",
        {phase: (phase,) for phase in ALL if phase != END},
    ),
    FaultFound: (
        actions.fault,
        "goes to the drug's safe state",
        {
            **{phase: (phase,) for phase in (U, STOP, HALT, EMPTY, END)},
            **dict.fromkeys((RUN, BRIDGE, HOLD), (HOLD, LEAST, HALT)),
            PRIME: (HOLD, LEAST, HALT, STOP),
            LEAST: (LEAST, HALT),
        },
    ),
    PowerReturned: (
        actions.return_power,
        "goes on; what was missed is lost",
        {phase: (phase,) for phase in ALL},
    ),
    ServiceEnded: (
        actions.end_service,
        "stops for good",
        {phase: (END,) for phase in ALL if phase != END},
    ),
}
_REFUSING: Final[dict[type[Event], dict[Phase, Refusal]]] = {
    Committed: {END: Refusal.ENDED},
    StartOrdered: {
        U: Refusal.UNPROGRAMMED,
        RUN: Refusal.NOT_STANDING,
        BRIDGE: Refusal.NOT_STANDING,
        PRIME: Refusal.PRIMING,
        EMPTY: Refusal.EMPTY,
        END: Refusal.ENDED,
    },
    PrimeOrdered: {phase: why for phase, why in PHASE_REFUSALS.items() if phase != STOP},
    BolusOrdered: PHASE_REFUSALS,
    Pressed: PHASE_REFUSALS,
    Refilled: {END: Refusal.ENDED},
    ClockSet: {END: Refusal.ENDED},
}
_IGNORING: Final[dict[type[Event], tuple[tuple[Phase, ...], str]]] = {
    Woke: ((U, END), "nothing is due"),
    StopOrdered: ((U, STOP, END), "nothing moves"),
    BolusAdmitted: (tuple(phase for phase in ALL if phase != RUN), "no bolus waits"),
    BolusDenied: (tuple(phase for phase in ALL if phase not in {RUN, PRIME}), "no bolus waits"),
    ServiceEnded: ((END,), "it has ended already"),
}


def _refused(why: Refusal, stays: frozenset[Phase]) -> Row:
    return Row(None, why, stays, REFUSAL_WORDS[why])


def _build() -> dict[tuple[int, type[Event]], Row]:
    table: dict[tuple[int, type[Event]], Row] = {}
    for event in EVENTS:
        action, words, acting = _ACTING[event]
        refusing = _REFUSING.get(event, {})
        ignoring, idle_words = _IGNORING.get(event, ((), ""))
        for phase in Phase:
            stays = frozenset({phase})
            ways = [
                *([Row(action, None, frozenset(acting[phase]), words)] if phase in acting else []),
                *([_refused(refusing[phase], stays)] if phase in refusing else []),
                *([Row(None, None, stays, idle_words)] if phase in ignoring else []),
            ]
            assert len(ways) == 1, f"{event.__name__} in {phase.name} must have one row"
            table[phase, event] = ways[0]
    return table


TABLE: Final = _build()


def event_words(event: type[Event]) -> str:
    """Return an event's name in small letters.

    Examples
    --------
    >>> event_words(StopOrdered)
    'stop ordered'
    """
    return "".join(
        f" {letter.lower()}" if letter.isupper() else letter for letter in event.__name__
    ).strip()


def phase_words(phase: Phase) -> str:
    """Return a phase's name in small letters."""
    return phase.name.lower()


def table_markdown() -> str:
    """Return the table as Markdown: a row for each phase and event, and the stacking order."""
    lines = ["| phase | event | what happens | phase afterwards |", "|---|---|---|---|"]
    for phase in Phase:
        for event in EVENTS:
            row = TABLE[phase, event]
            if row.action:
                what = row.words
            else:
                what = f"{'refused' if row.refusal else 'ignored'}: {row.words}"
            after = ", ".join(phase_words(one) for one in sorted(row.next_phases))
            lines.append(f"| {phase_words(phase)} | {event_words(event)} | {what} | {after} |")
    lines += ["", "Stacking order, the upper first:", ""]
    lines += [f"{index}. {layer.name}" for index, layer in enumerate(STACKING, start=1)]
    return "\n".join([*lines, ""])


def table_mermaid() -> str:
    """Return the changes of phase as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {phase_words(Phase.UNPROGRAMMED)}"]
    for phase in Phase:
        for following in Phase:
            events = [
                event_words(event)
                for event in EVENTS
                if following != phase and following in TABLE[phase, event].next_phases
            ]
            if events:
                arrow = f"{phase_words(phase)} --> {phase_words(following)}"
                lines.append(f"    {arrow}: {', '.join(events)}")
    return "\n".join([*lines, ""])
