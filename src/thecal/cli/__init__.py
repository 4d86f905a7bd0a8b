"""The command line: ``thecal ...``. Simulation - not for patient care.

Heavy libraries are imported inside the commands, so that help and refusals come at once.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from thecal import NOTICE, ThecalError, __version__
from thecal.cli.calibrating import calibrate
from thecal.cli.candidacy import candidacy
from thecal.cli.comparing import compare
from thecal.cli.expecting import expect
from thecal.cli.opening import open_page
from thecal.cli.people import people
from thecal.cli.pump import app as pump
from thecal.cli.screening import screen
from thecal.cli.study import study
from thecal.cli.writable import require_writable
from thecal.errors import InputError

app = typer.Typer(
    name="thecal",
    help=f"An intrathecal drug delivery system in software. {NOTICE}.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(pump)
app.command()(people)
app.command()(candidacy)
app.command()(compare)
app.command()(expect)
app.command()(screen)
app.command()(study)
app.command()(calibrate)

REFUSED = 2
"""Exit code when an input was refused; nothing was written."""

STUDIES: Final = frozenset({"distributed", "lifelines", "pyarrow", "statsmodels"})
"""What the extra ``studies`` installs; everything else runs without."""


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"thecal {__version__}. {NOTICE}.")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=lambda value: _version(wanted=value), is_eager=True),
    ] = False,
) -> None:
    pass


@app.command()
def simulate(
    file: Annotated[Path, typer.Argument(help="The course file (TOML).", show_default=False)],
    *,
    days: Annotated[
        int | None, typer.Option(help="Simulate so many days instead of the course's own length.")
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Write the report here, one HTML file that needs no network."),
    ] = None,
    samples: Annotated[
        Path | None,
        typer.Option(help="Write what the course's [[sample]] tables ask for here, one CSV file."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the summary.")
    ] = False,
    open_report: Annotated[
        bool, typer.Option("--open", help="Open the report where there is a browser.")
    ] = False,
) -> None:
    """Follow one patient's course, from the prescription to the spinal cord."""
    started = time.perf_counter()
    require_writable(report, "--report")
    require_writable(samples, "--samples")
    from thecal.prescription import located, read_course

    course = read_course(file)
    from thecal.therapy import require_samples, summary, write_samples
    from thecal.therapy import simulate as follow

    if samples is not None:
        require_samples(course)
    try:
        result = follow(course, days=days)
    except InputError as refusal:
        raise located(refusal, file) from refusal
    seconds = time.perf_counter() - started
    if samples is not None:
        write_samples(result, samples)
    if report is not None:
        from thecal.report import write_report

        write_report(result, report)
    if as_json:
        typer.echo(json.dumps({**summary(result), "seconds": round(seconds, 3)}, indent=2))
    else:
        from thecal.report import print_summary

        print_summary(result, seconds=seconds, report=report)
    if report is not None and open_report:
        open_page(report)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The course file (TOML).", show_default=False)],
    *,
    sbml: Annotated[
        Path,
        typer.Option(help="Write SBML Level 3 Version 2 here, one XML file.", show_default=False),
    ],
    drug: Annotated[
        str | None, typer.Option(help="The drug to export; the primary one when left out.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(help="Export so many days instead of the course's own length.")
    ] = None,
) -> None:
    """Write one patient's course for other programs to simulate."""
    from thecal.prescription import read_course

    course = read_course(file)
    from thecal.interop import write_sbml

    write_sbml(course, sbml, drug=drug, days=days)
    typer.echo(f"Wrote {sbml}. {NOTICE}.")


@app.command()
def validate(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the table.")
    ] = False,
    rows: Annotated[
        Path | None, typer.Option(help="Hold the body against the rows of this CSV file too.")
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option(help="Write the page on the calibration rows here, one Markdown file."),
    ] = None,
    fit: Annotated[
        bool,
        typer.Option(
            "--fit", help="Estimate the free figures from the rows instead; takes minutes."
        ),
    ] = False,
) -> None:
    """Hold the body against what was published."""
    require_writable(page, "--page")
    from thecal import validation

    if fit:
        if rows is not None:
            raise InputError("--fit uses the calibration rows alone; leave out --rows")
        _estimate(page, as_json=as_json)
        return
    targets = validation.calibration()
    if rows is not None:
        targets += validation.read_targets(rows)
    found = validation.validate(targets)
    if page is not None:
        page.write_text(validation.page(found.of(validation.CALIBRATION)), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(validation.as_object(found), indent=2))
    else:
        validation.print_validation(found)


def _estimate(page: Path | None, *, as_json: bool) -> None:
    from thecal import validation
    from thecal.validation.fitting import fit

    found = fit()
    if page is not None:
        page.write_text(validation.fit_page(found), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(validation.fit_as_object(found), indent=2))
    else:
        validation.print_fit(found)


@app.command()
def evidence(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[STUDY | claim N]",
            help="A study as SMITH2002, or a claim as claim 4; nothing for the contents.",
            show_default=False,
        ),
    ] = None,
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of tables.")
    ] = False,
) -> None:
    """Show what was published: studies, figures, and claims with their grade."""
    from thecal.evidence import load_library, showing

    library = load_library()
    match words or []:
        case []:
            content = showing.contents_object(library)
            show = partial(showing.print_contents, library)
        case ["claim", number] if number.isdecimal():
            claim = library.claim(int(number))
            content = showing.claim_object(library, claim)
            show = partial(showing.print_claim, library, claim)
        case [name]:
            study = library.study(name)
            content = showing.study_object(library, study)
            show = partial(showing.print_study, library, study)
        case _:
            raise InputError(
                f'"{" ".join(words or [])}" is neither a study, as SMITH2002, nor a claim, as '
                "claim 4"
            )
    if as_json:
        typer.echo(json.dumps(content, indent=2))
        return
    from rich.console import Console

    show(Console(highlight=False))
    typer.echo(f"{NOTICE}.")


@app.command()
def trace(
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object instead of the summary.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option(help="Write the whole case here, one HTML page.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="End with an error when a proof is missing.")
    ] = False,
    root: Annotated[
        Path, typer.Option(help="thecal's source folder, with requirements/ in it.")
    ] = Path(),
) -> None:
    """Trace each hazard of the pump to its requirements, tests and last results."""
    from thecal import assurance

    require_writable(html, "--html")
    register = assurance.read_register(root / "requirements")
    found = assurance.trace(register, assurance.read_evidence(root))
    if html is not None:
        html.parent.mkdir(parents=True, exist_ok=True)
        html.write_text(assurance.page(found), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(assurance.as_object(found), indent=2))
    else:
        assurance.print_trace(found)
    if check and found.gaps:
        raise typer.Exit(REFUSED)


def main() -> None:
    """Run the command line; a refusal becomes one sentence and exit code 2."""
    # Matrices of a few hundred rows gain nothing from threads, and on a busy machine threads that
    # wait for each other take ten times as long. Must be set before NumPy is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        app()
    except ThecalError as refusal:
        typer.secho(f"Refused: {refusal}", fg=typer.colors.RED, err=True)
        sys.exit(REFUSED)
    except ModuleNotFoundError as missing:
        if missing.name not in STUDIES:
            raise
        typer.secho(
            f"Refused: virtual trials need {missing.name}, which is not installed; run "
            '"make studies", or pip install "thecal[studies]".',
            fg=typer.colors.RED,
            err=True,
        )
        sys.exit(REFUSED)
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        typer.secho(f"Refused: {where}{problem.strerror}.", fg=typer.colors.RED, err=True)
        sys.exit(REFUSED)
