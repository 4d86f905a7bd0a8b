"""The exact solution of a linear body between events, by its eigenvectors.

Between two events the amounts follow d(x)/dt = M x + b with constant b. In the eigenvectors of M
each mode is an exponential of its own, so that any interval - a second or a year - is one
multiplication, and no step is ever chosen: an event that the schedule names cannot be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from thecal.body.schedule import Schedule
from thecal.errors import ValidityError

Array = NDArray[np.float64]
Modes = NDArray[Any]
"""Real where all rates are real, else complex."""

RESIDUAL_LIMIT = 1e-10
"""Largest error of V diag(rates) V^-1 against M, relative to M, that is accepted."""

PARALLEL = (
    "the body's modes are too nearly parallel for an exact answer: its net flow is too strong "
    "for its dispersion; ask for a weaker flow or a stronger dispersion"
)

TIMES_AT_ONCE = 512
"""Output times evaluated together: enough to be fast, few enough to stay in the cache."""


@dataclass(frozen=True, slots=True)
class ModalSystem:
    """A matrix taken apart once, to be asked any number of schedules.

    Attributes
    ----------
    rates
        Eigenvalues, 1/h, shape (n,); real where all of them are.
    vectors, inverse
        Eigenvectors as columns and their inverse, shape (n, n).
    """

    name: ClassVar[str] = "modal"

    rates: Modes
    vectors: Modes
    inverse: Modes

    @classmethod
    def of(cls, matrix: Array, volume: Array) -> ModalSystem:
        """Take a matrix of rate constants apart.

        Parameters
        ----------
        matrix
            1/h, shape (n, n); invertible, which means that drug leaves from everywhere in the end.
        volume
            mL, shape (n,); scaling by their roots makes the part without one-way flow symmetric.

        Raises
        ------
        ValidityError
            If the eigenvectors are too nearly parallel for an answer to about ten digits.
        """
        scale = np.sqrt(volume)
        symmetric = matrix / scale[:, None] * scale[None, :]
        rates, vectors = np.linalg.eig(symmetric)
        try:
            inverse = np.linalg.inv(vectors)
        except np.linalg.LinAlgError as error:
            raise ValidityError(PARALLEL) from error
        residual = (vectors * rates[None, :]) @ inverse - symmetric
        if not np.abs(residual).max() <= RESIDUAL_LIMIT * np.abs(symmetric).max():
            raise ValidityError(PARALLEL)
        if float(np.max(rates.real)) >= 0.0:
            raise ValidityError("drug can stay in this body for ever; give every part a way out")
        return cls(rates, scale[:, None] * vectors, inverse / scale[None, :])

    def steady_state(self, inputs: Array) -> Array:
        """Return the amounts under a constant input for ever.

        Parameters
        ----------
        inputs
            mcg/h into each compartment, shape (n,).

        Returns
        -------
        Array
            mcg, shape (n,).
        """
        return np.real(self.vectors @ (-(self.inverse @ inputs) / self.rates))

    def solve(self, schedule: Schedule, start: Array | None = None) -> Solution:
        """Follow a schedule.

        Parameters
        ----------
        schedule
            Rates and boluses in mcg into each of its channels; times in whole seconds.
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.
        """
        channels = self.inverse @ schedule.channels
        begin = np.zeros_like(self.rates) if start is None else self.inverse @ start
        edges_h = schedule.edges_s / 3600.0
        count = len(schedule.edges_s) - 1
        after: Modes = np.zeros((count + 1, len(self.rates)), dtype=self.rates.dtype)
        settled: Modes = np.zeros_like(after)
        area: Modes = np.zeros_like(after)
        state = begin + channels @ schedule.boluses[0]
        after[0] = state
        spans, which = np.unique(np.diff(schedule.edges_s), return_inverse=True)
        growth = [np.expm1(self.rates * (span / 3600.0)) for span in spans.tolist()]
        for k in range(count):
            settled[k] = -(channels @ schedule.rates[k]) / self.rates
            gap = state - settled[k]
            step = growth[which[k]] * gap
            area[k + 1] = area[k] + step / self.rates + settled[k] * (edges_h[k + 1] - edges_h[k])
            state = state + step + channels @ schedule.boluses[k + 1]
            after[k + 1] = state
        return Solution(self, schedule.edges_s, after, settled, area)

    def repeat(self, period: Schedule) -> Array:
        """Return the amounts at the start of a period that repeats for ever, mcg, shape (n,).

        The state before the first edge's boluses; found at once, without running any cycle.
        """
        once = self.solve(period).after[-1]
        hours = float(period.edges_s[-1] - period.edges_s[0]) / 3600.0
        return np.real(self.vectors @ (once / -np.expm1(self.rates * hours)))


@dataclass(frozen=True, slots=True)
class Solution:
    """A schedule solved: the state and its time integral at any moment within it.

    Attributes
    ----------
    edges_s
        Times at which rates change or boluses fall, whole seconds, shape (k + 1,).
    after
        Modes just after each edge, shape (k + 1, n).
    settled
        Modes to which each interval tends, shape (k + 1, n).
    area
        Time integral of the modes up to each edge, shape (k + 1, n).
    """

    system: ModalSystem
    edges_s: NDArray[np.int64]
    after: Modes
    settled: Modes
    area: Modes

    def read(self, times_s: NDArray[np.int64], rows: Array) -> Array:
        """Return what ``rows`` read of the amounts at some times.

        Parameters
        ----------
        times_s
            Whole seconds within the schedule, shape (t,). At an edge: just after its boluses.
        rows
            Shape (r, n).

        Returns
        -------
        Array
            Shape (t, r).
        """
        return self._evaluate(times_s, rows, integral=False)

    def read_integral(self, times_s: NDArray[np.int64], rows: Array) -> Array:
        """Return what ``rows`` read of the time integral of the amounts since the start.

        Shapes as in `read`; units are the rows' x hours.
        """
        return self._evaluate(times_s, rows, integral=True)

    def _evaluate(self, times_s: NDArray[np.int64], rows: Array, *, integral: bool) -> Array:
        if len(times_s) and (times_s.min() < self.edges_s[0] or times_s.max() > self.edges_s[-1]):
            raise ValueError("a time lies outside the schedule")
        reading = (rows @ self.system.vectors).T
        interval = np.searchsorted(self.edges_s, times_s, side="right") - 1
        hours = (times_s - self.edges_s[interval]) / 3600.0
        result = np.empty((len(times_s), len(rows)))
        for first in range(0, len(times_s), TIMES_AT_ONCE):
            part = slice(first, first + TIMES_AT_ONCE)
            k, tau = interval[part], hours[part, None]
            gap = self.after[k] - self.settled[k]
            if integral:
                grown = np.expm1(tau * self.system.rates) / self.system.rates * gap
                modes = self.area[k] + grown + self.settled[k] * tau
            else:
                modes = np.exp(tau * self.system.rates) * gap + self.settled[k]
            result[part] = np.real(modes @ reading)
        return result
