"""A stage for scenarios: one pump in its world, what people do to it, and all that can be counted.

A scenario acts on stages and tells what came of it in facts; its words stand in data. Nothing of a
drug is known here: solutions have numbers, and what is in a nanolitre of each is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from fractions import Fraction
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S, volume_words
from thecal.pump.hardware import Place
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.values import Limits, Record
from thecal.pump.implant.words import words
from thecal.pump.program import Program, WeekStep
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.world import Beginning, World
from thecal.pump.telemetry.evidence import read_entries

SEED: Final = 1
"""All chance of a scenario comes from it; there is little."""
_PL_PER_NL: Final = 1_000
_CAUSES: Final = tuple(Cause)
_EVERY_S: Final = 300
"""How often a run is measured while people wait."""
_UNTOLD: Final = frozenset(
    {"opened", "delivered", "head sent", "bolus asked", "ignored", "program", "refilled"}
)
"""Records that would only lengthen a timeline."""
_SAID_AGAIN: Final = "stopped"
"""A record that comes every few minutes; a timeline has the first of them."""
_TRULY: Final = {
    "scan": "In truth the patient now lies in a scanner.",
    "in a field": "In truth the magnet holds the motor: nothing moves.",
    "in a field, over": "In truth the magnet lets go, but the motor still stands.",
    "recovering, over": "In truth the motor turns again.",
    "flow valve closed": "In truth the flow-activated valve has closed: nothing moves any more.",
    "fault: gain": "In truth every stroke now moves too much.",
    "fault: pocket fill": "In truth the needle is beside the port.",
    "empty": "In truth the reservoir has run dry.",
}
_POCKET: Final = "pocket fill"


class Fact(NamedTuple):
    """A number of a run."""

    amount: Fraction
    unit: str
    """nL, mcg, mcg/day, s or 1."""


class Moment(NamedTuple):
    """One line of a timeline."""

    at_s: int
    who: str
    """people, pump or truth."""
    words: str
    priority: str = ""
    """Of an alarm that is raised: none, low, medium or high."""


class Sample(NamedTuple):
    """What a stage was like at a second: the truth, and what the pump made of it."""

    at_s: int
    tip_mcg: Fraction
    """Of the drug, left the tip so far."""
    pumped_nl: int
    """Truly pumped so far; as much of what was in the line has left the tip."""
    counted_nl: int
    """What the pump has counted as pumped so far."""
    true_nl: int
    """In the reservoir, residual included."""
    computed_nl: int
    """By the pump's count, residual included."""
    measured_nl: int
    """By its fill sensor; -1 where there is none."""


class Order(NamedTuple):
    """What the patient was meant to get from a second on."""

    from_s: int
    mcg_per_day: Fraction


class Scene(NamedTuple):
    """One stage, played to its end.

    Parameters
    ----------
    moments
        Its timeline.
    samples
        Its course; two of one second stand before and after what people did in it.
    orders
        What was meant, in order of time; nothing before the first.
    residual_nl
        What of the reservoir cannot be pumped.
    cannot
        What its pump can never notice, in its own words.
    """

    moments: tuple[Moment, ...]
    samples: tuple[Sample, ...]
    orders: tuple[Order, ...]
    residual_nl: int
    cannot: tuple[str, ...]


class Told(NamedTuple):
    """What came of a scenario."""

    facts: Mapping[str, Fact | str]
    scenes: Mapping[str, Scene]
    """Of each stage, by what it shows."""
    cannot: tuple[str, ...] = ()
    """What the pump of the first stage can never notice, in its own words."""

    @property
    def timelines(self) -> dict[str, tuple[Moment, ...]]:
        """What happened on each stage, in order."""
        return {title: scene.moments for title, scene in self.scenes.items()}


class Cast(NamedTuple):
    """What a scenario is played with, all handed in.

    Parameters
    ----------
    kit
        The pump.
    strengths
        mcg of the drug in a nanolitre of each solution; in the first one are tubing and catheter.
    limits
        The hard limits that go with each solution.
    numbers
        The figures of the scenario by name, in nL, mcg/day, nL/day, s, or parts per 100,000.
    """

    kit: Kit
    strengths: tuple[Fraction, ...]
    limits: tuple[Limits, ...]
    numbers: Mapping[str, int]

    def flow(self, dose: str, solution: int) -> int:
        """Return the flow that a programmer reckons for a dose, in nL/day, rounded down (F1)."""
        return self.numbers[dose] // self.strengths[solution]

    @property
    def dead_nl(self) -> int:
        """What tubing and catheter hold."""
        return self.kit.profile.hardware.tubing_nl + self.kit.catheter.catheter_nl


class Stage:
    """One world with its people.

    Parameters
    ----------
    cast
        What it is played with.
    reservoir_nl
        What the reservoir holds of the first solution, residual included; full when left out.
    """

    def __init__(self, cast: Cast, *, reservoir_nl: int | None = None) -> None:
        self.cast = cast
        self.world = World(cast.kit, SEED, beginning=Beginning(reservoir_nl))
        self._did: list[Moment] = []
        self._samples: list[Sample] = []
        self._orders: list[Order] = []

    @property
    def now_s(self) -> int:
        """The true second."""
        return self.world.true_s

    # -- what people do -------------------------------------------------------------------------

    def did(self, what: str) -> None:
        """Write down what somebody did or saw."""
        self._did.append(Moment(self.now_s, "people", what))

    def happened(self, what: str) -> None:
        """Write down what was so in truth, whether or not anybody knows."""
        self._did.append(Moment(self.now_s, "truth", f"In truth {what}."))

    def wait(self, seconds: int) -> None:
        """Let time pass, and measure."""
        end_s = self.now_s + seconds
        self._measure()
        while self.now_s < end_s:
            self.world.run(min(end_s, self.now_s + _EVERY_S))
            self._measure()

    def prescribe(self, mcg_per_day: Fraction | int, from_s: int | None = None) -> None:
        """Write down what the patient is meant to get, from now on or from a later second."""
        since_s = self.now_s if from_s is None else from_s
        self._orders.append(Order(since_s, Fraction(mcg_per_day)))

    def install(self, program: Program, solution: int) -> None:
        """Put a program into force."""
        reply = self.world.install(program, self.cast.limits[solution])
        assert reply is not None, "there is no power cut in here"
        assert reply.accepted, reply.reason

    def infuse(self, dose: str, solution: int) -> None:
        """Program a constant dose of a solution, as a programmer does without a bridge."""
        self.prescribe(self.cast.numbers[dose])
        self.install(constant(self.cast.flow(dose, solution)), solution)

    def refill(self, solution: int, filled_nl: int) -> int:
        """Empty, rinse and fill the reservoir, tell the pump, and return what was drawn, in nL."""
        world = self.world
        is_rinsed = solution != 0
        done = world.plant.refill(self.now_s, solution, filled_nl, is_rinsed=is_rinsed)
        # The nurse reads the syringe exactly here: its error is another story.
        drawn_nl = done.aspirated_nl
        self.did(f"Refill: {volume_words(drawn_nl)} drawn out, {volume_words(filled_nl)} injected.")
        world.ask("refill", lambda implant, now_s: implant.refill(filled_nl, drawn_nl, now_s))
        return drawn_nl

    # -- what came of it --------------------------------------------------------------------------

    def tip_nl(self) -> Fraction:
        """Return what has left the tip into the CSF so far."""
        solutions = range(len(self.cast.strengths))
        return sum((self._at_tip_nl(one) for one in solutions), Fraction(0))

    def tip_mcg(self, only: int | None = None) -> Fraction:
        """Return how much of the drug has left the tip into the CSF so far, of one solution."""
        strengths = self.cast.strengths
        chosen = range(len(strengths)) if only is None else (only,)
        return sum((self._at_tip_nl(one) * strengths[one] for one in chosen), Fraction(0))

    def has_arrived(self, solution: int) -> bool:
        """Say whether a solution has come out of the tip."""
        return self._at_tip_nl(solution) > 0

    def _at_tip_nl(self, solution: int) -> Fraction:
        return self.world.plant.solution_pl(Place.CSF, solution, self.now_s) / _PL_PER_NL

    def entries(self, since_s: int = 0) -> tuple[tuple[int, Record], ...]:
        """Return the records of the pump's log with their seconds."""
        entries = read_entries(self.world.implant.log_from(0))
        return tuple((one.now_s, one.record) for one in entries if one.now_s >= since_s)

    def alarm_s(self, cause: Cause, since_s: int = 0) -> int | None:
        """Return the second at which an alarm was raised first; None when it never was."""
        code = _CAUSES.index(cause)
        for at_s, record in self.entries(since_s):
            if record.kind == "alarm raised" and record.values[0] == code:
                return at_s
        return None

    def alarms(self, since_s: int = 0) -> str:
        """Return the alarms that were raised since a second, in words."""
        raised = (one.values[0] for _, one in self.entries(since_s) if one.kind == "alarm raised")
        return ", ".join(dict.fromkeys(_CAUSES[code].value for code in raised)) or "none"

    def lists(self, cause: Cause) -> bool:
        """Say whether the pump lists an alarm now, active or not."""
        return any(one.name == cause for one in self.world.implant.status(self.now_s).alarms)

    def truly_s(self, kind: str) -> int:
        """Return the true second of the last event of a kind in the plant."""
        return next(one.at_s for one in reversed(self.world.plant.events) if one.kind == kind)

    def scene(self) -> Scene:
        """Return what was played, and what was measured."""
        self._measure()
        profile = self.cast.kit.profile
        return Scene(
            self._timeline(),
            tuple(self._samples),
            tuple(self._orders),
            profile.hardware.residual_nl,
            profile.detection.cannot(),
        )

    def _measure(self) -> None:
        """Take a sample, unless nothing has changed since the last one."""
        status = self.world.implant.status(self.world.now_s)
        plant = self.world.plant
        pumped_nl = plant.delivered_nl(self.now_s)
        sample = Sample(
            self.now_s,
            self._glimpsed_mcg(pumped_nl),
            pumped_nl,
            status.strokes * self.cast.kit.profile.hardware.stroke_nl,
            plant.stock.volume_pl // _PL_PER_NL,
            status.reservoir_nl,
            status.measured_nl,
        )
        if not self._samples or self._samples[-1] != sample:
            self._samples.append(sample)

    def _glimpsed_mcg(self, pumped_nl: int) -> Fraction:
        # On a copy: what waits to pass the line would pass it apart from the strokes that follow.
        plant = self.world.plant
        line, fluid = deepcopy(plant.line), plant.stock.fluid
        settled_pl = sum(line.gone[Place.CSF].values())
        now_s = self.now_s
        line.enter(fluid, pumped_nl * _PL_PER_NL - settled_pl, now_s - DAY_S, now_s)
        gone = line.gone[Place.CSF]
        parts = enumerate(self.cast.strengths)
        total_pl = sum((plant.stock.share_of(one, gone) * mcg for one, mcg in parts), Fraction(0))
        return total_pl / _PL_PER_NL

    def _timeline(self) -> tuple[Moment, ...]:
        # What people did, what the pump wrote down and what truly happened, in order.
        # The truth comes before what people see of it, and the pump's word last.
        found = [*_truths(self.world), *self._did]
        untold = set(_UNTOLD)
        for at_s, record in self.entries():
            if record.kind not in untold:
                found.append(Moment(at_s, "pump", words(record), self._priority(record)))
            if record.kind == _SAID_AGAIN:
                untold.add(record.kind)
        return tuple(sorted(found, key=lambda one: one.at_s))

    def _priority(self, record: Record) -> str:
        if record.kind != "alarm raised":
            return ""
        alarms = self.cast.kit.profile.alarms
        return alarms.priority(_CAUSES[record.values[0]]).name.lower()


def _truths(world: World) -> list[Moment]:
    told = []
    for at_s, kind, volume_nl in world.plant.events:
        if kind in _TRULY:
            told.append(Moment(at_s, "truth", _TRULY[kind]))
        elif kind == _POCKET:
            what = f"In truth {volume_words(volume_nl)} went under the skin."
            told.append(Moment(at_s, "truth", what))
    return told


def constant(nl_per_day: int) -> Program:
    """Return a program of one flow."""
    return Program("simple continuous", (WeekStep(0, nl_per_day),))


def meant_mcg(mcg_per_day: int, seconds: int) -> Fraction:
    """Return what a dose comes to in so many seconds."""
    return Fraction(mcg_per_day * seconds, DAY_S)


def mcg(amount: Fraction | int) -> Fact:
    """Return a mass as a fact."""
    return Fact(Fraction(amount), "mcg")


def nl(amount: Fraction | int) -> Fact:
    """Return a volume as a fact."""
    return Fact(Fraction(amount), "nL")


def span(seconds: int) -> Fact:
    """Return a span of time as a fact."""
    return Fact(Fraction(seconds), "s")


def count(number: Fraction | int) -> Fact:
    """Return a pure number as a fact."""
    return Fact(Fraction(number), "1")


def after(at_s: int | None, since_s: int) -> Fact | str:
    """Return how long after a second something came, or that it never came."""
    return "never" if at_s is None else span(at_s - since_s)
