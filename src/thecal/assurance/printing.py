"""The case in the terminal: what is proved, and each gap in a line of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal import NOTICE

if TYPE_CHECKING:
    from thecal.assurance.tracing import Trace


def print_trace(found: Trace) -> None:
    """Print how many hazards are proved, and what is missing."""
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    proved = sum(one.proved for one in found.ours)
    console.print(
        f"[bold]{proved} of {len(found.ours)} hazards proved[/] that pump, catheter, telemetry "
        f"and log answer for, by {len(found.proofs)} requirements and "
        f"{len(found.evidence.results)} tests."
    )
    for name in found.evidence.stale:
        console.print(f"The results in {name} belong to other sources and do not count.")
    if not found.evidence.origin:
        console.print('There are no results that belong to these sources; run "make test".')
    else:
        console.print(f"Results from {found.evidence.origin}.")
        for gap in found.gaps:
            console.print(f"  {gap}", soft_wrap=True)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in ("hazard", "", "harm", "requirements", "tests", ""):
        table.add_column(name, overflow="fold")
    for control in found.ours:
        hazard = control.hazard
        table.add_row(
            hazard.id,
            hazard.hazard,
            hazard.harm[0],
            " ".join(proof.requirement.id for proof in control.proofs),
            str(sum(len(proof.tests) for proof in control.proofs)),
            "[green]proved[/]" if control.proved else "[red]not proved[/]",
        )
    console.print(table)
    console.print(f"{NOTICE}.")
