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

    ``at_once`` is a unit dose of 1 mcg at time 0, else 1 mcg/h from time 0 on.
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
        What is read, as `thecal.body.Body.row` names it.
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
    tip: str = "",
    threads: int | None = None,
) -> Pool:
    """Draw adults and compute what a unit by each route does in them.

    Parameters
    ----------
    tip
        The vertebral level of the catheter tip, for the route "pump".
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
    parameters = parameters_of(drug, anatomy)
    drawn = _Drawn(anatomy, parameters, seed, people, tip)
    units: tuple[str, ...] = ()
    responses = {}
    for route in routes:
        given = _unit(route, days)
        members = _members(drawn, route, sites, given)
        responses[route.name] = Followed.joined(follow(members, wanted, threads=threads)).values
    units = tuple("ng/mL" if one.startswith("plasma") else "mcg/mL" for one in sites)
    return Pool(drug.id, tuple(sites), units, hours, responses)


@dataclass(frozen=True, slots=True)
class _Drawn:
    anatomy: Anatomy
    parameters: Parameters
    seed: int
    people: int
    tip: str

    def bodies(self) -> Iterator[tuple[Body, str]]:
        for number in range(self.people):
            one = draw(self.parameters, self.anatomy, stream(self.seed, number))
            made = build_body(
                one.anatomy, one.parameters, dispersion=one.dispersion, cell_cm=one.cell_cm
            )
            yield made, self.tip


def _unit(route: Route, days: int) -> Schedule:
    given = Dose(0, 0, 1.0) if route.at_once else Rate(0, 0, days * DAY_S, 1.0)
    return Schedule.of(np.zeros((1, 1)), [given], end_s=days * DAY_S)


def _members(
    drawn: _Drawn, route: Route, sites: Sequence[str], given: Schedule
) -> Iterator[Member]:
    for body, tip in drawn.bodies():
        if route.route == "pump":
            anatomy = body.anatomy
            channel = body.tip_channel(anatomy.middle_cm(anatomy.level_index(tip)))
        else:
            channel = body.channel(route.route, route.site, bolus=route.at_once)
        rows = np.array([body.row(site) for site in sites])
        yield Member(body.network, rows, replace(given, channels=channel[:, None]))
