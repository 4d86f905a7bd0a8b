"""Thirty named virtual people for teaching: what a clinic hears of each at the first visit."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Table
from thecal.patients.population import load_population

_FILE = files("thecal.patients") / "data" / "teaching" / "cohort.toml"
_NEEDED: Final = (
    "name",
    "age",
    "sex",
    "population",
    "diagnosis",
    "kind",
    "place",
    "pain",
    "oral",
    "words",
)


@dataclass(frozen=True, slots=True)
class TeachingPerson:
    """Somebody invented.

    Attributes
    ----------
    kind, place
        Kind of the pain, and where it lies: the name of a place of the population.
    pain
        Usual pain as told, 0 to 10.
    oral
        Oral morphine equivalent, mg/day.
    survival
        Life expectancy in months; ``None`` where no disease limits it.
    words
        What one remembers.
    answers
        What differs from the usual in the questions of candidacy, by name.
    """

    name: str
    age: int
    sex: str
    population: str
    diagnosis: str
    kind: str
    place: str
    pain: float
    oral: float
    words: str
    answers: Mapping[str, bool]
    survival: float | None = None

    @property
    def has_cancer(self) -> bool:
        """Whether the pain is from cancer."""
        return self.population == "advanced-cancer"

    @property
    def levels(self) -> tuple[str, ...]:
        """The vertebral levels beside which the cord's segments of the pain lie."""
        places = load_population(self.population).places
        return next(one.levels for one in places if one.name == self.place)

    def questions(self) -> dict[str, Any]:
        """Return the answers to the questions of candidacy, by name."""
        asked: dict[str, Any] = {
            "cancer": self.has_cancer,
            "pain": self.pain,
            "oral_mg_per_day": self.oral,
            **self.answers,
        }
        return asked if self.survival is None else {**asked, "survival_months": self.survival}


@cache
def load_teaching_cohort() -> tuple[TeachingPerson, ...]:
    """Return the thirty in the order of their file.

    Raises
    ------
    KnowledgeError
        If the file is incomplete.

    Examples
    --------
    >>> cohort = load_teaching_cohort()
    >>> len(cohort), cohort[0].name
    (30, 'Ada')
    """
    entries = tomllib.loads(_FILE.read_text(encoding="utf-8"))["person"]
    return tuple(_person(entry) for entry in entries)


def teaching_person(name: str) -> TeachingPerson:
    """Return one of the thirty by name, in capitals or not.

    Raises
    ------
    InputError
        If nobody has that name.
    """
    for one in load_teaching_cohort():
        if one.name.lower() == name.lower():
            return one
    names = ", ".join(one.name for one in load_teaching_cohort())
    raise InputError(f'nobody is called "{name}"; there are {names}', field="name")


def _person(entry: Mapping[str, Any]) -> TeachingPerson:
    if not set(_NEEDED) <= set(entry) <= {*_NEEDED, "survival", "answers"}:
        raise KnowledgeError(f"{_FILE.name}: {entry.get('name', 'somebody')} is incomplete")
    places = [one.name for one in load_population(entry["population"]).places]
    if entry["place"] not in places:
        raise KnowledgeError(
            f'{_FILE.name}: {entry["name"]} has pain at "{entry["place"]}"; '
            f"{entry['population']} has {'; '.join(places)}"
        )
    values = {**entry, "answers": Table(entry.get("answers", {}))}
    return TeachingPerson(**values)
