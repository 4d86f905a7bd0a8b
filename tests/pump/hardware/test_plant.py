"""What people do to a pump: refills, syringes, interrogations, great pressure."""

from __future__ import annotations

from statistics import fmean

import pytest

from tests.pump.hardware.plants import SMALL, chance, give, rotor, small
from thecal.errors import InputError
from thecal.pump.hardware.core import PlantEvent

FULL_NL = 20_000_000


@pytest.mark.requirement("CT-04")
def test_a_refill_tells_the_truth_and_what_was_read() -> None:
    refill = rotor().refill(5, 0, FULL_NL)
    assert refill.aspirated_nl == 18_600_000
    assert abs(refill.read_nl - (18_600_000 - 310_000)) < 3 * 300_000


def test_a_syringe_reads_less_than_was_drawn_by_the_figure_of_the_profile() -> None:
    random, plant, short = chance(), rotor(), []
    plant.random = random
    for second in range(4_000):
        refill = plant.refill(second, 0, 9_000_000)
        short.append(refill.aspirated_nl - refill.read_nl)
    assert fmean(short[1:]) == pytest.approx(310_000, abs=15_000)


def test_a_syringe_never_reads_less_than_nothing() -> None:
    plant = rotor(start_nl=0)
    assert min(plant.refill(second, 0, 1_000).read_nl for second in range(50)) == 0


@pytest.mark.parametrize(
    ("solution", "volume_nl", "sentence"),
    [(-1, 5, "the number of the solution is -1"), (0, -5, "the volume of a refill in nL is -5")],
)
def test_a_refill_that_cannot_be_is_refused(solution: int, volume_nl: int, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        small().refill(5, solution, volume_nl)


def test_a_cold_pump_gives_nothing_until_it_is_warm() -> None:
    plant = small()
    plant.chill()
    give(plant, 5, 5)
    cold_nl = plant.delivered_nl(5)
    plant.chill(is_cold=False)
    give(plant, 5, 6)
    assert (cold_nl, plant.delivered_nl(6)) == (0, 50)


def test_by_itself_a_fever_changes_nothing_because_no_figure_is_known() -> None:
    assert (SMALL.fever_pcm, SMALL.altitude_pcm, SMALL.risk_pcm) == (0, 0, 0)


def test_a_change_of_flow_with_the_surroundings_is_a_share() -> None:
    plant = small()
    plant.set_ambient(-3_000)
    give(plant, 100, 5)
    assert plant.delivered_nl(5) == 970


def test_great_pressure_is_on_record() -> None:
    plant = small()
    plant.pass_to(5)
    plant.deform(2_000)
    assert plant.events == [PlantEvent(5, "deformed", 2_000)]


def test_a_scan_is_on_record_even_where_it_does_nothing() -> None:
    plant = small()
    plant.enter_field(5, 9)
    give(plant, 1, 6)
    assert (plant.events, plant.delivered_nl(6)) == ([PlantEvent(5, "scan")], 10)
