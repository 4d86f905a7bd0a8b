"""Sensors: right by themselves, wrong as they are told to be (H14)."""

from __future__ import annotations

from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.hardware.plants import chance
from thecal.pump.hardware.sensors import FlowSensor, Sensor

RANDOM = chance()


@given(st.integers(-(10**7), 10**7), st.integers(0, 10**8))
def test_a_good_sensor_tells_the_truth(true: int, now_s: int) -> None:
    assert Sensor(0).show(true, now_s, RANDOM) == true


@pytest.mark.parametrize(("bias_pcm", "shown"), [(20_000, 1_200), (-20_000, 800)])
def test_a_bias_is_a_share(bias_pcm: int, shown: int) -> None:
    sensor = Sensor(0)
    sensor.bias_pcm = bias_pcm
    assert sensor.show(1_000, 0, RANDOM) == shown


def test_a_drift_grows_by_the_day() -> None:
    sensor = Sensor(0)
    sensor.drift(1_000, 86_400)
    assert [sensor.show(1_000, day * 86_400, RANDOM) for day in (1, 2, 11)] == [1_000, 1_010, 1_100]


def test_noise_scatters_around_the_truth() -> None:
    sensor = Sensor(50)
    shown = [sensor.show(10_000, 0, RANDOM) or 0 for _ in range(20_000)]
    assert fmean(shown) == pytest.approx(10_000, abs=2)
    assert pstdev(shown) == pytest.approx(50, rel=0.03)


def test_a_stuck_sensor_repeats_itself() -> None:
    sensor = Sensor(0)
    sensor.show(5, 0, RANDOM)
    sensor.is_stuck = True
    assert sensor.show(9, 1, RANDOM) == 5


def test_a_sensor_that_is_free_again_tells_the_truth() -> None:
    sensor = Sensor(0)
    sensor.show(5, 0, RANDOM)
    sensor.is_stuck = True
    sensor.show(9, 1, RANDOM)
    sensor.is_stuck = False
    assert sensor.show(9, 2, RANDOM) == 9


def test_a_silent_sensor_says_nothing() -> None:
    sensor = Sensor(0)
    sensor.is_silent = True
    assert sensor.show(9, 1, RANDOM) is None


@given(st.lists(st.integers(0, 10**6)))
def test_the_flow_sensor_counts_what_passes(passing: list[int]) -> None:
    sensor, true = FlowSensor(0), 0
    for one in passing:
        true += one
        assert sensor.show(true, 0, RANDOM) == true


@given(st.lists(st.integers(-(10**4), 10**6)), st.integers(-200_000, 200_000))
def test_the_count_of_the_flow_sensor_never_falls(passing: list[int], bias_pcm: int) -> None:
    sensor, true, shown = FlowSensor(30_000), 0, 0
    sensor.bias_pcm = bias_pcm
    for one in passing:
        true += one
        last, shown = shown, sensor.show(true, 0, RANDOM) or 0
        assert shown >= last


def test_what_passes_a_stuck_flow_sensor_is_never_counted() -> None:
    sensor = FlowSensor(0)
    sensor.show(100, 0, RANDOM)
    sensor.is_stuck = True
    sensor.show(300, 1, RANDOM)
    sensor.is_stuck = False
    assert sensor.show(350, 2, RANDOM) == 150


def test_a_silent_flow_sensor_still_counts() -> None:
    sensor = FlowSensor(0)
    sensor.is_silent = True
    silent = sensor.show(100, 0, RANDOM)
    sensor.is_silent = False
    assert (silent, sensor.show(100, 0, RANDOM)) == (None, 100)
