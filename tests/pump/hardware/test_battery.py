"""The battery: what takes from it, its voltage, and when service ends (H40)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.hardware.plants import pump_figures, small
from thecal.pump.hardware.battery import Battery

FIGURES = pump_figures()
YEAR_S = 31_557_600
DAY_S = 86_400


def used(strokes_per_day: int, years: int) -> Battery:
    """Return a battery that has worked for some years."""
    battery = Battery(FIGURES)
    battery.stroke(strokes_per_day * years * YEAR_S // DAY_S)
    return battery


def test_a_new_battery_is_full() -> None:
    assert Battery(FIGURES).millivolts(0) == 3_200


@pytest.mark.parametrize(("strokes_per_day", "years"), [(1_000, 8), (8_000, 5)])
def test_a_battery_lasts_as_its_profile_says(strokes_per_day: int, years: int) -> None:
    # 0.25 mL/day and 2 mL/day in strokes of 250 nL.
    assert not used(strokes_per_day, years).is_flat(years * YEAR_S)
    assert used(strokes_per_day, years + 1).is_flat((years + 1) * YEAR_S)


@given(st.integers(0, 10**8), st.integers(0, 10**7), st.integers(0, 10**4))
def test_work_never_raises_the_voltage(now_s: int, strokes: int, minutes: int) -> None:
    battery = Battery(FIGURES)
    before = battery.millivolts(now_s)
    battery.stroke(strokes)
    battery.telemetry(minutes)
    assert battery.millivolts(now_s + 1) <= before


def test_a_battery_that_is_used_up_has_the_voltage_of_its_end() -> None:
    assert Battery(FIGURES).millivolts(99 * YEAR_S) == 2_600


def test_telemetry_takes_from_it() -> None:
    plant = small()
    before = plant.battery.used_s(0)
    plant.interrogated(0, minutes=3)
    assert plant.battery.used_s(0) - before == 3 * 600


@pytest.mark.requirement("PC-30")
def test_service_ends_at_7_years_when_the_battery_lasts_longer() -> None:
    service = used(1_000, 7).service(7 * YEAR_S)
    assert (service.ended, service.left_s) == (True, 0)


@pytest.mark.requirement("PC-30")
def test_replacement_is_due_90_days_before_the_end_by_age() -> None:
    battery = Battery(FIGURES)
    last_s = 7 * YEAR_S - 90 * DAY_S
    assert [battery.service(now_s).replace for now_s in (last_s - 1, last_s)] == [False, True]


@pytest.mark.requirement("PC-30")
def test_a_busy_pump_is_due_before_its_age() -> None:
    service = used(8_000, 4).service(4 * YEAR_S)
    assert 0.9 * YEAR_S < service.left_s < 1.1 * YEAR_S


def test_a_film_inside_takes_a_share_of_the_life() -> None:
    battery = Battery(FIGURES)
    battery.lose(30_000)
    assert battery.service(0).used_pcm == 30_000


def test_a_dip_stops_the_motor_and_its_end_frees_it() -> None:
    plant = small()
    plant.dip_battery(700)
    stood = plant.stands
    plant.dip_battery(0)
    assert (stood, plant.stands) == (("no battery",), ())


def test_a_small_dip_lowers_the_voltage_only() -> None:
    plant = small()
    plant.dip_battery(200)
    assert (plant.read(0).battery_mv, plant.stands) == (3_000, ())
