"""The exact solution of a linear body between events, by points on a contour; no eigenvectors.

Between two events the amounts follow d(x)/dt = M x + b with constant b, so that

    x(t) = 1 / (2 pi i) integral of exp(z t) (z - M)^-1 (x(0) + b / z) dz

round all rates of M and round zero. A hyperbola cut into a few dozen points gives it to the last
digits (hyperbola.py), with one sparse solution for each point: a body is nearly a tree, so that
each costs in proportion to the number of compartments. A whole schedule is read by one hyperbola
(response.py), which is checked on the spot. Where strong flow against weak dispersion makes the
modes nearly parallel, the check fails; the schedule is then walked from event to event, by a
hyperbola for a few times each (windows.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from thecal.body.response import read_course
from thecal.body.schedule import Schedule
from thecal.body.sparse import sparse
from thecal.body.windows import Walk, Windows, factor
from thecal.errors import ValidityError

Array = NDArray[np.float64]
Times = NDArray[np.int64]

ACCEPTED = 1e-9
"""Largest estimated error, as a share of a site's peak, with which one hyperbola is used for a
whole schedule; the true one is a hundredth of it or less."""

STAYS = "drug can stay in this body for ever; give every part a way out"


@dataclass(frozen=True, slots=True)
class ContourSystem:
    """A sparse matrix, to be asked any number of schedules; see the head of this module.

    Attributes
    ----------
    matrix
        1/h, shape (n, n).
    windows
        For the schedules that one hyperbola cannot follow.
    """

    name: ClassVar[str] = "contour"

    matrix: Array
    windows: Windows

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
        system = cls(matrix, Windows(sparse(matrix)))
        with np.errstate(all="ignore"):
            try:
                stay = system.steady_state(np.ones(len(matrix)))
            except RuntimeError as error:  # what SciPy raises for a singular matrix
                raise ValidityError(STAYS) from error
        # The amounts under a positive input for ever are positive and finite, or not amounts.
        if not bool(np.all(np.isfinite(stay)) and np.all(stay > 0.0)):
            raise ValidityError(STAYS)
        return system

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
        return np.asarray(factor(-self.windows.matrix).solve(inputs), dtype=np.float64)

    def solve(self, schedule: Schedule, start: Array | None = None) -> ContourSolution:
        """Take a schedule; it is followed when it is read.

        Parameters
        ----------
        schedule
            Rates and boluses in mcg into each of its channels; times in whole seconds.
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.
        """
        return ContourSolution(self, schedule if start is None else schedule.after(start))

    def repeat(self, period: Schedule) -> Array:
        """Return the amounts at the start of a period that repeats for ever, mcg, shape (n,).

        The state before the first edge's boluses. The periods before it are added up by doubling:
        what 2 k of them leave is what k leave, and the same once more, k periods later.
        """
        total = self.solve(period).end()
        seconds = int(period.edges_s[-1] - period.edges_s[0])
        while True:
            nothing = Schedule.of(np.zeros((len(total), 0)), [], end_s=seconds)
            earlier = self.solve(nothing, total).end()
            total = total + earlier
            if np.abs(earlier).sum() <= np.finfo(float).eps * np.abs(total).sum():
                return total
            seconds *= 2


@dataclass(frozen=True)
class ContourSolution:
    """A schedule and a body: the amounts and their time integral at any moment within it.

    Each reading costs as much as the first one; whoever has many small questions asks the modes.

    Attributes
    ----------
    schedule
        With what was in the body at the start as a bolus.
    """

    system: ContourSystem
    schedule: Schedule

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
        return self._evaluate(times_s, rows, integral=False)

    def read_integral(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the time integral of the amounts since the start.

        Shapes as in `read`; units are the rows' x hours.
        """
        return self._evaluate(times_s, rows, integral=True)

    def end(self) -> Array:
        """Return the amounts just after the last edge, mcg, shape (n,)."""
        last, everything = self.schedule.edges_s[-1:], np.eye(len(self.system.matrix))
        return np.asarray(self.read(last, everything)[0])

    @cached_property
    def walk(self) -> Walk:
        """The schedule walked from event to event: for bodies that one hyperbola cannot follow."""
        return self.system.windows.walk(self.schedule)

    def _evaluate(self, times_s: Times, rows: Array, *, integral: bool) -> Array:
        self.schedule.refuse_outside(times_s)
        matrix, given = self.system.matrix, self.schedule.used()
        values, doubt = read_course(matrix, given, times_s, rows, integral=integral)
        if doubt <= ACCEPTED:
            return values
        return self.walk.read(times_s, rows, integral=integral)
