"""What test runs and campaigns have left behind: results by test, figures by name."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from thecal.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PROVED_FROM: Final = ("requirements", "src/thecal/pump", "tests/pump")
"""What results are about; they count only while none of it has changed."""

LAST_RUN: Final = "build/trace.json"
RECORDED: Final = "docs/evidence.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The newest results that belong to the sources as they are.

    Attributes
    ----------
    origin
        The file that they stand in; empty when there are none.
    results
        By test: the requirements that it proves, and whether it passed.
    figures
        What the last soak run counted, by name.
    stale
        Files whose results belong to other sources.
    """

    origin: str = ""
    results: Mapping[str, tuple[tuple[str, ...], bool]] = field(default_factory=dict)
    figures: Mapping[str, float | int | str] = field(default_factory=dict)
    stale: tuple[str, ...] = ()


def fingerprint(root: Path) -> str:
    """Return the SHA-256 of all that the results are about, in hexadecimal."""
    total = hashlib.sha256()
    for folder in PROVED_FROM:
        for file in sorted((root / folder).rglob("*")):
            if file.suffix in {".py", ".yaml", ".toml"}:
                total.update(file.relative_to(root).as_posix().encode())
                total.update(b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()


def read_evidence(root: Path) -> Evidence:
    """Read the last test run's results, or else the recorded ones, if they fit the sources.

    Parameters
    ----------
    root
        thecal's source folder.

    Raises
    ------
    InputError
        When a file of results cannot be read.
    """
    now = fingerprint(root)
    recorded = _read(root / RECORDED)
    figures = recorded.get("figures", {})
    stale = []
    for name in (LAST_RUN, RECORDED):
        found = _read(root / name)
        if not found.get("results"):
            continue
        if found.get("fingerprint") != now:
            stale.append(name)
            continue
        results = {
            test: (tuple(one["requirements"]), one["passed"])
            for test, one in found["results"].items()
        }
        return Evidence(name, results, figures, tuple(stale))
    return Evidence(figures=figures, stale=tuple(stale))


def _read(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"this is not JSON: {error}", source=str(file)) from error
    return found
