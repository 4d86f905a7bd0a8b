"""An oracle for the doses of a course: the sum of all shifted responses, at any hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError
from thecal.patients import Pool

Array = NDArray[np.float64]


class History:
    """The doses of some people through time, and what their sites show at any of them.

    Parameters
    ----------
    pool
        Their responses.
    people
        Which of the pool each is, shape (n,); one may stand there more than once.
    """

    def __init__(self, pool: Pool, people: NDArray[np.int64]) -> None:
        self._pool = pool
        self._people = people
        self._rates: dict[str, Array] = {}
        self._changes: list[tuple[str, float, Array]] = []
        self._hours = 0.0

    def set_rate(self, name: str, hours: float, mcg_per_h: Array) -> None:
        """Let each take a route's drug at a rate from some hour on, until it is set anew.

        Raises
        ------
        InputError
            If a rate is negative or not finite, or the hour lies before one that was already set.
        """
        self._advance(hours, mcg_per_h)
        before = self._rates.get(name, np.zeros(len(self._people)))
        if (mcg_per_h != before).any():
            self._changes.append((name, hours, mcg_per_h - before))
        self._rates[name] = np.array(mcg_per_h, dtype=np.float64)

    def give(self, name: str, hours: float, mcg: Array) -> None:
        """Give each a dose at once, by a route whose unit is at once."""
        self._advance(hours, mcg)
        self._changes.append((name, hours, np.array(mcg, dtype=np.float64)))

    def rate(self, name: str) -> Array:
        """Return the rates in force, mcg/h, shape (n,)."""
        return self._rates.get(name, np.zeros(len(self._people))).copy()

    def read(self, hours: float) -> Array:
        """Return what the sites show at an hour, shape (n, sites); never below zero."""
        total = np.zeros((len(self._people), len(self._pool.sites)))
        for name, start, amount in self._changes:
            if start <= hours:
                unit = self._pool.read(name, self._people, hours - start)
                total += amount[:, None] * unit
        return np.maximum(total, 0.0)

    def _advance(self, hours: float, amounts: Array) -> None:
        if hours < self._hours:
            raise InputError(
                f"a dose at hour {hours:g} comes after one at hour {self._hours:g} was set"
            )
        if not np.isfinite(amounts).all() or (amounts < 0.0).any():
            raise InputError("a dose must be zero or more, and finite, for everybody")
        self._hours = hours
