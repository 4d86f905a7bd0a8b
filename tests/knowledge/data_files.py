"""Data files for tests: every one that ships, and small ones to break."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "thecal"
PUMPS = sorted((PACKAGE / "devices" / "data" / "pumps").glob("*.toml"))
CATHETERS = sorted((PACKAGE / "devices" / "data" / "catheters").glob("*.toml"))
DRUGS = sorted((PACKAGE / "formulary" / "data").glob("*.toml"))
SHIPPED = [*PUMPS, *CATHETERS, *DRUGS]

HEADER_KEYS = ("id", "name", "kind", "same_as", "roles", "oral_forms")
"""The keys beside sources and figures that any of those files may have."""

GOOD = """\
[sources]
study = "A study of 2020, doi:10.1000/1"

[figures.clearance]
label = "clearance from plasma"
value = 71.6
low = 60
high = 80.0
unit = "L/h"
source = "study"
confidence = "high"
note = "27 volunteers"
"""


def written(folder: Path, text: str, name: str = "file.toml") -> Path:
    """Return the path of a new file with the text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changed(text: str, old: str, new: str) -> str:
    """Return the text with one passage replaced, which must be there once."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the text"
    return text.replace(old, new)
