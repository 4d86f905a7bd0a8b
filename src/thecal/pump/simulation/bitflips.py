"""Single bits that flip in the pump's working memory, wherever it keeps something."""

from __future__ import annotations

import copy
from dataclasses import replace
from random import Random
from typing import Any, Final

from thecal.pump.amounts import WEEK_S
from thecal.pump.implant.told import Basal
from thecal.pump.simulation.fault import Arm, Fault, Fire
from thecal.pump.simulation.world import World


def _inside(owner: object) -> dict[str, Any]:
    """Return what an object of the pump keeps, to be altered as radiation would."""
    return vars(owner)


def _flipped(number: int, random: Random, bits: int = 40) -> int:
    return number ^ (1 << random.randrange(bits))


def _state(copies: int) -> Arm:
    def arm(world: World, random: Random, fire: Fire) -> None:
        held = _inside(world.implant.works)
        cells = bytearray(held["_cells"])
        half = len(cells) // 2
        for number in range(copies):
            cells[number * half + random.randrange(half)] ^= 1 << random.randrange(8)
        held["_cells"] = bytes(cells)
        world.disturbed = True
        fire()

    return arm


def _ledger(world: World, random: Random, fire: Fire) -> None:
    works = world.implant.works
    balances = list(works.ledger.balances)
    at = random.randrange(len(balances))
    balances[at] = _flipped(balances[at], random)
    works.ledger = works.ledger._replace(balances=tuple(balances))
    world.disturbed = True
    fire()


def _program(world: World, random: Random, fire: Fire) -> None:
    works = world.implant.works
    setting = copy.copy(works.setting)
    plan = copy.copy(setting.plan)
    flows = list(plan.flows)
    at = random.randrange(len(flows))
    flows[at] = _flipped(flows[at], random, 22)
    object.__setattr__(plan, "flows", tuple(flows))
    object.__setattr__(setting, "plan", plan)
    works.setting = setting
    world.disturbed = True
    fire()


def _limits(world: World, random: Random, fire: Fire) -> None:
    works = world.implant.works
    limits = works.setting.limits
    name = random.choice(("hour_nl", "four_hours_nl", "day_nl", "low_reservoir_nl"))
    altered = copy.copy(limits)
    object.__setattr__(altered, name, _flipped(getattr(limits, name), random, 22))
    setting = copy.copy(works.setting)
    object.__setattr__(setting, "limits", altered)
    works.setting = setting
    world.disturbed = True
    fire()


def _monitor_caps(world: World, random: Random, fire: Fire) -> None:
    held = _inside(world.implant.works.monitor)
    strokes = list(held["_caps"].strokes)
    at = random.randrange(len(strokes))
    strokes[at] = _flipped(strokes[at], random, 20)
    held["_caps"] = held["_caps"]._replace(strokes=tuple(strokes))
    world.disturbed = True
    fire()


def _monitor_basal(world: World, random: Random, fire: Fire) -> None:
    due = _inside(world.implant.works.monitor)["_due"]
    basal = due.coming.basal
    flows = list(basal.flows)
    at = random.randrange(len(flows))
    flows[at] = _flipped(flows[at], random, 22)
    due.coming = replace(due.coming, basal=Basal(basal.starts, tuple(flows)))
    world.disturbed = True
    fire()


def _monitor_credit(world: World, random: Random, fire: Fire) -> None:
    due = _inside(world.implant.works.monitor)["_due"]
    due.credit = _flipped(due.credit, random, 45)
    world.disturbed = True
    fire()


def _monitor_week(world: World, random: Random, fire: Fire) -> None:
    due = _inside(world.implant.works.monitor)["_due"]
    offset_s = _flipped(due.coming.offset_s, random, 19) % WEEK_S
    due.coming = replace(due.coming, offset_s=offset_s)
    world.disturbed = True
    fire()


def _staged(world: World, random: Random, fire: Fire) -> None:
    works = world.implant.works
    if works.staged is None:
        return
    altered = bytearray(works.staged.program_bytes)
    altered[random.randrange(len(altered))] ^= 1 << random.randrange(8)
    works.staged = works.staged._replace(program_bytes=bytes(altered))
    world.disturbed = True
    fire()


_GROUP: Final = "bit flips"
MENU: Final = (
    Fault("bit flip in the state", _GROUP, "one of the two copies of the state", _state(1)),
    Fault("bit flips in both states", _GROUP, "both copies of the state", _state(2)),
    Fault("bit flip in the ledger", _GROUP, "a balance of the accounts", _ledger),
    Fault("bit flip in the program", _GROUP, "a flow of the program that runs", _program),
    Fault("bit flip in the limits", _GROUP, "a limit that the controller reads", _limits),
    Fault("bit flip in the caps", _GROUP, "a cap that the monitor reads", _monitor_caps),
    Fault("bit flip in the monitor's program", _GROUP, "a flow that it expects", _monitor_basal),
    Fault("bit flip in the monitor's credit", _GROUP, "what it still allows", _monitor_credit),
    Fault("bit flip in the monitor's week", _GROUP, "its second of the week", _monitor_week),
)
"""Single bits in working memory."""
