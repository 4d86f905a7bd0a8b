"""A pump to which nothing happens: what it does, and whether it alarms without a cause."""

from __future__ import annotations

from typing import Final

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import Program, WeekStep
from thecal.pump.simulation.invariants import Invariants
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.world import World

TYPICAL_NL: Final = 250_000
"""About what a pump gives in a day."""
_REFILL_S: Final = 60 * DAY_S
"""How often the clinic refills, well before the low-reservoir alarm."""


def quiet(kit: Kit, seed: int, days: int = 10) -> tuple[int, list[str]]:
    """Let a pump run undisturbed, with every invariant, and return the seconds and its alarms."""
    world = World(kit, seed)
    world.watchers.append(Invariants())
    limits = Limits(
        SafeAction.HOLD,
        TYPICAL_NL,
        2 * TYPICAL_NL,
        3 * TYPICAL_NL,
        kit.minimum_nl_per_day,
        kit.profile.least_low_nl,
    )
    world.install(Program("simple continuous", (WeekStep(0, TYPICAL_NL),)), limits)
    for at_s in range(_REFILL_S, days * DAY_S, _REFILL_S):
        world.plan(at_s, lambda: _refill(world))
    world.run(days * DAY_S)
    return world.true_s, [one.name for one in world.implant.works.alarms.listed]


def _refill(world: World) -> None:
    hardware = world.kit.profile.hardware
    filled_nl = hardware.reservoir_nl - hardware.residual_nl
    done = world.plant.refill(world.true_s, 0, filled_nl)
    world.ask("refill", lambda implant, now_s: implant.refill(filled_nl, done.read_nl, now_s))
