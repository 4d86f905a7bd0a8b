"""What people do wrong with a pump; the pump cannot know better, but its caps hold (PC-06)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Final

from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.hardware import fault_named
from thecal.pump.implant.codec import decode_limits, decode_program
from thecal.pump.implant.values import Limits
from thecal.pump.program import Program, WeekStep
from thecal.pump.simulation.fault import HOUR_S, Arm, Fault, Fire
from thecal.pump.simulation.links import programming
from thecal.pump.simulation.violation import require
from thecal.pump.simulation.world import World


def _in_force(world: World) -> tuple[Program, Limits] | None:
    program, limits = world.implant.in_force()
    return (decode_program(program), decode_limits(limits)) if program else None


def _press(world: World) -> bool:
    reply = world.ask("press", lambda implant, now_s: implant.press(now_s))
    return reply is not None and reply.accepted


def _pressed(world: World) -> None:
    _press(world)


def _press_twice(world: World, _random: Random, fire: Fire) -> None:
    fire()
    taken = [_press(world) for _ in range(2)]
    require(not all(taken), "PC-33", "two presses in one second gave two boluses")


def _press_storm(world: World, random: Random, fire: Fire) -> None:
    fire()
    for _ in range(random.randint(20, 100)):
        world.later(random.randrange(HOUR_S), lambda: _pressed(world))


def _order_twice(world: World, random: Random, fire: Fire) -> None:
    fire()
    volume_nl = world.watched.stroke_nl * random.randint(1, 8)
    for _ in range(2):
        world.ask("bolus", lambda implant, now_s: implant.bolus(volume_nl, 600, now_s))


def _abandon(world: World, random: Random, fire: Fire) -> None:
    found = _in_force(world)
    if found is None:
        return
    fire()
    program, limits = found
    steps = tuple(
        replace(step, nl_per_day=max(world.kit.lowest_nl_per_day, step.nl_per_day * 9 // 10))
        for step in program.steps
    )
    before = world.implant.in_force()
    world.radio.prepare(programming(replace(program, steps=steps), limits))
    require(world.implant.in_force() == before, "PC-83", "an unfinished update changed therapy")
    if random.randrange(2):
        world.later(random.randrange(200), world.cut_power)


def _too_much(world: World, random: Random, fire: Fire) -> None:
    found = _in_force(world)
    if found is None:
        return
    fire()
    program, limits = found
    flow = min(limits.day_nl + 1_000_000, world.kit.profile.hardware.highest_nl_per_day)
    wrong = replace(program, steps=(WeekStep(0, flow),))
    if flow <= limits.day_nl:
        return
    reply = world.install(wrong, limits)
    require(reply is None or not reply.accepted, "PC-82", "a program above the caps was taken")
    del random


def _wrong_clock(world: World, random: Random, fire: Fire) -> None:
    fire()
    offset_s = random.randrange(WEEK_S)
    world.ask("set clock", lambda implant, now_s: implant.set_clock(offset_s, now_s))


def _wrong_volume(world: World, random: Random, fire: Fire) -> None:
    fire()
    hardware = world.kit.profile.hardware
    filled_nl = hardware.reservoir_nl - hardware.residual_nl
    done = world.plant.refill(world.true_s, world.solution, filled_nl)
    told_nl = filled_nl * random.choice((20, 50, 100)) // 100
    drawn_nl = done.read_nl * random.choice((0, 50, 200)) // 100
    world.ask("refill", lambda implant, now_s: implant.refill(told_nl, drawn_nl, now_s))


def _forgotten_refill(world: World, _random: Random, fire: Fire) -> None:
    fire()
    hardware = world.kit.profile.hardware
    world.plant.refill(world.true_s, world.solution, hardware.reservoir_nl - hardware.residual_nl)


def _forgotten_stop(world: World, random: Random, fire: Fire) -> None:
    fire()
    world.ask("stop", lambda implant, now_s: implant.stop(now_s))
    lasts_s = random.choice((HOUR_S, DAY_S, 3 * DAY_S))
    world.later(lasts_s, lambda: _start(world))


def _start(world: World) -> None:
    world.ask("start", lambda implant, now_s: implant.start(now_s))


def _refill_with(name: str) -> Arm:
    def arm(world: World, _random: Random, fire: Fire) -> None:
        fire()
        fault = fault_named(name)
        world.plant.pass_to(world.true_s)
        fault.apply(world.plant, fault.usual)
        hardware = world.kit.profile.hardware
        filled_nl = hardware.reservoir_nl - hardware.residual_nl
        done = world.plant.refill(world.true_s, world.solution, filled_nl)
        fault.clear(world.plant)
        world.ask("refill", lambda implant, now_s: implant.refill(filled_nl, done.read_nl, now_s))

    return arm


_ROWS: Final = (
    ("double press", "the button is pressed twice", _press_twice),
    ("press storm", "the button is pressed all the time", _press_storm),
    ("double order", "a bolus is ordered twice", _order_twice),
    ("abandoned update", "a program is staged, and nobody confirms it", _abandon),
    ("program out of limits", "a program above the drug's caps", _too_much),
    ("wrong clock", "the pump's clock is set wrongly", _wrong_clock),
    ("wrong volumes", "the volumes of a refill are told wrongly", _wrong_volume),
    ("refill not told", "the reservoir is filled, and the pump is not told", _forgotten_refill),
    ("forgotten stop", "the pump is stopped and forgotten", _forgotten_stop),
    ("refill into the pocket", "the needle misses the port", _refill_with("pocket fill")),
    ("refill too large", "more is filled in than is told", _refill_with("overfill")),
)
MENU: Final = tuple(
    Fault(name, "operator", words, arm, is_bounded=False) for name, words, arm in _ROWS
)
"""What people do wrong."""
