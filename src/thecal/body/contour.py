"""The exact solution of a linear body between events, by points on a contour; no eigenvectors.

Between two events the amounts follow d(x)/dt = M x + b with constant b, so that

    x(t) = 1 / (2 pi i) integral of exp(z t) (z - M)^-1 (x(0) + b / z) dz

round all rates of M and round zero. A hyperbola cut into a few dozen points gives it to the last
digits (hyperbola.py), with one sparse factorisation for each point: a body is nearly a tree, so
that each costs in proportion to the number of compartments. One hyperbola serves all times from t
to 4 t; each is made when such a time first occurs, and checked on the spot: the trapezoidal rule
with every other point must agree to the square root of the error. Where strong flow against weak
dispersion makes the modes nearly parallel, the check fails for some times; those are then reached
in halves, because a short time is always exact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Literal

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

STAYS = "drug can stay in this body for ever; give every part a way out"


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
        factors = tuple(_factor(point * identity - matrix) for point in path.points)
        # Both in the 1-norm, in which amounts without inputs never grow.
        whole = path.weights * np.exp(path.points * path.shortest_h)
        doubt = _norm(factors, whole * (1.0 - path.every_other))
        last = _norm(factors[-1:], whole[-1:])
        return cls(path, factors, max(doubt**2, last) <= ACCEPTED)

    def transform(self, amounts: Array, inputs: Array) -> ComplexArray:
        """Return (z - M)^-1 (amounts + inputs / z) at each point z, shape (m, ...)."""
        pairs = zip(self.path.points, self.factors, strict=True)
        return np.array([factor.solve(amounts + inputs / point) for point, factor in pairs])

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
class ContourSystem:
    """A sparse matrix, to be asked any number of schedules; see the head of this module.

    Attributes
    ----------
    matrix
        1/h, shape (n, n).
    windows
        Those made so far, by the power of `RATIO` at which they begin, in seconds.
    """

    name: ClassVar[str] = "contour"

    matrix: csc_array
    windows: dict[int, Window] = field(default_factory=dict)

    @classmethod
    def of(cls, matrix: Array, volume: Array) -> ContourSystem:
        """Take a matrix of rate constants; nothing costly is done before it is asked.

        Parameters
        ----------
        matrix
            1/h, shape (n, n).
        volume
            mL, shape (n,); not needed by this method.

        Raises
        ------
        ValidityError
            If drug can stay in the body for ever.
        """
        if len(volume) != len(matrix):
            raise ValueError(f"{len(volume)} volumes for {len(matrix)} compartments")
        system = cls(csc_array(matrix))
        with np.errstate(all="ignore"):
            try:
                stay = system.steady_state(np.ones(len(matrix)))
            except RuntimeError as error:  # what SciPy raises for a singular matrix
                raise ValidityError(STAYS) from error
        # The amounts under a positive input for ever are positive and finite, or not amounts.
        if not bool(np.all(np.isfinite(stay)) and np.all(stay > 0.0)):
            raise ValidityError(STAYS)
        return system

    def window(self, seconds: float) -> Window:
        """Return the window that holds a time."""
        power = int(_power(seconds))
        if power not in self.windows:
            self.windows[power] = Window.of(self.matrix, RATIO**power / 3600.0)
        return self.windows[power]

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
        return np.asarray(_factor(-self.matrix).solve(inputs), dtype=np.float64)

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
        window = self.window(seconds)
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

    def solve(self, schedule: Schedule, start: Array | None = None) -> ContourSolution:
        """Follow a schedule.

        Parameters
        ----------
        schedule
            Rates and boluses in mcg into each of its channels; times in whole seconds.
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.
        """
        inputs = schedule.rates @ schedule.channels.T
        boluses = schedule.boluses @ schedule.channels.T
        after = np.zeros_like(boluses)
        area = np.zeros_like(boluses)
        after[0] = boluses[0] if start is None else start + boluses[0]
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
        return ContourSolution(self, schedule.edges_s, inputs, after, area)

    def repeat(self, period: Schedule) -> Array:
        """Return the amounts at the start of a period that repeats for ever, mcg, shape (n,).

        The state before the first edge's boluses. The periods before it are added up by doubling:
        what 2 k of them leave is what k leave, and the same once more, k periods later.
        """
        total: Array = self.solve(period).after[-1]
        seconds = float(period.edges_s[-1] - period.edges_s[0])
        nothing = np.zeros_like(total)
        while True:
            earlier, _ = self.advance(total, nothing, seconds)
            total = total + earlier
            if np.abs(earlier).sum() <= np.finfo(float).eps * np.abs(total).sum():
                return total
            seconds *= 2.0

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
class ContourSolution:
    """A schedule solved: the state and its time integral at any moment within it.

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

    system: ContourSystem
    edges_s: Times
    inputs: Array
    after: Array
    area: Array

    def read(self, times_s: Times, rows: Array) -> Array:
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
        return self._evaluate(times_s, rows, order=0)

    def read_integral(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the time integral of the amounts since the start.

        Shapes as in `read`; units are the rows' x hours.
        """
        return self._evaluate(times_s, rows, order=1)

    def _evaluate(self, times_s: Times, rows: Array, *, order: int) -> Array:
        if len(times_s) and (times_s.min() < self.edges_s[0] or times_s.max() > self.edges_s[-1]):
            raise ValueError("a time lies outside the schedule")
        interval = np.searchsorted(self.edges_s, times_s, side="right") - 1
        since = times_s - self.edges_s[interval]
        known = self.area if order else self.after
        result = (known @ rows.T)[interval]
        power = _power(since)
        for one in np.unique(power[since > 0]):
            chosen = np.flatnonzero((power == one) & (since > 0))
            window = self.system.window(float(RATIO**one))
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
        for j, (point, factor) in enumerate(zip(window.path.points, window.factors, strict=True)):
            reading = _solve(factor, columns, "T").T
            values = reading @ states + (reading @ inputs) / point
            found += np.real(shares[:, j, None] * values.T[place])
        return found

    def _in_steps(
        self, interval: NDArray[np.intp], since_s: Times, rows: Array, order: int
    ) -> Array:
        found = np.zeros((len(since_s), len(rows)))
        for place, (k, seconds) in enumerate(zip(interval, since_s.tolist(), strict=True)):
            both = self.system.advance(self.after[k], self.inputs[k], float(seconds))
            found[place] = rows @ both[order]
        return found


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
        for share, factor in zip(shares, factors, strict=True):
            found += np.real(share * _solve(factor, column, way))
        return found

    operator = LinearOperator(
        (size, size), matvec=partial(apply, "N"), rmatvec=partial(apply, "T"), dtype=np.float64
    )
    # One column at a time: with more of them the others would be drawn at random.
    return float(onenormest(operator, t=1))


def _solve(factor: SuperLU, columns: ComplexArray, way: Literal["N", "T"]) -> ComplexArray:
    # SciPy's types do not know the second parameter.
    return np.asarray(factor.solve(columns, way))  # type: ignore[call-overload]


def _factor(matrix: csc_array) -> SuperLU:
    # The matrices are dominated by their diagonals: pivots stay there, which keeps the factors as
    # sparse as a tree's.
    return splu(
        csc_array(matrix),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
