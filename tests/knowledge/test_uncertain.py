"""A figure's range is read as a triangle: never outside it, most likely at the set point."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Figure, Settled, at_quantile, is_uncertain, set_point

NARROW = Figure(
    "share", "a share", Decimal(20), Decimal(10), Decimal(25), "percent", "a source", "low"
)
WIDE = replace(NARROW, name="ratio", value=Decimal(100), high=Decimal(300), low=Decimal(75))
BARE = replace(NARROW, name="sure", low=None, high=None)
WORDS = replace(BARE, name="words", value=None, words="said in words", unit="1")

quantiles = st.floats(0.0, 1.0)
figures = st.sampled_from([NARROW, WIDE, replace(NARROW, value=None), replace(WIDE, value=None)])


def numbers(low: object, value: object, high: object) -> Figure:
    parts = [None if one is None else Decimal(str(one)) for one in (low, value, high)]
    return replace(NARROW, low=parts[0], value=parts[1], high=parts[2])


@given(figures, quantiles)
def test_no_quantile_leaves_the_range(figure: Figure, quantile: float) -> None:
    low, high = (figure.number(figure.unit, end) for end in ("low", "high"))
    assert low * (1 - 1e-12) <= at_quantile(figure, quantile) <= high * (1 + 1e-12)


@given(figures, quantiles, quantiles)
def test_a_higher_quantile_is_never_a_lower_number(figure: Figure, one: float, two: float) -> None:
    first, second = at_quantile(figure, min(one, two)), at_quantile(figure, max(one, two))
    assert first <= second * (1 + 1e-12)


@pytest.mark.parametrize("figure", [NARROW, WIDE])
def test_the_ends_of_the_range_are_exact(figure: Figure) -> None:
    ends = [at_quantile(figure, one) for one in (0.0, 1.0)]
    assert ends == [figure.number(figure.unit, end) for end in ("low", "high")]


def test_the_set_point_is_where_the_triangle_has_its_top() -> None:
    assert at_quantile(NARROW, (20 - 10) / (25 - 10)) == pytest.approx(20.0)


def test_a_range_of_more_than_threefold_is_read_in_logarithms() -> None:
    rise = (log(100) - log(75)) / (log(300) - log(75))
    assert at_quantile(WIDE, rise) == pytest.approx(100.0)


def test_a_range_of_threefold_is_not_read_in_logarithms() -> None:
    assert at_quantile(numbers(10, None, 30), 0.5) == pytest.approx(20.0)


def test_a_range_that_reaches_zero_is_not_read_in_logarithms() -> None:
    assert at_quantile(numbers(0, None, 30), 0.5) == pytest.approx(15.0)


def test_the_mean_over_all_quantiles_is_that_of_a_triangle() -> None:
    grid = (np.arange(20_000) + 0.5) / 20_000
    mean = np.mean([at_quantile(NARROW, float(one)) for one in grid])
    assert mean == pytest.approx((10 + 20 + 25) / 3, rel=1e-6)


@pytest.mark.parametrize("at", [10, 25])
def test_a_set_point_at_an_end_of_the_range_is_allowed(at: int) -> None:
    assert 10 < at_quantile(numbers(10, at, 25), 0.5) < 25


def test_a_figure_without_a_range_is_its_set_point_at_every_quantile() -> None:
    assert {at_quantile(BARE, one) for one in (0.0, 0.3, 1.0)} == {20.0}


def test_a_range_of_no_width_is_no_uncertainty() -> None:
    assert not is_uncertain(numbers(20, 20, 20))


def test_a_lone_bound_is_no_uncertainty() -> None:
    assert not is_uncertain(numbers(10, 20, None))


def test_the_set_point_of_a_bare_wide_range_is_its_geometric_middle() -> None:
    assert set_point(numbers(1, None, 100)) == pytest.approx(10.0)


@pytest.mark.parametrize("quantile", [-0.001, 1.001, float("nan")])
def test_a_quantile_outside_0_to_1_is_refused(quantile: float) -> None:
    with pytest.raises(InputError, match='of "share" is not within 0 to 1'):
        at_quantile(NARROW, quantile)


def test_a_lone_bound_has_no_set_point() -> None:
    with pytest.raises(KnowledgeError, match='"share" has no value'):
        set_point(numbers(10, None, None))


def test_a_figure_that_is_not_named_keeps_its_set_point() -> None:
    settled = Settled.of({"share": NARROW, "ratio": WIDE}, {"share": 0.0})
    assert settled.number("ratio", "percent") == 100.0


def test_a_settled_number_comes_in_the_unit_asked_for() -> None:
    assert Settled.of({"share": NARROW}, {"share": 1.0}).number("share") == pytest.approx(0.25)


def test_a_unit_of_another_kind_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="they measure different things"):
        Settled.of({"share": NARROW}).number("share", "mg")


@pytest.mark.parametrize("name", ["sure", "other"])
def test_a_quantile_of_what_has_no_range_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=f'"{name}" is no figure with a range'):
        Settled.of({"share": NARROW, "sure": BARE}, {name: 0.5})


def test_words_are_no_number() -> None:
    with pytest.raises(KnowledgeError, match='there is no figure "words" with a number'):
        Settled.of({"words": WORDS}).number("words")
