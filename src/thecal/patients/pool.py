"""A pool of kinetic people: what a unit of drug does in each, computed once and used many times.

The body is linear, so what a person's sites show under any history of doses is a sum of shifted
responses to a unit. A pool is drawn and solved once; each virtual trial then draws its people from
it with replacement and gives them doses that follow from how they fare, without solving again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from thecal.body import (
    Anatomy,
    Dose,
    Parameters,
    Rate,
    Schedule,
    build_body,
    draw,
    load_anatomy,
    parameters_of,
    stream,
)
from thecal.body.cohort import Followed, Member, Wanted, follow
from thecal.errors import InputError

if TYPE_CHECKING:
    from thecal.body import Body
    from thecal.formulary import Drug

Array = NDArray[np.float64]

DAY_S: Final = 86_400
HOUR_S: Final = 3_600
FINE_HOURS: Final = 48
"""A response is kept hourly for so long, then daily."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a unit enters: a name for people, a route and a site of `thecal.body.ROUTES`.

    The site of the route "pump" is the vertebral level of the catheter tip. ``at_once`` is a unit
    dose of 1 mcg at time 0, else 1 mcg/h from time 0 on.
    """

    name: str
    route: str
    site: str = ""
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """The responses of some people.

    Attributes
    ----------
    sites
        What is read, as `thecal.body.Body.row` names it; "cord T8+T10" is a mean of levels.
    units
        The unit of each site, for each mcg/h or mcg given.
    hours
        Rising from 0, shape (t,).
    responses
        By the name of the route: shape (people, sites, t).
    """

    drug: str
    sites: tuple[str, ...]
    units: tuple[str, ...]
    hours: Array
    responses: dict[str, Array]

    @property
    def people(self) -> int:
        """How many there are."""
        return len(next(iter(self.responses.values())))

    def read(self, name: str, people: NDArray[np.int64], hours: float) -> Array:
        """Return the response of some people so long after the unit began.

        Parameters
        ----------
        hours
            Negative reads zero, since nothing was given yet; beyond the last time reads the last.

        Returns
        -------
        Array
            Units of the sites, shape (len(people), sites).
        """
        response = self.responses[name]
        if hours < 0.0:
            return np.zeros((len(people), len(self.sites)))
        place = int(np.searchsorted(self.hours, hours, side="right")) - 1
        if place >= len(self.hours) - 1:
            return np.asarray(response[people, :, -1])
        share = (hours - self.hours[place]) / (self.hours[place + 1] - self.hours[place])
        before, after = response[people, :, place], response[people, :, place + 1]
        return np.asarray(before + share * (after - before))


def make_pool(
    drug: Drug,
    routes: Sequence[Route],
    sites: Sequence[str],
    *,
    people: int,
    days: int,
    seed: int,
    threads: int | None = None,
) -> Pool:
    """Draw adults and compute what a unit by each route does in them.

    Parameters
    ----------
    people
        How many; the same seed gives the same first ones for any number.
    days
        How long each response is kept.

    Raises
    ------
    InputError
        If there are no people, routes, sites or days, or a site or route is unknown.

    Notes
    -----
    The fluid that a pump adds changes the body by less than the spread between people; left out.
    """
    for name, count in (
        ("people", people),
        ("days", days),
        ("routes", len(routes)),
        ("sites", len(sites)),
    ):
        if count < 1:
            raise InputError(f"a pool has {count} {name}, but needs at least 1")
    anatomy = load_anatomy("adult")
    hours = np.concatenate(
        [np.arange(FINE_HOURS), np.arange(FINE_HOURS // 24, days + 1) * 24.0]
    ).astype(np.float64)
    hours = hours[hours <= days * 24.0]
    wanted = Wanted(values_s=(hours * HOUR_S).astype(np.int64))
    bodies = _bodies(parameters_of(drug, anatomy), anatomy, seed, people)
    members = _members(bodies, routes, sites, days)
    values = Followed.joined(follow(members, wanted, threads=threads)).values
    # The routes of one body stand side by side.
    responses = {one.name: values[k :: len(routes)] for k, one in enumerate(routes)}
    units = tuple("ng/mL" if one.startswith("plasma") else "mcg/mL" for one in sites)
    return Pool(drug.id, tuple(sites), units, hours, responses)


def _bodies(parameters: Parameters, anatomy: Anatomy, seed: int, people: int) -> Iterator[Body]:
    for number in range(people):
        one = draw(parameters, anatomy, stream(seed, number))
        yield build_body(
            one.anatomy, one.parameters, dispersion=one.dispersion, cell_cm=one.cell_cm
        )


def _members(
    bodies: Iterator[Body], routes: Sequence[Route], sites: Sequence[str], days: int
) -> Iterator[Member]:
    # One schedule for all of a kind, so that the work on its timing is done once.
    given = {at_once: _unit(days, at_once=at_once) for at_once in (False, True)}
    for body in bodies:
        rows = _rows(body, sites)
        for route in routes:
            channels = _channel(body, route)[:, None]
            yield Member(body.network, rows, replace(given[route.at_once], channels=channels))


def _unit(days: int, *, at_once: bool) -> Schedule:
    given = Dose(0, 0, 1.0) if at_once else Rate(0, 0, days * DAY_S, 1.0)
    return Schedule.of(np.zeros((1, 1)), [given], end_s=days * DAY_S)


def _channel(body: Body, route: Route) -> Array:
    if route.route == "pump":
        anatomy = body.anatomy
        return body.tip_channel(anatomy.middle_cm(anatomy.level_index(route.site)))
    return body.channel(route.route, route.site, bolus=route.at_once)


def _rows(body: Body, sites: Sequence[str]) -> Array:
    cord = body.cord_rows()
    rows = []
    for site in sites:
        part, _, levels = site.partition(" ")
        if part == "cord" and "+" in levels:
            at = [body.anatomy.level_index(level) for level in levels.split("+")]
            rows.append(cord[at].mean(axis=0))
        else:
            rows.append(body.row(site))
        if np.isnan(rows[-1]).any():
            raise InputError(f'"{site}" has a level without cord')
    return np.array(rows)
