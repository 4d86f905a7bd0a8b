"""Kinds of pain, episodes of breakthrough pain, and the rhythm of a day.

The kind of a person's pain moves the greatest share that a drug can relieve, not the population's
mean or spread of it: the spread within a kind is what the kinds leave of it.

Episodes come at random hours (Poisson) and rise above the day's average by heights that are
exponential. Then the highest of a day with L episodes on average stands `m * Ein(L)` above it, m
the mean height, where Ein is the entire exponential integral. The one figure on record, how far
the worst pain stands above the average, so fixes the heights.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import exp1, ndtri

from thecal.errors import KnowledgeError
from thecal.knowledge import Figure, Settled, Table, load_figures

Array = NDArray[np.float64]

KINDS: Final = ("nociceptive", "neuropathic", "mixed", "deafferentation")

PAIN: Final = (
    *(f"{kind}_share" for kind in KINDS),
    *(f"{kind}_factor" for kind in KINDS),
    "episodes_share",
    "episodes_a_day",
    "episodes_spread",
    "episode_peak",
    "episode_peak_spread",
    "rhythm_amplitude",
    "rhythm_peak",
)
"""The figures of a pain's kind and course in a day."""

_DATA = files("thecal.patients") / "data" / "pain"
_HOURS_A_DAY: Final = 24.0


@cache
def load_pain(name: str) -> Table[Figure]:
    """Return what is on record of the kinds of pain, by the name of the file.

    Raises
    ------
    KnowledgeError
        If there is no such file, or it is incomplete.
    """
    figures = load_figures(_DATA / f"{name}.toml")
    if set(figures) != set(PAIN):
        wrong = ", ".join(sorted(set(figures) ^ set(PAIN)))
        raise KnowledgeError(f"{name}.toml: missing or unknown: {wrong}")
    return figures


def kind_shares(settled: Settled) -> Array:
    """Return the share of people with each of `KINDS`; they sum to 1."""
    shares = np.array([settled.number(f"{kind}_share") for kind in KINDS])
    return np.asarray(shares / shares.sum())


def draw_kinds(settled: Settled, quantiles: Array) -> NDArray[np.int64]:
    """Return the kind of each person's pain, as a place in `KINDS`, shape (n,)."""
    edges = np.cumsum(kind_shares(settled))[:-1]
    return np.searchsorted(edges, quantiles, side="right").astype(np.int64)


def kind_means(settled: Settled, mean: float) -> Array:
    """Return the mean responsiveness of each of `KINDS`, 0 to 1, shape (kinds,).

    Their mean over the people is the mean of all. Where a kind would need more than 1, all differ
    by less, until it does not.
    """
    shares = kind_shares(settled)
    factors = np.array([settled.number(f"{kind}_factor") for kind in KINDS])
    apart = mean * (factors / np.sum(shares * factors) - 1.0)
    room = (1.0 - mean) / max(apart.max(), np.finfo(float).tiny)
    return np.asarray(mean + apart * min(1.0, room))


def spread_within(settled: Settled, means: Array, spread: float) -> float:
    """Return the standard deviation within a kind that leaves that of all people as it is."""
    shares = kind_shares(settled)
    between = float(np.sum(shares * (means - np.sum(shares * means)) ** 2))
    return float(np.sqrt(max(0.0, spread**2 - between)))


def draw_episodes(settled: Settled, has: Array, often: Array) -> Array:
    """Return the episodes a day that people have on average, 0 for most, shape (n,).

    Parameters
    ----------
    has, often
        Quantiles, 0 to 1: who has episodes, and how many.
    """
    a_day = settled.number("episodes_a_day", "1/day") * np.exp(
        settled.number("episodes_spread") * ndtri(often)
    )
    return np.where(has < settled.number("episodes_share"), a_day, 0.0)


def mean_height(episodes: Array, worst_above: float) -> Array:
    """Return the mean height of episodes above the day's average, points of 10, shape (n,).

    Parameters
    ----------
    episodes
        A day, on average.
    worst_above
        How far the worst pain of a day stands above its average, on average.

    Examples
    --------
    Three episodes a day whose highest is 1.4 points above the average are 0.83 each.

    >>> import numpy as np
    >>> mean_height(np.array([3.0, 0.0]), 1.4).round(2).tolist()
    [0.83, 0.0]
    """
    often = np.where(episodes > 0.0, episodes, 1.0)
    highest = np.log(often) + np.euler_gamma + exp1(often)
    return np.where(episodes > 0.0, worst_above / highest, 0.0)


def rhythm(settled: Settled, hour: float) -> float:
    """Return the pain at an hour of the day, 0 to 24, as a multiple of the day's mean."""
    amplitude, peak = settled.number("rhythm_amplitude"), settled.number("rhythm_peak", "h")
    return float(1.0 + amplitude * np.cos(2.0 * np.pi * (hour - peak) / _HOURS_A_DAY))


def whole(figures: Mapping[str, Figure], name: str) -> Table[Figure]:
    """Return the figures of a population with those of its pain that it does not give itself."""
    return Table({**figures, **{k: v for k, v in load_pain(name).items() if k not in figures}})
