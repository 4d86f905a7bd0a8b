"""One drug in one body: what goes in, and what is read.

The model in one dimension: CSF by vertebral level with dispersion and the slow flow that
absorption pulls down; cord tissue in rings behind each cell and the nerve roots in it; loss across
the dura into an epidural pool with fat in it that drains into blood; ventricles, cisterns and
convexity above, with a layer of brain; one to three compartments for the drug in blood and one for
each metabolite; the gut for tablets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from thecal.body.anatomy import Anatomy
from thecal.body.canal import Canal
from thecal.body.choice import choose_propagator
from thecal.body.network import Network
from thecal.body.parameters import Parameters
from thecal.body.propagator import Follower
from thecal.errors import InputError, ValidityError

Array = NDArray[np.float64]
Index = NDArray[np.intp]

RINGS = 4
"""Rings of cord tissue; they take up drug within 3 % of what very many rings do."""

HUMAN = "human"
"""The species whose blood can be read."""

NG_PER_ML = 1000.0
"""ng/mL in one mcg/mL."""

POOLS = {"ventricle": "ventricle", "cisterna magna": "cistern", "convexity": "convexity"}
"""The names of the cranial pools as sites, and their compartments."""

CORD_PARTS = {"mean": slice(None), "surface": slice(RINGS - 1, None), "centre": slice(0, 1)}
"""Which rings a reading of the cord takes."""

ROUTES = ("intrathecal", "epidural", "intraventricular", "cisternal", "intravenous", "oral")
"""The ways in by which a drug can be given."""


@dataclass(frozen=True)
class Body:
    """A body that is ready to be asked about one drug.

    Attributes
    ----------
    network
        The compartments and links.
    canal
        The cut canal; ``canal.level`` says to which vertebral level a cell belongs.
    cord_cells
        Cells of the canal that have cord beside them, shape (c,); ring m of the k-th of them is
        compartment ``network.groups["cord"][k * RINGS + m]``, from the centre outwards.
    root_cells
        Cells of the canal that have nerve roots in them, shape (r,); the k-th of them has the
        compartment ``network.groups["roots"][k]``.
    flow_ml_per_h
        Net CSF flow through the canal's faces, positive downwards, shape (n + 1,).
    """

    anatomy: Anatomy
    parameters: Parameters
    network: Network
    canal: Canal
    cord_cells: Index
    root_cells: Index
    flow_ml_per_h: Array

    @property
    def reads_blood(self) -> bool:
        """Whether blood can be read: what is on record of drugs there is human."""
        return self.anatomy.species == HUMAN

    @cached_property
    def system(self) -> Follower:
        """The body taken apart by the first exact method that can; the costly step, made once."""
        return choose_propagator(self.network)

    # What goes in -----------------------------------------------------------------------------

    def channel(self, route: str, site: str = "", *, bolus: bool = False) -> Array:
        """Return the share of each compartment in what is given by a route, shape (n,).

        Parameters
        ----------
        route
            One of `ROUTES`.
        site
            The vertebral level (intrathecal, epidural), the oral form (oral); else unused.
        bolus
            Whether an intrathecal dose is pushed in at once: it then starts from a Gaussian as wide
            as the volume in which a lumbar bolus is mixed; else it enters one cell.

        Raises
        ------
        InputError
            If there is no such route or site, or this body was not made for it.
        """
        if route == "intrathecal":
            depth = self.anatomy.middle_cm(self.anatomy.level_index(site))
            return self.mixed_channel(depth) if bolus else self.tip_channel(depth)
        group = {
            "intravenous": "plasma",
            "intraventricular": "ventricle",
            "cisternal": "cistern",
            "oral": f"gut {site}",
            "epidural": f"epidural depot {site}",
        }.get(route)
        if group is None:
            raise InputError(f'"{route}" is not a route; write one of {", ".join(ROUTES)}')
        if group not in self.network.groups:
            raise InputError(f"this body was not made for the {route} route at {site or 'no site'}")
        return self._only(group)

    def tip_channel(self, depth_cm: float) -> Array:
        """Return the share of each compartment in what leaves a catheter tip, shape (n,).

        The source is one cell, about a centimetre; the millimetres round the tip are not resolved.
        """
        channel = np.zeros(self.network.size)
        channel[self.network.groups["csf"][self.canal.cell_at(depth_cm)]] = 1.0
        return channel

    def mixed_channel(self, depth_cm: float) -> Array:
        """Return the share of each compartment in a bolus that was mixed at once, shape (n,).

        A Gaussian of SD = V0 / (area x sqrt(2 pi)) about the place, cut off at the canal's ends.
        """
        cell = self.canal.cell_at(depth_cm)
        spread_cm = self.parameters.fluid.bolus_mixing_ml / (
            self.canal.area_cm2[cell] * np.sqrt(2.0 * np.pi)
        )
        below = ndtr((self.canal.edges_cm - depth_cm) / spread_cm)
        share = np.diff(below)
        channel = np.zeros(self.network.size)
        channel[self.network.groups["csf"]] = share / share.sum()
        return channel

    def oral_channel(self, form: str) -> Array:
        """Return the share of each compartment in a swallowed dose, shape (n,)."""
        return self._only(f"gut {form}")

    def vein_channel(self) -> Array:
        """Return the share of each compartment in an intravenous dose, shape (n,)."""
        return self._only("plasma")

    def _only(self, group: str) -> Array:
        channel = np.zeros(self.network.size)
        channel[self.network.at(group)] = 1.0
        return channel

    # What is read -----------------------------------------------------------------------------

    def row(self, site: str) -> Array:
        """Return the row that reads one site, shape (n,).

        Parameters
        ----------
        site
            ``"csf T10"``, ``"cord T10"``, ``"cord surface T10"``, ``"cord centre T10"``,
            ``"roots L4"``, ``"cisterna magna"``, ``"ventricle"``, ``"convexity"`` (mcg/mL),
            ``"plasma"`` or ``"plasma m6g"``, the name of a metabolite (ng/mL).

        Raises
        ------
        InputError
            If there is no such site.
        ValidityError
            If there is no cord at the level, or blood is asked for of an animal.
        """
        head, _, tail = site.rpartition(" ")
        if site.startswith("plasma") and not self.reads_blood:
            raise ValidityError(
                f"what is on record of this drug in blood is human, so that plasma of the "
                f"{self.anatomy.species} cannot be read; read its CSF and cord"
            )
        if site == "plasma":
            return self.plasma_row()
        if site in POOLS:
            return self.pool_row(POOLS[site])
        if head == "plasma":
            return self.metabolite_row(tail)
        if head == "csf":
            return np.asarray(self.csf_rows()[self.anatomy.level_index(tail)])
        part = "mean" if head == "cord" else head.removeprefix("cord ")
        if head == "roots" or (head.startswith("cord") and part in CORD_PARTS):
            rows = self.root_rows() if head == "roots" else self.cord_rows(part)
            row = np.asarray(rows[self.anatomy.level_index(tail)])
            if np.isnan(row).any():
                raise ValidityError(f"there is no {head.split()[0]} at {tail}; it ends above")
            return row
        raise InputError(
            f'"{site}" is not a site; write "csf T10", "cord T10", "cord surface T10", '
            '"cord centre T10", "roots L4", "cisterna magna", "ventricle", "convexity" or "plasma"'
        )

    def unit(self, site: str) -> str:
        """Return the unit in which a site is read: ng/mL in plasma, mcg/mL elsewhere."""
        return "ng/mL" if site.startswith("plasma") else "mcg/mL"

    def csf_rows(self) -> Array:
        """Return rows that read the mean CSF concentration of each level, mcg/mL, (levels, n)."""
        cells = self.network.groups["csf"]
        return np.array(
            [
                self.network.concentration_row(cells[self.canal.cells_of_level(level)])
                for level in range(len(self.anatomy.levels))
            ]
        )

    def cell_row(self, depth_cm: float) -> Array:
        """Return the row that reads the CSF concentration of one cell, mcg/mL, shape (n,)."""
        cell = self.network.groups["csf"][self.canal.cell_at(depth_cm)]
        return self.network.concentration_row([cell])

    def cord_rows(self, part: str = "mean") -> Array:
        """Return rows that read cord tissue by level, mcg/mL, shape (levels, n).

        Parameters
        ----------
        part
            ``"mean"`` of the cross-section, ``"surface"`` or ``"centre"`` ring. The value is the
            CSF-equivalent concentration. Levels without cord read not-a-number.
        """
        rows = np.full((len(self.anatomy.levels), self.network.size), np.nan)
        tissue = self.network.groups["cord"].reshape(-1, RINGS)
        for level in range(len(rows)):
            slices = np.isin(self.cord_cells, self.canal.cells_of_level(level))
            if slices.any():
                chosen = tissue[slices, CORD_PARTS[part]]
                rows[level] = self.network.concentration_row(chosen.ravel())
        return rows

    def root_rows(self) -> Array:
        """Return rows that read the nerve roots by level, mcg/mL, shape (levels, n).

        The value is the CSF-equivalent concentration. Levels without roots read not-a-number.
        """
        rows = np.full((len(self.anatomy.levels), self.network.size), np.nan)
        for level in range(len(rows)):
            chosen = np.isin(self.root_cells, self.canal.cells_of_level(level))
            if chosen.any():
                members = self.network.groups["roots"][chosen]
                rows[level] = self.network.concentration_row(members)
        return rows

    def plasma_row(self) -> Array:
        """Return the row that reads the total plasma concentration, ng/mL, shape (n,)."""
        return NG_PER_ML * self.network.concentration_row([self.network.at("plasma")])

    def metabolite_row(self, name: str) -> Array:
        """Return the row that reads a metabolite in plasma, ng/mL of its own mass, shape (n,).

        Raises
        ------
        InputError
            If the drug has no such metabolite.
        """
        for one in self.parameters.metabolites:
            if one.name == name:
                row = self.network.concentration_row([self.network.at(f"metabolite {name}")])
                return NG_PER_ML * one.mass_ratio * row
        known = ", ".join(one.name for one in self.parameters.metabolites) or "none"
        raise InputError(f'"{name}" is not a metabolite of this drug; known are: {known}')

    def pool_row(self, pool: str) -> Array:
        """Return the row that reads a cranial pool, mcg/mL: ventricle, cistern or convexity."""
        return self.network.concentration_row([self.network.at(pool)])

    def amount_row(self) -> Array:
        """Return the row that reads all drug in the body, mcg; metabolites as parent."""
        return np.ones(self.network.size)

    def exit_row(self) -> Array:
        """Return the row whose time integral is all drug that has left the body, mcg."""
        return np.asarray(sum(self.network.exits.values()))
