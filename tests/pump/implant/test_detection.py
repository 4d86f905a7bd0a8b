"""Detection: what readings and commands say about the pump, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import DETECTION
from thecal.errors import InputError
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.detection import (
    FAULT_OF,
    Detection,
    Situation,
    Watch,
    is_apart,
    next_due_s,
    observe,
    refilled,
    released_nl,
)
from thecal.pump.implant.values import FAR, NEVER, OVER_DELIVERY, Reading

STROKE_NL = 250
QUIET = Situation(0, STROKE_NL, NEVER, 10_000_000, 4_000_000)
FLOW = replace(DETECTION, has_turned=0, has_flow=1)
FILL = replace(DETECTION, has_fill=1)
PRESSURE = replace(DETECTION, has_pressure=1)
ALL = replace(DETECTION, has_flow=1, has_fill=1, has_battery=1, has_pressure=1)


class World:
    """Strokes and readings, one after the other."""

    def __init__(self, setting: Detection, first: Reading | None = None) -> None:
        self.setting = setting
        self.now_s = 0
        self.reading = first or Reading(turned=0, flow_nl=0, fill_nl=10_000_000)
        self.watch = Watch()
        self.situation = QUIET
        self.see()

    def see(self, **changes: int | None) -> tuple[str, ...]:
        self.reading = self.reading._replace(**changes)
        self.watch = observe(self.watch, self.reading, self.now_s, self.situation, self.setting)
        self.situation = self.situation._replace(strokes=0)
        return self.watch.present

    def stroke(self, after_s: int, moved_nl: int, strokes: int = 1) -> tuple[str, ...]:
        """So many strokes are commanded, and the flow sensor counts what moved."""
        self.now_s += after_s
        self.situation = self.situation._replace(strokes=strokes)
        return self.see(flow_nl=(self.reading.flow_nl or 0) + moved_nl)

    def turn(self, after_s: int, turned: int, strokes: int = 1) -> tuple[str, ...]:
        """So many strokes are commanded, and the motor is known to have made others."""
        self.now_s += after_s
        self.situation = self.situation._replace(strokes=strokes)
        return self.see(turned=(self.reading.turned or 0) + turned)


def found_after_s(world: World, cause: str, every_s: int, moved_nl: int, most: int = 500) -> int:
    """Strokes that all move the same, until a condition is found; the seconds it took."""
    start_s = world.now_s
    for _ in range(most):
        if cause in world.stroke(every_s, moved_nl):
            return world.now_s - start_s
    return NEVER


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


# -- occlusion ------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-26")
def test_a_pressure_that_lasts_is_an_occlusion() -> None:
    world = World(PRESSURE, Reading(0, pressure_hpa=0))
    world.see(pressure_hpa=500)
    world.now_s += 299
    assert world.see() == ()
    world.now_s += 1
    assert world.see(pressure_hpa=700) == (Cause.OCCLUSION,)


@pytest.mark.requirement("PC-26")
def test_what_the_line_stored_goes_by_the_highest_pressure() -> None:
    world = World(PRESSURE, Reading(0, pressure_hpa=700))
    world.see(pressure_hpa=600)
    assert released_nl(world.watch, PRESSURE) == 7_000


@pytest.mark.requirement("PC-26")
def test_a_pressure_that_falls_ends_an_occlusion() -> None:
    world = World(PRESSURE, Reading(0, pressure_hpa=700))
    world.now_s += 300
    assert world.see() == (Cause.OCCLUSION,)
    assert world.see(pressure_hpa=499) == ()


# -- reservoir ------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-28")
def test_computed_and_measured_volume_that_stay_apart_are_a_disagreement() -> None:
    world = World(FILL)
    assert world.see(fill_nl=8_999_999) == ()
    world.now_s += 3_599
    assert world.see() == ()
    world.now_s += 1
    assert world.see() == (Cause.RESERVOIR,)


@pytest.mark.requirement("PC-28")
def test_volumes_that_come_together_again_end_the_disagreement() -> None:
    world = World(FILL)
    world.see(fill_nl=8_000_000)
    world.now_s += 3_600
    world.see()
    world.situation = QUIET._replace(reservoir_nl=8_500_000)
    assert world.see() == ()


@pytest.mark.requirement("PC-28")
def test_the_band_is_the_wider_of_its_own_and_three_sigma() -> None:
    noisy = replace(FILL, fill_sigma_nl=500_000)
    assert is_apart(10_000_000, 8_999_999, FILL)
    assert not is_apart(10_000_000, 9_000_000, FILL)
    assert not is_apart(10_000_000, 8_500_000, noisy)
    assert is_apart(10_000_000, 8_499_999, noisy)


@pytest.mark.requirement("PC-28")
def test_a_measured_volume_below_the_low_one_is_low_whatever_was_computed() -> None:
    world = World(FILL)
    assert world.see(fill_nl=5_400_001) == ()
    assert world.see(fill_nl=5_400_000) == (Cause.LOW_MEASURED,)


@pytest.mark.requirement("PC-28", "PC-65")
def test_a_noisy_level_around_the_low_one_does_not_come_and_go() -> None:
    world = World(FILL)
    world.see(fill_nl=5_400_000)
    assert world.see(fill_nl=5_700_000) == (Cause.LOW_MEASURED,)
    assert world.see(fill_nl=5_700_001) == ()


@pytest.mark.requirement("PC-29")
def test_half_a_millilitre_above_the_residual_is_empty() -> None:
    world = World(FILL)
    assert Cause.EMPTY_MEASURED not in world.see(fill_nl=1_900_001)
    assert Cause.EMPTY_MEASURED in world.see(fill_nl=1_900_000)


def test_after_a_refill_the_level_may_have_risen_by_any_amount() -> None:
    world = World(FILL)
    world.see(fill_nl=5_000_000)
    world.watch = refilled(world.watch, Reading(fill_nl=18_000_000))
    world.situation = QUIET._replace(reservoir_nl=18_000_000)
    assert world.see(fill_nl=18_000_000) == ()


# -- sensors that are not believed ----------------------------------------------------------------


@pytest.mark.requirement("PC-25", "PC-28")
@pytest.mark.parametrize(
    "change",
    [
        {"turned": None},
        {"turned": 9},
        {"flow_nl": None},
        {"flow_nl": 2_499},
        {"fill_nl": None},
        {"fill_nl": -600_001},
        {"fill_nl": 10_600_001},
        {"battery_mv": None},
        {"battery_mv": 999},
        {"battery_mv": 4_001},
        {"pressure_hpa": None},
        {"pressure_hpa": -1_001},
        {"pressure_hpa": 5_001},
    ],
)
def test_a_sensor_that_says_nothing_or_what_cannot_be_has_failed(
    change: dict[str, int | None],
) -> None:
    world = World(ALL, Reading(10, 2_500, 10_000_000, 2_900, 100))
    kept = world.watch.last
    assert world.see(**change) == (Cause.SENSOR,)
    assert world.watch.last == kept


@pytest.mark.parametrize(
    "change",
    [{"fill_nl": -600_000}, {"fill_nl": 10_600_000}, {"battery_mv": 1_000}, {"battery_mv": 4_000}],
)
def test_a_value_at_the_edge_is_believed(change: dict[str, int]) -> None:
    world = World(ALL, Reading(10, 2_500, 10_000_000, 2_900, 100))
    assert Cause.SENSOR not in world.see(**change)


def test_a_sensor_that_speaks_again_is_believed_again() -> None:
    world = World(ALL, Reading(10, 2_500, 10_000_000, 2_900, 100))
    world.see(battery_mv=None)
    assert world.see(battery_mv=2_900) == ()


@pytest.mark.requirement("PC-62")
def test_a_blind_sensor_ends_no_other_alarm() -> None:
    world = World(ALL, Reading(0, 0, 1_900_000, 2_900, 700))
    world.now_s += 3_600
    world.stroke(0, 0, strokes=5)
    before = world.watch.present
    after = world.see(turned=None, flow_nl=None, fill_nl=None, pressure_hpa=None)
    assert set(after) == {*before, Cause.SENSOR}
    assert {Cause.STALL, Cause.OCCLUSION, Cause.RESERVOIR} <= set(before)


@pytest.mark.requirement("PC-20")
def test_strokes_made_while_the_sensor_was_silent_are_counted_when_it_speaks() -> None:
    world = World(FLOW)
    for _ in range(5):
        world.now_s += 60
        world.situation = world.situation._replace(strokes=1)
        assert world.see(flow_nl=None) == (Cause.SENSOR,)
    assert world.watch.unseen == 5
    assert world.stroke(60, 6 * STROKE_NL) == ()
    assert world.watch.over[0] == world.now_s


def test_a_flow_sensor_that_fails_leaves_the_motor_s_own_count() -> None:
    world = World(ALL, Reading(0, 0, 10_000_000, 2_900, 0))
    for _ in range(3):
        world.turn(60, 0, strokes=1)
    assert Cause.STALL in world.see(flow_nl=None)


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
