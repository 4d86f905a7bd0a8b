"""One fault of the menu."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from thecal.pump.hardware import Plant
from thecal.pump.simulation.world import World

HOUR_S: Final = 3_600
Fire = Callable[[], None]
Arm = Callable[[World, Random, Fire], None]


class Fault(NamedTuple):
    """One class of faults.

    Parameters
    ----------
    name, group
        How it is called, and where it belongs.
    words
        What happens, for a nurse and for an engineer.
    arm
        Lets it begin now in a world; calls the last argument when it strikes.
    is_bounded
        Whether the single-fault bound of PC-12 covers it: faults of controller, data, clock,
        sensor and link, not of the plant or of people.
    plants
        The kinds of plant that can have it.
    """

    name: str
    group: str
    words: str
    arm: Arm
    is_bounded: bool = True
    plants: tuple[type[Plant], ...] = (Plant,)

    def begin(self, world: World, random: Random) -> None:
        """Let the fault begin now; that it struck is counted in `World.counts`."""
        self.arm(world, random, lambda: world.fired(self.name))

    def fits(self, world: World) -> bool:
        """Return whether this world's plant can have it."""
        return isinstance(world.plant, self.plants)
