"""A population of pumps, and chance in whole numbers."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean, pstdev

import pytest

from tests.pump.hardware.plants import chance, pump_figures
from thecal.devices import load_pump
from thecal.errors import InputError
from thecal.pump.hardware import Individual, RotorFigures, drawn, nominal, read_figures
from thecal.pump.hardware.individual import scatter
from thecal.pump.implant.values import FAR

FIGURES = pump_figures()
ROTOR = read_figures(RotorFigures, load_pump("synchromed-ii-20").exact_number)
RANDOM = chance(4)
POPULATION = [drawn(FIGURES, RANDOM, ROTOR) for _ in range(40_000)]


def test_scatter_has_its_mean_and_deviation() -> None:
    random = chance(2)
    numbers = [scatter(random, 1_000) for _ in range(40_000)]
    assert abs(fmean(numbers)) < 20
    assert pstdev(numbers) == pytest.approx(1_000, rel=0.02)


def test_scatter_stays_within_three_deviations() -> None:
    random = chance(3)
    assert max(abs(scatter(random, 7)) for _ in range(40_000)) <= 21


def test_without_deviation_no_chance_is_used_up() -> None:
    random, other = chance(5), chance(5)
    scatter(random, 0)
    assert random.random() == other.random()


def test_the_mean_pump_never_fails() -> None:
    assert nominal(FIGURES) == Individual(97_600, FAR, FAR)


def test_pumps_scatter_around_the_mean() -> None:
    gains = [one.gain_pcm for one in POPULATION]
    assert fmean(gains) == pytest.approx(97_600, abs=30)
    assert pstdev(gains) == pytest.approx(1_500, rel=0.03)


@pytest.mark.requirement("PC-27")
def test_by_78_months_2_4_percent_of_motors_have_failed() -> None:
    failed = sum(one.fails_s <= ROTOR.failure_horizon_s for one in POPULATION)
    assert failed / len(POPULATION) == pytest.approx(0.024, abs=0.003)


def test_fewer_than_0_2_percent_over_infuse() -> None:
    share = sum(one.over_infuses_s < FAR for one in POPULATION) / len(POPULATION)
    assert share == pytest.approx(0.0016, abs=0.0008)


def test_no_pump_over_infuses_before_5_months() -> None:
    certain = replace(ROTOR, over_infusing_pcm=100_000)
    onsets = [drawn(FIGURES, RANDOM, certain).over_infuses_s for _ in range(2_000)]
    assert min(onsets) > 152 * 86_400
    assert max(onsets) <= FIGURES.service_life_s + 1


def test_of_a_pump_without_such_figures_none_fails() -> None:
    assert drawn(FIGURES, chance()).fails_s == FAR


def test_a_pump_that_failed_before_it_was_new_is_refused() -> None:
    with pytest.raises(InputError, match="the second of failure is 0"):
        Individual(100_000, fails_s=0)
