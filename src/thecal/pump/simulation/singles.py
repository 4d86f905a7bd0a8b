"""One fault beside none: two worlds of the same seed, and what the one gave more than the other."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.alarms import Priority
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import PatientBolus, Program, WeekStep
from thecal.pump.simulation.fault import HOUR_S, Fault
from thecal.pump.simulation.faults import MENU
from thecal.pump.simulation.invariants import Invariants
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.violation import ViolationError
from thecal.pump.simulation.world import World

_LASTS_S: Final = 10 * HOUR_S
_SHARE: Final = 10
"""A tenth of an hour of basal may be given too much ..."""
_QUANTA: Final = 2
"""... or so many strokes (PC-12)."""
Curve = list[tuple[int, int]]
_BOUNDED: Final = tuple(fault for fault in MENU if fault.is_bounded)


class Case(NamedTuple):
    """What came of one fault, or of two, at one moment."""

    names: tuple[str, ...]
    fired: tuple[str, ...]
    lived_s: int
    excess: int = 0
    """The most strokes given beyond the world without the fault."""
    allowed: int = 0
    violation: str = ""


def single(kit: Kit, seed: int) -> Case:
    """Try one fault of the menu at one moment; the number decides which, when and where."""
    fault = MENU[seed % len(MENU)]
    return _tried(kit, seed, (fault,))


def double(kit: Kit, seed: int) -> Case:
    """Try two faults of different groups, pair after pair."""
    chance = Random(seed)  # noqa: S311 - a seed, no secret
    count = len(_BOUNDED)
    first = _BOUNDED[seed % count]
    second = _BOUNDED[seed // count % count]
    if first.group == second.group:
        second = chance.choice([one for one in _BOUNDED if one.group != first.group])
    return _tried(kit, seed, (first, second))


def _tried(kit: Kit, seed: int, faults: tuple[Fault, ...]) -> Case:
    chance = Random(seed)  # noqa: S311 - a seed, no secret
    day_nl = chance.choice((60_000, 250_000, 1_000_000))
    at_s = tuple(chance.randrange(HOUR_S, 5 * HOUR_S) for _ in faults)
    names = tuple(fault.name for fault in faults)
    faulty = _world(kit, seed, day_nl)
    if not all(fault.fits(faulty) for fault in faults):
        return Case(names, (), 0)
    for number, fault in enumerate(faults):
        random = Random(seed * len(MENU) + number)  # noqa: S311 - a seed, no secret
        faulty.plan(at_s[number], partial(fault.begin, faulty, random))
    violation = ""
    plain: Curve = [(0, 0)]
    try:
        plain = _plain(kit, seed, day_nl)
        faulty.run(_LASTS_S)
    except ViolationError as broken:
        violation = str(broken)
    except Exception as broken:  # noqa: BLE001 - whatever the pump raises is a violation
        violation = f"PC-25: the pump broke down: {type(broken).__name__}: {broken}"
    fired = tuple(name for name in names if faulty.counts.get(f"fault: {name}"))
    too_much = excess(plain, faulty.watched.curve)
    stroke_nl = kit.profile.hardware.stroke_nl
    hour_nl = day_nl * HOUR_S // DAY_S
    allowed = max(_QUANTA * stroke_nl, hour_nl // _SHARE) // stroke_nl * len(faults)
    covered = all(fault.is_bounded for fault in faults)
    if (
        not violation
        and covered
        and too_much > allowed
        and not (len(faults) > 1 and _is_alarmed(faulty))
    ):
        which = "PC-12" if len(faults) == 1 else "PC-13"
        violation = f"{which}: {too_much} strokes too much, {allowed} are allowed"
    return Case(names, fired, faulty.true_s, too_much, allowed, violation)


_PLAIN: Final[dict[tuple[str, int, int, int], Curve]] = {}


def _plain(kit: Kit, seed: int, day_nl: int) -> Curve:
    kind = kit.name, day_nl, seed % len(SafeAction), seed % 2
    if kind not in _PLAIN:
        _PLAIN[kind] = given_without(kit, seed, day_nl)
    return _PLAIN[kind]


def given_without(kit: Kit, seed: int, day_nl: int) -> Curve:
    """Return second and strokes so far of a world without a fault.

    Only the drug's safe action and whether there are boluses follow from the number, so that one
    such world serves many faults.
    """
    world = _world(kit, seed, day_nl)
    world.run(_LASTS_S)
    return world.watched.curve


def _world(kit: Kit, seed: int, day_nl: int) -> World:
    """Return a pump with a steady flow, and now and then a bolus at a fixed second."""
    world = World(kit, seed)
    world.watched.keeps_curve = True
    world.watchers.append(Invariants())
    patient = PatientBolus(max(day_nl // 40, kit.profile.hardware.stroke_nl), 600, HOUR_S, 6)
    limits = Limits(
        SafeAction(seed % len(SafeAction)),
        day_nl,
        2 * day_nl,
        3 * day_nl,
        kit.minimum_nl_per_day,
        kit.profile.least_low_nl,
    )
    program = Program("simple continuous", (WeekStep(0, day_nl),), (), patient)
    reply = world.install(program, limits)
    assert reply is not None
    assert reply.accepted, reply.reason
    if seed % 2:
        for hour in range(1, _LASTS_S // HOUR_S, 2):
            world.plan(hour * HOUR_S, lambda: _press(world))
    return world


def _press(world: World) -> None:
    world.ask("press", lambda implant, now_s: implant.press(now_s))


def _is_alarmed(world: World) -> bool:
    """Return whether an alarm of high priority is listed."""
    table = world.kit.profile.alarms
    return any(
        table.priority(one.name) == Priority.HIGH for one in world.implant.works.alarms.listed
    )


def excess(plain: Curve, faulty: Curve) -> int:
    """Return the most strokes by which one curve is ahead of the other, at any second."""
    most, at = 0, 0
    for second, strokes in faulty:
        while at + 1 < len(plain) and plain[at + 1][0] <= second:
            at += 1
        most = max(most, strokes - plain[at][1])
    return most
