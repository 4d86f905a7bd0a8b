"""The same virtual people treated twice: once by mouth, once by pump.

Traits, bodies, fate, the noise of what people tell and what other treatment does for each are the
same in both, so that what differs is the route. A visit counts a person only if seen in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from thecal.evidence import Published
from thecal.outcomes import Records
from thecal.outcomes.rules import load_rules
from thecal.therapy.care.pairing import hidden, without_pump
from thecal.therapy.care.questions import Check, Questions, Statement, load_questions
from thecal.therapy.care.replicates import (
    INSIDE,
    Array,
    Spread,
    check_count,
    generator,
    streams,
)
from thecal.therapy.care.setting import Setting, World, prepare_setting

Route = Literal["mouth", "pump"]
ROUTES: Final[tuple[Route, ...]] = get_args(Route)

BODIES: Final = 60
"""Bodies that a comparison draws from; as many as change no answer by more than chance does."""

MODERATE: Final = 2
"""The NCI CTC grade from which a side effect is moderate or worse."""

_WEEK: Final = 7
_SETTLED_DAY: Final = 28
_PERCENT: Final = 100.0
_DOSES: Final = (
    ("oral_mg_per_day", "dose by mouth, as oral morphine", "mg/day"),
    ("intrathecal_mcg_per_day", "dose by pump", "mcg/day"),
)

Done = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Series:
    """One quantity of one treatment, visit by visit.

    Attributes
    ----------
    of
        "people": the median and 80 % of people; "replicates": a share of people, its median and
        80 % of the replicates.
    at
        One spread for each visit.
    """

    name: str
    words: str
    unit: str
    route: Route
    of: Literal["people", "replicates"]
    at: tuple[Spread, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """How many people are better off by pump than by mouth, in percent over the replicates.

    Better is lower by ``percent`` or more, on the mean of the visits from week 4 on.
    """

    name: str
    words: str
    percent: float
    better: Spread
    same: Spread
    worse: Spread


@dataclass(frozen=True, slots=True)
class Checked:
    """A measure of both treatments on a day, beside what a trial found."""

    check: Check
    mouth: Spread
    pump: Spread

    @property
    def published(self) -> dict[Route, Published | None]:
        """What was found of each treatment; ``None`` where nothing was."""
        return {"mouth": self.check.mouth, "pump": self.check.pump}


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same people by mouth and by pump.

    Attributes
    ----------
    titles
        Of the policies, by route.
    people, replicates
        People in each of so many replicates.
    days
        The visits.
    seen
        How many people of all replicates were seen in both treatments at each visit.
    with_pump
        Share of those seen last whose pump was running then, percent.
    study
        The study that simulates the trial beside; empty without one.
    unknown
        What is not known of these people.
    """

    population: str
    titles: dict[Route, str]
    people: int
    replicates: int
    seed: int
    days: tuple[int, ...]
    seen: tuple[int, ...]
    with_pump: float
    series: tuple[Series, ...]
    judged: tuple[Judged, ...]
    checked: tuple[Checked, ...]
    study: str
    unknown: tuple[Statement, ...]

    @property
    def entered(self) -> int:
        """How many people were asked; fewer are seen at entry where a screening trial selects."""
        return self.people * self.replicates

    def of(self, name: str, route: Route) -> Series:
        """Return the course of one quantity in one treatment."""
        return next(one for one in self.series if (one.name, one.route) == (name, route))


def compare_routes(
    population: str = "advanced-cancer",
    *,
    weeks: int | None = None,
    people: int = 100,
    replicates: int = 40,
    seed: int = 1,
    done: Done | None = None,
) -> Comparison:
    """Treat the same virtual people by mouth and by pump.

    Parameters
    ----------
    weeks
        For how long; as is usual for the population where ``None``.
    people
        In each replicate.
    replicates
        Each draws all that is uncertain about drugs, people and practice anew.
    done
        Told after each replicate how many are done, and of how many.

    Raises
    ------
    InputError
        If there is no such population, or a number makes no sense.
    """
    asked = load_questions(population)
    weeks = asked.weeks if weeks is None else weeks
    check_count("weeks", weeks, 1, 52, "later too few of these people are still seen")
    check_count("people", people, 20, 5000, "fewer say nothing, and more take too long")
    check_count("replicates", replicates, 5, 1000, "fewer show no range, and more take too long")
    check_count("seed", seed, 0, 2**63 - 1, "a seed is a whole number")
    setting = prepare_setting(
        asked.population, (asked.mouth, asked.pump), bodies=BODIES, threads=None
    )
    days = tuple(range(0, weeks * _WEEK + 1, _WEEK))
    pairs = []
    for number in range(replicates):
        pairs.append(_both(setting, asked, days, people, seed, number))
        if done is not None:
            done(number + 1, replicates)
    return _comparison(setting, asked, pairs, seed)


Pair = dict[Route, Records]


def _both(
    setting: Setting,
    asked: Questions,
    days: Sequence[int],
    people: int,
    seed: int,
    number: int,
) -> Pair:
    figures, drawing, telling, chance = streams(seed, number, 4)
    world = World.of(setting, setting.draw(generator(figures)))
    drawn = world.people(generator(drawing), people)
    policies: dict[Route, str] = {"mouth": asked.mouth, "pump": asked.pump}
    pair: Pair = {
        route: world.treat(
            drawn,
            policy,
            days,
            arm=route,
            telling=generator(telling),
            chance=generator(chance),
        )
        for route, policy in policies.items()
    }
    absent = np.isnan(pair["mouth"].pain) | np.isnan(pair["pump"].pain)
    absent |= without_pump(pair["pump"], setting.policies[asked.pump])[:, None]
    return {route: hidden(records, absent) for route, records in pair.items()}


def _comparison(setting: Setting, asked: Questions, pairs: Sequence[Pair], seed: int) -> Comparison:
    first = pairs[0]["pump"]
    days = tuple(int(day) for day in first.days)
    seen = np.sum([(~np.isnan(pair["pump"].pain)).sum(axis=0) for pair in pairs], axis=0)
    last = np.concatenate([pair["pump"].intrathecal_mcg_per_day[:, -1] for pair in pairs])
    known = last[~np.isnan(last)]
    return Comparison(
        population=setting.population.title,
        titles={
            "mouth": setting.policies[asked.mouth].title,
            "pump": setting.policies[asked.pump].title,
        },
        people=first.people,
        replicates=len(pairs),
        seed=seed,
        days=days,
        seen=tuple(int(one) for one in seen),
        with_pump=_PERCENT * float((known > 0.0).mean()) if len(known) else float("nan"),
        series=tuple(
            one
            for route in ROUTES
            for one in _series(setting, [pair[route] for pair in pairs], route)
        ),
        judged=_judged(pairs),
        checked=tuple(
            Checked(
                check,
                *(
                    Spread.of(
                        np.array([check.measure.of(pair[route], check.day) for pair in pairs])
                    )
                    for route in ROUTES
                ),
            )
            for check in asked.checks
            if check.day in days
        ),
        study=asked.study,
        unknown=asked.unknown,
    )


def _series(setting: Setting, runs: Sequence[Records], route: Route) -> list[Series]:
    def of_people(name: str, words: str, unit: str, values: Sequence[Array]) -> Series:
        pooled = np.concatenate(values)
        return Series(name, words, unit, route, "people", tuple(map(Spread.of, pooled.T)))

    found = [
        of_people("pain", "pain", "points of 10", [one.pain for one in runs]),
        of_people("toxicity", "sum of side effects", "points", [one.toxicity() for one in runs]),
    ]
    for name, words, unit in _DOSES:
        found.append(of_people(name, words, unit, [getattr(one, name) for one in runs]))
    for item in setting.effects.items:
        grades = [one.grade(item.id) for one in runs]
        found.append(of_people(item.id, item.words, "grade", grades))
        shares = np.array([_moderate(one) for one in grades])
        at = tuple(map(Spread.of, shares.T))
        words = f"{item.words}, moderate or worse"
        found.append(Series(f"{item.id}_moderate", words, "% of people", route, "replicates", at))
    return found


def _moderate(grades: Array) -> Array:
    """Return the share of those seen with a moderate grade or worse at each visit, percent."""
    seen = (~np.isnan(grades)).sum(axis=0)
    troubled = (grades >= MODERATE).sum(axis=0)
    shares = np.divide(troubled, seen, out=np.full(len(seen), np.nan), where=seen > 0)
    return np.asarray(_PERCENT * shares)


def _judged(pairs: Sequence[Pair]) -> tuple[Judged, ...]:
    rules = load_rules()
    found = []
    for name, words, percent in (
        ("pain", "pain", rules.pain_fall),
        ("toxicity", "side effects, summed", rules.toxicity_fall),
    ):
        shares = np.array([_paired(pair, name, percent) for pair in pairs])
        better, same, worse = (Spread.of(column) for column in shares.T)
        found.append(Judged(name, words, percent, better, same, worse))
    return tuple(found)


def _paired(pair: Pair, name: str, percent: float) -> tuple[float, float, float]:
    """Return the shares of people better off, about the same and worse off by pump, percent."""
    days = pair["pump"].days
    late = days >= min(_SETTLED_DAY, int(days[-1]))
    means = {}
    for route, records in pair.items():
        values = records.pain if name == "pain" else records.toxicity()
        seen = ~np.isnan(values[:, late])
        total = np.where(seen, values[:, late], 0.0).sum(axis=1)
        count = seen.sum(axis=1)
        means[route] = total[count > 0] / count[count > 0]
    if not len(means["pump"]):
        return (float("nan"), float("nan"), float("nan"))
    left = 1.0 - percent / _PERCENT
    differ = means["pump"] != means["mouth"]
    better = float((differ & (means["pump"] <= left * means["mouth"])).mean())
    worse = float((differ & (means["mouth"] <= left * means["pump"])).mean())
    return _PERCENT * better, _PERCENT * (1.0 - better - worse), _PERCENT * worse


def comparison_object(found: Comparison) -> dict[str, Any]:
    """Return a comparison for JSON."""
    return {
        "population": found.population,
        "treatments": found.titles,
        "people": found.people,
        "replicates": found.replicates,
        "seed": found.seed,
        "interval_holds": INSIDE,
        "days": list(found.days),
        "seen": list(found.seen),
        "with_pump_percent": None if np.isnan(found.with_pump) else round(found.with_pump, 2),
        "series": [
            {
                "name": one.name,
                "words": one.words,
                "unit": one.unit,
                "route": one.route,
                "interval_of": one.of,
                "at": [spread.as_object() for spread in one.at],
            }
            for one in found.series
        ],
        "same_person_by_pump": [
            {
                "name": one.name,
                "percent": one.percent,
                "better": one.better.as_object(),
                "same": one.same.as_object(),
                "worse": one.worse.as_object(),
            }
            for one in found.judged
        ],
        "beside_published": [
            {
                "words": one.check.words,
                "measure": one.check.measure.name,
                "unit": one.check.measure.unit,
                "day": one.check.day,
                **{
                    route: {
                        **getattr(one, route).as_object(),
                        "figure": figure and figure.id,
                        "published": figure and figure.stated(),
                    }
                    for route, figure in one.published.items()
                },
            }
            for one in found.checked
        ],
        "unknown": [one.words for one in found.unknown],
    }
