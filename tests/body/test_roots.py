"""Nerve roots beside the canal, and fat behind the dura."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.special import i0, i1

from tests.body.bodies import DAY, HOUR, Array, adult, morphine
from thecal.body import (
    Body,
    ContourSystem,
    Dose,
    Network,
    NetworkBuilder,
    Rate,
    Schedule,
    body_ids,
    build_body,
    load_anatomy,
    parameters_of,
)
from thecal.body.cord import CordTissue
from thecal.body.roots import roots
from thecal.errors import ValidityError
from thecal.formulary import load_formulary

TISSUE = CordTissue(0.75, 0.2, 0.0084, 0.3, 0.5)


@cache
def body_with(drug: str, body: str = "adult") -> Body:
    anatomy = load_anatomy(body)
    return build_body(anatomy, parameters_of(load_formulary().drug(drug), anatomy))


def without_roots(body: Body) -> Body:
    bare = tuple(replace(level, root_area_cm2=0.0) for level in body.anatomy.levels)
    return build_body(replace(body.anatomy, levels=bare), body.parameters)


def volume_ml(body: str, of: str, *levels: str) -> float:
    anatomy = load_anatomy(body)
    return sum(
        level.length_cm * float(getattr(level, of))
        for level in anatomy.levels
        if not levels or level.name in levels
    )


# Nerve roots -------------------------------------------------------------------------------------


def test_the_lumbosacral_roots_hold_what_was_measured() -> None:
    # Prats-Galino 2012: T12 to S1, 10.4 mL, SD 2.2
    levels = ("T12", "L1", "L2", "L3", "L4", "L5", "S1")
    assert volume_ml("adult", "root_area_cm2", *levels) == pytest.approx(10.4, rel=0.01)


@pytest.mark.parametrize("body", body_ids())
def test_the_table_of_levels_holds_the_roots_that_its_figure_states(body: str) -> None:
    stated = load_anatomy(body).figures["root_volume"].number("mL")
    assert volume_ml(body, "root_area_cm2") == pytest.approx(stated, rel=0.01)


def test_a_strand_is_as_thick_as_as_many_and_as_long_ones_of_the_source_must_be() -> None:
    # Sass 2017: 5.8 mL and 232.1 cm2, thickened to the volume on record
    figures = load_anatomy("adult").figures
    volume = figures["root_volume"].number("mL")
    wanted = 4.0 * volume / (232.1 * np.sqrt(volume / 5.8))
    assert figures["root_diameter"].number("cm") == pytest.approx(wanted, rel=0.02)


def test_the_sac_of_the_table_has_the_surface_of_the_measured_dura() -> None:
    # Sass 2017: 318.5 cm2; here a round sac around fluid, cord and roots
    levels = load_anatomy("adult").levels
    whole = [one.csf_area_cm2 + one.cord_area_cm2 + one.root_area_cm2 for one in levels]
    sides = [2.0 * np.sqrt(np.pi * area) for area in whole]
    surface = sum(one.length_cm * side for one, side in zip(levels, sides, strict=True))
    assert surface == pytest.approx(318.5, rel=0.05)


def test_there_is_one_pool_of_roots_for_each_cell() -> None:
    body = adult()
    assert len(body.network.groups["roots"]) == len(body.canal.area_cm2)


@pytest.mark.parametrize("efflux", [0.05, 0.5, 2.0])
def test_a_strand_takes_up_as_much_as_the_bessel_profile_says(efflux: float) -> None:
    # csf.md 2.8, a strand in contact with fluid of concentration 1, pia in series
    tissue, diameter = replace(TISSUE, capillary_efflux_per_h=efflux), 0.16
    pool = roots(np.array([0.5]), np.array([1.0]), tissue, diameter)
    taken = 1.0 / (1.0 / pool.surface[0] + 1.0 / pool.capillary[0])
    a, depth = diameter / 2.0, np.sqrt(tissue.diffusivity_cm2_per_h / efflux)
    through = tissue.extracellular_fraction * tissue.diffusivity_cm2_per_h / depth
    wall = through * i1(a / depth) / i0(a / depth)
    surface = 4.0 * 0.5 / diameter
    effective = 1.0 / (1.0 / tissue.pial_transfer_cm_per_h + 1.0 / wall)
    assert taken == pytest.approx(surface * effective, rel=0.02)


@pytest.mark.parametrize("drug", ["morphine", "fentanyl"])
def test_in_the_end_the_roots_without_capillaries_are_in_balance_with_their_fluid(
    drug: str,
) -> None:
    one = body_with(drug)
    still = replace(one.parameters.tissue, capillary_efflux_per_h=0.0)
    body = build_body(one.anatomy, replace(one.parameters, tissue=still))
    settled = body.system.steady_state(body.channel("intrathecal", "L2"))
    assert body.root_rows() @ settled == pytest.approx(body.csf_rows() @ settled, rel=1e-9)


def test_roots_without_capillaries_change_no_steady_level_in_the_fluid() -> None:
    # They only hold drug: what comes in goes out again.
    still = replace(morphine().tissue, capillary_efflux_per_h=0.0)
    body = build_body(load_anatomy("adult"), replace(morphine(), tissue=still))
    levels = []
    for one in (body, without_roots(body)):
        settled = one.system.steady_state(one.channel("intrathecal", "T10"))
        levels.append(one.csf_rows() @ settled)
    assert levels[0] == pytest.approx(levels[1], rel=1e-9)


def test_roots_make_the_fluid_hold_a_dose_for_longer() -> None:
    body = body_with("morphine")
    times = np.array([12 * HOUR])
    left = []
    for one in (body, without_roots(body)):
        channel = one.channel("intrathecal", "L3", bolus=True)
        schedule = Schedule.of(channel[:, None], [Dose(0, 0, 300.0)], end_s=DAY)
        left.append(float(one.system.solve(schedule).read(times, one.row("csf L3")[None])[0, 0]))
    assert left[0] > 1.05 * left[1]


def test_a_level_without_roots_cannot_be_read() -> None:
    with pytest.raises(ValidityError, match="no roots at L3"):
        without_roots(body_with("morphine")).row("roots L3")


def test_without_flow_source_and_observer_may_change_places_with_cord_and_roots_beside() -> None:
    # csf.md 2.10, with tissue. What comes back from blood is one-way too and is left out.
    p = morphine()
    still = replace(
        p,
        fluid=replace(p.fluid, spinal_absorption_ml_per_h=0.0),
        blood=replace(p.blood, unbound_fraction=0.0),
    )
    body = build_body(load_anatomy("adult"), still)
    levels = ("C4", "T5", "L1", "L4")
    seen = {
        (here, there): float(
            body.cell_row(body.anatomy.middle_cm(body.anatomy.level_index(there)))
            @ body.system.steady_state(body.channel("intrathecal", here))
        )
        for here in levels
        for there in levels
    }
    pairs = [(a, b) for a in levels for b in levels if a < b]
    assert [seen[pair] for pair in pairs] == pytest.approx([seen[b, a] for a, b in pairs], rel=1e-9)


# Epidural fat ------------------------------------------------------------------------------------


def curves(body: Body, network: Network) -> tuple[Array, Array]:
    """Return CSF at L3 and plasma through two days of a lumbar infusion that stops after one."""
    system = ContourSystem.of(network.matrix, network.volume)
    channel = np.zeros(network.size)
    channel[: body.network.size] = body.channel("intrathecal", "L3")
    rows = np.zeros((2, network.size))
    rows[:, : body.network.size] = np.stack([body.row("csf L3"), body.plasma_row()])
    schedule = Schedule.of(channel[:, None], [Rate(0, 0, DAY, 10.0)], end_s=2 * DAY)
    times = np.arange(HOUR, 2 * DAY + 1, HOUR)
    found = system.solve(schedule).read(times, rows)
    return found[:, 0], found[:, 1]


def test_fat_delays_the_blood_of_a_lipophilic_drug_and_not_its_fluid() -> None:
    body = body_with("fentanyl")
    lean = build_body(
        body.anatomy,
        replace(body.parameters, epidural=replace(body.parameters.epidural, fat_ml=1e-6)),
    )
    (fluid, blood), (lean_fluid, lean_blood) = (curves(one, one.network) for one in (body, lean))
    # The little that comes back from blood to the cord is all that may differ in the fluid.
    assert fluid == pytest.approx(lean_fluid, rel=2e-3)
    assert blood[3] < 0.8 * lean_blood[3]
    assert blood[-1] > 1.2 * lean_blood[-1]


def test_fat_hardly_matters_to_a_hydrophilic_drug() -> None:
    epidural = body_with("morphine").parameters.epidural
    assert epidural.fat_ml < 0.05 * epidural.fluid_ml


def test_a_depot_of_fat_for_each_level_would_change_nothing() -> None:
    # Why one pool is enough: pools with the same rates act as their sum (docs/body.md).
    body = body_with("sufentanil")
    behind = body.parameters.epidural
    cells = body.network.groups["csf"]
    builder = NetworkBuilder()
    # The body as it is, but for its epidural pool, which is cut up among the cells.
    whole = body.network
    builder.add("body", whole.volume)
    for target, source in np.argwhere(whole.matrix > 0.0).tolist():
        ends = {target, source} & {whole.at("epidural"), whole.at("epidural fat")}
        if not ends:
            builder.link(source, target, whole.matrix[target, source] * whole.volume[source])
    for name, rates in whole.exits.items():
        builder.exit(np.arange(whole.size), rates * whole.volume, name)
    share = body.canal.volume_ml / body.canal.volume_ml.sum()
    pools = builder.add("pools", behind.fluid_ml * share)
    fats = builder.add("fats", behind.fat_ml * share)
    loss = body.parameters.csf_loss_per_h * body.canal.volume_ml
    builder.link(cells, pools, loss)
    builder.link(pools, whole.at("plasma"), behind.clearance_per_h * behind.fluid_ml * share)
    builder.exchange(pools, fats, behind.fat_exchange_ml_per_h * share)
    # What is left of the one pool must have a way out.
    builder.exit([whole.at("epidural"), whole.at("epidural fat")], 1.0, "empty")
    for one, other in zip(curves(body, whole), curves(body, builder.build()), strict=True):
        assert one == pytest.approx(other, rel=1e-9)
