"""Ziconotide: relief and harm by the pump alone, without tolerance or withdrawal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.effects import Reference, Response, Sites, load_effects, respond
from thecal.knowledge import Settled

KNOWN = load_effects("ziconotide")
SETTLED = Settled.of(KNOWN.figures)
ONE_MG = Sites(np.array(2.0), np.array(2600.0), np.array(600.0))
ONE = np.ones(1)


def response() -> Response:
    return respond(KNOWN, Reference(oral=None, pump=ONE_MG))


def at(mcg_per_day: float) -> Sites:
    mg = mcg_per_day / 1000.0 * ONE
    return Sites(ONE_MG.plasma * mg, ONE_MG.cord * mg, ONE_MG.cisterna * mg)


def relief(mcg_per_day: float) -> float:
    found = response()
    return float(found.relief(found.drive(at(mcg_per_day), ONE), ONE)[0])


def test_the_half_effect_dose_gives_half_of_the_greatest_relief() -> None:
    assert relief(SETTLED.number("half_effect_dose", "mcg/day")) == pytest.approx(0.5)


def test_without_drug_there_is_no_relief() -> None:
    assert relief(0.0) == 0.0


@given(st.floats(0.0, 200.0), st.floats(0.0, 200.0))
def test_more_drug_never_relieves_less(one: float, other: float) -> None:
    assert relief(min(one, other)) <= relief(max(one, other))


def test_what_reaches_blood_relieves_nothing() -> None:
    blood = Sites(ONE * 1e6, ONE * 0.0, ONE * 0.0)
    assert response().drive(blood, ONE).item() == 0.0


def test_what_reaches_blood_harms_nothing() -> None:
    blood = Sites(ONE * 1e6, ONE * 0.0, ONE * 0.0)
    assert not response().harm(blood, ONE).any()


@pytest.mark.parametrize("place", range(len(KNOWN.items)))
def test_the_typical_dose_gives_each_harm_its_incidence(place: int) -> None:
    found = response()
    drive = found.harm(at(SETTLED.number("typical_dose", "mcg/day")), ONE)[0, place]
    felt = found.susceptibility(np.random.default_rng(1), 20_000)[:, place] * drive >= 1.0
    published = SETTLED.number(KNOWN.items[place].intrathecal, "percent")
    assert 100.0 * felt.mean() == pytest.approx(published, abs=1.5)


def test_effects_on_the_head_come_from_the_fluid_beside_it() -> None:
    from_cord = {item.id for item in KNOWN.items if item.site == "cord"}
    assert from_cord == {"urinary_retention"}


@pytest.mark.parametrize("table", ["tolerance", "withdrawal"])
def test_nobody_grows_used_to_it_or_withdraws(table: str) -> None:
    assert not KNOWN.roles[table]
