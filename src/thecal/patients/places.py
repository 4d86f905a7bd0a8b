"""Places of pain: at which levels of the cord it lies, and where the catheter's tip stands.

A drug in the fluid thins out along the cord, so a place away from the tip gets less of it. The
first place of a population is its main one: there the tip stands among the levels of the pain, and
there the published ratio between oral and intrathecal doses is taken to hold.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from thecal.body import load_anatomy
from thecal.errors import KnowledgeError

if TYPE_CHECKING:
    from thecal.knowledge import Figure, Settled

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

TIP_AT_PAIN: Final = "tip_at_pain"
"""The figure of how often the tip is brought to a pain that lies away from the main place."""

_SHARE: Final = "place_"
_KEYS: Final = {"name", "levels", "tip", "source"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where the pain of some people of a population lies.

    Attributes
    ----------
    levels
        Vertebral levels beside which the cord's segments of the pain lie.
    tip
        Vertebral level of a tip that is brought to this pain.
    """

    name: str
    levels: tuple[str, ...]
    tip: str

    @property
    def share(self) -> str:
        """The name of the population's figure of how many people have their pain here.

        Examples
        --------
        >>> Place("neck and arms", ("C5", "C6"), "T4").share
        'place_neck_and_arms'
        """
        return _SHARE + "_".join(re.findall(r"[a-z]+", self.name))


@dataclass(frozen=True, slots=True)
class Aim:
    """The levels of a pain, and the vertebral level at which the tip stands for it."""

    levels: tuple[str, ...]
    tip: str


def aims_of(places: Sequence[Place]) -> tuple[Aim, ...]:
    """Return how pains and tips lie to each other: the tip of the main place, then a place's own.

    The first is the main place with its own tip.

    Examples
    --------
    >>> belly, arms = Place("belly", ("T9",), "T10"), Place("arms", ("C6",), "T4")
    >>> [(aim.levels[0], aim.tip) for aim in aims_of([belly, arms])]
    [('T9', 'T10'), ('C6', 'T10'), ('C6', 'T4')]
    """
    main = places[0].tip
    own = (Aim(one.levels, one.tip) for one in places if one.tip != main)
    return (*(Aim(one.levels, main) for one in places), *own)


def draw_aims(
    places: Sequence[Place], settled: Settled, where: Array, brought: Array
) -> tuple[Whole, Whole]:
    """Return the place of each person's pain, and its place in `aims_of`; shape (n,) each.

    Parameters
    ----------
    settled
        The population's figures. Shares are read in proportion to their sum.
    where, brought
        Quantiles, 0 to 1: where the pain lies, and whether the tip is brought to it.
    """
    shares = np.array([settled.number(one.share) for one in places])
    place = np.searchsorted(np.cumsum(shares / shares.sum())[:-1], where, side="right")
    aims = aims_of(places)
    own = np.array([aims.index(Aim(one.levels, one.tip)) for one in places])
    often = settled.number(TIP_AT_PAIN) if len(aims) > len(places) else 0.0
    return place.astype(np.int64), np.where(brought < often, own[place], place).astype(np.int64)


def is_place_figure(name: str) -> bool:
    """Return whether a population's figure is about places of pain."""
    return name == TIP_AT_PAIN or name.startswith(_SHARE)


def read_places(entries: object, figures: Mapping[str, Figure], file: str) -> tuple[Place, ...]:
    """Return the places of a population from its data file, the main one first.

    Raises
    ------
    KnowledgeError
        If there is none, one is incomplete or stands there twice, a level is unknown or has no
        cord, or the shares do not sum to 1.
    """
    if not isinstance(entries, list) or not entries:
        raise KnowledgeError(f"{file}: has no [[places]] of pain; it needs at least one")
    places = tuple(_place(entry, file) for entry in entries)
    needed = {one.share for one in places}
    if len(needed) < len(places):
        raise KnowledgeError(f"{file}: two places of pain have the same name")
    if len(aims_of(places)) > len(places):
        needed.add(TIP_AT_PAIN)
    wrong = sorted(needed ^ {name for name in figures if is_place_figure(name)})
    if wrong:
        raise KnowledgeError(f"{file}: figures of places missing or unknown: {', '.join(wrong)}")
    total = sum((figures[one.share].value or Decimal(0) for one in places), Decimal(0))
    if total != 1:
        raise KnowledgeError(f"{file}: the shares of the places sum to {total}, but must to 1")
    return places


def _place(entry: Mapping[str, Any], file: str) -> Place:
    if set(entry) != _KEYS or not entry["levels"]:
        raise KnowledgeError(
            f"{file}: a place of pain has {', '.join(sorted(_KEYS))}, and at least one level"
        )
    place = Place(entry["name"], tuple(entry["levels"]), entry["tip"])
    levels = load_anatomy("adult").levels
    cord = [level.name for level in levels if level.cord_area_cm2 > 0.0]
    for known, what, asked in (
        (cord, "level of the cord", place.levels),
        ([level.name for level in levels], "level for a tip", (place.tip,)),
    ):
        for level in asked:
            if level not in known:
                raise KnowledgeError(
                    f'{file}: the place "{place.name}" has "{level}", which is no {what}; write '
                    f"one from {known[0]} to {known[-1]}"
                )
    return place
