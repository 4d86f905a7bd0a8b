"""What a study file may name: populations, policies, and the traits that rules of entry ask for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf

from thecal.patients import load_population, populations
from thecal.therapy.care import load_policy, policies


@dataclass(frozen=True, slots=True)
class Trait:
    """Something observed of a person at entry, and between which values it can lie at all.

    What is only so or not, 1 or 0, has no unit and a statement for its words.
    """

    words: str
    unit: str
    lowest: float
    highest: float

    @property
    def is_yes_or_no(self) -> bool:
        """Whether the trait is 1 where its words hold and 0 where they do not."""
        return not self.unit


@dataclass(frozen=True, slots=True)
class Names:
    """Populations and policies with what they are in words, and traits."""

    populations: Mapping[str, str]
    policies: Mapping[str, str]
    traits: Mapping[str, Trait]


@cache
def load_names() -> Names:
    """Return what study files may name.

    Examples
    --------
    >>> load_names().traits["pain"].highest
    10.0
    """
    text = (files("thecal.studies") / "data" / "names.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    return Names(
        populations={name: load_population(name).title for name in populations()},
        policies={name: load_policy(name).title for name in policies()},
        traits={
            one["name"]: Trait(
                one["words"], one["unit"], float(one["lowest"]), float(one.get("highest", inf))
            )
            for one in tables["trait"]
        },
    )
