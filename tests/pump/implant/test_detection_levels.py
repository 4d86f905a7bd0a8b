"""Detection: pressure, level, and sensors that are not believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.readings import (
    ALL,
    FILL,
    FLOW,
    PRESSURE,
    QUIET,
    STROKE_NL,
    World,
)
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.detection import (
    is_apart,
    refilled,
    released_nl,
)
from thecal.pump.implant.values import Reading

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
