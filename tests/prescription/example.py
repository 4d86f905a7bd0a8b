"""The cancer example without its comments, and small edits of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def bare(text: str) -> str:
    """Return a course file without its comments; no text of it holds a "#"."""
    lines = [re.sub(r"\s*#.*$", "", line) for line in text.splitlines()]
    return re.sub(r"\n{2,}", "\n\n", "\n".join(lines)).strip() + "\n"


CANCER = bare((EXAMPLES / "cancer-pain.toml").read_text(encoding="utf-8"))


def edited(
    edits: Iterable[tuple[str, str]] = (), *, without: Iterable[str] = (), add: str = ""
) -> str:
    """Return the example with tables cut out, passages replaced once, and text added at its end."""
    text = CANCER
    for name in without:
        table = rf"(?ms)^\[\[?{name}\]\]?\n.*?(?=^\[(?!{name}\.|\[{name}\.)|\Z)"
        text, cuts = re.subn(table, "", text)
        assert cuts, f"there is no table {name} in the example"
    for old, new in edits:
        assert old in text, f"{old!r} is not in the example"
        text = text.replace(old, new, 1)
    return f"{text}\n{add}" if add else text
