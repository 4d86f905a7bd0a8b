"""What complications do to the flow of a pump, from their day until they are noticed and mended."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from thecal.knowledge import at_quantile
from thecal.therapy.care.complications import Complications
from thecal.therapy.care.pump_kinds import pump_figures
from thecal.therapy.care.risks import BATTERY, EVENTS

if TYPE_CHECKING:
    from thecal.therapy.care.hazards import Array

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

REVISED: Final = ("revision", "catheter_revision", "granuloma_revision")
"""Less flow arrives before these operations; what needs none is taken to leave it as it is."""

STOPPED: Final = ("pump", "stall")
"""The pump stands still, and is replaced."""

MISSED: Final = ("refill_error",)
"""The drug went beside the reservoir, which is left empty."""


@dataclass(frozen=True, slots=True)
class Failures:
    """What happens to the pumps and catheters of some people.

    Attributes
    ----------
    person, from_day, until_day
        Whose it is, and the days of which the first is the failure's and the last no more; shape
        (k,).
    arrives
        Share of the flow that reaches the tip, shape (k,).
    stops, misses
        Which of them are `STOPPED` and `MISSED`, shape (k,).
    replaced, replaced_day
        Who gets a new pump, and when; shape (j,).
    end_day
        From which day on there is no pump, shape (people,); infinite where it stays.
    """

    person: Whole
    from_day: Whole
    until_day: Whole
    arrives: Array
    stops: Mask
    misses: Mask
    replaced: Whole
    replaced_day: Whole
    end_day: Array

    @classmethod
    def none(cls, people: int) -> Failures:
        """Return pumps and catheters that never fail."""
        no, nobody = np.zeros(0, dtype=np.bool_), np.zeros(0, dtype=np.int64)
        return cls(
            nobody, nobody, nobody, np.zeros(0), no, no, nobody, nobody, np.full(people, inf)
        )

    def turns(self) -> frozenset[int]:
        """Return the days on which anything begins or ends."""
        ends = self.end_day[np.isfinite(self.end_day)].astype(np.int64)
        days = np.concatenate([self.from_day, self.until_day, self.replaced_day, ends])
        return frozenset(days.tolist())


def failures_of(
    complications: Complications,
    who: Whole,
    implanted: Array,
    people: int,
    generator: np.random.Generator,
) -> Failures:
    """Return what the complications of people do to their pumps.

    An event's revision or replacement is recorded on the event's own day; for the flow it comes
    when the failure is noticed, some days later, drawn for each over the range of its figure.

    Parameters
    ----------
    who, implanted
        Which of the people the complications are of, and on which day each got the pump.
    people
        How many there are with and without pumps.
    """
    figures = pump_figures()[1]
    day = np.floor(implanted[complications.person] + complications.day).astype(np.int64)
    person = who[complications.person]
    quantiles = generator.random((2, len(person)))

    def happens(names: tuple[str, ...]) -> Mask:
        return np.isin(complications.event, [EVENTS.index(name) for name in names])

    def drawn(name: str, row: int, rows: Mask) -> Array:
        return np.array([at_quantile(figures[name], q) for q in quantiles[row][rows]])

    revised, stops, misses = happens(REVISED), happens(STOPPED), happens(MISSED)
    lasts, arrives = np.zeros(len(person)), np.ones(len(person))
    for name, rows in (
        ("catheter_noticed", revised),
        ("stop_noticed", stops),
        ("pocket_noticed", misses),
    ):
        lasts[rows] = drawn(name, 0, rows)
    arrives[revised] = drawn("flow_of_failed_catheter", 1, revised)
    until = day + np.maximum(1, np.rint(lasts).astype(np.int64))
    # A battery tells of its end in time, so that its pump is replaced before.
    flat = happens((BATTERY,))
    fails = revised | stops | misses
    end_day = np.full(people, inf)
    end_day[who] = np.floor(implanted + complications.end_day)
    return Failures(
        person[fails],
        day[fails],
        until[fails],
        arrives[fails],
        stops[fails],
        misses[fails],
        np.concatenate([person[stops], person[flat]]),
        np.concatenate([until[stops], day[flat]]),
        end_day,
    )
