"""Two valves and a chamber: a field opens both, and a further valve may stop the flow (H11)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.hardware.plants import give, small_valves, valve_pump
from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import Place, ValveFigures
from thecal.pump.hardware.core import PlantEvent

FIGURES = ValveFigures(
    free_flow_nl_per_day=864_000, one_open_nl=4, has_flow_activated_valve=1, escape_nl=45
)
BARE = replace(FIGURES, has_flow_activated_valve=0)


def test_the_pump_says_itself_that_it_cannot_detect_over_infusion() -> None:
    assert valve_pump().detects_over_infusion is False


def test_a_stroke_is_the_volume_of_the_chamber() -> None:
    plant = valve_pump()
    give(plant, 100, 5)
    assert plant.delivered_nl(5) == 100 * 2_500 * 97 // 100


@pytest.mark.requirement("PC-02")
@pytest.mark.parametrize(("years_s", "share"), [(9_000_000, 97.1), (78_894_000, 97.9)])
def test_it_delivers_the_share_that_was_measured(years_s: int, share: float) -> None:
    # 97.1 % in months 1 to 6, 97.9 % at 2.5 years.
    plant = valve_pump()
    give(plant, 1_000, years_s)
    assert plant.delivered_nl(years_s) / 25_000 == pytest.approx(share, abs=0.3)


@pytest.mark.requirement("PC-20")
def test_without_the_further_valve_the_whole_reservoir_runs_out() -> None:
    plant = small_valves(BARE)
    plant.enter_field(100, 3_000)
    assert plant.place_nl(Place.CSF, 3_000) == 5_000


def test_the_reservoir_runs_out_at_its_flow() -> None:
    plant = small_valves(BARE)
    plant.enter_field(100, 3_000)
    assert plant.delivered_nl(150) == 500


def test_the_flow_ends_with_the_field() -> None:
    plant = small_valves(BARE)
    plant.enter_field(100, 150)
    assert plant.delivered_nl(9_999) == 500


def test_after_the_field_strokes_move_again() -> None:
    plant = small_valves(BARE)
    plant.enter_field(100, 150)
    give(plant, 1, 200)
    assert plant.delivered_nl(200) == 510


@pytest.mark.requirement("PC-20")
def test_the_further_valve_lets_no_more_escape_than_its_volume() -> None:
    plant = small_valves(FIGURES)
    plant.enter_field(100, 3_000)
    assert plant.place_nl(Place.CSF, 3_000) == 45


def test_the_further_valve_closes_when_its_volume_has_escaped() -> None:
    plant = small_valves(FIGURES)
    plant.enter_field(100, 3_000)
    plant.pass_to(3_000)
    assert plant.events[-1] == PlantEvent(105, "flow valve closed")


def test_a_short_field_lets_less_escape_and_leaves_the_further_valve_open() -> None:
    plant = small_valves(FIGURES)
    plant.enter_field(100, 102)
    give(plant, 1, 200)
    assert plant.delivered_nl(200) == 30


def test_the_further_valve_stays_closed_for_good() -> None:
    plant = small_valves(FIGURES)
    plant.enter_field(100, 3_000)
    give(plant, 50, 30 * DAY_S)
    assert plant.delivered_nl(30 * DAY_S) == 45


def test_a_valve_that_was_reset_lets_strokes_through() -> None:
    plant = small_valves(FIGURES)
    plant.enter_field(100, 3_000)
    plant.reset_valve(4_000)
    give(plant, 1, 4_001)
    assert plant.delivered_nl(4_001) == 55


def test_a_valve_that_is_reset_in_the_field_lets_its_volume_escape_again() -> None:
    plant = small_valves(FIGURES)
    plant.enter_field(100, 3_000)
    plant.reset_valve(2_000)
    assert plant.delivered_nl(3_000) == 90


def test_a_reservoir_that_was_emptied_before_gives_nothing_in_a_field() -> None:
    plant = small_valves(BARE, start_nl=5_000)
    plant.refill(50, 0, 0)
    plant.enter_field(100, 3_000)
    assert plant.place_nl(Place.CSF, 3_000) == 0


def test_one_valve_that_is_stuck_open_makes_every_stroke_larger() -> None:
    plant = small_valves(FIGURES)
    plant.hold_open(1)
    give(plant, 10, 5)
    assert plant.delivered_nl(5) == 140


def test_two_valves_that_are_stuck_open_are_free_flow() -> None:
    plant = small_valves(BARE)
    plant.hold_open(2)
    assert plant.delivered_nl(100) == 1_000


def test_valves_that_move_again_meter_again() -> None:
    plant = small_valves(BARE)
    plant.hold_open(2)
    plant.pass_to(10)
    plant.hold_open(0)
    give(plant, 1, 500)
    assert plant.delivered_nl(500) == 110


def test_a_valve_that_is_stuck_closed_moves_nothing() -> None:
    plant = small_valves(FIGURES)
    plant.hold_closed()
    give(plant, 10, 5)
    assert plant.delivered_nl(5) == 0


def test_a_blocked_catheter_ends_the_free_flow_at_its_bound() -> None:
    plant = small_valves(BARE)
    plant.block()
    plant.enter_field(100, 3_000)
    assert plant.delivered_nl(3_000) == 20
