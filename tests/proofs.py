"""Writes down which requirements each marked test proves, and whether it passed.

One file for the whole run, `build/trace.json`; a run of a part of the tests writes none, since
what was left out would look unproved.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thecal.assurance import fingerprint
from thecal.assurance.evidence import LAST_RUN

ROOT = Path(__file__).parents[1]


class Proofs:
    """The results of one run of all tests."""

    def __init__(self) -> None:
        self.results: dict[str, dict[str, Any]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Note every marked test as failed until it has passed."""
        for item in items:
            ids = sorted({one for mark in item.iter_markers("requirement") for one in mark.args})
            if ids:
                self.results[item.nodeid] = {"requirements": ids, "passed": False}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take over the result of a marked test; a skipped one proves nothing."""
        if report.nodeid in self.results and report.when == "call":
            self.results[report.nodeid]["passed"] = report.passed

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the results of a run of all tests."""
        if session.config.args != session.config.getini("testpaths") or _chosen(session.config):
            return
        file = ROOT / LAST_RUN
        file.parent.mkdir(exist_ok=True)
        content = {"fingerprint": fingerprint(ROOT), "results": dict(sorted(self.results.items()))}
        file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _chosen(config: pytest.Config) -> bool:
    return bool(config.option.keyword or config.option.markexpr or config.option.collectonly)
