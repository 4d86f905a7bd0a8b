"""A fault that is found is mended, or the drug's safe action follows: with every drug (PC-25)."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import REFERENCE
from tests.pump.simulation.steady import HOUR_S, steady
from thecal.pump.implant.alarms import Cause, Priority
from thecal.pump.implant.values import Phase, SafeAction
from thecal.pump.simulation.faults import fault_called
from thecal.pump.simulation.world import World

pytestmark = pytest.mark.requirement("PC-25")

MENDED = (
    "bit flip in the state",
    "decay of one copy of the state",
    "decay of one copy of a program",
)
THREATENS_OVER_DELIVERY = {
    "bit flips in both states": Cause.MEMORY_CRITICAL,
    "bit flip in the ledger": Cause.MEMORY_CRITICAL,
    "bit flip in the program": Cause.MEMORY_CRITICAL,
    "bit flip in the limits": Cause.MEMORY_CRITICAL,
    "bit flip in the caps": Cause.PERMIT_REFUSED,
    "bit flip in the monitor's program": Cause.MEMORY_CRITICAL,
    "bit flip in the monitor's week": Cause.MEMORY_CRITICAL,
    "pump's counter runs too fast": Cause.CLOCKS,
    "monitor's own clock stands still": Cause.CLOCKS,
    "free flow": Cause.FREE_FLOW,
    "gain": Cause.OVER_INFUSION,
}
OTHERS = {"task hangs": Cause.WATCHDOG, "stall": Cause.STALL}
SAFE = {
    SafeAction.HOLD: Phase.HOLDING,
    SafeAction.MINIMUM: Phase.MINIMUM,
    SafeAction.STOP: Phase.HALTED,
}


def struck(name: str, action: SafeAction) -> World:
    """Return a pump some hours after a fault, at the moment at which it first acts on it."""
    world = steady(REFERENCE, action)
    world.run(HOUR_S)
    fault_called(name).begin(world, world.random)
    for _ in range(60):
        world.run(world.true_s + 600)
        if world.implant.works.latest.phase in SAFE.values():
            break
    assert world.counts[f"fault: {name}"]
    return world


def causes(world: World) -> set[str]:
    return {one.name for one in world.implant.works.alarms.listed}


@pytest.mark.parametrize("action", SAFE)
@pytest.mark.parametrize("name", MENDED)
def test_what_one_copy_can_mend_is_mended_and_told(name: str, action: SafeAction) -> None:
    world = struck(name, action)
    assert world.implant.works.latest.phase == Phase.RUNNING
    assert Cause.MEMORY in causes(world)
    assert Cause.MEMORY_CRITICAL not in causes(world)


@pytest.mark.parametrize("action", SAFE)
@pytest.mark.parametrize("name", OTHERS)
def test_another_fault_leads_to_just_the_safe_action_of_the_drug(
    name: str, action: SafeAction
) -> None:
    world = struck(name, action)
    assert world.implant.works.latest.phase == SAFE[action]
    assert OTHERS[name] in causes(world)


@pytest.mark.parametrize("action", SAFE)
@pytest.mark.parametrize("name", THREATENS_OVER_DELIVERY)
def test_a_fault_that_threatens_over_delivery_never_holds(name: str, action: SafeAction) -> None:
    world = struck(name, action)
    expected = Phase.HALTED if action == SafeAction.STOP else Phase.MINIMUM
    assert world.implant.works.latest.phase == expected
    assert THREATENS_OVER_DELIVERY[name] in causes(world)


@pytest.mark.parametrize("name", [*OTHERS, *THREATENS_OVER_DELIVERY])
def test_a_safe_action_sounds_with_the_highest_priority(name: str) -> None:
    world = struck(name, SafeAction.STOP)
    table = REFERENCE.profile.alarms
    assert Priority.HIGH in {table.priority(cause) for cause in causes(world)}
