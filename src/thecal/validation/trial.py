"""One way of giving, carried out in one body: what any site reads at any time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from thecal.body import (
    Anatomy,
    Body,
    Dose,
    Parameters,
    Propagator,
    Rate,
    Schedule,
    build_body,
    choose_propagator,
    load_anatomy,
    parameters_of,
)
from thecal.body.model import NG_PER_ML
from thecal.errors import ValidityError
from thecal.formulary import load_formulary
from thecal.validation.target import Way

Array = NDArray[np.float64]
Times = NDArray[np.int64]

HOUR_S = 3600

AMOUNTS = {
    "amount in head": ("ventricle", "cistern", "convexity", "brain"),
    "amount over convexity": ("convexity", "brain"),
    "amount in cranial csf": ("ventricle", "cistern", "convexity"),
    "amount in spinal csf": ("csf",),
    "amount in csf": ("csf", "ventricle", "cistern", "convexity"),
    "amount in cord": ("cord",),
}
"""Places that are read as an amount, and the compartments that belong to them."""


@dataclass(frozen=True)
class Trial:
    """One way of giving in one body.

    Concentrations are read in mcg/mL everywhere, in plasma too; amounts in mcg.
    """

    way: Way
    body: Body
    system: Propagator

    @property
    def _channel(self) -> Array:
        at_once = self.way.mcg is not None and self.way.over_s is None
        return self.body.channel(self.way.route, self.way.site, bolus=at_once)

    def row(self, site: str) -> Array:
        """Return the row that reads a site, mcg/mL, or the amount in a place, mcg."""
        if site in AMOUNTS:
            row = np.zeros(self.body.network.size)
            for group in AMOUNTS[site]:
                row[self.body.network.groups[group]] = 1.0
            return row
        row = self.body.row(site)
        return row / NG_PER_ML if self.body.unit(site) == "ng/mL" else row

    @property
    def dose_mcg(self) -> float:
        """The single dose.

        Raises
        ------
        ValidityError
            If there is none: it is repeated, or a rate that never ends.
        """
        way = self.way
        if way.every_s is not None:
            raise ValidityError("the statistic is of a single dose, but the dose is repeated")
        if way.mcg is not None:
            return way.mcg
        if way.mcg_per_h is None or way.over_s is None:
            raise ValidityError("the statistic is of a dose, but a rate without end is given")
        return way.mcg_per_h * way.over_s / HOUR_S

    @property
    def mcg_per_h(self) -> float:
        """The rate of a constant or, on average, of a repeated input."""
        way = self.way
        if way.mcg_per_h is not None:
            return way.mcg_per_h
        if way.mcg is not None and way.every_s is not None:
            return way.mcg / way.every_s * HOUR_S
        raise ValidityError("the statistic is of a rate, but a single dose is given")

    def at(self, times_s: Times, rows: Array) -> Array:
        """Return what rows read at whole seconds, shape (times, rows)."""
        end_s = int(times_s.max()) + 1
        schedule = Schedule.of(self._channel[:, None], self._inputs(end_s), end_s=end_s)
        return self.system.solve(schedule).read(times_s, rows)

    def _inputs(self, end_s: int) -> list[Rate | Dose]:
        way = self.way
        starts = [0] if way.every_s is None else list(range(0, end_s, way.every_s))
        if way.mcg_per_h is not None:
            return [Rate(0, 0, end_s if way.over_s is None else way.over_s, way.mcg_per_h)]
        mcg = float(way.mcg or 0.0)
        if way.over_s is None:
            return [Dose(0, start, mcg) for start in starts]
        rate = mcg / way.over_s * HOUR_S
        return [Rate(0, start, start + way.over_s, rate) for start in starts]

    def curve(self, site: str, times_s: Times) -> Array:
        """Return what a site reads at whole seconds, shape (times,)."""
        return self.at(times_s, self.row(site)[None])[:, 0]

    def settled(self, site: str) -> float:
        """Return what a site reads in the end under the constant input."""
        return float(self.row(site) @ self.system.steady_state(self._channel)) * self.mcg_per_h

    def area(self, site: str) -> float:
        """Return the area under a site's curve of the single dose, to the end of time."""
        return float(self.row(site) @ self.system.steady_state(self._channel)) * self.dose_mcg

    def moment(self, site: str) -> float:
        """Return the first moment of a site's curve of the single dose, from the dose's start."""
        once = self.system.steady_state(self._channel)
        twice = self.system.steady_state(once)
        middle_h = (self.way.over_s or 0) / HOUR_S / 2.0
        return float(self.row(site) @ (twice + middle_h * once)) * self.dose_mcg

    def place_cm(self) -> float:
        """Return how deep below the foramen magnum the drug is given."""
        anatomy = self.body.anatomy
        return anatomy.middle_cm(anatomy.level_index(self.way.site))

    def along(self, at_s: int) -> tuple[Array, Array]:
        """Return the depths of the canal's cells, cm, and the drug in their CSF, mcg."""
        cells = self.body.network.groups["csf"]
        rows = np.zeros((len(cells), self.body.network.size))
        rows[np.arange(len(cells)), cells] = 1.0
        return self.body.canal.middles_cm, self.at(np.array([at_s]), rows)[0]


@dataclass(frozen=True)
class Subject:
    """Whom a drug is given to.

    Attributes
    ----------
    dispersion
        Axial dispersion at the faces of a canal of cells of ``cell_cm``, cm2/h; the anatomy's own
        where it is ``None``.
    cell_cm
        Height of the canal's cells; the ordinary one where it is ``None``.
    """

    anatomy: Anatomy
    parameters: Parameters
    dispersion: Array | None = None
    cell_cm: float | None = None


def typical(body: str, drug: str) -> Subject:
    """Return the body of that name as it is on record.

    Raises
    ------
    InputError
        If there is no such body or drug.
    ValidityError
        If a figure is missing that the model needs.
    """
    anatomy = load_anatomy(body)
    return Subject(anatomy, parameters_of(load_formulary().drug(drug), anatomy))


@dataclass(frozen=True)
class Laboratory:
    """Makes the bodies that trials need, each once.

    Attributes
    ----------
    subject
        Who a body is, for a drug: the typical one, or one person.
    """

    subject: Callable[[str, str], Subject] = typical
    _made: dict[Hashable, tuple[Body, Propagator]] = field(default_factory=dict)

    def trial(self, way: Way) -> Trial:
        """Return the trial of a way.

        Raises
        ------
        InputError
            If there is no such body, drug, route or site.
        ValidityError
            If the body or the drug lacks a figure that the trial needs.
        """
        # What the fluid and an epidural dose change in the body depends on where they enter.
        site = way.site if way.route == "epidural" or way.fluid_ml_per_h else ""
        key = (way.body, way.drug, way.route, way.fluid_ml_per_h, way.drift_cm_per_h, site)
        if key not in self._made:
            self._made[key] = self._make(way)
        return Trial(way, *self._made[key])

    def _make(self, way: Way) -> tuple[Body, Propagator]:
        subject = self.subject(way.body, way.drug)
        anatomy = subject.anatomy
        tip_cm = None
        if way.route == "intrathecal" and way.fluid_ml_per_h:
            tip_cm = anatomy.middle_cm(anatomy.level_index(way.site))
        body = build_body(
            anatomy,
            replace(subject.parameters, drift_cm_per_h=way.drift_cm_per_h),
            tip_cm=tip_cm,
            pump_ml_per_h=way.fluid_ml_per_h,
            epidural_levels=(way.site,) if way.route == "epidural" else (),
            dispersion=subject.dispersion,
            cell_cm=subject.cell_cm,
        )
        return body, choose_propagator(body.network)
