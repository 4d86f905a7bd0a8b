"""The empty reservoir, the clock of the week, and stops."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.machine import (
    BRIDGED,
    CONSTANT,
    DAY,
    HOUR,
    LIMITS,
    NOTHING,
    PUMP,
    STROKE,
    WEEK,
    WEEKEND,
    Machine,
    at_work,
    for_drug,
    given_nl,
)
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.controller import next_wake_s, refusal_words
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.values import (
    NEVER,
    Account,
    Clear,
    ClockSet,
    Fault,
    FaultFound,
    Flag,
    Outcome,
    Phase,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Raise,
    Refilled,
    SafeAction,
    StartOrdered,
    StopOrdered,
    Woke,
)
from thecal.pump.program import Program


def dry(program: Program = CONSTANT, *, strokes: int = 5) -> Machine:
    machine = Machine(reservoir_nl=PUMP.residual_nl + strokes * STROKE)
    machine.commit(program)
    return machine


@pytest.mark.requirement("PC-29")
def test_an_empty_pump_stops_at_the_residual_with_an_alarm() -> None:
    machine = dry()
    machine.run(DAY)
    assert machine.state.phase == Phase.EMPTY
    assert machine.state.reservoir_nl == PUMP.residual_nl
    assert machine.strokes() == 5
    assert machine.kinds().count("reservoir empty") == 1


def test_a_refill_lets_an_empty_pump_go_on_and_clears_both_alarms() -> None:
    machine = dry()
    machine.run(DAY)
    outcome = machine.send(Refilled(DAY, 20_000_000))
    assert set(outcome.commands) == {Clear(Cause.LOW_COMPUTED), Clear(Cause.EMPTY_COMPUTED)}
    assert machine.state.phase == Phase.RUNNING
    assert machine.state.flags == 0


def test_a_refill_without_an_alarm_clears_none() -> None:
    assert at_work().send(Refilled(0, 20_000_000)).commands == ()


def test_a_bridge_waits_for_the_refill() -> None:
    machine = dry(BRIDGED)
    machine.run(DAY)
    machine.send(Refilled(DAY, 20_000_000))
    assert machine.state.phase == Phase.BRIDGING
    machine.run(2 * DAY)
    assert machine.by_account()[Account.BRIDGE] == 40


def test_a_bolus_and_a_prime_do_not_wait_for_the_refill() -> None:
    for event in (Pressed(0), PrimeOrdered(0, 310_500, 24_000_000)):
        machine = dry()
        machine.send(event)
        machine.run(DAY)
        machine.send(Refilled(DAY, 20_000_000))
        assert machine.state.phase == Phase.RUNNING
        assert machine.state.bolus == machine.state.special_left == 0


def test_a_program_for_an_empty_pump_begins_with_the_refill() -> None:
    machine = dry()
    machine.run(DAY)
    machine.commit(BRIDGED, DAY)
    assert machine.state.phase == Phase.EMPTY
    machine.send(Refilled(DAY, 20_000_000))
    assert machine.state.phase == Phase.BRIDGING


@pytest.mark.requirement("PC-11")
def test_a_fault_in_an_empty_pump_is_not_forgotten_at_the_refill() -> None:
    machine = dry()
    machine.run(DAY)
    machine.send(FaultFound(DAY, Fault.STALL))
    machine.send(FaultFound(DAY, Fault.CLOCKS_DISAGREE))
    machine.send(FaultFound(DAY, Fault.STALL))
    machine.send(Refilled(DAY, 20_000_000))
    assert machine.state.phase == Phase.MINIMUM


def test_a_stop_of_an_empty_pump_lasts_through_the_refill() -> None:
    machine = dry()
    machine.run(DAY)
    machine.send(StopOrdered(DAY))
    machine.send(Refilled(DAY, 20_000_000))
    assert machine.state.phase == Phase.STOPPED


@pytest.mark.requirement("PC-11")
def test_a_fault_in_an_empty_pump_that_was_stopped_does_not_move_it_later() -> None:
    machine = dry()
    machine.send(StopOrdered(0))
    machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    machine.run(DAY)
    machine.send(FaultFound(DAY, Fault.STALL))
    machine.send(Refilled(DAY, 20_000_000))
    assert machine.state.phase == Phase.STOPPED


@pytest.mark.requirement("PC-29")
def test_the_low_reservoir_is_told_once_after_each_refill() -> None:
    machine = Machine(reservoir_nl=PUMP.residual_nl + LIMITS.low_reservoir_nl + STROKE)
    machine.commit(CONSTANT)
    assert machine.notes("low reservoir") == []
    machine.run(DAY)
    assert machine.notes("low reservoir") == [(519, (PUMP.residual_nl + LIMITS.low_reservoir_nl,))]
    machine.send(Refilled(DAY, 3_000_000))
    assert machine.kinds().count("low reservoir") == 2


@pytest.mark.requirement("PC-51")
def test_the_record_of_a_set_clock_says_what_it_does_to_the_dose() -> None:
    machine = at_work(WEEKEND)
    machine.send(ClockSet(HOUR, 5 * DAY - 2 * HOUR))
    assert machine.notes("clock set") == [
        (HOUR, (0, 5 * DAY - 2 * HOUR, 300_000, 300_000, -150_000 * 23 // 24))
    ]
    machine.run(DAY + HOUR)
    assert given_nl(machine, HOUR, DAY + HOUR) // STROKE == (300_000 - 150_000 * 23 // 24) // STROKE


@pytest.mark.requirement("PC-50")
@given(
    now_s=st.integers(0, 2 * WEEK),
    jump_s=st.one_of(st.integers(1, DAY), st.integers(1, 100 * 366 * DAY)),
    program=st.sampled_from((CONSTANT, WEEKEND, BRIDGED)),
)
def test_a_jump_of_the_clock_changes_nothing_of_what_has_been_given(
    now_s: int, jump_s: int, program: Program
) -> None:
    machine = at_work(program)
    machine.run(now_s)
    before = machine.state
    outcome = machine.send(ClockSet(now_s, before.week_offset_s + jump_s))
    assert outcome.commands == ()
    assert outcome.state == before._replace(week_offset_s=jump_s % WEEK)


@pytest.mark.requirement("PC-50")
@given(jump_s=st.integers(1, 100 * 366 * DAY), now_s=st.integers(1, 3 * DAY))
def test_a_jump_within_a_step_changes_no_later_stroke(jump_s: int, now_s: int) -> None:
    machine, steady = at_work(), at_work()
    machine.send(ClockSet(now_s, jump_s))
    for one in (machine, steady):
        one.run(5 * DAY)
    assert machine.given == steady.given


@pytest.mark.requirement("PC-05")
def test_the_clock_is_not_set_under_a_bolus() -> None:
    machine = at_work()
    machine.send(Pressed(0))
    assert refusal_words(machine.send(ClockSet(1, 5))) == REFUSAL_WORDS[Refusal.BOLUS_RUNNING]


@pytest.mark.requirement("PC-52")
@pytest.mark.parametrize("years", [38, 100, 5_000])
def test_no_second_of_the_counter_is_special(years: int) -> None:
    start_s = years * 366 * DAY // WEEK * WEEK
    machine = Machine()
    machine.send(Woke(start_s))
    machine.commit(WEEKEND, start_s)
    machine.run(start_s + WEEK)
    assert machine.strokes() * STROKE == 5 * 300_000 + 2 * 150_000


@pytest.mark.requirement("PC-86")
def test_a_stopped_pump_reminds_at_5_min_and_every_5_min() -> None:
    machine = at_work()
    machine.send(StopOrdered(100))
    raised = []
    while machine.state.now_s < 1_000:
        outcome = machine.send(Woke(next_wake_s(machine.state, machine.setting)))
        raised += [
            machine.state.now_s for one in outcome.commands if one == Raise(Cause.STOPPED_BY_USER)
        ]
    assert raised == [400, 700, 1_000]
    assert machine.notes("stopped") == [(400, (300,)), (700, (600,)), (1_000, (900,))]
    assert Clear(Cause.STOPPED_BY_USER) in machine.send(StartOrdered(1_100)).commands


@pytest.mark.requirement("PC-86")
def test_a_short_stop_has_no_alarm_to_clear() -> None:
    machine = at_work()
    machine.send(StopOrdered(100))
    assert machine.send(StartOrdered(399)).commands == ()


@pytest.mark.requirement("PC-86")
def test_a_stopped_program_in_a_stopped_pump_ends_the_reminders() -> None:
    machine = at_work()
    machine.send(StopOrdered(0))
    machine.run(300)
    assert machine.commit(NOTHING, 300).commands == (Clear(Cause.STOPPED_BY_USER),)
    assert next_wake_s(machine.state, machine.setting) == 2 * DAY


@pytest.mark.requirement("PC-27")
@pytest.mark.parametrize("way", ["order", "program", "halt", "empty"])
def test_standing_still_for_48_h_is_told_once_and_marks_the_risk(way: str) -> None:
    machine = at_work()
    if way == "order":
        machine.send(StopOrdered(0))
    elif way == "program":
        machine.commit(NOTHING)
    elif way == "halt":
        machine = for_drug(SafeAction.STOP)
        machine.send(FaultFound(0, Fault.STALL))
    else:
        machine = dry(strokes=0)
        machine.run(519)
    since_s = machine.state.stopped_s
    machine.run(since_s + 2 * DAY - 1)
    assert not machine.state.flags & Flag.OVER_INFUSION_RISK
    machine.run(since_s + 9 * DAY)
    assert machine.notes("stopped too long") == [(since_s + 2 * DAY, (2 * DAY,))]
    assert machine.state.flags & Flag.OVER_INFUSION_RISK


@pytest.mark.requirement("PC-27")
def test_the_risk_outlives_the_stop_but_its_alarm_does_not() -> None:
    machine = at_work()
    machine.send(StopOrdered(0))
    machine.run(3 * DAY)
    outcome = machine.send(StartOrdered(3 * DAY))
    assert Clear(Cause.STOPPED_LONG) in outcome.commands
    assert machine.state.stopped_s == NEVER
    assert machine.state.flags & Flag.OVER_INFUSION_RISK


@pytest.mark.requirement("PC-27", "PC-45")
def test_48_h_that_passed_without_power_are_told_when_it_returns() -> None:
    machine = at_work()
    machine.send(StopOrdered(0))
    outcome = machine.send_after_power_loss(PowerReturned(5 * DAY))
    assert Raise(Cause.STOPPED_LONG) in outcome.commands
    assert Raise(Cause.STOPPED_BY_USER) in outcome.commands


@pytest.mark.requirement("PC-01")
def test_a_pump_that_runs_dry_owes_all_but_the_second_of_the_missing_stroke() -> None:
    machine = Machine(reservoir_nl=PUMP.residual_nl)
    machine.commit(CONSTANT)
    machine.run(519)
    assert machine.state.phase == Phase.EMPTY
    assert machine.state.owed_basal == 518 * 250_000


def cleared(outcome: Outcome) -> list[str]:
    """Return what is cleared; as tuples, a `Raise` and a `Clear` of one cause are equal."""
    return [one.condition for one in outcome.commands if isinstance(one, Clear)]


@pytest.mark.parametrize(
    ("stood_s", "cause"), [(300, Cause.STOPPED_BY_USER), (2 * DAY, Cause.STOPPED_LONG)]
)
def test_a_start_at_the_second_of_an_alarm_clears_it(stood_s: int, cause: Cause) -> None:
    machine = at_work()
    machine.send(StopOrdered(0))
    assert cause in cleared(machine.send(StartOrdered(stood_s)))


def test_a_pump_that_never_stood_has_no_alarm_to_clear() -> None:
    machine = at_work()
    machine.run(3 * DAY)
    assert not cleared(machine.send(PrimeOrdered(3 * DAY, 1_500, 1_500)))


def test_the_reminder_keeps_its_second_whatever_happens_before() -> None:
    machine = at_work()
    machine.send(StopOrdered(0))
    machine.send(ClockSet(100, 0))
    assert next_wake_s(machine.state, machine.setting) == 300


def test_a_halted_pump_that_is_stopped_has_stood_since_it_was_halted() -> None:
    machine = for_drug(SafeAction.STOP)
    machine.send(FaultFound(0, Fault.STALL))
    machine.send(StopOrdered(100))
    assert machine.state.stopped_s == 0


def test_the_log_tells_a_refill_by_both_volumes() -> None:
    machine = at_work()
    machine.send(Refilled(0, 10_000_000))
    assert machine.notes("refilled") == [(0, (20_000_000, 10_000_000))]
