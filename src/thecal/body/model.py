"""One drug in one body: spinal and cranial CSF, cord, epidural space, blood and gut.

The model of Kroin-type human gradients in one dimension: CSF by vertebral level with dispersion
and the slow flow that absorption pulls down; cord tissue in rings behind each cell; loss across
the dura into an epidural pool that drains into blood; ventricles, cisterns and convexity above;
three compartments for the drug in blood and one for its active metabolite; the gut for tablets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import Anatomy
from thecal.body.canal import Canal, add_canal, top_clearances
from thecal.body.cord import rings
from thecal.body.modal import ModalSystem
from thecal.body.network import Network, NetworkBuilder
from thecal.body.parameters import Parameters
from thecal.errors import ValidityError

Array = NDArray[np.float64]
Index = NDArray[np.intp]

RINGS = 4
"""Rings of cord tissue; they take up drug within 3 % of what very many rings do."""

NG_PER_ML = 1000.0
"""ng/mL in one mcg/mL."""


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
    flow_ml_per_h
        Net CSF flow through the canal's faces, positive downwards, shape (n + 1,).
    """

    anatomy: Anatomy
    parameters: Parameters
    network: Network
    canal: Canal
    cord_cells: Index
    flow_ml_per_h: Array

    @cached_property
    def system(self) -> ModalSystem:
        """The body taken apart into modes; the costly step, made once."""
        return ModalSystem.of(self.network.matrix, self.network.volume)

    # What goes in -----------------------------------------------------------------------------

    def tip_channel(self, depth_cm: float) -> Array:
        """Return the share of each compartment in what leaves a catheter tip, shape (n,).

        The source is one cell, about a centimetre; the millimetres round the tip are not resolved.
        """
        channel = np.zeros(self.network.size)
        channel[self.network.groups["csf"][self.canal.cell_at(depth_cm)]] = 1.0
        return channel

    def oral_channel(self, form: str) -> Array:
        """Return the share of each compartment in a swallowed dose, shape (n,)."""
        channel = np.zeros(self.network.size)
        channel[self.network.at(f"gut {form}")] = 1.0
        return channel

    def vein_channel(self) -> Array:
        """Return the share of each compartment in an intravenous dose, shape (n,)."""
        channel = np.zeros(self.network.size)
        channel[self.network.at("plasma")] = 1.0
        return channel

    # What is read -----------------------------------------------------------------------------

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
        ring = {"mean": slice(None), "surface": slice(RINGS - 1, None), "centre": slice(0, 1)}[part]
        for level in range(len(rows)):
            slices = np.isin(self.cord_cells, self.canal.cells_of_level(level))
            if slices.any():
                rows[level] = self.network.concentration_row(tissue[slices, ring].ravel())
        return rows

    def plasma_row(self) -> Array:
        """Return the row that reads the total plasma concentration, ng/mL, shape (n,)."""
        return NG_PER_ML * self.network.concentration_row([self.network.at("plasma")])

    def m6g_row(self) -> Array:
        """Return the row that reads morphine-6-glucuronide in plasma, ng/mL, shape (n,)."""
        row = self.network.concentration_row([self.network.at("M6G")])
        return NG_PER_ML * self.parameters.m6g_mass_ratio * row

    def pool_row(self, pool: str) -> Array:
        """Return the row that reads a cranial pool, mcg/mL: ventricle, cistern or convexity."""
        return self.network.concentration_row([self.network.at(pool)])

    def amount_row(self) -> Array:
        """Return the row that reads all drug in the body, mcg; metabolite as parent."""
        return np.ones(self.network.size)

    def exit_row(self) -> Array:
        """Return the row whose time integral is all drug that has left the body, mcg."""
        return np.asarray(sum(self.network.exits.values()))


def build_body(
    anatomy: Anatomy,
    parameters: Parameters,
    *,
    tip_cm: float | None = None,
    pump_ml_per_h: float = 0.0,
    cell_cm: float | None = None,
) -> Body:
    """Join the parts of one body for one drug.

    Parameters
    ----------
    tip_cm
        Depth of the catheter tip below the foramen magnum, cm; needed where the pump adds fluid.
    pump_ml_per_h
        Mean fluid that the pump adds at the tip, mL/h. It counts in the fluid balance.
    cell_cm
        Height of the canal's cells, for tests of convergence.

    Raises
    ------
    ValidityError
        If the pump adds more fluid than the model may answer for.
    """
    canal = anatomy.canal() if cell_cm is None else anatomy.canal(cell_cm)
    absorbed = parameters.spinal_absorption_ml_per_h * canal.length_cm / canal.edges_cm[-1]
    infused = np.zeros_like(absorbed)
    if tip_cm is not None:
        infused[canal.cell_at(tip_cm)] = pump_ml_per_h
    if pump_ml_per_h > parameters.formation_ml_per_h:
        raise ValidityError(
            f"the pump adds {pump_ml_per_h:.3g} mL/h, more than the body makes CSF "
            f"({parameters.formation_ml_per_h:.3g} mL/h); the model does not answer for that"
        )
    builder = NetworkBuilder()
    cells, flow = add_canal(builder, canal, absorbed, infused)
    _add_blood(builder, parameters)
    _add_epidural(builder, parameters, canal)
    builder.link(cells, builder.group("plasma"), absorbed, "bulk spinal")
    _add_cranium(builder, parameters, canal, float(flow[0]))
    cord_cells = _add_cord(builder, parameters, canal)
    _add_gut(builder, parameters)
    return Body(anatomy, parameters, builder.build(), canal, cord_cells, flow)


def _add_blood(builder: NetworkBuilder, p: Parameters) -> None:
    (plasma,) = builder.add("plasma", p.central_ml)
    (shallow,) = builder.add("shallow", p.shallow_ml)
    (deep,) = builder.add("deep", p.deep_ml)
    (m6g,) = builder.add("M6G", p.m6g_ml)
    builder.exchange(plasma, shallow, p.shallow_flow_ml_per_h)
    builder.exchange(plasma, deep, p.deep_flow_ml_per_h)
    builder.link(plasma, m6g, p.m6g_share * p.clearance_ml_per_h, "to M6G")
    builder.exit(plasma, (1.0 - p.m6g_share) * p.clearance_ml_per_h, "other clearance")
    builder.exit(m6g, p.m6g_clearance_ml_per_h, "M6G clearance")


def _add_epidural(builder: NetworkBuilder, p: Parameters, canal: Canal) -> None:
    # Only the amount in the epidural pool matters, so that its volume is set to 1 mL.
    (epidural,) = builder.add("epidural", 1.0)
    cells = builder.group("csf")
    builder.link(cells, epidural, p.csf_loss_per_h * canal.volume_ml, "dura and roots")
    builder.link(epidural, builder.group("plasma"), p.epidural_clearance_per_h)


def _add_cranium(builder: NetworkBuilder, p: Parameters, canal: Canal, down: float) -> None:
    (ventricle,) = builder.add("ventricle", p.ventricle_ml)
    (cistern,) = builder.add("cistern", p.cistern_ml)
    (convexity,) = builder.add("convexity", p.convexity_ml)
    plasma = builder.group("plasma")
    first = builder.group("csf")[0]
    into, out = top_clearances(canal, down)
    builder.link(cistern, first, into)
    builder.link(first, cistern, out)
    upward = p.formation_ml_per_h - down
    builder.link(ventricle, cistern, p.formation_ml_per_h + p.ventricle_reflux_ml_per_h)
    builder.link(cistern, ventricle, p.ventricle_reflux_ml_per_h)
    builder.link(cistern, convexity, upward + p.convexity_mixing_ml_per_h)
    builder.link(convexity, cistern, p.convexity_mixing_ml_per_h)
    builder.link(convexity, plasma, upward, "bulk cranial")
    for pool, volume in ((cistern, p.cistern_ml), (convexity, p.convexity_ml)):
        builder.link(pool, plasma, p.cranial_loss_per_h * volume, "cranial tissue")


def _add_cord(builder: NetworkBuilder, p: Parameters, canal: Canal) -> Index:
    beside = np.flatnonzero(canal.cord_area_cm2 > 0.0)
    cut = rings(canal.cord_area_cm2[beside], canal.length_cm[beside], p.tissue, RINGS)
    index = builder.add("cord", p.tissue.partition * cut.tissue_volume.ravel())
    tissue = index.reshape(-1, RINGS)
    plasma = builder.group("plasma")
    builder.exchange(tissue[:, :-1], tissue[:, 1:], cut.between)
    builder.exchange(builder.group("csf")[beside], tissue[:, -1], cut.surface)
    builder.link(tissue, plasma, cut.capillary, "cord capillaries")
    builder.link(plasma, tissue, p.unbound_fraction * cut.capillary)
    return beside


def _add_gut(builder: NetworkBuilder, p: Parameters) -> None:
    for form, oral in p.oral.items():
        # The gut holds an amount; with a volume of 1 mL a clearance is a rate constant.
        (gut,) = builder.add(f"gut {form}", 1.0)
        lost = 1.0 - oral.bioavailability - p.m6g_first_pass_share
        builder.link(gut, builder.group("plasma"), oral.bioavailability * oral.rate_per_h)
        builder.link(gut, builder.group("M6G"), p.m6g_first_pass_share * oral.rate_per_h)
        builder.exit(gut, lost * oral.rate_per_h, "first pass and faeces")
