"""A given person: what is known of one, and which virtual people are like that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from math import isfinite, log
from typing import TYPE_CHECKING, Final

import numpy as np

from thecal.errors import InputError
from thecal.patients.pain import KINDS
from thecal.therapy.care.replicates import Array

if TYPE_CHECKING:
    from numpy.typing import NDArray

SEXES: Final = ("female", "male")


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
    sex
        "female" or "male".
    kind
        Kind of the pain: one of `KINDS`.

    Raises
    ------
    InputError
        If one cannot be.
    """

    age: float | None = None
    pain: float | None = None
    oral: float | None = None
    sex: str | None = None
    kind: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        _check("age", self.age, 18.0, 110.0, "year", "thecal knows adults only")
        _check("pain", self.pain, 0.0, 10.0, "", "it is told from 0 to 10")
        _check("oral", self.oral, 1.0, 10_000.0, "mg/day", "it is the dose of oral morphine")
        _choose("sex", self.sex, SEXES, "populations are on record by these two")
        _choose("kind", self.kind, KINDS, "these kinds of pain are on record")

    def admits(
        self, near: Mapping[str, float], indifferent: Collection[str] = ()
    ) -> Callable[..., NDArray[np.bool_]]:
        """Return the rule that picks people who report nearly the same age, pain and dose.

        Parameters
        ----------
        indifferent
            What nobody is picked by, since nothing depends on it.
        """

        def like(reported: Mapping[str, Array]) -> NDArray[np.bool_]:
            kept = np.ones(len(reported["pain"]), dtype=np.bool_)
            for one, name in ((self.age, "age"), (self.pain, "pain")):
                if one is not None and name not in indifferent:
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
            ("{}", self.sex),
            ("pain {:g} of 10", self.pain),
            ("{} pain", self.kind),
            ("{:g} mg/day of oral morphine", self.oral),
        )
        return ", ".join(text.format(one) for text, one in said if one is not None)


def _choose(name: str, value: str | None, allowed: tuple[str, ...], why: str) -> None:
    if value is not None and value not in allowed:
        raise InputError(f'{name}: "{value}", but {" or ".join(allowed)} is allowed: {why}')


def _check(name: str, value: float | None, least: float, most: float, unit: str, why: str) -> None:
    if value is not None and not (isfinite(value) and least <= value <= most):
        named = f" {unit}" if unit else ""
        raise InputError(
            f"{name}: {value:g}{named}, but {least:g} to {most:g}{named} is allowed: {why}"
        )
