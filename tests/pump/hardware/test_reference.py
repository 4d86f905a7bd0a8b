"""The reference pump measures what it does."""

from __future__ import annotations

import pytest

from tests.pump.hardware.plants import give, reference, small
from thecal.pump.hardware import Place


@pytest.mark.requirement("PC-20")
def test_the_flow_sensor_sees_a_gain_that_the_motor_does_not() -> None:
    plant = small()
    plant.set_gain(20_000)
    give(plant, 100, 5)
    reading = plant.read(5)
    assert (reading.turned, reading.flow_nl) == (100, 1_200)


@pytest.mark.requirement("PC-20")
def test_the_flow_sensor_sees_free_flow() -> None:
    plant = small()
    plant.run_free(86_400)
    assert plant.read(7).flow_nl == 7


@pytest.mark.requirement("PC-28")
def test_the_fill_sensor_sees_a_leak_that_the_flow_sensor_does_not() -> None:
    plant = small()
    plant.leak(86_400)
    reading = plant.read(7)
    assert (reading.fill_nl, reading.flow_nl) == (5_093, 0)


@pytest.mark.requirement("CT-04")
def test_the_fill_sensor_sees_that_a_refill_went_astray() -> None:
    plant = small()
    plant.misfill(100_000)
    plant.refill(5, 0, 9_000)
    assert plant.read(5).fill_nl == 100


def test_with_an_empty_reservoir_there_is_no_pressure() -> None:
    plant = small(start_nl=115)
    plant.block()
    give(plant, 5, 5)
    assert plant.read(5).pressure_hpa == 0


@pytest.mark.requirement("PC-10", "PC-20")
def test_a_halt_closes_the_outlet_and_ends_a_free_flow() -> None:
    plant = small()
    plant.run_free(86_400)
    plant.halt(10)
    assert plant.place_nl(Place.CSF, 9_999) == 10


@pytest.mark.parametrize("days", [1, 40])
def test_reading_often_and_reading_once_agree_but_for_the_noise(days: int) -> None:
    often, once = reference(), reference()
    for day in range(days):
        give(often, 1_000, day * 86_400)
        give(once, 1_000, day * 86_400)
        often.read(day * 86_400)
    one, other = often.read(days * 86_400).flow_nl, once.read(days * 86_400).flow_nl
    assert one == pytest.approx(other, rel=0.04)


def test_a_sensor_that_is_wrong_changes_nothing_in_truth() -> None:
    plant, other = small(), small()
    plant.flow_sensor.bias_pcm = -50_000
    for one in (plant, other):
        give(one, 100, 5)
        one.read(5)
    assert plant.delivered_nl(5) == other.delivered_nl(5)
