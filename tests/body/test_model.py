"""The whole body: conservation, steady state, routes, and what each part should do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import iv

from tests.body.bodies import DAY, HOUR, adult, depth, morphine
from thecal.body import RINGS, Dose, Rate, Schedule, build_body, load_anatomy
from thecal.body.cord import CordTissue, rings
from thecal.errors import ValidityError

TWO_MG_A_DAY = 2000.0 / 24.0


def test_steady_plasma_is_rate_over_clearance_whatever_the_canal_does() -> None:
    # csf.md 2.13
    for tip in ("C5", "T10", "L4"):
        body = adult(tip)
        settled = body.system.steady_state(body.tip_channel(depth(tip)) * TWO_MG_A_DAY)
        wanted = TWO_MG_A_DAY / morphine().blood.clearance_ml_per_h * 1000.0
        assert body.plasma_row() @ settled == pytest.approx(wanted, rel=1e-10)


def test_one_mg_a_day_gives_0_58_ng_per_ml() -> None:
    # csf.md 2.13, the worked example
    body = adult()
    settled = body.system.steady_state(body.tip_channel(depth("T10")) * 1000.0 / 24.0)
    assert body.plasma_row() @ settled == pytest.approx(0.58, abs=0.005)


def test_the_metabolite_stands_to_the_drug_as_their_clearances() -> None:
    # Formation over loss, in mass: Oosten 2017 by infusion
    p, body = morphine(), adult()
    settled = body.system.steady_state(body.vein_channel() * TWO_MG_A_DAY)
    assert {one.name for one in p.metabolites} == {"m6g", "m3g"}
    for one in p.metabolites:
        ratio = (body.metabolite_row(one.name) @ settled) / (body.plasma_row() @ settled)
        wanted = one.share * p.blood.clearance_ml_per_h / one.clearance_ml_per_h * one.mass_ratio
        assert ratio == pytest.approx(wanted, rel=1e-9)


def test_swallowed_morphine_reaches_blood_by_its_bioavailability() -> None:
    body = adult()
    for form, oral in morphine().oral.items():
        settled = body.system.steady_state(body.oral_channel(form) * 1000.0)
        wanted = oral.bioavailability * 1000.0 / morphine().blood.clearance_ml_per_h * 1000.0
        assert body.plasma_row() @ settled == pytest.approx(wanted, rel=1e-9)


amounts = st.floats(0.0, 5000.0, allow_nan=False)
seconds = st.integers(0, 3 * DAY)


@given(
    st.lists(st.tuples(st.integers(0, 2), seconds, st.integers(1, DAY), amounts), max_size=6),
    st.lists(st.tuples(st.integers(0, 2), seconds, amounts), max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_drug_is_neither_lost_nor_made_under_any_schedule(
    infusions: list[tuple[int, int, int, float]], doses: list[tuple[int, int, float]]
) -> None:
    # csf.md 2.11, at every hour, by every route
    body = adult()
    channels = np.stack(
        [
            body.tip_channel(depth("T10")),
            body.oral_channel("extended-release"),
            body.vein_channel(),
        ],
        axis=1,
    )
    inputs: list[Rate | Dose] = [Rate(c, s, s + d, a / (d / HOUR)) for c, s, d, a in infusions]
    inputs += [Dose(c, s, a) for c, s, a in doses]
    schedule = Schedule.of(channels, inputs, end_s=4 * DAY)
    times = np.arange(0, 4 * DAY + 1, HOUR, dtype=np.int64)
    solution = body.system.solve(schedule)
    inside = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    error = np.abs(schedule.given_until(times) - inside - gone).max()
    assert error <= 1e-10 * max(schedule.total_mcg, 1e-300)
    everywhere = solution.read(times, np.eye(body.network.size))
    assert everywhere.min() >= -1e-11 * max(schedule.total_mcg, 1e-300)


def test_what_leaves_by_every_way_is_what_came_in() -> None:
    body = adult()
    settled = body.system.steady_state(body.tip_channel(depth("T10")))
    assert body.exit_row() @ settled == pytest.approx(1.0, rel=1e-10)


def test_without_flow_and_blood_source_and_observer_may_change_places() -> None:
    # csf.md 2.10, with cord tissue: no net flow, and blood carries nothing back
    p = morphine()
    p = replace(
        p,
        fluid=replace(p.fluid, spinal_absorption_ml_per_h=0.0),
        blood=replace(p.blood, unbound_fraction=0.0),
    )
    body = build_body(load_anatomy("adult"), p)
    cells = body.network.groups["csf"]
    inverse = np.linalg.inv(body.network.matrix)
    for a, b in ((3, 60), (20, 41), (0, 75)):
        there = -inverse[cells[b], cells[a]] / body.network.volume[cells[b]]
        back = -inverse[cells[a], cells[b]] / body.network.volume[cells[a]]
        assert there == pytest.approx(back, rel=1e-12)


def test_one_adjoint_solve_gives_a_site_for_every_tip() -> None:
    # csf.md 2.15
    body = adult()
    watched = body.row("csf T6")
    adjoint = -np.linalg.solve(body.network.matrix.T, watched)
    for tip in ("C5", "T4", "T10", "L3"):
        channel = body.channel("intrathecal", tip)
        direct = watched @ body.system.steady_state(channel)
        assert adjoint @ channel == pytest.approx(direct, rel=1e-9)


def test_fluid_formed_is_fluid_absorbed_with_the_pump_counted() -> None:
    # csf.md 2.12
    p, pump = morphine(), 0.4
    body = build_body(load_anatomy("adult"), p, tip_cm=depth("T10"), pump_ml_per_h=pump)
    down = body.flow_ml_per_h[0]
    assert down == pytest.approx(p.fluid.spinal_absorption_ml_per_h - pump)
    carried = body.network.routes["bulk cranial"] @ (
        body.network.volume * (np.arange(body.network.size) == body.network.at("convexity"))
    )
    spinal = body.network.routes["bulk spinal"] @ (
        body.network.volume * np.isin(np.arange(body.network.size), body.network.groups["csf"])
    )
    assert carried + spinal == pytest.approx(p.fluid.formation_ml_per_h + pump)


def test_a_one_minute_bolus_at_noon_is_there_afterwards() -> None:
    body = adult()
    noon = 12 * HOUR
    schedule = Schedule.of(
        body.tip_channel(depth("T10"))[:, None],
        [Rate(0, noon, noon + 60, 10.0 * 60.0)],
        end_s=DAY,
    )
    solution = body.system.solve(schedule)
    times = np.array([noon, noon + 60, DAY], dtype=np.int64)
    inside = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    assert inside[0] == pytest.approx(0.0, abs=1e-12)
    assert inside[1] == pytest.approx(10.0, rel=1e-4)
    assert inside[2] + gone[2] == pytest.approx(10.0, rel=1e-10)
    assert inside[2] > 0.5


def test_the_highest_level_is_where_the_tip_is() -> None:
    for tip in ("C5", "T4", "T10", "L3"):
        body = adult(tip)
        settled = body.system.steady_state(body.tip_channel(depth(tip)))
        levels = body.csf_rows() @ settled
        assert body.anatomy.level_names[int(levels.argmax())] == tip


def test_the_cord_lags_behind_its_surface_and_the_surface_behind_the_fluid() -> None:
    body = adult()
    tip = body.anatomy.level_index("T10")
    schedule = Schedule.of(
        body.tip_channel(depth("T10"))[:, None], [Rate(0, 0, DAY, 80.0)], end_s=DAY
    )
    rows = np.array(
        [
            body.csf_rows()[tip],
            body.cord_rows("surface")[tip],
            body.cord_rows("mean")[tip],
            body.cord_rows("centre")[tip],
        ]
    )
    early = body.system.solve(schedule).read(np.array([2 * HOUR]), rows)[0]
    assert list(early) == sorted(early, reverse=True)


@pytest.mark.parametrize("pial_transfer", [0.0094, 0.3])
def test_the_rings_follow_the_bessel_profile(pial_transfer: float) -> None:
    # csf.md 2.8: one slice in contact with fluid of concentration 1, many thin rings
    area, count = 0.43, 60
    tissue = CordTissue(0.75, 0.2, 0.0084, pial_transfer, 0.5)
    cut = rings(np.array([area]), np.array([1.0]), tissue, count)
    matrix = np.zeros((count, count))
    for m in range(count - 1):
        matrix[m, m] -= cut.between[0, m]
        matrix[m, m + 1] += cut.between[0, m]
        matrix[m + 1, m + 1] -= cut.between[0, m]
        matrix[m + 1, m] += cut.between[0, m]
    matrix -= np.diag(cut.capillary[0])
    matrix[-1, -1] -= cut.surface[0]
    inflow = np.zeros(count)
    inflow[-1] = cut.surface[0]
    found = np.linalg.solve(matrix, -inflow)
    a = np.sqrt(area / np.pi)
    depth_cm = np.sqrt(0.0084 / 0.5)
    wall = 0.2 * 0.0084 / depth_cm * iv(1, a / depth_cm) / iv(0, a / depth_cm)
    at_surface = pial_transfer / (pial_transfer + wall)
    edges = np.sqrt(np.linspace(0.0, 1.0, count + 1)) * a
    middles = (edges[1:] + edges[:-1]) / 2.0
    wanted = at_surface * iv(0, middles / depth_cm) / iv(0, a / depth_cm)
    assert np.abs(found - wanted).max() < 3e-3 * at_surface
    taken = cut.surface[0] * (1.0 - found[-1])
    effective = 1.0 / (1.0 / pial_transfer + 1.0 / wall)
    assert taken == pytest.approx(2.0 * np.pi * a * effective, rel=3e-3)


def test_four_rings_are_near_enough_to_many() -> None:
    area, length = np.array([0.43]), np.array([1.0])
    tissue = morphine().tissue

    def uptake(count: int) -> float:
        cut = rings(area, length, tissue, count)
        matrix = -np.diag(cut.capillary[0])
        for m in range(count - 1):
            matrix[m : m + 2, m : m + 2] += cut.between[0, m] * np.array([[-1.0, 1.0], [1.0, -1.0]])
        matrix[-1, -1] -= cut.surface[0]
        outer = np.linalg.solve(matrix, -cut.surface[0] * np.eye(count)[-1])[-1]
        return float(cut.surface[0] * (1.0 - outer))

    assert uptake(RINGS) == pytest.approx(uptake(64), rel=0.03)


def test_halving_the_cells_changes_steady_levels_by_about_1_percent() -> None:
    anatomy = load_anatomy("adult")

    def levels(cell_cm: float) -> NDArray[np.float64]:
        body = build_body(anatomy, morphine(), tip_cm=depth("T10"), cell_cm=cell_cm)
        inputs = body.tip_channel(depth("T10"))
        settled = np.linalg.solve(body.network.matrix, -inputs)
        return body.csf_rows() @ settled

    coarse, fine = levels(0.9), levels(0.45)
    assert np.abs(coarse / fine - 1.0).max() < 0.015


def test_local_clearance_agrees_with_the_rate_at_which_csf_is_formed() -> None:
    # csf.md section 0, item 1: rate over steady concentration at the lumbar tap, 12-30 mL/h
    body = adult("L2")
    settled = body.system.steady_state(body.tip_channel(depth("L2")))
    tap = body.csf_rows()[body.anatomy.level_index("L4")] @ settled
    assert 12.0 < 1.0 / tap < 45.0


def test_a_pump_that_adds_more_fluid_than_the_body_makes_is_refused() -> None:
    with pytest.raises(ValidityError, match="more than the body makes CSF"):
        build_body(load_anatomy("adult"), morphine(), tip_cm=depth("T10"), pump_ml_per_h=30.0)


def test_levels_without_cord_read_not_a_number() -> None:
    body = adult()
    rows = body.cord_rows()
    names = body.anatomy.level_names
    empty = [names[i] for i in range(len(names)) if np.isnan(rows[i]).all()]
    assert empty == ["L2", "L3", "L4", "L5", "S1", "S2"]
