"""The file of the latest run, into which each program puts its own tasks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LATEST = Path(__file__).with_name("latest.json")


@dataclass(frozen=True, slots=True)
class Record:
    """One peer at one task; seconds are for the whole task, errors relative to a site's peak."""

    name: str
    size: str
    seconds: float
    peer: str
    peer_seconds: float
    error: float
    peer_error: float


def write(records: Sequence[Record]) -> None:
    """Put these in the place of those of the same tasks; what other programs wrote stays."""
    tasks = {one.name for one in records}
    kept = json.loads(LATEST.read_text(encoding="utf-8")) if LATEST.exists() else []
    kept = [one for one in kept if one["name"] not in tasks]
    new = [asdict(one) | {"ratio": one.peer_seconds / one.seconds} for one in records]
    LATEST.write_text(json.dumps([*kept, *new], indent=2) + "\n", encoding="utf-8")
