from __future__ import annotations

from math import inf, nan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from thecal.studies.results import Found, _found
from thecal.studies.study import Endpoint, Target


def endpoint(published: float | None = None, band: tuple[float, float] | None = None) -> Endpoint:
    target = None if published is None else Target(published, "here")
    return Endpoint("pain", ("pump",), "pain_mean", 28, "points", 1.0, "lower", target, band)


def found(values: list[float], one: Endpoint | None = None) -> Found:
    numbers = np.array(values)
    return _found(one or endpoint(), numbers, np.full(len(values), nan))


def test_the_range_leaves_out_the_outer_five_percent() -> None:
    one = found([float(value) for value in range(1, 201)])
    assert (one.low, one.high) == (5.0, 195.0)


def test_a_published_figure_in_the_range_is_inside() -> None:
    assert found([1.0, 3.0], endpoint(2.0)).inside is True


def test_a_published_figure_beyond_the_range_is_not_inside() -> None:
    assert found([1.0, 3.0], endpoint(3.1)).inside is False


def test_without_a_published_figure_nothing_is_inside_or_outside() -> None:
    assert found([1.0, 3.0]).inside is None


def test_the_mean_is_accepted_on_the_edge_of_the_band() -> None:
    assert found([1.0, 3.0], endpoint(band=(2.0, 9.0))).accepted is True


def test_a_replicate_in_which_nobody_was_evaluable_does_not_count() -> None:
    one = found([1.0, nan, 3.0])
    assert (one.counted, one.mean) == (2, 2.0)


def test_a_time_that_is_never_reached_has_no_mean() -> None:
    one = found([1.0, 2.0, inf])
    assert (one.mean, one.high) == (None, None)


def test_no_value_at_all_gives_no_number() -> None:
    one = found([nan, nan])
    assert (one.counted, one.mean, one.low, one.high) == (0, None, None, None)


def test_p_values_below_05_are_counted_and_05_is_not() -> None:
    p_values = np.array([0.049, 0.05, 0.2, nan])
    one = _found(endpoint(), np.zeros(4), p_values)
    assert one.significant == 1 / 3


@given(arrays(np.float64, st.integers(1, 60), elements=st.floats(-1e6, 1e6)))
def test_the_range_holds_95_percent_of_the_replicates(values: np.ndarray) -> None:
    one = _found(endpoint(), values, np.full(len(values), nan))
    assert one.low is not None
    assert one.high is not None
    assert np.mean((values >= one.low) & (values <= one.high)) >= 0.95
