"""Power cuts on the whole implant, at every I/O of a busy hour, with every way to lose writes."""

from __future__ import annotations

from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import PatientBolus, Program, WeekStep
from thecal.pump.simulation.fault import HOUR_S
from thecal.pump.simulation.faulty import PATTERNS
from thecal.pump.simulation.invariants import Invariants, check_log
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.violation import ViolationError, require
from thecal.pump.simulation.world import World

_DAY_NL: Final = 1_000_000
_BEGIN_S: Final = 60
_GOES_ON_S: Final = 900


class Cuts(NamedTuple):
    """What some cuts came to."""

    points: int
    lived_s: int
    violations: tuple[str, ...]


def length(kit: Kit) -> int:
    """Return how many I/Os the busy hour has."""
    world = _busy(kit)
    world.run(_BEGIN_S)
    before = world.store.count
    world.run(_BEGIN_S + HOUR_S)
    return world.store.count - before


def cut_at(kit: Kit, at: int) -> Cuts:
    """Cut the power at one I/O of the busy hour, once in each pattern.

    Returns
    -------
    Cuts
        A violation is a ledger that is not 0 or 1 intent ahead of the truth, a bolus that was
        given twice, another program than before or after, or a pump that breaks down.
    """
    violations, lived_s = [], 0
    for pattern in range(PATTERNS):
        world = _busy(kit)
        world.patterns.append(pattern)
        try:
            world.run(_BEGIN_S)
            world.store.arm(lambda: None, cut_in=at)
            world.run(_BEGIN_S + HOUR_S + _GOES_ON_S)
            require(world.cuts > 0, "PC-40", "the power was not cut")
            _check_bolus(world)
            check_log(world)
        except ViolationError as broken:
            violations.append(f"cut at {at}, pattern {pattern}: {broken}")
        except Exception as broken:  # noqa: BLE001 - whatever the pump raises is a violation
            violations.append(f"cut at {at}, pattern {pattern}: {type(broken).__name__}: {broken}")
        lived_s += world.true_s
    return Cuts(PATTERNS, lived_s, tuple(violations))


def _busy(kit: Kit) -> World:
    """Return a pump with a high flow, a bolus, a new program, a refill and a stop in one hour."""
    world = World(kit, 1)
    world.watchers.append(Invariants())
    stroke_nl = kit.profile.hardware.stroke_nl
    bolus_nl = 4 * stroke_nl
    limits = Limits(
        SafeAction.HOLD,
        _DAY_NL,
        2 * _DAY_NL,
        3 * _DAY_NL,
        kit.minimum_nl_per_day,
        kit.profile.least_low_nl,
    )
    patient = PatientBolus(bolus_nl, 120, HOUR_S, 6)
    first = Program("simple continuous", (WeekStep(0, _DAY_NL),), (), patient)
    second = Program("simple continuous", (WeekStep(0, _DAY_NL * 3 // 4),), (), patient)
    world.install(first, limits)
    world.plan(300, lambda: world.ask("press", lambda pump, now_s: pump.press(now_s)) and None)
    world.plan(900, lambda: world.install(second, limits) and None)
    world.plan(1_200, lambda: world.ask("stop", lambda pump, now_s: pump.stop(now_s)) and None)
    world.plan(1_260, lambda: world.ask("start", lambda pump, now_s: pump.start(now_s)) and None)
    world.plan(1_800, lambda: _refill(world))
    world.plan(
        2_400,
        lambda: world.ask("bolus", lambda pump, now_s: pump.bolus(bolus_nl, 300, now_s)) and None,
    )
    return world


def _refill(world: World) -> None:
    hardware = world.kit.profile.hardware
    filled_nl = hardware.reservoir_nl - hardware.residual_nl
    done = world.plant.refill(world.true_s, 0, filled_nl)
    world.ask("refill", lambda pump, now_s: pump.refill(filled_nl, done.read_nl, now_s))


def _check_bolus(world: World) -> None:
    """PC-42: both boluses together, and not more than one stroke beyond, were ever given."""
    watched = world.watched
    basal = _DAY_NL * (_BEGIN_S + HOUR_S + _GOES_ON_S) // DAY_S // watched.stroke_nl
    most = basal + 8 + 1
    require(watched.strokes <= most, "PC-42", f"{watched.strokes} strokes, {most} at the most")
