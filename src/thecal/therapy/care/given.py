"""A given person: what is known of one, and which virtual people are like that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite, log
from typing import TYPE_CHECKING

import numpy as np

from thecal.errors import InputError
from thecal.therapy.care.replicates import Array

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a person; ``None`` for what is not, which then is as in the population.

    Attributes
    ----------
    age
        Years.
    pain
        As told, 0 to 10.
    oral
        Opioid by mouth, mg/day of oral morphine.

    Raises
    ------
    InputError
        If a number cannot be.
    """

    age: float | None = None
    pain: float | None = None
    oral: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        _check("age", self.age, 18.0, 110.0, "year", "thecal knows adults only")
        _check("pain", self.pain, 0.0, 10.0, "", "it is told from 0 to 10")
        _check("oral", self.oral, 1.0, 10_000.0, "mg/day", "it is the dose of oral morphine")

    def admits(self, near: Mapping[str, float]) -> Callable[..., NDArray[np.bool_]]:
        """Return the rule that picks people who report nearly the same."""

        def like(reported: Mapping[str, Array]) -> NDArray[np.bool_]:
            kept = np.ones(len(reported["pain"]), dtype=np.bool_)
            for one, name in ((self.age, "age"), (self.pain, "pain")):
                if one is not None:
                    kept &= np.abs(reported[name] - one) <= near[name]
            if self.oral is not None:
                dose = np.maximum(reported["oral_mg_per_day"], np.finfo(float).tiny)
                kept &= np.abs(np.log(dose / self.oral)) <= log(near["oral"])
            return kept

        return like

    def words(self) -> str:
        """Return what is given, in words."""
        said = (
            ("{:g} years old", self.age),
            ("pain {:g} of 10", self.pain),
            ("{:g} mg/day of oral morphine", self.oral),
        )
        return ", ".join(text.format(one) for text, one in said if one is not None)


def _check(name: str, value: float | None, least: float, most: float, unit: str, why: str) -> None:
    if value is not None and not (isfinite(value) and least <= value <= most):
        named = f" {unit}" if unit else ""
        raise InputError(
            f"{name}: {value:g}{named}, but {least:g} to {most:g}{named} is allowed: {why}"
        )
