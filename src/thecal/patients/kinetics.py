"""Kinetic people day by day: what a steady dose shows at the sites that effects read.

A course of years is followed in whole days. What a dose set on one day shows on another is the
person's response to a unit, and after `DAYS` days it has settled; so the doses of years are a sum
of a few terms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from thecal.effects import Reference, Sites
from thecal.errors import InputError
from thecal.patients.pool import Route, make_pool

if TYPE_CHECKING:
    from thecal.formulary import Drug
    from thecal.patients.places import Aim
    from thecal.patients.pool import Pool

Array = NDArray[np.float64]

DAYS: Final = 21
"""A response is taken as settled after so many days."""

ORAL: Final = "oral"
PUMP: Final = "pump"
_SITES: Final = ("plasma", "cord", "cisterna")
_MCG_PER_H: Final = 1000.0 / 24.0  # of 1 mg/day
_NG_PER_MCG: Final = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Kinetics:
    """The responses of people to 1 mg/day.

    Attributes
    ----------
    unit
        By route (`ORAL`, `PUMP`): ng/mL at plasma, cord and cisterna on each whole day after the
        start of 1 mg/day, shape (aims x people, 3, `DAYS` + 1); the people of one aim stand
        together.
    aims
        How many ways pain and tip lie to each other in these people; with one it is the same for
        everybody.
    """

    drug: str
    unit: Mapping[str, Array]
    aims: int = 1

    @property
    def people(self) -> int:
        """How many there are."""
        return len(self.unit[PUMP]) // self.aims

    def at(self, body: NDArray[np.int64], aim: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return where these people with these aims stand in `unit`, shape (n,)."""
        return body if self.aims == 1 else aim * self.people + body

    def settled(self, route: str, mg_per_day: Array, who: NDArray[np.int64]) -> Sites:
        """Return what steady doses show in some people; ng/mL, shape (len(who),) at each site."""
        shown = self.unit[route][who, :, -1] * np.asarray(mg_per_day)[:, None]
        return Sites(shown[:, 0], shown[:, 1], shown[:, 2])

    def reference(self) -> Reference:
        """Return what 1 mg/day shows in the reference person, the median of these.

        With the pain at the main place and the tip there.
        """
        some = self.people
        middle = {name: np.median(unit[:some, :, -1], axis=0) for name, unit in self.unit.items()}
        sites = {name: Sites(*(np.asarray(one) for one in row)) for name, row in middle.items()}
        return Reference(oral=sites.get(ORAL), pump=sites[PUMP])


def make_kinetics(
    drug: Drug,
    *,
    people: int,
    seed: int,
    aims: Sequence[Aim],
    oral_form: str = "",
    threads: int | None = None,
) -> Kinetics:
    """Draw kinetic people and compute their responses; some 20 s for 1,000, one tip and tablets.

    Parameters
    ----------
    aims
        How pain and tip lie to each other; the cord's concentration is the mean over the levels of
        the pain. The first is that of the reference person.
    oral_form
        Form of the tablets; without it there is no oral route.

    Raises
    ------
    InputError
        If there are no people, aims or levels, or a level or form is unknown.
    """
    if not aims or not all(aim.levels for aim in aims):
        raise InputError("kinetic people need at least one level of pain")
    tips = dict.fromkeys(aim.tip for aim in aims)
    routes = [Route(f"{PUMP} {tip}", "pump", tip) for tip in tips]
    if oral_form:
        routes.append(Route(ORAL, "oral", oral_form))
    pool = make_pool(
        drug, routes, sites_of(aims), people=people, days=DAYS, seed=seed, threads=threads
    )
    unit = {PUMP: _daily(pool, aims, [f"{PUMP} {aim.tip}" for aim in aims])}
    if oral_form:
        unit[ORAL] = _daily(pool, aims, [ORAL] * len(aims))
    return Kinetics(drug.id, unit, len(aims))


def sites_of(aims: Sequence[Aim]) -> tuple[str, ...]:
    """Return what is read of a body for these aims: plasma, each cord once, cisterna."""
    return ("plasma", *dict.fromkeys(cord_of(aim) for aim in aims), "cisterna magna")


def cord_of(aim: Aim) -> str:
    """Return the site of a pool that is the cord at the pain's levels."""
    return f"cord {'+'.join(aim.levels)}"


def seen_at(pool: Pool, route: str, aim: Aim, hours: Sequence[float]) -> Array:
    """Return plasma, cord at the pain and cisterna of everybody, ng/mL, shape (people, 3, hours).

    For each mcg/h, or mcg at once, by a route of the pool.
    """
    who = np.arange(pool.people)
    shown = np.stack([pool.read(route, who, hour) for hour in hours], axis=-1)
    cord = shown[:, pool.sites.index(cord_of(aim))]
    return np.stack([shown[:, 0], cord * _NG_PER_MCG, shown[:, -1] * _NG_PER_MCG], axis=1)


def _daily(pool: Pool, aims: Sequence[Aim], routes: Sequence[str]) -> Array:
    hours = [24.0 * day for day in range(DAYS + 1)]
    parts = [seen_at(pool, route, aim, hours) for aim, route in zip(aims, routes, strict=True)]
    return steadied(np.concatenate(parts) * _MCG_PER_H)


def steadied(shown: Array) -> Array:
    """Return concentrations without their last digits, 6e-8 of each.

    The last bits of a solved body can differ with how a machine compiled the solver; a trial, with
    its thresholds, would make other people of them.
    """
    return shown.astype(np.float32).astype(np.float64)


class Exposure:
    """The doses of some people day by day, and what their sites show.

    Parameters
    ----------
    who
        Where each stands in the kinetics (`Kinetics.at`), shape (n,); one may stand there more
        than once.
    """

    def __init__(self, kinetics: Kinetics, who: NDArray[np.int64]) -> None:
        # By day first, so that what one day shows lies together in memory.
        self._unit = {
            name: np.ascontiguousarray(np.moveaxis(unit[who], 2, 0))
            for name, unit in kinetics.unit.items()
        }
        self._people = len(who)
        self._rates = {name: np.zeros(self._people) for name in self._unit}
        self._settled = np.zeros((self._people, len(_SITES)))
        self._changes: list[tuple[str, int, Array]] = []
        self._day = 0
        self._shown: tuple[int, Sites] | None = None

    def set_dose(self, route: str, day: int, mg_per_day: Array) -> None:
        """Let each take a route's drug at a dose from a day on.

        Raises
        ------
        InputError
            If the day lies before one already reached, there is no such route, or a dose is
            negative or not finite.
        """
        if route not in self._rates:
            raise InputError(f'there is no route "{route}"; there are {", ".join(self._rates)}')
        if not np.isfinite(mg_per_day).all() or (mg_per_day < 0.0).any():
            raise InputError("a daily dose must be zero or more, and finite, for everybody")
        self._reach(day)
        change = mg_per_day - self._rates[route]
        if change.any():
            self._changes.append((route, day, change))
            self._shown = None
            self._rates[route] = np.array(mg_per_day, dtype=np.float64)

    @property
    def routes(self) -> tuple[str, ...]:
        """The routes that these people have."""
        return tuple(self._rates)

    def dose(self, route: str) -> Array:
        """Return the doses in force, mg/day, shape (n,)."""
        return self._rates[route].copy()

    def settle(self) -> None:
        """Take the doses in force as given for ever: the state in which people enter."""
        self._settled = sum(
            (self._unit[name][-1] * rate[:, None] for name, rate in self._rates.items()),
            np.zeros_like(self._settled),
        )
        self._changes = []
        self._shown = None

    def sites(self, day: int) -> Sites:
        """Return the concentrations on a day, ng/mL, shape (n,) at each site; never below zero.

        Raises
        ------
        InputError
            If the day lies before one already reached.
        """
        if self._shown is not None and self._shown[0] == day:
            return self._shown[1]
        self._reach(day)
        shown = self._settled.copy()
        for route, start, change in self._changes:
            shown += self._unit[route][day - start] * change[:, None]
        np.maximum(shown, 0.0, out=shown)
        sites = Sites(shown[:, 0], shown[:, 1], shown[:, 2])
        self._shown = day, sites
        return sites

    def with_trial(self, day: int, mg_per_day: float, days: int) -> Sites:
        """Return what the sites would show after days of a dose by the pump's route beside."""
        now = self.sites(day)
        more = self._unit[PUMP][min(days, DAYS)] * mg_per_day
        return Sites(now.plasma + more[:, 0], now.cord + more[:, 1], now.cisterna + more[:, 2])

    def _reach(self, day: int) -> None:
        if day < self._day:
            raise InputError(f"day {day} lies before day {self._day}, which was reached")
        self._day = day
        kept = []
        for route, start, change in self._changes:
            if day - start >= DAYS:
                self._settled += self._unit[route][-1] * change[:, None]
            else:
                kept.append((route, start, change))
        self._changes = kept
