"""A rate constant names exactly the figures that it depends on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from thecal.body import (
    BODY_FIGURES,
    Anatomy,
    Body,
    build_body,
    figures_of,
    load_anatomy,
    parameters_of,
)
from thecal.formulary import Drug, load_formulary
from thecal.interop.grounds import LEVELS, Grounds
from thecal.interop.places import places
from thecal.knowledge import Table

Array = NDArray[np.float64]

LITTLE_MORE = Decimal("1.01")
NOT_IN_A_RATE = {"bolus_mixing_volume", "molecular_weight"}
"""The first shapes a dose, the second what is read."""

DRUG = load_formulary().drug("morphine")
ADULT = load_anatomy("adult")
ANATOMY = replace(
    ADULT,
    figures={
        **ADULT.figures,
        # Zero by default, which would hide what it does.
        "cranial_loss_rate": replace(ADULT.figures["cranial_loss_rate"], value=Decimal("0.1")),
    },
)
FIGURES = dict.fromkeys(
    (*figures_of(DRUG), *BODY_FIGURES, *(name for _, name in ANATOMY.dispersion_knots))
)
IN_RATES = [name for name in FIGURES if not any(name.endswith(one) for one in NOT_IN_A_RATE)]

Link = tuple[int, int]
"""Target and source; a target beyond the compartments is out of the body."""


def _body(drug: Drug, anatomy: Anatomy) -> Body:
    return build_body(anatomy, parameters_of(drug, anatomy), tip_cm=None, epidural_levels=("T8",))


@cache
def _plain() -> Body:
    return _body(DRUG, ANATOMY)


def _with_more_of(name: str) -> Body:
    drug, anatomy = dict(DRUG.figures), dict(ANATOMY.figures)
    for figures in (drug, anatomy):
        if name in figures and (value := figures[name].value) is not None:
            figures[name] = replace(figures[name], value=value * LITTLE_MORE)
    return _body(
        replace(DRUG, figures=Table(drug)),
        replace(ANATOMY, figures=anatomy),
    )


def _rates(body: Body) -> Array:
    """Return every rate constant: links, and below them the exits; column is the source."""
    links = body.network.matrix.copy()
    np.fill_diagonal(links, 0.0)
    return np.vstack([links, sum(body.network.exits.values())])


@cache
def _named() -> dict[Link, set[str]]:
    grounds = Grounds(DRUG, ANATOMY)
    groups = [*(one.group for one in places(_plain())), ""]
    return {
        (target, source): {one.name for one in grounds.link(groups[source], groups[target])}
        for target, source in np.argwhere(_rates(_plain())).tolist()
    }


def _kinds(links: Iterable[Link]) -> set[tuple[str, str]]:
    groups = [*(one.group for one in places(_plain())), "out"]
    return {(groups[source], groups[target]) for target, source in links}


@pytest.mark.parametrize("name", IN_RATES)
def test_a_figure_is_named_by_the_rates_that_it_changes_and_by_no_other(name: str) -> None:
    before, after = _rates(_plain()), _rates(_with_more_of(name))
    moved = np.argwhere(~np.isclose(before, after, rtol=1e-9, atol=0.0)).tolist()
    changed = {(target, source) for target, source in moved}
    naming = {link for link, figures in _named().items() if name in figures}
    assert changed
    assert changed - naming == set()
    # By kinds: a knot of the dispersion is too far away for many of the links along the canal.
    assert _kinds(naming) == _kinds(changed)


def test_no_rate_is_without_its_figures() -> None:
    assert _kinds(link for link, figures in _named().items() if not figures) == set()


def test_every_rate_that_rests_on_a_length_or_an_area_names_the_table_of_levels() -> None:
    # From the units: mL/h over mL is free of the table only where both sides scale alike.
    naming = _kinds(link for link, figures in _named().items() if LEVELS in figures)
    assert {("csf", "csf"), ("csf", "cord"), ("cord", "cord"), ("plasma", "cord")} <= naming


def test_the_rate_from_a_gut_names_the_absorption_of_its_own_form() -> None:
    grounds = Grounds(DRUG, ANATOMY)
    form = DRUG.oral_form("solution")
    assert grounds.link("gut solution", "plasma") == (form.absorption_rate, form.bioavailability)


def test_a_source_keeps_the_number_of_its_first_citation() -> None:
    grounds = Grounds(DRUG, ANATOMY)
    assert grounds.citation("csf", "epidural").endswith("medium confidence [1]")
    assert grounds.citation("epidural", "plasma").endswith("[2]")
    (loss,) = grounds.link("csf", "epidural")
    assert grounds.sources[0] == loss.source
    # The same source under another link
    assert "[2]" in grounds.citation("epidural", "plasma")
    assert len(grounds.sources) == 2
