"""Every kind of state that a small pump can reach, found by trying every event in every one."""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cache
from typing import NamedTuple

from thecal.pump.implant.controller import next_wake_s, step, unprogrammed
from thecal.pump.implant.values import (
    FAR,
    BolusAdmitted,
    BolusDenied,
    BolusOrdered,
    ClockSet,
    Committed,
    Event,
    Fault,
    FaultFound,
    Limits,
    Outcome,
    Phase,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Refilled,
    SafeAction,
    ServiceEnded,
    Setting,
    StartOrdered,
    State,
    StopOrdered,
    Woke,
)
from thecal.pump.program import (
    STOPPED,
    Bridge,
    Hardware,
    PatientBolus,
    Program,
    ScheduledBolus,
    WeekStep,
)

DAY = 86_400
SMALL = Hardware(
    reservoir_nl=40,
    stroke_nl=10,
    residual_nl=10,
    low_reservoir_nl=15,
    highest_nl_per_day=4 * DAY,
    tubing_nl=1,
)
FLOW = (WeekStep(0, DAY),)
PRESSED = PatientBolus(volume_nl=12, duration_s=8, lockout_s=20, most_in_24_h=2)
PROGRAMS = (
    Program("simple continuous", FLOW, patient_bolus=PRESSED),
    Program("simple continuous", FLOW, (ScheduledBolus(0, 6, 6, 25),), bridge=Bridge(15, 2 * DAY)),
    Program(STOPPED, (WeekStep(0, 0),)),
)
SETTINGS = tuple(
    Setting(SMALL, program, Limits(action, 10**6, 10**6, 10**6, DAY // 2, low_reservoir_nl=12))
    for program in PROGRAMS
    for action in SafeAction
)


class Tried(NamedTuple):
    """One event in one state, and what came of it."""

    state: State
    setting: Setting
    event: Event
    outcome: Outcome


def events_at(state: State, setting: Setting) -> list[Event]:
    """Return every kind of event, now, and the next wake."""
    now_s = state.now_s
    wake_s = next_wake_s(state, setting)
    return [
        Woke(now_s if wake_s == FAR else wake_s),
        *(Committed(now_s, one) for one in SETTINGS),
        StopOrdered(now_s),
        StartOrdered(now_s),
        PrimeOrdered(now_s, 15, 2 * DAY),
        PrimeOrdered(now_s, 15, 5 * DAY),
        PrimeOrdered(now_s, 41, DAY),
        BolusOrdered(now_s, 12, 8),
        BolusOrdered(now_s, 41, 400),
        BolusOrdered(now_s, 40, 10),
        Pressed(now_s),
        BolusAdmitted(now_s),
        BolusDenied(now_s, 1),
        Refilled(now_s, 40),
        Refilled(now_s, 41),
        Refilled(now_s, 11),
        ClockSet(now_s, 3 * DAY),
        *(FaultFound(now_s, fault) for fault in (Fault.STALL, Fault.FREE_FLOW)),
        PowerReturned(now_s + 1),
        ServiceEnded(now_s),
    ]


def kind_of(state: State, setting: Setting) -> tuple[int | bool, ...]:
    """Return what tells one kind of state from another."""
    stood_s = state.now_s - state.stopped_s if state.stopped_s >= 0 else 0
    return (
        SETTINGS.index(setting) if setting in SETTINGS else -1,
        state.phase,
        state.resume_phase if state.phase in {Phase.PRIMING, Phase.EMPTY} else 0,
        state.bolus,
        state.pending,
        -(-state.special_left // (DAY * SMALL.stroke_nl)),
        min(state.reservoir_nl // 10, 4),
        stood_s >= 300,
        stood_s >= 2 * DAY,
    )


@cache
def everything() -> dict[tuple[Phase, type[Event]], list[Tried]]:
    """Return all that was tried, by phase and event, until no new kind of state was found."""
    start = (State(reservoir_nl=40), unprogrammed(SMALL))
    known = {kind_of(*start)}
    waiting = deque([start])
    tried: dict[tuple[Phase, type[Event]], list[Tried]] = defaultdict(list)
    while waiting:
        state, setting = waiting.popleft()
        for event in events_at(state, setting):
            outcome = step(state, event, setting)
            after = outcome.state
            tried[Phase(state.phase), type(event)].append(Tried(state, setting, event, outcome))
            taken = isinstance(event, Committed) and after.commits > state.commits
            following = (after, event.setting if taken else setting)  # type: ignore[union-attr]
            if (kind := kind_of(*following)) not in known:
                known.add(kind)
                waiting.append(following)
    return tried
