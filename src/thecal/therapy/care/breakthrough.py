"""Episodes of breakthrough pain in a day, and the bolus that a person asks the pump for.

An episode climbs to its peak, and a bolus works after its onset. So an episode is felt up to where
it has climbed by then, or at what the bolus leaves of its peak, whichever is more; one that climbs
faster than the drug acts is felt at its peak. The pump refuses a bolus within the lockout, counted
from the begin of one to the next; each day stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from thecal.patients import mean_height

if TYPE_CHECKING:
    from thecal.patients import People

Array = NDArray[np.float64]

_HOURS_A_DAY: Final = 24.0


@dataclass(frozen=True, slots=True)
class Boluses:
    """What the pump gives when a person asks for it.

    Attributes
    ----------
    share
        Of the dose of the infusion in a day, 0 to 1.
    lockout_h
        Hours from one bolus to the next.
    onset_min
        Minutes until a bolus works.
    reach
        Concentration that a bolus brings to the cord, as a multiple of what the same amount,
        spread over a day, holds there.
    """

    share: float
    lockout_h: float
    onset_min: float
    reach: float

    def given_a_day(self, episodes: Array) -> Array:
        """Return how many boluses people get a day on average, one asked for in each episode.

        Of events at random, those that fall in a dead time after one that counted do not count.

        Examples
        --------
        >>> Boluses(0.1, 3.0, 10.0, 10.0).given_a_day(np.array([0.0, 4.0, 1e9])).round(2).tolist()
        [0.0, 2.67, 8.0]
        """
        return np.asarray(episodes / (1.0 + episodes * self.lockout_h / _HOURS_A_DAY))


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """One day's episodes of some people.

    Attributes
    ----------
    hours
        When each begins, rising, shape (n, most); infinite where there are no more.
    bolus
        Which were met by a bolus, same shape.
    height, felt
        Points of 10 above the day's average, without a bolus and as felt, same shape; 0 where there
        are no more.
    """

    hours: Array
    bolus: NDArray[np.bool_]
    height: Array
    felt: Array

    @property
    def rise(self) -> Array:
        """How far the worst stands above the day's average, shape (n,)."""
        return np.asarray(self.felt.max(axis=1, initial=0.0))

    @property
    def boluses(self) -> Array:
        """How many boluses were given, shape (n,)."""
        return np.asarray(self.bolus.sum(axis=1, dtype=np.float64))


def day_of(
    people: People,
    generator: np.random.Generator,
    boluses: Boluses | None = None,
    relief: Array | None = None,
) -> Day:
    """Draw the episodes of a day, and what boluses make of them.

    The same stream draws the same episodes with and without boluses.

    Parameters
    ----------
    relief
        Share of an episode's height that a bolus takes away, 0 to 1, shape (n,); 0 of those who
        have no pump, and who so get none.
    """
    settled = people.settled
    often = people.traits.episodes
    counts = generator.poisson(often)
    shape = (people.count, int(counts.max(initial=0)))
    there = np.arange(shape[1]) < counts[:, None]
    hours = np.where(there, _HOURS_A_DAY * generator.random(shape), np.inf)
    hours.sort(axis=1)
    middle = mean_height(often, settled.number("worst_pain_above_average"))
    height = np.where(there, middle[:, None] * generator.standard_exponential(shape), 0.0)
    peak_min = settled.number("episode_peak", "min") * np.exp(
        settled.number("episode_peak_spread") * generator.standard_normal(shape)
    )
    if boluses is None or relief is None:
        return Day(hours, np.zeros(shape, dtype=np.bool_), height, height)
    bolus = _allowed(hours, there & (relief > 0.0)[:, None], boluses.lockout_h)
    left = np.maximum(np.minimum(1.0, boluses.onset_min / peak_min), 1.0 - relief[:, None])
    return Day(hours, bolus, height, np.where(bolus, height * left, height))


def _allowed(hours: Array, asked: NDArray[np.bool_], lockout_h: float) -> NDArray[np.bool_]:
    allowed = np.zeros_like(asked)
    last = np.full(len(hours), -np.inf)
    for place in range(hours.shape[1]):
        now = hours[:, place]
        allowed[:, place] = asked[:, place] & (now >= last + lockout_h)
        last = np.where(allowed[:, place], now, last)
    return allowed
