"""The menu of faults, by name and group; each says in a counter of the world when it strikes.

The plant's and its sensors' own faults are those of `thecal.pump.hardware`; the others act on the
pump's power, store, memory, tasks, clocks and link, and on the people around it.
"""

from __future__ import annotations

from random import Random
from typing import Final

from thecal.errors import InputError
from thecal.pump.hardware import FAULTS as PLANT_FAULTS
from thecal.pump.hardware import PlantFault
from thecal.pump.simulation import bitflips, outages, people_astray, strangers
from thecal.pump.simulation.fault import HOUR_S, Arm, Fault, Fire
from thecal.pump.simulation.world import World

GROUPS: Final = (
    "power",
    "storage",
    "bit flips",
    "tasks",
    "clocks",
    "sensors",
    "plant",
    "link",
    "operator",
    "attacker",
)
_LASTS_S: Final = (600, 12 * HOUR_S)
"""A fault that can end lasts so long, from and to."""
_POWER: Final = frozenset({"battery dip", "battery film"})


def _of_plant(fault: PlantFault) -> Fault:
    group = "sensors" if " sensor " in fault.name else "plant"
    words = f"{fault.words} ({fault.usual} {fault.size})" if fault.size else fault.words
    return Fault(
        fault.name,
        "power" if fault.name in _POWER else group,
        words,
        _plant_arm(fault),
        is_bounded=group == "sensors",
        plants=fault.plants,
    )


def _plant_arm(fault: PlantFault) -> Arm:
    def arm(world: World, random: Random, fire: Fire) -> None:
        plant = world.plant
        plant.pass_to(world.true_s)
        try:
            fault.apply(plant, fault.usual)
        except InputError:
            return  # as drawing at the port of a catheter that is blocked
        fire()
        if fault.ends:
            world.later(random.randint(*_LASTS_S), lambda: _end(world, fault))

    return arm


def _end(world: World, fault: PlantFault) -> None:
    world.plant.pass_to(world.true_s)
    fault.clear(world.plant)


MENU: Final[tuple[Fault, ...]] = (
    *outages.MENU,
    *bitflips.MENU,
    *map(_of_plant, PLANT_FAULTS),
    *strangers.MENU,
    *people_astray.MENU,
)
"""Every fault that there is; the names are unique."""


def fault_called(name: str) -> Fault:
    """Return a fault of the menu.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    for fault in MENU:
        if fault.name == name:
            return fault
    raise InputError(f'there is no fault "{name}" in the menu of {len(MENU)} faults')
