"""What enters a body, and when: rates that are constant between edges, and boluses at edges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rate:
    """A constant input into one channel: mcg/h from one second up to another."""

    channel: int
    start_s: int
    end_s: int
    mcg_per_h: float


@dataclass(frozen=True, slots=True)
class Dose:
    """An amount, mcg, that is in its channel at once."""

    channel: int
    at_s: int
    mcg: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """Inputs as data, so that no solver has to find them.

    Attributes
    ----------
    channels
        How each channel shares itself among the compartments, shape (n, channels).
    edges_s
        Rising whole seconds, shape (k + 1,).
    rates
        mcg/h in each interval, shape (k, channels).
    boluses
        mcg at each edge, shape (k + 1, channels).
    """

    channels: Array
    edges_s: NDArray[np.int64]
    rates: Array
    boluses: Array

    @classmethod
    def of(
        cls,
        channels: Array,
        inputs: Iterable[Rate | Dose],
        *,
        start_s: int = 0,
        end_s: int,
        marks_s: Sequence[int] = (),
    ) -> Schedule:
        """Lay inputs out between a start and an end.

        Parameters
        ----------
        channels
            Shape (n, channels).
        inputs
            In any order; they may overlap and then add up. What lies outside is cut off.
        marks_s
            Further times that shall be edges.

        Raises
        ------
        InputError
            If an amount is negative or not finite, or an end comes before its start.
        """
        given = list(inputs)
        if end_s <= start_s:
            raise InputError(f"the end, {end_s} s, is not after the start, {start_s} s")
        infusions = [one for one in given if isinstance(one, Rate)]
        doses = [one for one in given if isinstance(one, Dose)]
        starts = np.array([one.start_s for one in infusions], dtype=np.int64)
        ends = np.array([one.end_s for one in infusions], dtype=np.int64)
        dosed = np.array([one.at_s for one in doses], dtype=np.int64)
        per_h = np.array([one.mcg_per_h for one in infusions])
        mcg = np.array([one.mcg for one in doses])
        _refuse_impossible(np.append(per_h, mcg), starts, ends)
        marks = np.array([start_s, end_s, *marks_s], dtype=np.int64)
        edges = np.unique(np.concatenate([starts, ends, dosed, marks]))
        edges = edges[(edges >= start_s) & (edges <= end_s)]
        rates = np.zeros((len(edges) - 1, channels.shape[1]))
        boluses = np.zeros((len(edges), channels.shape[1]))
        # Each interval of each infusion, one after the other: what overlaps adds up in this order.
        first, last = np.searchsorted(edges, np.clip([starts, ends], start_s, end_s))
        count = last - first
        interval = np.arange(count.sum()) + np.repeat(last - np.cumsum(count), count)
        into = np.array([one.channel for one in infusions], dtype=np.intp)
        np.add.at(rates, (interval, np.repeat(into, count)), np.repeat(per_h, count))
        inside = (dosed >= start_s) & (dosed <= end_s)
        into = np.array([one.channel for one in doses], dtype=np.intp)[inside]
        np.add.at(boluses, (np.searchsorted(edges, dosed[inside]), into), mcg[inside])
        return cls(channels, edges, rates, boluses)

    def after(self, start: Array) -> Schedule:
        """Return the schedule with what is there at the first edge as one more channel's bolus.

        Parameters
        ----------
        start
            Amounts, mcg, shape (n,).
        """
        first = np.zeros((len(self.edges_s), 1))
        first[0] = 1.0
        return Schedule(
            np.column_stack([self.channels, start]),
            self.edges_s,
            np.hstack([self.rates, np.zeros((len(self.rates), 1))]),
            np.hstack([self.boluses, first]),
        )

    def used(self) -> Schedule:
        """Return the schedule without the channels into which nothing is given."""
        given = self.rates.any(axis=0) | self.boluses.any(axis=0)
        if given.all():
            return self
        return Schedule(
            self.channels[:, given], self.edges_s, self.rates[:, given], self.boluses[:, given]
        )

    def refuse_outside(self, times_s: NDArray[np.int64]) -> None:
        """Refuse times before the first edge or after the last one.

        Raises
        ------
        ValueError
            If there is such a time.
        """
        first, last = self.edges_s[0], self.edges_s[-1]
        if len(times_s) and not first <= times_s.min() <= times_s.max() <= last:
            raise ValueError("a time lies outside the schedule")

    @property
    def total_mcg(self) -> float:
        """All that the schedule puts into the body, mcg; the channels' shares counted."""
        hours = np.diff(self.edges_s) / 3600.0
        shares = self.channels.sum(axis=0)
        return float((hours @ self.rates + self.boluses.sum(axis=0)) @ shares)

    def given_until(self, times_s: NDArray[np.int64]) -> Array:
        """Return what has been put in up to and including each time, mcg, shape (t,)."""
        hours = np.diff(self.edges_s) / 3600.0
        shares = self.channels.sum(axis=0)
        infused = np.append(0.0, np.cumsum((self.rates @ shares) * hours))
        dosed = np.cumsum(self.boluses @ shares)
        interval = np.searchsorted(self.edges_s, times_s, side="right") - 1
        inside = np.minimum(interval, len(hours) - 1)
        rest_h = (times_s - self.edges_s[inside]) / 3600.0
        return np.asarray(
            infused[inside] + (self.rates @ shares)[inside] * rest_h + dosed[interval]
        )


def _refuse_impossible(
    amounts: Array, starts_s: NDArray[np.int64], ends_s: NDArray[np.int64]
) -> None:
    wrong = ~(np.isfinite(amounts) & (amounts >= 0.0))
    if wrong.any():
        raise InputError(f"an input of {amounts[wrong][0]} is not an amount; give zero or more")
    backwards = ends_s < starts_s
    if backwards.any():
        raise InputError(
            f"an input ends at {ends_s[backwards][0]} s, before its start at "
            f"{starts_s[backwards][0]} s"
        )
