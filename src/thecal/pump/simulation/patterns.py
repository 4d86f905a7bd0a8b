"""Every pattern of requests to the monitor, on a small set of gaps; equal states are merged."""

from __future__ import annotations

from itertools import product
from typing import Final, NamedTuple

from thecal.pump.amounts import DAY_S
from thecal.pump.simulation.admissions import (
    REQUESTS,
    STROKE_NL,
    Asker,
    Held,
    Request,
    shrunk,
)

_LASTS_S: Final = 60


class Case(NamedTuple):
    """What a request may be, and the caps that it meets.

    Parameters
    ----------
    held
        Caps, and one constant basal flow.
    gaps_s
        The times from a request to the next: within every window, on the edge of the shortest,
        on the edge of the next.
    strokes
        What a bolus may hold.
    """

    held: Held
    gaps_s: tuple[int, ...]
    strokes: tuple[int, ...]

    @property
    def choices(self) -> tuple[Request, ...]:
        """All that a request may be.

        One that the controller refuses never reaches the monitor; one that it grants does.
        """
        boluses = [("bolus", (strokes * STROKE_NL, _LASTS_S)) for strokes in self.strokes]
        asked = (("nothing", ()), *boluses)
        return tuple(Request(gap_s, *one) for gap_s, one in product(self.gaps_s, asked))


CASES: Final = (
    Case(Held((1, 4, 24), ((0, 24_000),)), (1_800, 3_600, 14_400), (1, 2)),
    Case(Held((1, 2, 3), ((0, 0),)), (3_600, 14_400), (1,)),
    Case(Held((2, 3, 4), ((0, 0),)), (3_600, 14_400), (2,)),
    Case(Held((3, 5, 9), ((0, 3_000),)), (3_600, 14_400), (2,)),
)
"""A basal flow that leaves no room, none at all, and one that leaves some."""
State = tuple[object, ...]


class Explored(NamedTuple):
    """What every pattern came to."""

    patterns: int
    """How many there are."""
    states: int
    """To how many different states they lead; equal ones are followed once."""
    fullest: tuple[int, ...]
    """The most strokes in any window of each span."""
    violations: tuple[str, ...]
    """Each with the shortest history that shows it."""


def state_of(asker: Asker) -> State:
    """Return what decides everything that may come, seen from now, when the flow is constant."""
    now_s, bolus = asker.now_s, asker.bolus
    left = (bolus[0], bolus[1], now_s - bolus[2]) if bolus else ()
    within = tuple(now_s - time_s for time_s in asker.times if now_s - time_s < DAY_S)
    return asker.phase, asker.owed, left, within


def every_pattern(case: Case, requests: int = REQUESTS) -> Explored:
    """Try every pattern of requests: each after some gap, refused or granted (PC-06).

    Parameters
    ----------
    case
        Caps and gaps.
    requests
        How many.

    Returns
    -------
    Explored
        After each pattern a day more has passed with the full basal flow. A violation is as in
        `admissions`.
    """
    level: dict[State, tuple[Asker, tuple[Request, ...]]] = {}
    held, choices = case.held, case.choices
    first = Asker(held)
    level[state_of(first)] = first, ()
    states, violations = 1, dict[str, None]()
    fullest: tuple[int, ...] = (0, 0, 0)
    for number in range(requests):
        reached: dict[State, tuple[Asker, tuple[Request, ...]]] = {}
        for asker, path in level.values():
            for choice in choices:
                twin = asker.copied()
                twin.ask(choice)
                reached.setdefault(state_of(twin), (twin, (*path, choice)))
        if number + 1 == requests:
            for asker, _ in reached.values():
                asker.wait(asker.now_s + DAY_S)
        for asker, path in reached.values():
            fullest = tuple(map(max, fullest, asker.most()))
            if words := asker.broken():
                violations[f"{words}; {held}, {shrunk(held, list(path))}"] = None
        states += len(reached)
        level = reached
    return Explored(len(choices) ** requests, states, fullest, tuple(violations))
