"""Uptake of large molecules into the cells of nerve tissue, which saturates; off by default.

In tissue the drug then has two places: the fluid between the cells, with which CSF and blood
exchange, and the cells. Into these flows Vmax s / (Km + s) for each millilitre of tissue, with s
the concentration in the fluid, and out of them a constant share of what they hold. So the partition
coefficient, which counts what tissue holds as if it were all in balance, falls to the share of the
fluid. Far below Km the body is linear; far above it cells take up as much as they can.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from thecal.body.model import RINGS, Body
from thecal.body.network import Network
from thecal.body.parameters import Parameters
from thecal.body.radau import SaturableLinks, SaturableSystem
from thecal.errors import ValidityError
from thecal.formulary import Drug

Array = NDArray[np.float64]
Index = NDArray[np.intp]

TISSUES = ("cord", "roots", "brain")
"""The groups of compartments whose cells take drug up."""

TAKEN_UP = "taken up"
"""What the groups of what was taken up are called, as ``"taken up cord"``."""

SITE = "cord taken up"
"""The site that reads it, followed by a level."""

UPTAKE_FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "uptake_capacity": "mcg/mL/h",
        "uptake_half_saturation": "mcg/mL",
        "uptake_return": "1/h",
    }
)
"""The figures of a drug whose uptake is known to saturate, with the internal unit of each."""


@dataclass(frozen=True, slots=True)
class Uptake:
    """How the cells of nerve tissue take up a drug.

    Attributes
    ----------
    capacity_mcg_per_ml_h
        Vmax: the most that a millilitre of tissue takes up, mcg/mL/h.
    half_mcg_per_ml
        Km: the concentration between the cells at which it takes up half of that.
    return_per_h
        The share of what cells hold that comes back out, 1/h.
    """

    capacity_mcg_per_ml_h: float
    half_mcg_per_ml: float
    return_per_h: float

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if not (np.isfinite(value) and value > 0.0):
                raise ValidityError(f"{one.name} is {value:g}, but it must be above zero")


@dataclass(frozen=True)
class SaturatingBody(Body):
    """A body whose tissue takes drug up by a process that saturates.

    Its network holds one more compartment for each one of tissue, with the volume of that tissue;
    the links into them are not in the network's matrix, but in ``links``.
    """

    links: SaturableLinks

    @cached_property
    def system(self) -> SaturableSystem:
        """The equations, which no method solves at once; they are stepped."""
        return SaturableSystem(self.network.matrix, self.links)

    def row(self, site: str) -> Array:
        """Return the row that reads one site, shape (n,).

        Parameters
        ----------
        site
            As for any body, or ``"cord taken up T10"``: what the cells of the cord hold, mcg for
            each mL of tissue.
        """
        place, _, level = site.rpartition(" ")
        if place != SITE:
            return super().row(site)
        row = np.asarray(self.taken_up_rows()[self.anatomy.level_index(level)])
        if np.isnan(row).any():
            raise ValidityError(f"there is no cord at {level}; it ends above")
        return row

    def taken_up_rows(self) -> Array:
        """Return rows that read what the cells of the cord hold by level, shape (levels, n).

        In mcg for each mL of tissue, mean of the cross-section. Levels without cord read
        not-a-number.
        """
        rows = np.full((len(self.anatomy.levels), self.network.size), np.nan)
        held = self.network.groups[f"{TAKEN_UP} cord"].reshape(-1, RINGS)
        for level in range(len(rows)):
            beside = np.isin(self.cord_cells, self.canal.cells_of_level(level))
            if beside.any():
                rows[level] = self.network.concentration_row(held[beside].ravel())
        return rows


def uptake_of(drug: Drug) -> Uptake:
    """Return how nerve tissue takes up a drug.

    Raises
    ------
    ValidityError
        If nothing is on record.
    """
    missing = [name for name in UPTAKE_FIGURES if name not in drug.figures]
    if missing:
        raise ValidityError(
            f"that uptake of {drug.name} saturates is not on record: no figure for "
            f"{', '.join(missing)}"
        )
    read = {name: drug.figures[name].number(unit) for name, unit in UPTAKE_FIGURES.items()}
    return Uptake(
        capacity_mcg_per_ml_h=read["uptake_capacity"],
        half_mcg_per_ml=read["uptake_half_saturation"],
        return_per_h=read["uptake_return"],
    )


def without_cells(parameters: Parameters) -> Parameters:
    """Return the parameters of a drug that is only between the cells of tissue, not in them."""
    tissue = parameters.tissue
    return replace(parameters, tissue=replace(tissue, partition=tissue.extracellular_fraction))


def saturating(body: Body, uptake: Uptake) -> SaturatingBody:
    """Return a body whose tissue takes drug up by a process that saturates.

    Parameters
    ----------
    body
        Built with the parameters that `without_cells` gives.

    Examples
    --------
    >>> from thecal.body import build_body, load_anatomy, parameters_of
    >>> from thecal.formulary import load_formulary
    >>> aso, adult = load_formulary().drug("aso"), load_anatomy("adult")
    >>> plain = build_body(adult, without_cells(parameters_of(aso, adult)))
    >>> body = saturating(plain, uptake_of(aso))
    >>> body.unit("cord taken up T10")
    'mcg/mL'
    """
    network = body.network
    groups = {name: network.groups[name] for name in TISSUES if name in network.groups}
    source = np.concatenate(list(groups.values()))
    fluid = network.volume[source]
    tissue = fluid / body.parameters.tissue.partition
    target = np.arange(network.size, network.size + len(source), dtype=np.intp)
    links = SaturableLinks(
        source, target, uptake.capacity_mcg_per_ml_h * tissue, uptake.half_mcg_per_ml * fluid
    )
    held = _Held(source, target, tissue, uptake.return_per_h)
    own = {one.name: getattr(body, one.name) for one in fields(Body)}
    return SaturatingBody(**{**own, "network": held.added_to(network, groups)}, links=links)


@dataclass(frozen=True, slots=True)
class _Held:
    """The compartments of what was taken up: beside which, where, how large, how fast emptied."""

    source: Index
    target: Index
    volume: Array
    return_per_h: float

    def added_to(self, network: Network, groups: Mapping[str, Index]) -> Network:
        count = len(self.target)
        matrix = np.pad(network.matrix, (0, count))
        matrix[self.source, self.target] = self.return_per_h
        matrix[self.target, self.target] = -self.return_per_h
        ends = np.cumsum([len(one) for one in groups.values()])[:-1]
        named = zip(groups, np.split(self.target, ends), strict=True)
        return Network(
            volume=np.append(network.volume, self.volume),
            matrix=matrix,
            exits={name: np.pad(rates, (0, count)) for name, rates in network.exits.items()},
            routes={name: np.pad(rates, (0, count)) for name, rates in network.routes.items()},
            groups={**network.groups, **{f"{TAKEN_UP} {name}": found for name, found in named}},
            besides="takes drug up by a process that saturates",
        )
