"""``thecal people``: the thirty virtual people for teaching."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal import NOTICE

if TYPE_CHECKING:
    from thecal.patients.teaching import TeachingPerson


def people(
    name: Annotated[
        str | None, typer.Argument(help="One of them, as Ada; all without it.", show_default=False)
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Show the thirty virtual people for teaching, or one and what the rules say of a pump."""
    from thecal.patients.teaching import load_teaching_cohort, teaching_person

    chosen = load_teaching_cohort() if name is None else (teaching_person(name),)
    if as_json:
        rows = [_as_object(one) for one in chosen]
        typer.echo(json.dumps({"notice": NOTICE, "people": rows}, indent=2))
        return
    if name is None:
        _list(chosen)
    else:
        _card(chosen[0])
    typer.echo(f"{NOTICE}.")


def _as_object(one: TeachingPerson) -> dict[str, Any]:
    from thecal.therapy.care.asking import candidate_of
    from thecal.therapy.care.candidacy import judge

    judged = judge(candidate_of(one.questions()))
    reasons = [{"does": reason.does, "words": reason.words} for reason in judged.reasons]
    told = {**asdict(one), "answers": dict(one.answers)}
    told["levels"] = list(one.levels)
    return {**told, "verdict": judged.verdict, "offered": judged.offered, "reasons": reasons}


def _list(chosen: tuple[TeachingPerson, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "age", "diagnosis", "pain is", "of 10", "oral, mg/day")
    for one in chosen:
        table.add_row(
            one.name, str(one.age), one.diagnosis, one.kind, f"{one.pain:g}", f"{one.oral:g}"
        )
    console = Console(highlight=False)
    console.print(table)
    console.print("One of them: thecal people Ada. All are invented.")


def _card(one: TeachingPerson) -> None:
    from thecal.therapy.care.asking import candidate_of
    from thecal.therapy.care.candidacy import WEIGHT, judge

    judged = judge(candidate_of(one.questions()))
    typer.echo(f"{one.name}, {one.sex}, {one.age} years: {one.diagnosis}.")
    typer.echo(one.words)
    typer.echo(f"  pain                {one.pain:g} of 10, {one.kind}: {one.place}")
    typer.echo(f"  cord                beside {', '.join(one.levels)}")
    typer.echo(f"  opioid by mouth     {one.oral:g} mg/day of oral morphine")
    if one.survival is not None:
        typer.echo(f"  life expectancy     about {one.survival:g} months")
    typer.echo(f"{one.name} {judged.verdict}.")
    for reason in judged.reasons:
        typer.echo(f"  {WEIGHT[reason.does]}: {reason.words}")
    typer.echo(f"What people like this may expect: thecal expect {one.name}")
    if not one.has_cancer:
        typer.echo(
            f"What a screening trial would show: thecal screen --population {one.population}"
        )
