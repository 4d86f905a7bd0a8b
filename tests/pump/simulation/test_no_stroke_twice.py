"""A pump that gives nothing but a bolus, bridge or prime: no cut gives a stroke twice (PC-42).

Without a basal flow each stroke that was let through belongs to what was ordered, so a single
stroke too many shows. The power goes away at each I/O from the order to the end, by turns with
every way to lose what was not synced.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.pump.simulation.kits import REFERENCE
from tests.pump.simulation.steady import DAY_NL, steady
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import Bridge, Program, WeekStep
from thecal.pump.simulation.faulty import PATTERNS, FaultyStore
from thecal.pump.simulation.world import World

pytestmark = pytest.mark.requirement("PC-42")

STROKE_NL = REFERENCE.profile.hardware.stroke_nl
STROKES = 6
VOLUME_NL = STROKES * STROKE_NL
BEGIN_S = 60
LASTS_S = 300


def bolus(world: World) -> None:
    world.ask("bolus", lambda pump, now_s: pump.bolus(VOLUME_NL, LASTS_S, now_s))


def prime(world: World) -> None:
    flow = VOLUME_NL * 86_400 // LASTS_S
    world.ask("prime", lambda pump, now_s: pump.prime(VOLUME_NL, flow, now_s))


def bridge(world: World) -> None:
    limits = Limits(SafeAction.HOLD, DAY_NL, 2 * DAY_NL, 3 * DAY_NL, 0, 4_000_000)
    flow = VOLUME_NL * 86_400 // LASTS_S
    program = Program("simple continuous", (WeekStep(0, 0),), bridge=Bridge(VOLUME_NL, flow))
    world.install(program, limits)


ORDERS = (bolus, prime, bridge)


def ordered(order: Callable[[World], None]) -> World:
    """Return a pump without a basal flow that was given an order."""
    world = steady(REFERENCE, day_nl=0)
    world.run(BEGIN_S)
    order(world)
    return world


def ios(order: Callable[[World], None]) -> int:
    world = ordered(order)
    before = world.store.count
    world.run(BEGIN_S + 2 * LASTS_S)
    return world.store.count - before


def cut(order: Callable[[World], None], at: int) -> World:
    world = ordered(order)
    world.patterns.append(at * 7 % PATTERNS)
    world.store.arm(lambda: None, cut_in=at)
    world.run(BEGIN_S + 4 * LASTS_S)
    return world


@pytest.mark.parametrize("order", ORDERS)
def test_without_a_cut_all_of_it_is_given(order: Callable[[World], None]) -> None:
    world = ordered(order)
    world.run(BEGIN_S + 2 * LASTS_S)
    assert world.watched.strokes == STROKES


@pytest.mark.parametrize("order", ORDERS)
def test_a_cut_at_any_io_gives_no_stroke_twice(order: Callable[[World], None]) -> None:
    given = []
    for at in range(ios(order)):
        world = cut(order, at)
        assert world.cuts == 1
        given.append(world.watched.strokes)
    assert max(given) <= STROKES
    assert min(given) >= STROKES - 1
    assert len(given) > 2 * STROKES


def test_a_store_that_loses_what_was_synced_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    before: list[MemoryStore] = []
    world = ordered(bolus)
    before.append(world.store.after_cut(0, 0))
    world.run(BEGIN_S + LASTS_S // 2)
    monkeypatch.setattr(FaultyStore, "after_cut", lambda *_: before[0])
    world.watchers.clear()
    world.cut_power()
    world.run(BEGIN_S + 4 * LASTS_S)
    assert world.watched.strokes > STROKES
