"""Uptake of a large molecule into nerve tissue, on the whole body."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.body.bodies import DAY, HOUR
from thecal.body import (
    Dose,
    ModalSystem,
    SaturatingBody,
    Schedule,
    Uptake,
    build_body,
    choose_propagator,
    load_anatomy,
    parameters_of,
    saturating,
    uptake_of,
    without_cells,
)
from thecal.body.cohort import Member, Wanted, follow
from thecal.errors import InputError, ValidityError
from thecal.formulary import load_formulary

Array = NDArray[np.float64]

ASO = load_formulary().drug("aso")
DOSE = 12_000.0
"""mcg: a dose of nusinersen."""


@cache
def body(uptake: Uptake | None = None) -> SaturatingBody:
    adult = load_anatomy("adult")
    plain = build_body(adult, without_cells(parameters_of(ASO, adult)))
    return saturating(plain, uptake or uptake_of(ASO))


def lumbar(dose: float, end_s: int = 3 * DAY) -> Schedule:
    channel = body().channel("intrathecal", "L3", bolus=True)[:, None]
    return Schedule.of(channel, [Dose(0, 0, dose)], end_s=end_s)


def taken_up() -> Array:
    """Return the row that reads all that cells hold, mcg."""
    row = np.zeros(body().network.size)
    row[body().links.target] = 1.0
    return row


def test_the_mass_balance_closes_with_what_is_taken_up() -> None:
    solution = body().system.solve(lumbar(DOSE))
    times = np.array([60, HOUR, 5 * HOUR, DAY, 3 * DAY])
    there = solution.read(times, body().amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body().exit_row()[None])[:, 0]
    assert there + gone == pytest.approx(np.full(5, DOSE), rel=1e-9)
    assert taken_up() @ solution.end() > 0.0


def test_a_tiny_dose_is_that_of_the_linear_body() -> None:
    dose = 1e-6
    linear = body().system.jacobian(np.zeros(body().network.size)).toarray()
    system = ModalSystem.of(linear, body().network.volume)
    times = np.array([60, HOUR, DAY, 3 * DAY])
    rows = np.array([body().row(site) for site in ("csf L3", "csf C1", "cord T10", "plasma")])
    found = body().system.solve(lumbar(dose)).read(times, rows)
    wanted = system.solve(lumbar(dose)).read(times, rows)
    assert (np.abs(found - wanted).max(axis=0) / wanted.max(axis=0)).max() <= 1e-7


def test_a_large_dose_is_taken_up_less_than_in_proportion() -> None:
    small, large = (body().system.solve(lumbar(dose, DAY)).end() for dose in (DOSE / 1000, DOSE))
    cord = body().row("cord taken up T10")
    assert cord @ large < 0.8 * 1000 * (cord @ small)


def test_tissue_takes_up_no_more_than_its_capacity() -> None:
    held = body().system.solve(lumbar(1000 * DOSE, DAY)).end()
    most = uptake_of(ASO).capacity_mcg_per_ml_h * 24
    levels = body().taken_up_rows() @ held
    known = levels[~np.isnan(levels)]
    assert known.max() < most
    assert known.max() > 0.9 * most


def test_what_cells_hold_is_given_back_at_its_rate() -> None:
    network = body().network
    source, target = body().links.source, body().links.target
    back = network.matrix[source, target]
    assert back == pytest.approx(np.full(len(source), uptake_of(ASO).return_per_h))
    assert network.matrix.sum(axis=0)[target] == pytest.approx(np.zeros(len(target)))


def test_every_tissue_but_no_fluid_takes_up() -> None:
    groups = body().network.groups
    tissue = [groups[name] for name in ("cord", "roots", "brain") if name in groups]
    assert np.array_equal(np.sort(body().links.source), np.sort(np.concatenate(tissue)))


def test_capacity_and_half_saturation_go_by_the_tissue_and_its_fluid() -> None:
    links, uptake = body().links, uptake_of(ASO)
    volume = body().network.volume
    here = np.array([uptake.half_mcg_per_ml * volume[k] for k in links.source])
    assert links.half == pytest.approx(here)
    assert links.capacity == pytest.approx(uptake.capacity_mcg_per_ml_h * volume[links.target])
    cord = volume[body().network.groups["cord"]].sum()
    fluid = body().parameters.tissue.extracellular_fraction
    assert volume[body().network.groups["taken up cord"]].sum() == pytest.approx(cord / fluid)


def test_where_cells_take_up_only_the_fluid_between_them_is_at_balance() -> None:
    plain = parameters_of(ASO, load_anatomy("adult"))
    free = without_cells(plain).tissue
    assert free.partition == plain.tissue.extracellular_fraction
    assert replace(free, partition=plain.tissue.partition) == plain.tissue


def test_the_linear_uptake_is_that_of_the_monkeys() -> None:
    # Biliouris 2018: three rates into cord of 13.6 mL of CSF, over 4.5 mL of cord
    uptake = uptake_of(ASO)
    names = ("lumbar", "thoracic", "cervical")
    rates = sum(ASO.figure(f"nusinersen_uptake_{name}_monkey").number("1/h") for name in names)
    volume = ASO.figure("nusinersen_csf_volume_monkey").number("mL")
    seen = rates * volume / 4.5
    assert uptake.capacity_mcg_per_ml_h / uptake.half_mcg_per_ml == pytest.approx(seen, rel=0.02)


def test_a_drug_of_which_it_is_not_on_record_is_refused() -> None:
    with pytest.raises(ValidityError, match="morphine saturates is not on record: no figure for"):
        uptake_of(load_formulary().drug("morphine"))


@pytest.mark.parametrize("wrong", [0.0, -1.0, np.inf, np.nan])
def test_a_figure_of_uptake_is_above_zero(wrong: float) -> None:
    with pytest.raises(ValidityError, match="must be above zero"):
        replace(uptake_of(ASO), half_mcg_per_ml=wrong)


def test_below_the_cord_nothing_is_taken_up_by_it() -> None:
    with pytest.raises(ValidityError, match="there is no cord at L3"):
        body().row("cord taken up L3")


def test_the_other_sites_are_read_as_in_any_body() -> None:
    with pytest.raises(InputError, match="is not a site"):
        body().row("cord taken T10")
    assert body().row("csf T10")[body().network.groups["csf"]].any()


def test_the_engine_for_cohorts_refuses_a_body_that_takes_up() -> None:
    member = Member(body().network, body().row("csf T10")[None], lumbar(DOSE))
    with pytest.raises(InputError, match="takes drug up by a process that saturates"):
        list(follow([member], Wanted(np.array([DAY])), threads=1))


def test_the_linear_links_alone_are_not_taken_for_the_body() -> None:
    with pytest.raises(InputError, match="takes drug up by a process that saturates"):
        choose_propagator(body().network)
