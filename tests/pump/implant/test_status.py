"""The status: what flows now, and when the reservoir will be empty."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import HARDWARE, LIMITS, PROGRAM, Bench
from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.status import empty_s, flow_nl_per_day
from thecal.pump.implant.values import FAR, Account, Phase, Setting, State
from thecal.pump.program import Bridge, Program, WeekStep

FLEX = Program("flex", (WeekStep(0, 100_000), WeekStep(3 * DAY_S, 0), WeekStep(5 * DAY_S, 700_000)))
RUNNING = State(phase=int(Phase.RUNNING), reservoir_nl=2_400_000)


def plan_of(program: Program, minimum_nl: int = 6_000) -> Setting:
    return Setting(HARDWARE, program, replace(LIMITS, minimum_nl_per_day=minimum_nl))


PLAN = plan_of(PROGRAM).plan


# -- when it will be empty ------------------------------------------------------------------------


@pytest.mark.requirement("PC-29")
def test_at_a_constant_flow_the_time_to_empty_is_the_volume_by_the_flow() -> None:
    assert empty_s(RUNNING, PLAN) == 4 * DAY_S


@pytest.mark.requirement("PC-29")
@given(st.integers(0, 3 * WEEK_S), st.integers(1_400_000, 20_000_000), st.integers(0, WEEK_S - 1))
def test_the_time_to_empty_of_a_week_is_that_of_its_integral(
    now_s: int, reservoir_nl: int, offset_s: int
) -> None:
    plan = plan_of(FLEX).plan
    state = RUNNING._replace(now_s=now_s, reservoir_nl=reservoir_nl, week_offset_s=offset_s)
    left, second = (reservoir_nl - HARDWARE.residual_nl) * DAY_S, now_s
    found_s = empty_s(state, plan)
    assert found_s >= now_s
    while found_s - second > WEEK_S:
        left -= plan.parts(second, offset_s, WEEK_S)
        second += WEEK_S
    assert left - plan.parts(second, offset_s, found_s - second) <= 0
    if found_s > second:
        assert left - plan.parts(second, offset_s, found_s - 1 - second) > 0


@pytest.mark.requirement("PC-29")
def test_the_pump_is_empty_within_a_stroke_of_the_time_foretold() -> None:
    bench = Bench(reservoir_nl=1_500_000)
    bench.program()
    foretold_s = bench.implant.status(0).empty_s
    while bench.implant.status(bench.now_s).phase != Phase.EMPTY:
        bench.run(30)
    assert 0 <= bench.now_s - foretold_s <= 87 + 30


def test_a_bridge_is_counted_at_its_own_flow() -> None:
    state = RUNNING._replace(special_left=500_000 * DAY_S, special_nl_per_day=1_000_000)
    assert empty_s(state, PLAN) == DAY_S // 2 + 2 * DAY_S


def test_a_reservoir_that_a_prime_empties_is_empty_at_its_flow() -> None:
    state = RUNNING._replace(special_left=5_000_000 * DAY_S, special_nl_per_day=1_000_000)
    assert empty_s(state, PLAN) == DAY_S


def test_what_is_left_of_a_bolus_is_counted() -> None:
    state = RUNNING._replace(
        bolus=int(Account.CLINICIAN_BOLUS), bolus_nl=600_000, bolus_given=100_000 * DAY_S
    )
    assert empty_s(state, PLAN) == 2 * DAY_S


def test_parts_that_are_owed_have_gone_already() -> None:
    state = RUNNING._replace(owed_basal=200 * DAY_S, owed_bolus=40 * DAY_S)
    assert empty_s(state, PLAN) == 4 * DAY_S - 82


@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.HALTED, Phase.UNPROGRAMMED, Phase.ENDED])
def test_a_pump_that_stands_is_never_empty(phase: Phase) -> None:
    assert empty_s(RUNNING._replace(phase=int(phase)), PLAN) == FAR


def test_a_pump_down_to_its_residual_is_empty_now() -> None:
    assert empty_s(RUNNING._replace(now_s=7, reservoir_nl=1_400_000), PLAN) == 7


def test_the_minimum_rate_empties_it_too() -> None:
    state = RUNNING._replace(phase=int(Phase.MINIMUM))
    assert empty_s(state, PLAN) == 1_000_000 // 6_000 * DAY_S + 57_600
    assert empty_s(state, plan_of(PROGRAM, minimum_nl=0).plan) == FAR


def test_a_program_of_nothing_is_never_empty() -> None:
    nothing = replace(PROGRAM, steps=(WeekStep(0, 0),))
    assert empty_s(RUNNING, plan_of(nothing).plan) == FAR


# -- the flow now ---------------------------------------------------------------------------------


def test_basal_and_bolus_flow_together() -> None:
    state = RUNNING._replace(bolus=int(Account.PATIENT_BOLUS), bolus_nl=5_000, bolus_duration_s=600)
    assert flow_nl_per_day(state, PLAN) == 250_000 + 720_000


def test_a_bridge_flows_alone() -> None:
    bench = Bench()
    bench.program(replace(PROGRAM, bridge=Bridge(300_000, 400_000)))
    assert bench.implant.status(0).nl_per_day == 400_000


@pytest.mark.parametrize(
    ("phase", "flow"), [(Phase.MINIMUM, 6_000), (Phase.STOPPED, 0), (Phase.HOLDING, 250_000)]
)
def test_each_phase_has_its_flow(phase: Phase, flow: int) -> None:
    assert flow_nl_per_day(RUNNING._replace(phase=int(phase)), PLAN) == flow


# -- alarms ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-63")
def test_every_listed_alarm_is_shown_with_its_words() -> None:
    bench = Bench()
    bench.program()
    bench.implant.stop(0)
    bench.run(300)
    (shown,) = bench.implant.status(bench.now_s).alarms
    assert shown.name == Cause.STOPPED_BY_USER
    assert shown.words == "The pump was stopped by order and stands still."
    assert (shown.priority, shown.since_s, shown.active, shown.acknowledged) == (2, 300, 1, 0)
