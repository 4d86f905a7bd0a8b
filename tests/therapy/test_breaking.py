"""A course with faults: what was ordered, what truly came, what the pump said."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from tests.therapy.courses import DAY, HOUR, example, result
from thecal.devices import load_pump
from thecal.errors import InputError
from thecal.prescription import Course, Fault
from thecal.pump.hardware import FAULTS, PlantFault
from thecal.pump.simulation.faults import MENU
from thecal.therapy import Broken, PumpCourse, lasting, prepared, simulate, summary
from thecal.therapy.breaking import _counted, page, size_words

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
STROKE_MCG = Fraction(5, 2)
"""250 nL at 10 mg/mL."""
NOTHING = Fault("pocket fill", 0)
"""Without a refill it strikes nothing."""


def course(*faults: Fault, days: int = 3, pump: str = "") -> Course:
    found = replace(lasting(example("motor-stall"), days), faults=faults)
    if not pump:
        return found
    assert found.implant is not None
    return replace(found, implant=replace(found.implant, pump=load_pump(pump)))


@cache
def pumped(*faults: Fault, days: int = 3) -> PumpCourse:
    found = prepared(course(*faults, days=days)).pumped
    assert found is not None
    return found


def broken(*faults: Fault, days: int = 3) -> Broken:
    found = pumped(*faults, days=days).broken
    assert found is not None
    return found


def given_mcg(found: PumpCourse, until_s: int) -> Fraction:
    return found.at_tip_mcg("morphine", 0, until_s)


def refusal(*faults: Fault, pump: str = "") -> InputError:
    with pytest.raises(InputError) as found:
        prepared(course(*faults, pump=pump))
    return found.value


# -- what comes ------------------------------------------------------------------------------------


def test_a_course_without_a_fault_is_not_broken() -> None:
    assert pumped().broken is None


def test_a_fault_that_strikes_nothing_leaves_what_was_ordered_within_a_stroke() -> None:
    found = pumped(NOTHING)
    ordered = pumped()
    for until_s in range(0, 3 * DAY + 1, HOUR):
        assert abs(given_mcg(found, until_s) - given_mcg(ordered, until_s)) <= STROKE_MCG


@pytest.mark.parametrize("name", ["flex-nights", "day-and-night"])
def test_the_implant_gives_what_the_exact_pump_gives(name: str) -> None:
    plain = lasting(example(name), 3)
    ordered, found = prepared(plain).pumped, prepared(replace(plain, faults=(NOTHING,))).pumped
    assert ordered is not None
    assert found is not None
    for drug in ordered.drugs:
        whole = ordered.at_tip_mcg(drug, 0, 3 * DAY)
        assert found.at_tip_mcg(drug, 0, 3 * DAY) == pytest.approx(float(whole), rel=0.01)


def test_what_is_ordered_is_told_beside_what_came() -> None:
    found = broken(Fault("stall", DAY, 2 * DAY))
    assert found.ordered_mcg("morphine") == given_mcg(pumped(), 3 * DAY)


def test_a_motor_that_stands_gives_nothing_until_it_turns_again() -> None:
    found = pumped(Fault("stall", DAY, 2 * DAY))
    assert given_mcg(found, 2 * DAY) - given_mcg(found, DAY) <= STROKE_MCG
    assert given_mcg(found, 3 * DAY) - given_mcg(found, 2 * DAY) > 1_900


def test_strokes_that_move_a_fifth_more_give_a_fifth_more() -> None:
    found = pumped(Fault("gain", 0, size="20 %"))
    assert given_mcg(found, 3 * DAY) / given_mcg(pumped(), 3 * DAY) == pytest.approx(1.2, abs=1e-3)


def test_a_rotor_does_not_notice_that_it_gives_too_much() -> None:
    assert broken(Fault("gain", 0, size="20 %")).alarms == ()


def test_a_blocked_catheter_lets_go_what_it_stored_when_it_opens() -> None:
    kinked = pumped(Fault("occlusion", DAY, DAY + 6 * HOUR))
    before = given_mcg(kinked, DAY + 6 * HOUR - 1)
    shot = given_mcg(kinked, DAY + 6 * HOUR + 1) - before
    assert shot > 20 * STROKE_MCG


def test_what_leaks_at_the_connector_is_in_tissue_and_not_at_the_tip() -> None:
    fault = Fault("catheter leak", DAY, size="30 %")
    lost = broken(fault).astray_mcg["tissue"]["morphine"]
    assert given_mcg(pumped(fault), 3 * DAY) + lost == pytest.approx(
        float(given_mcg(pumped(), 3 * DAY)), abs=float(STROKE_MCG)
    )


def test_a_refill_beside_the_port_lies_under_the_skin() -> None:
    plain = replace(example("concentration-change"), faults=(Fault("pocket fill", DAY),))
    found = prepared(lasting(plain, 21)).pumped
    assert found is not None
    assert found.broken is not None
    assert found.broken.astray_mcg["pocket"] == {"morphine": 400_000}


def test_an_empty_reservoir_gives_no_more() -> None:
    assert given_mcg(pumped(Fault("free flow", DAY, size="40 mL/day")), 3 * DAY) > 190_000
    found = broken(Fault("free flow", DAY, size="40 mL/day"))
    residual_nl = pumped().plan.hardware.residual_nl
    assert found.true_nl == residual_nl < found.computed_nl


# -- what the pump says ----------------------------------------------------------------------------


def test_a_stall_sounds_within_minutes_and_goes_on() -> None:
    stall = next(one for one in broken(Fault("stall", DAY, 2 * DAY)).alarms if one.name == "stall")
    assert stall.critical
    assert DAY < stall.first_s < DAY + HOUR
    assert stall.times > 100
    assert 2 * DAY - HOUR < stall.last_s <= 2 * DAY


def test_presses_in_a_safe_state_are_refused_with_the_pumps_reason() -> None:
    log = pumped(Fault("stall", DAY, 2 * DAY)).delivery.log
    refused = [one.detail for one in log if one.kind == "patient bolus refused"]
    assert refused
    assert all("safe state" in one for one in refused)


def test_the_log_is_the_implants_own() -> None:
    kinds = [one.detail for one in pumped(Fault("stall", DAY, 2 * DAY)).delivery.log]
    assert "Alarm: stall." in kinds


def test_a_pump_says_what_it_cannot_notice() -> None:
    assert any("over-infusion" in one for one in broken(NOTHING).cannot)


def test_a_bolus_is_told_once() -> None:
    log = pumped(NOTHING).delivery.log
    presses = [one for one in log if "bolus" in one.detail]
    assert len(presses) == len({one.at_s for one in presses})


# -- the same again --------------------------------------------------------------------------------


def test_the_same_course_gives_the_same_again() -> None:
    first, again = (
        prepared(course(Fault("power away", DAY), Fault("bit flip in the state", HOUR))).pumped
        for _ in range(2)
    )
    assert first == again


def test_faults_beyond_a_shorter_course_are_left_out() -> None:
    assert lasting(course(Fault("stall", 2 * DAY)), 1).faults == ()


def test_a_fault_that_would_end_beyond_a_shorter_course_stays() -> None:
    faults = lasting(course(Fault("stall", HOUR, 2 * DAY)), 1).faults
    assert faults == (Fault("stall", HOUR),)


# -- refusals --------------------------------------------------------------------------------------


def test_an_unknown_fault_is_answered_by_those_near_to_it() -> None:
    found = refusal(NOTHING, Fault("motor stal", DAY))
    assert found.field == "fault[1].name"
    assert found.sentence == (
        'there is no fault "motor stal"; near it is "stall"; docs/faults.md lists all 106'
    )


def test_a_fault_that_is_near_to_none_is_answered_by_the_page() -> None:
    assert refusal(Fault("qqq", DAY)).sentence == (
        'there is no fault "qqq"; docs/faults.md lists all 106'
    )


def test_a_rotor_has_no_valves_to_stick() -> None:
    assert refusal(Fault("valves stuck open", DAY)).sentence == (
        'the pump "synchromed-ii-20", whose mechanism is "rotor", cannot have the fault '
        '"valves stuck open", which is one of the mechanism two valves'
    )


def test_a_pump_without_a_rotor_does_not_stand_in_a_scanner() -> None:
    assert "rotor and two valves" in refusal(Fault("scan", DAY), pump="reference-20").sentence


def test_a_fault_of_the_link_is_not_for_a_course() -> None:
    assert refusal(Fault("frame lost", DAY)).sentence == (
        'a course cannot hold the fault "frame lost": a course gives its orders at the pump '
        "itself, without a link that could fail; thecal pump soak plays it"
    )


@pytest.mark.parametrize("name", ["power away", "scan"])
def test_what_passes_by_itself_takes_no_end(name: str) -> None:
    found = refusal(Fault(name, DAY, 2 * DAY))
    assert (found.field, found.sentence) == (
        "fault[0].until",
        f'the fault "{name}" passes by itself or stays for good; leave until out',
    )


@pytest.mark.parametrize("name", ["stall", "power cut"])
def test_what_has_no_size_takes_none(name: str) -> None:
    found = refusal(Fault(name, DAY, size="20 %"))
    assert (found.field, found.sentence) == (
        "fault[0].size",
        f'the fault "{name}" has no size; leave it out',
    )


@pytest.mark.parametrize(
    ("name", "size", "as_in"),
    [("gain", "20", "20 %"), ("kink", "200 mL", "200 hPa"), ("wear", "0 %/day", "1 %/day")],
)
def test_a_size_in_other_words_is_answered_by_the_usual_one(
    name: str, size: str, as_in: str
) -> None:
    assert refusal(Fault(name, DAY, size=size)).sentence == (
        f'"{size}" is no size of the fault "{name}"; write it as "{as_in}"'
    )


def test_a_size_that_the_hardware_refuses_names_its_field() -> None:
    assert refusal(Fault("catheter leak", DAY, size="130 %")).field == "fault[0].size"


# -- names and words -------------------------------------------------------------------------------


@pytest.mark.parametrize("own", [one for one in FAULTS if one.size], ids=lambda one: one.name)
def test_the_usual_size_as_a_course_writes_it_is_the_usual_size(own: PlantFault) -> None:
    assert _counted(size_words(own, own.usual), own.size) == own.usual


def test_the_page_lists_what_the_menu_holds() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
    assert all(f"| `{one.name}` |" in page() for one in MENU)


def test_the_summary_tells_of_faults_only_where_there_are_some() -> None:
    assert "faults" not in summary(result("cancer-pain"))
    found = json.loads(json.dumps(summary(simulate(course(Fault("stall", DAY))))))["faults"]
    assert found["struck"] == [
        {
            "name": "stall",
            "words": "the motor stands",
            "size": None,
            "at_h": 24.0,
            "until_h": None,
            "has_struck": True,
        }
    ]
    assert found["given_mcg"]["morphine"] < found["ordered_mcg"]["morphine"] / 2
