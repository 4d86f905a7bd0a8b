"""Years of random programs, presses, stops, refills and clocks against the rational integral."""

from __future__ import annotations

import pytest

from tests.pump.implant.histories import check_history


@pytest.mark.requirement("PC-01", "PC-05", "PC-07", "PC-08", "PC-45", "PC-50")
@pytest.mark.parametrize("seed", range(2))
def test_delivery_is_within_a_stroke_of_the_exact_integral_for_ten_years(seed: int) -> None:
    tried = check_history(seed, years=10, strokes=(10_007, 25_000))
    assert tried.strokes > 10_000
    assert tried.checks > 1_000


@pytest.mark.requirement("PC-01")
def test_delivery_is_within_a_small_stroke_of_the_exact_integral_for_a_year() -> None:
    assert check_history(seed=4, years=1, strokes=(1_500,)).strokes > 10_000
