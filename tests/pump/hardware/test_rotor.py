"""The rotor: it stands in a magnet, recovers soon or late, and may stay latched (H08, H09, H10)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.hardware.plants import SMALL, give, rotor, small_rotor
from thecal.errors import InputError
from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import Individual, Rotor, RotorFigures
from thecal.pump.hardware.core import PlantEvent

HOUR_S = 3_600
FIGURES = RotorFigures(
    soon_s=900,
    late_pcm=0,
    late_from_s=2 * HOUR_S,
    late_until_s=24 * HOUR_S,
    risk_stop_s=48 * HOUR_S,
    failing_pcm=2_400,
    failing_off_label_pcm=7_000,
    failure_horizon_s=78 * 30 * DAY_S,
    over_infusing_pcm=0,
    over_infusion_from_s=0,
    over_infusion_pcm=0,
    over_infusion_pcm_per_day=0,
)
ALWAYS_LATE = replace(FIGURES, late_pcm=100_000)


def resumed_s(plant: Rotor) -> int:
    """Return the second at which the motor could turn again."""
    return next(event.at_s for event in plant.events if event.kind == "recovering, over")


def test_the_pump_says_itself_that_it_cannot_detect_over_infusion() -> None:
    assert rotor().detects_over_infusion is False


@pytest.mark.requirement("PC-27")
def test_in_a_field_nothing_turns() -> None:
    plant = small_rotor(FIGURES)
    plant.enter_field(100, 3_000)
    give(plant, 3, 2_999)
    assert (plant.turned, plant.delivered_nl(2_999)) == (0, 0)


@pytest.mark.requirement("PC-27")
@pytest.mark.parametrize("seed", range(20))
def test_usually_it_turns_again_within_a_quarter_of_an_hour(seed: int) -> None:
    plant = small_rotor(FIGURES, seed=seed)
    plant.enter_field(100, 3_000)
    plant.pass_to(3_000 + 900)
    assert plant.stands == ()
    assert resumed_s(plant) >= 3_000


@pytest.mark.requirement("PC-27")
@pytest.mark.parametrize("seed", range(20))
def test_a_late_recovery_takes_2_to_24_hours(seed: int) -> None:
    plant = small_rotor(ALWAYS_LATE, seed=seed)
    plant.enter_field(100, 3_000)
    plant.pass_to(2 * DAY_S)
    assert 2 * HOUR_S <= resumed_s(plant) - 3_000 <= 24 * HOUR_S


@pytest.mark.requirement("PC-27")
def test_late_recoveries_are_as_rare_as_the_profile_says() -> None:
    late = 0
    for seed in range(4_000):
        plant = small_rotor(replace(FIGURES, late_pcm=5_000), seed=seed)
        plant.enter_field(0, 10)
        plant.pass_to(10 + HOUR_S)
        late += bool(plant.stands)
    assert late / 4_000 == pytest.approx(0.05, abs=0.01)


@pytest.mark.requirement("PC-27")
def test_the_true_onset_and_recovery_are_on_record() -> None:
    plant = small_rotor(replace(FIGURES, soon_s=0))
    plant.enter_field(100, 3_000)
    plant.pass_to(5_000)
    assert [event for event in plant.events if event.kind != "scan"] == [
        PlantEvent(100, "in a field"),
        PlantEvent(3_000, "recovering"),
        PlantEvent(3_000, "in a field, over"),
        PlantEvent(3_000, "recovering, over"),
    ]


def test_of_two_fields_the_last_one_counts() -> None:
    plant = small_rotor(replace(FIGURES, soon_s=0))
    plant.enter_field(100, 3_000)
    plant.enter_field(200, 5_000)
    plant.pass_to(4_000)
    stood = plant.stands
    plant.pass_to(5_001)
    assert (stood, plant.stands) == (("in a field",), ())


@pytest.mark.parametrize("until_s", [0, 100])
def test_a_field_that_ends_before_it_begins_is_refused(until_s: int) -> None:
    with pytest.raises(InputError, match="must end after it begins"):
        small_rotor(FIGURES).enter_field(100, until_s)


@pytest.mark.requirement("PC-27")
def test_a_pump_that_alarms_in_a_field_stands_until_it_is_interrogated() -> None:
    plant = small_rotor(FIGURES)
    plant.enter_field(100, 3_000, is_alarming=True)
    plant.pass_to(30 * DAY_S)
    stood = plant.stands
    plant.interrogated(30 * DAY_S)
    assert (stood, plant.stands) == (("latched",), ())


@pytest.mark.requirement("PC-27")
def test_an_interrogation_in_the_field_does_not_make_it_turn() -> None:
    plant = small_rotor(FIGURES)
    plant.enter_field(100, 3_000, is_alarming=True)
    plant.interrogated(200)
    assert plant.stands == ("in a field",)


# -- failing for good -------------------------------------------------------------------------


@pytest.mark.requirement("PC-27")
def test_a_motor_fails_at_its_second() -> None:
    plant = small_rotor(FIGURES, individual=Individual(100_000, fails_s=5_000))
    give(plant, 1, 4_999)
    give(plant, 1, 5_000)
    assert (plant.turned, plant.stands) == (1, ("failed",))


def test_a_drug_that_is_not_in_the_label_shortens_what_is_left() -> None:
    plant = small_rotor(FIGURES, individual=Individual(100_000, fails_s=71_000))
    plant.pass_to(1_000)
    plant.use_drug(is_off_label=True)
    plant.pass_to(1_000 + 70_000 * 24 // 70 - 1)
    stood = plant.stands
    plant.pass_to(1_000 + 70_000 * 24 // 70)
    assert (stood, plant.stands) == ((), ("failed",))


def test_the_label_drug_gives_back_what_is_left() -> None:
    plant = small_rotor(FIGURES, individual=Individual(100_000, fails_s=71_000))
    plant.pass_to(1_000)
    plant.use_drug(is_off_label=True)
    plant.use_drug(is_off_label=False)
    plant.pass_to(70_000)
    assert plant.stands == ()


def test_the_same_drug_again_changes_nothing() -> None:
    plant = small_rotor(FIGURES, individual=Individual(100_000, fails_s=71_000))
    plant.use_drug(is_off_label=True)
    plant.use_drug(is_off_label=True)
    plant.pass_to(71_000 * 24 // 70 - 1)
    assert plant.stands == ()


# -- the risk of over-infusion ----------------------------------------------------------------


@pytest.mark.requirement("PC-27")
@pytest.mark.parametrize(("days", "volume_nl"), [(2, 100), (4, 150)])
def test_a_stop_of_more_than_48_hours_raises_the_flow_where_the_profile_says_so(
    days: int, volume_nl: int
) -> None:
    plant = small_rotor(FIGURES)
    plant.figures = replace(SMALL, risk_pcm=50_000)
    give(plant, 10, days * DAY_S)
    assert plant.delivered_nl(days * DAY_S) == volume_nl


def test_a_pump_that_runs_every_day_is_at_no_such_risk() -> None:
    plant = small_rotor(FIGURES)
    plant.figures = replace(SMALL, risk_pcm=50_000)
    for day in range(1, 20):
        give(plant, 1, day * DAY_S)
    assert plant.delivered_nl(20 * DAY_S) == 190
