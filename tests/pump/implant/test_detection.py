"""Detection: what strokes and flow say about the pump, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import DETECTION
from tests.pump.implant.readings import (
    ALL,
    FLOW,
    QUIET,
    STROKE_NL,
    World,
    found_after_s,
)
from thecal.errors import InputError
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.detection import (
    FAULT_OF,
    next_due_s,
)
from thecal.pump.implant.values import FAR, NEVER, OVER_DELIVERY, Reading

# -- over- and under-infusion ---------------------------------------------------------------------


@pytest.mark.requirement("PC-20")
@pytest.mark.parametrize("gain", [112, 120, 150, 200])
def test_over_infusion_is_found_within_the_window_and_one_stroke(gain: int) -> None:
    took_s = found_after_s(World(FLOW), Cause.OVER_INFUSION, 60, STROKE_NL * gain // 100)
    assert 900 <= took_s <= 960


@pytest.mark.requirement("PC-20")
@pytest.mark.parametrize("gain", [88, 80, 50, 0])
def test_under_infusion_is_found_within_the_window_and_one_stroke(gain: int) -> None:
    took_s = found_after_s(World(FLOW), Cause.UNDER_INFUSION, 60, STROKE_NL * gain // 100)
    assert 900 <= took_s <= 960


@pytest.mark.requirement("PC-20", "PC-65")
@pytest.mark.parametrize("gain", [90, 95, 100, 105, 110])
def test_a_flow_within_a_tenth_is_no_alarm(gain: int) -> None:
    world = World(FLOW)
    for _ in range(200):
        assert world.stroke(60, STROKE_NL * gain // 100) == ()


@pytest.mark.requirement("PC-20")
def test_at_low_flows_the_window_is_the_time_of_three_strokes() -> None:
    assert found_after_s(World(FLOW), Cause.OVER_INFUSION, 3_600, 500) == 2 * 3_600
    assert found_after_s(World(FLOW), Cause.UNDER_INFUSION, 3_600, 100) == 3 * 3_600


@pytest.mark.requirement("PC-20")
def test_over_infusion_counts_from_its_own_beginning_whatever_was_before() -> None:
    world = World(FLOW)
    for _ in range(100):
        world.stroke(60, STROKE_NL)
    assert 900 <= found_after_s(world, Cause.OVER_INFUSION, 60, 300) <= 960


@pytest.mark.requirement("PC-20")
def test_a_burst_that_is_made_up_for_is_no_over_infusion() -> None:
    world = World(FLOW)
    for _ in range(100):
        assert world.stroke(60, 2 * STROKE_NL) == ()
        assert world.stroke(60, 0) == ()


@pytest.mark.requirement("PC-20")
def test_a_bolus_that_gives_too_much_is_found_in_ten_seconds() -> None:
    world = World(FLOW)
    world.situation = QUIET._replace(bolus_since_s=0)
    assert found_after_s(world, Cause.OVER_INFUSION, 1, 300) == 10


@pytest.mark.requirement("PC-20")
def test_a_bolus_that_gives_too_little_is_found_in_a_minute() -> None:
    world = World(FLOW)
    world.situation = QUIET._replace(bolus_since_s=0)
    assert found_after_s(world, Cause.UNDER_INFUSION, 1, 200) == 60


@pytest.mark.requirement("PC-20")
def test_the_time_before_a_bolus_does_not_count_for_it() -> None:
    world = World(FLOW)
    world.stroke(60, 300)
    world.situation = QUIET._replace(bolus_since_s=60)
    assert found_after_s(world, Cause.OVER_INFUSION, 1, 300) == 10


@pytest.mark.requirement("PC-20")
def test_a_flow_sensor_may_be_wrong_by_its_own_error() -> None:
    world = World(replace(FLOW, flow_error_nl=1_000_000))
    for _ in range(100):
        assert world.stroke(60, 400) == ()
        assert world.stroke(60, 100) == ()


@pytest.mark.requirement("PC-20")
def test_drug_that_flows_while_nothing_is_commanded_is_over_infusion() -> None:
    world = World(FLOW)
    found = [world.stroke(180, STROKE_NL, strokes=0) for _ in range(6)]
    assert found[3] == ()
    assert found[-1] == (Cause.OVER_INFUSION,)


@pytest.mark.requirement("PC-20")
def test_free_flow_is_found_at_once() -> None:
    world = World(FLOW)
    assert world.stroke(1, 1_501) == (Cause.FREE_FLOW,)


@pytest.mark.requirement("PC-20")
def test_twice_the_command_and_four_strokes_are_not_yet_free_flow() -> None:
    assert World(FLOW).stroke(1, 1_500) == ()


@pytest.mark.requirement("PC-20", "PC-25")
def test_what_threatens_over_delivery_is_told_as_such() -> None:
    assert {FAULT_OF[Cause.OVER_INFUSION], FAULT_OF[Cause.FREE_FLOW]} <= OVER_DELIVERY
    assert FAULT_OF[Cause.STALL] not in OVER_DELIVERY


@pytest.mark.requirement("PC-20")
def test_a_pump_without_a_flow_sensor_says_that_it_cannot_detect_over_infusion() -> None:
    said = DETECTION.cannot()
    assert "This pump has no flow sensor and cannot detect over-infusion of the pump." in said


def test_a_pump_without_any_sensor_says_so_of_each() -> None:
    assert len(replace(DETECTION, has_turned=0).cannot()) == 4


def test_a_pump_with_all_sensors_has_nothing_to_say() -> None:
    assert ALL.cannot() == ()


@pytest.mark.requirement("PC-20")
def test_without_a_flow_sensor_plant_over_infusion_is_never_found() -> None:
    world = World(DETECTION)
    for _ in range(200):
        world.reading = world.reading._replace(flow_nl=(world.reading.flow_nl or 0) + 500)
        assert world.turn(60, 1) == ()


# -- stall ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-27")
def test_a_stall_is_found_at_the_third_stroke_with_its_true_onset() -> None:
    world = World(DETECTION)
    world.turn(86, 1)
    assert world.turn(86, 0) == ()
    assert world.turn(86, 0) == ()
    assert world.turn(86, 0) == (Cause.STALL,)
    assert world.watch.missed_s == 172


@pytest.mark.requirement("PC-27")
@given(st.integers(1, 7_200), st.integers(0, 30))
def test_a_stall_is_found_within_20_minutes_of_the_first_stroke_missed(
    every_s: int, good: int
) -> None:
    world = World(DETECTION)
    for _ in range(good):
        world.turn(every_s, 1)
    onset_s = world.now_s + every_s
    next_s = onset_s
    while Cause.STALL not in world.watch.present:
        due_s = min(next_s, next_due_s(world.watch, DETECTION))
        if due_s == next_s:
            world.turn(due_s - world.now_s, 0)
            next_s += every_s
        else:
            world.turn(due_s - world.now_s, 0, strokes=0)
    assert world.now_s - onset_s <= 1_200
    assert world.watch.missed_s == onset_s


@pytest.mark.requirement("PC-27")
def test_one_stroke_that_turns_late_is_no_stall() -> None:
    world = World(DETECTION)
    world.turn(86, 0)
    assert world.turn(86, 1) == ()
    assert world.watch.missed == 0


@pytest.mark.requirement("PC-27")
def test_the_first_stroke_that_turns_ends_a_stall() -> None:
    world = World(DETECTION)
    for _ in range(4):
        world.turn(86, 0)
    assert world.watch.present == (Cause.STALL,)
    assert world.turn(86, 1) == ()


@pytest.mark.requirement("PC-27")
def test_a_long_stall_is_under_infusion_as_well() -> None:
    world = World(DETECTION)
    for _ in range(20):
        world.turn(86, 0)
    assert world.watch.present == (Cause.UNDER_INFUSION, Cause.STALL)


def test_a_motor_that_turns_by_itself_is_over_infusion() -> None:
    world = World(DETECTION)
    for _ in range(20):
        world.turn(86, 2)
    assert world.watch.present == (Cause.OVER_INFUSION,)


# -- when to look again ---------------------------------------------------------------------------


def test_a_pump_with_stroke_feedback_only_need_not_be_read_between_strokes() -> None:
    assert next_due_s(World(DETECTION).watch, DETECTION) == FAR


@pytest.mark.requirement("PC-30")
@pytest.mark.parametrize("name", ["has_flow", "has_fill", "has_battery", "has_pressure"])
def test_any_other_sensor_is_read_every_three_minutes(name: str) -> None:
    setting = replace(DETECTION, **{name: 1})
    world = World(setting, Reading(0, 0, 10_000_000, 2_900, 0))
    assert next_due_s(world.watch, setting) == 180


@pytest.mark.requirement("PC-27")
def test_a_missed_stroke_is_looked_at_again_when_it_would_be_a_stall() -> None:
    world = World(DETECTION)
    world.turn(86, 0)
    assert next_due_s(world.watch, DETECTION) == 86 + 900
    world.turn(900, 0, strokes=0)
    assert world.watch.present == (Cause.STALL,)
    assert next_due_s(world.watch, DETECTION) == FAR


@pytest.mark.requirement("PC-27")
@pytest.mark.parametrize(("turned", "missed", "onset_s"), [(0, 2, 86), (1, 1, 172), (2, 0, NEVER)])
def test_of_two_strokes_since_a_reading_it_is_known_which_were_missed(
    turned: int, missed: int, onset_s: int
) -> None:
    world = World(DETECTION)
    world.situation = world.situation._replace(since_s=86)
    world.turn(172, turned, strokes=2)
    assert (world.watch.missed, world.watch.missed_s) == (missed, onset_s)


# -- refusals -------------------------------------------------------------------------------------


def test_a_threshold_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(InputError, match=r"window_s of the detection is 1\.5"):
        replace(DETECTION, window_s=1.5)  # type: ignore[arg-type]


def test_only_the_lowest_pressure_may_be_negative() -> None:
    with pytest.raises(InputError, match="highest_hpa of the detection is -1"):
        replace(DETECTION, highest_hpa=-1)


@pytest.mark.parametrize("change", [{"over_percent": 99}, {"under_percent": 101}])
def test_what_was_asked_for_is_neither_too_much_nor_too_little(change: dict[str, int]) -> None:
    with pytest.raises(InputError, match="is neither"):
        replace(DETECTION, **change)


@pytest.mark.requirement("PC-20")
def test_a_flow_that_is_right_again_for_the_window_is_no_under_infusion() -> None:
    world = World(FLOW)
    for _ in range(20):
        world.stroke(60, 0)
    assert Cause.UNDER_INFUSION in world.watch.present
    ended_s = world.now_s
    while Cause.UNDER_INFUSION in world.watch.present:
        world.stroke(60, STROKE_NL)
    assert world.now_s - ended_s == 900


def test_a_reading_from_the_past_is_a_fault_of_the_software() -> None:
    world = World(DETECTION)
    world.now_s = -2
    with pytest.raises(AssertionError, match="from the past"):
        world.see()


def test_negative_strokes_are_a_fault_of_the_software() -> None:
    with pytest.raises(AssertionError, match="negative strokes"):
        World(DETECTION).turn(1, 0, strokes=-1)


@pytest.mark.requirement("PC-65")
@given(
    st.lists(st.tuples(st.integers(1, 4_000), st.integers(1, 9)), max_size=80),
    st.integers(92, 108),
)
def test_no_history_of_a_good_pump_is_an_alarm(history: list[tuple[int, int]], gain: int) -> None:
    world = World(replace(FLOW, has_turned=1), Reading(0, 0))
    for after_s, strokes in history:
        world.reading = world.reading._replace(turned=(world.reading.turned or 0) + strokes)
        moved_nl = strokes * STROKE_NL * gain // 100
        assert world.stroke(after_s, moved_nl, strokes) == ()
