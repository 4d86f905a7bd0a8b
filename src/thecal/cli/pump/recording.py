"""What a soak found, in words: on the screen, and as docs/evidence.md and docs/evidence.json."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thecal import NOTICE
from thecal.assurance import fingerprint

if TYPE_CHECKING:
    from rich.table import Table

PAGE: Final = "docs/evidence.md"
RECORD: Final = "docs/evidence.json"
_LAST_RUN: Final = "build/trace.json"
ROWS: Final = (
    ("seconds", "Seconds of real time"),
    ("workers", "Processes at work"),
    ("device_years", "Years that pumps have lived"),
    ("device_years_per_hour", "Years in an hour of real time, with faults"),
    ("times_real_time", "Times real time, one process, without faults"),
    ("seeds", "Pieces, each with a number that replays it"),
    ("faults_in_menu", "Fault classes in the menu"),
    ("faults_fired", "Fault classes that struck"),
    ("single_fault_cases", "Single faults, each beside the same world without it"),
    ("double_fault_cases", "Two faults of different groups"),
    ("power_cut_points", "Power cuts, each at its I/O and with its loss of writes"),
    ("cap_histories", "Random histories of orders against the caps"),
    ("attacks_tried", "Attacks on the link"),
    ("attacks_accepted", "Attacks that the pump accepted"),
    ("log_tamperings", "Changes to a stored log"),
    ("log_tamperings_found", "Changes found, with the right first bad record"),
    ("log_verify_records", "Records of the long log"),
    ("log_verify_seconds", "Seconds to verify the long log"),
    ("flood_delivery_error_nl", "Error of delivery in a flood of junk, in nL"),
    ("false_alarms", "Alarms of a pump to which nothing happened"),
    ("violations", "Violations of a requirement"),
)
"""Every figure that is shown, and what it is."""
_INTRODUCTION: Final = """# What was tried on the virtual pump

`make soak MINUTES=n` writes this page. The same code that runs in service ran here in simulated
time, with a plant, a catheter, a link, people and attackers around it. After every step these were
checked: less than one stroke is owed; every nanolitre is in one account; strokes are counted
before they move; nothing moves while the pump stands; every 1, 4 and 24 h keep the drug's caps; a
safe state is never silent; the log never becomes shorter. One number replays each piece:
`thecal pump soak --replay VERSION:CAMPAIGN:NUMBER`.
"""


def figures_table(figures: Mapping[str, Any]) -> Table:
    """Return the figures as a table for the screen."""
    from rich.table import Table

    table = Table(box=None, show_header=False)
    for name, words in ROWS:
        if name in figures:
            table.add_row(words, f"{figures[name]:,}")
    return table


def evidence_page(figures: Mapping[str, Any], machine: str) -> str:
    """Return docs/evidence.md.

    Parameters
    ----------
    figures
        Of a soak.
    machine
        On what it ran, in words.
    """
    lines = [
        _INTRODUCTION,
        f"thecal {figures['version']}, on {machine}. {NOTICE}.",
        "",
        "| what | figure |",
        "| --- | ---: |",
        *(f"| {words} | {figures[name]:,} |" for name, words in ROWS if name in figures),
        "",
        "## Campaigns",
        "",
        "| campaign | what it does | pieces |",
        "| --- | --- | ---: |",
        *(
            f"| {name} | {words} | {figures['seeds_by_campaign'].get(name, 0):,} |"
            for name, words in figures["campaigns"].items()
        ),
        "",
        "## Faults",
        "",
        "How often each fault of the menu has struck.",
        "",
        "| fault | group | what happens | struck |",
        "| --- | --- | --- | ---: |",
        *(
            f"| {one['name']} | {one['group']} | {one['words']} | "
            f"{figures['fired_by_class'][one['name']]:,} |"
            for one in figures["menu"]
        ),
    ]
    if figures["violations"]:
        lines += ["", "## Violations", ""]
        lines += [f"- `{words}`" for words in figures["violations_seen"]]
    return "\n".join(lines) + "\n"


def write_evidence(root: Path, figures: Mapping[str, Any]) -> None:
    """Write docs/evidence.md and docs/evidence.json below thecal's source folder.

    Results of tests are taken over from the last test run, if it was of these sources.

    Raises
    ------
    OSError
        When a file cannot be written.
    """
    machine = f"{os.cpu_count() or 1} processors"
    (root / PAGE).write_text(evidence_page(figures, machine), encoding="utf-8")
    now = fingerprint(root)
    last = root / _LAST_RUN
    found = json.loads(last.read_text(encoding="utf-8")) if last.is_file() else {}
    results = found.get("results", {}) if found.get("fingerprint") == now else {}
    kept = {name: figures[name] for name, _ in ROWS if name in figures}
    record = {"fingerprint": now, "results": results, "figures": kept}
    text = json.dumps(record, indent=1, sort_keys=True) + "\n"
    (root / RECORD).write_text(text, encoding="utf-8")
