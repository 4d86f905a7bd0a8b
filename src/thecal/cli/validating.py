"""``thecal study --validate`` and ``--sensitivity``: all studies at once, and what carries one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from thecal import NOTICE
from thecal.cli.progress import progress
from thecal.errors import InputError

if TYPE_CHECKING:
    from thecal.studies import Endpoint, Study
    from thecal.studies.acceptance import Carried
    from thecal.studies.results import Results

STRONGEST: Final = 6
"""So many figures are drawn together for Sobol's indices."""

SHOWN: Final = 12
"""So many figures are shown with what they do alone."""

CARRIED: Final = (
    ("smith2002", "pain at 4 weeks, pump"),
    ("smith2002", "change of the mean toxicity at 4 weeks, pump"),
)
"""The endpoints whose assumptions the page weighs."""


def validate_studies(
    *, replicates: int | None, workers: int, record: Path | None, as_json: bool
) -> None:
    """Run every built-in study and tell which bands of acceptance hold."""
    from thecal.studies import built_in, find_study
    from thecal.studies.acceptance import page, verdict
    from thecal.studies.campaign import run_study
    from thecal.studies.results import as_object

    found: list[Results] = []
    for name in built_in():
        with progress(name) as done:
            one = run_study(find_study(name), replicates=replicates, workers=workers, done=done)
        found.append(one)
    if record is not None:
        carried = [_carried(find_study(study), endpoint) for study, endpoint in CARRIED]
        record.write_text(page(found, carried), encoding="utf-8")
    if as_json:
        rows = [{"verdict": verdict(one), **as_object(one)} for one in found]
        typer.echo(json.dumps({"notice": NOTICE, "studies": rows}, indent=2))
        return
    for one in found:
        typer.echo(f"{one.study.name:16} {verdict(one)}")
    if record is not None:
        typer.echo(f"Page: {record}")
    typer.echo(f"{NOTICE}.")


def show_sensitivity(study: Study, wanted: str, *, as_json: bool) -> None:
    """Tell which uncertain figures move an endpoint, and how the strongest share its variance."""
    carried = _carried(study, _endpoint(study, wanted).name)
    if as_json:
        typer.echo(json.dumps({"notice": NOTICE, **asdict(carried)}, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    unit = f" {carried.unit}" if carried.unit else ""
    console.print(f"{study.name}: {carried.endpoint}", style="bold", markup=False)
    console.print(f"At all set points {carried.value:.3g}{unit}.")
    alone = Table("figure", "at 5 % of its range", "at 95 %")
    for swing in carried.swings:
        alone.add_row(swing.figure, f"{swing.low:.3g}", f"{swing.high:.3g}")
    console.print(alone)
    together = Table("figure", "part alone", "with interactions")
    for part in carried.parts:
        together.add_row(part.figure, f"{part.first:.2f}", f"{part.total:.2f}")
    console.print(together)
    console.print(f"{NOTICE}.")


def _endpoint(study: Study, wanted: str) -> Endpoint:
    exact = [one for one in study.endpoints if one.name == wanted]
    found = exact or [one for one in study.endpoints if wanted.lower() in one.name.lower()]
    if len(found) != 1:
        names = "; ".join(one.name for one in found or study.endpoints)
        many = "several endpoints fit" if found else "no endpoint fits"
        raise InputError(f'{many} "{wanted}"; write one of: {names}', field="sensitivity")
    return found[0]


def _carried(study: Study, name: str) -> Carried:
    from thecal.studies.acceptance import Carried
    from thecal.studies.sensitivity import sobol, swings
    from thecal.studies.trial import prepare

    endpoint = _endpoint(study, name)
    with progress(f"{study.name}: {name}") as done:
        setting = prepare(study)
        value, found = swings(study, setting, endpoint, done)
        strongest = [one.figure for one in found[:STRONGEST]]
        parts = sobol(study, setting, endpoint, strongest, done=done)
    named = {one: setting.label(one) for one in setting.uncertain()}
    return Carried(
        study.name,
        name,
        endpoint.unit,
        value,
        tuple(replace(one, figure=named[one.figure]) for one in found[:SHOWN]),
        tuple(replace(one, figure=named[one.figure]) for one in parts),
    )
