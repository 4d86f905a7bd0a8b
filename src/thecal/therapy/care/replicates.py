"""Replicates of a setting: numbered worlds with their people, and how results spread over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]

INSIDE: Final = 0.8
"""The share of people, or of replicates, that an interval holds."""

_ENDS: Final = ((1.0 - INSIDE) / 2.0, 0.5, (1.0 + INSIDE) / 2.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle, and the interval that holds 80 %; NaN where nothing is known."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, values: Array) -> Self:
        """Return the median and the 10 % and 90 % quantiles of the numbers that are known.

        Examples
        --------
        >>> Spread.of(np.arange(11.0)).middle
        5.0
        """
        known = values[~np.isnan(values)]
        if not len(known):
            return cls(float("nan"), float("nan"), float("nan"))
        return cls(*(float(one) for one in np.quantile(known, _ENDS)))

    def as_object(self) -> dict[str, float | None]:
        """Return it for JSON; ``None`` where nothing is known."""
        return {
            name: None if np.isnan(value) else round(value, 4)
            for name, value in (("low", self.low), ("middle", self.middle), ("high", self.high))
        }


def streams(seed: int, replicate: int, count: int) -> list[np.random.SeedSequence]:
    """Return the independent seeds of a replicate; its number and the seed fix them."""
    return np.random.SeedSequence(seed, spawn_key=(replicate,)).spawn(count)


def generator(seed: np.random.SeedSequence) -> np.random.Generator:
    """Return a generator at the start of its stream; the same seed gives the same draws again."""
    return np.random.Generator(np.random.PCG64(seed))


def check_count(name: str, value: int, least: int, most: int, why: str) -> None:
    """Refuse a number of people, weeks or replicates that cannot give a sensible answer.

    Raises
    ------
    InputError
        If it lies outside the limits.
    """
    if not least <= value <= most:
        raise InputError(f"{name}: {value}, but {least} to {most} are allowed: {why}")
