"""Kinds of pain, episodes and the rhythm of a day: what is drawn is what is on record."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import KnowledgeError
from thecal.knowledge import Settled
from thecal.patients import (
    KINDS,
    PAIN,
    Traits,
    draw_traits,
    kind_shares,
    load_population,
    mean_height,
    pain,
    populations,
    quantiles_of,
    rhythm,
)
from thecal.patients.pain import kind_means, load_pain, spread_within

POPULATIONS = populations()
MANY = 40_000
FIVE_ERRORS = 5.0 / np.sqrt(MANY)
WITHOUT_FACTORS = ("cancer-aids", "severe-chronic")


@cache
def settled(name: str) -> Settled:
    return Settled.of(load_population(name).figures)


@cache
def drawn(name: str) -> Traits:
    return draw_traits(
        load_population(name), settled(name), ("nausea",), np.random.default_rng(4), MANY
    )


def having(name: str, **figures: float) -> Settled:
    """Return a population's figures with some of them replaced."""
    known = settled(name)
    return replace(known, numbers={**known.numbers, **figures})


# Kinds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POPULATIONS)
def test_each_kind_has_its_share_of_the_people(name: str) -> None:
    found = np.bincount(drawn(name).kind, minlength=len(KINDS)) / MANY
    np.testing.assert_allclose(found, kind_shares(settled(name)), atol=FIVE_ERRORS / 2.0)


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_shares_of_the_kinds_sum_to_1(name: str) -> None:
    assert kind_shares(settled(name)).sum() == pytest.approx(1.0)


@given(st.sampled_from(POPULATIONS), st.integers(0, 10_000))
def test_the_kinds_leave_the_mean_responsiveness_as_it_is(name: str, seed: int) -> None:
    figures = load_population(name).figures
    any_figures = Settled.of(figures, quantiles_of(figures, np.random.default_rng(seed)))
    mean = any_figures.number("responsiveness")
    means = kind_means(any_figures, mean)
    assert kind_shares(any_figures) @ means == pytest.approx(mean)
    assert ((means > 0.0) & (means <= 1.0)).all()


@given(st.floats(0.05, 0.99), st.lists(st.floats(0.1, 20.0), min_size=4, max_size=4))
def test_no_kind_is_relieved_of_more_than_all_pain(mean: float, factors: list[float]) -> None:
    names = (f"{kind}_factor" for kind in KINDS)
    extreme = having("chronic-noncancer", **dict(zip(names, factors, strict=True)))
    means = kind_means(extreme, mean)
    assert ((means >= 0.0) & (means <= 1.0 + 1e-12)).all()
    assert kind_shares(extreme) @ means == pytest.approx(mean)


def test_the_kinds_leave_the_spread_of_responsiveness_as_it_is() -> None:
    known = settled("chronic-noncancer")
    means, shares = kind_means(known, 0.72), kind_shares(known)
    within = spread_within(known, means, 0.3)
    between = shares @ (means - 0.72) ** 2
    assert within**2 + between == pytest.approx(0.3**2)


def test_deafferentation_responds_more_than_neuropathic_pain_as_winkelmuller_found() -> None:
    means = dict(zip(KINDS, kind_means(settled("chronic-noncancer"), 0.72), strict=True))
    assert means["deafferentation"] / means["neuropathic"] == pytest.approx(68 / 62, rel=0.005)


def test_people_of_a_kind_that_responds_more_respond_more() -> None:
    traits = drawn("chronic-noncancer")
    mean = {
        kind: traits.responsiveness[traits.kind == place].mean() for place, kind in enumerate(KINDS)
    }
    assert mean["deafferentation"] > mean["neuropathic"] > mean["mixed"] > mean["nociceptive"]


@pytest.mark.parametrize("name", WITHOUT_FACTORS)
def test_ziconotide_is_given_no_difference_between_kinds(name: str) -> None:
    means = kind_means(settled(name), 0.6)
    np.testing.assert_allclose(means, 0.6)


def test_other_factors_draw_the_same_people() -> None:
    known = load_population("advanced-cancer")
    alike = having("advanced-cancer", **{f"{kind}_factor": 1.0 for kind in KINDS})
    other = draw_traits(known, alike, ("nausea",), np.random.default_rng(4), MANY)
    for trait in ("age", "untreated_pain", "entry_dose", "placebo", "fate", "background", "kind"):
        np.testing.assert_array_equal(getattr(drawn(known.id), trait), getattr(other, trait))


# Episodes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_share_of_people_with_episodes_is_the_one_on_record(name: str) -> None:
    found = (drawn(name).episodes > 0.0).mean()
    expected = settled(name).number("episodes_share")
    assert found == pytest.approx(expected, abs=FIVE_ERRORS / 2.0)


@pytest.mark.parametrize("name", POPULATIONS)
def test_people_with_episodes_have_the_median_number_on_record(name: str) -> None:
    episodes = drawn(name).episodes
    found = np.median(episodes[episodes > 0.0])
    assert found == pytest.approx(settled(name).number("episodes_a_day", "1/day"), rel=0.05)


@pytest.mark.parametrize("often", [0.5, 3.0, 12.0])
def test_the_highest_of_a_day_stands_above_the_average_as_is_on_record(often: float) -> None:
    generator = np.random.default_rng(5)
    counts = generator.poisson(often, MANY)
    each = generator.standard_exponential((MANY, counts.max()))
    there = np.arange(counts.max()) < counts[:, None]
    highest = np.where(there, each, 0.0).max(axis=1) * mean_height(np.array([often]), 1.4)
    error = highest.std() / np.sqrt(MANY)
    assert highest.mean() == pytest.approx(1.4, abs=5.0 * error)


@given(st.floats(0.01, 50.0), st.floats(1.01, 3.0))
def test_the_more_episodes_the_lower_each_is(often: float, times: float) -> None:
    few, many = mean_height(np.array([often, often * times]), 1.4)
    assert 0.0 < many < few


# The day ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POPULATIONS)
def test_the_rhythm_keeps_the_mean_of_the_day(name: str) -> None:
    hours = [rhythm(settled(name), float(hour)) for hour in range(24)]
    assert np.mean(hours) == pytest.approx(1.0)


def test_pain_is_worst_in_the_evening() -> None:
    hours = [rhythm(settled("chronic-noncancer"), float(hour)) for hour in range(24)]
    assert np.argmax(hours) == 20
    assert max(hours) == pytest.approx(1.1)


def test_cancer_pain_has_no_rhythm() -> None:
    assert {rhythm(settled("advanced-cancer"), float(hour)) for hour in range(24)} == {1.0}


# The record ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", POPULATIONS)
def test_every_population_knows_its_pain(name: str) -> None:
    assert set(PAIN) <= set(load_population(name).figures)


def test_a_record_of_pain_without_a_figure_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figures = load_pain("chronic")
    monkeypatch.setattr(
        pain, "load_figures", lambda _: {k: v for k, v in figures.items() if k != "mixed_share"}
    )
    with pytest.raises(KnowledgeError, match=r"other.toml: missing or unknown: mixed_share"):
        load_pain.__wrapped__("other")
