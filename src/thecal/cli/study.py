"""``thecal study``: a virtual clinical trial, run many times beside what was published."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from thecal.cli.progress import progress
from thecal.cli.writable import require_writable
from thecal.errors import InputError

if TYPE_CHECKING:
    from thecal.studies.results import Results

INTERRUPTED = 130
"""Exit code of a study that was stopped at the keyboard, as of any command."""


def study(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME | FILE",
            help="A study that comes with thecal, as smith2002, or a study file (TOML).",
            show_default=False,
        ),
    ] = None,
    *,
    replicates: Annotated[
        int | None, typer.Option(help="How often to run it; as the study says when left out.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes on this machine.")] = 1,
    cluster: Annotated[
        str, typer.Option(help="The address of a Dask scheduler to run on instead.")
    ] = "",
    seed: Annotated[
        int | None, typer.Option(min=0, help="Another seed than the study's own.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Keep the results in this folder (Parquet), and go on from what it has."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the report here, one HTML file that needs no network."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the table.")
    ] = False,
    list_studies: Annotated[
        bool, typer.Option("--list", help="List the studies that come with thecal.")
    ] = False,
    sensitivity: Annotated[
        str | None,
        typer.Option(
            metavar="ENDPOINT",
            help="Show which assumption carries an endpoint instead (by its name or a part of it).",
            show_default=False,
        ),
    ] = None,
    validate: Annotated[
        bool, typer.Option("--validate", help="Run every study and hold it against its bands.")
    ] = False,
    record: Annotated[
        Path | None,
        typer.Option(help="With --validate: write the page of all studies here (Markdown)."),
    ] = None,
) -> None:
    """Run a virtual clinical trial many times, beside what was published."""
    if list_studies:
        _list()
        return
    require_writable(report, "--report")
    require_writable(record, "--record")
    if validate:
        from thecal.cli.validating import validate_studies

        validate_studies(replicates=replicates, workers=workers, record=record, as_json=as_json)
        return
    if record is not None:
        raise InputError("--record writes the page of all studies, so it goes with --validate")
    if name is None:
        raise InputError("say which study, as smith2002; --list shows what there is")
    from thecal.studies import find_study

    chosen = find_study(name)
    if seed is not None:
        chosen = replace(chosen, seed=seed)
    if sensitivity is not None:
        from thecal.cli.validating import show_sensitivity

        show_sensitivity(chosen, sensitivity, as_json=as_json)
        return
    from thecal.studies.campaign import run_study

    started = time.perf_counter()
    try:
        with progress(chosen.name) as done:
            found = run_study(
                chosen,
                folder=out,
                replicates=replicates,
                workers=workers,
                cluster=cluster,
                done=done,
            )
    except KeyboardInterrupt:
        kept = f"what was done is kept in {out}" if out else "nothing is kept without --out"
        typer.echo(f"Interrupted; {kept}.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    _tell(found, time.perf_counter() - started, report=report, as_json=as_json)


def _tell(found: Results, seconds: float, *, report: Path | None, as_json: bool) -> None:
    if report is not None:
        from thecal.studies.report import write_report

        write_report(found, report)
    if as_json:
        from thecal.studies.results import as_object

        each = round(seconds / found.ran, 4) if found.ran else None
        timed = {"seconds": round(seconds, 3), "seconds_per_replicate": each}
        typer.echo(json.dumps({**as_object(found), **timed}, indent=2))
        return
    from rich.console import Console

    from thecal.studies.printing import print_results

    print_results(found, Console(highlight=False), seconds=seconds)
    if report is not None:
        typer.echo(f"Report: {report}")


def _list() -> None:
    from rich.console import Console

    from thecal.studies.printing import print_list

    print_list(Console(highlight=False))
