"""The results of a study in a terminal, and the list of studies that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal import NOTICE
from thecal.studies.reading import built_in, find_study
from thecal.studies.results import Found, Results

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_HEADINGS = ("published", "simulated", "inside", "in band", "P<.05")
_PLACES = {True: "yes", False: "no", None: ""}


def print_results(results: Results, console: Console, *, seconds: float | None = None) -> None:
    """Print the endpoints of a study beside what was published.

    Parameters
    ----------
    results
        The results.
    console
        Where to.
    seconds
        How long the replicates that ran took; left out when not given.
    """
    console.print(f"[bold]{NOTICE}[/]")
    console.print()
    console.print(results.study.title, style="bold", markup=False)
    console.print(said(results), markup=False)
    if seconds is not None and results.ran:
        console.print(
            f"{results.ran} run now in {seconds:.1f} s, the making of the bodies included",
            style="dim",
            markup=False,
        )
    console.print()
    for line in _endpoint_lines(results):
        console.print(line, markup=False, soft_wrap=True)
    console.print()
    console.print(
        "In parentheses what 95 % of the replicates lie within, and whether the published figure "
        "is inside; in band: whether their mean lies where it should.",
        style="dim",
    )


def _endpoint_lines(results: Results) -> list[str]:
    """Return each endpoint as two lines, its name and below it its figures in columns.

    Names are long: beside the figures they would leave a terminal of 80 columns no room.
    """
    names, rows = [], [list(_HEADINGS)]
    for one in results.endpoints:
        name, published, mean, spread, *verdicts = cells(one)
        shown = f"{mean} ({spread})" if spread else mean
        names.append(name)
        texts = (text.replace(" percentage", "") for text in (published, shown))
        rows.append([*texts, *verdicts])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    heading, *figures = [
        "  " + "  ".join(one.ljust(width) for one, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines = [heading]
    for name, line in zip(names, figures, strict=True):
        lines += [name, line]
    return lines


def print_list(console: Console) -> None:
    """Print the studies that come with thecal."""
    table = _table("name", "study", "people")
    for name in built_in():
        study = find_study(name)
        table.add_row(
            name,
            study.title,
            " + ".join(str(one.size) for one in study.arms),
        )
    console.print(table)
    console.print(f"{NOTICE}.")


def cells(found: Found) -> tuple[str, str, str, str, str, str, str]:
    """Return the row of an endpoint as texts: name, published, mean, range and verdicts."""
    one = found.endpoint
    unit = f" {one.unit}" if one.unit else ""
    spread = (
        f"{number(found.low)} to {number(found.high)}"
        if found.low is not None or found.high is not None
        else ""
    )
    return (
        one.name,
        f"{number(one.published.value)}{unit}" if one.published is not None else "",
        f"{number(found.mean)}{unit}" if found.mean is not None else "not reached",
        spread,
        _PLACES[found.inside],
        _PLACES[found.accepted],
        "" if found.significant is None else f"{number(100 * found.significant)} %",
    )


def said(results: Results) -> str:
    """Return how much a study was run and how many published figures lie inside, in words."""
    judged = [one for one in results.endpoints if one.inside is not None]
    inside = sum(bool(one.inside) for one in judged)
    times = f"{results.replicates} replicate" + ("" if results.replicates == 1 else "s")
    words = f"{times}, seed {results.study.seed}"
    if judged:
        words += f"; {inside} of {len(judged)} published figures lie in the simulated 95 % range"
    banded = [one for one in results.endpoints if one.accepted is not None]
    if banded:
        accepted = sum(bool(one.accepted) for one in banded)
        words += f"; {accepted} of {len(banded)} means lie in their band of acceptance"
    return f"{words}."


def number(value: float | None) -> str:
    """Return a number with three digits, and no trailing zero after the point.

    Examples
    --------
    >>> number(84.52), number(3.6), number(-0.001234), number(1480.0), number(None)
    ('84.5', '3.6', '-0.00123', '1480', 'never')
    """
    if value is None:
        return "never"
    if abs(value) >= 100:  # noqa: PLR2004 - three digits stand before the point
        return f"{value:.0f}"
    return f"{float(f'{value:.3g}'):f}".rstrip("0").rstrip(".") if value else "0"


def _table(*columns: str) -> Table:
    """Return an empty table."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, overflow="fold")
    return table
