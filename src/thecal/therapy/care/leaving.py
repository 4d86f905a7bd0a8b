"""Who is not seen again, and why: by chance, for little relief, or for side effects.

What is on record is how often people of a population drop out. A person's own risk is that of the
population times a factor of how the person fares, which is 1 at the population's typical state:

    factor = rest + little relief * pain kept / typical + side effects * worst grade / typical

Pain kept is the pain of today as a share of that at entry. Each person has a quantile q, and leaves
when the risk that has gathered reaches -log(1 - q): who fares better never leaves earlier.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thecal.errors import KnowledgeError
from thecal.knowledge import Figure, Settled, Table, load_document

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

REASONS: Final = ("left_for_little_relief", "left_for_side_effects", "left_by_chance")
"""Why people are not seen again, as events of a record."""

MOST_PAIN_KEPT: Final = 2.0
"""A pain that doubled counts as the worst, since a small one at entry can rise manyfold."""

_LOOKS_EVERY: Final = 7
_FILE = files("thecal.therapy.care") / "data" / "leaving.toml"
_TYPICAL: Final = {"pain_kept", "worst_grade", "source"}


@dataclass(frozen=True, slots=True)
class KnownLeaving:
    """What is on record of why people leave.

    Attributes
    ----------
    typical
        By the id of a population its typical share of the pain at entry and worst grade.
    """

    figures: Table[Figure]
    typical: Mapping[str, tuple[float, float]]


@cache
def load_leaving() -> KnownLeaving:
    """Return what is on record of why people leave.

    Raises
    ------
    KnowledgeError
        If the data file is incomplete.

    Examples
    --------
    >>> sorted(load_leaving().figures)
    ['of_side_effects', 'of_therapy']
    """
    rest, figures = load_document(_FILE, other_keys=("typical",))
    typical: dict[str, tuple[float, float]] = {}
    for population, row in rest["typical"].items():
        kept, grade = float(row.get("pain_kept", 0)), float(row.get("worst_grade", 0))
        if set(row) != _TYPICAL or kept <= 0.0 or grade <= 0.0:
            raise KnowledgeError(
                f"{_FILE.name}: {population} needs {', '.join(sorted(_TYPICAL))}, above 0"
            )
        typical[population] = kept, grade
    return KnownLeaving(figures, Table(typical))


@dataclass(frozen=True, slots=True)
class Reasons:
    """How much the state of people moves their risk of leaving.

    Attributes
    ----------
    little_relief, side_effects
        Shares of those who leave for these reasons, in the typical state.
    pain_kept, worst_grade
        The typical state.
    """

    little_relief: float
    side_effects: float
    pain_kept: float
    worst_grade: float

    @classmethod
    def of(cls, population: str, settled: Settled) -> Reasons:
        """Return the reasons that hold in a population.

        Parameters
        ----------
        settled
            The figures of `load_leaving` with a number for each.

        Raises
        ------
        KnowledgeError
            If no typical state of the population is on record.
        """
        typical = load_leaving().typical
        if population not in typical:
            raise KnowledgeError(f'{_FILE.name}: no typical state of "{population}" is on record')
        share, side_effects = settled.number("of_therapy"), settled.number("of_side_effects")
        return cls(share * (1.0 - side_effects), share * side_effects, *typical[population])

    def factors(self, pain_kept: Array, worst_grade: Array) -> Array:
        """Return what the population's risk is multiplied by, shape (`REASONS`, n).

        Parameters
        ----------
        pain_kept
            Pain of today as a share of that at entry.
        worst_grade
            Of the side effects, 0 to 4.
        """
        kept = np.clip(pain_kept, 0.0, MOST_PAIN_KEPT)
        rest = 1.0 - self.little_relief - self.side_effects
        return np.stack(
            [
                self.little_relief / self.pain_kept * kept,
                self.side_effects / self.worst_grade * worst_grade,
                np.full(len(kept), rest),
            ]
        )


def chance_day(quantiles: Array, hazard_a_day: float) -> Array:
    """Return the day of an event of constant hazard; infinite where the hazard is zero, (n,)."""
    if hazard_a_day <= 0.0:
        return np.full(len(quantiles), np.inf)
    return np.asarray(-np.log1p(-quantiles) / hazard_a_day)


class State(NamedTuple):
    """How people fare: share of the pain at entry, and worst grade, both shape (n,)."""

    pain_kept: Array
    worst_grade: Array


class Leaving:
    """Who of some people has left, day by day.

    How people fare is looked at on every seventh day from entry and holds until the next.

    Parameters
    ----------
    quantiles
        Of each person, 0 to 1, shape (n,).
    hazard_a_day
        Of the population in its typical state.
    reasons
        ``None``: people leave by chance alone.

    Attributes
    ----------
    day
        When each left, in days from entry; infinite of those who have not, shape (n,).
    reason
        Why, as a place in `REASONS`; -1 of those who have not.
    """

    def __init__(
        self, quantiles: Array, hazard_a_day: float, reasons: Reasons | None = None
    ) -> None:
        self._owed = -np.log1p(-quantiles)
        self._hazard = hazard_a_day
        self._reasons = reasons
        # The risks of a day lie end to end: where what a person still owes ends is the reason.
        self._ends = np.full((len(REASONS), len(quantiles)), 0.0)
        self._ends[-1] = hazard_a_day
        self.day = np.full(len(quantiles), np.inf)
        self.reason = np.full(len(quantiles), -1)

    def looks(self, day: int) -> bool:
        """Return whether it matters how people fare on this day."""
        return self._hazard > 0.0 and self._reasons is not None and day % _LOOKS_EVERY == 0

    def fare(self, state: State) -> None:
        """Let people fare so from now on."""
        if self._reasons is not None:
            self._ends = self._hazard * np.cumsum(self._reasons.factors(*state), axis=0)

    def pass_day(self, day: int, here: Mask) -> None:
        """Let a day pass, on which some leave.

        Parameters
        ----------
        day
            That begins.
        here
            Who can leave; of the others no risk gathers.
        """
        if self._hazard <= 0.0:
            return
        still = self._owed - self._ends[-1] * here
        who = np.flatnonzero(still <= 0.0)
        if len(who):
            owed = self._owed[who]
            self.day[who] = day + owed / self._ends[-1, who]
            self.reason[who] = (owed > self._ends[:-1, who]).sum(axis=0)
            still[who] = np.inf
        self._owed = still

    def events(self, end_day: Array) -> dict[str, Array]:
        """Return by the event's name when people left for each reason; infinite if not, (n,).

        Parameters
        ----------
        end_day
            When the therapy of each ended; who ended it otherwise first did not leave.
        """
        left = self.day <= end_day
        return {
            name: np.where(left & (self.reason == place), self.day, np.inf)
            for place, name in enumerate(REASONS)
        }
