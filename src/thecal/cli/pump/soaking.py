"""``thecal pump soak``: try the virtual pump for some minutes, with every fault of the menu."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from thecal import NOTICE

FAILED = 1
"""Exit code when something that must never happen did, or a fault was tried and never struck."""


def soak(
    *,
    minutes: Annotated[float, typer.Option(min=0.05, help="How long, in real time.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Where the numbers of all pieces begin.")] = 0,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 2,
    record: Annotated[
        Path | None,
        typer.Option(help="thecal's source folder, into whose docs/ the evidence is written."),
    ] = None,
    replay: Annotated[
        str | None, typer.Option(help="Run one piece again, as a violation names it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Try the pump with every fault of the menu, and count what was found."""
    from thecal.therapy.kits import KITS, load_kit

    kits = tuple(load_kit(name) for name in KITS)
    if replay is not None:
        from thecal.pump.simulation.soak import replay as again

        found = again(kits, replay)
        for words in found.violations:
            typer.echo(words)
        typer.echo("Nothing went wrong." if not found.violations else "It happened again.")
        raise typer.Exit(FAILED if found.violations else 0)
    from thecal.pump.simulation.soak import soak as run

    if as_json:
        figures = run(kits, minutes, seed=seed, workers=workers)
        typer.echo(json.dumps(figures, indent=2))
    else:
        figures = _watched(kits, minutes, seed, workers)
    if record is not None:
        from thecal.cli.pump.recording import write_evidence

        write_evidence(record, figures)
    if figures["violations"] or figures["faults_tried_in_vain"]:
        raise typer.Exit(FAILED)


def _watched(kits: Any, minutes: float, seed: int, workers: int) -> dict[str, Any]:  # noqa: ANN401
    from rich.console import Console
    from rich.live import Live

    from thecal.cli.pump.recording import figures_table
    from thecal.pump.simulation.soak import soak as run

    console = Console(highlight=False)
    console.print(f"{NOTICE}.")
    with Live(console=console, transient=True) as live:

        def tell(figures: Mapping[str, Any]) -> None:
            live.update(figures_table(figures))

        figures = run(kits, minutes, seed=seed, workers=workers, tell=tell)
    console.print(figures_table(figures))
    for words in figures["violations_seen"]:
        console.print(f"thecal pump soak --replay {words}", markup=False)
    for name in figures["faults_never_fired"]:
        console.print(f"never struck: {name}", markup=False)
    return figures
