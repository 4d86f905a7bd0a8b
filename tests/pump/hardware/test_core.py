"""The gate, the volume of a stroke, and what happens by itself as time passes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.hardware.plants import SMALL, give, small
from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import Individual, Place
from thecal.pump.hardware.core import PlantEvent
from thecal.pump.implant.values import Permit

YEAR_S = 31_557_600

# -- the gate ---------------------------------------------------------------------------------


@pytest.mark.requirement("PC-14")
def test_a_permitted_stroke_moves_its_volume() -> None:
    plant = small()
    plant.push(Permit(1, 1, 7), 1, 5)
    assert plant.delivered_nl(5) == 10


@pytest.mark.requirement("PC-14")
@pytest.mark.parametrize("now_s", [7, 8, 9_999])
def test_an_expired_permit_moves_nothing(now_s: int) -> None:
    plant = small()
    plant.push(Permit(1, 1, 7), 1, now_s)
    assert (plant.delivered_nl(now_s), plant.refused) == (0, 1)


@pytest.mark.requirement("PC-14")
def test_a_permit_moves_no_more_than_its_strokes() -> None:
    plant = small()
    plant.push(Permit(1, 3, 7), 100, 5)
    assert plant.delivered_nl(5) == 30


@pytest.mark.requirement("PC-14")
@pytest.mark.parametrize("serial", [4, 5])
def test_a_permit_moves_once(serial: int) -> None:
    plant = small()
    plant.push(Permit(5, 1, 9), 1, 5)
    plant.push(Permit(serial, 1, 9), 1, 6)
    assert plant.delivered_nl(6) == 10


@pytest.mark.requirement("PC-14")
def test_a_permit_that_was_used_in_part_is_used() -> None:
    plant = small()
    plant.push(Permit(1, 5, 9), 1, 5)
    plant.push(Permit(1, 5, 9), 4, 6)
    assert plant.delivered_nl(6) == 10


@pytest.mark.requirement("PC-14")
def test_a_refused_permit_may_be_used_later() -> None:
    plant = small()
    plant.push(Permit(1, 1, 3), 1, 5)
    plant.push(Permit(1, 1, 9), 1, 6)
    assert plant.delivered_nl(6) == 10


@pytest.mark.requirement("PC-14")
def test_after_a_loss_of_power_serials_may_begin_anew() -> None:
    plant = small()
    plant.push(Permit(5, 1, 9), 1, 5)
    plant.cut_power(6)
    plant.push(Permit(1, 1, 9), 1, 6)
    assert plant.delivered_nl(6) == 20


@pytest.mark.requirement("PC-09", "PC-14")
@pytest.mark.parametrize(("allowed", "asked"), [(1, -1), (-1, 1)])
def test_negative_strokes_move_nothing(allowed: int, asked: int) -> None:
    plant = small()
    plant.push(Permit(1, allowed, 9), asked, 5)
    assert (plant.delivered_nl(5), plant.refused) == (0, 1)


@pytest.mark.requirement("PC-14")
@given(
    st.lists(
        st.tuples(
            st.integers(0, 6), st.integers(0, 4), st.integers(0, 30), st.integers(0, 6),
            st.integers(0, 30),
        ),
        max_size=25,
    )
)  # fmt: skip
def test_no_order_of_permits_moves_more_than_they_allow(
    calls: list[tuple[int, int, int, int, int]],
) -> None:
    plant = small()
    allowed: dict[int, int] = {}
    for serial, strokes, expires_s, asked, now_s in sorted(calls, key=lambda call: call[-1]):
        if now_s < expires_s and serial:
            allowed[serial] = max(allowed.get(serial, 0), strokes)
        plant.push(Permit(serial, strokes, expires_s), asked, now_s)
    assert plant.delivered_nl(30) <= 10 * sum(allowed.values())


@pytest.mark.requirement("PC-10")
def test_after_a_halt_a_fresh_permit_moves_again() -> None:
    plant = small()
    plant.halt(5)
    give(plant, 1, 6)
    assert plant.delivered_nl(6) == 10


# -- the volume of a stroke -------------------------------------------------------------------


@pytest.mark.requirement("PC-02")
@pytest.mark.parametrize("gain_pcm", [97_600, 100_000, 114_501, 1, 250_000])
def test_the_volume_is_strokes_times_quantum_times_gain(gain_pcm: int) -> None:
    plant = small(individual=Individual(gain_pcm))
    for _ in range(101):
        give(plant, 1, 5)
    assert plant.delivered_nl(5) == 101 * 10 * gain_pcm // 100_000


def test_a_gain_that_drifts_is_that_of_its_day() -> None:
    plant = small(replace(SMALL, drift_pcm_per_year=10_000))
    give(plant, 10, YEAR_S)
    assert plant.delivered_nl(YEAR_S) == 109  # of 110 %, the last day not yet over


@pytest.mark.requirement("PC-12")
def test_a_gain_is_changed_by_a_fault_from_then_on() -> None:
    plant = small()
    give(plant, 10, 5)
    plant.set_gain(50_000)
    give(plant, 10, 6)
    assert plant.delivered_nl(6) == 100 + 150


def test_a_ramp_grows_by_the_day() -> None:
    plant = small()
    plant.set_ramp(10_000)
    give(plant, 10, 3 * DAY_S)
    assert plant.delivered_nl(3 * DAY_S) == 130


def test_wear_never_turns_the_flow_around() -> None:
    plant = small()
    plant.set_ramp(-40_000)
    give(plant, 10, 30 * DAY_S)
    assert plant.delivered_nl(30 * DAY_S) == 0


def test_a_pump_made_to_over_infuse_does_so_from_its_onset_on() -> None:
    one = Individual(100_000, over_infuses_s=DAY_S, excess_pcm=10_000, excess_pcm_per_day=5_000)
    plant = small(individual=one)
    give(plant, 10, DAY_S - 1)
    before = plant.delivered_nl(DAY_S - 1)
    give(plant, 10, 3 * DAY_S)
    assert (before, plant.delivered_nl(3 * DAY_S) - before) == (100, 120)


def test_lost_strokes_are_neither_counted_nor_moved() -> None:
    plant = small()
    plant.lose_strokes(25_000)
    for second in range(8):
        give(plant, 1, second)
    assert (plant.turned, plant.delivered_nl(8)) == (6, 60)


def test_a_slipping_shaft_turns_and_moves_nothing() -> None:
    plant = small()
    plant.slip()
    give(plant, 3, 5)
    assert (plant.turned, plant.delivered_nl(5)) == (3, 0)


@pytest.mark.requirement("PC-27")
def test_a_stalled_motor_neither_turns_nor_moves() -> None:
    plant = small()
    plant.stall()
    give(plant, 3, 5)
    assert (plant.turned, plant.delivered_nl(5), plant.stands) == (0, 0, ("stalled",))


def test_a_motor_turns_again_only_when_every_reason_is_over() -> None:
    plant = small()
    plant.stall("one")
    plant.stall("other")
    plant.unstall("one")
    give(plant, 1, 5)
    plant.unstall("other")
    give(plant, 1, 6)
    assert plant.turned == 1


# -- the reservoir ----------------------------------------------------------------------------


def test_an_empty_reservoir_gives_nothing() -> None:
    plant = small(start_nl=125)
    give(plant, 5, 5)
    assert plant.delivered_nl(5) == 25


def test_an_empty_reservoir_is_told_once() -> None:
    plant = small(start_nl=125)
    give(plant, 5, 5)
    give(plant, 5, 6)
    assert plant.events == [PlantEvent(5, "empty")]


def test_a_fading_reservoir_gives_less_and_less() -> None:
    plant = small(replace(SMALL, fading_nl=1_000), start_nl=1_100)
    given_nl = []
    for second in range(1, 4):
        before = plant.delivered_nl(second)
        give(plant, 50, second)
        given_nl.append(plant.delivered_nl(second) - before)
    assert given_nl == [394, 239, 145]  # 500 nL each when full; 1 - (1 - 1/100) ** 50 of the rest


def test_filling_ends_the_fading() -> None:
    plant = small(replace(SMALL, fading_nl=1_000), start_nl=200)
    plant.refill(3, 0, 5_000)
    give(plant, 10, 5)
    assert plant.delivered_nl(5) == 100


def test_a_leak_goes_into_the_pocket_and_not_through_the_pump() -> None:
    plant = small()
    plant.leak(200)
    assert (plant.place_nl(Place.POCKET, DAY_S), plant.delivered_nl(DAY_S)) == (200, 0)


def test_a_leak_ends_with_the_reservoir() -> None:
    plant = small()
    plant.leak(2_000)
    assert plant.place_nl(Place.POCKET, 30 * DAY_S) == 5_100


def test_a_leak_that_is_stopped_leaks_no_more() -> None:
    plant = small()
    plant.leak(200)
    plant.pass_to(DAY_S)
    plant.leak(0)
    assert plant.place_nl(Place.POCKET, 5 * DAY_S) == 200


def test_a_slow_leak_is_exact_however_often_one_looks() -> None:
    plant = small()
    plant.leak(7)
    for second in range(0, 3 * DAY_S, 997):
        plant.pass_to(second)
    assert plant.place_nl(Place.POCKET, 3 * DAY_S) == 21


def test_free_flow_goes_through_the_pump_until_the_residual() -> None:
    plant = small()
    plant.run_free(1_000)
    assert [plant.delivered_nl(day * DAY_S) for day in (1, 2, 99)] == [1_000, 2_000, 5_000]


# -- time -------------------------------------------------------------------------------------


def test_time_never_runs_back() -> None:
    plant = small()
    plant.pass_to(100)
    plant.pass_to(50)
    assert plant.now_s == 100


def test_a_push_from_the_past_moves_at_the_last_second() -> None:
    plant = small()
    plant.pass_to(100)
    plant.push(Permit(1, 1, 60), 1, 50)
    assert (plant.now_s, plant.delivered_nl(0)) == (100, 10)


def test_a_flat_battery_stops_the_motor() -> None:
    plant = small()
    give(plant, 1, 20 * YEAR_S)
    assert (plant.stands, plant.delivered_nl(20 * YEAR_S)) == (("no battery",), 0)


def test_a_copy_of_a_plant_lives_its_own_life() -> None:
    plant = small()
    plant.leak(200)
    twin = deepcopy(plant)
    twin.pass_to(DAY_S)
    assert (twin.place_nl(Place.POCKET, DAY_S), plant.now_s) == (200, 0)


def test_two_plants_of_one_seed_do_the_same() -> None:
    one, other = small(seed=7), small(seed=7)
    assert one.read(9) == other.read(9)
