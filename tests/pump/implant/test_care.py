"""What the pump does for itself: sensors, clocks, watchdog and battery."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.bench import (
    DETECTION,
    LIMITS,
    PROFILE,
    Bench,
    ToyPlant,
    delivered_nl,
    ended,
    phase,
    records,
    running,
)
from thecal.pump.amounts import DAY_S, NL_PER_ML
from thecal.pump.implant.alarms import Cause, Sound
from thecal.pump.implant.values import (
    Phase,
    Reading,
    Record,
    SafeAction,
)

HOUR_S = 3_600
STOP = replace(LIMITS, safe_action=SafeAction.STOP)
MINIMUM = replace(LIMITS, safe_action=SafeAction.MINIMUM)


# -- stall ----------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-27")
def test_a_stall_goes_on_being_tried_and_its_end_is_told() -> None:
    bench = running()
    bench.run(HOUR_S)
    bench.plant.stuck = True
    bench.run(HOUR_S)
    assert Cause.STALL in bench.causes
    assert phase(bench) == Phase.HOLDING
    bench.plant.stuck = False
    bench.run(HOUR_S)
    assert phase(bench) == Phase.RUNNING
    assert bench.causes == set()
    assert {Cause.STALL_RECOVERED} <= bench.listed


@pytest.mark.requirement("PC-27")
def test_a_stall_of_over_48_hours_is_a_risk_of_over_infusion() -> None:
    bench = running()
    bench.plant.stuck = True
    bench.run(2 * DAY_S + HOUR_S)
    assert not bench.implant.status(bench.now_s).over_infusion_risk
    bench.plant.stuck = False
    bench.run(HOUR_S)
    assert bench.implant.status(bench.now_s).over_infusion_risk


@pytest.mark.requirement("PC-11", "PC-27")
@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (SafeAction.HOLD, Phase.HOLDING),
        (SafeAction.MINIMUM, Phase.MINIMUM),
        (SafeAction.STOP, Phase.HALTED),
    ],
)
def test_a_stall_leads_to_the_drug_s_safe_state(action: SafeAction, expected: Phase) -> None:
    bench = Bench()
    bench.program(limits=replace(LIMITS, safe_action=action))
    bench.plant.stuck = True
    bench.run(HOUR_S)
    assert phase(bench) == expected
    assert Cause.SAFE_STATE in bench.causes


def test_a_start_ends_a_safe_state_and_its_alarms() -> None:
    bench = Bench()
    bench.program(limits=STOP)
    bench.plant.stuck = True
    bench.run(HOUR_S)
    bench.plant.stuck = False
    assert bench.implant.start(bench.now_s).accepted
    bench.run(HOUR_S)
    assert phase(bench) == Phase.RUNNING
    assert bench.causes == set()


# -- other sensors --------------------------------------------------------------------------------


def sensing(shown: Reading, **sensors: int) -> Bench:
    plant = ToyPlant(shown=shown)
    bench = Bench(replace(PROFILE, detection=replace(DETECTION, **sensors)), plant=plant)
    bench.program()
    return bench


@pytest.mark.requirement("PC-28")
def test_a_measured_low_level_is_an_alarm_of_its_own_and_no_fault() -> None:
    bench = sensing(Reading(fill_nl=17_900_000), has_fill=1)
    bench.plant.shown = Reading(fill_nl=5_400_000)
    bench.run(180)
    assert bench.causes == {Cause.LOW_MEASURED}
    assert phase(bench) == Phase.RUNNING
    assert bench.implant.status(bench.now_s).measured_nl == 5_400_000


@pytest.mark.requirement("PC-28")
def test_a_level_that_stays_away_from_the_computed_one_is_a_fault() -> None:
    bench = sensing(Reading(fill_nl=17_900_000), has_fill=1)
    bench.plant.shown = Reading(fill_nl=16_000_000)
    bench.run(2 * HOUR_S)
    assert Cause.RESERVOIR in bench.causes
    assert phase(bench) == Phase.HOLDING


def test_the_level_may_rise_at_a_refill() -> None:
    bench = sensing(Reading(fill_nl=10_000_000), has_fill=1)
    bench.plant.shown = Reading(fill_nl=19_400_000)
    bench.implant.refill(18 * NL_PER_ML, 16_600_000, bench.now_s)
    bench.run(HOUR_S)
    assert bench.causes == set()


@pytest.mark.requirement("PC-26")
def test_the_end_of_an_occlusion_says_what_the_line_let_go() -> None:
    bench = sensing(Reading(pressure_hpa=0), has_pressure=1)
    bench.plant.shown = Reading(pressure_hpa=600)
    bench.run(HOUR_S)
    assert Cause.OCCLUSION in bench.causes
    bench.plant.shown = Reading(pressure_hpa=0)
    bench.run(HOUR_S)
    assert bench.causes == set()
    assert Record("line released", (6_000,)) in records(bench)


@pytest.mark.requirement("PC-27")
def test_the_log_has_the_onset_of_a_stall_and_not_its_detection() -> None:
    bench = running()
    bench.run(100)
    bench.plant.stuck = True
    bench.run(HOUR_S)
    bench.plant.stuck = False
    bench.run(HOUR_S)
    told = [one for one in records(bench) if one.kind.startswith("stall")]
    onset_s = bench.plant.pushes[1][0]
    back_s = next(at_s for at_s, _ in bench.plant.pushes if at_s > 100 + HOUR_S)
    assert told == [Record("stall", (onset_s,)), Record("stall recovered", (onset_s, back_s))]


@pytest.mark.requirement("PC-20")
def test_free_flow_halts_the_motor_in_the_second_it_is_sensed() -> None:
    bench = sensing(Reading(flow_nl=0), has_flow=1)
    bench.plant.shown = Reading(flow_nl=50_000)
    bench.now_s = 1
    bench.implant.sense(bench.now_s)
    assert bench.plant.halted == 1
    assert phase(bench) == Phase.MINIMUM
    assert bench.sounds[0] == Sound(1, critical=True, codes=("FREE-FLOW",))


# -- time -----------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-23", "PC-45")
def test_a_wake_that_is_late_is_a_silent_task_and_nothing_is_made_up() -> None:
    bench = running()
    bench.run(HOUR_S)
    before_nl = delivered_nl(bench)
    bench.now_s += 6 * HOUR_S
    bench.implant.wake(bench.now_s)
    assert Cause.WATCHDOG in bench.causes
    assert phase(bench) == Phase.HOLDING
    assert delivered_nl(bench) - before_nl <= 500


@pytest.mark.requirement("PC-23")
def test_the_watchdog_interrupts_the_motor_when_no_wake_comes() -> None:
    bench = running()
    promised_s = bench.implant.wake(0)
    bench.implant.watchdog(promised_s + 5)
    assert bench.plant.halted == 0
    bench.implant.watchdog(promised_s + 6)
    assert bench.plant.halted == 1
    assert bench.sounds[-1].codes == ("WATCHDOG",)


@pytest.mark.requirement("PC-53", "PC-11")
def test_two_clocks_that_disagree_are_a_fault() -> None:
    bench = running()
    bench.run(2 * HOUR_S)
    bench.own_lead_s = 60
    bench.run(HOUR_S)
    assert Cause.CLOCKS in bench.causes
    assert phase(bench) == Phase.MINIMUM


def test_an_event_from_the_past_changes_nothing() -> None:
    bench = running()
    bench.run(HOUR_S)
    assert not bench.implant.stop(0).accepted
    assert phase(bench) == Phase.RUNNING


# -- battery --------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-30")
def test_the_notice_comes_90_days_before_the_end_of_service() -> None:
    bench = ended()
    notices = [sound.at_s for sound in bench.sounds if "ERI" in sound.codes]
    end_s = next(sound.at_s for sound in bench.sounds if "EOS" in sound.codes)
    assert end_s - notices[0] >= 90 * DAY_S
    assert end_s <= 100 * DAY_S
    assert phase(bench) == Phase.ENDED


@pytest.mark.requirement("PC-30")
def test_estimates_that_differ_are_an_alarm_and_a_low_battery_too() -> None:
    profile = replace(PROFILE, detection=replace(DETECTION, has_battery=1))
    plant = ToyPlant()
    plant.shown = plant.shown._replace(battery_mv=3_000)
    bench = Bench(profile, plant=plant)
    bench.run(DAY_S)
    assert bench.causes == set()
    plant.shown = plant.shown._replace(battery_mv=2_450)
    bench.run(2 * HOUR_S)
    assert {Cause.SERVICE_ESTIMATES, Cause.BATTERY_LOW} <= bench.causes


# -- a stroke that waits for the next ---------------------------------------------------------


def readings_of(bench: Bench) -> list[int]:
    """Return from now on the seconds at which the sensors are read."""
    seconds: list[int] = []
    read = bench.plant.read

    def counted(now_s: int) -> Reading:
        seconds.append(now_s)
        return read(now_s)

    bench.plant.read = counted  # type: ignore[method-assign]
    return seconds


@pytest.mark.requirement("PC-27")
def test_every_second_stroke_of_a_calm_basal_is_looked_at() -> None:
    bench = running()
    bench.run(HOUR_S)
    before, seconds = len(bench.plant.pushes), readings_of(bench)
    bench.run(HOUR_S)
    strokes = len(bench.plant.pushes) - before
    assert strokes // 2 <= len(seconds) <= strokes // 2 + 1


@pytest.mark.requirement("PC-27")
def test_every_stroke_is_looked_at_once_one_was_missed() -> None:
    bench = running()
    bench.run(HOUR_S)
    bench.plant.stuck = True
    bench.run(200)
    before, seconds = len(bench.plant.pushes), readings_of(bench)
    bench.run(HOUR_S)
    pushed = [at_s for at_s, _ in bench.plant.pushes[before:]]
    assert set(pushed) <= set(seconds)


@pytest.mark.requirement("PC-27")
def test_every_stroke_of_a_bolus_is_looked_at() -> None:
    bench = running()
    bench.run(HOUR_S)
    assert bench.implant.bolus(5_000, 600, bench.now_s).accepted
    before, seconds = len(bench.plant.pushes), readings_of(bench)
    bench.run(500)
    pushed = [at_s for at_s, _ in bench.plant.pushes[before:]]
    assert set(pushed) <= set(seconds)


@pytest.mark.requirement("PC-27")
def test_a_stroke_that_waits_when_the_pump_is_stopped_is_looked_at_in_time() -> None:
    bench = running()
    bench.run(HOUR_S)
    seconds = readings_of(bench)
    while not bench.implant.works.unread:
        bench.run(1)
    last_s = bench.plant.pushes[-1][0]
    assert bench.implant.stop(bench.now_s).accepted
    bench.run(HOUR_S)
    assert seconds
    assert seconds[0] <= last_s + DETECTION.sample_s
