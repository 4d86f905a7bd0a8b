"""The screening trial before an implant: what it shows, whom it harms, and what it foretells.

Three ways: a single shot by lumbar puncture, shots repeated and raised day by day, an infusion by a
catheter that comes out of the skin. People keep what they swallow; their pain is asked for several
times, before the trial at the same hours of the day as in it, since some have a daily rhythm of
pain. The trial is passed when it fell by half without a severe side effect.

What no clinic can do, a simulation can: implant everybody, those who failed as well, and see how
many of each had relief months later. That is what the trial's result is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from thecal.effects import Sites
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.knowledge import Figure, Settled, Table, load_document, set_point
from thecal.patients import (
    ORAL,
    PUMP,
    People,
    Route,
    make_pool,
    reported_pain,
    rhythm,
    seen_at,
    sites_of,
    steadied,
)
from thecal.therapy.care.setting import KINETIC_SEED, Setting, World

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Method = Literal["single-shot", "repeated-shots", "infusion"]

METHODS: Final[tuple[Method, ...]] = get_args(Method)

_FILE = files("thecal.therapy.care") / "data" / "screening.toml"
_SHOT: Final = "shot"
_PUNCTURE: Final = "L3"
_HOURS: Final = 24
_HIGHEST: Final = 10.0
_EVERY_HOURS: Final = 2
_SEVERE: Final = 3.0  # NCI CTC grade
_PERCENT: Final = 100.0
_MCG_PER_MG: Final = 1000.0


@cache
def load_screening() -> Table[Figure]:
    """Return the figures of screening trials."""
    return load_document(_FILE, other_keys=("policies",))[1]


@cache
def policies_after() -> Table[str]:
    """Return by which policy the people of each population go on with a pump."""
    return Table(load_document(_FILE, other_keys=("policies",))[0]["policies"])


def policy_after(population: str) -> str:
    """Return by which policy the people of a population go on with a pump.

    Raises
    ------
    InputError
        If the population is not screened.

    Examples
    --------
    >>> policy_after("advanced-cancer")
    'pump-cancer'
    """
    known = policies_after()
    if population not in known:
        raise InputError(
            f'the population "{population}" is not screened; those that are: {", ".join(known)}'
        )
    return known[population]


@dataclass(frozen=True, slots=True, eq=False)
class Shots:
    """What 1 mg by lumbar puncture shows in each body hour by hour, ng/mL.

    Attributes
    ----------
    unit
        At plasma, cord and cisterna, shape (aims x bodies, 3, `_HOURS` + 1), in the order of the
        setting's kinetics.
    """

    unit: Array

    def sites(self, who: NDArray[np.int64], mg: Array, hour: int) -> Sites:
        """Return what a shot shows in some people some hours later, shape (len(who),) each."""
        shown = self.unit[who, :, hour] * mg[:, None]
        return Sites(shown[:, 0], shown[:, 1], shown[:, 2])


@dataclass(frozen=True, slots=True, eq=False)
class Screened:
    """What a screening trial showed; arrays of shape (n,) but where said.

    Attributes
    ----------
    baseline, best
        Pain told before, and the mean of what was told after the dose that helped most.
    passed
        Whose pain fell enough without a severe new side effect.
    grades
        Worst grade of each side effect during the trial, shape (n, items).
    breathing_hour
        Hours after the last dose at which breathing was slowed most.
    harmed
        Who had a severe side effect that was less before; their trial ended.
    first_mg, mg
        The doses that were given first and last, mg or mg/day.
    """

    method: Method
    items: tuple[str, ...]
    baseline: Array
    best: Array
    passed: Mask
    grades: Array
    harmed: Mask
    breathing_hour: Array
    first_mg: Array
    mg: Array


def make_shots(setting: Setting, *, threads: int | None = 1) -> Shots:
    """Return what a shot does in the bodies of a setting; a few seconds for 400."""
    aims = setting.population.aims
    pool = make_pool(
        load_formulary().drug(setting.effects.drug),
        [Route(_SHOT, "intrathecal", _PUNCTURE, at_once=True)],
        sites_of(aims),
        people=setting.kinetics.people,
        days=2,
        seed=KINETIC_SEED,
        threads=threads,
    )
    hours = [float(hour) for hour in range(_HOURS + 1)]
    shown = np.concatenate([seen_at(pool, _SHOT, aim, hours) for aim in aims])
    return Shots(steadied(shown * _MCG_PER_MG))


def screen(
    world: World,
    people: People,
    shots: Shots,
    method: Method,
    generator: np.random.Generator,
    *,
    mg: float | None = None,
) -> Screened:
    """Hold a screening trial.

    Parameters
    ----------
    mg
        First dose of everybody, mg or, by infusion, mg/day. When left out, that of the record, or
        a share of what their oral dose is worth if that is more.
    generator
        For the noise of what people tell.

    Raises
    ------
    InputError
        If there is no such method, or the dose is not above 0.
    """
    if method not in METHODS:
        raise InputError(f'there is no trial "{method}"; there are {", ".join(METHODS)}')
    settled = Settled.of(load_screening())
    infused = method == "infusion"
    if mg is not None and not 0.0 < mg < np.inf:
        raise InputError(f"a screening trial gives more than 0 mg, not {mg:g} mg", field="dose")
    first = np.full(people.count, mg) if mg is not None else _usual(world, people, settled, method)
    rounds = {
        "single-shot": 1,
        "repeated-shots": round(settled.number("repeats")),
        "infusion": round(settled.number("infusion_days", "day")),
    }[method]
    trial = _Trial(world, people, generator, settled)
    given = _by_infusion(trial) if infused else _by_shot(trial, shots)
    return trial.hold(method, first, rounds, given)


def _usual(world: World, people: People, settled: Settled, method: Method) -> Array:
    if method == "infusion":
        least = settled.number("infusion_dose", "mg/day")
    else:
        least = settled.number("shot_dose", "mg")
    ratio = world.setting.ratio
    if ratio is None:
        return np.full(people.count, least)
    worth = people.traits.entry_dose / set_point(ratio)
    return np.maximum(least, settled.number("share_of_equivalent") * worth)


_Given = Callable[[int, Array, int], Sites]
"""Which round, mg or mg/day in it, hours since its begin: what it adds at the sites."""


class _Trial:
    """Some people in a screening trial."""

    def __init__(
        self,
        world: World,
        people: People,
        generator: np.random.Generator,
        settled: Settled,
    ) -> None:
        self._world = world
        self._people = people
        self._generator = generator
        self._settled = settled
        kinetics = world.setting.kinetics
        none = np.zeros(people.count)
        if ORAL in kinetics.unit:
            self._before = kinetics.settled(ORAL, people.traits.entry_dose, people.kinetic)
        else:
            self._before = Sites(none, none, none)
        hours = (settled.number("asked_from", "h"), settled.number("asked_until", "h"))
        self._breathing = people.items.index("respiratory_depression")
        # The brain follows the fluid and the blood with a delay; this is its share in an hour.
        self._nears = 1.0 - 0.5 ** (1.0 / world.effect("relief", "effect_site_half_life", "h"))
        self._asked = range(round(hours[0]), round(hours[1]) + 1, _EVERY_HOURS)

    @property
    def people(self) -> People:
        return self._people

    @property
    def world(self) -> World:
        return self._world

    def hold(self, method: Method, first: Array, rounds: int, given: _Given) -> Screened:
        people = self._people
        before_it = [self._told(self._before, hour, expects=False) for hour in self._asked]
        baseline = np.mean(before_it, axis=0)
        before = self._grades(self._before)
        rise = 1.0 + self._settled.number("repeat_rise", "percent") / _PERCENT
        needed = self._settled.number("relief_to_pass", "percent") / _PERCENT
        mg = first.copy()
        best = baseline.copy()
        worst = before.copy()
        hour = np.zeros(people.count)
        harmed = np.zeros(people.count, dtype=np.bool_)
        passed = np.zeros(people.count, dtype=np.bool_)
        for number in range(rounds):
            going = ~(passed | harmed)
            if not going.any():
                break
            if number:
                mg = np.where(going, mg * rise, mg)
            told, grades, slowest = self._round(number, mg, given)
            best = np.where(going, np.minimum(best, told), best)
            worst = np.where(going[:, None], np.maximum(worst, grades), worst)
            hour = np.where(going, slowest, hour)
            harmed |= going & ((grades >= _SEVERE) & (before < _SEVERE)).any(axis=1)
            passed |= going & ~harmed & (told <= baseline * (1.0 - needed))
        return Screened(
            method, people.items, baseline, best, passed, worst, harmed, hour, first, mg
        )

    def _round(self, number: int, mg: Array, given: _Given) -> tuple[Array, Array, Array]:
        told = []
        slowed = np.zeros((_HOURS, self._people.count))
        felt = self._harm(self._before)[:, self._breathing]
        grades = np.zeros((self._people.count, len(self._people.items)))
        for hour in range(1, _HOURS + 1):
            sites = self._with(given(number, mg, hour))
            harm = self._harm(sites)
            grades = np.maximum(grades, self._world.response.grades(harm))
            felt = felt + (harm[:, self._breathing] - felt) * self._nears
            slowed[hour - 1] = felt
            if hour in self._asked:
                told.append(self._told(sites, hour, expects=True))
        slowest = np.argmax(slowed, axis=0) + 1.0
        return np.mean(told, axis=0), grades, slowest

    def _with(self, more: Sites) -> Sites:
        before = self._before
        return Sites(
            before.plasma + more.plasma, before.cord + more.cord, before.cisterna + more.cisterna
        )

    def _told(self, sites: Sites, hour: int, *, expects: bool) -> Array:
        traits = self._people.traits
        drive = self._world.response.drive(sites, self._people.tolerance)
        relief = self._world.response.relief(drive, traits.responsiveness)
        left = traits.untreated_pain * (1.0 - relief)
        if expects:
            left = left * (1.0 - traits.placebo)
        clock = (self._settled.number("given_at", "h") + hour) % _HOURS
        left = np.minimum(_HIGHEST, left * rhythm(self._people.settled, clock))
        noise = self._people.settled.number("pain_noise")
        return reported_pain(left, noise, self._generator)

    def _harm(self, sites: Sites) -> Array:
        drug = self._world.response.harm(sites, self._people.tolerance)
        return self._people.susceptibility * drug + self._people.traits.background

    def _grades(self, sites: Sites) -> Array:
        return self._world.response.grades(self._harm(sites))


def _by_shot(trial: _Trial, shots: Shots) -> _Given:
    who = trial.people.kinetic
    return lambda _, mg, hour: shots.sites(who, mg, hour)


def _by_infusion(trial: _Trial) -> _Given:
    unit = trial.world.setting.kinetics.unit[PUMP][trial.people.kinetic]

    def given(number: int, mg: Array, hour: int) -> Sites:
        # Within a day the rise is taken as even; the dose of the day as given from the start.
        part = hour / _HOURS
        shown = unit[:, :, number] * (1.0 - part) + unit[:, :, number + 1] * part
        shown = shown * mg[:, None]
        return Sites(shown[:, 0], shown[:, 1], shown[:, 2])

    return given
