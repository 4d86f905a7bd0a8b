"""Each statistic, on curves of which the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from thecal.errors import ValidityError
from thecal.validation import statistics

HOURS = np.array([0.5, 1.0, 2.0, 4.0])
FALLING = 3.0 * np.exp(-0.5 * HOURS)


def test_the_half_life_of_an_exponential_is_ln_2_over_its_rate() -> None:
    assert statistics.half_life(HOURS, FALLING) == pytest.approx(np.log(2.0) / 0.5)


def test_a_rising_curve_has_no_half_life() -> None:
    with pytest.raises(ValidityError, match="does not fall"):
        statistics.half_life(HOURS, 1.0 / FALLING)


def test_no_line_goes_through_nothing() -> None:
    with pytest.raises(ValidityError, match="no drug"):
        statistics.half_life(HOURS, np.zeros(4))


def test_the_volume_at_time_zero_is_the_dose_over_where_the_line_begins() -> None:
    assert statistics.volume_at_zero(6.0, HOURS, FALLING) == pytest.approx(2.0)


def test_one_compartment_has_one_volume() -> None:
    # c = D / V exp(-k t): area D / (V k), moment D / (V k^2)
    dose, volume, rate = 10.0, 25.0, 0.2
    area, moment = dose / (volume * rate), dose / (volume * rate**2)
    assert statistics.clearance(dose, area) == pytest.approx(volume * rate)
    assert statistics.residence_time(area, moment) == pytest.approx(1.0 / rate)
    assert statistics.steady_volume(dose, area, moment) == pytest.approx(volume)
    assert statistics.terminal_volume(dose, area, np.log(2.0) / rate) == pytest.approx(volume)


def test_the_peak_is_where_the_curve_is_highest() -> None:
    assert statistics.peak_time(HOURS, np.array([1.0, 3.0, 2.0, 1.0])) == 1.0


def test_a_curve_that_still_rises_has_no_peak() -> None:
    with pytest.raises(ValidityError, match="still rises"):
        statistics.peak_time(HOURS, np.array([1.0, 2.0, 3.0, 4.0]))


def test_an_arrival_is_found_between_two_times() -> None:
    found = statistics.arrival_time(HOURS, np.array([0.0, 2.0, 4.0, 4.0]), 0.75)
    assert found == pytest.approx(1.5)


def test_the_length_scale_of_an_exponential_is_where_it_has_fallen_by_e() -> None:
    depths = np.linspace(-200.0, 200.0, 40_001)
    amounts = np.exp(-np.abs(depths) / 5.0)
    assert statistics.length_scale(depths, amounts, 0.0) == pytest.approx(5.0, rel=1e-3)


def test_the_mean_depth_is_weighted_by_amount() -> None:
    assert statistics.mean_depth(np.array([1.0, 4.0]), np.array([2.0, 1.0])) == 2.0


def test_the_smallest_step_of_a_wrong_order_is_below_one() -> None:
    assert statistics.smallest_step(np.array([1.0, 3.0, 2.0])) == pytest.approx(2.0 / 3.0)
