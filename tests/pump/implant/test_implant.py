"""The implant through its door: delivery, orders, refills, alarms and status."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.bench import (
    DETECTION,
    KEY,
    LIMITS,
    PROFILE,
    PROGRAM,
    Bench,
    delivered_nl,
    phase,
    running,
    staged,
)
from thecal.pump.amounts import DAY_S, NL_PER_ML, WEEK_S
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.chain import rebuilt, verify
from thecal.pump.implant.implant import Implant
from thecal.pump.implant.values import (
    FAR,
    NEVER,
    Account,
    Phase,
    Reply,
    SafeAction,
)
from thecal.pump.program import Bridge, PatientBolus, Program, ScheduledBolus, WeekStep

HOUR_S = 3_600
PATIENT = Program(
    "simple continuous",
    (WeekStep(0, 250_000),),
    patient_bolus=PatientBolus(5_000, 600, 4 * HOUR_S, 4),
)
STOP = replace(LIMITS, safe_action=SafeAction.STOP)


# -- delivery -------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-01")
def test_a_day_gives_its_whole_strokes() -> None:
    bench = running()
    bench.run(DAY_S)
    assert delivered_nl(bench) == 250_000


@pytest.mark.requirement("PC-15", "PC-70")
def test_the_log_alone_gives_the_ledger() -> None:
    bench = running(PATIENT)
    bench.run(HOUR_S)
    assert bench.implant.press(bench.now_s).accepted
    bench.run(HOUR_S)
    assert bench.implant.prime(50_000, 24_000_000, bench.now_s).accepted
    bench.run(HOUR_S)
    assert bench.implant.refill(15 * NL_PER_ML, 16 * NL_PER_ML, bench.now_s).accepted
    bench.run(2 * HOUR_S)
    log = bench.implant.log_from(0)
    assert verify(log, KEY, (bench.implant.head(),)) is None
    told = rebuilt(log)
    delivered = told.ledger.delivered_nl
    assert delivered == delivered_nl(bench)
    assert told.ledger.reservoir_nl == bench.implant.status(bench.now_s).reservoir_nl
    assert [digest for _, digest in told.programs] == [bench.implant.status(0).digest]


@pytest.mark.requirement("PC-14")
def test_a_new_pump_does_not_move() -> None:
    bench = Bench()
    bench.run(10 * DAY_S)
    assert bench.plant.pushes == []
    assert phase(bench) == Phase.UNPROGRAMMED


@pytest.mark.requirement("PC-05")
def test_a_bolus_leaves_the_basal_as_it_is() -> None:
    bench = running()
    assert bench.implant.bolus(5_000, 600, bench.now_s).accepted
    bench.run(DAY_S)
    assert delivered_nl(bench) == 255_000


@pytest.mark.requirement("PC-01")
def test_every_promised_wake_is_in_the_future() -> None:
    bench = running(PATIENT)
    for _ in range(200):
        due_s = bench.implant.wake(bench.now_s)
        assert due_s > bench.now_s
        bench.now_s = due_s


# -- orders ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-10")
def test_a_stopped_pump_stands_still_until_it_is_started() -> None:
    bench = running()
    assert bench.implant.stop(bench.now_s).accepted
    bench.run(DAY_S)
    assert bench.plant.pushes == []
    assert bench.implant.start(bench.now_s).accepted
    bench.run(DAY_S)
    assert delivered_nl(bench) == 250_000


def test_a_pump_that_runs_cannot_be_started() -> None:
    reply = running().implant.start(0)
    assert reply == Reply(accepted=False, reason="the program is running already")


@pytest.mark.requirement("PC-07")
def test_the_patient_has_the_bolus_that_is_prescribed() -> None:
    bench = running(PATIENT)
    assert bench.implant.press(bench.now_s).accepted
    assert bench.implant.status(bench.now_s).bolus == Account.PATIENT_BOLUS
    bench.run(HOUR_S)
    reply = bench.implant.press(bench.now_s)
    assert not reply.accepted
    assert "lockout" in reply.reason


def test_a_patient_without_a_bolus_is_told_so() -> None:
    assert not running().implant.press(0).accepted


@pytest.mark.requirement("PC-06")
def test_a_bolus_above_a_cap_is_denied_in_words() -> None:
    reply = running().implant.bolus(300_000, 3_600, 0)
    assert not reply.accepted
    assert "1 h" in reply.reason


@pytest.mark.requirement("PC-05")
@pytest.mark.parametrize("kind", ["clinician", "patient"])
def test_no_bolus_is_given_while_a_high_alarm_is_on(kind: str) -> None:
    bench = running(PATIENT, reservoir_nl=10 * NL_PER_ML)
    bench.implant.refill(10 * NL_PER_ML, 0, bench.now_s)
    assert bench.causes == {Cause.RESERVOIR}
    reply = (
        bench.implant.press(bench.now_s)
        if kind == "patient"
        else bench.implant.bolus(5_000, 600, bench.now_s)
    )
    assert not reply.accepted
    assert "alarm" in reply.reason


@pytest.mark.requirement("PC-05")
def test_a_fault_cancels_a_bolus() -> None:
    bench = running()
    bench.implant.bolus(50_000, HOUR_S, bench.now_s)
    bench.plant.stuck = True
    bench.run(60)
    assert phase(bench) == Phase.HOLDING
    assert bench.implant.status(bench.now_s).bolus == Account.BASAL


@pytest.mark.requirement("PC-05")
def test_a_scheduled_bolus_is_given_and_not_while_a_high_alarm_is_on() -> None:
    daily = ScheduledBolus(HOUR_S, 5_000, 600, 6 * HOUR_S)
    bench = running(replace(PROGRAM, boluses=(daily,)))
    bench.run(2 * HOUR_S)
    assert delivered_nl(bench) == 25_750
    bench.plant.stuck = True
    bench.run(6 * HOUR_S)
    assert bench.implant.status(bench.now_s).reservoir_nl == 18_000_000 - 88_250


def test_a_prime_is_an_account_of_its_own() -> None:
    bench = running()
    assert bench.implant.prime(100_000, 24_000_000, bench.now_s).accepted
    bench.run(HOUR_S)
    assert phase(bench) == Phase.RUNNING
    assert rebuilt(bench.implant.log_from(0)).ledger.balances[Account.PRIME] == 100_000


def test_a_prime_above_a_cap_is_refused_by_the_monitor() -> None:
    reply = running().implant.prime(300_000, 24_000_000, 0)
    assert not reply.accepted
    assert "1 h" in reply.reason


@pytest.mark.requirement("PC-09")
@pytest.mark.parametrize("volume", [0, -1, 1.5])
def test_an_impossible_number_is_refused_in_words(volume: int) -> None:
    implant = running().implant
    assert not implant.prime(volume, 24_000_000, 0).accepted
    assert not implant.bolus(volume, 600, 0).accepted
    assert not implant.refill(-1, volume, 0).accepted
    assert not implant.set_clock(-1, 0).accepted


def test_a_pump_without_a_program_takes_no_prime() -> None:
    assert not Bench().implant.prime(100_000, 24_000_000, 0).accepted


@pytest.mark.requirement("PC-50", "PC-51")
def test_setting_the_clock_moves_the_week() -> None:
    flex = Program("flex", (WeekStep(0, 100_000), WeekStep(WEEK_S // 2, 300_000)))
    bench = running(flex)
    bench.run(HOUR_S)
    assert bench.implant.set_clock(WEEK_S // 2, bench.now_s).accepted
    assert bench.implant.status(bench.now_s).nl_per_day == 300_000


@pytest.mark.requirement("PC-06", "PC-50")
def test_a_clock_that_would_break_a_cap_is_refused() -> None:
    steps = (WeekStep(0, 4_800_000), WeekStep(HOUR_S, 0))
    bench = running(replace(PROGRAM, steps=steps))
    bench.run(HOUR_S)
    reply = bench.implant.set_clock(WEEK_S - HOUR_S, bench.now_s)
    assert not reply.accepted
    assert "1 h" in reply.reason


# -- refill ---------------------------------------------------------------------------------------


def test_a_refill_whose_volumes_agree_raises_nothing() -> None:
    bench = running()
    assert bench.implant.refill(18 * NL_PER_ML, 16_600_000, bench.now_s).accepted
    assert bench.causes == set()
    assert bench.implant.status(bench.now_s).reservoir_nl == 19_400_000


@pytest.mark.requirement("PC-28")
@pytest.mark.parametrize(("aspirated_nl", "there"), [(15_600_000, False), (15_599_999, True)])
def test_a_refill_that_finds_another_volume_raises_an_alarm(
    aspirated_nl: int, *, there: bool
) -> None:
    bench = running()
    bench.implant.refill(18 * NL_PER_ML, aspirated_nl, bench.now_s)
    assert (Cause.RESERVOIR in bench.causes) == there


@pytest.mark.requirement("CT-05")
def test_an_overfill_is_refused_and_changes_nothing() -> None:
    bench = running()
    assert not bench.implant.refill(19 * NL_PER_ML, 16_600_000, bench.now_s).accepted
    assert bench.implant.status(bench.now_s).reservoir_nl == 18 * NL_PER_ML


@pytest.mark.requirement("PC-27")
def test_only_a_refill_whose_volumes_agree_ends_the_risk_of_over_infusion() -> None:
    bench = running()
    bench.implant.stop(bench.now_s)
    bench.run(2 * DAY_S)
    bench.implant.start(bench.now_s)
    assert bench.implant.status(bench.now_s).over_infusion_risk
    assert not bench.implant.clear_risk(bench.now_s).accepted
    bench.implant.refill(18 * NL_PER_ML, 10_000_000, bench.now_s)
    assert bench.implant.status(bench.now_s).over_infusion_risk
    bench.implant.refill(18 * NL_PER_ML, 18_000_000, bench.now_s)
    assert not bench.implant.status(bench.now_s).over_infusion_risk
    assert bench.implant.clear_risk(bench.now_s).accepted


# -- alarms ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-86")
def test_a_pump_stopped_by_order_sounds_after_five_minutes_and_every_five() -> None:
    bench = running()
    bench.implant.stop(bench.now_s)
    bench.run(1_200)
    assert [sound.at_s for sound in bench.sounds] == [300, 600, 900, 1_200]


@pytest.mark.requirement("PC-27")
def test_a_pump_stopped_for_48_hours_has_a_high_alarm() -> None:
    bench = running()
    bench.implant.stop(bench.now_s)
    bench.run(2 * DAY_S - 1)
    assert Cause.STOPPED_LONG not in bench.causes
    bench.run(1)
    assert Cause.STOPPED_LONG in bench.causes
    assert bench.sounds[-1].critical


@pytest.mark.requirement("PC-61", "PC-29")
def test_a_low_reservoir_sounds_in_the_second_it_is_reached() -> None:
    bench = running(reservoir_nl=5_400_000 + 1_000)
    bench.run(HOUR_S)
    assert bench.causes == {Cause.LOW_COMPUTED}
    assert bench.sounds[0].at_s == bench.plant.pushes[3][0]


def test_an_empty_reservoir_stops_the_pump_at_the_residual() -> None:
    bench = running(reservoir_nl=1_410_000)
    bench.run(DAY_S)
    assert phase(bench) == Phase.EMPTY
    assert delivered_nl(bench) == 10_000
    assert Cause.EMPTY_COMPUTED in bench.causes


@pytest.mark.requirement("PC-62")
def test_a_silenced_alarm_returns_after_two_minutes() -> None:
    bench = running()
    bench.plant.stuck = True
    bench.run(HOUR_S)
    bench.implant.silence(bench.now_s)
    bench.sounds.clear()
    bench.run(119)
    assert bench.sounds == []
    bench.run(1)
    assert bench.sounds[0].critical


@pytest.mark.requirement("PC-62")
def test_what_is_not_listed_cannot_be_acknowledged() -> None:
    assert not running().implant.acknowledge("stall", 0).accepted


def test_what_is_over_leaves_the_list_when_it_is_acknowledged() -> None:
    bench = running()
    staged(bench)
    bench.run(HOUR_S)
    assert bench.listed == {Cause.UPDATE_UNFINISHED}
    assert bench.implant.acknowledge(Cause.UPDATE_UNFINISHED, bench.now_s).accepted
    assert bench.listed == set()


@pytest.mark.requirement("PC-64")
def test_the_third_start_after_the_same_alarm_is_refused() -> None:
    bench = Bench()
    bench.program(replace(PROGRAM, steps=(WeekStep(0, 1_000_000),)), STOP)
    bench.plant.stuck = True
    replies = []
    for _ in range(3):
        bench.run(100)
        assert phase(bench) == Phase.HALTED
        replies.append(bench.implant.start(bench.now_s))
    assert [reply.accepted for reply in replies] == [True, True, False]
    assert "same alarm" in replies[-1].reason
    assert Cause.ALARM_REPEATS in bench.causes
    assert phase(bench) == Phase.HALTED


@pytest.mark.requirement("PC-84")
def test_a_read_back_that_differs_is_an_alarm_on_the_pump_too() -> None:
    bench = running()
    bench.implant.note("read-back differs", (), bench.now_s)
    assert bench.listed == {Cause.READ_BACK}


# -- status ---------------------------------------------------------------------------------------


def test_a_status_says_what_the_pump_does() -> None:
    bench = running(replace(PROGRAM, bridge=Bridge(300_000, 250_000)))
    status = bench.implant.status(bench.now_s)
    assert status.phase == Phase.BRIDGING
    assert status.special_left_nl == 300_000
    assert status.measured_nl == -1
    assert status.failing_s == NEVER
    assert status.commits == 1
    assert status.alarms == ()
    assert status.cannot == DETECTION.cannot()


def test_a_status_between_two_wakes_moves_nothing() -> None:
    bench = running()
    bench.implant.status(DAY_S)
    assert bench.plant.pushes == []
    bench.run(DAY_S)
    assert delivered_nl(bench) == 250_000


def test_a_pump_says_when_it_wakes_next_even_when_nothing_flows() -> None:
    bench = Bench()
    assert bench.now_s < bench.implant.wake(0) < FAR


def test_a_pump_needs_no_ear() -> None:
    bench = Bench()
    Implant(PROFILE, bench.store, bench.plant, log_key=KEY, own_clock=lambda: 0)
