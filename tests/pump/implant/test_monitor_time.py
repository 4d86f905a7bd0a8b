from __future__ import annotations

import pytest
from hypothesis import event as seen
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pump.implant.monitors import (
    BASAL,
    DAY,
    HALF_HOUR,
    HOUR,
    LIMITS,
    PUMP,
    continuous,
    given_until,
    loaded,
)
from thecal.errors import InputError
from thecal.pump import implant
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.denials import ADMITTED, Denial
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.values import Fault, Limits, Permit, Phase, SafeAction
from thecal.pump.program import (
    Bridge,
    Program,
    WeekStep,
)
from thecal.pump.simulation.caps import history


@pytest.mark.requirement("PC-50")
def test_a_counter_that_runs_back_moves_nothing() -> None:
    monitor = loaded()
    monitor.permit(1, HALF_HOUR)
    assert monitor.permit(1, HALF_HOUR - 1) == Denial.CLOCK_BACK


@pytest.mark.requirement("PC-06", "PC-51")
def test_a_clock_that_would_repeat_a_high_step_is_not_set() -> None:
    night = Program("flex", (WeekStep(0, 240_000), WeekStep(HOUR, 0)))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1))
    given_until(monitor, HOUR, every_s=360)
    assert monitor.set_clock(604_800 - HOUR, HOUR) == Denial.FOUR_HOURS_CAP
    assert monitor.set_clock(HOUR, HOUR) == ADMITTED
    assert monitor.set_clock(604_800 - HOUR, 6 * HOUR) == ADMITTED


def test_a_clock_that_was_set_moves_the_steps() -> None:
    monitor = loaded(Program("flex", (WeekStep(0, 0), WeekStep(DAY, BASAL))))
    assert monitor.permit(2, HALF_HOUR) == Denial.AHEAD
    assert monitor.set_clock(DAY, HALF_HOUR) == ADMITTED
    given_until(monitor, 3 * HALF_HOUR, from_s=HALF_HOUR)


@pytest.mark.requirement("PC-53")
def test_clocks_that_disagree_are_a_fault() -> None:
    monitor = loaded()
    told = [monitor.clock(0, 7), monitor.clock(60, 67), monitor.clock(120, 130)]
    assert told == [None, None, Fault.CLOCKS_DISAGREE]


@pytest.mark.requirement("PC-40", "PC-41")
@settings(max_examples=40)
@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_restored_monitor_gives_the_same_answers(number: int, other: int) -> None:
    pair, _ = history(number)
    twin, now_s = pair.branch(), pair.state.now_s
    assert twin.monitor.snapshot() == pair.monitor.snapshot()
    for each in (pair, twin):
        each.send(implant.values.StartOrdered(now_s + other))
        each.send(implant.values.BolusOrdered(now_s + other, 2_000, 300))
        each.wake(now_s + other + DAY)
    assert (twin.times, twin.strokes, twin.refused) == (pair.times, pair.strokes, pair.refused)
    assert twin.answers == pair.answers
    assert twin.monitor.snapshot() == pair.monitor.snapshot()
    seen(f"last answer {pair.answers[-1:]}")


def test_a_monitor_is_restored_before_any_program() -> None:
    monitor = Monitor(PUMP)
    monitor.restore(Monitor(PUMP).snapshot(), b"", b"", b"")
    assert monitor.snapshot() == Monitor(PUMP).snapshot()


@pytest.mark.requirement("PC-43")
def test_a_snapshot_of_another_program_is_refused() -> None:
    snapshot = loaded().snapshot()
    raw = encode_program(continuous(5)), encode_limits(LIMITS)
    with pytest.raises(InputError, match="belongs to another program"):
        Monitor(PUMP).restore(snapshot, b"", *raw)
    with pytest.raises(InputError, match="belongs to another program"):
        Monitor(PUMP).restore(snapshot, b"", b"", b"")


def test_a_torn_snapshot_is_refused() -> None:
    with pytest.raises(InputError, match="a snapshot of the monitor has"):
        Monitor(PUMP).restore(loaded().snapshot()[:-1], b"", b"", b"")


@pytest.mark.requirement("PC-53")
def test_after_lost_time_the_counter_does_not_run_back() -> None:
    monitor = loaded()
    monitor.lost(10, DAY)
    assert monitor.permit(1, DAY - 1) == Denial.CLOCK_BACK


@pytest.mark.requirement("PC-53")
def test_after_a_change_of_phase_the_counter_does_not_run_back() -> None:
    monitor = loaded()
    monitor.follow(Phase.RUNNING, HOUR)
    assert monitor.permit(1, HOUR - 1) == Denial.CLOCK_BACK


@pytest.mark.requirement("PC-52")
def test_a_program_begins_at_its_second_of_the_week() -> None:
    late = Program("flex", (WeekStep(0, 0), WeekStep(DAY, BASAL)))
    assert loaded(late).permit(2, HALF_HOUR) == Denial.AHEAD
    assert isinstance(loaded(late, offset_s=DAY).permit(2, HALF_HOUR), Permit)


@pytest.mark.requirement("PC-51")
def test_a_clock_that_is_not_set_changes_nothing() -> None:
    night = Program("flex", (WeekStep(0, 240_000), WeekStep(HOUR, 0)))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1))
    given_until(monitor, HOUR, every_s=360)
    monitor.follow(Phase.RUNNING, HOUR)
    before = monitor.snapshot()
    assert monitor.set_clock(604_800 - HOUR, HOUR) == Denial.FOUR_HOURS_CAP
    assert monitor.snapshot() == before


@pytest.mark.requirement("PC-06", "PC-51")
def test_a_clock_is_judged_with_the_bridge_that_waits() -> None:
    steps = (WeekStep(0, 240_000), WeekStep(HOUR, 0))
    night = Program("flex", steps, bridge=Bridge(4_000, 96_000))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1), offset_s=HOUR)
    monitor.follow(Phase.STOPPED, 0)
    assert monitor.set_clock(7 * DAY - HOUR, 0) == Denial.FOUR_HOURS_CAP
