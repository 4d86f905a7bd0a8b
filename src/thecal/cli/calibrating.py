"""``thecal calibrate``: figures fitted on published ones, never on a predicted arm."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from thecal import NOTICE
from thecal.cli.progress import progress

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from thecal.studies.calibrating import Fitted


def calibrate(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME | FILE",
            help="A calibration that comes with thecal, as smith2002-cmm, or a file (TOML).",
            show_default=False,
        ),
    ],
    *,
    replicates: Annotated[
        int | None,
        typer.Option(min=1, help="How many each try takes; as the file says when left out."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Processes on this machine.")] = 1,
    write: Annotated[
        bool, typer.Option("--write", help="Put what is found into the data files.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the tables.")
    ] = False,
) -> None:
    """Fit figures of people and practice on what was published of arms that are not predicted."""
    from thecal.studies.calibrating import calibrate as fit
    from thecal.studies.calibration import find_calibration

    chosen = find_calibration(name)
    started = time.perf_counter()
    with progress(chosen.name) as done:
        found = fit(chosen, replicates=replicates, workers=workers, done=done)
    seconds = time.perf_counter() - started
    changed: list[Path] = []
    if write:
        from thecal.studies.rewriting import write_figures

        changed = write_figures(found)
    if as_json:
        told = {**_as_object(found), "seconds": round(seconds, 1)}
        typer.echo(json.dumps({**told, "written": [str(one) for one in changed]}, indent=2))
        return
    _print(found, seconds)
    for one in changed:
        typer.echo(f"Written: {one}")
    if not write:
        typer.echo("Nothing was written; --write puts the new figures into the data files.")
    typer.echo(f"{NOTICE}.")


def _print(found: Fitted, seconds: float) -> None:
    from rich.console import Console

    from thecal.studies.printing import number

    console = Console(highlight=False)
    console.print(f"{found.calibration.title}: {found.replicates} replicates", style="bold")
    figures = _table("figure", "on record", "new", "range", "may be", "known to")
    for free, new, error in zip(found.calibration.frees, found.figures, found.errors, strict=True):
        figures.add_row(
            free.figure.name,
            str(free.figure.value),
            str(new.value),
            f"{new.low} to {new.high}",
            f"{number(free.low)} to {number(free.high)}",
            f"+/- {number(error)}",
        )
    targets = _table("target", "published", "error", "before", "after")
    for aim, before, after in zip(found.calibration.aims, found.before, found.after, strict=True):
        targets.add_row(
            aim.words,
            f"{number(aim.published)} {aim.unit}",
            number(aim.error),
            number(before),
            number(after),
        )
    console.print(figures)
    console.print()
    console.print(targets)
    console.print(
        f"Misfit {found.misfit_before:.2f} before, {found.misfit_after:.2f} after (sum of squares, "
        f"each in its error); {seconds:.0f} s. Known to: one standard error, from the targets."
    )


def _table(*columns: str) -> Table:
    from rich.table import Table

    return Table(*columns, box=None, padding=(0, 1, 0, 0))


def _as_object(found: Fitted) -> dict[str, object]:
    calibration = found.calibration
    return {
        "notice": NOTICE,
        "calibration": calibration.name,
        "study": calibration.study.name,
        "arms": sorted({one.arm for one in calibration.aims}),
        "replicates": found.replicates,
        "figures": [
            {
                "name": free.name,
                "files": list(free.places),
                "on_record": float(free.figure.number(free.figure.unit)),
                "new": float(new.number(new.unit)),
                "low": float(new.number(new.unit, "low")),
                "high": float(new.number(new.unit, "high")),
                "bounds": [free.low, free.high],
                "standard_error": error,
            }
            for free, new, error in zip(calibration.frees, found.figures, found.errors, strict=True)
        ],
        "targets": [
            {
                "words": aim.words,
                "arm": aim.arm,
                "figure": aim.figure,
                "published": aim.published,
                "error": aim.error,
                "unit": aim.unit,
                "before": before,
                "after": after,
            }
            for aim, before, after in zip(calibration.aims, found.before, found.after, strict=True)
        ],
        "misfit_before": found.misfit_before,
        "misfit_after": found.misfit_after,
    }
