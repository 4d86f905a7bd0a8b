"""What an event does: infusion modes and boluses."""

from __future__ import annotations

from dataclasses import replace

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
    ON_DEMAND,
    PUMP,
    STROKE,
    WEEKEND,
    Machine,
    at_work,
    for_drug,
    given_nl,
)
from thecal.pump.implant.actions import admit
from thecal.pump.implant.controller import next_wake_s, refusal_words, step
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.turn import Turn
from thecal.pump.implant.values import (
    FAR,
    Account,
    AskBolus,
    BolusAdmitted,
    BolusDenied,
    BolusOrdered,
    ClockSet,
    Fault,
    FaultFound,
    Outcome,
    Phase,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    SafeAction,
    ServiceEnded,
    StopOrdered,
    Woke,
)
from thecal.pump.program import Program, ScheduledBolus, WeekStep


@pytest.mark.requirement("PC-01")
def test_simple_continuous_gives_its_daily_volume_in_whole_strokes() -> None:
    machine = at_work()
    machine.run(6 * DAY)
    assert given_nl(machine, 0, 6 * DAY) == 6 * 250_000
    assert machine.by_account().keys() == {Account.BASAL}


@pytest.mark.requirement("PC-51", "PC-52")
def test_flex_follows_the_days_of_the_week_over_its_end() -> None:
    machine = Machine(offset_s=4 * DAY)
    machine.commit(WEEKEND)
    machine.run(8 * DAY)
    assert given_nl(machine, 0, DAY) == 300_000
    assert given_nl(machine, DAY, 3 * DAY) == 300_000
    assert given_nl(machine, 3 * DAY, 8 * DAY) == 5 * 300_000


def test_a_stopped_program_gives_nothing_and_does_not_remind() -> None:
    machine = at_work(NOTHING)
    machine.run(DAY)
    assert machine.state.phase == Phase.STOPPED
    assert machine.given == []
    assert machine.notes("stopped") == []


def test_a_program_without_flow_asks_for_no_wake() -> None:
    machine = at_work(Program("flex", (WeekStep(0, 0),)))
    assert next_wake_s(machine.state, machine.setting) == FAR


@pytest.mark.requirement("PC-11")
def test_the_minimum_rate_flows_and_nothing_else() -> None:
    machine = for_drug(SafeAction.MINIMUM)
    machine.send(FaultFound(0, Fault.SENSOR_FAILED))
    machine.run(10 * DAY)
    assert given_nl(machine, 0, 10 * DAY) == 60_000
    assert refusal_words(machine.send(Pressed(10 * DAY))) == REFUSAL_WORDS[Refusal.SAFE_STATE]


def test_a_minimum_rate_of_nothing_asks_for_no_wake() -> None:
    machine = at_work(limits=replace(LIMITS, safe_action=SafeAction.MINIMUM, minimum_nl_per_day=0))
    machine.send(FaultFound(0, Fault.SENSOR_FAILED))
    assert next_wake_s(machine.state, machine.setting) == FAR


def test_a_periodic_bolus_starts_at_its_seconds() -> None:
    periodic = ScheduledBolus(HOUR, 6_000, 600, 6 * HOUR)
    machine = at_work(replace(CONSTANT, boluses=(periodic,)))
    machine.run(DAY)
    assert [at_s for at_s, _ in machine.notes("bolus started")] == [
        HOUR,
        7 * HOUR,
        13 * HOUR,
        19 * HOUR,
    ]
    assert machine.by_account()[Account.SCHEDULED_BOLUS] == 16


def test_a_bolus_due_at_the_commit_starts_at_once_and_once() -> None:
    machine = at_work(replace(CONSTANT, boluses=(ScheduledBolus(0, 6_000, 600),)))
    machine.run(0)
    machine.run(HOUR)
    assert [at_s for at_s, _ in machine.notes("bolus started")] == [0]


def test_of_two_boluses_due_at_one_second_the_second_is_refused() -> None:
    both = (ScheduledBolus(60, 6_000, 600), ScheduledBolus(60, 9_000, 600))
    machine = at_work(replace(CONSTANT, boluses=both))
    machine.run(60)
    assert machine.notes("scheduled bolus refused") == [(60, (1, 9_000, Refusal.BOLUS_WAITING))]


def test_a_scheduled_bolus_of_a_stopped_pump_is_refused_and_logged() -> None:
    machine = at_work(replace(CONSTANT, boluses=(ScheduledBolus(60, 6_000, 600),)))
    machine.send(StopOrdered(0))
    machine.run(60)
    assert machine.notes("scheduled bolus refused") == [(60, (0, 6_000, Refusal.STOPPED))]


@pytest.mark.requirement("PC-07")
def test_lockout_and_count_hold_through_a_change_of_program() -> None:
    machine = at_work()
    taken = []
    for hour in range(0, 30, 2):
        if hour == 6:
            machine.commit(CONSTANT, 6 * HOUR)
        before = len(machine.notes("bolus started"))
        machine.send(Pressed(hour * HOUR))
        taken.append(len(machine.notes("bolus started")) > before)
    assert [2 * index for index, granted in enumerate(taken) if granted] == [0, 4, 8, 12, 24, 28]
    reasons = {values[1] for _, values in machine.notes("refused")}
    assert reasons == {Refusal.LOCKED_OUT, Refusal.DAY_COUNT}


@pytest.mark.requirement("PC-07")
@given(jump=st.integers(0, 100 * 366 * DAY), wait_s=st.integers(1, ON_DEMAND.lockout_s - 1))
def test_setting_the_clock_does_not_shorten_the_lockout(jump: int, wait_s: int) -> None:
    machine = at_work()
    machine.send(Pressed(0))
    machine.send(ClockSet(wait_s, jump))
    outcome = machine.send(Pressed(wait_s))
    assert outcome.commands == ()
    assert len(machine.notes("bolus started")) == 1


@pytest.mark.requirement("PC-07")
def test_a_denied_bolus_is_not_queued_and_starts_no_lockout() -> None:
    machine = at_work()
    machine.admits = False
    machine.send(Pressed(10))
    assert machine.notes("bolus denied") == [(10, (Account.PATIENT_BOLUS, 20_000, 1))]
    machine.admits = True
    machine.run(HOUR)
    assert machine.notes("bolus started") == []
    machine.send(Pressed(HOUR))
    assert [at_s for at_s, _ in machine.notes("bolus started")] == [HOUR]


@pytest.mark.requirement("PC-07")
def test_without_an_answer_of_the_monitor_the_bolus_lapses_with_the_second() -> None:
    machine = at_work()
    state = step(machine.state, Pressed(0), machine.setting).state
    assert state.pending == Account.PATIENT_BOLUS
    outcome = step(state, Woke(1), machine.setting)
    assert ("bolus lapsed", (Account.PATIENT_BOLUS, 20_000)) in outcome.records
    assert step(outcome.state, BolusAdmitted(1), machine.setting).state.bolus == 0


@pytest.mark.requirement("PC-42")
def test_a_bolus_that_waited_when_power_was_lost_is_dropped() -> None:
    machine = at_work()
    state = step(machine.state, Pressed(0), machine.setting).state
    outcome = step(state, PowerReturned(0), machine.setting)
    assert outcome.state.pending == 0
    assert "bolus lapsed" in [record.kind for record in outcome.records]


def test_a_press_while_one_waits_is_refused() -> None:
    machine = at_work()
    waiting = step(machine.state, Pressed(0), machine.setting).state
    outcome = step(waiting, Pressed(0), machine.setting)
    assert refusal_words(outcome) == REFUSAL_WORDS[Refusal.BOLUS_WAITING]


def test_a_press_while_one_runs_is_refused() -> None:
    machine = at_work()
    machine.send(Pressed(0))
    assert refusal_words(machine.send(Pressed(1))) == REFUSAL_WORDS[Refusal.BOLUS_RUNNING]


def test_a_press_without_a_prescription_is_refused() -> None:
    machine = at_work(WEEKEND)
    assert refusal_words(machine.send(Pressed(0))) == REFUSAL_WORDS[Refusal.NO_PATIENT_BOLUS]


def test_an_answer_that_nobody_waits_for_is_ignored() -> None:
    machine = at_work()
    for event in (BolusAdmitted(0), BolusDenied(0, 1)):
        outcome = machine.send(event)
        assert [record.kind for record in outcome.records] == ["ignored"]


def test_a_clinicians_bolus_is_asked_for_and_given() -> None:
    machine = at_work()
    outcome = machine.send(BolusOrdered(0, 30_000, HOUR))
    assert outcome.commands == (AskBolus(Account.CLINICIAN_BOLUS, 30_000, HOUR),)
    machine.run(HOUR)
    assert machine.by_account()[Account.CLINICIAN_BOLUS] == 20
    assert machine.notes("bolus ended") == [(HOUR, (Account.CLINICIAN_BOLUS, 1, 30_000, 30_000))]


@pytest.mark.requirement("PC-05")
def test_a_bolus_may_not_lift_a_later_step_above_the_highest_flow() -> None:
    steps = (WeekStep(0, 0), WeekStep(HOUR, PUMP.highest_nl_per_day - 1))
    machine = at_work(Program("flex", steps))
    refused = machine.send(BolusOrdered(0, 1_000, HOUR + 1))
    assert refusal_words(refused) == REFUSAL_WORDS[Refusal.ABOVE_HIGHEST_FLOW]
    assert machine.send(BolusOrdered(0, 1_000, HOUR)).commands


@pytest.mark.requirement("PC-05")
@given(
    orders=st.lists(
        st.tuples(st.integers(1, 3 * HOUR), st.integers(1, 60_000), st.integers(60, HOUR)),
        min_size=1,
        max_size=8,
    ),
    flow=st.integers(0, 400_000),
)
def test_boluses_leave_the_basal_as_it_is_and_each_gives_its_volume(
    orders: list[tuple[int, int, int]], flow: int
) -> None:
    program = Program("flex", (WeekStep(0, flow), WeekStep(2 * HOUR, 300_000 - flow // 2)))
    machine, alone = at_work(program), at_work(program)
    now_s, requested = 0, 0
    for wait_s, volume_nl, duration_s in orders:
        now_s += wait_s
        requested += (
            volume_nl if machine.send(BolusOrdered(now_s, volume_nl, duration_s)).commands else 0
        )
        now_s += duration_s
    machine.run(now_s)
    alone.run(now_s)
    added = (machine.strokes() - alone.strokes()) * STROKE - requested
    assert -STROKE < added < STROKE
    for _, (_, number, volume_nl, _) in machine.notes("bolus ended"):
        strokes = sum(one.for_bolus for one in machine.given if one.bolus_id == number)
        assert abs(strokes * STROKE - volume_nl) < STROKE


@pytest.mark.requirement("PC-05")
def test_the_monitor_may_take_back_its_leave_for_a_running_bolus() -> None:
    machine = at_work()
    machine.send(BolusOrdered(0, 30_000, HOUR))
    machine.send(BolusDenied(1_800, 1))
    machine.run(DAY)
    assert [at_s for at_s, _ in machine.notes("bolus cancelled")] == [1_800]
    assert machine.by_account()[Account.CLINICIAN_BOLUS] == 10


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.STOPPED])
def test_the_monitor_may_take_back_its_leave_for_a_prime(phase: Phase) -> None:
    machine = at_work()
    if phase == Phase.STOPPED:
        machine.send(StopOrdered(0))
    machine.send(PrimeOrdered(0, 60_000, 24_000_000))
    machine.send(BolusDenied(100, 1))
    assert machine.state.phase == phase
    assert machine.state.special_left == 0


@pytest.mark.requirement("PC-05", "PC-45")
def test_a_delayed_bolus_that_no_longer_fits_under_a_step_is_cancelled() -> None:
    steps = (WeekStep(0, 0), WeekStep(HOUR, PUMP.highest_nl_per_day), WeekStep(2 * HOUR, 0))
    machine = at_work(Program("flex", steps))
    machine.send(BolusOrdered(0, 60_000, HOUR))
    machine.run(HOUR // 2)
    outcome = machine.send_after_power_loss(PowerReturned(HOUR // 2 + 1))
    assert outcome.state.bolus == 0
    assert "bolus cancelled" in [record.kind for record in outcome.records]


@pytest.mark.requirement("PC-45")
def test_scheduled_boluses_that_were_missed_are_counted_and_not_given() -> None:
    both = (ScheduledBolus(0, 6_000, 600, HOUR), ScheduledBolus(5 * HOUR, 3_000, 600))
    machine = at_work(replace(CONSTANT, boluses=both))
    machine.run(1_000)
    machine.send_after_power_loss(PowerReturned(10 * HOUR))
    assert machine.notes("boluses missed") == [
        (10 * HOUR, (0, 9, 6_000)),
        (10 * HOUR, (1, 1, 3_000)),
    ]
    assert [at_s for at_s, _ in machine.notes("bolus started")] == [0, 10 * HOUR]


@pytest.mark.requirement("PC-45")
def test_a_bolus_that_is_due_when_power_returns_was_not_missed() -> None:
    machine = at_work(replace(CONSTANT, boluses=(ScheduledBolus(HOUR, 6_000, 600),)))
    machine.send_after_power_loss(PowerReturned(HOUR))
    assert machine.notes("boluses missed") == []
    assert [at_s for at_s, _ in machine.notes("bolus started")] == [HOUR]


@pytest.mark.requirement("PC-70")
def test_each_change_of_phase_is_recorded_and_nothing_else_is_called_one() -> None:
    machine = at_work()
    machine.commit(WEEKEND, 10)
    machine.send(StopOrdered(20))
    assert machine.notes("phase") == [
        (0, (Phase.UNPROGRAMMED, Phase.RUNNING)),
        (20, (Phase.RUNNING, Phase.STOPPED)),
    ]


def test_the_log_tells_a_program_by_its_number_and_its_bridge() -> None:
    assert at_work(BRIDGED).notes("program") == [(0, (1, 60_000, 400_000))]


def test_the_log_tells_what_was_asked_of_the_monitor() -> None:
    machine = at_work()
    machine.send(Pressed(60))
    assert machine.notes("bolus asked") == [(60, (Account.PATIENT_BOLUS, 20_000, 300))]


def test_the_log_tells_a_fault_by_its_number() -> None:
    machine = at_work()
    machine.send(FaultFound(60, Fault.STALL))
    assert machine.notes("fault") == [(60, (Fault.STALL,))]


def test_the_end_of_service_abandons_a_bridge() -> None:
    machine = at_work(BRIDGED)
    machine.send(ServiceEnded(0))
    assert machine.notes("bridge abandoned") == [(0, (60_000,))]
    assert machine.state.special_left == 0


def test_where_no_bolus_waited_none_lapses() -> None:
    machine = at_work()
    machine.send_after_power_loss(PowerReturned(60))
    machine.send(StopOrdered(120))
    assert "bolus lapsed" not in machine.kinds()


def test_a_second_bolus_does_not_start_on_top_of_one() -> None:
    machine = at_work()
    machine.send(Pressed(0))
    broken = machine.state._replace(
        pending=Account.CLINICIAN_BOLUS, pending_nl=1, pending_duration_s=1
    )
    with pytest.raises(AssertionError, match="one bolus runs"):
        admit(Turn(Outcome(broken), machine.setting.plan), BolusAdmitted(0))


def test_a_bolus_of_all_that_the_reservoir_may_hold_is_asked_for() -> None:
    machine = at_work()
    machine.send(BolusOrdered(0, PUMP.reservoir_nl, 7 * DAY))
    assert machine.notes("bolus asked") == [
        (0, (Account.CLINICIAN_BOLUS, PUMP.reservoir_nl, 7 * DAY))
    ]


def test_an_admitted_bolus_waits_no_more() -> None:
    machine = at_work()
    machine.send(Pressed(0))
    state = machine.state
    assert (state.pending, state.pending_nl, state.pending_duration_s) == (0, 0, 0)


def test_a_scheduled_bolus_that_a_late_wake_missed_is_counted() -> None:
    daily = ScheduledBolus(first_s=HOUR, volume_nl=6_000, duration_s=600, every_s=DAY)
    machine = at_work(replace(CONSTANT, mode="flex", boluses=(daily,)))
    machine.send_after_power_loss(Woke(2 * HOUR))
    assert machine.notes("boluses missed") == [(2 * HOUR, (0, 1, 6_000))]
