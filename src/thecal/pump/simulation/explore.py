"""Every kind of state that the whole implant can come into: controller, monitor, alarms, session.

The implant itself is tried, not a drawing of it: from one state of each kind every event is played
on a copy of its world, and what comes of it is sorted by kind, until no kind is new. A kind keeps
what decides and leaves out what only counts: seconds, volumes, numbers of records. That it leaves
out nothing that decides can be tried too: with ``leaves=2`` each kind is left a second time, from a
state that was reached at another second; where that leads to another kind, both ways are followed
and counted. Then each kind is reached once more by its path, without any copy, in a world of its
own. What takes days, as the alarm after 48 h of standing, is not among the events.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.coming import NO_BOLUS
from thecal.pump.implant.values import FAR, Phase, SafeAction
from thecal.pump.simulation.explore_events import EVENTS, begun, programs
from thecal.pump.simulation.invariants import Invariants
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.violation import ViolationError, require
from thecal.pump.simulation.world import World

_SAFE: Final = frozenset({Phase.HOLDING, Phase.MINIMUM, Phase.HALTED})
_FOUND: Final[Mapping[str, str]] = {
    Cause.OVER_INFUSION: "a fault",
    Cause.UNDER_INFUSION: "a fault",
}
_WAITS: Final = frozenset({"a quarter", "three hours"})


class Kind(NamedTuple):
    """What of a state decides what comes next."""

    phase: int
    resume: int
    """Where a prime, or an empty reservoir, returns to."""
    bolus: int
    """The account of the bolus that runs."""
    special: bool
    """Something of a bridge or prime is still to come."""
    program: int
    """Which program is in force; -1 for none."""
    staged: int
    """Which one waits for its commit."""
    monitor: tuple[int, bool, bool]
    """The monitor's own phase, and whether it has admitted a bolus, and a prime."""
    alarms: tuple[str, ...]
    """The conditions that are there, those that tell of a fault as one."""


class Explored(NamedTuple):
    """What an exploration found."""

    kinds: int
    transitions: int
    """From each kind by each event."""
    changes: int
    """Of them those that lead to another kind."""
    depth: int
    """Events on the longest of the shortest paths."""
    left_twice: int
    """Transitions that were tried from a second state of the same kind."""
    agreed: int
    """Of them those that led to the same kind."""
    replayed: int
    """Kinds that were reached again by their path in a world of their own."""
    is_fixpoint: bool
    """Whether every kind that was found has been left by every event."""
    violations: tuple[str, ...]


class _Node(NamedTuple):
    world: World
    path: tuple[str, ...]


def kind_of(world: World) -> Kind:
    """Return the kind of state that a world's pump is in."""
    works = world.implant.works
    state, alarms = works.latest, works.alarms
    staged, monitor = works.staged, vars(works.monitor)
    coming: Any = monitor["_due"].coming
    known = [bytes(one) for one, _ in programs()]
    in_force = works.program[0]
    waits = state.phase in {Phase.PRIMING, Phase.EMPTY}
    return Kind(
        state.phase,
        int(state.resume_phase) if waits else -1,
        state.bolus,
        state.special_left > 0,
        known.index(in_force) if in_force else -1,
        known.index(staged.program_bytes) if staged else -1,
        (monitor["_phase"], coming.bolus != NO_BOLUS, monitor["_priming"]),
        tuple(sorted({_FOUND.get(one.name, one.name) for one in alarms.listed if one.active})),
    )


def explore(
    kit: Kit,
    action: SafeAction,
    *,
    leaves: int = 1,
    most_kinds: int = 100_000,
    replay_every: int = 1,
    on_kind: Callable[[Kind], None] = lambda _kind: None,
) -> Explored:
    """Try every event in every kind of state, until there is nothing new.

    Parameters
    ----------
    kit
        The kind of pump.
    action
        What the drug needs after a fault.
    leaves
        From how many states each kind is left, each reached at another second.
    most_kinds
        Where to stop before the fixpoint.
    replay_every
        Every so many kinds one is reached again in a world of its own.
    on_kind
        Is told of each new kind.
    """
    first = begun(kit, action)
    first.watchers.append(Invariants())
    origin = kind_of(first)
    paths: dict[Kind, tuple[str, ...]] = {origin: ()}
    left: dict[Kind, int] = {}
    seconds = {origin: {0}}
    led: dict[tuple[Kind, str], Kind] = {}
    waiting = deque([_Node(first, ())])
    twice = agreed = 0
    violations: list[str] = []
    while waiting:
        node = waiting.popleft()
        kind = kind_of(node.world)
        left[kind] = left.get(kind, 0) + 1
        for name in EVENTS:
            world = node.world.copied()
            try:
                EVENTS[name](world, action)
                after = kind_of(world)
                _check(name, kind, after, world)
            except ViolationError as broken:
                violations.append(f"{', '.join((*node.path, name))}: {broken}")
                continue
            was = led.setdefault((kind, name), after)
            if left[kind] > 1:
                twice += 1
                agreed += was == after
            if after not in paths:
                on_kind(after)
                paths[after] = (*node.path, name)
            known = seconds.setdefault(after, set())
            if len(paths) <= most_kinds and len(known) < leaves and world.true_s not in known:
                known.add(world.true_s)
                waiting.append(_Node(world, (*node.path, name)))
    replayed = 0
    for kind in list(paths)[::replay_every]:
        replayed += 1
        if kind_of(_replayed(kit, action, paths[kind])) != kind:
            violations.append(f"{', '.join(paths[kind])}: another kind in a world of its own")
    return Explored(
        kinds=len(paths),
        transitions=len(led),
        changes=sum(before != after for (before, _), after in led.items()),
        depth=max(map(len, paths.values())),
        left_twice=twice,
        agreed=agreed,
        replayed=replayed,
        is_fixpoint=len(left) == len(paths),
        violations=tuple(violations),
    )


def _check(event: str, before: Kind, after: Kind, world: World) -> None:
    """Check what must hold between controller, monitor, alarms and session (safety.md 5.3)."""
    there = {one.name for one in world.implant.works.alarms.listed if one.active}
    phase = after.phase
    if phase != Phase.PRIMING:
        require(after.monitor[0] == phase, "PC-14", "the monitor believes in another phase")
    require(not after.bolus or phase == Phase.RUNNING, "PC-08", "a bolus runs in another phase")
    require(not after.bolus or after.monitor[1], "PC-14", "a bolus runs that nobody admitted")
    require(phase != Phase.PRIMING or after.monitor[2], "PC-14", "a prime that nobody admitted")
    require(
        (phase in _SAFE) == (Cause.SAFE_STATE in there), "PC-61", "a safe state and no alarm of it"
    )
    require(
        after.program == before.program or event == "commit", "PC-83", "no commit, a new program"
    )
    if event == "commit" and after.program != before.program:
        require(after.program == before.staged, "PC-83", "a program that was not staged")
    if event in _WAITS:
        require(after.staged < 0, "PC-83", "a staged program waited too long")
    if event == "power cut":
        require(after.staged < 0, "PC-83", "a staged program outlived the power")
        require(after.phase == before.phase, "PC-45", "the pump went on in another phase")
    if any(world.kit.profile.alarms.priority(name) for name in there):
        due_s = world.implant.works.alarms.next_due_s
        require(due_s < FAR, "PC-62", "an alarm is there that will never sound again")


def _replayed(kit: Kit, action: SafeAction, path: tuple[str, ...]) -> World:
    world = begun(kit, action)
    for name in path:
        EVENTS[name](world, action)
    return world
