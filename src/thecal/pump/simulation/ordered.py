"""What was ordered, lived by the real implant while faults strike it: what truly leaves the tip.

The orders are those that `thecal.pump.run` executes without a fault; here the implant executes
them, on a plant that moves exactly what it counts, so that every difference is a fault's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from functools import partial
from random import Random
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import PlantEvent, PlantFault
from thecal.pump.hardware.faults import FAULTS
from thecal.pump.hardware.line import Place
from thecal.pump.implant.records import Entry
from thecal.pump.implant.store import StoreError
from thecal.pump.implant.values import Limits, Reply
from thecal.pump.program import Event, Pressed, Program, Programmed, Refilled
from thecal.pump.simulation.fault import Fault
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.tip import TipCurve, TipPoint
from thecal.pump.simulation.world import Beginning, World
from thecal.pump.telemetry.evidence import read_entries

_PL_PER_NL: Final = 1_000
_SEED: Final = 1
_FIRST: Final = (Refilled, Programmed, Pressed)
"""At one second a refill comes before a program, and that before a press."""


class Strike(NamedTuple):
    """One fault of a course.

    Parameters
    ----------
    fault
        Its class.
    at_s, until_s
        When it begins, and when it is taken away; None where it passes by itself or stays.
    size
        How much; 0 for what the class calls usual.
    """

    fault: Fault
    at_s: int
    until_s: int | None = None
    size: int = 0


class Orders(NamedTuple):
    """All that is ordered.

    Parameters
    ----------
    events
        What the pump is told, and when.
    limits
        The hard limits that go with each solution.
    solutions
        The number of the solution that each program is meant for, in the order of the programs.
    beginning
        What the world begins with.
    until_s
        The end.
    """

    events: tuple[Event, ...]
    limits: tuple[Limits, ...]
    solutions: tuple[int, ...]
    beginning: Beginning
    until_s: int


class Heard(NamedTuple):
    """A sound of the pump, at the true second."""

    at_s: int
    critical: bool
    codes: tuple[str, ...]


class Answered(NamedTuple):
    """What the pump said to an order."""

    at_s: int
    event: Event
    reply: Reply | None
    """None when the power went away, or was away."""


class Volumes(NamedTuple):
    """What the reservoir held, residual included: as the pump computed it, and in truth, in nL."""

    at_s: int
    computed_nl: int
    true_nl: int


class Lived(NamedTuple):
    """What came of it."""

    tip: tuple[TipPoint, ...]
    recipes: tuple[Mapping[int, Fraction], ...]
    """The share of each solution in each fluid."""
    heard: tuple[Heard, ...]
    answered: tuple[Answered, ...]
    volumes: tuple[Volumes, ...]
    entries: tuple[Entry, ...]
    """What could be read of the pump's log, day by day."""
    truths: tuple[PlantEvent, ...]
    struck: tuple[bool, ...]
    """Of each fault, whether it did its harm."""
    astray: Mapping[Place, tuple[Fraction, ...]]
    """What went elsewhere than into the CSF, in pL of each solution."""


def lived(kit: Kit, orders: Orders, strikes: Iterable[Strike]) -> Lived:
    """Let the implant carry out its orders while faults strike it; the same each time.

    Raises
    ------
    InputError
        When the pump refuses its first program, or a fault cannot have its size; the field is
        ``fault[n].size``.
    ViolationError
        When the implant did what it must never do.
    """
    life = _Life(kit, orders)
    for number, strike in enumerate(strikes):
        life.plan(number, strike)
    return life.ended()


class _Life:
    """A world in which a course is lived, and all that is written down of it."""

    def __init__(self, kit: Kit, orders: Orders) -> None:
        self._orders = orders
        self._world = World(kit, _SEED, beginning=orders.beginning)
        self._curve = TipCurve(kit.profile.hardware.stroke_nl * _PL_PER_NL)
        self._heard: list[Heard] = []
        self._sounds = 0
        self._answered: list[Answered] = []
        self._volumes: list[Volumes] = []
        self._entries: list[Entry] = []
        self._strikes: list[Strike] = []
        self._world.watchers.append(self._look)
        programs = iter(orders.solutions)
        for event in sorted(orders.events, key=lambda one: (one.at_s, _FIRST.index(type(one)))):
            match event:
                case Programmed(at_s, program):
                    self._world.plan(at_s, partial(self._program, event, program, next(programs)))
                case Refilled(at_s):
                    self._world.plan(at_s, partial(self._refill, event))
                case Pressed(at_s):
                    self._world.plan(at_s, partial(self._press, event))
        for at_s in range(0, orders.until_s, DAY_S):
            self._world.plan(at_s, self._note)

    def plan(self, number: int, strike: Strike) -> None:
        """Let a fault begin, and end, in its time."""
        self._strikes.append(strike)
        own = next((one for one in FAULTS if one.name == strike.fault.name), None)
        if own is None:
            chance = Random(number)  # noqa: S311 - a seed, no secret
            begin: Callable[[], None] = partial(strike.fault.begin, self._world, chance)
        else:
            begin = partial(self._begin, number, own, strike.size or own.usual)
        self._world.plan(strike.at_s, begin)
        if own is not None and strike.until_s is not None:
            self._world.plan(strike.until_s, partial(self._end, own))

    def ended(self) -> Lived:
        """Let it happen, and return what came of it."""
        world, until_s = self._world, self._orders.until_s
        world.run(until_s)
        self._look(world)
        world.store.mend()
        self._note()
        plant, solutions = world.plant, range(len(self._orders.limits))
        return Lived(
            self._curve.corners(),
            tuple(plant.stock.recipes),
            tuple(self._heard),
            tuple(self._answered),
            tuple(self._volumes),
            tuple(self._entries),
            tuple(plant.events),
            tuple(bool(world.counts.get(f"fault: {one.fault.name}")) for one in self._strikes),
            {
                place: tuple(plant.solution_pl(place, one, until_s) for one in solutions)
                for place in (Place.TISSUE, Place.POCKET)
            },
        )

    # -- the orders -----------------------------------------------------------------------------

    def _program(self, event: Programmed, program: Program, solution: int) -> None:
        world = self._world
        is_first = not self._answered
        world.solution = solution
        reply = world.install(program, self._orders.limits[solution])
        self._answered.append(Answered(event.at_s, event, reply))
        if is_first and reply is not None and not reply.accepted:
            why = f"the pump refuses this program: {reply.reason}"
            raise InputError(why, field="prescription[0]")

    def _refill(self, event: Refilled) -> None:
        world = self._world
        world.solution = event.solution
        self._note()
        done = world.plant.refill(
            world.true_s, event.solution, event.volume_nl, is_rinsed=event.rinsed
        )
        # The syringe is read exactly: its error is another fault.
        reply = world.ask(
            "refill",
            lambda implant, now_s: implant.refill(event.volume_nl, done.aspirated_nl, now_s),
        )
        self._answered.append(Answered(world.true_s, event, reply))
        self._note()

    def _press(self, event: Pressed) -> None:
        reply = self._world.ask("press", lambda implant, now_s: implant.press(now_s))
        self._answered.append(Answered(self._world.true_s, event, reply))

    # -- the faults -----------------------------------------------------------------------------

    def _begin(self, number: int, own: PlantFault, size: int) -> None:
        world = self._world
        world.plant.pass_to(world.true_s)
        try:
            own.apply(world.plant, size)
        except InputError as refusal:
            raise InputError(refusal.sentence, field=f"fault[{number}].size") from refusal
        world.fired(own.name)

    def _end(self, own: PlantFault) -> None:
        self._world.plant.pass_to(self._world.true_s)
        own.clear(self._world.plant)

    # -- what is written down -------------------------------------------------------------------

    def _look(self, world: World) -> None:
        self._curve.add(world.plant.take_outflows(world.true_s), world.true_s)
        for sound in world.sounds[self._sounds :]:
            self._heard.append(Heard(world.true_s, sound.critical, sound.codes))
        self._sounds = len(world.sounds)

    def _note(self) -> None:
        """Write down the reservoir, and what is new in the pump's log."""
        world = self._world
        computed_nl = world.implant.status(world.now_s).reservoir_nl
        true_nl = world.plant.stock.volume_pl // _PL_PER_NL
        self._volumes.append(Volumes(world.true_s, computed_nl, true_nl))
        after = self._entries[-1].number if self._entries else -1
        try:
            told = world.tell(lambda implant, _: implant.log_from(after + 1))
        except (StoreError, InputError):
            return  # of a store that fails nothing can be read; the next day tells more
        self._entries += [one for one in read_entries(told or b"") if one.number > after]
