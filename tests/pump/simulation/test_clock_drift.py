"""Two clocks in a whole pump: apart by more than 0.1 % and 1 s, and it is a fault (PC-53)."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import REFERENCE
from tests.pump.simulation.steady import HOUR_S, steady
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.values import Phase
from thecal.pump.simulation.world import World

pytestmark = pytest.mark.requirement("PC-53")
CLOCKS = ("counter", "own")
DAY_S = 24 * HOUR_S


def has_found(world: World) -> bool:
    causes = {one.name for one in world.implant.works.alarms.listed}
    return Cause.CLOCKS in causes and world.implant.works.latest.phase == Phase.MINIMUM


@pytest.mark.parametrize("which", CLOCKS)
@pytest.mark.parametrize("ppm", [1_001_100, 998_900])
def test_a_drift_above_a_thousandth_is_a_fault_within_a_day(which: str, ppm: int) -> None:
    world = steady(REFERENCE)
    getattr(world, which).run(0, ppm)
    world.run(DAY_S)
    assert has_found(world)


@pytest.mark.parametrize("which", CLOCKS)
@pytest.mark.parametrize("ppm", [1_000_990, 999_010])
def test_a_drift_below_a_thousandth_is_none_in_three_days(which: str, ppm: int) -> None:
    world = steady(REFERENCE)
    getattr(world, which).run(0, ppm)
    world.run(3 * DAY_S)
    assert not world.implant.works.alarms.listed
    assert world.implant.works.latest.phase == Phase.RUNNING


@pytest.mark.parametrize("which", CLOCKS)
def test_a_jump_is_a_fault_at_once_when_it_is_above_what_the_hours_allow(which: str) -> None:
    world = steady(REFERENCE)
    world.run(10 * HOUR_S)
    # After 10 h a thousandth and a second are 37 s; the last hour alone allows 5 s.
    getattr(world, which).jump(world.true_s, 8)
    world.run(world.true_s + 600)
    assert has_found(world)


@pytest.mark.parametrize("which", CLOCKS)
def test_a_jump_of_a_second_is_none(which: str) -> None:
    world = steady(REFERENCE)
    world.run(HOUR_S)
    getattr(world, which).jump(world.true_s, 1)
    world.run(DAY_S)
    assert not world.implant.works.alarms.listed
