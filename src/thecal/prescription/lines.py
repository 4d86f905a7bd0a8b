"""On which line of a TOML text a key stands; the standard reader does not say.

The text is known to be valid TOML when it comes here, so the scanner may be short: it reads
headers and keys and steps over values. What stands inside an inline table or an array has the line
of the key that holds it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyPath = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY_PART = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""+'
    r"|'''.*?'''+"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_DEEPER, _SHALLOWER = "[{", "]}"


@dataclass(slots=True)
class _Scanner:
    text: str
    lines: dict[KeyPath, int] = field(default_factory=dict)
    counts: dict[KeyPath, int] = field(default_factory=dict)

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        here = self._space(0)
        while here < len(self.text):
            line = self.text.count("\n", 0, here) + 1
            if self.text.startswith("[[", here):
                parts, here = self._key(here + 2)
                table = self._array(parts)
                here += 2
            elif self.text[here] == "[":
                parts, here = self._key(here + 1)
                table = self._resolved(parts)
                here += 1
            else:
                parts, here = self._key(here)
                here = self._after_value(here + 1)
                self._note((*table, *parts), line, len(table))
                here = self._space(here)
                continue
            self._note(table, line, 0)
            here = self._space(here)
        return self.lines

    def _note(self, path: KeyPath, line: int, known: int) -> None:
        # A dotted key names its tables on the way; each gets the line where it first appears.
        for depth in range(known + 1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)

    def _space(self, here: int) -> int:
        found = _SPACE.match(self.text, here)
        return found.end() if found else here

    def _key(self, here: int) -> tuple[tuple[str, ...], int]:
        parts: list[str] = []
        while found := _KEY_PART.match(self.text, here):
            parts.append(next(group for group in found.groups() if group is not None))
            here = found.end()
            if here >= len(self.text) or self.text[here] != ".":
                break
            here += 1
        return tuple(parts), here

    def _after_value(self, here: int) -> int:
        depth = 0
        while here < len(self.text):
            char = self.text[here]
            if char in "\"'" and (found := _STRING.match(self.text, here)):
                here = found.end()
                continue
            if char == "#":
                end = self.text.find("\n", here)
                here = len(self.text) if end < 0 else end
                continue
            if char == "\n" and depth == 0:
                return here
            depth += (char in _DEEPER) - (char in _SHALLOWER)
            here += 1
        return here

    def _resolved(self, parts: tuple[str, ...]) -> KeyPath:
        path: KeyPath = ()
        for part in parts:
            path = (*path, part)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def _array(self, parts: tuple[str, ...]) -> KeyPath:
        path: KeyPath = (*self._resolved(parts[:-1]), parts[-1])
        self.counts[path] = self.counts.get(path, 0) + 1
        return (*path, self.counts[path] - 1)


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Return the line, counted from 1, of each table and key of a valid TOML text.

    Examples
    --------
    >>> lines = key_lines('[course]\ntitle = "A"\n\n[[oral]]\ndrug = "morphine"\n')
    >>> lines["course", "title"], lines["oral", 0, "drug"]
    (2, 5)
    """
    return _Scanner(text.replace("\r\n", "\n")).scan()


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """Return the line of a key, or of the nearest table that holds it; ``None`` for the whole."""
    for depth in range(len(path), 0, -1):
        if path[:depth] in lines:
            return lines[path[:depth]]
    return None


def dotted(path: KeyPath) -> str:
    """Return a key path as people read it.

    Examples
    --------
    >>> dotted(("prescription", 0, "patient_bolus", "dose"))
    'prescription[0].patient_bolus.dose'
    """
    return "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in path
    ).removeprefix(".")


def path_of(field_name: str) -> KeyPath:
    """Return the key path of a dotted name: the inverse of :func:`dotted`.

    Examples
    --------
    >>> path_of("prescription[0].solution.morphine")
    ('prescription', 0, 'solution', 'morphine')
    """
    parts = re.findall(r"\[(\d+)\]|([^.\[\]]+)", field_name)
    return tuple(int(index) if index else name for index, name in parts)
