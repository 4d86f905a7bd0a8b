"""``thecal compare``: the same virtual people by mouth and by pump."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from thecal.cli.progress import progress
from thecal.cli.writable import require_writable


def compare(
    population: Annotated[
        str, typer.Argument(help="Whom to treat, as low-back or chronic-noncancer.")
    ] = "advanced-cancer",
    *,
    weeks: Annotated[
        int | None,
        typer.Option(help="For how long; 12 in cancer, else 26.", show_default=False),
    ] = None,
    people: Annotated[int, typer.Option(help="How many people in each replicate.")] = 100,
    replicates: Annotated[int, typer.Option(help="How often to draw anew what is uncertain.")] = 40,
    seed: Annotated[int, typer.Option(help="The same seed gives the same result.")] = 1,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the page here, one HTML file that needs no network."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the tables.")
    ] = False,
) -> None:
    """Treat the same virtual people by mouth and by pump: pain, side effects and doses."""
    require_writable(report, "--report")
    started = time.perf_counter()
    from thecal.therapy.care.comparing import compare_routes, comparison_object

    with progress("by mouth and by pump") as done:
        found = compare_routes(
            population, weeks=weeks, people=people, replicates=replicates, seed=seed, done=done
        )
    if report is not None:
        from thecal.report.comparison import write_comparison

        write_comparison(found, report)
    seconds = time.perf_counter() - started
    if as_json:
        content = {**comparison_object(found), "seconds": round(seconds, 3)}
        typer.echo(json.dumps(content, indent=2))
        return
    from rich.console import Console

    from thecal.report.comparison_words import print_comparison

    print_comparison(found, Console(highlight=False), seconds=seconds, report=report)
