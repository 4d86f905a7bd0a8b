"""The evidence library: read once, checked as a whole, asked by study, claim or outcome."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from thecal.errors import InputError, KnowledgeError
from thecal.evidence.claims import Caution, Claim, Effect, Grade
from thecal.evidence.figures import Interval, Published, Spread
from thecal.evidence.studies import Funding, Kind, Study
from thecal.knowledge import Confidence

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_DECIMALS: Final = ("months", "value", "low", "high", "spread")
_COUNTS: Final = ("n", "events", "of")
_ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "confidence": get_args(Confidence),
    "interval": get_args(Interval),
    "spread_kind": get_args(Spread),
    "grade": get_args(Grade),
    "effect": get_args(Effect),
    "kind": get_args(Kind),
    "funding": get_args(Funding),
}
_Some = TypeVar("_Some", Study, Claim, Caution)


@dataclass(frozen=True, slots=True)
class Library:
    """All that is known, in the order of the files."""

    studies: Mapping[str, Study]
    figures: Mapping[str, Published]
    claims: tuple[Claim, ...]
    cautions: tuple[Caution, ...]

    def study(self, name: str) -> Study:
        """Return a study by its name, in capitals or not.

        Raises
        ------
        InputError
            When there is none of that name; the sentence names some that are near.
        """
        found = self.studies.get(name.upper())
        if found is None:
            near = [one for one in self.studies if one.startswith(name.upper()[:3])]
            named = ", ".join(near[:5]) or "SMITH2002, HAMZA2012 and others"
            raise InputError(f'there is no study "{name}"; there are {named}')
        return found

    def claim(self, number: int) -> Claim:
        """Return a claim by its number.

        Raises
        ------
        InputError
            When there is none of that number.
        """
        for one in self.claims:
            if one.number == number:
                return one
        raise InputError(f"there is no claim {number}; they go from 1 to {len(self.claims)}")

    def of_study(self, study: str) -> tuple[Published, ...]:
        """Return a study's figures."""
        wanted = self.study(study).id
        return tuple(one for one in self.figures.values() if one.study == wanted)

    def find(self, *, study: str, outcome: str, arm: str, months: str | None = None) -> Published:
        """Return the one figure of an outcome in an arm, at a time where there are several.

        Raises
        ------
        InputError
            When no figure is that, or more than one.
        """
        found = [
            one
            for one in self.of_study(study)
            if one.outcome == outcome
            and one.arm == arm
            and (months is None or one.months == Decimal(months))
        ]
        if len(found) != 1:
            raise InputError(
                f'{study} has {len(found)} figures for "{outcome}" in "{arm}", but one is needed'
            )
        return found[0]

    def cautions_on(self, figure: str) -> tuple[Caution, ...]:
        """Return what to beware of in a figure."""
        return tuple(one for one in self.cautions if figure in one.figures)


@cache
def load_library(folder: Traversable | None = None) -> Library:
    """Read the library and check that everything in it holds together.

    Raises
    ------
    KnowledgeError
        When a row is incomplete, an id stands twice, or a claim or warning names a figure that is
        not there.
    """
    folder = folder or files("thecal.evidence") / "data"
    studies = {one.id: one for one in _tables(folder, "studies", "study", Study)}
    cautions = tuple(_tables(folder, "warnings", "warning", Caution))
    claims = tuple(_tables(folder, "claims", "claim", Claim))
    refused = {
        figure: one.text for one in cautions if one.effect == "refused" for figure in one.figures
    }
    figures: dict[str, Published] = {}
    text = (folder / "figures.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        one = _published(row)
        if one.id in figures:
            raise KnowledgeError(f"figures.csv: {one.id} stands twice")
        if one.study not in studies:
            raise KnowledgeError(f"figures.csv: {one.id} is of no known study")
        figures[one.id] = replace(one, refused=refused.get(one.id, ""))
    for name, ids in _named(claims, cautions):
        for figure in ids:
            if figure not in figures:
                raise KnowledgeError(f"{name} names {figure}, which figures.csv does not hold")
    return Library(studies, figures, claims, cautions)


def _named(
    claims: tuple[Claim, ...], cautions: tuple[Caution, ...]
) -> list[tuple[str, tuple[str, ...]]]:
    found = [(f"claim {one.number}", one.supports + one.limits + one.contradicts) for one in claims]
    return found + [(f"warning {one.id}", one.figures) for one in cautions]


def _tables(folder: Traversable, file: str, key: str, kind: type[_Some]) -> list[_Some]:
    name = f"{file}.toml"
    rows = tomllib.loads((folder / name).read_text(encoding="utf-8"))[key]
    known = {field.name for field in fields(kind)}
    made = []
    for row in rows:
        what = str(row.get("id", row.get("number")))
        unknown = sorted(set(row) - known)
        if unknown:
            raise KnowledgeError(f"{name}: {what} has an unknown key {unknown[0]}")
        _check_words(row, f"{name}: {what}")
        plain: dict[str, Any] = {
            field: tuple(value) if isinstance(value, list) else value
            for field, value in row.items()
        }
        try:
            made.append(kind(**plain))
        except TypeError as error:
            raise KnowledgeError(f"{name}: {what} is incomplete: {error}") from error
    return made


def _published(row: dict[str, str]) -> Published:
    what = f"figures.csv: {row['id']}"
    _check_words(row, what)
    filled: dict[str, Any] = dict(row)
    try:
        for name in _DECIMALS:
            filled[name] = Decimal(row[name]) if row[name] else None
        for name in _COUNTS:
            filled[name] = int(row[name]) if row[name] else None
    except (InvalidOperation, ValueError) as error:
        raise KnowledgeError(f"{what} has no number where one belongs") from error
    return Published(**filled)


def _check_words(row: Mapping[str, object], what: str) -> None:
    for name, allowed in _ALLOWED.items():
        if name in row and row[name] not in allowed:
            raise KnowledgeError(f'{what}: {name} is "{row[name]}", which is none of {allowed}')
