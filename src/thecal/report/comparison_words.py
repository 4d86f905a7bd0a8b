"""A comparison of mouth and pump in words: rows of tables, and the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from thecal import NOTICE
from thecal.report.phrasing import capitalised, number
from thecal.therapy.care.comparing import Comparison, Series
from thecal.therapy.care.replicates import Spread

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console
    from rich.table import Table

    from thecal.evidence import Published

_SHOWN: Final = (
    "pain",
    "constipation_moderate",
    "nausea_moderate",
    "sedation_moderate",
    "toxicity",
    "oral_mg_per_day",
    "intrathecal_mcg_per_day",
)
_MCG: Final = "mcg/day"
_MCG_PER_MG: Final = 1000.0
_WEEK: Final = 7
_DIGITS: Final = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One quantity at entry and at the last visit, with its interval, by mouth and by pump."""

    words: str
    unit: str
    entry: str
    mouth: str
    pump: str


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """A measure of both treatments beside what a trial found."""

    words: str
    mouth: str
    mouth_published: str
    pump: str
    pump_published: str
    source: str


def spread_in_words(spread: Spread, *, scale: float = 1.0) -> str:
    """Return a middle with its interval, to one decimal at most.

    Examples
    --------
    >>> spread_in_words(Spread(0.089, 4.36, 8.0)), spread_in_words(Spread(0.0, 0.0, 0.0))
    ('4.4 (0.1 to 8)', '0')
    """
    low, middle, high = (
        number(round(one * scale, 1) + 0.0, _DIGITS)
        for one in (spread.low, spread.middle, spread.high)
    )
    return middle if low == high else f"{middle} ({low} to {high})"


def rows(found: Comparison) -> list[Row]:
    """Return what is told of entry and of the last visit."""
    return [_row(found, name) for name in _SHOWN]


def _row(found: Comparison, name: str) -> Row:
    mouth, pump = found.of(name, "mouth"), found.of(name, "pump")
    scale = 1.0 / _MCG_PER_MG if mouth.unit == _MCG else 1.0

    def at(series: Series, visit: int) -> str:
        return spread_in_words(series.at[visit], scale=scale)

    unit = "mg/day" if mouth.unit == _MCG else mouth.unit
    return Row(capitalised(mouth.words), unit, at(mouth, 0), at(mouth, -1), at(pump, -1))


def published_rows(found: Comparison) -> list[PublishedRow]:
    """Return what a trial found of both treatments, beside what was simulated."""
    said = []
    for one in found.checked:
        unit = one.check.measure.unit
        published = one.published
        said.append(
            PublishedRow(
                f"{capitalised(one.check.words)}, week {one.check.day // _WEEK}",
                f"{spread_in_words(one.mouth)} {unit}",
                _stated(published["mouth"]),
                f"{spread_in_words(one.pump)} {unit}",
                _stated(published["pump"]),
                ", ".join(
                    figure.id for figure in (published["pump"], published["mouth"]) if figure
                ),
            )
        )
    return said


def _stated(figure: Published | None) -> str:
    return figure.stated() if figure else "nothing found"


def counted(found: Comparison) -> str:
    """Return who is counted: those whom a screening trial leaves, and those who are still seen."""
    weeks = found.days[-1] // _WEEK
    chosen = (
        ""
        if found.seen[0] == found.entered
        else f"Of {number(found.entered)} people asked, {number(found.seen[0])} passed the trial "
        "and got the pump; only these are counted, by mouth too. "
    )
    return (
        f"{chosen}A visit counts those who are seen in both treatments: {number(found.seen[0])} at "
        f"entry, {number(found.seen[-1])} in week {weeks}; the others have died or are no longer "
        "seen."
    )


def lead(found: Comparison) -> list[str]:
    """Return what the comparison says of people, in sentences."""
    said = []
    for one in sorted(found.judged, key=lambda one: one.name != "toxicity"):
        what = "side effects" if one.name == "toxicity" else "pain"
        fewer, more = ("fewer", "more") if one.name == "toxicity" else ("less", "more")
        said.append(
            f"Of 100 people, {_of_100(one.better)} have {fewer} {what} by pump than they would "
            f"have by mouth, by {one.percent:g} % or more; {_of_100(one.worse)} have {more}, and "
            "the others about the same."
        )
    return said


def _of_100(spread: Spread) -> str:
    return f"{spread.middle:.0f} ({spread.low:.0f} to {spread.high:.0f})"


def words_of_picture(found: Comparison) -> str:
    """Return what the picture shows, for those who cannot see it."""
    said = [
        f"{row.words} ({row.unit}): {row.entry} at entry, {row.mouth} by mouth and {row.pump} by "
        "pump at the end"
        for row in rows(found)
    ]
    return f"Six line charts over {found.days[-1] // _WEEK} weeks. {'; '.join(said)}."


def print_comparison(
    found: Comparison, console: Console, *, seconds: float, report: Path | None = None
) -> None:
    """Print a comparison as tables."""
    console.print(f"[bold]{NOTICE}[/]")
    console.print()
    console.print(f"The same people by mouth and by pump: {found.population}", markup=False)
    console.print(
        f"{found.people} people in each of {found.replicates} replicates, seed {found.seed}; "
        f"{seconds:.1f} s. {counted(found)}",
        style="dim",
        markup=False,
    )
    table = _table(f"at entry and in week {found.days[-1] // _WEEK}", "entry", "mouth", "pump")
    for row in rows(found):
        table.add_row(f"{row.words} ({row.unit})", row.entry, row.mouth, row.pump)
    console.print()
    console.print(table)
    console.print(
        "Middle, and what holds 80 % of people; for shares of people, 80 % of replicates.",
        style="dim",
    )
    console.print()
    for sentence in lead(found):
        console.print(sentence, markup=False)
    if found.checked:
        beside = _table("beside a trial", "mouth", "published", "pump", "published")
        for one in published_rows(found):
            beside.add_row(one.words, one.mouth, one.mouth_published, one.pump, one.pump_published)
        console.print()
        console.print(beside)
    console.print()
    console.print("What is not known", style="bold")
    for unknown in found.unknown:
        console.print(f"- {unknown.words}", markup=False)
    if report is not None:
        console.print(f"Report: {report}", style="bold", markup=False, soft_wrap=True)


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
