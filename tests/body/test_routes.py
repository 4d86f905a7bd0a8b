"""Ways in and places to read: every route reaches what it should, and nothing is lost on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.body.bodies import DAY, HOUR, adult, depth, morphine
from thecal.body import ROUTES, Dose, Schedule, build_body, load_anatomy
from thecal.errors import InputError, ValidityError

SITES = {"intrathecal": "L3", "epidural": "L3", "oral": "immediate-release"}


@pytest.mark.parametrize("route", ROUTES)
def test_a_dose_by_any_route_is_conserved(route: str) -> None:
    body = build_body(load_anatomy("adult"), morphine(), epidural_levels=("L3",))
    channel = body.channel(route, SITES.get(route, ""))
    schedule = Schedule.of(channel[:, None], [Dose(0, 0, 1000.0)], end_s=2 * DAY)
    solution = body.system.solve(schedule)
    times = np.arange(0, 2 * DAY + 1, HOUR)
    inside = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    assert np.abs(1000.0 - inside - gone).max() <= 1e-10 * 1000.0
    assert gone[-1] > 900.0


def test_the_share_of_an_epidural_dose_that_reaches_csf_is_the_published_one() -> None:
    p = morphine()
    body = build_body(load_anatomy("adult"), p, epidural_levels=("L3",))
    settled = body.system.steady_state(body.channel("epidural", "L3"))
    inwards = body.network.routes["dura inwards"] @ settled
    assert inwards == pytest.approx(p.epidural.share_to_csf, rel=1e-9)


def test_an_epidural_dose_of_a_drug_without_figures_is_refused() -> None:
    p = morphine()
    unknown = replace(p, epidural=replace(p.epidural, share_to_csf=None))
    with pytest.raises(ValidityError, match="cannot be followed"):
        build_body(load_anatomy("adult"), unknown, epidural_levels=("L3",))


def test_a_body_that_was_not_made_for_an_epidural_dose_refuses_it() -> None:
    with pytest.raises(InputError, match="not made for the epidural route at L3"):
        adult().channel("epidural", "L3")


def test_an_unknown_route_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match='"nasal" is not a route; write one of intrathecal'):
        adult().channel("nasal")


def test_a_bolus_starts_as_wide_as_its_mixing_volume() -> None:
    # csf.md 1.4: the concentration at the place is dose over mixing volume
    body = adult()
    start = body.channel("intrathecal", "L3", bolus=True)
    assert start.sum() == pytest.approx(1.0)
    found = body.cell_row(depth("L3")) @ start
    assert 1.0 / found == pytest.approx(morphine().fluid.bolus_mixing_ml, rel=0.05)


def test_an_infusion_enters_one_cell() -> None:
    assert np.count_nonzero(adult().channel("intrathecal", "L3")) == 1


@pytest.mark.parametrize(
    ("site", "unit"),
    [
        ("csf T10", "mcg/mL"),
        ("cord T10", "mcg/mL"),
        ("cord surface C5", "mcg/mL"),
        ("cord centre L1", "mcg/mL"),
        ("cisterna magna", "mcg/mL"),
        ("ventricle", "mcg/mL"),
        ("convexity", "mcg/mL"),
        ("plasma", "ng/mL"),
        ("plasma m6g", "ng/mL"),
    ],
)
def test_every_kind_of_site_can_be_read(site: str, unit: str) -> None:
    body = adult()
    settled = body.system.steady_state(body.channel("intrathecal", "T10"))
    assert body.row(site) @ settled > 0.0
    assert body.unit(site) == unit


@pytest.mark.parametrize("site", ["liver", "csf", "csf T13", "cord edge T4", "plasma aspirin"])
def test_an_unknown_site_is_refused(site: str) -> None:
    with pytest.raises(InputError, match="is not"):
        adult().row(site)


def test_there_is_no_cord_to_read_below_its_end() -> None:
    with pytest.raises(ValidityError, match="no cord at L4"):
        adult().row("cord L4")


def test_a_heavy_solution_sinks_upright_and_rises_head_down() -> None:
    # csf.md A16: the direction of the skew; exploratory
    anatomy, p = load_anatomy("adult"), morphine()

    def mean_depth(drift: float) -> float:
        body = build_body(anatomy, replace(p, drift_cm_per_h=drift))
        settled = body.system.steady_state(body.channel("intrathecal", "T10"))
        cells = settled[body.network.groups["csf"]]
        return float(cells @ body.canal.middles_cm / cells.sum())

    assert mean_depth(-2.0) < mean_depth(0.0) - 1.0
    assert mean_depth(2.0) > mean_depth(0.0) + 1.0


def test_the_brain_takes_up_from_the_convexity_and_gives_to_blood() -> None:
    body = adult()
    settled = body.system.steady_state(body.channel("intraventricular"))
    assert body.network.routes["brain capillaries"] @ settled > 0.05
