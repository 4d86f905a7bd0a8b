"""A body with links that saturate: no longer linear, so it is stepped, by an implicit method.

The method is Radau IIA of order 5 (Hairer and Wanner 1996, Solving Ordinary Differential Equations
II, section IV.8) as SciPy keeps it, with the exact sparse Jacobian. It is started anew at each edge
of the schedule, so that no event can be stepped over. Between its steps it answers by the cubic
through its stages. The time integral of that cubic is exactly what the method itself lets flow over
a step, so that at the end of each step no drug is made or lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import OdeSolution, solve_ivp
from scipy.sparse import csc_array

from thecal.body.schedule import Schedule
from thecal.errors import ValidityError

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Times = NDArray[np.int64]

RELATIVE = 1e-9
"""Error of a step that is allowed, as a share of each amount."""

ABSOLUTE = 1e-12
"""The same as a share of all that is given, for amounts that are next to nothing."""

NO_REST = (
    "a body in which uptake saturates has no steady state that could be found at once; follow it "
    "for as long as it takes"
)


@dataclass(frozen=True, slots=True)
class SaturableLinks:
    """Links by which ``capacity x / (half + x)`` flows from amounts x, mcg/h; each source once.

    Attributes
    ----------
    source, target
        Compartments, shape (m,).
    capacity
        The most that flows, mcg/h, shape (m,).
    half
        The amounts at which half of it flows, mcg, shape (m,).
    """

    source: Index
    target: Index
    capacity: Array
    half: Array

    def flow(self, amounts: Array) -> Array:
        """Return what flows, mcg/h, shape (m,)."""
        here = amounts[self.source]
        return np.asarray(self.capacity * here / (self.half + here))

    def slope(self, amounts: Array) -> Array:
        """Return how the flow grows with the amount of its source, 1/h, shape (m,)."""
        return np.asarray(self.capacity * self.half / (self.half + amounts[self.source]) ** 2)


@dataclass(frozen=True)
class SaturableSystem:
    """A linear body and links that saturate, to be asked any number of schedules.

    Attributes
    ----------
    matrix
        Rates of the linear links, 1/h, shape (n, n).
    """

    matrix: Array
    links: SaturableLinks

    def change(self, amounts: Array) -> Array:
        """Return how fast amounts change when nothing is given, mcg/h, shape (n,)."""
        flow = self.links.flow(amounts)
        change = self._sparse @ amounts
        change[self.links.source] -= flow
        change[self.links.target] += flow
        return np.asarray(change)

    def jacobian(self, amounts: Array) -> csc_array:
        """Return the derivative of `change` by the amounts, 1/h, shape (n, n).

        At no amounts it is the matrix of the linear body that this one is like when little is
        given.
        """
        links, slope = self.links, self.links.slope(amounts)
        rows = np.concatenate([links.source, links.target])
        columns = np.concatenate([links.source, links.source])
        values = np.concatenate([-slope, slope])
        saturable = csc_array((values, (rows, columns)), shape=self.matrix.shape)
        return csc_array(self._sparse + saturable)

    def solve(self, schedule: Schedule, start: Array | None = None) -> SaturableSolution:
        """Follow a schedule.

        Parameters
        ----------
        schedule
            Rates and boluses in mcg into each of its channels; times in whole seconds.
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.

        Raises
        ------
        ValidityError
            If the steps become too small.
        """
        inputs = schedule.rates @ schedule.channels.T
        boluses = schedule.boluses @ schedule.channels.T
        hours = np.diff(schedule.edges_s) / 3600.0
        given = schedule.total_mcg + (0.0 if start is None else float(np.abs(start).sum()))
        # Where nothing is given any scale will do, but not zero.
        smallest = ABSOLUTE * (given or 1.0)
        after = np.zeros_like(boluses)
        area = np.zeros_like(boluses)
        after[0] = boluses[0] if start is None else start + boluses[0]
        spans = []
        for k, length_h in enumerate(hours.tolist()):
            spans.append(self._span(after[k], inputs[k], length_h, smallest))
            after[k + 1] = spans[k].between(spans[k].ends_h[-1:])[0] + boluses[k + 1]
            area[k + 1] = area[k] + spans[k].areas[-1]
        return SaturableSolution(schedule.edges_s, tuple(spans), after, area)

    def steady_state(self, inputs: Array) -> Array:  # noqa: ARG002 - as every method is asked
        """Raise, as no such state is found at once.

        Raises
        ------
        ValidityError
            Always.
        """
        raise ValidityError(NO_REST)

    def repeat(self, period: Schedule) -> Array:  # noqa: ARG002 - as every method is asked
        """Raise, as no such state is found at once.

        Raises
        ------
        ValidityError
            Always.
        """
        raise ValidityError(NO_REST)

    @cached_property
    def _sparse(self) -> csc_array:
        return csc_array(self.matrix)

    def _span(self, start: Array, inputs: Array, hours: float, smallest: float) -> Span:
        found = solve_ivp(
            lambda _, amounts: self.change(amounts) + inputs,
            (0.0, hours),
            start,
            method="Radau",
            dense_output=True,
            rtol=RELATIVE,
            atol=smallest,
            jac=lambda _, amounts: self.jacobian(amounts),
        )
        if found.sol is None or not found.success:
            raise ValidityError(f"the uptake that saturates cannot be followed: {found.message}")
        return Span.of(found.sol)


@dataclass(frozen=True, slots=True)
class Span:
    """One interval of a schedule: the steps that were taken, and the cubic over each.

    Attributes
    ----------
    ends_h
        Ends of the steps from the start of the interval, shape (s + 1,).
    areas
        Time integral of the amounts up to each of them, mcg h, shape (s + 1, n).
    """

    cubics: OdeSolution
    ends_h: Array
    areas: Array

    @classmethod
    def of(cls, cubics: OdeSolution) -> Span:
        """Take the steps, and integrate over each."""
        ends = np.asarray(cubics.ts, dtype=np.float64)
        steps = _simpson(cubics, ends[:-1], ends[1:])
        return cls(cubics, ends, np.vstack([np.zeros_like(steps[:1]), np.cumsum(steps, axis=0)]))

    def between(self, hours: Array) -> Array:
        """Return the amounts at some times, mcg, shape (t, n)."""
        return np.asarray(self.cubics(hours)).T

    def area(self, hours: Array) -> Array:
        """Return the time integral of the amounts up to some times, mcg h, shape (t, n)."""
        step = np.searchsorted(self.ends_h, hours, side="right") - 1
        return self.areas[step] + _simpson(self.cubics, self.ends_h[step], hours)


@dataclass(frozen=True, slots=True)
class SaturableSolution:
    """A schedule solved: the state and its time integral at any moment within it.

    Attributes
    ----------
    edges_s
        Times at which rates change or boluses fall, whole seconds, shape (k + 1,).
    spans
        The intervals between them.
    after
        Amounts just after each edge, mcg, shape (k + 1, n).
    areas
        Time integral of the amounts up to each edge, mcg h, shape (k + 1, n).
    """

    edges_s: Times
    spans: tuple[Span, ...]
    after: Array
    areas: Array

    def read(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the amounts at some times, shape (t, r).

        Parameters
        ----------
        times_s
            Whole seconds within the schedule, shape (t,). At an edge: just after its boluses.
        rows
            Shape (r, n).
        """
        interval = self._interval(times_s)
        result = self.after[interval] @ rows.T
        for k, chosen, hours in self._inside(times_s, interval):
            result[chosen] = self.spans[k].between(hours) @ rows.T
        return np.asarray(result)

    def read_integral(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the time integral of the amounts since the start.

        Shapes as in `read`; units are the rows' x hours.
        """
        interval = self._interval(times_s)
        result = self.areas[interval] @ rows.T
        for k, chosen, hours in self._inside(times_s, interval):
            result[chosen] += self.spans[k].area(hours) @ rows.T
        return np.asarray(result)

    def end(self) -> Array:
        """Return the amounts just after the last edge, mcg, shape (n,)."""
        return np.asarray(self.after[-1])

    def _interval(self, times_s: Times) -> Index:
        if len(times_s) and (times_s.min() < self.edges_s[0] or times_s.max() > self.edges_s[-1]):
            raise ValueError("a time lies outside the schedule")
        return np.searchsorted(self.edges_s, times_s, side="right") - 1

    def _inside(self, times_s: Times, interval: Index) -> list[tuple[int, Index, Array]]:
        """Return the intervals, which of the times lie inside each, and how far, h."""
        since = times_s - self.edges_s[interval]
        chosen = [np.flatnonzero((interval == k) & (since > 0)) for k in range(len(self.spans))]
        return [(k, one, since[one] / 3600.0) for k, one in enumerate(chosen) if len(one)]


def _simpson(cubics: OdeSolution, start_h: Array, end_h: Array) -> Array:
    """Return the integral from each start to its end within one step, exact for a cubic, (t, n)."""
    middle = np.asarray(cubics((start_h + end_h) / 2.0))
    ends = np.asarray(cubics(start_h)) + np.asarray(cubics(end_h))
    return np.asarray(((end_h - start_h) / 6.0 * (ends + 4.0 * middle)).T)
