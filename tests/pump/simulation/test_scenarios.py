"""The point of each scenario, in the numbers of its run."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from thecal.errors import InputError
from thecal.pump.simulation.scenarios import ACTS
from thecal.pump.simulation.scenarios_stage import Fact
from thecal.therapy import rehearsing
from thecal.therapy.rehearsing import Rehearsal, rehearse, scenario_names

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400
TICK_S = 1
"""The pump counts whole seconds: a stroke comes up to one later than it is due."""
TICK_MCG = Fraction(125 * TICK_S, DAY_S)
"""What the dose of the bridge scenarios comes to in it."""
ONE_STROKE = {500: Fraction(125, 1_000), 2_000: Fraction(500, 1_000)}
"""mcg of baclofen in 250 nL, by the concentration in mcg/mL."""
PAGE = Path(__file__).parents[3] / "docs" / "scenarios.md"


@cache
def run(name: str) -> Rehearsal:
    return rehearse(name)


def number(name: str, fact: str) -> Fraction:
    found = run(name).told.facts[fact]
    assert isinstance(found, Fact), f"{fact} is {found!r}, not a number"
    return found.amount


def words(name: str, fact: str) -> str:
    found = run(name).told.facts[fact]
    assert isinstance(found, str), f"{fact} is a number"
    return found


# -- programming ------------------------------------------------------------------------------


@pytest.mark.requirement("PC-83", "PC-86")
def test_an_unfinished_update_leaves_the_old_dose_within_a_stroke() -> None:
    apart = number("unfinished-update", "given") - number("unfinished-update", "meant")
    assert abs(apart) <= ONE_STROKE[2_000]


@pytest.mark.requirement("PC-85")
def test_an_unfinished_update_is_told_after_three_minutes() -> None:
    assert number("unfinished-update", "alarm_after") == 3 * MINUTE_S


@pytest.mark.requirement("PC-86")
def test_a_pump_stopped_for_an_update_alarms_after_five_minutes() -> None:
    assert number("unfinished-update", "stopped_alarm_after") == 5 * MINUTE_S


def test_a_pump_stopped_for_an_update_gives_nothing() -> None:
    assert number("unfinished-update", "stopped_given") == 0


@pytest.mark.requirement("CT-01")
def test_a_forgotten_bridge_down_gives_four_times_the_dose_for_the_time_of_the_dead_volume() -> (
    None
):
    name = "forgotten-bridge-down"
    stroke_s = Fraction(250 * DAY_S, 250_000) + TICK_S
    assert abs(number(name, "length") - Fraction(310_500 * DAY_S, 250_000)) <= stroke_s
    assert abs(number(name, "given") - 621) <= ONE_STROKE[2_000]
    assert abs(number(name, "apart") - Fraction("465.75")) <= ONE_STROKE[2_000]


@pytest.mark.requirement("CT-01")
def test_a_forgotten_bridge_up_gives_a_quarter_for_five_days() -> None:
    name = "forgotten-bridge-up"
    stroke_s = Fraction(250 * DAY_S, 62_500) + TICK_S
    assert abs(number(name, "length") - Fraction(310_500 * DAY_S, 62_500)) <= stroke_s
    assert abs(number(name, "given") - Fraction("155.25")) <= ONE_STROKE[500]
    assert abs(number(name, "apart") - Fraction("465.75")) <= ONE_STROKE[2_000] + TICK_MCG


@pytest.mark.parametrize("name", ["forgotten-bridge-up", "forgotten-bridge-down"])
@pytest.mark.requirement("CT-01")
def test_with_the_bridge_the_dose_stays_within_a_stroke(name: str) -> None:
    apart = number(name, "bridge_given") - number(name, "bridge_meant")
    assert abs(apart) <= ONE_STROKE[2_000] + TICK_MCG


@pytest.mark.parametrize("name", ["forgotten-bridge-up", "forgotten-bridge-down"])
def test_a_forgotten_bridge_raises_no_alarm(name: str) -> None:
    assert words(name, "alarms") == "none"


@pytest.mark.requirement("CT-02")
def test_the_old_tubing_constant_gives_59_microlitres_and_118_mcg() -> None:
    assert number("wrong-tubing-constant", "too_much") == 59_000
    assert abs(number("wrong-tubing-constant", "past_tip") - 118) <= ONE_STROKE[2_000]


@pytest.mark.requirement("CT-02")
def test_a_prime_of_the_true_volume_ends_at_the_tip() -> None:
    assert number("wrong-tubing-constant", "right_past_tip") <= ONE_STROKE[2_000]


@pytest.mark.requirement("PC-51")
def test_the_effect_of_a_moved_clock_is_told_within_a_stroke() -> None:
    told, happened = number("clock-change", "told"), number("clock-change", "apart")
    assert told < 0
    assert abs(told - happened) <= ONE_STROKE[2_000]


@pytest.mark.requirement("PC-50")
def test_a_moved_clock_moves_no_drug_by_itself() -> None:
    assert number("clock-change", "at_once") <= ONE_STROKE[2_000]


@pytest.mark.requirement("PC-07")
def test_nine_presses_within_a_lockout_give_one_bolus() -> None:
    assert number("double-bolus", "presses") > 2
    assert number("double-bolus", "granted") == 1


@pytest.mark.requirement("PC-08")
def test_a_bolus_through_a_power_cut_gives_what_was_asked_and_at_most_a_stroke() -> None:
    apart = number("double-bolus", "given") - number("double-bolus", "bolus")
    assert -500 <= apart <= 250


@pytest.mark.requirement("PC-86")
def test_a_stopped_pump_is_heard_after_five_minutes_and_every_five() -> None:
    assert number("silent-stop", "first_alarm_after") == 5 * MINUTE_S
    assert number("silent-stop", "sounds") >= number("silent-stop", "stood") // (5 * MINUTE_S) - 1


@pytest.mark.requirement("PC-27")
def test_a_stop_over_48_hours_is_a_risk_until_the_volumes_of_a_refill_agree() -> None:
    assert number("silent-stop", "long_alarm_after") == 48 * HOUR_S
    risks = [words("silent-stop", f"risk{when}") for when in ("", "_after_start", "_after_refill")]
    assert risks == ["yes", "yes", "no"]


# -- hardware ---------------------------------------------------------------------------------


@pytest.mark.requirement("PC-27")
def test_a_stall_in_a_scanner_is_found_in_twenty_minutes_with_its_onset_to_a_stroke() -> None:
    assert number("mri-stall", "found_after") <= 20 * MINUTE_S
    assert number("mri-stall", "onset_error") <= number("mri-stall", "between_strokes")
    assert number("mri-stall", "recovery_told_after") <= 20 * MINUTE_S


def test_the_late_recovery_takes_hours_and_none_of_it_is_made_up() -> None:
    assert 2 * HOUR_S <= number("mri-stall", "after_scan") <= 24 * HOUR_S
    missed = Fraction(250, DAY_S) * number("mri-stall", "stood")
    assert abs(number("mri-stall", "missed") - missed) <= 2 * ONE_STROKE[2_000]


def test_a_valve_pump_without_the_further_valve_empties_into_the_patient() -> None:
    assert number("mri-valve-pump", "open_true") == 1_400_000
    assert number("mri-valve-pump", "open_escaped") > 10_000_000


def test_the_flow_activated_valve_lets_ten_microlitres_through_and_then_nothing() -> None:
    assert 0 < number("mri-valve-pump", "valve_escaped") <= 10_000
    assert number("mri-valve-pump", "valve_next_day") == 0


def test_an_emptied_valve_pump_gives_nothing_in_the_scanner() -> None:
    assert number("mri-valve-pump", "emptied_escaped") == 0


@pytest.mark.requirement("PC-28")
def test_the_pump_without_sensors_runs_dry_before_any_alarm() -> None:
    assert words("over-infusion", "alarms_when_dry") == "none"
    assert number("over-infusion", "low_alarm_after_dry") > 0
    assert "reservoir disagreement" in words("over-infusion", "alarms")


def test_the_pump_with_sensors_finds_the_same_fault_within_the_hour() -> None:
    assert number("over-infusion", "found_after") <= HOUR_S
    assert "over-infusion" in words("over-infusion", "found_alarms")


@pytest.mark.requirement("CT-04", "PC-28")
def test_a_refill_into_the_pocket_is_found_by_a_fill_sensor_within_a_day() -> None:
    assert number("pocket-refill", "seeing_found_after") <= DAY_S


@pytest.mark.requirement("CT-04")
def test_without_a_fill_sensor_a_pocket_refill_is_found_at_the_next_comparison() -> None:
    assert words("pocket-refill", "blind_alarms") == "none"
    assert words("pocket-refill", "blind_found_after") == "never"
    assert "reservoir disagreement" in words("pocket-refill", "blind_alarms_at_check")


# -- all of them ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_tells_every_part_with_all_numbers_filled_in(name: str) -> None:
    found = run(name)
    sentences = [sentence for part in found.parts.values() for sentence in part]
    assert all(found.parts[part] for part in rehearsing.PARTS)
    assert not [sentence for sentence in sentences if "{" in sentence]
    assert all(found.timelines.values())


@pytest.mark.parametrize("name", scenario_names())
def test_a_timeline_is_in_order(name: str) -> None:
    for timeline in run(name).timelines.values():
        assert list(timeline) == sorted(timeline, key=lambda moment: moment.at_s)


@pytest.mark.parametrize("name", scenario_names())
def test_a_course_goes_forward_and_no_drug_comes_back(name: str) -> None:
    for scene in run(name).told.scenes.values():
        samples = scene.samples
        assert samples[0].at_s == 0
        assert samples[-1].at_s >= scene.moments[-1].at_s
        for before, after in pairwise(samples):
            assert before.at_s <= after.at_s
            assert before.tip_mcg <= after.tip_mcg
            assert before.pumped_nl <= after.pumped_nl


@pytest.mark.parametrize(
    ("name", "from_h", "fact"),
    [
        ("unfinished-update", 33, "given"),
        ("mri-stall", 34, "given"),
        ("wrong-tubing-constant", 0, "past_tip"),
        ("mri-valve-pump", 34, "open_dose"),
    ],
)
def test_a_course_adds_up_to_what_the_run_tells(name: str, from_h: int, fact: str) -> None:
    samples = next(iter(run(name).told.scenes.values())).samples
    began = max(k for k, one in enumerate(samples) if one.at_s <= from_h * HOUR_S)
    assert samples[-1].tip_mcg - samples[began].tip_mcg == number(name, fact)


@pytest.mark.parametrize("name", scenario_names())
def test_every_alarm_that_is_raised_has_its_priority(name: str) -> None:
    for timeline in run(name).timelines.values():
        raised = {one.priority for one in timeline if one.words.startswith("Alarm: ")}
        assert raised <= {"none", "low", "medium", "high"}
        assert all(not one.priority for one in timeline if one.who != "pump")


def test_a_scenario_is_the_same_each_time() -> None:
    assert rehearse("double-bolus") == run("double-bolus")


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="forgotten-bridge-down"):
        rehearse("no-such-thing")


def test_the_page_tells_what_the_runs_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsing, "rehearse", run)
    assert PAGE.read_text(encoding="utf-8") == rehearsing.page()


def test_each_act_has_its_data() -> None:
    assert {name: rehearsing.load_scenario(name).id for name in ACTS} == {one: one for one in ACTS}
