"""The page of evidence: each figure with a sentence, and what the tests cover."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from thecal.cli.pump.recording import PAGE, ROWS, evidence_page, write_evidence

FIGURES: dict[str, Any] = {
    **{name: 7 for name, _, _ in ROWS if not name.startswith("core_")},
    "version": "0",
    "campaigns": {"caps": "orders"},
    "seeds_by_campaign": {"caps": 3},
    "menu": [{"name": "stall", "group": "plant", "words": "it stands"}],
    "fired_by_class": {"stall": 5},
    "singles_by_class": {"stall": 4},
    "violations_seen": [],
}


def source_folder(folder: Path, covered_s: int) -> Path:
    """Return a source folder of one module, whose tests were measured so long after its change."""
    core = folder / "src/thecal/pump/implant"
    for needed in (core, folder / "build", folder / "docs"):
        needed.mkdir(parents=True)
    (core / "log.py").write_text("")
    os.utime(core / "log.py", (1_000, 1_000))
    measured = folder / "build/coverage.json"
    measured.write_text(json.dumps({"totals": {"num_branches": 400, "covered_branches": 399}}))
    os.utime(measured, (1_000 + covered_s, 1_000 + covered_s))
    return folder


def test_each_figure_has_a_sentence_that_says_what_it_is() -> None:
    page = evidence_page(FIGURES, "2 processors")
    for name, words, why in ROWS:
        assert (f"| {words} | 7 | {why} |" in page) == (name in FIGURES)
        assert why.endswith(".")


def test_each_fault_is_told_with_how_often_it_struck_alone() -> None:
    assert "| stall | plant | it stands | 5 | 4 |" in evidence_page(FIGURES, "2 processors")


def test_the_branches_that_tests_take_are_recorded(tmp_path: Path) -> None:
    root = source_folder(tmp_path, covered_s=1)
    write_evidence(root, FIGURES)
    assert "| Branches of the implant's code | 400 |" in (root / PAGE).read_text()


def test_a_measure_of_older_sources_is_not_recorded(tmp_path: Path) -> None:
    root = source_folder(tmp_path, covered_s=-1)
    write_evidence(root, FIGURES)
    assert "Branches" not in (root / PAGE).read_text()
