"""One course of a simulated pump: a kit, a seed, some days and some faults; it can be replayed."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S
from thecal.pump.simulation.faults import MENU
from thecal.pump.simulation.invariants import Invariants, check_log
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.people import Life
from thecal.pump.simulation.violation import ViolationError
from thecal.pump.simulation.world import World

_TYPICAL_NL: Final = 250_000
"""About what a pump gives in a day, with which the published figures are told."""


class Course(NamedTuple):
    """Everything that decides what happens.

    Parameters
    ----------
    kit
        The kind of pump.
    seed
        All chance comes from it.
    until_s
        How long it lasts, in true seconds.
    faults
        The place in the menu of each fault, and the true second at which it begins; each keeps
        its number when others are left out.
    """

    kit: Kit
    seed: int
    until_s: int
    faults: tuple[tuple[int, int, int], ...]


class Ended(NamedTuple):
    """How a course went."""

    counts: dict[str, int]
    steps: int
    cuts: int
    trace: str
    lived_s: int
    violation: str = ""
    """What must never happen, and did; empty when nothing did."""


def drawn(kit: Kit, seed: int, days: int, most_faults: int) -> Course:
    """Return a course with faults drawn from the whole menu, each class as likely as another."""
    chance = Random(seed)  # noqa: S311 - a seed, no secret
    faults = tuple(
        (number, chance.randrange(len(MENU)), chance.randrange(1, days * DAY_S))
        for number in range(chance.randint(0, most_faults))
    )
    return Course(kit, seed, days * DAY_S, faults)


def lived(course: Course) -> Ended:
    """Let a course happen, with every invariant after every step."""
    world = World(course.kit, course.seed, is_individual=False)
    world.watchers.append(Invariants())
    violation = ""
    try:
        Life(world, _TYPICAL_NL)
        for number, place, at_s in course.faults:
            _plan(world, number, place, at_s)
        world.run(course.until_s)
        world.store.mend()  # what was never stored cannot be read
        if not world.log_is_damaged:
            check_log(world)
    except ViolationError as broken:
        violation = str(broken)
    except Exception as broken:  # noqa: BLE001 - whatever the pump raises is a violation
        violation = f"PC-25: the pump broke down: {type(broken).__name__}: {broken}"
    return Ended(
        world.counts,
        world.steps,
        world.cuts,
        world.trace(),
        min(world.true_s, course.until_s),
        violation,
    )


def _plan(world: World, number: int, place: int, at_s: int) -> None:
    fault, chance = MENU[place], Random(world.seed * 1_000 + number)  # noqa: S311 - a seed
    if fault.fits(world):
        world.plan(at_s, lambda: fault.begin(world, chance))


def shrunk(course: Course, tries: int = 60) -> Course:
    """Return a shorter course with fewer faults in which something still goes wrong."""
    ended = lived(course)
    tries -= 1
    if not ended.violation:
        return course
    course = course._replace(until_s=ended.lived_s + 1)
    for one in course.faults:
        if tries <= 0:
            break
        fewer = course._replace(faults=tuple(other for other in course.faults if other != one))
        ended = lived(fewer)
        tries -= 1
        if ended.violation:
            course = fewer._replace(until_s=ended.lived_s + 1)
    return course
