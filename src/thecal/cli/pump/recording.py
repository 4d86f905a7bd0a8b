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
_COVERAGE: Final = "build/coverage.json"
_CORE: Final = "src/thecal/pump/implant"
ROWS: Final = (
    ("seconds", "Seconds of real time", "How long all campaigns took together."),
    ("workers", "Processes at work", "They share the pieces by number."),
    (
        "device_years",
        "Years that pumps have lived",
        "Simulated time of all worlds, with faults and without.",
    ),
    (
        "device_years_per_hour",
        "Years in an hour of real time, with faults",
        "Simulated time of lives with several faults, in all processes; the aim is 1,000.",
    ),
    (
        "times_real_time",
        "Times real time, one process, without faults",
        "A pump at a steady flow, with every check after every step; the aim is 5,000,000.",
    ),
    ("seeds", "Pieces, each with a number that replays it", "One piece is one seed."),
    ("faults_in_menu", "Fault classes in the menu", "Each can be switched on by its name."),
    ("faults_fired", "Fault classes that struck", "A counter in the fault itself proves it."),
    (
        "single_fault_cases",
        "Single faults, each beside the same world without it",
        "What the one gave more than the other stays within PC-12.",
    ),
    (
        "single_fault_least",
        "Single faults of the class with the fewest",
        "So many moments, flows and drugs at the least were tried for every class.",
    ),
    (
        "single_faults_per_second",
        "Single faults in a second of one process",
        "Each is ten hours of two pumps.",
    ),
    (
        "double_fault_cases",
        "Two faults of different groups",
        "Within twice the bound, or with an alarm of high priority (PC-13).",
    ),
    (
        "power_cut_points",
        "Power cuts, each at its I/O and with its loss of writes",
        "A point is one I/O and one way in which what was not synced is torn, lost or reordered.",
    ),
    (
        "power_cuts_per_second",
        "Power cuts of a whole pump in a second of one process",
        "Each is an hour with a bolus, a program, a refill and a stop, to its end.",
    ),
    (
        "cap_histories",
        "Random histories of orders to the monitor alone",
        "Each is 12 requests and a day; every window is counted anew by force.",
    ),
    (
        "cap_histories_per_second",
        "Such histories in a second of one process",
        "With the recount.",
    ),
    (
        "cap_histories_full",
        "Such histories with a window just at its cap",
        "So the caps are met, and not only far away.",
    ),
    ("cap_boluses_admitted", "Boluses that the monitor admitted in them", "Not all are denied."),
    ("cap_boluses_denied", "Boluses that it denied", "Not all are admitted."),
    (
        "cap_patterns",
        "Patterns of requests to the monitor, all that there are",
        "12 requests, each refused or granted, with each gap; equal states are followed once.",
    ),
    ("cap_states", "States to which these lead", "So many were in fact computed."),
    (
        "cap_conformance_histories",
        "Random histories of controller and monitor together",
        "The same question with the real controller, which also primes, bridges and loses power.",
    ),
    (
        "attacks_tried",
        "Attacks on the link",
        "Replayed, reordered, reflected, cut, altered, forged, of old sessions or other pumps.",
    ),
    ("attacks_accepted", "Attacks that the pump accepted", "Any is a violation."),
    (
        "log_tamperings",
        "Changes to a stored log",
        "Nine ways, among them a chain forged anew with the key that the store holds.",
    ),
    (
        "log_tamperings_found",
        "Changes found, with the right first bad record",
        "One that is found at another record counts as missed.",
    ),
    (
        "log_verify_records",
        "Records of the long log",
        "A million when the run is five minutes or longer.",
    ),
    ("log_verify_seconds", "Seconds to verify the long log", "On one processor; 10 are allowed."),
    (
        "flood_delivery_error_nl",
        "Error of delivery in a flood of junk, in nL",
        "Beside the same pump in peace, stroke by stroke.",
    ),
    ("quiet_years", "Years of a pump to which nothing happened", "With refills, and all checks."),
    (
        "false_alarms",
        "Alarms of that pump",
        "One in ten years is allowed (PC-65); here any is a violation.",
    ),
    (
        "core_branches",
        "Branches of the implant's code",
        "As `make coverage` counts them in src/thecal/pump/implant.",
    ),
    (
        "core_branches_covered",
        "Branches of it that the tests of the pump take",
        "The others are listed by `make coverage`.",
    ),
    (
        "violations",
        "Violations of a requirement",
        "A check that failed, in any campaign; each is listed with what replays it.",
    ),
)
"""Every figure that is shown, what it is, and what it says."""
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
    for name, words, _ in ROWS:
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
        "| what | figure | what it says |",
        "| --- | ---: | --- |",
        *(
            f"| {words} | {figures[name]:,} | {why} |"
            for name, words, why in ROWS
            if name in figures
        ),
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
        "How often each fault has struck, and how often alone beside a world without it.",
        "",
        "| fault | group | what happens | struck | alone |",
        "| --- | --- | --- | ---: | ---: |",
        *(
            f"| {one['name']} | {one['group']} | {one['words']} | "
            f"{figures['fired_by_class'][one['name']]:,} | "
            f"{figures['singles_by_class'][one['name']]:,} |"
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
    figures = {**figures, **_covered(root)}
    (root / PAGE).write_text(evidence_page(figures, machine), encoding="utf-8")
    now = fingerprint(root)
    last = root / _LAST_RUN
    found = json.loads(last.read_text(encoding="utf-8")) if last.is_file() else {}
    results = found.get("results", {}) if found.get("fingerprint") == now else {}
    kept = {name: figures[name] for name, _, _ in ROWS if name in figures}
    record = {"fingerprint": now, "results": results, "figures": kept}
    text = json.dumps(record, indent=1, sort_keys=True) + "\n"
    (root / RECORD).write_text(text, encoding="utf-8")


def _covered(root: Path) -> dict[str, int]:
    """Return what ``make coverage`` measured, if the implant has not changed since."""
    measured = root / _COVERAGE
    core = [*(root / _CORE).glob("*.py")]
    if not measured.is_file() or not core:
        return {}
    if measured.stat().st_mtime < max(file.stat().st_mtime for file in core):
        return {}
    totals = json.loads(measured.read_text(encoding="utf-8"))["totals"]
    return {
        "core_branches": totals["num_branches"],
        "core_branches_covered": totals["covered_branches"],
    }
