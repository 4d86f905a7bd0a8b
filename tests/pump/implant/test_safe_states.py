"""What a fault leads to, and what leads out of it again (PC-11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.machine import (
    BRIDGED,
    CONSTANT,
    DAY,
    LIMITS,
    NOTHING,
    STROKE,
    WEEKEND,
    at_work,
    for_drug,
)
from thecal.pump.implant.actions import CAUSES, MOVING
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.controller import next_wake_s, refusal_words, step
from thecal.pump.implant.motion import FLOWS
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.turn import STANDING
from thecal.pump.implant.values import (
    FAR,
    OVER_DELIVERY,
    Account,
    Fault,
    FaultFound,
    Halt,
    Phase,
    Pressed,
    PrimeOrdered,
    Push,
    Raise,
    SafeAction,
    ServiceEnded,
    StartOrdered,
    StopOrdered,
)

HARMLESS = {
    SafeAction.HOLD: Phase.HOLDING,
    SafeAction.MINIMUM: Phase.MINIMUM,
    SafeAction.STOP: Phase.HALTED,
}
DANGEROUS = {**HARMLESS, SafeAction.HOLD: Phase.MINIMUM}


@pytest.mark.requirement("PC-11")
@pytest.mark.parametrize("action", SafeAction)
@pytest.mark.parametrize("fault", Fault)
def test_each_fault_leads_to_the_safe_state_of_the_drug(fault: Fault, action: SafeAction) -> None:
    machine = for_drug(action)
    machine.send(Pressed(0))
    outcome = machine.send(FaultFound(60, fault))
    dangerous = fault in OVER_DELIVERY
    assert machine.state.phase == (DANGEROUS if dangerous else HARMLESS)[action]
    assert machine.state.bolus == 0
    assert Raise(CAUSES[fault]) in outcome.commands
    halts = dangerous or action == SafeAction.STOP
    assert (Halt() in outcome.commands) == halts


@pytest.mark.requirement("PC-11")
@pytest.mark.parametrize("action", SafeAction)
def test_a_fault_in_a_safe_state_never_leads_to_a_less_safe_one(action: SafeAction) -> None:
    for first in Fault:
        for second in Fault:
            machine = for_drug(action)
            machine.send(FaultFound(0, first))
            before = machine.state.phase
            machine.send(FaultFound(10, second))
            assert machine.state.phase >= before


def test_every_fault_has_its_alarm() -> None:
    assert set(CAUSES) == set(Fault)


@pytest.mark.requirement("PC-10")
def test_a_stroke_that_was_due_before_a_dangerous_fault_is_not_given() -> None:
    machine = at_work()
    due_s = next_wake_s(machine.state, machine.setting)
    outcome = step(machine.state, FaultFound(due_s, Fault.FREE_FLOW), machine.setting)
    assert not any(isinstance(command, Push) for command in outcome.commands)
    assert ("time lost", (0, due_s)) in outcome.records


@pytest.mark.requirement("PC-11")
def test_holding_gives_the_basal_and_no_bolus() -> None:
    machine = for_drug(SafeAction.HOLD)
    machine.send(Pressed(0))
    machine.send(FaultFound(60, Fault.STALL))
    strokes = machine.strokes()
    machine.run(6 * DAY + 60)
    assert (machine.strokes() - strokes) * STROKE == 6 * 250_000
    assert all(one.account == Account.BASAL for one in machine.given if one.at_s > 60)


@pytest.mark.requirement("PC-11")
def test_holding_finishes_a_bridge_because_the_old_solution_is_still_there() -> None:
    machine = for_drug(SafeAction.HOLD, BRIDGED)
    machine.send(FaultFound(60, Fault.STALL))
    machine.run(DAY)
    assert machine.by_account()[Account.BRIDGE] == 40
    assert machine.state.phase == Phase.HOLDING
    assert machine.notes("bridge ended") == [(12_960, (0,))]


@pytest.mark.requirement("PC-11")
def test_a_fault_does_not_move_a_stopped_pump() -> None:
    for fault in Fault:
        machine = for_drug(SafeAction.HOLD)
        machine.send(StopOrdered(0))
        outcome = machine.send(FaultFound(0, fault))
        assert machine.state.phase == Phase.STOPPED
        assert Raise(CAUSES[fault]) in outcome.commands


@pytest.mark.requirement("PC-11")
def test_a_fault_in_a_prime_of_a_stopped_pump_stops_it_again() -> None:
    machine = for_drug(SafeAction.HOLD)
    machine.send(StopOrdered(0))
    machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    machine.send(FaultFound(60, Fault.STALL))
    assert machine.state.phase == Phase.STOPPED


@pytest.mark.requirement("PC-11")
def test_a_fault_in_a_prime_of_a_running_pump_leads_to_the_safe_state() -> None:
    machine = for_drug(SafeAction.HOLD)
    machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    machine.send(FaultFound(60, Fault.STALL))
    assert machine.state.phase == Phase.HOLDING
    assert machine.state.special_left == 0


def test_a_clinician_starts_the_pump_again_after_a_safe_state() -> None:
    for action in SafeAction:
        machine = for_drug(action)
        machine.send(FaultFound(0, Fault.STALL))
        machine.send(StartOrdered(10))
        assert machine.state.phase == Phase.RUNNING


def test_a_new_program_does_not_end_a_safe_state() -> None:
    for action in SafeAction:
        machine = for_drug(action)
        machine.send(FaultFound(0, Fault.STALL))
        before = machine.state.phase
        machine.commit(WEEKEND, 10, replace(LIMITS, safe_action=action))
        assert machine.state.phase == before
        machine.commit(NOTHING, 20)
        assert machine.state.phase == Phase.STOPPED


def test_a_stopped_program_cannot_be_started() -> None:
    machine = at_work(NOTHING)
    assert refusal_words(machine.send(StartOrdered(0))) == REFUSAL_WORDS[Refusal.PROGRAM_STOPPED]


def test_the_end_of_service_is_for_good() -> None:
    machine = at_work(BRIDGED)
    outcome = machine.send(ServiceEnded(10))
    assert Raise(Cause.END_OF_SERVICE) in outcome.commands
    assert next_wake_s(machine.state, machine.setting) == FAR
    assert refusal_words(machine.commit(CONSTANT, 20)) == REFUSAL_WORDS[Refusal.ENDED]
    assert machine.state.phase == Phase.ENDED


def test_a_phase_moves_or_stands_still_or_is_outside_of_service() -> None:
    outside = {Phase.UNPROGRAMMED, Phase.ENDED}
    assert MOVING | STANDING | outside == set(Phase)
    assert len(MOVING) + len(STANDING) + len(outside) == len(Phase)
    assert {phase for phase in Phase if FLOWS[phase]} == MOVING


def test_the_minimum_rate_is_given_stroke_by_stroke() -> None:
    machine = for_drug(SafeAction.MINIMUM)
    machine.send(FaultFound(0, Fault.STALL))
    machine.run(DAY)
    assert [one.at_s for one in machine.given] == [DAY // 4, DAY // 2, DAY // 4 * 3, DAY]
