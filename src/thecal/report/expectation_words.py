"""What a person may expect, in plain words: the lines of the page, and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Final

from thecal import NOTICE
from thecal.evidence import load_library
from thecal.evidence.claims import MEANINGS
from thecal.report.phrasing import number
from thecal.therapy.care.expecting import Answer, Expectation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from thecal.evidence import Claim, Published
    from thecal.therapy.care.replicates import Spread

_NAMES: Final = {"age": "age", "sex": "sex", "pain": "pain", "oral": "dose by mouth"}
_ARMS: Final = {"IDDS+CMM": "with a pump", "CMM": "without a pump"}
"""Names of arms that only their trial uses."""
_FULL: Final = 100.0
_SCALES: Final = {"points": 10.0, "years": 8.0}
"""Where the bar of an amount ends; a chance's ends at 100 %."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar from 0 to the end of its scale; all in percent of it."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Source:
    """A published figure as a reader sees it."""

    stated: str
    what: str
    who: str
    confidence: str
    id: str


@dataclass(frozen=True, slots=True)
class Line:
    """One answer as a reader sees it.

    Attributes
    ----------
    pump, mouth
        In words, with the interval; no mouth where that was not asked.
    pump_bar, mouth_bar
        ``None`` for what has no scale.
    graded
        What patients are told that the answer bears on, with its grade; empty where nothing.
    """

    words: str
    pump: str
    mouth: str
    pump_bar: Bar | None
    mouth_bar: Bar | None
    graded: str
    grade: str
    sources: tuple[Source, ...]


def groups(found: Expectation) -> dict[str, list[Line]]:
    """Return the answers by the group of their questions."""
    grouped: dict[str, list[Line]] = {}
    for one in found.answers:
        grouped.setdefault(one.question.group, []).append(_line(one))
    return grouped


def like_this_one(found: Expectation) -> str:
    """Return how many virtual people are like the one given, and what that means."""
    near = {
        "age": f"age within {found.near['age']:g} years",
        "pain": f"pain within {found.near['pain']:g} of it",
        "oral": f"dose by mouth within {found.near['oral']:g} times of it",
        "kind": "the same kind of pain",
    }
    asked = [
        words
        for name, words in near.items()
        if getattr(found.given, name) is not None and name not in found.indifferent
    ]
    how = f" ({', '.join(asked)})" if asked else ""
    return (
        f"{number(found.found)} virtual people like this one{how} were found among "
        f"{number(found.drawn)}."
    )


def no_matter(found: Expectation) -> str:
    """Return which of the given answers change nothing; empty where each does."""
    given = [_NAMES[name] for name in found.indifferent if getattr(found.given, name) is not None]
    if not given:
        return ""
    picks, it = ("picks", "it") if len(given) == 1 else ("pick", "them")
    return (
        f"The {' and the '.join(given)} {picks} nobody: nothing in this simulation depends on {it}."
    )


def counted(found: Expectation) -> str:
    """Return who is counted in the answers after the first day."""
    if not found.selects:
        return "Counted are those who still live and are still seen at the time named."
    return (
        "After the trial only those are counted who passed it and got the pump, and who still live "
        "and are still seen; without the pump it is the same people."
    )


def sources_of(figures: Sequence[Published]) -> tuple[Source, ...]:
    """Return published figures as a reader sees them."""
    library = load_library()
    said = []
    for one in figures:
        study = library.studies[one.study]
        when = f", {one.occasion()}" if one.occasion() else ""
        arm = f", {_ARMS.get(one.arm, one.arm.replace('+', ', '))}" if one.arm else ""
        said.append(
            Source(
                stated=one.stated(),
                what=f"{one.outcome}{when}",
                who=f"{study.title}: {study.population}{arm}",
                confidence=one.confidence,
                id=one.id,
            )
        )
    return tuple(said)


def graded(claim: Claim | None) -> str:
    """Return what patients are told with the grade of it; empty where they are told nothing."""
    return f'"{claim.claim}" {claim.grade}: {MEANINGS[claim.grade]}.' if claim else ""


def _line(one: Answer) -> Line:
    return Line(
        words=one.question.words,
        pump=_said(one, one.pump),
        mouth=_said(one, one.mouth) if one.mouth else "",
        pump_bar=_bar(one, one.pump),
        mouth_bar=_bar(one, one.mouth) if one.mouth else None,
        graded=graded(one.question.claim),
        grade=one.question.claim.grade if one.question.claim else "",
        sources=sources_of(one.question.figures),
    )


def _said(one: Answer, spread: Spread) -> str:
    if isnan(spread.middle):
        return "not known: too few people"
    if one.kind == "chance":
        low, middle, high = (f"{value:.0f}" for value in (spread.low, spread.middle, spread.high))
        return f"{middle} of 100 people ({low} to {high})"
    low, middle, high = (
        number(round(value, 1) + 0.0) for value in (spread.low, spread.middle, spread.high)
    )
    return f"{middle} ({low} to {high})"


def _bar(one: Answer, spread: Spread) -> Bar | None:
    end = _FULL if one.kind == "chance" else _SCALES.get(one.unit)
    if end is None or isnan(spread.middle):
        return None
    return Bar(
        *(
            round(min(_FULL, _FULL * value / end), 2)
            for value in (spread.low, spread.middle, spread.high)
        )
    )


def print_expectation(
    found: Expectation, console: Console, *, seconds: float, report: Path | None = None
) -> None:
    """Print what a person may expect."""
    from rich.table import Table

    console.print(f"[bold]{NOTICE}[/]")
    console.print()
    console.print(f"What to expect of a pump: {found.population}", markup=False)
    if found.given.words():
        console.print(f"A person: {found.given.words()}", markup=False)
    console.print(f"{like_this_one(found)} {no_matter(found)}".strip(), style="dim", markup=False)
    console.print(counted(found), style="dim", markup=False)
    for one in found.outside:
        console.print(f"Outside what the model was made for: {one.words}", style="bold red")
    console.print(f"With the pump: {found.pump}. Without: {found.mouth}.", markup=False)
    for group, lines in groups(found).items():
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for name in (group, "with the pump", "without", "published", "grade"):
            table.add_column(name, overflow="fold")
        for line in lines:
            published = "; ".join(f"{source.stated} {source.id}" for source in line.sources)
            published = published or "nothing found"
            table.add_row(line.words, line.pump, line.mouth, published, line.grade)
        console.print()
        console.print(table)
    console.print()
    for title, told in (
        ("The operation itself", found.operation),
        ("What will not change", found.unchanged),
        ("What is not known", found.unknown),
    ):
        console.print(title, style="bold")
        for one in told:
            console.print(f"- {one.words}", markup=False)
        console.print()
    console.print(
        "In parentheses: for chances, 80 % of the replicates; for amounts, 80 % of people. "
        f"No dose advice. {found.replicates} replicates, seed {found.seed}, {seconds:.1f} s.",
        style="dim",
        markup=False,
    )
    if report is not None:
        console.print(f"Report: {report}", style="bold", markup=False, soft_wrap=True)
