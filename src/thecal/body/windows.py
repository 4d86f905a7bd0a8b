"""A walk from event to event by hyperbolas for a few times each: exact for every body.

Each hyperbola (hyperbola.py) serves all times from t to 4 t, with one sparse factorisation for each
of its points; it is made when such a time first occurs, and checked on the spot: the trapezoidal
rule with every other point must agree to the square root of the error. Where strong flow against
weak dispersion makes the modes nearly parallel, the check fails for some times; those are then
reached in halves, because a short time is always exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, eye_array
from scipy.sparse.linalg import LinearOperator, SuperLU, onenormest, splu

from thecal.body.hyperbola import Hyperbola, hyperbola
from thecal.body.schedule import Schedule
from thecal.errors import ValidityError

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Times = NDArray[np.int64]

RATIO = 4.0
"""Longest over shortest time of one hyperbola: 2 would need fewer points but more hyperbolas."""

AIM = 1e-14
"""Error for which the points are chosen."""

ACCEPTED = 1e-11
"""Largest estimated error, as a share of the amount, with which a hyperbola is used."""

SHORTEST_S = 1e-3
"""A time this short that fails the check is not cut any further."""


@dataclass(frozen=True, slots=True)
class Window:
    """All times from a shortest to a longest one: the points and a factorisation at each.

    Attributes
    ----------
    exact
        Whether the check was passed.
    """

    path: Hyperbola
    factors: tuple[SuperLU, ...]
    exact: bool

    @classmethod
    def of(cls, matrix: csc_array, shortest_h: float) -> Window:
        """Factor a matrix at the points of a hyperbola, and check them."""
        path = hyperbola(shortest_h, RATIO * shortest_h, AIM)
        identity = eye_array(matrix.shape[0], format="csc")
        factors = tuple(factor(point * identity - matrix) for point in path.points)
        # Both in the 1-norm, in which amounts without inputs never grow.
        whole = path.weights * np.exp(path.points * path.shortest_h)
        doubt = _norm(factors, whole * (1.0 - path.every_other))
        last = _norm(factors[-1:], whole[-1:])
        return cls(path, factors, max(doubt**2, last) <= ACCEPTED)

    def transform(self, amounts: Array, inputs: Array) -> ComplexArray:
        """Return (z - M)^-1 (amounts + inputs / z) at each point z, shape (m, ...)."""
        pairs = zip(self.path.points, self.factors, strict=True)
        return np.array([one.solve(amounts + inputs / point) for point, one in pairs])

    def shares(self, hours: float | Array, order: int = 0) -> ComplexArray:
        """Return what to multiply the transforms with, shape (..., m).

        Parameters
        ----------
        order
            0 for the amounts, 1 for their time integral.
        """
        path = self.path
        grown = np.exp(np.multiply.outer(hours, path.points))
        return np.asarray(path.weights * grown / path.points**order)


@dataclass(frozen=True, slots=True)
class Windows:
    """The hyperbolas of one body.

    Attributes
    ----------
    matrix
        1/h, shape (n, n).
    made
        Those made so far, by the power of `RATIO` at which they begin, in seconds.
    """

    matrix: csc_array
    made: dict[int, Window] = field(default_factory=dict)

    def at(self, seconds: float) -> Window:
        """Return the window that holds a time."""
        power = int(_power(seconds))
        if power not in self.made:
            self.made[power] = Window.of(self.matrix, RATIO**power / 3600.0)
        return self.made[power]

    def advance(self, amounts: Array, inputs: Array, seconds: float) -> tuple[Array, Array]:
        """Return the amounts after a time under constant inputs, and their time integral over it.

        Parameters
        ----------
        amounts
            mcg, shape (n,) or (n, columns).
        inputs
            mcg/h, same shape.
        seconds
            Positive, any length.

        Raises
        ------
        ValidityError
            If even a very short time has no exact answer.
        """
        window = self.at(seconds)
        if window.exact:
            transform = window.transform(amounts, inputs)
            hours = seconds / 3600.0
            both = np.stack([window.shares(hours), window.shares(hours, order=1)])
            after, area = np.real(np.tensordot(both, transform, axes=1))
            return after, area
        if seconds < SHORTEST_S:
            raise ValidityError("the body changes too fast for an exact answer by contours")
        half, first = self.advance(amounts, inputs, seconds / 2.0)
        whole, second = self.advance(half, inputs, seconds / 2.0)
        return whole, first + second

    def walk(self, schedule: Schedule) -> Walk:
        """Follow a schedule from edge to edge."""
        inputs = schedule.rates @ schedule.channels.T
        boluses = schedule.boluses @ schedule.channels.T
        after = np.zeros_like(boluses)
        area = np.zeros_like(boluses)
        after[0] = boluses[0]
        spans, which, counts = np.unique(
            np.diff(schedule.edges_s), return_inverse=True, return_counts=True
        )
        steps = [
            self._step(span, schedule.channels, often=count > self.matrix.shape[0])
            for span, count in zip(spans.tolist(), counts.tolist(), strict=True)
        ]
        for k, rates in enumerate(schedule.rates):
            state, gained = steps[which[k]](after[k], rates)
            after[k + 1] = state + boluses[k + 1]
            area[k + 1] = area[k] + gained
        return Walk(self, schedule.edges_s, inputs, after, area)

    def _step(
        self, span_s: int, channels: Array, *, often: bool
    ) -> Callable[[Array, Array], tuple[Array, Array]]:
        if not often:
            return lambda state, rates: self.advance(state, channels @ rates, float(span_s))
        size, count = channels.shape
        columns = np.hstack([np.eye(size), np.zeros((size, count))])
        inputs = np.hstack([np.zeros((size, size)), channels])
        both = np.vstack(self.advance(columns, inputs, float(span_s)))

        def by_matrix(state: Array, rates: Array) -> tuple[Array, Array]:
            found: Array = both @ np.append(state, rates)
            return found[:size], found[size:]

        return by_matrix


@dataclass(frozen=True, slots=True)
class Walk:
    """A schedule walked through.

    Attributes
    ----------
    edges_s
        Times at which rates change or boluses fall, whole seconds, shape (k + 1,).
    inputs
        mcg/h into each compartment in each interval, shape (k, n).
    after
        Amounts just after each edge, mcg, shape (k + 1, n).
    area
        Time integral of the amounts up to each edge, mcg h, shape (k + 1, n).
    """

    windows: Windows
    edges_s: Times
    inputs: Array
    after: Array
    area: Array

    def read(self, times_s: Times, rows: Array, *, integral: bool) -> Array:
        """Return what ``rows`` read of the amounts or of their time integral, shape (t, r).

        Parameters
        ----------
        times_s
            Whole seconds within the schedule, shape (t,).
        rows
            Shape (r, n).
        """
        order = int(integral)
        interval = np.searchsorted(self.edges_s, times_s, side="right") - 1
        since = times_s - self.edges_s[interval]
        known = self.area if integral else self.after
        result = (known @ rows.T)[interval]
        power = _power(since)
        for one in np.unique(power[since > 0]):
            chosen = np.flatnonzero((power == one) & (since > 0))
            window = self.windows.at(float(RATIO**one))
            if window.exact:
                hours = since[chosen] / 3600.0
                found = self._through(window, interval[chosen], hours, rows, order)
            else:
                found = self._in_steps(interval[chosen], since[chosen], rows, order)
            result[chosen] = found + (result[chosen] if order else 0.0)
        return result

    def _through(
        self, window: Window, interval: NDArray[np.intp], hours: Array, rows: Array, order: int
    ) -> Array:
        """Read from the transposed problem: one solution a row and point, whatever the times."""
        which, place = np.unique(interval, return_inverse=True)
        states, inputs = self.after[which].T, self.inputs[which].T
        shares = window.shares(hours, order)
        found = np.zeros((len(hours), len(rows)))
        columns = rows.T.astype(complex)
        for j, (point, one) in enumerate(zip(window.path.points, window.factors, strict=True)):
            reading = _solve(one, columns, "T").T
            values = reading @ states + (reading @ inputs) / point
            found += np.real(shares[:, j, None] * values.T[place])
        return found

    def _in_steps(
        self, interval: NDArray[np.intp], since_s: Times, rows: Array, order: int
    ) -> Array:
        found = np.zeros((len(since_s), len(rows)))
        for place, (k, seconds) in enumerate(zip(interval, since_s.tolist(), strict=True)):
            both = self.windows.advance(self.after[k], self.inputs[k], float(seconds))
            found[place] = rows @ both[order]
        return found


def factor(matrix: csc_array) -> SuperLU:
    """Return a sparse factorisation of a matrix that its diagonal dominates.

    Pivots stay on the diagonal, which keeps the factors as sparse as a tree's.
    """
    return splu(
        csc_array(matrix),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )


def _power(seconds: float | Times) -> NDArray[np.intp]:
    """Return the power of `RATIO`, which is 4, at or below each time; the exponent is exact."""
    return np.asarray((np.frexp(seconds)[1] - 1) // 2, dtype=np.intp)


def _norm(factors: Sequence[SuperLU], shares: ComplexArray) -> float:
    """Estimate the 1-norm of Re sum(shares * (z - M)^-1).

    Hager 1984 and Higham 1988: from a few products each way; hardly ever too small, and never by
    more than a factor of 3 in practice.
    """
    size = factors[0].shape[0]

    def apply(way: Literal["N", "T"], x: Array) -> Array:
        column = x.ravel().astype(np.complex128)
        found = np.zeros(size)
        for share, one in zip(shares, factors, strict=True):
            found += np.real(share * _solve(one, column, way))
        return found

    operator = LinearOperator(
        (size, size), matvec=partial(apply, "N"), rmatvec=partial(apply, "T"), dtype=np.float64
    )
    # One column at a time: with more of them the others would be drawn at random.
    return float(onenormest(operator, t=1))


def _solve(one: SuperLU, columns: ComplexArray, way: Literal["N", "T"]) -> ComplexArray:
    # SciPy's types do not know the second parameter.
    return np.asarray(one.solve(columns, way))  # type: ignore[call-overload]
