"""A body whose parameters change in time, in pieces that repeat: the solution of each, joined.

The schedule is cut where one piece gives way to the next. Each piece is a linear body of its own,
taken apart once by an exact method, and what is in the body at the end of a piece is where the next
one starts. So nothing is stepped, and nothing is lost between pieces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import lcm

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.linalg import LinearOperator, gmres

from thecal.body.propagator import Propagator, Solution
from thecal.body.schedule import Schedule
from thecal.errors import InputError, ValidityError

Array = NDArray[np.float64]
Index = NDArray[np.intp]
Times = NDArray[np.int64]

MOST_TURNS = 1_000
"""How often what is given may come round before it falls in with the pieces again."""

AIM = 1e-14
"""Residual at which the search for a state that comes back is ended, as a share of the input."""

COMES_BACK = 1e-10
"""Largest difference, as a share of what is in the body, with which a state counts as coming back:
the error that an exact method may have."""


@dataclass(frozen=True, slots=True)
class PiecewiseSystem:
    """Bodies that follow each other round a period, to be asked any number of schedules.

    Attributes
    ----------
    systems
        The body in each piece, taken apart; pieces that are alike may share one.
    begins_s
        The second of the period at which each piece begins, rising, shape (p,). Before the first of
        them the last one still holds.
    period_s
        The length of the period, as of a day.
    at_s
        The second of the period that it is at time 0 of the schedules.

    Raises
    ------
    InputError
        If the pieces do not rise within the period, or there is none.
    """

    systems: tuple[Propagator, ...]
    begins_s: tuple[int, ...]
    period_s: int
    at_s: int = 0

    def __post_init__(self) -> None:
        if not self.begins_s or len(self.begins_s) != len(self.systems):
            raise InputError(f"{len(self.begins_s)} pieces for {len(self.systems)} bodies")
        rising = all(one < later for one, later in pairwise(self.begins_s))
        if not (rising and self.begins_s[0] >= 0 and self.begins_s[-1] < self.period_s):
            raise InputError(
                f"the pieces begin at {', '.join(map(str, self.begins_s))} s; they must rise, from "
                f"0 to below the period of {self.period_s} s"
            )

    def solve(self, schedule: Schedule, start: Array | None = None) -> PiecewiseSolution:
        """Follow a schedule.

        Parameters
        ----------
        schedule
            Rates and boluses in mcg into each of its channels; times in whole seconds.
        start
            Amounts at the first edge, before any bolus there, mcg, shape (n,); ``None`` is empty.
        """
        cuts = self._cuts(int(schedule.edges_s[0]), int(schedule.edges_s[-1]))
        which = self.piece_at(cuts[:-1])
        parts: list[Solution] = []
        for piece, part in zip(which.tolist(), _cut(schedule, cuts), strict=True):
            parts.append(self.systems[piece].solve(part, start))
            start = parts[-1].end()
        return PiecewiseSolution(tuple(parts), cuts)

    def repeat(self, period: Schedule) -> Array:
        """Return the amounts at the start of a period that repeats for ever, mcg, shape (n,).

        The state before the first edge's boluses. What is given need not have the pieces' period:
        both come round together after some turns of each, and over these a state x becomes
        P x + f, with P the product of the pieces' propagators. So x = P x + f is solved, by GMRES
        (Saad and Schultz 1986, doi 10.1137/0907058), in ten to a hundred turns: all but the slowest
        modes are gone after one.

        Raises
        ------
        ValidityError
            If the two periods fall in with each other too rarely, or no such state is found.
        """
        length_s = int(period.edges_s[-1] - period.edges_s[0])
        turns = lcm(length_s, self.period_s) // length_s
        if turns > MOST_TURNS:
            raise ValidityError(
                f"what is given every {length_s} s falls in with the pieces of {self.period_s} s "
                f"only after {turns} turns, and {MOST_TURNS} are the most; choose an interval that "
                "goes into the day"
            )
        nothing = Schedule(
            period.channels[:, :0], period.edges_s[[0, -1]], np.zeros((1, 0)), np.zeros((2, 0))
        )
        given = self._turned(period, turns, np.zeros(len(period.channels)))
        left = LinearOperator(
            (len(given), len(given)),
            matvec=lambda x: x - self._turned(nothing, turns, x),
            dtype=np.float64,
        )
        found, _ = gmres(left, given, rtol=AIM, atol=0.0, restart=len(given), maxiter=1)
        again = self._turned(period, turns, np.asarray(found))
        if not np.abs(again - found).sum() <= COMES_BACK * np.abs(again).sum():
            raise ValidityError("no state was found that comes back after each period")
        return again

    def settled(self, inputs: Array) -> Array:
        """Return the mean amounts over the repeating period under a constant input, by piece.

        Parameters
        ----------
        inputs
            mcg/h into each compartment, shape (n,).

        Returns
        -------
        Array
            mcg, shape (p, n): the time integral over each piece, divided by the whole period.
        """
        first_s = self.begins_s[0] - self.at_s
        edges = np.array([first_s, first_s + self.period_s], dtype=np.int64)
        whole = Schedule(inputs[:, None], edges, np.ones((1, 1)), np.zeros((2, 1)))
        solution = self.solve(whole, self.repeat(whole))
        areas = solution.read_integral(solution.cuts_s, np.eye(len(inputs)))
        return np.diff(areas, axis=0) / (self.period_s / 3600.0)

    def steady_state(self, inputs: Array) -> Array:
        """Return the mean amounts over the repeating period under a constant input for ever.

        Shapes as in `settled`, whose sum over the pieces it is.
        """
        return np.asarray(self.settled(inputs).sum(axis=0))

    def piece_at(self, times_s: Times) -> Index:
        """Return which piece holds from each time on, shape as the times."""
        within = (times_s + self.at_s) % self.period_s
        # Before the first piece of a period the last one still holds, which is the index -1.
        return (np.searchsorted(self.begins_s, within, side="right") - 1) % len(self.begins_s)

    def _cuts(self, first_s: int, last_s: int) -> Times:
        begins = np.array(self.begins_s, dtype=np.int64)
        round_first, round_last = ((s + self.at_s) // self.period_s for s in (first_s, last_s))
        rounds = np.arange(round_first, round_last + 1, dtype=np.int64) * self.period_s - self.at_s
        changes = np.add.outer(rounds, begins).ravel()
        inside = changes[(changes > first_s) & (changes < last_s)]
        return np.concatenate([[first_s], inside, [last_s]]).astype(np.int64)

    def _turned(self, period: Schedule, turns: int, state: Array) -> Array:
        """Return what becomes of a state over some turns of a period."""
        length_s = period.edges_s[-1] - period.edges_s[0]
        for turn in range(turns):
            edges = period.edges_s + turn * length_s
            later = Schedule(period.channels, edges, period.rates, period.boluses)
            state = self.solve(later, state).end()
        return state


@dataclass(frozen=True, slots=True)
class PiecewiseSolution:
    """A schedule solved: the solutions of its parts, one after the other.

    Attributes
    ----------
    cuts_s
        Where one part gives way to the next, with both ends, shape (parts + 1,).
    """

    parts: tuple[Solution, ...]
    cuts_s: Times

    def read(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the amounts at some times, shape (t, r).

        Parameters
        ----------
        times_s
            Whole seconds within the schedule, shape (t,). At an edge: just after its boluses.
        rows
            Shape (r, n).
        """
        result = np.empty((len(times_s), len(rows)))
        for part, chosen in self._shared_out(times_s):
            if len(chosen):
                result[chosen] = self.parts[part].read(times_s[chosen], rows)
        return result

    def read_integral(self, times_s: Times, rows: Array) -> Array:
        """Return what ``rows`` read of the time integral of the amounts since the start.

        Shapes as in `read`; units are the rows' x hours.
        """
        result = np.empty((len(times_s), len(rows)))
        before = np.zeros(len(rows))
        for part, chosen in self._shared_out(times_s):
            asked = np.append(times_s[chosen], self.cuts_s[part + 1])
            found = self.parts[part].read_integral(asked, rows)
            result[chosen] = before + found[:-1]
            before = before + found[-1]
        return result

    def end(self) -> Array:
        """Return the amounts just after the last edge, mcg, shape (n,)."""
        return self.parts[-1].end()

    def _shared_out(self, times_s: Times) -> Iterator[tuple[int, Index]]:
        """Yield which of the times lie in each part, up to the part of the last one."""
        if len(times_s) and (times_s.min() < self.cuts_s[0] or times_s.max() > self.cuts_s[-1]):
            raise ValueError("a time lies outside the schedule")
        after = np.searchsorted(self.cuts_s, times_s, side="right") - 1
        which = np.minimum(after, len(self.parts) - 1)
        for part in range(int(which.max(initial=-1)) + 1):
            yield part, np.flatnonzero(which == part)


def _cut(schedule: Schedule, cuts_s: Times) -> Iterator[Schedule]:
    """Yield the schedule in parts; what falls at a cut belongs to the later part."""
    edges = np.union1d(schedule.edges_s, cuts_s)
    interval = np.searchsorted(schedule.edges_s, edges[:-1], side="right") - 1
    rates = schedule.rates[interval]
    boluses = np.zeros((len(edges), schedule.channels.shape[1]))
    boluses[np.searchsorted(edges, schedule.edges_s)] = schedule.boluses
    places: Sequence[int] = np.searchsorted(edges, cuts_s).tolist()
    for first, last in pairwise(places):
        doses = boluses[first : last + 1].copy()
        if last != places[-1]:
            doses[-1] = 0.0
        yield Schedule(schedule.channels, edges[first : last + 1], rates[first:last], doses)
