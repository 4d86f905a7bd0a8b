"""Where pain lies: who has it where, and what the spread of a drug makes of it."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from thecal.errors import KnowledgeError
from thecal.formulary import load_formulary
from thecal.knowledge import Settled
from thecal.patients import (
    ORAL,
    PUMP,
    Kinetics,
    Traits,
    draw_traits,
    load_population,
    make_kinetics,
    population,
    populations,
)
from thecal.patients.places import TIP_AT_PAIN, Place, aims_of, draw_aims

ROOT = Path(__file__).parents[2]
Array = NDArray[np.float64]

POPULATIONS = populations()
CANCER = "advanced-cancer"
BODIES = 12
MANY = 20_000
FIVE_ERRORS = 5.0 * 0.5 / np.sqrt(MANY)
CORD, CISTERNA = 1, 2


def drawn(name: str, people: int = MANY, seed: int = 4) -> Traits:
    known = load_population(name)
    settled = Settled.of(known.figures)
    return draw_traits(known, settled, ("nausea",), np.random.default_rng(seed), people)


@cache
def kinetics(drug: str) -> Kinetics:
    return make_kinetics(
        load_formulary().drug(drug),
        people=BODIES,
        seed=5,
        aims=load_population(CANCER).aims,
        oral_form="extended-release" if drug == "morphine" else "",
        threads=1,
    )


def settled_at(drug: str, place: str, tip: str, site: int, route: str = PUMP) -> Array:
    """Return what a steady dose shows with the pain and the tip there, shape (bodies,)."""
    known = load_population(CANCER)
    levels = next(one.levels for one in known.places if one.name == place)
    aim = next(k for k, one in enumerate(known.aims) if (one.levels, one.tip) == (levels, tip))
    made = kinetics(drug)
    who = made.at(np.arange(BODIES), np.full(BODIES, aim))
    return np.asarray(made.unit[route][who, site, -1])


# Who ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POPULATIONS)
def test_so_many_have_their_pain_at_a_place_as_is_on_record(name: str) -> None:
    places, found = load_population(name).places, drawn(name).place
    on_record = Settled.of(load_population(name).figures)
    for number, place in enumerate(places):
        share = on_record.number(place.share)
        assert (found == number).mean() == pytest.approx(share, abs=FIVE_ERRORS)


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_aim_of_a_person_has_the_levels_of_the_place(name: str) -> None:
    known, found = load_population(name), drawn(name, 500)
    assert all(
        known.aims[aim].levels == known.places[place].levels
        for aim, place in zip(found.aim, found.place, strict=True)
    )


def test_the_tip_is_brought_to_the_pain_of_so_many_as_is_on_record() -> None:
    known, found = load_population(CANCER), drawn(CANCER)
    away = found.place >= 2  # chest, neck and arms
    often = Settled.of(known.figures).number(TIP_AT_PAIN)
    brought = np.array([aim.tip != known.places[0].tip for aim in known.aims])[found.aim]
    assert brought[away].mean() == pytest.approx(often, abs=2.0 * FIVE_ERRORS)
    assert not brought[~away].any()


def test_shares_are_read_in_proportion_to_their_sum() -> None:
    known = load_population("low-back")
    halved = {
        place.share: 0.5 * Settled.of(known.figures).number(place.share) for place in known.places
    }
    settled = Settled.of(known.figures)
    less = replace(settled, numbers={**settled.numbers, **halved})
    quantiles = (np.arange(1000) + 0.5) / 1000
    whole_place, _ = draw_aims(known.places, settled, quantiles, quantiles)
    less_place, _ = draw_aims(known.places, less, quantiles, quantiles)
    assert whole_place.tolist() == less_place.tolist()


def test_a_population_with_one_place_has_its_pain_there() -> None:
    belly = Place("belly", ("T9",), "T10")
    figure = load_population(CANCER).figures["place_chest"]
    settled = Settled({belly.share: figure}, {belly.share: 1.0})
    place, aim = draw_aims([belly], settled, np.array([0.0, 0.999]), np.array([0.0, 0.999]))
    assert (place.tolist(), aim.tolist()) == ([0, 0], [0, 0])


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_same_seed_gives_the_same_places(name: str) -> None:
    one, two = drawn(name, 300), drawn(name, 300)
    assert (one.place.tobytes(), one.aim.tobytes()) == (two.place.tobytes(), two.aim.tobytes())


def test_people_are_the_same_else_wherever_their_pain_lies() -> None:
    known = load_population(CANCER)
    settled = Settled.of(known.figures)
    only = {place.share: float(k == 3) for k, place in enumerate(known.places)}
    moved = replace(settled, numbers={**settled.numbers, **only})
    one, two = (
        draw_traits(known, at, ("nausea",), np.random.default_rng(3), 200)
        for at in (settled, moved)
    )
    assert set(two.place) == {3}
    for trait in fields(Traits):
        if trait.name not in {"place", "aim"}:
            assert getattr(one, trait.name).tobytes() == getattr(two, trait.name).tobytes()


# What it does -------------------------------------------------------------------------------------


@pytest.mark.parametrize("drug", ["morphine", "ziconotide"])
@pytest.mark.parametrize("place", ["chest", "neck and arms"])
def test_a_tip_away_from_the_pain_never_gives_its_cord_more(drug: str, place: str) -> None:
    brought, left = (settled_at(drug, place, tip, CORD) for tip in ("T4", "T10"))
    assert (left < brought).all()


@pytest.mark.parametrize("drug", ["morphine", "ziconotide"])
def test_the_farther_the_pain_from_the_tip_the_less_its_cord_gets(drug: str) -> None:
    near, far, farthest = (
        settled_at(drug, place, "T10", CORD)
        for place in ("back and belly", "chest", "neck and arms")
    )
    assert ((farthest < far) & (far < near)).all()


def test_a_tip_nearer_to_the_head_gives_the_cisterna_more() -> None:
    high, low = (settled_at("morphine", "chest", tip, CISTERNA) for tip in ("T4", "T10"))
    assert (high > low).all()


def test_the_place_of_the_pain_changes_nothing_outside_the_cord() -> None:
    here, there = (
        settled_at("morphine", place, "T10", CISTERNA) for place in ("back and belly", "chest")
    )
    np.testing.assert_array_equal(here, there)


def test_the_tip_makes_nothing_of_what_is_swallowed() -> None:
    high, low = (settled_at("morphine", "chest", tip, CORD, ORAL) for tip in ("T4", "T10"))
    np.testing.assert_array_equal(high, low)


def test_the_reference_is_the_median_body_with_pain_and_tip_at_the_main_place() -> None:
    main = settled_at("morphine", "back and belly", "T10", CORD)
    assert kinetics("morphine").reference().pump.cord == np.median(main)


def test_more_places_leave_the_reference_as_it_is() -> None:
    alone = make_kinetics(
        load_formulary().drug("ziconotide"),
        people=BODIES,
        seed=5,
        aims=load_population(CANCER).aims[:1],
        threads=1,
    )
    one, many = alone.reference().pump, kinetics("ziconotide").reference().pump
    assert (one.plasma, one.cord, one.cisterna) == (many.plasma, many.cord, many.cisterna)


@pytest.mark.parametrize(
    ("name", "drug"), [*product([CANCER, "low-back"], ["morphine", "ziconotide"])]
)
def test_the_page_tells_what_a_place_loses(name: str, drug: str) -> None:
    known = load_population(name)
    made = make_kinetics(
        load_formulary().drug(drug), people=100, seed=1, aims=known.aims, threads=1
    )
    cord = made.unit[PUMP][:, CORD, -1].reshape(len(known.aims), -1)
    names = {place.levels: place.name for place in known.places}
    expected = {}
    for aim, left in zip(known.aims[1:], cord[1:] / cord[0], strict=True):
        low, middle, high = np.quantile(left, [0.1, 0.5, 0.9])
        expected[names[aim.levels], aim.tip] = f"{middle:.2f} ({low:.2f} to {high:.2f})"
    column = {"morphine": 3, "ziconotide": 4}[drug]
    lines = (ROOT / "docs" / "response.md").read_text("utf-8").splitlines()
    rows = [[part.strip() for part in line.strip("| ").split("|")] for line in lines]
    told = {(row[1], row[2]): row[column] for row in rows if row[0] == name and len(row) == 5}
    assert told == expected


# The record ---------------------------------------------------------------------------------------


def test_a_tip_is_counted_once_for_all_places_that_keep_it() -> None:
    belly, legs, arms = (
        Place("belly", ("T9",), "T10"),
        Place("legs", ("T12",), "T10"),
        Place("arms", ("C6",), "T4"),
    )
    assert len(aims_of([belly, legs, arms])) == 4


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        (
            '["T2", "T4", "T6"]',
            '["T2", "L4"]',
            'broken.toml: the place "chest" has "L4", which is no level of the cord; write one',
        ),
        ('["T2", "T4", "T6"]', '["X1"]', 'the place "chest" has "X1", which is no level of the c'),
        ('["T2", "T4", "T6"]', "[]", "has levels, name, source, tip, and at least one level"),
        ('name = "chest"', 'names = "chest"', "a place of pain has levels, name, source, tip"),
        ('name = "chest"', 'name = "head"', "missing or unknown: place_chest, place_head"),
        ('name = "chest"', 'name = "neck and arms"', "two places of pain have the same name"),
        ("value = 0.12\nlow = 0.1\n", "value = 0.13\nlow = 0.1\n", "the places sum to 1.01, but"),
        ("[figures.tip_at_pain]", "[figures.place_tip]", "place_tip, tip_at_pain"),
    ],
)
def test_a_wrong_place_is_refused(
    old: str, new: str, match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (Path(population.__file__).parent / "data" / f"{CANCER}.toml").read_text("utf-8")
    assert whole.count(old) == 1
    (tmp_path / "broken.toml").write_text(whole.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(population, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match=match):
        load_population("broken")


def test_a_tip_at_no_vertebra_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = (Path(population.__file__).parent / "data" / f"{CANCER}.toml").read_text("utf-8")
    broken = whole.replace('tip = "T4"', 'tip = "T14"', 1)
    (tmp_path / "broken.toml").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(population, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match='"chest" has "T14", which is no level for a tip'):
        load_population("broken")


def test_a_population_without_places_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (Path(population.__file__).parent / "data" / f"{CANCER}.toml").read_text("utf-8")
    head, _, rest = whole.partition("[[places]]")
    broken = head + rest[rest.index("[weights]") :]
    broken = broken.replace('segments = "', 'note = "').replace("\nnote = ", "\n# note = ", 1)
    (tmp_path / "broken.toml").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(population, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match=r"broken.toml: has no \[\[places\]\] of pain"):
        load_population("broken")
