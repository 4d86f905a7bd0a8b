"""The exact solution of a linear body between events, by its eigenvectors.

Between two events the amounts follow d(x)/dt = M x + b with constant b. In the eigenvectors of M
each mode is an exponential of its own,

    x(t) = exp(z t) x(0) + (exp(z t) - 1) / z b,

so that any interval - a second or a year - is one multiplication, and no step is ever chosen: an
event that the schedule names cannot be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.linalg import LinAlgError
from numpy.typing import NDArray
from scipy.linalg import get_lapack_funcs, lu_solve

from thecal.body.schedule import Schedule
from thecal.body.sparse import sparse
from thecal.body.spectrum import Modes, spectrum_of_tree
from thecal.errors import ValidityError

Array = NDArray[np.float64]

RESIDUAL_LIMIT = 1e-9
"""Largest bound on the error of V diag(rates) V^-1 against M, relative to M, that is accepted. The
error itself has been a hundredth of the bound or less wherever both were compared."""

PARALLEL = (
    "the body's modes are too nearly parallel for an exact answer: its net flow is too strong "
    "for its dispersion; ask for a weaker flow or a stronger dispersion"
)

TIMES_AT_ONCE = 256
"""Output times evaluated together: enough to be fast, few enough to stay in the cache."""


Factors = tuple[Modes, NDArray[np.int32]]
"""LU factors and pivots."""


@dataclass(frozen=True, slots=True)
class ModalSystem:
    """A matrix taken apart once, to be asked any number of schedules.

    Attributes
    ----------
    rates
        Eigenvalues, 1/h, shape (n,); real where all of them are.
    scale
        The roots of the volumes, shape (n,): divided by them, amounts are of about one size.
    vectors
        Eigenvectors of the scaled matrix as columns, shape (n, n).
    factors
        Of the vectors.
    """

    name: ClassVar[str] = "modal"

    rates: Modes
    scale: Array
    vectors: Modes
    factors: Factors

    @classmethod
    def of(cls, matrix: Array, volume: Array) -> ModalSystem:
        """Take a matrix of rate constants apart.

        As the tree with a small rest that a body is (spectrum.py), in a third of the time; where
        that does not lead to a proof, as any matrix.

        Parameters
        ----------
        matrix
            1/h, shape (n, n); invertible, which means that drug leaves from everywhere in the end.
        volume
            mL, shape (n,).

        Raises
        ------
        ValidityError
            If the eigenvectors are too nearly parallel for an answer to about ten digits.
        """
        scale = np.sqrt(volume)
        try:
            rates, vectors, factors = _taken_apart(matrix / scale[:, None] * scale)
        except LinAlgError as error:
            raise ValidityError(PARALLEL) from error
        if float(np.max(rates.real)) >= 0.0:
            raise ValidityError("drug can stay in this body for ever; give every part a way out")
        return cls(rates, scale, vectors, factors)

    def modes_of(self, amounts: Array) -> Modes:
        """Return amounts as modes, shape (n,) or (n, columns)."""
        scaled = (amounts.T / self.scale).T
        return np.asarray(lu_solve(self.factors, scaled, check_finite=False))

    def reading(self, rows: Array) -> Modes:
        """Return what rows read of each mode, shape (r, n)."""
        return np.asarray((rows * self.scale) @ self.vectors)

    def amounts_of(self, modes: Modes) -> Array:
        """Return modes as amounts, mcg, shape (n,)."""
        return np.asarray(self.scale * np.real(self.vectors @ modes))

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
        return self.amounts_of(-self.modes_of(inputs) / self.rates)

    def solve(self, schedule: Schedule, start: Array | None = None) -> ModalSolution:
        """Follow a schedule.

        Parameters
        ----------
        schedule
            Rates and boluses in mcg into each of its channels; times in whole seconds.
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.
        """
        channels = self.modes_of(schedule.channels).T
        spans_s, span = np.unique(np.diff(schedule.edges_s), return_inverse=True)
        grown, gained, _ = self.over(spans_s / 3600.0)
        after = np.empty((len(schedule.edges_s), len(self.rates)), dtype=self.rates.dtype)
        after[0] = 0.0 if start is None else self.modes_of(start)
        after[0] += schedule.boluses[0] @ channels
        np.matmul(schedule.rates, channels, out=after[1:])
        dosed = set(np.flatnonzero(schedule.boluses.any(axis=1)).tolist())
        step = np.empty_like(after[0])
        for k, which in enumerate(span.tolist()):
            state = after[k + 1]
            state *= gained[which]
            state += np.multiply(grown[which], after[k], out=step)
            if k + 1 in dosed:
                state += schedule.boluses[k + 1] @ channels
        return ModalSolution(self, schedule, channels, after)

    def repeat(self, period: Schedule) -> Array:
        """Return the amounts at the start of a period that repeats for ever, mcg, shape (n,).

        The state before the first edge's boluses; found at once, without running any cycle.
        """
        once = self.solve(period).after[-1]
        hours = float(period.edges_s[-1] - period.edges_s[0]) / 3600.0
        return self.amounts_of(once / -np.expm1(self.rates * hours))

    def over(self, hours: Array) -> tuple[Modes, Modes, Modes]:
        """Return what a time makes of each mode, shapes (t, n).

        Returns
        -------
        tuple
            exp(z t); its time integral, which is what a constant input makes; and the integral's.
        """
        grown = np.multiply.outer(hours, self.rates)
        gained = np.expm1(grown) / self.rates
        return np.exp(grown), gained, (gained - hours[:, None]) / self.rates


@dataclass(frozen=True, slots=True)
class ModalSolution:
    """A schedule solved: the state and its time integral at any moment within it.

    Attributes
    ----------
    channels
        The modes of each channel, shape (channels, n).
    after
        Modes just after each edge, shape (k + 1, n).
    """

    system: ModalSystem
    schedule: Schedule
    channels: Modes
    after: Modes

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

    def end(self) -> Array:
        """Return the amounts just after the last edge, mcg, shape (n,)."""
        return self.system.amounts_of(self.after[-1])

    def _evaluate(self, times_s: NDArray[np.int64], rows: Array, *, integral: bool) -> Array:
        self.schedule.refuse_outside(times_s)
        edges, rates = self.schedule.edges_s, self.schedule.rates
        reading = self.system.reading(rows).T
        before = self._area() @ reading if integral else None
        interval = np.searchsorted(edges, times_s, side="right") - 1
        since = times_s - edges[interval]
        result = np.empty((len(times_s), len(rows)))
        for first in range(0, len(times_s), TIMES_AT_ONCE):
            part = slice(first, first + TIMES_AT_ONCE)
            k = interval[part]
            spans_s, span = np.unique(since[part], return_inverse=True)
            over = self.system.over(spans_s / 3600.0)
            of_state, of_input = over[1:] if integral else over[:2]
            modes = self.after[k]
            modes *= of_state[span]
            found = modes @ reading
            if before is not None:
                found += before[k]
            for channel in np.flatnonzero(rates.any(axis=0)):
                # At the last edge no rate holds any more, nor has time passed since.
                now = rates[np.minimum(k, len(rates) - 1), channel]
                found += now[:, None] * ((of_input * self.channels[channel]) @ reading)[span]
            result[part] = np.real(found)
        return result

    def _area(self) -> Modes:
        """Return the time integral of the modes up to each edge, shape (k + 1, n)."""
        spans_s, span = np.unique(np.diff(self.schedule.edges_s), return_inverse=True)
        _, of_state, of_input = self.system.over(spans_s / 3600.0)
        area = np.zeros_like(self.after)
        area[1:] = of_state[span] * self.after[:-1]
        area[1:] += of_input[span] * (self.schedule.rates @ self.channels)
        return np.cumsum(area, axis=0)


def _taken_apart(matrix: Array) -> tuple[Modes, Modes, Factors]:
    """Return rates, vectors and their factors, proved.

    Raises
    ------
    numpy.linalg.LinAlgError
        If there is no proof.
    """
    try:
        return _proved(matrix, *spectrum_of_tree(matrix))
    except LinAlgError:
        return _proved(matrix, *np.linalg.eig(matrix))


def _proved(matrix: Array, rates: Modes, vectors: Modes) -> tuple[Modes, Modes, Factors]:
    """Return the same with the vectors' factors, if V diag(rates) V^-1 is the matrix.

    The error is (M V - V diag(rates)) V^-1, which is not larger than the residual times the norm of
    V^-1, here in the 1-norm: Hager 1984 and Higham 1988 estimate it, by LAPACK's gecon, hardly ever
    too small.
    """
    norm = np.abs(vectors).sum(axis=0).max()
    if not np.isfinite(norm):
        raise LinAlgError("a vector is not a number")
    left = sparse(matrix) @ vectors
    left -= vectors * rates
    residual = np.abs(left).sum(axis=0).max()
    factorise: Any = get_lapack_funcs("getrf", (vectors,))
    estimate: Any = get_lapack_funcs("gecon", (vectors,))
    lower_upper, pivots, _ = factorise(vectors)
    reciprocal, _ = estimate(lower_upper, norm)
    limit = RESIDUAL_LIMIT * np.abs(matrix).sum(axis=0).max()
    if not residual <= limit * norm * reciprocal:
        raise LinAlgError("the vectors are too nearly parallel")
    return rates, vectors, (lower_upper, pivots)
