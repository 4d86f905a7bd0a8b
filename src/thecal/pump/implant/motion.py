"""The passing of time: what flows, which strokes are due, what ends, and when to wake next.

Nothing in here is decided by anyone; orders and faults are in `actions`. Time goes from one wake to
the next, so that between two of them every flow is constant and its integral is exact (PC-01).
Time beyond the wake that was asked for is lost: what it would have given is never made up (PC-45),
and a running bolus goes on later with what is left of it (PC-08).
"""

from __future__ import annotations

from enum import IntEnum, unique
from typing import Final

from thecal.pump.amounts import DAY_S, rounded_up
from thecal.pump.implant.plan import Plan
from thecal.pump.implant.turn import LONG_STOP_S, REMINDER_S, Turn, account_of, reminds
from thecal.pump.implant.values import (
    FAR,
    Command,
    Flag,
    Outcome,
    Phase,
    Push,
    Setting,
    State,
)


@unique
class Flow(IntEnum):
    """What flows in a phase."""

    NONE = 0
    MINIMUM = 1
    PROGRAM = 2
    """A bridge or prime that is not finished, else the basal steps and a bolus on top."""


FLOWS: Final[tuple[Flow, ...]] = (
    Flow.NONE,  # unprogrammed
    Flow.NONE,  # stopped
    Flow.PROGRAM,  # running
    Flow.PROGRAM,  # bridging
    Flow.PROGRAM,  # priming
    Flow.PROGRAM,  # holding
    Flow.MINIMUM,  # minimum
    Flow.NONE,  # halted
    Flow.NONE,  # empty
    Flow.NONE,  # ended
)
"""For each `Phase`, in its order."""

# Looked up for every stroke; a name of the module costs less than a member of a class.
_MINIMUM: Final = Flow.MINIMUM
_PROGRAM: Final = Flow.PROGRAM
_LOW_TOLD: Final = int(Flag.LOW_TOLD)
_OFF: Final = frozenset({Phase.UNPROGRAMMED, Phase.ENDED})
_new_tuple: Final = tuple.__new__
"""Makes a tuple in one piece; `_replace` would take as long as all the rest of a stroke."""


def next_wake_s(state: State, setting: Setting) -> int:
    """Return the second at which `Woke` must be sent next, `FAR` when nothing is due.

    It is the next stroke, edge of a basal step, end of a bolus, bridge or prime, start of a
    scheduled bolus, reminder or end of 48 h of standing; always later than ``state.now_s``.
    """
    plan = setting.plan
    now_s = state.now_s
    wake_s = FAR
    kind = FLOWS[state.phase]
    if kind is _PROGRAM:
        short = plan.stroke_parts - state.owed_basal - state.owed_bolus
        flow = state.special_nl_per_day
        if flow:
            left = state.special_left
            wake_s = now_s - (-(min(short, left)) // flow)
        else:
            flows = plan.flows
            if len(flows) == 1:
                flow = flows[0]
            else:
                flow, wake_s = plan.basal(now_s, state.week_offset_s)
            if state.bolus:
                wake_s = min(wake_s, _bolus_wake_s(state, short, flow))
            elif flow:
                due_s = now_s - (-short // flow)
                wake_s = min(wake_s, due_s)
    elif kind is _MINIMUM and plan.minimum_flow:
        short = plan.stroke_parts - state.owed_basal - state.owed_bolus
        wake_s = now_s - (-short // plan.minimum_flow)
    if plan.boluses and state.phase not in _OFF:
        wake_s = min(wake_s, plan.next_bolus_s(now_s))
    if state.stopped_s >= 0:
        wake_s = min(wake_s, _standing_wake_s(state, plan))
    return wake_s


def _bolus_wake_s(state: State, short: int, basal_flow: int) -> int:
    """Return when the bolus ends, or when basal and bolus together owe a stroke before that."""
    duration_s = state.bolus_duration_s
    flow = state.bolus_nl * DAY_S
    elapsed_s = state.now_s - state.bolus_start_s
    wanted = (short + state.bolus_given) * duration_s - flow * elapsed_s
    wait_s = -(-wanted // (basal_flow * duration_s + flow))
    return state.now_s + min(wait_s, duration_s - elapsed_s)


def _standing_wake_s(state: State, plan: Plan) -> int:
    stood_s = state.now_s - state.stopped_s
    long_s = state.stopped_s + LONG_STOP_S if stood_s < LONG_STOP_S else FAR
    if not reminds(state, plan):
        return long_s
    return min(long_s, state.now_s + REMINDER_S - stood_s % REMINDER_S)


def _flowed(state: State, plan: Plan, span_s: int) -> tuple[int, int, int, int]:
    """Return owed_basal, owed_bolus, bolus_given and special_left after a span of constant flow."""
    owed_basal, owed_bolus = state.owed_basal, state.owed_bolus
    given, left = state.bolus_given, state.special_left
    kind = FLOWS[state.phase]
    if kind is _PROGRAM:
        flow = state.special_nl_per_day
        if flow:
            parts = min(flow * span_s, left)
            owed_bolus += parts
            left -= parts
        else:
            flows = plan.flows
            steady = len(flows) == 1
            flow = flows[0] if steady else plan.basal(state.now_s, state.week_offset_s)[0]
            owed_basal += flow * span_s
            if state.bolus:
                elapsed_s = state.now_s + span_s - state.bolus_start_s
                total = state.bolus_nl * DAY_S * elapsed_s // state.bolus_duration_s
                owed_bolus += total - given
                given = total
    elif kind is _MINIMUM:
        owed_basal += plan.minimum_flow * span_s
    return owed_basal, owed_bolus, given, left


def _for_bolus(owed_bolus: int, strokes: int, stroke_parts: int) -> int:
    """Return how many of the strokes belong to what runs on top of the basal.

    A stroke is the bolus' as soon as it is owed a part of one, and else the basal's: so each bolus
    is within one stroke of its volume, whatever the basal does (PC-05).
    """
    return max(0, min(strokes, rounded_up(owed_bolus, stroke_parts)))


def advance(state: State, now_s: int, setting: Setting) -> Outcome:
    """Bring the pump to a second: strokes that are due, ends, warnings; the rest of late time lost.

    At a second the strokes of the time before it come first, then what ends at it.
    """
    plan = setting.plan
    due_s = next_wake_s(state, setting)
    reach_s = min(now_s, due_s)
    owed_basal, owed_bolus, given, left = _flowed(state, plan, reach_s - state.now_s)
    stroke_parts = plan.stroke_parts
    strokes = (owed_basal + owed_bolus) // stroke_parts
    assert strokes >= 0, "a pump cannot take back what it gave (H12)"
    reservoir_nl = state.reservoir_nl
    commands: tuple[Command, ...] = ()
    on_top = state.bolus or state.special_nl_per_day
    if strokes:
        reservoir_nl -= strokes * plan.stroke_nl
        if reservoir_nl < plan.residual_nl:
            return _dry(state, now_s, reach_s, plan)
        for_bolus = 0
        if on_top:
            for_bolus = _for_bolus(owed_bolus, strokes, stroke_parts)
            owed_bolus -= for_bolus * stroke_parts
        owed_basal -= (strokes - for_bolus) * stroke_parts
        assert 0 <= owed_basal + owed_bolus < stroke_parts, "less than a stroke stays owed"
        commands = (_new_tuple(Push, (strokes, for_bolus, account_of(state) if on_top else 0)),)
    moved = _new_tuple(
        State,
        (
            state.phase,
            reach_s,
            owed_basal,
            owed_bolus,
            state.bolus,
            state.bolus_id,
            state.bolus_nl,
            state.bolus_start_s,
            state.bolus_duration_s,
            given,
            left,
            state.special_nl_per_day,
            state.resume_phase,
            state.last_bolus_id,
            reservoir_nl,
            state.week_offset_s,
            state.stopped_s,
            state.commits,
            state.pending,
            state.pending_nl,
            state.pending_duration_s,
            state.flags,
            state.starts,
        ),
    )
    outcome = _new_tuple(Outcome, (moved, commands, ()))
    warned = reservoir_nl > plan.low_nl or state.flags & _LOW_TOLD
    if on_top or now_s > due_s or state.stopped_s >= 0 or state.pending or not warned:
        return _settle(Turn(outcome, plan), state.now_s, now_s)
    return outcome


def _dry(state: State, now_s: int, reach_s: int, plan: Plan) -> Outcome:
    """Stop at the last second whose strokes the reservoir still had."""
    basal, bolus, given, left = _flowed(state, plan, reach_s - 1 - state.now_s)
    assert basal + bolus < plan.stroke_parts, "a stroke was overlooked"
    stopped = state._replace(
        now_s=reach_s, owed_basal=basal, owed_bolus=bolus, bolus_given=given, special_left=left
    )
    turn = Turn(Outcome(stopped), plan)
    turn.run_dry()
    return _settle(turn, state.now_s, now_s)


def _settle(turn: Turn, since_s: int, now_s: int) -> Outcome:
    """End what ends, lose what came too late, and warn."""
    state = turn.state
    if state.bolus and state.now_s == state.bolus_start_s + state.bolus_duration_s:
        assert state.bolus_given == state.bolus_nl * DAY_S, "a whole bolus gives its whole volume"
        turn.end_bolus("bolus ended")
    if state.special_nl_per_day and not state.special_left:
        bridge = state.phase != Phase.PRIMING
        turn.end_special("bridge ended" if bridge else "prime ended")
        if state.phase == Phase.BRIDGING:
            turn.enter(Phase.RUNNING)
        elif not bridge:
            turn.enter(state.resume_phase)
    if now_s > state.now_s:
        turn.lose(now_s, "late")
        turn.note_missed(since_s)
    if now_s > since_s:
        turn.forget_pending("bolus lapsed")
    turn.warn_low()
    turn.warn_standing(since_s)
    return turn.outcome()
