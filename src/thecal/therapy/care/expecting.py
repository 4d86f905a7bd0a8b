"""What a given person may expect of a pump: answers from virtual people like that one.

Each replicate draws all that is uncertain, then finds people who report nearly what the given
person reports, treats them by pump and by mouth, and asks the questions of the population. Nothing
here advises a dose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from math import inf
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from thecal.devices import load_pump, pump_ids
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.knowledge import at_quantile
from thecal.outcomes import DAYS_PER_YEAR, Records
from thecal.patients import People
from thecal.therapy.care.complications import SURGERY, follow
from thecal.therapy.care.drawing_risks import draw_risks
from thecal.therapy.care.given import Given
from thecal.therapy.care.one_kind import world_of_kind
from thecal.therapy.care.pairing import hidden, without_pump
from thecal.therapy.care.questions import Question, Questions, Statement, load_questions
from thecal.therapy.care.record import load_record
from thecal.therapy.care.refills import refill_every_days
from thecal.therapy.care.replicates import (
    INSIDE,
    Array,
    Spread,
    check_count,
    generator,
    streams,
)
from thecal.therapy.care.setting import Setting, World, prepare_setting

if TYPE_CHECKING:
    from thecal.evidence import Claim

BODIES: Final = 60
"""Bodies that the people are drawn from; as many as change no answer by more than chance does."""

_LIVES: Final = 2000
"""Lives with a pump in each replicate, so many that chance does not show beside the figures."""

_PERCENT: Final = 100.0
_MCG_PER_MG: Final = 1000.0
_MAKE: Final = "synchromed"

Done = Callable[[int, int], None]
Kind = Literal["chance", "amount"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question.

    Attributes
    ----------
    kind
        A chance is a share of people in percent, and its interval holds 80 % of the replicates; an
        amount is the median person's, and its interval holds 80 % of people.
    pump, mouth
        With the pump and without it; ``None`` where that was not asked.
    """

    question: Question
    kind: Kind
    unit: str
    pump: Spread
    mouth: Spread | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a given person may expect.

    Attributes
    ----------
    found, drawn
        How many virtual people like this one were found, and of how many.
    unknown, outside
        What is not known of these people, and why the model was not made for this person; empty
        where it was.
    mouth, pump
        What the two treatments are.
    selects
        Whether only those who pass a trial get the pump, and are counted.
    """

    population: str
    given: Given
    near: dict[str, float]
    indifferent: tuple[str, ...]
    found: int
    drawn: int
    replicates: int
    seed: int
    answers: tuple[Answer, ...]
    operation: tuple[Statement, ...]
    unchanged: tuple[Statement, ...]
    unknown: tuple[Statement, ...]
    outside: tuple[Statement, ...]
    mouth: str
    pump: str
    selects: bool


def expect(
    given: Given,
    population: str = "advanced-cancer",
    *,
    people: int = 100,
    replicates: int = 40,
    seed: int = 1,
    done: Done | None = None,
) -> Expectation:
    """Return what a person may expect, from virtual people like that one.

    Parameters
    ----------
    people
        How many to find in each replicate.
    done
        Told after each replicate how many are done, and of how many.

    Raises
    ------
    InputError
        If there is no such population, a number makes no sense, or hardly anybody is like that.
    """
    check_count("people", people, 20, 5000, "fewer say nothing, and more take too long")
    check_count("replicates", replicates, 5, 1000, "fewer show no range, and more take too long")
    check_count("seed", seed, 0, 2**63 - 1, "a seed is a whole number")
    asked = load_questions(population)
    units = {"age": "year", "pain": "1", "oral": "1"}
    near = {name: asked.near[f"near_{name}"].number(unit) for name, unit in units.items()}
    setting = prepare_setting(
        asked.population, (asked.mouth, asked.pump), bodies=BODIES, threads=None
    )
    runs = []
    for number in range(replicates):
        runs.append(_run(setting, asked, given, near, people, seed, number))
        if done is not None:
            done(number + 1, replicates)
    answers = [[run.answers[k] for run in runs] for k in range(len(asked.questions))]
    return Expectation(
        population=setting.population.title,
        given=given,
        near=near,
        indifferent=asked.indifferent,
        found=people * replicates,
        drawn=sum(run.drawn for run in runs),
        replicates=replicates,
        seed=seed,
        answers=tuple(
            _answer(question, told) for question, told in zip(asked.questions, answers, strict=True)
        ),
        operation=asked.operation,
        unchanged=asked.unchanged,
        unknown=asked.unknown,
        outside=tuple(
            one.statement for one in asked.outside if one.holds(getattr(given, one.given))
        ),
        mouth=setting.policies[asked.mouth].title,
        pump=setting.policies[asked.pump].title,
        selects=setting.policies[asked.pump].follows == "implanted",
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What one replicate says to a question: a share of people in percent, or people's amounts."""

    kind: Kind
    pump: Array
    mouth: Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    drawn: int
    answers: list[_Told]


def _run(
    setting: Setting,
    asked: Questions,
    given: Given,
    near: Mapping[str, float],
    people: int,
    seed: int,
    number: int,
) -> _Run:
    figures, drawing, telling, chance, risks = streams(seed, number, 5)
    drawn = setting.draw(generator(figures))
    world = (
        World.of(setting, drawn)
        if given.kind is None
        else world_of_kind(setting, drawn, given.kind)
    )
    admits = given.admits(near, asked.indifferent)
    try:
        alike = world.people(generator(drawing), people, admits=admits)
    except InputError as none:
        raise InputError(
            f"hardly anybody in the population {setting.population.id} is like the person given, "
            "so nothing can be said; give fewer or more usual numbers"
        ) from none
    days = sorted({0, *(one.day for one in asked.questions if one.measure or one.asks)})
    mouth, pump = (
        world.treat(
            alike, policy, days, arm=arm, telling=generator(telling), chance=generator(chance)
        )
        for arm, policy in (("mouth", asked.mouth), ("pump", asked.pump))
    )
    left = without_pump(pump, setting.policies[asked.pump])
    mouth, pump = (hidden(one, np.tile(left[:, None], len(days))) for one in (mouth, pump))
    last = max(one.day for one in asked.questions if one.event)
    later = _Later(setting, asked.pump, alike, generator(risks), last)
    return _Run(alike.screened, [_told(one, mouth, pump, later) for one in asked.questions])


def _told(question: Question, mouth: Records, pump: Records, later: _Later) -> _Told:
    if question.event:
        return _Told("chance", np.array([later.chance(question.event, question.day)]))
    if question.asks == "pump_life":
        return _Told("amount", later.pump_life_years())
    if question.asks == "refills":
        return _Told("amount", later.refills_a_year(pump, question.day))
    measure = question.measure
    assert measure is not None
    arms = (pump, mouth) if question.both else (pump,)
    if measure.unit == "%":
        shares = [np.array([measure.of(one, question.day)]) for one in arms]
        return _Told("chance", *shares)
    assert measure.per_person is not None
    return _Told("amount", *(measure.per_person(one, question.day) for one in arms))


class _Later:
    """Lives with a pump beyond the weeks that are simulated day by day."""

    def __init__(
        self,
        setting: Setting,
        policy: str,
        alike: People,
        generator: np.random.Generator,
        last_day: int,
    ) -> None:
        self._setting = setting
        self._generator = generator
        self._risks = draw_risks(generator, setting.policies[policy].explants)
        hazard = alike.settled.number("death_hazard", "1/day")
        # Where no disease kills, people die as those with a pump do.
        deaths = generator.exponential(1.0 / hazard, _LIVES) if hazard > 0.0 else None
        self._lives = follow(
            generator, _LIVES, last_day, risks=self._risks, other_deaths_day=deaths
        )

    def chance(self, event: str, day: int) -> float:
        """Return the share with an event by a day after the implant, percent; death may precede."""
        found = self._lives
        first = found.first(*SURGERY) if event == "surgery" else found.first(event)
        return _PERCENT * float((first <= day).mean())

    def pump_life_years(self) -> Array:
        """Return how long pumps work in people who live, years."""
        longest = round(load_record().days("battery_longest")) + 1
        found = follow(
            self._generator,
            _LIVES,
            longest,
            risks=self._risks,
            other_deaths_day=np.full(_LIVES, inf),
        )
        ended = found.first("replacement", "explant")
        return np.asarray(ended[np.isfinite(ended)] / DAYS_PER_YEAR)

    def refills_a_year(self, pump: Records, day: int) -> Array:
        """Return how often the people on the pump would be refilled in a year at their doses.

        Pump and solution are drawn evenly from those on record, the solution from those that no
        limit refuses.
        """
        drug = load_formulary().drug(self._setting.effects.drug)
        highest = min(
            (one.figure.number("mg/mL") for one in drug.highest_concentration if one.refuses),
            default=inf,
        )
        strengths = (one.number("mg/mL") for one in drug.product_strengths)
        allowed = [one for one in strengths if one <= highest]
        assert allowed
        makes = _pumps()
        doses = pump.intrathecal_mcg_per_day[:, pump.at(day)]
        doses = doses[np.nan_to_num(doses) > 0.0] / _MCG_PER_MG
        if not len(doses):
            return doses
        strength = self._generator.choice(allowed, len(doses))
        which = self._generator.integers(makes.shape[1], size=len(doses))
        reservoir, residual, lowest = makes[:, which]
        keeps = inf
        if drug.stability is not None:
            keeps = at_quantile(drug.stability, self._generator.random())
        every = refill_every_days(
            reservoir, residual, np.maximum(doses / strength, lowest), stability_days=keeps
        )
        return np.asarray(DAYS_PER_YEAR / every)


@cache
def _pumps() -> Array:
    """Return reservoir mL, residual volume mL and lowest rate mL/day of pumps, shape (3, pumps)."""
    makes = [load_pump(one) for one in pump_ids() if one.startswith(_MAKE)]
    return np.array(
        [
            [float(one.reservoir_volume.to("mL")) for one in makes],
            [float(one.residual_volume.to("mL")) for one in makes],
            [float(one.lowest_rate.to("mL/day")) for one in makes],
        ]
    )


def _answer(question: Question, told: Sequence[_Told]) -> Answer:
    pump = Spread.of(np.concatenate([one.pump for one in told]))
    mouths = [one.mouth for one in told if one.mouth is not None]
    unit = {"refills": "a year", "pump_life": "years"}.get(question.asks, "")
    if question.measure is not None:
        unit = question.measure.unit
    return Answer(
        question=question,
        kind=told[0].kind,
        unit=unit or "%",
        pump=pump,
        mouth=Spread.of(np.concatenate(mouths)) if mouths else None,
    )


def _told_object(one: Statement) -> dict[str, Any]:
    published = [figure.id for figure in one.figures]
    return {"words": one.words, **_grade(one.claim), "published": published}


def _grade(claim: Claim | None) -> dict[str, Any]:
    return {"claim": claim and claim.number, "grade": claim and claim.grade}


def expectation_object(found: Expectation) -> dict[str, Any]:
    """Return an expectation for JSON."""
    return {
        "population": found.population,
        "treatments": {"mouth": found.mouth, "pump": found.pump},
        "counts_only_those_who_pass_a_trial": found.selects,
        "given": {one.name: getattr(found.given, one.name) for one in fields(found.given)},
        "near": found.near,
        "people_found": found.found,
        "people_drawn": found.drawn,
        "replicates": found.replicates,
        "seed": found.seed,
        "interval_holds": INSIDE,
        "answers": [
            {
                "group": one.question.group,
                "words": one.question.words,
                "kind": one.kind,
                "unit": one.unit,
                "with_pump": one.pump.as_object(),
                "without_pump": None if one.mouth is None else one.mouth.as_object(),
                **_grade(one.question.claim),
                "published": [
                    {"id": figure.id, "stated": figure.stated(), "confidence": figure.confidence}
                    for figure in one.question.figures
                ],
            }
            for one in found.answers
        ],
        "operation": [_told_object(one) for one in found.operation],
        "unchanged": [_told_object(one) for one in found.unchanged],
        "unknown": [_told_object(one) for one in found.unknown],
        "outside_validity": [_told_object(one) for one in found.outside],
    }
