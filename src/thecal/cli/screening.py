"""``thecal screen``: screening trials before an implant, and what their results are worth."""

from __future__ import annotations

import json
from dataclasses import asdict
from math import isnan
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal.cli.progress import progress

if TYPE_CHECKING:
    from thecal.therapy.care.foretelling import Foretold, Range


def screen(
    population: Annotated[
        str, typer.Option(help="Whom: chronic-noncancer, low-back or advanced-cancer.")
    ] = "chronic-noncancer",
    *,
    dose: Annotated[
        float | None,
        typer.Option(help="First dose for everybody, mg (a day, by infusion).", show_default=False),
    ] = None,
    months: Annotated[int, typer.Option(min=1, max=24, help="When relief is judged.")] = 3,
    people: Annotated[int, typer.Option(min=20, max=5000)] = 200,
    replicates: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")] = False,
) -> None:
    """Hold three kinds of screening trials in the same virtual people, and implant them all."""
    from thecal import NOTICE
    from thecal.therapy.care.foretelling import Plan, foretell
    from thecal.therapy.care.record import DAYS_PER_MONTH
    from thecal.therapy.care.screening import make_shots, policy_after
    from thecal.therapy.care.setting import prepare_setting

    policy = policy_after(population)
    with progress("virtual bodies"):
        setting = prepare_setting(population, (policy,), bodies=people, threads=None)
        shots = make_shots(setting, threads=None)
    with progress("screening trials") as done:
        plan = Plan(policy, people, replicates, seed, round(months * DAYS_PER_MONTH), mg=dose)
        found = foretell(setting, shots, plan, done)
    if as_json:
        rows = [asdict(one) for one in found]
        told: dict[str, Any] = {"notice": NOTICE, "population": population, "months": months}
        typer.echo(json.dumps({**told, "people": people, "trials": rows}, indent=2))
        return
    _print(found, setting.population.title, months, people, replicates)
    typer.echo(f"{NOTICE}.")


def _print(found: list[Foretold], title: str, months: int, people: int, replicates: int) -> None:
    from rich.console import Console
    from rich.table import Table

    from thecal.therapy.care.screening import load_screening

    figures = load_screening()
    table = Table(title=f"Screening trials: {title}", title_justify="left")
    table.add_column("")
    for one in found:
        table.add_column(one.method.replace("-", " "), justify="right")
    rows: list[tuple[str, list[str]]] = [
        ("first dose, mg", [_told(one.first_mg, 2) for one in found]),
        ("passed, %", [_told(one.passed) for one in found]),
        ("  in print, %", [_published(one.method) for one in found]),
        ("relieved, %", [_told(one.relief) for one in found]),
        ("severe harm, %", [_told(one.severe) for one in found]),
        ("slow breathing, h", [_told(one.slowest_hour) for one in found]),
        ("later, passed, %", [_told(one.later_passed) for one in found]),
        ("later, failed, %", [_told(one.later_failed) for one in found]),
    ]
    for label, cells in rows:
        table.add_row(label, *cells)
    console = Console(highlight=False)
    console.print(table)
    watched = figures["watched"].stated()
    rule = figures["relief_to_pass"].stated()
    asked = f"{figures['asked_from'].stated()} to {figures['asked_until'].stated()}"
    later = figures["later_relief"].stated()
    console.print(
        f"{replicates} replicates of {people} people; in brackets what 95 % of them lie within. "
        f"Passed: {rule} of the pain gone from {asked} after the dose (by infusion, mg a day: of "
        "each day) without a severe side effect that was less before. Slow breathing: hours from "
        f"the dose until it is slowest; people are watched for {watched}."
    )
    console.print(
        f"Later: at least {later} relief at {months} months. Everybody was implanted, those who "
        "failed as well: the gap between the last two rows is what the trial foretells."
    )
    console.print(
        "Fewer pass here than in print: doses of print are not on record, and people of these "
        "trials may have been less used to opioids than thecal's."
    )


def _published(method: str) -> str:
    from thecal.therapy.care.screening import load_screening

    name = "passed_infusion" if method == "infusion" else "passed_injection"
    figure = load_screening()[name]
    return f"{figure.value:.0f} ({figure.low:.0f} to {figure.high:.0f})"


def _told(one: Range, decimals: int = 0) -> str:
    if isnan(one.middle):
        return "nobody"
    low, high = (f"{end:.{decimals}f}" for end in (one.low, one.high))
    if low == high:
        return low
    return f"{one.middle:.{decimals}f} ({low} to {high})"
