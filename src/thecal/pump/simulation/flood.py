"""A flood of junk on the link beside silence: every stroke comes at its second (PC-87)."""

from __future__ import annotations

from itertools import zip_longest
from random import Random
from typing import Final

from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import Program, WeekStep
from thecal.pump.simulation.faults import fault_called
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.world import World

_FLOODS: Final = 12
_DAY_NL: Final = 1_000_000
_LASTS_S: Final = 7_200


def flood_error_nl(kit: Kit, seed: int) -> int:
    """Return by how much delivery differs, at worst at any second, in nL: always 0.

    Parameters
    ----------
    kit
        The kind of pump.
    seed
        Of the junk.
    """
    still, flooded = _curve(kit, seed, 0), _curve(kit, seed, _FLOODS)
    stroke_nl = kit.profile.hardware.stroke_nl
    pairs = zip_longest(still, flooded, fillvalue=(-1, 0))
    return max(
        abs(one[1] - other[1]) * stroke_nl if one[0] == other[0] else stroke_nl
        for one, other in pairs
    )


def _curve(kit: Kit, seed: int, floods: int) -> list[tuple[int, int]]:
    world = World(kit, seed)
    world.watched.keeps_curve = True
    limits = Limits(
        SafeAction.HOLD,
        _DAY_NL,
        2 * _DAY_NL,
        3 * _DAY_NL,
        kit.minimum_nl_per_day,
        kit.profile.least_low_nl,
    )
    world.install(Program("simple continuous", (WeekStep(0, _DAY_NL),)), limits)
    chance, fault = Random(seed), fault_called("flood")  # noqa: S311 - a seed, no secret
    for number in range(floods):
        world.plan(300 + number * _LASTS_S // (floods + 1), lambda: fault.begin(world, chance))
    world.run(_LASTS_S)
    return world.watched.curve
