"""Joins the parts of a body for one drug into the network that is solved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from thecal.body.anatomy import Anatomy
from thecal.body.canal import Canal, add_canal, top_clearances
from thecal.body.cord import rings
from thecal.body.model import RINGS, Body
from thecal.body.network import NetworkBuilder
from thecal.body.parameters import Parameters
from thecal.body.roots import roots
from thecal.errors import ValidityError

Array = NDArray[np.float64]
Index = NDArray[np.intp]


def build_body(
    anatomy: Anatomy,
    parameters: Parameters,
    *,
    tip_cm: float | None = None,
    pump_ml_per_h: float = 0.0,
    epidural_levels: Sequence[str] = (),
    dispersion: Array | None = None,
    cell_cm: float | None = None,
) -> Body:
    """Join the parts of one body for one drug.

    Parameters
    ----------
    tip_cm
        Depth of the catheter tip below the foramen magnum, cm; needed where the pump adds fluid.
    pump_ml_per_h
        Mean fluid that the pump adds at the tip, mL/h. It counts in the fluid balance.
    epidural_levels
        Levels at which the drug may be given epidurally.
    dispersion
        Axial dispersion at the canal's faces, cm2/h, instead of the anatomy's.
    cell_cm
        Height of the canal's cells, for tests of convergence.

    Raises
    ------
    ValidityError
        If the pump adds more fluid than the model may answer for, or an epidural dose is asked for
        of a drug whose way through the dura is not known.
    """
    canal = anatomy.canal(dispersion=dispersion, cell_cm=cell_cm)
    fluid = parameters.fluid
    absorbed = fluid.spinal_absorption_ml_per_h * canal.length_cm / canal.edges_cm[-1]
    infused = np.zeros_like(absorbed)
    if tip_cm is not None:
        infused[canal.cell_at(tip_cm)] = pump_ml_per_h
    if pump_ml_per_h > fluid.formation_ml_per_h:
        raise ValidityError(
            f"the pump adds {pump_ml_per_h:.3g} mL/h, more than the body makes CSF "
            f"({fluid.formation_ml_per_h:.3g} mL/h); the model does not answer for that"
        )
    builder = NetworkBuilder()
    cells, flow = add_canal(
        builder, canal, absorbed, infused, drift_cm_per_h=parameters.drift_cm_per_h
    )
    _add_blood(builder, parameters)
    _add_epidural(builder, parameters, canal)
    builder.link(cells, builder.group("plasma"), absorbed, "bulk spinal")
    _add_cranium(builder, parameters, canal, float(flow[0]))
    cord_cells = _add_cord(builder, parameters, canal)
    root_cells = _add_roots(builder, parameters, canal)
    _add_gut(builder, parameters)
    for level in epidural_levels:
        _add_epidural_depot(builder, parameters, canal, anatomy, level)
    return Body(anatomy, parameters, builder.build(), canal, cord_cells, root_cells, flow)


def _add_blood(builder: NetworkBuilder, p: Parameters) -> None:
    blood = p.blood
    (plasma,) = builder.add("plasma", blood.central_ml)
    for name, beside in (("shallow", blood.shallow), ("deep", blood.deep)):
        if beside is not None:
            (index,) = builder.add(name, beside.volume_ml)
            builder.exchange(plasma, index, beside.flow_ml_per_h)
    left = 1.0
    for one in p.metabolites:
        (index,) = builder.add(f"metabolite {one.name}", one.volume_ml)
        builder.link(plasma, index, one.share * blood.clearance_ml_per_h, f"to {one.name}")
        builder.exit(index, one.clearance_ml_per_h, f"{one.name} clearance")
        left -= one.share
    # The sum of published shares may round to a little above one.
    builder.exit(plasma, max(0.0, left) * blood.clearance_ml_per_h, "other clearance")


def _add_epidural(builder: NetworkBuilder, p: Parameters, canal: Canal) -> None:
    behind = p.epidural
    (epidural,) = builder.add("epidural", behind.fluid_ml)
    (fat,) = builder.add("epidural fat", behind.fat_ml)
    cells = builder.group("csf")
    builder.link(cells, epidural, p.csf_loss_per_h * canal.volume_ml, "dura and roots")
    builder.link(epidural, builder.group("plasma"), behind.clearance_per_h * behind.fluid_ml)
    builder.exchange(epidural, fat, behind.fat_exchange_ml_per_h)


def _add_epidural_depot(
    builder: NetworkBuilder, p: Parameters, canal: Canal, anatomy: Anatomy, level: str
) -> None:
    share, rate = p.epidural.share_to_csf, p.epidural.crossing_per_h
    if share is None or rate is None:
        raise ValidityError(
            "an epidural dose of this drug cannot be followed: the share that crosses the dura "
            "and its half-life are not on record"
        )
    # Only the amount in a depot matters, so that its volume is set to 1 mL.
    (depot,) = builder.add(f"epidural depot {level}", 1.0)
    cells = builder.group("csf")[canal.cells_of_level(anatomy.level_index(level))]
    builder.link(depot, cells, share * rate / len(cells), "dura inwards")
    builder.link(depot, builder.group("plasma"), (1.0 - share) * rate)


def _add_cranium(builder: NetworkBuilder, p: Parameters, canal: Canal, down: float) -> None:
    fluid = p.fluid
    (ventricle,) = builder.add("ventricle", fluid.ventricle_ml)
    (cistern,) = builder.add("cistern", fluid.cistern_ml)
    (convexity,) = builder.add("convexity", fluid.convexity_ml)
    plasma = builder.group("plasma")
    first = builder.group("csf")[0]
    into, out = top_clearances(canal, down)
    builder.link(cistern, first, into)
    builder.link(first, cistern, out)
    upward = fluid.formation_ml_per_h - down
    mixing, reflux = fluid.convexity_mixing_ml_per_h, fluid.ventricle_reflux_ml_per_h
    builder.link(ventricle, cistern, fluid.formation_ml_per_h + reflux)
    builder.link(cistern, ventricle, reflux)
    builder.link(cistern, convexity, upward + mixing)
    builder.link(convexity, cistern, mixing)
    builder.link(convexity, plasma, upward, "bulk cranial")
    for pool, volume in ((cistern, fluid.cistern_ml), (convexity, fluid.convexity_ml)):
        builder.link(pool, plasma, p.cranial_loss_per_h * volume, "cranial tissue")
    _add_brain(builder, p, convexity, int(plasma[0]))


def _add_brain(builder: NetworkBuilder, p: Parameters, convexity: int, plasma: int) -> None:
    tissue, brain = p.tissue, p.brain
    volume = brain.surface_cm2 * brain.depth_cm
    through = tissue.extracellular_fraction * tissue.diffusivity_cm2_per_h
    # The pia in series with the tissue down to the middle of the layer.
    resistance = 1.0 / tissue.pial_transfer_cm_per_h + brain.depth_cm / 2.0 / through
    capillary = volume * tissue.extracellular_fraction * tissue.capillary_efflux_per_h
    (index,) = builder.add("brain", tissue.partition * volume)
    builder.exchange(convexity, index, brain.surface_cm2 / resistance)
    builder.link(index, plasma, capillary, "brain capillaries")
    builder.link(plasma, index, p.blood.unbound_fraction * capillary)


def _add_cord(builder: NetworkBuilder, p: Parameters, canal: Canal) -> Index:
    beside = np.flatnonzero(canal.cord_area_cm2 > 0.0)
    cut = rings(canal.cord_area_cm2[beside], canal.length_cm[beside], p.tissue, RINGS)
    index = builder.add("cord", p.tissue.partition * cut.tissue_volume.ravel())
    tissue = index.reshape(-1, RINGS)
    plasma = builder.group("plasma")
    builder.exchange(tissue[:, :-1], tissue[:, 1:], cut.between)
    builder.exchange(builder.group("csf")[beside], tissue[:, -1], cut.surface)
    builder.link(tissue, plasma, cut.capillary, "cord capillaries")
    builder.link(plasma, tissue, p.blood.unbound_fraction * cut.capillary)
    return beside


def _add_roots(builder: NetworkBuilder, p: Parameters, canal: Canal) -> Index:
    beside = np.flatnonzero(canal.root_area_cm2 > 0.0)
    cut = roots(canal.root_area_cm2[beside], canal.length_cm[beside], p.tissue, p.root_diameter_cm)
    index = builder.add("roots", p.tissue.partition * cut.tissue_volume)
    plasma = builder.group("plasma")
    builder.exchange(builder.group("csf")[beside], index, cut.surface)
    builder.link(index, plasma, cut.capillary, "root capillaries")
    builder.link(plasma, index, p.blood.unbound_fraction * cut.capillary)
    return beside


def _add_gut(builder: NetworkBuilder, p: Parameters) -> None:
    for form, oral in p.oral.items():
        # The gut holds an amount; with a volume of 1 mL a clearance is a rate constant.
        (gut,) = builder.add(f"gut {form}", 1.0)
        builder.link(gut, builder.group("plasma"), oral.bioavailability * oral.rate_per_h)
        lost = 1.0 - oral.bioavailability
        for one in p.metabolites:
            target = builder.group(f"metabolite {one.name}")
            builder.link(gut, target, one.first_pass_share * oral.rate_per_h)
            lost -= one.first_pass_share
        builder.exit(gut, max(0.0, lost) * oral.rate_per_h, "first pass and faeces")
