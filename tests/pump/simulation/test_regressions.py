"""What the campaigns once found in the pump, kept for ever with the number that showed it."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import REFERENCE
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import Program, WeekStep
from thecal.pump.simulation.singles import single
from thecal.pump.simulation.world import World

DAY_NL = 1_000_000
HOUR_S = 3_600


def running(action: SafeAction) -> World:
    world = World(REFERENCE, 1)
    limits = Limits(action, DAY_NL, 2 * DAY_NL, 3 * DAY_NL, REFERENCE.minimum_nl_per_day, 4_000_000)
    world.install(Program("simple continuous", (WeekStep(0, DAY_NL),)), limits)
    return world


@pytest.mark.requirement("PC-25")
def test_a_bolus_asked_for_in_the_second_of_a_refused_stroke_breaks_nothing() -> None:
    assert not single(REFERENCE, 245).violation


@pytest.mark.requirement("PC-22", "PC-25")
def test_a_program_whose_stored_copy_decays_runs_on() -> None:
    world = running(SafeAction.HOLD)
    world.run(HOUR_S)
    for hour in range(1, 4):
        assert world.store.decay("program.0.a", 20, 3)
        world.run((1 + 2 * hour) * HOUR_S)
    names = {one.name for one in world.implant.works.alarms.listed}
    assert Cause.MEMORY in names
    assert Cause.MEMORY_CRITICAL not in names


@pytest.mark.requirement("PC-12", "PC-53")
@pytest.mark.parametrize("action", list(SafeAction))
def test_a_counter_at_double_speed_gives_two_strokes_too_much_at_the_most(
    action: SafeAction,
) -> None:
    plain, fast = running(action), running(action)
    for world in (plain, fast):
        world.run(HOUR_S)
    fast.counter.run(fast.true_s, 2_000_000)
    for world in (plain, fast):
        world.run(2 * HOUR_S)
    assert fast.watched.strokes - plain.watched.strokes <= 2
    assert any(one.name == Cause.CLOCKS and one.active for one in fast.implant.works.alarms.listed)
