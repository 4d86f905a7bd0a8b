"""What enters a body, and when: rates that are constant between edges, and boluses at edges."""

from __future__ import annotations

import math
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
        for one in given:
            _refuse_impossible(one)
        if end_s <= start_s:
            raise InputError(f"the end, {end_s} s, is not after the start, {start_s} s")
        infusions = [one for one in given if isinstance(one, Rate)]
        doses = [one for one in given if isinstance(one, Dose)]
        spans = np.array([(one.start_s, one.end_s) for one in infusions], dtype=np.int64)
        dosed = np.array([one.at_s for one in doses], dtype=np.int64)
        marks = np.array([start_s, end_s, *marks_s], dtype=np.int64)
        edges = np.unique(np.concatenate([spans.ravel(), dosed, marks]))
        edges = edges[(edges >= start_s) & (edges <= end_s)]
        rates = np.zeros((len(edges) - 1, channels.shape[1]))
        boluses = np.zeros((len(edges), channels.shape[1]))
        places = np.searchsorted(edges, np.clip(spans, start_s, end_s)).tolist()
        for infusion, (first, last) in zip(infusions, places, strict=True):
            rates[first:last, infusion.channel] += infusion.mcg_per_h
        for dose, place in zip(doses, np.searchsorted(edges, dosed).tolist(), strict=True):
            if start_s <= dose.at_s <= end_s:
                boluses[place, dose.channel] += dose.mcg
        return cls(channels, edges, rates, boluses)

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


def _refuse_impossible(one: Rate | Dose) -> None:
    amount = one.mcg_per_h if isinstance(one, Rate) else one.mcg
    if not (math.isfinite(amount) and amount >= 0.0):
        raise InputError(f"an input of {amount} is not an amount; give zero or more")
    if isinstance(one, Rate) and one.end_s < one.start_s:
        raise InputError(f"an input ends at {one.end_s} s, before its start at {one.start_s} s")
