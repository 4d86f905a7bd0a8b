"""``thecal expect``: what a given person may expect of a pump."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import typer

from thecal.cli.progress import progress
from thecal.cli.writable import require_writable


def expect(
    who: Annotated[
        str | None,
        typer.Argument(
            help="One of the thirty of thecal people, as Mara, or the TOML file of a person.",
            show_default=False,
        ),
    ] = None,
    *,
    population: Annotated[
        str | None,
        typer.Option(
            help='Whom the person belongs to, as low-back or "failed back surgery"; '
            "advanced-cancer when nothing says so.",
            show_default=False,
        ),
    ] = None,
    age: Annotated[float | None, typer.Option(help="Years; any age when left out.")] = None,
    sex: Annotated[str | None, typer.Option(help="female or male.")] = None,
    pain: Annotated[float | None, typer.Option(help="Pain as told today, 0 to 10.")] = None,
    kind: Annotated[
        str | None,
        typer.Option(help="Of the pain: nociceptive, neuropathic, mixed or deafferentation."),
    ] = None,
    oral: Annotated[
        float | None, typer.Option(help="Opioid by mouth today, mg/day of oral morphine.")
    ] = None,
    people: Annotated[
        int, typer.Option(help="How many people like this one in each replicate.")
    ] = 100,
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
    """Say what a person may expect of a pump, from virtual people like that one."""
    require_writable(report, "--report")
    started = time.perf_counter()
    from thecal.therapy.care.describing import describe
    from thecal.therapy.care.expecting import expect as look_ahead
    from thecal.therapy.care.expecting import expectation_object
    from thecal.therapy.care.given import Given

    told = Given(age=age, pain=pain, oral=oral, sex=sex, kind=kind)
    person = describe(who, population, told)
    with progress("people like this one") as done:
        found = look_ahead(
            person.given,
            person.population,
            people=people,
            replicates=replicates,
            seed=seed,
            done=done,
        )
    if report is not None:
        from thecal.report.expectation import write_expectation

        write_expectation(found, report)
    seconds = time.perf_counter() - started
    if as_json:
        content = {**expectation_object(found), "seconds": round(seconds, 3)}
        typer.echo(json.dumps(content, indent=2))
        return
    from rich.console import Console

    from thecal.report.expectation_words import print_expectation

    print_expectation(found, Console(highlight=False), seconds=seconds, report=report)
