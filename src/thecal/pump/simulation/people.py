"""The people around a pump: a patient who presses, and a clinic that refills and sets right."""

from __future__ import annotations

from functools import partial
from typing import Final

from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.implant.implant import Implant
from thecal.pump.implant.values import Phase, Reply
from thecal.pump.simulation.kit import limits_of, program_of
from thecal.pump.simulation.world import World

HOUR_S: Final = 3_600
_NEEDS_HELP: Final = frozenset({Phase.HOLDING, Phase.MINIMUM, Phase.HALTED, Phase.STOPPED})


class Life:
    """Ordinary life with a pump, drawn from the world's own chance.

    Parameters
    ----------
    world
        The world, not yet begun.
    day_nl
        About how much the pump shall give a day.
    """

    def __init__(self, world: World, day_nl: int) -> None:
        self._world = world
        self.day_nl = day_nl
        self._reprogram()
        world.later(self._span(DAY_S), self._press)
        world.later(DAY_S, self._visit)

    def _span(self, mean_s: int) -> int:
        """Return an exponential waiting time in whole seconds."""
        return 1 + int(self._world.random.expovariate(1) * mean_s)

    def _reprogram(self) -> None:
        world = self._world
        day_nl = self.day_nl * world.random.randrange(70, 131) // 100
        limits = limits_of(world.kit, day_nl, world.random)
        world.install(program_of(world.kit, day_nl, world.random, world.now_s), limits)
        world.later(self._span(4 * WEEK_S), self._reprogram)

    def _press(self) -> None:
        world = self._world
        world.ask("press", lambda implant, now_s: implant.press(now_s))
        world.later(self._span(DAY_S // 3), self._press)

    def _visit(self) -> None:
        """See the pump: acknowledge what is listed, refill when it is low, start what stands."""
        world = self._world
        world.plant.interrogated(world.true_s)
        for one in world.implant.status(world.now_s).alarms:
            world.ask("acknowledge", partial(_acknowledge, one.name))
        state = world.implant.works.latest
        hardware = world.kit.profile.hardware
        if state.reservoir_nl < hardware.reservoir_nl // 4:
            self.refill()
        if world.implant.works.latest.phase in _NEEDS_HELP:
            world.ask("start", lambda implant, now_s: implant.start(now_s))
        world.later(self._span(WEEK_S), self._visit)

    def refill(self) -> None:
        """Empty and fill the reservoir, and tell the pump what the syringes said."""
        world = self._world
        hardware = world.kit.profile.hardware
        filled_nl = hardware.reservoir_nl - hardware.residual_nl
        done = world.plant.refill(world.true_s, 0, filled_nl)
        world.ask("refill", lambda implant, now_s: implant.refill(filled_nl, done.read_nl, now_s))


def _acknowledge(name: str, implant: Implant, now_s: int) -> Reply:
    return implant.acknowledge(name, now_s)
