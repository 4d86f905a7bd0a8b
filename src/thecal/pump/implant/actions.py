"""What the pump does on each event; one function for each, working on a `Turn`.

Whatever interrupts a bolus on purpose (stop, prime, new program, fault, empty reservoir) ends it,
and what is left of it is never given. Only a loss of power or a late wake lets it go on, later and
with exactly its remainder (H05, PC-08, PC-42).
"""

from __future__ import annotations

from typing import Final

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S, check_whole
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.lockouts import lockout_refusal, recent
from thecal.pump.implant.plan import due_after
from thecal.pump.implant.refusals import Refusal
from thecal.pump.implant.turn import Turn
from thecal.pump.implant.values import (
    NO_BOLUS,
    OVER_DELIVERY,
    Account,
    AskBolus,
    BolusAdmitted,
    BolusDenied,
    BolusOrdered,
    Clear,
    ClockSet,
    Committed,
    Fault,
    FaultFound,
    Flag,
    Halt,
    Phase,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Raise,
    Refilled,
    ServiceEnded,
    StartOrdered,
    StopOrdered,
)

SAFE_PHASES: Final = (Phase.HOLDING, Phase.MINIMUM, Phase.HALTED)
"""The safe states, each safer against over-delivery than the one before."""
MOVING: Final = frozenset(
    {Phase.RUNNING, Phase.BRIDGING, Phase.PRIMING, Phase.HOLDING, Phase.MINIMUM}
)
PHASE_REFUSALS: Final[dict[Phase, Refusal]] = {
    Phase.UNPROGRAMMED: Refusal.UNPROGRAMMED,
    Phase.STOPPED: Refusal.STOPPED,
    Phase.BRIDGING: Refusal.BRIDGING,
    Phase.PRIMING: Refusal.PRIMING,
    Phase.HOLDING: Refusal.SAFE_STATE,
    Phase.MINIMUM: Refusal.SAFE_STATE,
    Phase.HALTED: Refusal.SAFE_STATE,
    Phase.EMPTY: Refusal.EMPTY,
    Phase.ENDED: Refusal.ENDED,
}
"""Why nothing is given on top of the basal in a phase; only `Phase.RUNNING` has no reason."""
CAUSES: Final[dict[Fault, Cause]] = {
    Fault.STATE_CORRUPT: Cause.MEMORY_CRITICAL,
    Fault.PROGRAM_CORRUPT: Cause.MEMORY_CRITICAL,
    Fault.LIMITS_CORRUPT: Cause.MEMORY_CRITICAL,
    Fault.CLOCKS_DISAGREE: Cause.CLOCKS,
    Fault.TASK_SILENT: Cause.WATCHDOG,
    Fault.PERMIT_REFUSED: Cause.PERMIT_REFUSED,
    Fault.OVER_INFUSION: Cause.OVER_INFUSION,
    Fault.UNDER_INFUSION: Cause.UNDER_INFUSION,
    Fault.FREE_FLOW: Cause.FREE_FLOW,
    Fault.STALL: Cause.STALL,
    Fault.STORE_FAILED: Cause.STORAGE,
    Fault.SELF_TEST_FAILED: Cause.SELF_TEST,
    Fault.RESERVOIR_DISAGREES: Cause.RESERVOIR,
    Fault.OCCLUSION: Cause.OCCLUSION,
    Fault.SENSOR_FAILED: Cause.SENSOR,
}


def _programmed_phase(turn: Turn) -> Phase:
    """Return the phase in which the program in force runs from its beginning or its bridge."""
    if turn.plan.stopped:
        return Phase.STOPPED
    return Phase.BRIDGING if turn.state.special_nl_per_day else Phase.RUNNING


# -- program, stop and start --------------------------------------------------------------------


def commit(turn: Turn, event: Committed) -> None:
    """Let a new program take effect; a safe state stays until a clinician starts the pump."""
    turn.interrupt()
    abandoned = turn.end_special("bridge abandoned")
    plan = turn.plan = event.setting.plan
    state = turn.state
    flags = state.flags & ~Flag.ABANDONED_BRIDGE
    if abandoned and not plan.bridge_parts:
        flags |= Flag.ABANDONED_BRIDGE
    turn.state = state._replace(
        commits=state.commits + 1,
        special_left=plan.bridge_parts,
        special_nl_per_day=plan.bridge_flow,
        flags=flags,
    )
    turn.note("program", state.commits + 1, plan.bridge_parts // DAY_S, plan.bridge_flow)
    target = _programmed_phase(turn)
    if state.phase == Phase.EMPTY:
        turn.state = turn.state._replace(resume_phase=int(target))
    elif state.phase == Phase.STOPPED == target:
        turn.command(Clear(Cause.STOPPED_BY_USER))
    elif target == Phase.STOPPED or state.phase not in SAFE_PHASES:
        turn.enter(target)
    ask_scheduled(turn)


def stop(turn: Turn, _event: StopOrdered) -> None:
    """Stand still after the current stroke; a bridge keeps what is left of it for a start."""
    turn.interrupt()
    turn.enter(Phase.STOPPED)


def start(turn: Turn, event: StartOrdered) -> None:
    """Let the program run again after a stop or a safe state."""
    if turn.plan.stopped:
        turn.refuse(event, Refusal.PROGRAM_STOPPED)
        return
    turn.enter(_programmed_phase(turn))


def prime(turn: Turn, event: PrimeOrdered) -> None:
    """Move fluid in an account of its own, then return to the phase before."""
    check_whole("the volume of a priming bolus in nL", event.volume_nl, least=1)
    check_whole("the flow of a priming bolus in nL/day", event.nl_per_day, least=1)
    if event.volume_nl > turn.plan.capacity_nl:
        turn.refuse(event, Refusal.ABOVE_CAPACITY)
        return
    if event.nl_per_day > turn.plan.highest_flow:
        turn.refuse(event, Refusal.ABOVE_HIGHEST_FLOW)
        return
    if turn.state.special_nl_per_day:
        turn.refuse(event, Refusal.BRIDGE_UNFINISHED)
        return
    turn.interrupt()
    turn.state = turn.state._replace(
        resume_phase=turn.state.phase,
        special_left=event.volume_nl * DAY_S,
        special_nl_per_day=event.nl_per_day,
    )
    turn.note("prime started", event.volume_nl, event.nl_per_day)
    turn.enter(Phase.PRIMING)


# -- boluses ------------------------------------------------------------------------------------


def _bolus_refusal(turn: Turn, volume_nl: int, duration_s: int) -> Refusal | None:
    state = turn.state
    if state.phase != Phase.RUNNING:
        return PHASE_REFUSALS[Phase(state.phase)]
    if state.bolus:
        return Refusal.BOLUS_RUNNING
    if state.pending:
        return Refusal.BOLUS_WAITING
    if volume_nl > turn.plan.capacity_nl:
        return Refusal.ABOVE_CAPACITY
    if not turn.plan.fits(state.now_s, state.week_offset_s, volume_nl, duration_s, duration_s):
        return Refusal.ABOVE_HIGHEST_FLOW
    return None


def _ask(turn: Turn, account: Account, volume_nl: int, duration_s: int) -> None:
    turn.state = turn.state._replace(
        pending=int(account), pending_nl=volume_nl, pending_duration_s=duration_s
    )
    turn.note("bolus asked", account, volume_nl, duration_s)
    turn.command(AskBolus(int(account), volume_nl, duration_s))


def order_bolus(turn: Turn, event: BolusOrdered) -> None:
    """Ask the monitor for a clinician's bolus."""
    check_whole("the volume of a bolus in nL", event.volume_nl, least=1)
    check_whole("the duration of a bolus in seconds", event.duration_s, least=1)
    if event.duration_s > WEEK_S:
        raise InputError(f"a bolus lasts {event.duration_s} s, but may last a week, {WEEK_S} s")
    refusal = _bolus_refusal(turn, event.volume_nl, event.duration_s)
    if refusal:
        turn.refuse(event, refusal)
    else:
        _ask(turn, Account.CLINICIAN_BOLUS, event.volume_nl, event.duration_s)


def press(turn: Turn, event: Pressed) -> None:
    """Ask the monitor for a patient bolus, if lockout and count allow one (PC-07)."""
    bolus = turn.plan.patient_bolus
    if bolus is None:
        turn.refuse(event, Refusal.NO_PATIENT_BOLUS)
        return
    refusal = _bolus_refusal(turn, bolus.volume_nl, bolus.duration_s)
    refusal = refusal or lockout_refusal(bolus, turn.state.starts, turn.state.now_s)
    if refusal:
        turn.refuse(event, refusal)
    else:
        _ask(turn, Account.PATIENT_BOLUS, bolus.volume_nl, bolus.duration_s)


def ask_scheduled(turn: Turn) -> None:
    """Ask for the scheduled boluses that are due at this second, or record why not."""
    now_s = turn.state.now_s
    for index, bolus in enumerate(turn.plan.boluses):
        if due_after(bolus, now_s - 1) == now_s:
            refusal = _bolus_refusal(turn, bolus.volume_nl, bolus.duration_s)
            if refusal:
                turn.note("scheduled bolus refused", index, bolus.volume_nl, refusal)
            else:
                _ask(turn, Account.SCHEDULED_BOLUS, bolus.volume_nl, bolus.duration_s)


def admit(turn: Turn, event: BolusAdmitted) -> None:
    """Start the bolus that waited for the monitor's word."""
    state = turn.state
    if not state.pending:
        turn.ignore(event)
        return
    assert not state.bolus, "one bolus runs at a time"
    number = state.last_bolus_id + 1
    starts = state.starts
    if state.pending == Account.PATIENT_BOLUS:
        starts = (*recent(starts, state.now_s), state.now_s)
    turn.state = state._replace(
        bolus=state.pending,
        bolus_id=number,
        last_bolus_id=number,
        bolus_nl=state.pending_nl,
        bolus_start_s=state.now_s,
        bolus_duration_s=state.pending_duration_s,
        bolus_given=0,
        pending=int(NO_BOLUS),
        pending_nl=0,
        pending_duration_s=0,
        starts=starts,
    )
    turn.note("bolus started", state.pending, number, state.pending_nl, state.pending_duration_s)


def deny(turn: Turn, event: BolusDenied) -> None:
    """Drop the bolus that waits, else end what runs: the monitor does not admit it, or no more.

    It takes back its leave when, after time was lost, what is left no longer fits.
    """
    check_whole("the reason of the monitor", event.reason)
    state = turn.state
    if state.pending:
        turn.forget_pending("bolus denied", event.reason)
    elif state.bolus:
        turn.end_bolus("bolus cancelled")
    elif state.phase == Phase.PRIMING:
        turn.end_special("prime cancelled")
        turn.enter(state.resume_phase)
    else:
        turn.ignore(event)


# -- reservoir, clock, faults, power, end -------------------------------------------------------


def refill(turn: Turn, event: Refilled) -> None:
    """Take over the volume after a refill; an empty pump goes on where it was."""
    check_whole("the volume in the reservoir in nL", event.reservoir_nl)
    if event.reservoir_nl > turn.plan.capacity_nl:
        turn.refuse(event, Refusal.ABOVE_CAPACITY)
        return
    state = turn.state
    turn.note("refilled", state.reservoir_nl, event.reservoir_nl)
    if state.flags & Flag.LOW_TOLD:
        turn.command(Clear(Cause.LOW_COMPUTED))
    if state.flags & Flag.EMPTY_TOLD:
        turn.command(Clear(Cause.EMPTY_COMPUTED))
    turn.state = state._replace(
        reservoir_nl=event.reservoir_nl, flags=state.flags & ~(Flag.LOW_TOLD | Flag.EMPTY_TOLD)
    )
    turn.warn_low()
    if state.phase == Phase.EMPTY:
        turn.enter(state.resume_phase)


def set_clock(turn: Turn, event: ClockSet) -> None:
    """Move the pump's week; the record says what it does to the dose of the next 24 h (PC-51)."""
    check_whole("the second of the week at second 0", event.week_offset_s)
    state, plan = turn.state, turn.plan
    if state.bolus or state.pending:
        turn.refuse(event, Refusal.BOLUS_RUNNING)
        return
    was, now = state.week_offset_s, event.week_offset_s % WEEK_S
    effect = plan.parts(state.now_s, now, DAY_S) - plan.parts(state.now_s, was, DAY_S)
    flows = [plan.basal(state.now_s, offset_s)[0] for offset_s in (was, now)]
    turn.note("clock set", was, now, *flows, effect // DAY_S)
    turn.state = state._replace(week_offset_s=now)


def known_fault(event: FaultFound) -> Fault:
    """Return the fault that an event names.

    Raises
    ------
    InputError
        When there is no such fault.
    """
    if isinstance(event.fault, Fault):
        return event.fault
    check_whole("the number of a fault", event.fault)
    if event.fault >= len(Fault):
        raise InputError(f"fault {event.fault} is unknown; there are {len(Fault)}, counted from 0")
    return Fault(event.fault)


def fault(turn: Turn, event: FaultFound) -> None:
    """Go to the drug's safe state, or to a safer one that the pump is in already (PC-11)."""
    found = known_fault(event)
    state = turn.state
    turn.note("fault", found)
    turn.command(Raise(CAUSES[found]))
    at_least = Phase.HOLDING if found not in OVER_DELIVERY else Phase.MINIMUM
    safe = max(at_least, SAFE_PHASES[turn.plan.safe_action])
    if state.phase in MOVING:
        if found in OVER_DELIVERY or safe == Phase.HALTED:
            turn.command(Halt())
        turn.interrupt()
        if state.phase == Phase.PRIMING and state.resume_phase == Phase.STOPPED:
            turn.enter(Phase.STOPPED)
        else:
            turn.enter(max(safe, state.phase) if state.phase in SAFE_PHASES else safe)
    elif state.phase == Phase.EMPTY and state.resume_phase != Phase.STOPPED:
        worse = state.resume_phase if state.resume_phase in SAFE_PHASES else safe
        turn.state = state._replace(resume_phase=int(max(safe, worse)))


def return_power(turn: Turn, _event: PowerReturned) -> None:
    """Go on where the state says; what waited for the monitor is dropped."""
    turn.forget_pending("bolus lapsed")


def end_service(turn: Turn, _event: ServiceEnded) -> None:
    """Stop for good."""
    turn.interrupt()
    turn.end_special("bridge abandoned")
    turn.command(Raise(Cause.END_OF_SERVICE))
    turn.enter(Phase.ENDED)
