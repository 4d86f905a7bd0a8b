"""A pump at a steady flow, for tests of what comes between."""

from __future__ import annotations

from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import PatientBolus, Program, WeekStep
from thecal.pump.simulation.invariants import Invariants
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.world import World

HOUR_S = 3_600
DAY_NL = 1_000_000


def steady(
    kit: Kit,
    action: SafeAction = SafeAction.HOLD,
    *,
    day_nl: int = DAY_NL,
    patient: PatientBolus | None = None,
) -> World:
    """Return a world in which every invariant is watched and a program runs."""
    world = World(kit, 1)
    world.watchers.append(Invariants())
    limits = Limits(
        action,
        DAY_NL,
        2 * DAY_NL,
        3 * DAY_NL,
        kit.minimum_nl_per_day,
        kit.profile.least_low_nl,
    )
    reply = world.install(Program("simple continuous", (WeekStep(0, day_nl),), (), patient), limits)
    assert reply is not None
    assert reply.accepted, reply.reason
    return world
