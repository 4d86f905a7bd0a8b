"""What every exact method offers: a schedule in, and the amounts at any moment out."""

from __future__ import annotations

from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from thecal.body.schedule import Schedule

Array = NDArray[np.float64]
Times = NDArray[np.int64]


class Solution(Protocol):
    """A schedule solved: the amounts and their time integral at any moment within it."""

    def read(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the amounts at some times, shape (t, r).

        Parameters
        ----------
        times_s
            Whole seconds within the schedule, in any order, shape (t,). At an edge: just after its
            boluses.
        rows
            Shape (r, n).

        Raises
        ------
        ValueError
            If a time lies outside the schedule.
        """
        ...

    def read_integral(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the time integral of the amounts since the start.

        Shapes as in `read`; units are the rows' x hours.
        """
        ...

    def end(self) -> Array:
        """Return the amounts just after the last edge, mcg, shape (n,)."""
        ...


class Follower(Protocol):
    """Whatever can follow a body: the questions that every method answers."""

    def steady_state(self, inputs: Array) -> Array:
        """Return the amounts, mcg, under a constant input for ever, mcg/h; shapes (n,)."""
        ...

    def solve(self, schedule: Schedule, start: Array | None = None) -> Solution:
        """Follow a schedule.

        Parameters
        ----------
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.
        """
        ...

    def repeat(self, period: Schedule) -> Array:
        """Return the amounts at the start of a period that repeats for ever, mcg, shape (n,).

        The state before the first edge's boluses.
        """
        ...


class Propagator(Follower, Protocol):
    """A body taken apart once by one exact method, to be asked any number of schedules.

    Exact: no step is chosen, the error does not depend on how far apart events and outputs lie,
    and it stays below 1e-10 of the amount given. All methods answer the same questions; they
    differ in cost and in the bodies that they can take apart.
    """

    name: ClassVar[str]
    """What a user calls the method."""

    @classmethod
    def of(cls, matrix: Array, volume: Array) -> Propagator:
        """Take a matrix of rate constants apart.

        Parameters
        ----------
        matrix
            1/h, shape (n, n): d(amounts)/dt = matrix @ amounts + inputs.
        volume
            mL, shape (n,).

        Raises
        ------
        ValidityError
            If the method has no exact answer for this matrix, or drug can stay in it for ever.
        """
        ...
