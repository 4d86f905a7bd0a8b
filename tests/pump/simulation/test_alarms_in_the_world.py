"""What must alarm does, with its own condition; what is ordinary does not (PC-65)."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import KITS, REFERENCE
from tests.pump.simulation.steady import HOUR_S, steady
from thecal.pump.implant.alarms import Cause
from thecal.pump.program import PatientBolus
from thecal.pump.simulation.faults import fault_called
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.world import World

pytestmark = pytest.mark.requirement("PC-65")

DAY_S = 24 * HOUR_S
MUST_ALARM = {
    "stall": (Cause.STALL, HOUR_S),
    "occlusion": (Cause.OCCLUSION, 2 * HOUR_S),
    "free flow": (Cause.FREE_FLOW, HOUR_S),
    "gain": (Cause.OVER_INFUSION, 12 * HOUR_S),
    "strokes lost": (Cause.UNDER_INFUSION, 12 * HOUR_S),
    "task hangs": (Cause.WATCHDOG, DAY_S),
    "store fails for ever": (Cause.STORAGE, 600),
    "power cut": (Cause.BATTERY_RESET, 60),
    "fill sensor silent": (Cause.SENSOR, DAY_S),
    "pressure sensor silent": (Cause.SENSOR, DAY_S),
    "flow sensor silent": (Cause.SENSOR, DAY_S),
    "turn sensor silent": (Cause.SENSOR, DAY_S),
    "monitor's own clock jumps ahead": (Cause.CLOCKS, HOUR_S),
    "bit flips in both states": (Cause.MEMORY_CRITICAL, HOUR_S),
}
"""Each with the latest that its alarm may come."""


@pytest.mark.parametrize("name", MUST_ALARM)
def test_what_must_alarm_does_in_time(name: str) -> None:
    cause, within_s = MUST_ALARM[name]
    world = steady(REFERENCE)
    seen: set[str] = set()
    world.watchers.append(
        lambda one: seen.update(alarm.name for alarm in one.implant.works.alarms.listed)
    )
    world.run(HOUR_S)
    assert not seen
    fault_called(name).begin(world, world.random)
    world.run(HOUR_S + within_s)
    assert cause in seen


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kit", KITS, ids=[kit.name for kit in KITS])
def test_ordinary_days_do_not_alarm(kit: Kit, seed: int) -> None:
    patient = PatientBolus(10 * kit.profile.hardware.stroke_nl, 600, HOUR_S, 6)
    world = steady(kit, day_nl=250_000, patient=patient)
    for hour in range(1, 4 * 24, 5 + seed):
        world.plan(hour * HOUR_S, lambda: press(world))
    world.run(4 * DAY_S)
    assert world.counts["press"] > 10
    assert not world.implant.works.alarms.listed
    assert not world.sounds


def press(world: World) -> None:
    world.ask("press", lambda pump, now_s: pump.press(now_s))
