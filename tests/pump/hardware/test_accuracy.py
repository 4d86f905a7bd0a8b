"""How exact the pumps are, as a population (PC-02, PC-03)."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

import pytest

from tests.pump.hardware.plants import catheter, chance, give, kind_of
from thecal.devices import load_pump, pump_ids
from thecal.pump.hardware import Plant, StudyFigures, deviation_pcm, read_figures, study

PUMPS = 10_000
# 1.96 standard errors of a share of 95 %: so many of 10,000 make a 95/95 tolerance interval.
ENOUGH = 9_543


def population(pump_id: str, start_nl: int, pumps: int = PUMPS) -> Iterator[Plant]:
    """Yield many pumps of a kind, each with its own gain."""
    kind, line, random = kind_of(pump_id), catheter(), chance(11)
    for _ in range(pumps):
        one = kind.drawn(random)
        yield kind.build(line, random, start_nl=start_nl, individual=one)


@pytest.mark.requirement("PC-02")
@pytest.mark.parametrize("day_nl", [24_000, 250_000, 5_000_000])
def test_the_default_plant_is_within_5_percent_over_72_hours(day_nl: int) -> None:
    within = 0
    for plant in population("reference-20", 20_500_000):
        strokes = 3 * day_nl // plant.figures.stroke_nl
        give(plant, strokes, 3 * 86_400)
        delivered_nl = plant.delivered_nl(3 * 86_400)
        within += abs(deviation_pcm(delivered_nl, strokes * 250)) <= 5_000
    assert within >= ENOUGH


@pytest.mark.requirement("PC-02")
@pytest.mark.parametrize("pump_id", pump_ids())
def test_no_profile_states_a_band_above_14_5_percent(pump_id: str) -> None:
    assert load_pump(pump_id).exact_number("accuracy", "percent") * 10 <= 145


@pytest.mark.requirement("PC-03")
def test_a_population_deviates_as_the_study_of_2014_found() -> None:
    figures = read_figures(StudyFigures, load_pump("synchromed-ii-20").exact_number)
    random = chance(12)
    found = [study(plant, figures, random) for plant in population("synchromed-ii-20", 21_400_000)]
    assert fmean(one.weighed for one in found) == pytest.approx(-2_400, abs=300)
    assert fmean(one.cumulative for one in found) == pytest.approx(1_000, abs=300)
    assert fmean(one.per_refill for one in found) == pytest.approx(2_500, abs=300)


@pytest.mark.requirement("PC-03")
@pytest.mark.parametrize(("second", "percent"), [(9_000_000, -2.9), (78_894_000, -2.1)])
def test_a_population_of_valve_pumps_delivers_the_shares_that_were_measured(
    second: int, percent: float
) -> None:
    deviations = []
    for plant in population("prometra-ii-20", 20_000_000, 200):
        give(plant, 1_000, second)
        deviations.append(deviation_pcm(plant.delivered_nl(second), 2_500_000))
    assert fmean(deviations) == pytest.approx(percent * 1_000, abs=300)
