"""The battery: two estimates of one end."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.bench import BATTERY
from thecal.errors import InputError
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.battery import estimate, mean_mv

YEAR_S = 365 * DAY_S


def true_mv(now_s: int, strokes: int) -> int:
    used_s = now_s + strokes * BATTERY.stroke_s
    fall_mv = (BATTERY.full_mv - BATTERY.end_mv) * used_s // BATTERY.capacity_s
    return max(BATTERY.end_mv, BATTERY.full_mv - fall_mv)


@pytest.mark.requirement("PC-30")
@given(st.integers(1, 6 * 365), st.integers(0, 3_000))
def test_two_estimates_of_a_healthy_battery_agree(days: int, strokes_a_day: int) -> None:
    now_s, strokes = days * DAY_S, days * strokes_a_day
    service = estimate(now_s, strokes, true_mv(now_s, strokes), BATTERY)
    assert service.agree(BATTERY)


@pytest.mark.requirement("PC-30")
def test_charge_alone_foretells_when_the_mean_use_empties_it() -> None:
    service = estimate(YEAR_S, 0, 0, BATTERY)
    assert service.by_charge_s == service.by_voltage_s == 8 * YEAR_S


@pytest.mark.requirement("PC-30")
def test_strokes_bring_the_end_nearer() -> None:
    assert estimate(YEAR_S, YEAR_S // 10, 0, BATTERY).by_charge_s == 4 * YEAR_S


@pytest.mark.requirement("PC-30")
def test_an_old_pump_ends_by_age() -> None:
    assert estimate(YEAR_S, 0, 0, BATTERY).end_s == BATTERY.life_s


@pytest.mark.requirement("PC-30")
@pytest.mark.parametrize(("mv", "agrees"), [(2_925, True), (2_932, False), (2_918, False)])
def test_estimates_apart_by_over_30_days_do_not_agree(mv: int, *, agrees: bool) -> None:
    assert estimate(YEAR_S, 0, mv, BATTERY).agree(BATTERY) == agrees


@pytest.mark.parametrize(("mv", "left"), [(3_100, 8), (3_000, 8), (2_700, 4), (2_400, 0), (1, 0)])
def test_the_voltage_says_what_is_left(mv: int, left: int) -> None:
    assert estimate(YEAR_S, 0, mv, BATTERY).by_voltage_s == (1 + left) * YEAR_S


def test_a_used_up_battery_ends_now() -> None:
    assert estimate(9 * YEAR_S, 0, 0, BATTERY).by_charge_s == 9 * YEAR_S


def test_a_battery_in_its_first_second_has_an_estimate() -> None:
    assert estimate(0, 0, 0, BATTERY).by_charge_s == 8 * YEAR_S - 1


def test_the_mean_of_nothing_is_nothing() -> None:
    assert mean_mv(()) == 0


@pytest.mark.parametrize("name", ["capacity_s", "full_mv", "life_s", "lead_s", "agree_s"])
def test_a_battery_without_a_figure_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=name):
        replace(BATTERY, **{name: 0})


def test_a_battery_that_does_not_fall_is_refused() -> None:
    with pytest.raises(InputError, match="must have more than an empty one"):
        replace(BATTERY, end_mv=3_000)


def test_a_pump_before_its_first_second_is_a_fault_of_the_software() -> None:
    with pytest.raises(AssertionError, match="younger than new"):
        estimate(-1, 0, 0, BATTERY)
