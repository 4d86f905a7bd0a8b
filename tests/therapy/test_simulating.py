"""The one sentence of thecal, end to end, on the example courses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from tests.therapy.courses import DAY, HOUR, example, result
from thecal import NOTICE, InputError
from thecal.prescription import SimpleContinuous
from thecal.quantity import Quantity
from thecal.therapy import lasting, simulate, summary

EVERY_EXAMPLE = ["cancer-pain", "flex-nights", "concentration-change"]


@pytest.mark.parametrize("name", EVERY_EXAMPLE)
def test_the_mass_balance_closes(name: str) -> None:
    assert result(name).mass_error <= 1e-10


def test_steady_plasma_on_the_pump_is_rate_over_clearance() -> None:
    found = result("cancer-pain")
    exposure = found.primary
    rate_mcg_per_h = float(found.last_day_mcg("morphine")) / 24.0
    assert exposure.clearance_l_per_h is not None
    wanted = rate_mcg_per_h / exposure.clearance_l_per_h  # mcg/L is ng/mL
    assert exposure.last_day.plasma_ng_per_ml["pump"] == pytest.approx(wanted, rel=1e-3)


def test_steady_plasma_on_tablets_is_what_arrives_over_clearance() -> None:
    exposure = result("cancer-pain").primary
    oral = exposure.body.parameters.oral["extended-release"]
    assert exposure.clearance_l_per_h is not None
    wanted = 200_000.0 / 24.0 * oral.bioavailability / exposure.clearance_l_per_h
    assert exposure.last_day.plasma_ng_per_ml["oral"] == pytest.approx(wanted, rel=1e-9)


def test_the_daily_dose_is_the_basal_dose_and_the_granted_boluses_exactly() -> None:
    found = result("cancer-pain")
    assert found.last_day_mcg("morphine") == Fraction(2_000 + 2 * 200)


def test_tablets_hold_the_blood_level_24_times_higher_than_the_pump() -> None:
    # 200 mg by mouth of which 29 % arrives, against 2.4 mg of which all arrives
    ratio = result("cancer-pain").primary.oral_to_pump_plasma_ratio
    assert ratio == pytest.approx(200.0 * 0.29 / 2.4, rel=1e-6)


def test_tablets_that_were_stopped_wash_out_of_the_course_as_lived() -> None:
    data = result("cancer-pain").primary.data
    lived, pump = data["plasma"].sel(route="course"), data["plasma"].sel(route="pump")
    assert float(lived[0]) > 10.0
    assert float(lived[-1]) == pytest.approx(float(pump[-1]), rel=1e-6)


def test_the_course_as_lived_is_the_sum_of_its_routes() -> None:
    never_stopped = replace(
        example("cancer-pain"),
        oral=tuple(replace(one, stop_s=None) for one in example("cancer-pain").oral),
    )
    data = simulate(never_stopped, days=3).primary.data
    both = data["csf"].sel(route="pump") + data["csf"].sel(route="oral")
    assert np.allclose(data["csf"].sel(route="course"), both, rtol=1e-9, atol=1e-12)


def test_on_an_established_dose_the_first_day_is_as_the_last() -> None:
    plasma = result("cancer-pain").primary.data["plasma"].sel(route="oral")
    first = plasma.sel(time=slice(0, 23.9)).to_numpy()
    last = plasma.sel(time=slice(13 * 24, 14 * 24 - 0.1)).to_numpy()
    assert np.allclose(first, last, rtol=1e-9)


def test_twice_the_dose_gives_twice_the_level_everywhere() -> None:
    course = replace(example("cancer-pain"), oral=())
    order = course.prescriptions[0]
    assert isinstance(order.pattern, SimpleContinuous)
    plain = replace(order, patient_bolus=None)
    doubled = replace(plain, pattern=SimpleContinuous(order.pattern.dose * 2))
    one = simulate(replace(course, prescriptions=(plain,)), days=5).primary
    two = simulate(replace(course, prescriptions=(doubled,)), days=5).primary
    # The pump's fluid changes the flow of CSF a little, hence not exactly twice.
    ratio = two.last_day.csf_mcg_per_ml["pump"] / one.last_day.csf_mcg_per_ml["pump"]
    assert ratio == pytest.approx(2.0, rel=5e-3)
    assert two.last_day.plasma_ng_per_ml["pump"] == pytest.approx(
        2.0 * one.last_day.plasma_ng_per_ml["pump"], rel=1e-6
    )


def test_the_fluid_rises_in_hours_and_the_cord_follows_later() -> None:
    rise = result("cancer-pain").primary.rise
    assert rise is not None
    assert 3.0 < rise.tip < 8.0
    assert rise.tip < rise.cord_surface < rise.cord < rise.cord_centre < 24.0


def test_an_unprimed_catheter_gives_nothing_until_its_volume_has_passed() -> None:
    course = example("cancer-pain")
    assert course.implant is not None
    dry = simulate(replace(course, oral=(), implant=replace(course.implant, primed=False)), days=3)
    pumped = dry.pumped
    assert pumped is not None
    passed = next(one.start_s for one in pumped.tip if one.mcg["morphine"] > 0)
    through = pumped.delivery.delivered_nl(passed)
    stroke = pumped.plan.hardware.stroke_nl
    assert through == pytest.approx(pumped.plan.dead_volume_nl, abs=2 * stroke + 2)
    assert pumped.at_tip_mcg("morphine", 0, passed) == 0


def test_the_bridge_keeps_the_dose_while_the_old_solution_leaves() -> None:
    found = result("concentration-change")
    assert found.pumped is not None
    change = found.course.prescriptions[-1]
    hours = [
        float(found.pumped.at_tip_mcg("morphine", at_s, at_s + HOUR))
        for at_s in range(change.at_s - 12 * HOUR, change.at_s + 5 * DAY, HOUR)
    ]
    # The new solution is a little weaker than ordered by what stayed in the reservoir.
    assert min(hours) > 0.9 * max(hours)


def test_without_a_bridge_the_old_solution_underdoses() -> None:
    course = example("concentration-change")
    change = course.prescriptions[-1]
    forgotten = replace(
        course, prescriptions=(*course.prescriptions[:-1], replace(change, bridge="none"))
    )
    pumped = simulate(forgotten).pumped
    assert pumped is not None
    before = pumped.at_tip_mcg("morphine", change.at_s - 12 * HOUR, change.at_s)
    after = pumped.at_tip_mcg("morphine", change.at_s, change.at_s + 12 * HOUR)
    assert float(after / before) == pytest.approx(0.5, rel=0.02)


def test_all_that_the_pump_gives_is_at_the_tip_or_in_the_catheter() -> None:
    found = result("concentration-change")
    assert found.pumped is not None
    end = found.course.length_s
    pumped = found.pumped.pumped_mcg("morphine", 0, end)
    at_tip = found.pumped.at_tip_mcg("morphine", 0, end)
    dead_ml = found.pumped.plan.dead_volume_nl / 1e6
    held = dead_ml * 20_000.0  # the stronger solution fills the catheter at the end
    started = dead_ml * 10_000.0
    assert float(pumped) + started == pytest.approx(float(at_tip) + held, rel=0.01)


def test_more_is_given_at_night_where_the_pattern_says_so() -> None:
    data = result("flex-nights").primary.data["csf"].sel(route="pump", level="T10")
    course = example("flex-nights")
    clock = (course.start.hour + data["time"].to_numpy()) % 24
    night = (clock >= 2.0) & (clock < 6.0)
    day = (clock >= 14.0) & (clock < 18.0)
    late = data["time"].to_numpy() > 48.0
    assert data.to_numpy()[night & late].mean() > 1.1 * data.to_numpy()[day & late].mean()


def test_refill_dates_are_those_of_the_worked_formula() -> None:
    # pump.md F10, F11: (16.64 - 2) mL over 0.24 and, with 6 boluses a day, 0.32 mL/day
    dates = result("cancer-pain").refill
    assert dates is not None
    assert dates.low_reservoir_at_typical is not None
    assert dates.low_reservoir_at is not None
    assert dates.refill_by is not None
    assert (dates.low_reservoir_at_typical.date() - date(2026, 1, 19)).days == 61
    assert (dates.low_reservoir_at.date() - date(2026, 1, 19)).days == 45
    assert (dates.low_reservoir_at - dates.refill_by).days == 7


def test_once_the_alarm_has_sounded_the_refill_is_overdue() -> None:
    # 20 mL at 0.24 mL/day come to 2 mL on day 75
    found = simulate(replace(example("cancer-pain"), oral=()), days=90)
    dates = found.refill
    assert dates is not None
    assert dates.low_reservoir_at is not None
    assert dates.refill_by is not None
    assert (dates.low_reservoir_at.date() - found.course.start.date()).days == 75
    assert (dates.low_reservoir_at - dates.refill_by).days == 7
    assert dates.refill_by < found.end


def test_a_long_slow_course_is_bound_by_the_stability_of_the_drug() -> None:
    course = example("cancer-pain")
    order = replace(
        course.prescriptions[0],
        pattern=SimpleContinuous(Quantity.of(1, "mg/day")),
        patient_bolus=None,
    )
    dates = simulate(replace(course, prescriptions=(order,))).refill
    assert dates is not None
    assert dates.refill_by is not None
    assert dates.bound == "stability"
    assert (dates.refill_by - course.start).days == 90


def test_near_the_tip_the_limit_is_the_solution_itself_and_far_above_any_level() -> None:
    found = result("concentration-change")
    told = summary(found)["exposure"]
    assert told["near_tip_limit_mcg_per_ml"] == 20_000.0
    assert max(told["csf_mcg_per_ml"].values()) < 0.01 * told["near_tip_limit_mcg_per_ml"]


def test_tablets_alone_need_no_implant() -> None:
    course = replace(
        example("cancer-pain"),
        implant=None,
        prescriptions=(),
        oral=tuple(replace(one, stop_s=None) for one in example("cancer-pain").oral),
    )
    found = simulate(course, days=2)
    assert found.pumped is None
    assert found.primary.oral_to_pump_plasma_ratio is None
    assert summary(found)["delivery"]["reservoir_ml"] is None


def test_a_tip_below_the_cord_has_no_cord_level_to_wait_for() -> None:
    course = example("cancer-pain")
    assert course.implant is not None
    low = simulate(replace(course, implant=replace(course.implant, tip="L4")), days=2)
    told = summary(low)
    assert told["exposure"]["time_to_90_percent_h"]["cord"] is None
    assert told["exposure"]["cord_mcg_per_ml"]["L4"] is None
    json.dumps(told, allow_nan=False)


@pytest.mark.parametrize("name", EVERY_EXAMPLE)
def test_the_summary_keeps_the_contract(name: str) -> None:
    told = json.loads(json.dumps(summary(result(name)), allow_nan=False))
    assert told["notice"] == NOTICE
    assert set(told["delivery"]) >= {
        "daily_dose",
        "reservoir_ml",
        "low_reservoir_at",
        "refill_by",
    }
    exposure = told["exposure"]
    assert set(exposure["plasma_mean_ng_per_ml"]) == {"pump", "oral"}
    assert "oral_to_pump_plasma_ratio" in exposure
    assert list(exposure["csf_mcg_per_ml"])[0::25] == ["C1", "S2"]
    assert set(exposure["time_to_90_percent_h"]) >= {"tip", "cord"}
    assert told["mass_balance"]["relative_error"] <= 1e-10


def test_the_same_course_gives_the_same_result_to_the_last_bit() -> None:
    one, two = (simulate(example("cancer-pain"), days=4) for _ in range(2))
    assert summary(one) == summary(two)
    assert one.primary.data.identical(two.primary.data)


def test_a_shorter_course_is_the_beginning_of_the_longer_one() -> None:
    short = simulate(example("cancer-pain"), days=4).primary.data["plasma"].sel(route="pump")
    whole = result("cancer-pain").primary.data["plasma"].sel(route="pump")
    # The mean flow of the pump, and with it the flow of CSF, differs a little between the two.
    assert np.allclose(short, whole[: len(short)], rtol=1e-4)


def test_no_day_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="0 days cannot be simulated"):
        lasting(example("cancer-pain"), 0)


def test_every_assumption_has_source_and_confidence() -> None:
    rows = result("cancer-pain").assumptions
    assert len(rows) > 40
    assert all(row.figure.source and row.figure.confidence for row in rows)
    assert len({(row.part, row.figure.name) for row in rows}) == len(rows)
