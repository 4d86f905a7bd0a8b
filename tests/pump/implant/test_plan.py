"""The plan: what a week of steps means at a second."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.pump.implant.machine import CONSTANT, LIMITS, PUMP
from thecal.errors import InputError
from thecal.pump.implant.plan import NO_EDGE_S, Plan, due_after
from thecal.pump.implant.values import Limits, SafeAction, Setting
from thecal.pump.program import Program, ScheduledBolus, WeekStep

DAY = 86_400
WEEK = 7 * DAY
OFFSETS = st.integers(0, 3 * WEEK)
CHUNK = 1_800


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Return the plan of steps that start at full half hours, so that sums by them are exact."""
    starts = draw(st.sets(st.integers(1, WEEK // CHUNK - 1), max_size=12)) | {0}
    steps = tuple(WeekStep(CHUNK * at, draw(st.integers(0, 10**6))) for at in sorted(starts))
    return Setting(PUMP, Program("flex", steps), LIMITS).plan


def flow_at(plan: Plan, second: int) -> int:
    """Return the flow at a second of the week, found from the end."""
    pairs = zip(plan.starts, plan.flows, strict=True)
    return max((start, flow) for start, flow in pairs if start <= second % WEEK)[1]


@given(plan=plans(), now_s=st.integers(0, 3 * WEEK), offset_s=OFFSETS)
def test_the_basal_flow_is_that_of_the_step(plan: Plan, now_s: int, offset_s: int) -> None:
    assert plan.basal(now_s, offset_s)[0] == flow_at(plan, now_s + offset_s)


@given(plan=plans(), now_s=st.integers(0, 3 * WEEK), offset_s=OFFSETS)
def test_the_edge_is_the_first_start_of_a_step_to_come(
    plan: Plan, now_s: int, offset_s: int
) -> None:
    assume(len(plan.flows) > 1)
    waits = [(start - now_s - offset_s - 1) % WEEK + 1 for start in plan.starts]
    assert plan.basal(now_s, offset_s)[1] == now_s + min(waits)


@given(
    plan=plans(),
    now=st.integers(0, 3 * WEEK // CHUNK),
    offset=st.integers(0, WEEK // CHUNK),
    chunks=st.integers(0, WEEK // CHUNK),
)
def test_the_parts_of_a_span_are_the_sum_of_its_half_hours(
    plan: Plan, now: int, offset: int, chunks: int
) -> None:
    expected = sum(flow_at(plan, CHUNK * (now + offset + one)) * CHUNK for one in range(chunks))
    assert plan.parts(CHUNK * now, CHUNK * offset, CHUNK * chunks) == expected


@given(
    plan=plans(),
    now_s=st.integers(0, WEEK),
    offset_s=OFFSETS,
    span_s=st.integers(1, WEEK) | st.integers(WEEK, 2 * WEEK),
)
def test_the_peak_is_the_highest_flow_of_the_span(
    plan: Plan, now_s: int, offset_s: int, span_s: int
) -> None:
    first = now_s + offset_s
    seconds = {first, *range(first + CHUNK - first % CHUNK, first + span_s, CHUNK)}
    assert plan.peak(now_s, offset_s, span_s) == max(flow_at(plan, second) for second in seconds)


@pytest.mark.requirement("PC-52")
def test_one_step_has_no_edge() -> None:
    assert Setting(PUMP, CONSTANT, LIMITS).plan.basal(WEEK - 1, 0) == (250_000, NO_EDGE_S)


def test_more_than_a_week_of_parts_is_not_asked_for() -> None:
    with pytest.raises(AssertionError, match="more than a week"):
        Setting(PUMP, CONSTANT, LIMITS).plan.parts(0, 0, WEEK + 1)


@given(
    first_s=st.integers(0, 50),
    every_s=st.none() | st.integers(1, 20),
    now_s=st.integers(-1, 200),
)
def test_the_next_bolus_is_the_first_after_now(
    first_s: int, every_s: int | None, now_s: int
) -> None:
    bolus = ScheduledBolus(first_s, 1, 1, every_s)
    times = [first_s + count * every_s for count in range(300)] if every_s else [first_s]
    assert due_after(bolus, now_s) == min([at for at in times if at > now_s] or [NO_EDGE_S])


def test_a_bolus_fits_up_to_the_highest_flow_and_no_further() -> None:
    plan = Setting(PUMP, CONSTANT, LIMITS).plan
    room_nl = PUMP.highest_nl_per_day - 250_000
    assert plan.fits(0, 0, room_nl, DAY, DAY)
    assert not plan.fits(0, 0, room_nl + 1, DAY, DAY)


@pytest.mark.requirement("PC-09", "PC-82")
def test_a_program_above_the_highest_flow_has_no_setting() -> None:
    too_much = Program("flex", (WeekStep(0, PUMP.highest_nl_per_day + 1),))
    with pytest.raises(InputError, match="highest flow"):
        Setting(PUMP, too_much, LIMITS)


@pytest.mark.requirement("PC-09")
def test_a_minimum_rate_above_the_highest_flow_has_no_setting() -> None:
    limits = Limits(SafeAction.MINIMUM, 1, 1, 1, PUMP.highest_nl_per_day + 1, 1)
    with pytest.raises(InputError, match="minimum rate"):
        Setting(PUMP, CONSTANT, limits)


def test_two_settings_of_the_same_values_are_equal() -> None:
    assert Setting(PUMP, CONSTANT, LIMITS) == Setting(PUMP, CONSTANT, LIMITS)


def test_a_span_of_less_than_nothing_is_not_asked_for() -> None:
    with pytest.raises(AssertionError, match="a span"):
        Setting(PUMP, CONSTANT, LIMITS).plan.parts(0, 0, -1)
