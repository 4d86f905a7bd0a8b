"""What a schedule makes of each point of a contour: the half of a response without a patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.body.hyperbola import Hyperbola, hyperbola
from thecal.body.schedule import Schedule

Array = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]
Index = NDArray[np.int64]
Times = NDArray[np.int64]

AIM = 1e-15
"""Error for which the points are chosen. What a short bolus is worth at its end is a small part of
what it would lead to if it went on, and the error is a share of that: hence so small."""

TIMES_AT_ONCE = 256
"""Output times evaluated together: their drive stays in the cache."""

PROBES = 24
"""Times, in equal ratios, at which a response is looked at to find its size."""

UNROLLED = 4
"""Columns that `record` takes at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """One schedule on one contour.

    Attributes
    ----------
    path
        The contour: from the shortest time between an edge and a later output to the last output.
    points, weights
        Filled up to a multiple of the lanes with points of no weight, of which the very last is
        zero; real and imaginary parts, shape (blocks, 2, lanes).
    spans_h, span
        The different spans between edges, h, and which of them each interval has.
    """

    schedule: Schedule
    path: Hyperbola
    points: Array
    weights: Array
    spans_h: Array
    span: Index

    @classmethod
    def of(cls, schedule: Schedule, times_s: Times, lanes: int) -> Drive:
        """Choose the contour for a schedule and all times at which anything is wanted."""
        since = _since(schedule, times_s)[1]
        shortest_h = float(since[since > 0].min(initial=3600)) / 3600.0
        longest_h = max(float(times_s.max(initial=0) - schedule.edges_s[0]) / 3600.0, shortest_h)
        path = hyperbola(shortest_h, longest_h, AIM)
        used = len(path.points)
        blocks = -(-(used + 1) // lanes)
        points = np.full(blocks * lanes, path.points[-1])
        weights = np.zeros_like(points)
        points[:used] = path.points
        points[-1] = 0.0
        weights[:used] = path.weights
        spans, span = np.unique(np.diff(schedule.edges_s), return_inverse=True)
        return cls(
            schedule,
            path,
            _parts(points.reshape(blocks, lanes)),
            _parts(weights.reshape(blocks, lanes)),
            spans / 3600.0,
            span.astype(np.int64),
        )

    @property
    def width(self) -> int:
        """The number of points, filled up."""
        return int(self.points.shape[0] * self.points.shape[2])

    @property
    def columns(self) -> int:
        """The number of columns of a response, filled up for `record`."""
        needed = self.schedule.channels.shape[1] * (2 * self.width + 1)
        return int(-(-needed // UNROLLED) * UNROLLED)

    def blocks(self, times_s: Times, room: Array) -> Iterator[tuple[slice, Array]]:
        """Yield what the schedule makes of the points at some times, a block at a time.

        Parameters
        ----------
        times_s
            Rising, shape (t,).
        room
            Where it is put, anew for each block, shape (columns x `TIMES_AT_ONCE` or more,).

        Yields
        ------
        tuple
            Which of the times, and the drive, shape (columns, times of the block).
        """
        from thecal.body.cohort_loops import drive

        schedule, points = self.schedule, self._filled()[:, None]
        # A longer span ends after all outputs, and its exponential may be endless.
        spans_h = np.minimum(self.spans_h, self.path.longest_h)
        grown = np.exp(points * spans_h)
        gained = np.expm1(points * spans_h) / points
        count = schedule.channels.shape[1]
        reached = 0
        carried = np.repeat(schedule.boluses[0][:, None], self.width, axis=1).astype(np.complex128)
        feeds = np.arange(1, count + 1) * (2 * self.width + 1) - 1
        for first in range(0, len(times_s), TIMES_AT_ONCE):
            part = slice(first, min(first + TIMES_AT_ONCE, len(times_s)))
            edge, since = _since(schedule, times_s[part])
            different, which = np.unique(since, return_inverse=True)
            driven = room[: self.columns * len(edge)].reshape(self.columns, len(edge))
            driven[feeds[-1] :] = 0.0
            drive(
                1.0 / points[:, 0],
                self.span,
                grown,
                gained,
                schedule.rates,
                schedule.boluses,
                edge,
                which.astype(np.int64),
                np.exp(points * (different / 3600.0)),
                reached,
                carried,
                driven,
            )
            # A bolus at the very time is there at once, whatever the contour.
            after = np.minimum(edge + 1, len(self.span))
            on_edge = schedule.edges_s[after] == times_s[part]
            driven[feeds] = np.where(on_edge, schedule.boluses[after].T, 0.0)
            reached = max(int(edge[-1]), 0)
            yield part, driven

    def integrated(self, response: Array, settled: Array) -> Array:
        """Return the responses of rows whose change is the time integral of the given rows' values.

        The integral of x is M^-1 (x's change - what was given): with S the steady reading under
        1 mcg/h, the row behind it makes (R(z) - S) / z of a point where the given one makes R(z).
        What was given times S is still to be added. Nothing large is subtracted, as would be if
        the integral from the start were taken at both ends of a window.

        Parameters
        ----------
        response, settled
            As `cohort_loops.respond` gives them, shapes (patients, r, columns) and (patients,
            channels, r).
        """
        result = np.zeros_like(response)
        weights = np.concatenate([one[0] + 1j * one[1] for one in self.weights])
        for channel in range(self.schedule.channels.shape[1]):
            first = channel * (2 * self.width + 1)
            real = slice(first, first + self.width)
            turned = slice(first + self.width, first + 2 * self.width)
            whole = response[:, :, real] - 1j * response[:, :, turned]
            found = (whole - weights * settled[:, channel, :, None]) / self._filled()
            result[:, :, real] = found.real
            result[:, :, turned] = -found.imag
            result[:, :, first + 2 * self.width] = -settled[:, channel]
        return result

    def given(self, times_s: Times) -> Array:
        """Return what each channel was given up to and including each time, mcg, (t, channels)."""
        schedule = self.schedule
        infused = np.cumsum(schedule.rates * np.diff(schedule.edges_s)[:, None] / 3600.0, axis=0)
        infused = np.vstack([np.zeros_like(infused[:1]), infused])
        dosed = np.cumsum(schedule.boluses, axis=0)
        at = np.searchsorted(schedule.edges_s, times_s, side="right") - 1
        inside = np.minimum(at, len(self.span) - 1)
        rest_h = (times_s - schedule.edges_s[inside]) / 3600.0
        return np.asarray(infused[inside] + schedule.rates[inside] * rest_h[:, None] + dosed[at])

    def doubt(self, response: Array, least: Array | float = 0.0) -> Array:
        """Return the estimated error of each patient's responses, as a share of their peaks.

        Parameters
        ----------
        response
            As `cohort_loops.respond` gives it, shape (patients, r, columns).
        least
            What counts as the peak where the true one is lower, shape (r,) or a number.

        Returns
        -------
        Array
            The largest over sites and channels, shape (patients,).
        """
        path, count = self.path, self.schedule.channels.shape[1]
        probes = np.geomspace(path.shortest_h, path.longest_h, PROBES)
        grown = np.zeros((self.width, PROBES + 2), dtype=np.complex128)
        used = len(path.points)
        grown[:used, 2:] = np.exp(np.multiply.outer(path.points, probes))
        grown[:used, 0] = grown[:used, 2] * (1.0 - path.every_other)
        grown[used - 1, 1] = grown[used - 1, 2]
        parts = np.vstack([grown.real, grown.imag])
        worst = np.zeros(len(response))
        for channel in range(count):
            first = channel * (2 * self.width + 1)
            now = np.abs(response[:, :, first + 2 * self.width])
            # einsum, not a matrix product: the same bytes however many threads a library takes.
            seen = np.abs(
                np.einsum("prk,kq->prq", response[:, :, first : first + 2 * self.width], parts)
            )
            peak = np.maximum(np.maximum(seen[:, :, 2:].max(axis=2), now), least)
            there = peak > 0.0
            scale = np.where(there, peak, 1.0)
            estimate = np.where(there, (seen[:, :, 0] / scale) ** 2 + seen[:, :, 1] / scale, 0.0)
            worst = np.maximum(worst, estimate.max(axis=1))
        return worst

    def _filled(self) -> ComplexArray:
        """Return the points, filled up with the last one, so that none is zero, shape (m,)."""
        used = len(self.path.points)
        return self.path.points[np.minimum(np.arange(self.width), used - 1)]


def _since(schedule: Schedule, times_s: Times) -> tuple[Index, Times]:
    """Return the last edge strictly before each time, -1 for none, and the seconds since it."""
    edge = np.searchsorted(schedule.edges_s, times_s, side="left") - 1
    since = np.where(edge >= 0, times_s - schedule.edges_s[np.maximum(edge, 0)], 0)
    return edge.astype(np.int64), since


def _parts(values: ComplexArray) -> Array:
    return np.ascontiguousarray(np.stack([values.real, values.imag], axis=1))
