from __future__ import annotations

import pytest

from tests.pump.implant.monitors import (
    BASAL,
    BOLUS,
    DAY,
    HOUR,
    PUMP,
    WIDE,
    continuous,
    given_until,
    loaded,
)
from thecal.pump import implant
from thecal.pump.implant import monitor as monitor_module
from thecal.pump.implant.coming import Coming
from thecal.pump.implant.denials import ADMITTED, Denial
from thecal.pump.implant.told import Caps
from thecal.pump.implant.values import Account, Limits, Permit, Phase, SafeAction
from thecal.pump.implant.windows import Windows
from thecal.pump.program import (
    STOPPED,
    Hardware,
    PatientBolus,
    Program,
    ScheduledBolus,
    WeekStep,
)
from thecal.pump.simulation.pair import Pair


@pytest.mark.requirement("PC-06")
def test_a_bolus_that_fits_is_admitted_and_given() -> None:
    monitor = loaded()
    assert monitor.admit(Account.PATIENT_BOLUS, 3_000, 600, 0) == ADMITTED
    assert isinstance(monitor.permit(1, 150), Permit)
    assert isinstance(monitor.permit(2, 600), Permit)


def icu() -> tuple[Hardware, Program, Limits]:
    """Return the pump of the published counter-example, with a cap of 26.5 mL in 240 min."""
    pump = Hardware(
        reservoir_nl=500_000_000,
        stroke_nl=50_000,
        residual_nl=0,
        low_reservoir_nl=0,
        highest_nl_per_day=2 * 10**9,
        tubing_nl=0,
    )
    bolus = PatientBolus(3_000_000, 300, 1, 99)
    program = Program("simple continuous", (WeekStep(0, 144_000_000),), patient_bolus=bolus)
    return pump, program, Limits(SafeAction.STOP, 10**8, 26_500_000, 10**9, 0, 1)


STOPPED_S = 300
PRESSED_S = 5 * HOUR + STOPPED_S


def stopped_basal_then_bolus(pair: Pair) -> None:
    """Run 5 h at 6 mL/h, stop for 5 min (0.5 mL saved up), start, and ask for 3 mL at once."""
    pair.wake(5 * HOUR)
    pair.send(implant.values.StopOrdered(5 * HOUR))
    pair.send(implant.values.StartOrdered(PRESSED_S))
    pair.send(implant.values.Pressed(PRESSED_S))
    pair.wake(PRESSED_S + 5 * HOUR)


@pytest.mark.requirement("PC-06")
def test_the_published_overdose_is_denied() -> None:
    """Vasicek et al. 2024: a stopped basal flow saves up room, which a bolus must not take."""
    pump, program, limits = icu()
    pair = Pair(pump, pump.reservoir_nl)
    pair.commit(program, limits, 0)
    stopped_basal_then_bolus(pair)
    assert pair.answers == [Denial.FOUR_HOURS_CAP]
    assert pair.most()[1] * 50_000 <= 26_500_000


@pytest.mark.requirement("PC-06")
def test_the_published_rule_admits_the_overdose(monkeypatch: pytest.MonkeyPatch) -> None:
    pump, program, limits = icu()
    pair = Pair(pump, pump.reservoir_nl)
    pair.commit(program, limits, 0)
    monitor, cap = pair.monitor, 26_500_000 // 50_000

    def looks_back(past: Windows, coming: Coming, *_: object) -> int | None:
        asked = coming.bolus.volume_nl // 50_000
        return None if past.used(coming.now_s)[1] + asked <= cap else 1

    monkeypatch.setattr(monitor_module, "breached", looks_back)
    # Without the check of real strokes at each permit, which would still hold the cap.
    monitor._caps = Caps((10**9, 10**9, 10**9), 0)
    monitor._seal = monitor_module._sealed(monitor._caps)
    stopped_basal_then_bolus(pair)
    assert pair.answers == [ADMITTED]
    assert pair.most()[1] * 50_000 == 27_000_000  # 0.5 mL above the cap


@pytest.mark.parametrize(
    ("asked", "denial"),
    [
        ((Account.BASAL, 1_000, 60), Denial.NOT_IN_PROGRAM),
        ((Account.PRIME, 1_000, 60), Denial.NOT_IN_PROGRAM),
        ((Account.PATIENT_BOLUS, 3_001, 600), Denial.NOT_IN_PROGRAM),
        ((Account.PATIENT_BOLUS, 3_000, 599), Denial.NOT_IN_PROGRAM),
        ((Account.SCHEDULED_BOLUS, 3_000, 600), Denial.NOT_IN_PROGRAM),
        ((Account.SCHEDULED_BOLUS, 2_000, 300), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 1_000, 600), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 0, 600), Denial.IMPOSSIBLE),
        ((Account.CLINICIAN_BOLUS, -1, 600), Denial.IMPOSSIBLE),
        ((Account.CLINICIAN_BOLUS, 20_000_001, 600), Denial.IMPOSSIBLE),
        ((Account.CLINICIAN_BOLUS, 1_000, 0), Denial.IMPOSSIBLE),
        ((Account.CLINICIAN_BOLUS, 1_000, 604_801), Denial.IMPOSSIBLE),
        ((Account.CLINICIAN_BOLUS, 1_000, 604_800), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 1_102, 100), Denial.ABOVE_HIGHEST_FLOW),
        ((Account.CLINICIAN_BOLUS, 1_101, 100), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 4_000, 600), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 4_001, 600), Denial.HOUR_CAP),
        ((Account.CLINICIAN_BOLUS, 8_000, 14_400), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 8_001, 14_400), Denial.FOUR_HOURS_CAP),
        ((Account.CLINICIAN_BOLUS, 12_000, DAY), ADMITTED),
        ((Account.CLINICIAN_BOLUS, 12_001, DAY), Denial.DAY_CAP),
    ],
)
@pytest.mark.requirement("PC-05", "PC-06")
def test_a_bolus_is_judged(asked: tuple[int, int, int], denial: int) -> None:
    scheduled = ScheduledBolus(50, 2_000, 300)
    monitor = loaded(Program("simple continuous", (WeekStep(0, BASAL),), (scheduled,), BOLUS))
    answer = monitor.admit(*asked, 0)
    assert answer == denial
    assert type(answer) is int


@pytest.mark.requirement("PC-05")
def test_the_highest_flow_counts_wherever_the_basal_flow_is_highest() -> None:
    step = Program("flex", (WeekStep(0, 0), WeekStep(99, 900_000), WeekStep(199, 0)))
    assert loaded(step, WIDE).admit(3, 1_145, 99, 0) == ADMITTED
    assert loaded(step, WIDE).admit(3, 1_145, 100, 0) == Denial.ABOVE_HIGHEST_FLOW


@pytest.mark.requirement("PC-05")
@pytest.mark.parametrize(
    "phase", sorted(set(Phase) - {Phase.RUNNING, Phase.BRIDGING, Phase.PRIMING})
)
def test_no_bolus_in_any_other_phase(phase: Phase) -> None:
    monitor = loaded()
    monitor.follow(phase, 10)
    assert monitor.admit(Account.PATIENT_BOLUS, 3_000, 600, 20) == Denial.NOT_RUNNING


def test_no_bolus_of_a_stopped_program() -> None:
    program = Program(STOPPED, (WeekStep(0, 0),), (), BOLUS)
    assert loaded(program).admit(Account.PATIENT_BOLUS, 3_000, 600, 0) == Denial.NOT_RUNNING


def test_one_bolus_at_a_time() -> None:
    monitor = loaded()
    monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, 0)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, 599) == Denial.OTHER_RUNNING
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, 600) == ADMITTED


@pytest.mark.parametrize("phase", [Phase.HOLDING, Phase.MINIMUM, Phase.STOPPED])
@pytest.mark.requirement("PC-08")
def test_a_bolus_ends_with_its_phase(phase: Phase) -> None:
    monitor = loaded(continuous(0))
    monitor.admit(Account.CLINICIAN_BOLUS, 4_000, 600, 0)
    monitor.follow(phase, 150)
    monitor.follow(Phase.RUNNING, 160)
    assert isinstance(monitor.permit(1, 160), Permit)
    assert monitor.permit(2, 600) == Denial.AHEAD


@pytest.mark.requirement("PC-08")
def test_a_cancelled_bolus_is_over() -> None:
    monitor = loaded(continuous(0))
    monitor.admit(Account.CLINICIAN_BOLUS, 4_000, 600, 0)
    monitor.cancelled(150)
    assert monitor.permit(3, 600) == Denial.AHEAD
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, 600) == ADMITTED


@pytest.mark.requirement("PC-08", "PC-45")
def test_an_interrupted_bolus_gives_its_remainder_and_no_more() -> None:
    monitor = loaded(continuous(0))
    monitor.admit(Account.CLINICIAN_BOLUS, 4_000, 600, 0)
    assert monitor.lost(150, DAY) == ADMITTED
    given_strokes = [monitor.permit(1, DAY + each * 150) for each in range(6)]
    assert sum(isinstance(answer, Permit) for answer in given_strokes) <= 5


@pytest.mark.requirement("PC-06")
def test_a_bolus_that_would_now_meet_a_high_step_is_told() -> None:
    night = Program("flex", (WeekStep(0, 0), WeekStep(2 * HOUR, 96_000), WeekStep(3 * HOUR, 0)))
    monitor = loaded(night)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 4_000, 600, 0) == ADMITTED
    assert monitor.lost(100, 2 * HOUR) == Denial.HOUR_CAP


def test_lost_time_without_a_bolus_needs_no_judgement() -> None:
    assert loaded().lost(100, DAY) == ADMITTED


def test_a_bolus_of_the_whole_reservoir_is_too_fast_but_not_impossible() -> None:
    asked = (Account.CLINICIAN_BOLUS, PUMP.reservoir_nl, 7 * DAY)
    assert loaded(limits=WIDE).admit(*asked, 0) == Denial.ABOVE_HIGHEST_FLOW


@pytest.mark.requirement("PC-08")
def test_a_pump_that_holds_gives_nothing_more_of_a_bolus() -> None:
    monitor = loaded()
    monitor.admit(Account.PATIENT_BOLUS, 3_000, 600, 0)
    monitor.follow(Phase.HOLDING, 0)
    assert isinstance(monitor.permit(1, 200), Permit)
    assert monitor.permit(1, 400) == Denial.AHEAD


def test_a_pump_that_goes_on_running_goes_on_with_its_bolus() -> None:
    monitor = loaded()
    monitor.admit(Account.PATIENT_BOLUS, 3_000, 600, 0)
    monitor.follow(Phase.RUNNING, 0)
    given_until(monitor, 600, every_s=200)


def test_a_bolus_is_judged_by_the_step_of_the_week_that_runs() -> None:
    steps = (WeekStep(0, 0), WeekStep(DAY, 900_000), WeekStep(2 * DAY, 0))
    monitor = loaded(Program("flex", steps), WIDE, offset_s=DAY)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 3_000, 600, 0) == Denial.ABOVE_HIGHEST_FLOW


def test_a_bolus_may_last_a_single_second() -> None:
    assert loaded().admit(Account.CLINICIAN_BOLUS, 1, 1, 0) == ADMITTED


@pytest.mark.requirement("PC-05")
def test_nothing_more_of_a_cancelled_bolus_is_permitted() -> None:
    monitor = loaded()
    monitor.admit(Account.PATIENT_BOLUS, 3_000, 600, 0)
    monitor.cancelled(0)
    assert isinstance(monitor.permit(1, 200), Permit)
    assert monitor.permit(1, 400) == Denial.AHEAD


@pytest.mark.requirement("PC-06")
def test_a_bolus_leaves_room_for_the_minimum_rate_of_a_safe_state() -> None:
    monitor = loaded(continuous(0))
    assert monitor.admit(Account.CLINICIAN_BOLUS, 6_000, 600, 0) == Denial.HOUR_CAP
    assert monitor.admit(Account.CLINICIAN_BOLUS, 5_000, 600, 0) == ADMITTED
    given_until(monitor, 600, every_s=120)
    monitor.follow(Phase.MINIMUM, 600)
    given_until(monitor, 600 + 4 * HOUR, from_s=600, every_s=HOUR)


@pytest.mark.requirement("PC-06")
def test_without_a_minimum_rate_a_bolus_may_fill_a_cap() -> None:
    monitor = loaded(continuous(0), Limits(SafeAction.HOLD, 6_000, 16_000, 60_000, 0, 1))
    assert monitor.admit(Account.CLINICIAN_BOLUS, 6_000, 600, 0) == ADMITTED
