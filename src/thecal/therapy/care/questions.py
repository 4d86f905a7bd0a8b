"""What people ask of a pump: the questions of a population, with the published figures beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.evidence import Claim, Published, load_library
from thecal.knowledge import Figure, load_document
from thecal.outcomes import Measure, find_measure

Asks = Literal["", "pump_life", "refills"]

_FILE: Final = files("thecal.therapy.care") / "data" / "questions.toml"


@dataclass(frozen=True, slots=True)
class Check:
    """A measure of both treatments, and what a trial found of it."""

    words: str
    measure: Measure
    day: int
    mouth: Published
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
class Questions:
    """What is asked of a population.

    Attributes
    ----------
    mouth, pump
        The policies of the two treatments.
    indifferent
        Traits on which nothing in the simulation of this population depends.
    operation, unchanged
        What is told of the operation, and of what a pump does not change.
    near
        How near a virtual person must be to count as like a given one.
    """

    population: str
    mouth: str
    pump: str
    indifferent: tuple[str, ...]
    checks: tuple[Check, ...]
    questions: tuple[Question, ...]
    operation: tuple[Statement, ...]
    unchanged: tuple[Statement, ...]
    near: Mapping[str, Figure]


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
    known = _load()
    if population not in known:
        raise InputError(
            f'for the population "{population}" no treatments by mouth and by pump are on record; '
            f"there are some for {', '.join(known)}"
        )
    return known[population]


@cache
def _load() -> dict[str, Questions]:
    rest, near = load_document(_FILE, other_keys=("population",))
    return {one["id"]: _questions(one, near) for one in rest["population"]}


def _questions(entry: Mapping[str, Any], near: Mapping[str, Figure]) -> Questions:
    return Questions(
        population=entry["id"],
        mouth=entry["mouth"],
        pump=entry["pump"],
        indifferent=tuple(entry["indifferent"]),
        checks=tuple(
            Check(
                one["words"],
                find_measure(one["measure"]),
                one["day"],
                *_published((one["mouth"], one["pump"])),
            )
            for one in entry["check"]
        ),
        questions=tuple(_question(one) for one in entry["question"]),
        operation=_statements(entry["operation"]),
        unchanged=_statements(entry["unchanged"]),
        near=near,
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


def _statements(entries: Sequence[Mapping[str, Any]]) -> tuple[Statement, ...]:
    return tuple(
        Statement(one["words"], _published(one["figures"]), _claim(one)) for one in entries
    )


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
