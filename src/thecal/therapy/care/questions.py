"""What people ask of a pump: the questions of a population, with the published figures beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any, Final, Literal, TypeVar, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.evidence import Claim, Published, load_library
from thecal.evidence.claims import Grade
from thecal.knowledge import Figure, ids_in, load_document
from thecal.knowledge.loading import read_toml
from thecal.outcomes import Measure, find_measure

Asks = Literal["", "pump_life", "refills"]

Told = Literal["age", "pain", "oral"]

_FILE: Final = files("thecal.therapy.care") / "data" / "questions.toml"
_FOLDER: Final = files("thecal.therapy.care") / "data" / "questions"
_KEYS: Final = (
    "mouth",
    "pump",
    "also",
    "weeks",
    "study",
    "indifferent",
    "grades",
    "check",
    "question",
    "operation",
    "unchanged",
    "unknown",
    "outside",
)


@dataclass(frozen=True, slots=True)
class Check:
    """A measure of both treatments, and what was published of it; by mouth perhaps nothing."""

    words: str
    measure: Measure
    day: int
    mouth: Published | None
    pump: Published


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the expectation page.

    Attributes
    ----------
    measure
        Taken on a day from entry; ``None`` for the others.
    event
        What may happen by a day from the implant; empty for the others.
    asks
        What else is asked; empty where there is a measure or an event.
    both
        Whether the answer without the pump is told too.
    claim
        What patients are told that the answer bears on; ``None`` where they are told nothing.
    """

    group: str
    words: str
    day: int
    measure: Measure | None
    event: str
    asks: Asks
    both: bool
    figures: tuple[Published, ...]
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Statement:
    """What is told as it is, and the figures that say so."""

    words: str
    figures: tuple[Published, ...]
    claim: Claim | None


@dataclass(frozen=True, slots=True)
class Outside:
    """A number of a person for which the model was not made: below or above a bound."""

    given: Told
    below: float
    above: float
    statement: Statement

    def holds(self, value: float | None) -> bool:
        """Return whether what a person told lies there."""
        return value is not None and (value < self.below or value > self.above)


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked of a population.

    Attributes
    ----------
    mouth, pump
        The policies of the two treatments.
    also
        Other names of the population, as a clinic calls it.
    weeks
        For how long both treatments are compared where nothing else is asked.
    study
        The study of thecal that simulates the trial of both treatments; empty without one.
    indifferent
        Traits on which nothing in the simulation of this population depends.
    operation, unchanged, unknown
        What is told of the operation, of what a pump does not change, and of what is not known.
    outside
        For whom the model was not made.
    near
        How near a virtual person must be to count as like a given one.
    """

    population: str
    mouth: str
    pump: str
    also: tuple[str, ...]
    weeks: int
    study: str
    indifferent: tuple[str, ...]
    checks: tuple[Check, ...]
    questions: tuple[Question, ...]
    operation: tuple[Statement, ...]
    unchanged: tuple[Statement, ...]
    unknown: tuple[Statement, ...]
    outside: tuple[Outside, ...]
    near: Mapping[str, Figure]


_Graded = TypeVar("_Graded", Question, Statement)


def answered_populations() -> tuple[str, ...]:
    """Return the ids of the populations that have treatments by mouth and by pump on record."""
    return ids_in(_FOLDER)


def population_named(name: str) -> str:
    """Return the id of a population by it or by another name that a clinic uses, in any case.

    Raises
    ------
    InputError
        If there is none of that name, or none that can be answered for, with the reason.

    Examples
    --------
    >>> population_named("Failed back surgery")
    'low-back'
    """
    wanted = _plain(name)
    for one in answered_populations():
        if wanted in {_plain(also) for also in (one, *_load(one).also)}:
            return one
    reasons = _shared()[0]["unanswered"]
    for one, reason in reasons.items():
        if wanted == _plain(one):
            raise InputError(f'is "{name}", which cannot be answered: {reason}', field="population")
    known = "; ".join(
        f"{one} (also {', '.join(_load(one).also)})" for one in answered_populations()
    )
    raise InputError(f'is "{name}", but there are answers for {known}', field="population")


def load_questions(population: str) -> Questions:
    """Return what is asked of a population.

    Raises
    ------
    InputError
        If no treatments by mouth and by pump are on record for it.

    Examples
    --------
    >>> load_questions("advanced-cancer").pump
    'pump-cancer'
    """
    return _load(population_named(population))


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").split())


@cache
def _shared() -> tuple[dict[str, Any], Mapping[str, Figure]]:
    return load_document(_FILE, other_keys=("shared", "unanswered"))


@cache
def _load(population: str) -> Questions:
    file = _FOLDER / f"{population}.toml"
    entry = read_toml(file)
    if unknown := sorted(set(entry) - set(_KEYS)):
        raise KnowledgeError(f"{file.name}: unknown are {', '.join(unknown)}")
    grades = entry.get("grades", {})

    def statements(key: str) -> tuple[Statement, ...]:
        return tuple(_regraded(_statement(_whole(one)), grades) for one in entry[key])

    return Questions(
        population=population,
        mouth=entry["mouth"],
        pump=entry["pump"],
        also=tuple(entry["also"]),
        weeks=entry["weeks"],
        study=entry.get("study", ""),
        indifferent=tuple(entry["indifferent"]),
        checks=tuple(_check(one) for one in entry["check"]),
        questions=tuple(_regraded(_question(_whole(one)), grades) for one in entry["question"]),
        operation=statements("operation"),
        unchanged=statements("unchanged"),
        unknown=statements("unknown"),
        outside=tuple(_outside(_whole(one)) for one in entry["outside"]),
        near=_shared()[1],
    )


def _regraded(one: _Graded, grades: Mapping[str, Grade]) -> _Graded:
    """Return a question or statement with the grade that its claim has for these people."""
    if one.claim is None or str(one.claim.number) not in grades:
        return one
    grade = grades[str(one.claim.number)]
    if grade not in get_args(Grade):
        raise KnowledgeError(f'{_FOLDER.name}: there is no grade "{grade}"')
    return replace(one, claim=replace(one.claim, grade=grade))


def _whole(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an entry with what it takes from the table that it names of those shared by all."""
    if "shared" not in entry:
        return entry
    own = {key: value for key, value in entry.items() if key != "shared"}
    shared = _shared()[0]["shared"]
    if entry["shared"] not in shared:
        raise KnowledgeError(f'{_FILE.name} has no shared "{entry["shared"]}"')
    return {**shared[entry["shared"]], **own}


def _check(entry: Mapping[str, Any]) -> Check:
    mouth = _published([entry["mouth"]])[0] if "mouth" in entry else None
    pump = _published([entry["pump"]])[0]
    return Check(entry["words"], find_measure(entry["measure"]), entry["day"], mouth, pump)


def _outside(entry: Mapping[str, Any]) -> Outside:
    if entry["given"] not in get_args(Told) or not {"below", "above"} & set(entry):
        raise KnowledgeError(f'{_FILE.name}: "{entry["words"]}" says not of whom it is told')
    return Outside(
        entry["given"],
        float(entry.get("below", -inf)),
        float(entry.get("above", inf)),
        _statement(entry),
    )


def _question(entry: Mapping[str, Any]) -> Question:
    asked = [key for key in ("measure", "event", "asks") if key in entry]
    if len(asked) != 1 or entry.get("asks", "") not in get_args(Asks):
        raise KnowledgeError(
            f'{_FILE.name}: "{entry["words"]}" needs one of measure, event, or asks = '
            f"{' or '.join(get_args(Asks)[1:])}"
        )
    return Question(
        group=entry["group"],
        words=entry["words"],
        day=entry["day"],
        measure=find_measure(entry["measure"]) if "measure" in entry else None,
        event=entry.get("event", ""),
        asks=entry.get("asks", ""),
        both=entry.get("both", False),
        figures=_published(entry["figures"]),
        claim=_claim(entry),
    )


def _statement(entry: Mapping[str, Any]) -> Statement:
    return Statement(entry["words"], _published(entry["figures"]), _claim(entry))


def _claim(entry: Mapping[str, Any]) -> Claim | None:
    return load_library().claim(entry["claim"]) if "claim" in entry else None


def _published(ids: Sequence[str]) -> tuple[Published, ...]:
    figures = load_library().figures
    for one in ids:
        if one not in figures:
            raise KnowledgeError(f"{_FILE.name} names {one}, which the evidence library lacks")
        if figures[one].refused or figures[one].confidence == "low":
            raise KnowledgeError(f"{_FILE.name} names {one}, which must not be compared with")
    return tuple(figures[one] for one in ids)
