"""Populations: what is drawn is what is on record."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Settled, is_uncertain
from thecal.patients import (
    Traits,
    draw_traits,
    load_population,
    population,
    populations,
    quantiles_of,
    share,
)

POPULATIONS = populations()
SWALLOWING = [
    name for name in POPULATIONS if load_population(name).figures["entry_dose"].value != 0
]
ITEMS = ("nausea", "fatigue", "itch")
MANY = 20_000
FIVE_ERRORS = 5.0 / np.sqrt(MANY)


def drawn(name: str = "advanced-cancer", people: int = MANY, seed: int = 4) -> Traits:
    known = load_population(name)
    return draw_traits(known, Settled.of(known.figures), ITEMS, np.random.default_rng(seed), people)


def on_record(name: str, figure: str, unit: str = "1") -> float:
    return Settled.of(load_population(name).figures).number(figure, unit)


@pytest.mark.parametrize("name", POPULATIONS)
@pytest.mark.parametrize("trait", ["responsiveness", "placebo"])
def test_a_share_is_drawn_with_the_mean_and_spread_on_record(name: str, trait: str) -> None:
    found = getattr(drawn(name), trait)
    spread = on_record(name, f"{trait}_spread")
    assert found.mean() == pytest.approx(on_record(name, trait), abs=FIVE_ERRORS * spread)
    assert found.std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("name", POPULATIONS)
def test_pain_is_drawn_with_the_mean_on_record(name: str) -> None:
    spread = on_record(name, "untreated_pain_spread")
    mean = drawn(name).untreated_pain.mean()
    assert mean == pytest.approx(on_record(name, "untreated_pain"), abs=FIVE_ERRORS * spread)


@pytest.mark.parametrize(
    ("name", "trait", "unit"),
    [
        *((name, "entry_drive", "1") for name in POPULATIONS),
        *((name, "entry_dose", "mg/day") for name in SWALLOWING),
    ],
)
def test_a_dose_is_drawn_with_the_median_and_spread_on_record(
    name: str, trait: str, unit: str
) -> None:
    logarithm = np.log(getattr(drawn(name), trait))
    spread = on_record(name, f"{trait}_spread")
    assert logarithm.mean() == pytest.approx(
        np.log(on_record(name, trait, unit)), abs=FIVE_ERRORS * spread
    )
    assert logarithm.std() == pytest.approx(spread, rel=0.05)


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_share_of_women_is_the_one_on_record(name: str) -> None:
    assert drawn(name).female.mean() == pytest.approx(
        on_record(name, "female_share"), abs=FIVE_ERRORS / 2.0
    )


@pytest.mark.parametrize("name", POPULATIONS)
def test_everybody_is_possible(name: str) -> None:
    traits = drawn(name)
    assert ((traits.age >= 18.0) & (traits.age <= 95.0)).all()
    assert ((traits.untreated_pain >= 0.0) & (traits.untreated_pain <= 10.0)).all()
    for part in (traits.responsiveness, traits.placebo, traits.fate, traits.staying):
        assert ((part >= 0.0) & (part <= 1.0)).all()
    for amount in (traits.entry_drive, traits.background):
        assert (amount > 0.0).all()
    for dose in (traits.entry_dose, traits.entry_pump_dose):
        assert (dose >= 0.0).all()


def test_the_background_of_a_side_effect_has_the_weight_on_record() -> None:
    background = np.median(drawn().background, axis=0)
    weights = load_population("advanced-cancer").weights
    expected = [
        weights.get(item, 1.0) * on_record("advanced-cancer", "background") for item in ITEMS
    ]
    np.testing.assert_allclose(background, expected, rtol=0.08)


def test_the_background_of_two_side_effects_has_the_correlation_on_record() -> None:
    logarithm = np.log(drawn().background)
    found = np.corrcoef(logarithm[:, 0], logarithm[:, 1])[0, 1]
    assert found == pytest.approx(
        on_record("advanced-cancer", "background_correlation"), abs=FIVE_ERRORS
    )


def test_the_same_seed_draws_the_same_people() -> None:
    one, two = drawn(people=50), drawn(people=50)
    assert all(
        getattr(one, part.name).tobytes() == getattr(two, part.name).tobytes()
        for part in fields(Traits)
    )


def test_another_seed_draws_other_people() -> None:
    assert (drawn(people=50).age != drawn(people=50, seed=5).age).all()


# Shares -------------------------------------------------------------------------------------------


@given(st.floats(0.0, 1.0), st.floats(1e-3, 0.999), st.just(0.0) | st.floats(1e-3, 2.0))
def test_a_share_lies_within_0_to_1(quantile: float, mean: float, spread: float) -> None:
    found = share(np.array([quantile]), mean, spread)[0]
    assert 0.0 <= found <= 1.0


def test_a_share_without_spread_is_its_mean() -> None:
    assert share(np.array([0.1, 0.9]), 0.3, 0.0).tolist() == [0.3, 0.3]


@pytest.mark.parametrize(("mean", "expected"), [(-0.2, 0.0), (0.0, 0.0), (1.0, 1.0), (1.3, 1.0)])
def test_a_mean_that_is_no_inner_share_is_the_nearest_one(mean: float, expected: float) -> None:
    assert share(np.array([0.5]), mean, 0.2).tolist() == [expected]


def test_a_spread_too_wide_for_a_share_keeps_the_mean() -> None:
    grid = (np.arange(MANY) + 0.5) / MANY
    assert share(grid, 0.3, 9.0).mean() == pytest.approx(0.3, abs=0.002)


# The record ---------------------------------------------------------------------------------------


def test_every_uncertain_figure_is_drawn_and_no_other() -> None:
    figures = load_population("advanced-cancer").figures
    quantiles = quantiles_of(figures, np.random.default_rng(1))
    assert set(quantiles) == {name for name, figure in figures.items() if is_uncertain(figure)}


def test_an_unknown_population_is_refused() -> None:
    with pytest.raises(InputError, match='there is no population "mars"; there are advanced-can'):
        load_population("mars")


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("[figures.pain_noise]", "[figures.noise]", "missing pain_noise; unknown noise"),
        ('pain = "cancer"', "", "missing nothing; unknown nothing"),
        ('pain = "cancer"', 'pain = "cancer"\ncolour = 1', 'unknown key "colour"'),
    ],
)
def test_an_incomplete_population_is_refused(
    old: str, new: str, match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = (Path(population.__file__).parent / "data" / "advanced-cancer.toml").read_text("utf-8")
    assert whole.count(old) == 1
    (tmp_path / "broken.toml").write_text(whole.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(population, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match=match):
        load_population("broken")
