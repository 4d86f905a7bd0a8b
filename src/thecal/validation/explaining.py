"""Why a row is missed, in plain words: data, one entry for each quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from thecal.errors import KnowledgeError
from thecal.knowledge import Table
from thecal.knowledge.loading import read_toml


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the body misses a quantity, and what was tried."""

    cause: str
    tried: str


@cache
def load_explanations() -> Mapping[str, Explanation]:
    """Return the explanations by the id of the quantity.

    Raises
    ------
    KnowledgeError
        If an entry lacks its cause or what was tried.
    """
    place = files("thecal.validation") / "data" / "misses.toml"
    found = {}
    for name, entry in read_toml(place).items():
        if not isinstance(entry, dict) or set(entry) != {"cause", "tried"}:
            raise KnowledgeError(f'misses.toml: "{name}" needs "cause" and "tried", and no more')
        found[name] = Explanation(entry["cause"], entry["tried"])
    return Table(found)
