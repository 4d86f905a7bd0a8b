"""``thecal candidacy``: whether somebody may be offered a pump, with the reasons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def candidacy(
    file: Annotated[
        Path, typer.Argument(help="The answers about a candidate (TOML).", show_default=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Say whether somebody may be offered a pump, and why: a rehearsal, no decision."""
    from thecal import NOTICE
    from thecal.therapy.care.asking import read_candidate
    from thecal.therapy.care.candidacy import WEIGHT, judge

    candidate = read_candidate(file)
    judged = judge(candidate)
    if as_json:
        reasons = [
            {"does": one.does, "words": one.words, "source": one.source} for one in judged.reasons
        ]
        found = {"verdict": judged.verdict, "offered": judged.offered, "reasons": reasons}
        typer.echo(json.dumps({"notice": NOTICE, **found}, indent=2))
        return
    typer.echo(f"The candidate {judged.verdict}.")
    for reason in judged.reasons:
        typer.echo(f"  {WEIGHT[reason.does]}: {reason.words}")
        typer.echo(f"      {reason.source}")
    if not judged.reasons:
        typer.echo("  Nothing that was asked speaks against it.")
    if judged.offered:
        typer.echo("What a screening trial would show: thecal screen")
    typer.echo(f"{NOTICE}.")
