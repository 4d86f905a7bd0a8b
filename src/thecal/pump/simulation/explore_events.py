"""What can happen to a small pump whose whole implant is explored, and what it is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType
from typing import Final

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.implant import Implant
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.values import (
    Fault,
    FaultFound,
    Limits,
    Reply,
    SafeAction,
    ServiceEnded,
)
from thecal.pump.program import Bridge, Program, WeekStep
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.violation import require
from thecal.pump.simulation.world import Beginning, World

_DAY_NL: Final = 100_000
_VOLUME_NL: Final = 1_000
"""Of a bolus, bridge or prime: some strokes."""
_FILLED_NL: Final = 10_000
"""A reservoir that is empty within three hours."""
_ALL_WRITTEN: Final = 1
"""A power cut after which everything that was written is there."""
_NONE: Final = bytes(32)

Happening = Callable[[World, SafeAction], None]


def limits_for(kit: Kit, action: SafeAction) -> Limits:
    """Return limits that leave room for a few boluses in each window."""
    low_nl = kit.profile.least_low_nl
    return Limits(action, _DAY_NL, 2 * _DAY_NL, 3 * _DAY_NL, kit.minimum_nl_per_day, low_nl)


@cache
def programs() -> tuple[tuple[bytes, Program], ...]:
    """Return the programs that a pump may be told, with their bytes."""
    steps = (WeekStep(0, _DAY_NL),)
    told = (
        Program("simple continuous", steps),
        Program("simple continuous", steps, bridge=Bridge(_VOLUME_NL, _DAY_NL)),
    )
    return tuple((encode_program(one), one) for one in told)


def begun(kit: Kit, action: SafeAction) -> World:
    """Return a new pump that was not yet programmed."""
    del action
    residual_nl = kit.profile.hardware.residual_nl
    return World(kit, 1, beginning=Beginning(residual_nl + _FILLED_NL))


def _stage(which: int, world: World, action: SafeAction) -> None:
    limits = limits_for(world.kit, action)
    world.watched.limits = limits
    coded = encode_limits(limits)
    before = world.implant.in_force()
    told = world.tell(lambda implant, now_s: implant.stage(programs()[which][0], coded, now_s))
    require(isinstance(told, Staged), "PC-82", f"a sound program was refused: {told}")
    require(world.implant.in_force() == before, "PC-83", "to stage a program changed therapy")


def _commit(world: World, _action: SafeAction) -> None:
    staged = world.implant.works.staged
    named = staged.digest if staged else _NONE
    reply = world.tell(lambda implant, now_s: implant.commit(named, now_s))
    assert reply is not None
    if reply.accepted:
        assert staged is not None
        require(world.implant.in_force()[0] == staged.program_bytes, "PC-83", "another program")


def _commit_another(world: World, _action: SafeAction) -> None:
    reply = world.tell(lambda implant, now_s: implant.commit(_NONE, now_s))
    assert reply is not None
    require(not reply.accepted, "PC-83", "a commit of what was never staged was taken")


def _order(give: Callable[[Implant, int], Reply], world: World, _action: SafeAction) -> None:
    world.tell(give)


def _prime(implant: Implant, now_s: int) -> Reply:
    return implant.prime(_VOLUME_NL, DAY_S * 10, now_s)


def _bolus(implant: Implant, now_s: int) -> Reply:
    return implant.bolus(_VOLUME_NL, 120, now_s)


def _refill(world: World, _action: SafeAction) -> None:
    done = world.plant.refill(world.true_s, 0, _FILLED_NL)
    world.tell(lambda implant, now_s: implant.refill(_FILLED_NL, done.aspirated_nl, now_s))


def _fault(fault: Fault, world: World, _action: SafeAction) -> None:
    world.tell(lambda implant, now_s: implant.works.obey(FaultFound(now_s, int(fault))))
    world.wake()


def _end_service(world: World, _action: SafeAction) -> None:
    world.tell(lambda implant, now_s: implant.works.obey(ServiceEnded(now_s)))
    world.wake()


def _cut(world: World, _action: SafeAction) -> None:
    world.cut_power(_ALL_WRITTEN)
    world.wake()


def _see(world: World, _action: SafeAction) -> None:
    for one in world.implant.works.alarms.listed:
        world.tell(partial(_acknowledge, one.name))


def _acknowledge(name: str, implant: Implant, now_s: int) -> Reply:
    return implant.acknowledge(name, now_s)


def _wait(seconds: int, world: World, _action: SafeAction) -> None:
    world.run(world.true_s + seconds)


EVENTS: Final[Mapping[str, Happening]] = MappingProxyType(
    {
        "stage a dose": partial(_stage, 0),
        "stage a bridge": partial(_stage, 1),
        "commit": _commit,
        "commit another": _commit_another,
        "stop": partial(_order, Implant.stop),
        "start": partial(_order, Implant.start),
        "prime": partial(_order, _prime),
        "bolus": partial(_order, _bolus),
        "refill": _refill,
        "fault": partial(_fault, Fault.UNDER_INFUSION),
        "dangerous fault": partial(_fault, Fault.OVER_INFUSION),
        "power cut": _cut,
        "see all alarms": _see,
        "end of service": _end_service,
        "a quarter": partial(_wait, 900),
        "three hours": partial(_wait, 10_800),
    }
)
"""Everything that is tried in each kind of state, by its name."""
