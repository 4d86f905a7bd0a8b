from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import event as seen
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump import implant
from thecal.pump.implant import monitor as monitor_module
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.coming import Coming
from thecal.pump.implant.denials import ADMITTED, DENIAL_WORDS, Denial
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.told import Caps
from thecal.pump.implant.values import Account, Fault, Limits, Permit, Phase, SafeAction
from thecal.pump.implant.windows import Windows
from thecal.pump.program import (
    STOPPED,
    Bridge,
    Hardware,
    PatientBolus,
    Program,
    ScheduledBolus,
    WeekStep,
)
from thecal.pump.simulation.caps import history
from thecal.pump.simulation.pair import Pair

HOUR = 3_600
DAY = 86_400
STROKE = 1_000
PUMP = Hardware(
    reservoir_nl=20_000_000,
    stroke_nl=STROKE,
    residual_nl=0,
    low_reservoir_nl=0,
    highest_nl_per_day=1_000_000,
    tubing_nl=0,
)
BASAL = 48_000
"""nL/day: two strokes an hour."""
HALF_HOUR = 1_800
BOLUS = PatientBolus(3_000, 600, 1, 99)
PROGRAM = Program("simple continuous", (WeekStep(0, BASAL),), (), BOLUS)
WIDE = Limits(SafeAction.HOLD, 10**9, 10**9, 10**9, 0, 1)
LIMITS = Limits(SafeAction.HOLD, 6_000, 16_000, 60_000, 24_000, 1)


def loaded(program: Program = PROGRAM, limits: Limits = LIMITS, *, offset_s: int = 0) -> Monitor:
    monitor = Monitor(PUMP)
    monitor.load(encode_program(program), encode_limits(limits), 0, offset_s)
    monitor.follow(Phase.RUNNING, 0)
    return monitor


def continuous(nl_per_day: int) -> Program:
    return Program("simple continuous", (WeekStep(0, nl_per_day),))


def given_until(monitor: Monitor, until_s: int, from_s: int = 0, every_s: int = HALF_HOUR) -> None:
    for now_s in range(from_s + every_s, until_s + 1, every_s):
        assert isinstance(monitor.permit(1, now_s), Permit)


# -- permits -------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-14")
def test_a_stroke_that_is_due_may_move() -> None:
    assert loaded().permit(1, HALF_HOUR) == Permit(1, 1, HALF_HOUR + 2 * HALF_HOUR)


@pytest.mark.requirement("PC-14")
def test_every_permit_has_its_own_number() -> None:
    monitor = loaded()
    permits = [monitor.permit(1, each * HALF_HOUR) for each in (1, 2, 3)]
    assert [permit.serial for permit in permits if isinstance(permit, Permit)] == [1, 2, 3]


@pytest.mark.requirement("PC-14")
def test_a_permit_lasts_two_seconds_at_the_least() -> None:
    monitor = loaded(continuous(1_000_000), WIDE)
    permit = monitor.permit(1, 87)
    assert isinstance(permit, Permit)
    assert permit.expires_s == 87 + 2 * 87
    assert loaded().admit(Account.PATIENT_BOLUS, 3_000, 600, 0) == ADMITTED


@pytest.mark.requirement("PC-14")
def test_a_permit_for_the_last_stroke_of_a_flow_lasts_two_seconds() -> None:
    monitor = loaded(Program("flex", (WeekStep(0, BASAL), WeekStep(HALF_HOUR - 1, 0))))
    permit = monitor.permit(1, HALF_HOUR + 100)
    assert isinstance(permit, Permit)
    assert permit.expires_s == HALF_HOUR + 102


@pytest.mark.requirement("PC-14")
def test_nothing_moves_before_a_program_was_loaded() -> None:
    monitor = Monitor(PUMP)
    monitor.follow(Phase.RUNNING, 0)
    assert monitor.permit(1, DAY) == Denial.NOTHING_DUE


@pytest.mark.parametrize("strokes", [0, -1])
def test_no_strokes_are_not_permitted(strokes: int) -> None:
    assert loaded().permit(strokes, DAY) == Denial.NOTHING_DUE


@pytest.mark.requirement("PC-12")
def test_a_controller_is_never_ahead_by_more_than_a_stroke() -> None:
    monitor = loaded()
    assert isinstance(monitor.permit(1, 1), Permit)
    assert monitor.permit(1, 2) == Denial.AHEAD
    assert monitor.permit(1, HALF_HOUR - 1) == Denial.AHEAD
    assert isinstance(monitor.permit(1, HALF_HOUR), Permit)


@pytest.mark.requirement("PC-12")
def test_a_silent_controller_makes_up_for_nothing() -> None:
    monitor = loaded()
    assert monitor.permit(3, 10 * HOUR) == Denial.AHEAD
    assert isinstance(monitor.permit(1, 10 * HOUR), Permit)
    assert monitor.permit(2, 10 * HOUR) == Denial.AHEAD


@given(st.lists(st.tuples(st.integers(0, HALF_HOUR), st.integers(1, 3)), max_size=40))
@pytest.mark.requirement("PC-12")
def test_whatever_is_asked_no_more_moves_than_the_program_and_a_stroke(
    asked: list[tuple[int, int]],
) -> None:
    monitor, now_s, given_strokes = loaded(), 0, 0
    for span_s, strokes in asked:
        now_s += span_s
        if isinstance(monitor.permit(strokes, now_s), Permit):
            given_strokes += strokes
        assert given_strokes * HALF_HOUR <= now_s + HALF_HOUR


class Bound:
    """A monitor whose controller asks for whatever it likes, and what the program comes to."""

    def __init__(self) -> None:
        self.raw = encode_program(PROGRAM), encode_limits(LIMITS)
        self.monitor = loaded()
        self.ring = bytearray()
        self.now_s = self.due = self.given = 0
        self.runs = True

    def pass_by(self, span_s: int) -> None:
        self.now_s += span_s
        self.due += span_s * BASAL * self.runs

    def ask(self, strokes: int) -> None:
        if isinstance(self.monitor.permit(strokes, self.now_s), Permit):
            self.given += strokes * STROKE * DAY
            at, entry = self.monitor.entry()
            self.ring.extend(bytes(max(0, at - len(self.ring))))
            self.ring[at : at + len(entry)] = entry

    def do(self, what: str) -> None:
        match what:
            case "stop" | "start":
                self.runs = what == "start"
                self.monitor.follow(Phase.RUNNING if self.runs else Phase.STOPPED, self.now_s)
            case "load":
                self.monitor.load(*self.raw, self.now_s, self.now_s)
            case "clock":
                self.monitor.set_clock(self.now_s, self.now_s)
            case "cancel":
                self.monitor.cancelled(self.now_s)
            case "power":
                snapshot, ring = self.monitor.snapshot(), bytes(self.ring)
                self.monitor = Monitor(PUMP)
                self.monitor.restore(snapshot, ring, *self.raw)
                self.monitor.lost(self.now_s, self.now_s + HOUR)
                self.now_s += HOUR


@pytest.mark.requirement("PC-12")
@given(
    st.lists(
        st.one_of(
            st.integers(0, 4_000),
            st.tuples(st.integers(1, 3)),
            st.sampled_from(("stop", "start", "load", "clock", "cancel", "power")),
        ),
        max_size=60,
    )
)
def test_whatever_happens_no_more_moves_than_the_program_and_a_stroke(
    happened: list[int | tuple[int] | str],
) -> None:
    bound = Bound()
    for one in happened:
        match one:
            case int():
                bound.pass_by(one)
            case str():
                bound.do(one)
            case (strokes,):
                bound.ask(strokes)
        assert bound.given <= bound.due + STROKE * DAY
    seen(f"strokes: {min(bound.given // (STROKE * DAY), 5)}")


@pytest.mark.requirement("PC-06", "PC-12")
def test_the_last_check_holds_even_if_the_first_were_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monitor = loaded()
    monkeypatch.setattr(monitor_module, "breached", lambda *_: None)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 15_000, HALF_HOUR, 0) == ADMITTED
    answers = [monitor.permit(1, now_s) for now_s in range(60, HALF_HOUR, 60)]
    assert sum(isinstance(answer, Permit) for answer in answers) == 6
    assert answers[-1] == Denial.HOUR_CAP


@pytest.mark.requirement("PC-50")
def test_a_counter_that_runs_back_moves_nothing() -> None:
    monitor = loaded()
    monitor.permit(1, HALF_HOUR)
    assert monitor.permit(1, HALF_HOUR - 1) == Denial.CLOCK_BACK


@pytest.mark.requirement("PC-24")
@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("bit", range(0, 64, 3))
def test_a_flipped_bit_in_a_limit_moves_nothing(which: int, bit: int) -> None:
    monitor = loaded()
    numbers = [*monitor._caps.strokes, monitor._caps.minimum_flow]
    numbers[which] ^= 1 << bit
    monitor._caps = Caps((numbers[0], numbers[1], numbers[2]), numbers[3])
    assert monitor.permit(1, HALF_HOUR) == Denial.LIMITS_CORRUPT


# -- programs ------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-06", "PC-82")
@pytest.mark.parametrize(
    ("limits", "span"),
    [
        (Limits(SafeAction.HOLD, 1_999, 99_000, 99_000, 0, 1), "1 h"),
        (Limits(SafeAction.HOLD, 2_000, 7_999, 99_000, 0, 1), "4 h"),
        (Limits(SafeAction.HOLD, 2_000, 8_000, 47_999, 0, 1), "24 h"),
    ],
)
def test_a_basal_flow_above_a_cap_is_refused(limits: Limits, span: str) -> None:
    with pytest.raises(InputError, match=f"the basal flow alone gives .* in some {span}, but"):
        loaded(PROGRAM, limits)


@pytest.mark.requirement("PC-06")
def test_a_basal_flow_at_its_caps_is_given_in_full() -> None:
    monitor = loaded(PROGRAM, Limits(SafeAction.HOLD, 2_000, 8_000, 48_000, 0, 1))
    given_until(monitor, 3 * DAY)


@pytest.mark.requirement("PC-06")
def test_a_minimum_rate_above_a_cap_is_refused() -> None:
    with pytest.raises(InputError, match="the basal flow alone"):
        loaded(continuous(0), Limits(SafeAction.HOLD, 9_000, 9_000, 23_999, 24_000, 1))


@pytest.mark.requirement("PC-06")
def test_a_bridge_above_a_cap_is_refused() -> None:
    program = Program("flex", (WeekStep(0, 0),), bridge=Bridge(10_000, 1_000_000))
    with pytest.raises(InputError, match="the bridge and the basal flow are together above"):
        loaded(program)


@pytest.mark.requirement("PC-06")
def test_a_program_that_does_not_fit_to_what_was_given_is_refused() -> None:
    full = Limits(SafeAction.HOLD, 6_000, 8_000, 60_000, 0, 1)
    monitor = loaded(continuous(BASAL), full)
    given_until(monitor, 4 * HOUR)
    morning = Program("flex", (WeekStep(0, 2 * BASAL), WeekStep(2 * HOUR, 0)))
    raw = encode_program(morning), encode_limits(full)
    Monitor(PUMP).examine(*raw, 0, 0)
    with pytest.raises(InputError, match="what was delivered before"):
        monitor.examine(*raw, 4 * HOUR, 604_800 - 4 * HOUR)


@pytest.mark.requirement("PC-83")
def test_a_refused_program_changes_nothing() -> None:
    monitor = loaded()
    before = monitor.snapshot()
    with pytest.raises(InputError):
        monitor.load(encode_program(continuous(10**6)), encode_limits(LIMITS), 10, 0)
    assert monitor.snapshot() == before
    assert isinstance(monitor.permit(1, HALF_HOUR), Permit)


def test_a_new_program_goes_on_from_what_was_due() -> None:
    monitor = loaded()
    later = encode_program(continuous(BASAL // 2)), encode_limits(LIMITS)
    monitor.load(*later, HALF_HOUR // 2, 0)
    assert isinstance(monitor.permit(1, HALF_HOUR // 2 + HALF_HOUR), Permit)
    assert monitor.permit(2, HALF_HOUR // 2 + HALF_HOUR) == Denial.AHEAD


# -- boluses -------------------------------------------------------------------------------------


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


# -- bridge, prime, safe states ------------------------------------------------------------------

BRIDGED = Program("flex", (WeekStep(0, 0),), bridge=Bridge(4_000, 96_000))


def test_a_bridge_runs_in_place_of_the_basal_flow() -> None:
    monitor = loaded(BRIDGED)
    given_until(monitor, HOUR, every_s=900)
    assert isinstance(monitor.permit(1, HOUR + 900), Permit)  # the one stroke of tolerance
    assert monitor.permit(1, 2 * HOUR) == Denial.AHEAD


@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.MINIMUM, Phase.EMPTY])
def test_what_is_left_of_a_bridge_waits(phase: Phase) -> None:
    monitor = loaded(BRIDGED, Limits(SafeAction.HOLD, 6_000, 16_000, 60_000, 0, 1))
    given_until(monitor, HALF_HOUR, every_s=900)
    monitor.follow(phase, HALF_HOUR)
    monitor.follow(Phase.BRIDGING, DAY)
    given_until(monitor, DAY + HALF_HOUR, from_s=DAY, every_s=900)
    assert isinstance(monitor.permit(1, DAY + HOUR), Permit)
    assert monitor.permit(1, DAY + 2 * HOUR) == Denial.AHEAD


def test_no_bolus_before_a_bridge_is_over() -> None:
    monitor = loaded(BRIDGED)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, HOUR - 1) == Denial.OTHER_RUNNING
    assert monitor.admit(Account.CLINICIAN_BOLUS, 1_000, 600, HOUR) == ADMITTED


def test_a_new_program_ends_a_bridge() -> None:
    monitor = loaded(BRIDGED)
    monitor.load(encode_program(continuous(0)), encode_limits(LIMITS), 900, 0)
    assert isinstance(monitor.permit(1, 900), Permit)
    assert isinstance(monitor.permit(1, HOUR), Permit)
    assert monitor.permit(1, HOUR) == Denial.AHEAD


def test_a_prime_runs_in_place_of_the_basal_flow() -> None:
    monitor = loaded()
    assert monitor.prime(4_000, 960_000, 0) == ADMITTED
    monitor.follow(Phase.PRIMING, 0)
    given_until(monitor, 360, every_s=90)
    monitor.follow(Phase.RUNNING, 360)
    assert isinstance(monitor.permit(1, HALF_HOUR + 360), Permit)


def test_a_stopped_pump_primes_and_stands_again() -> None:
    monitor = loaded()
    monitor.follow(Phase.STOPPED, 0)
    assert monitor.prime(2_000, 960_000, 0) == ADMITTED
    given_until(monitor, 180, every_s=90)
    monitor.follow(Phase.STOPPED, 180)
    assert monitor.permit(1, DAY) == Denial.NOTHING_DUE


def test_a_prime_ends_with_a_stop() -> None:
    monitor = loaded()
    monitor.prime(4_000, 960_000, 0)
    monitor.follow(Phase.STOPPED, 100)
    assert monitor.permit(1, 180) == Denial.NOTHING_DUE


@pytest.mark.requirement("PC-45")
def test_a_prime_goes_on_after_lost_time() -> None:
    monitor = loaded(continuous(0))
    monitor.prime(4_000, 960_000, 0)
    assert monitor.lost(90, DAY) == ADMITTED
    given_until(monitor, DAY + 270, from_s=DAY, every_s=90)


def test_a_prime_ends_a_bolus() -> None:
    monitor = loaded(continuous(0))
    monitor.admit(Account.CLINICIAN_BOLUS, 3_000, 600, 0)
    assert monitor.prime(1_000, 960_000, 0) == ADMITTED
    assert isinstance(monitor.permit(1, 90), Permit)
    assert isinstance(monitor.permit(1, 600), Permit)
    assert monitor.permit(1, 600) == Denial.AHEAD


@pytest.mark.parametrize(
    ("volume_nl", "nl_per_day", "denial"),
    [
        (0, 960_000, Denial.IMPOSSIBLE),
        (20_000_001, 960_000, Denial.IMPOSSIBLE),
        (1_000, 0, Denial.IMPOSSIBLE),
        (1_000, 1_000_000, ADMITTED),
        (1_000, 1_000_001, Denial.ABOVE_HIGHEST_FLOW),
        (7_000, 960_000, Denial.HOUR_CAP),
        (60_000, 144_000, Denial.FOUR_HOURS_CAP),
    ],
)
@pytest.mark.requirement("PC-06")
def test_a_prime_is_judged(volume_nl: int, nl_per_day: int, denial: int) -> None:
    assert loaded(continuous(0)).prime(volume_nl, nl_per_day, 0) == denial


def test_no_prime_before_a_bridge_is_over() -> None:
    monitor = loaded(BRIDGED)
    assert monitor.prime(1_000, 960_000, 0) == Denial.OTHER_RUNNING
    monitor.follow(Phase.STOPPED, 10)
    assert monitor.prime(1_000, 960_000, 20) == Denial.OTHER_RUNNING


def test_at_the_minimum_rate_only_the_minimum_flows() -> None:
    monitor = loaded()
    monitor.follow(Phase.MINIMUM, 0)
    given_until(monitor, 2 * HOUR, every_s=HOUR)
    assert isinstance(monitor.permit(1, 2 * HOUR), Permit)
    assert monitor.permit(1, 2 * HOUR) == Denial.AHEAD


@pytest.mark.requirement("PC-10")
@pytest.mark.parametrize("phase", [Phase.STOPPED, Phase.HALTED, Phase.EMPTY, Phase.ENDED])
def test_a_pump_that_stands_moves_nothing(phase: Phase) -> None:
    monitor = loaded()
    monitor.follow(phase, HALF_HOUR)
    assert monitor.permit(1, HALF_HOUR) == Denial.NOTHING_DUE


# -- clocks --------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-06", "PC-51")
def test_a_clock_that_would_repeat_a_high_step_is_not_set() -> None:
    night = Program("flex", (WeekStep(0, 240_000), WeekStep(HOUR, 0)))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1))
    given_until(monitor, HOUR, every_s=360)
    assert monitor.set_clock(604_800 - HOUR, HOUR) == Denial.FOUR_HOURS_CAP
    assert monitor.set_clock(HOUR, HOUR) == ADMITTED
    assert monitor.set_clock(604_800 - HOUR, 6 * HOUR) == ADMITTED


def test_a_clock_that_was_set_moves_the_steps() -> None:
    monitor = loaded(Program("flex", (WeekStep(0, 0), WeekStep(DAY, BASAL))))
    assert monitor.permit(2, HALF_HOUR) == Denial.AHEAD
    assert monitor.set_clock(DAY, HALF_HOUR) == ADMITTED
    given_until(monitor, 3 * HALF_HOUR, from_s=HALF_HOUR)


@pytest.mark.requirement("PC-53")
def test_clocks_that_disagree_are_a_fault() -> None:
    monitor = loaded()
    told = [monitor.clock(0, 7), monitor.clock(60, 67), monitor.clock(120, 130)]
    assert told == [None, None, Fault.CLOCKS_DISAGREE]


# -- loss of power -------------------------------------------------------------------------------


@pytest.mark.requirement("PC-40", "PC-41")
@settings(max_examples=40)
@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_restored_monitor_gives_the_same_answers(number: int, other: int) -> None:
    pair, _ = history(number)
    twin, now_s = pair.branch(), pair.state.now_s
    assert twin.monitor.snapshot() == pair.monitor.snapshot()
    for each in (pair, twin):
        each.send(implant.values.StartOrdered(now_s + other))
        each.send(implant.values.BolusOrdered(now_s + other, 2_000, 300))
        each.wake(now_s + other + DAY)
    assert (twin.times, twin.strokes, twin.refused) == (pair.times, pair.strokes, pair.refused)
    assert twin.answers == pair.answers
    assert twin.monitor.snapshot() == pair.monitor.snapshot()
    seen(f"last answer {pair.answers[-1:]}")


def test_a_monitor_is_restored_before_any_program() -> None:
    monitor = Monitor(PUMP)
    monitor.restore(Monitor(PUMP).snapshot(), b"", b"", b"")
    assert monitor.snapshot() == Monitor(PUMP).snapshot()


@pytest.mark.requirement("PC-43")
def test_a_snapshot_of_another_program_is_refused() -> None:
    snapshot = loaded().snapshot()
    raw = encode_program(continuous(5)), encode_limits(LIMITS)
    with pytest.raises(InputError, match="belongs to another program"):
        Monitor(PUMP).restore(snapshot, b"", *raw)
    with pytest.raises(InputError, match="belongs to another program"):
        Monitor(PUMP).restore(snapshot, b"", b"", b"")


def test_a_torn_snapshot_is_refused() -> None:
    with pytest.raises(InputError, match="a snapshot of the monitor has"):
        Monitor(PUMP).restore(loaded().snapshot()[:-1], b"", b"", b"")


# -- separateness --------------------------------------------------------------------------------

OWN = {"clocks", "coming", "denials", "due", "monitor", "told", "windows"}
SHARED = {
    "thecal.errors": {"InputError"},
    "thecal.pump.amounts": {"DAY_S", "WEEK_S", "rounded_up", "volume_words"},
    "thecal.pump.implant.values": {"Account", "Fault", "Permit", "Phase"},
    "thecal.pump.program": {"STOPPED", "Hardware"},
}


@pytest.mark.requirement("PC-14")
@pytest.mark.parametrize("name", sorted(OWN))
def test_the_monitor_shares_words_and_whole_numbers_only(name: str) -> None:
    path = Path(implant.__file__).with_name(f"{name}.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("thecal") for alias in node.names)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("thecal"):
            module = str(node.module)
            if module.removeprefix("thecal.pump.implant.") not in OWN:
                assert {alias.name for alias in node.names} <= SHARED[module]


@pytest.mark.requirement("PC-14")
def test_the_controller_knows_nothing_of_the_monitor() -> None:
    folder = Path(implant.__file__).parent
    for name in ("actions", "controller", "lockouts", "motion", "plan", "table", "turn"):
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert not any(f"implant.{own} import" in text for own in OWN)


def test_every_denial_has_words() -> None:
    assert set(DENIAL_WORDS) == set(Denial)


def test_denials_are_numbered_for_ever() -> None:
    assert all(one + 1 == other for one, other in pairwise(Denial))


# -- edges ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-53")
def test_after_lost_time_the_counter_does_not_run_back() -> None:
    monitor = loaded()
    monitor.lost(10, DAY)
    assert monitor.permit(1, DAY - 1) == Denial.CLOCK_BACK


@pytest.mark.requirement("PC-53")
def test_after_a_change_of_phase_the_counter_does_not_run_back() -> None:
    monitor = loaded()
    monitor.follow(Phase.RUNNING, HOUR)
    assert monitor.permit(1, HOUR - 1) == Denial.CLOCK_BACK


@pytest.mark.requirement("PC-14")
def test_a_permit_lives_by_the_flow_that_made_its_stroke_due() -> None:
    monitor = loaded(Program("flex", (WeekStep(0, BASAL), WeekStep(HALF_HOUR, 10 * BASAL))), WIDE)
    assert monitor.permit(1, HALF_HOUR) == Permit(1, 1, 3 * HALF_HOUR)


@pytest.mark.requirement("PC-14")
def test_a_permit_of_the_second_at_which_a_prime_begins_lasts_two_seconds() -> None:
    monitor = loaded()
    monitor.prime(4_000, 96_000, 0)
    assert monitor.permit(1, 0) == Permit(1, 1, 2)


def test_a_prime_of_the_whole_reservoir_is_possible() -> None:
    monitor = loaded(limits=WIDE)
    assert monitor.prime(PUMP.reservoir_nl, PUMP.highest_nl_per_day, 0) == ADMITTED


def test_a_prime_may_be_as_slow_as_the_smallest_flow() -> None:
    assert loaded().prime(1, 1, 0) == ADMITTED


def test_a_bolus_of_the_whole_reservoir_is_too_fast_but_not_impossible() -> None:
    asked = (Account.CLINICIAN_BOLUS, PUMP.reservoir_nl, 7 * DAY)
    assert loaded(limits=WIDE).admit(*asked, 0) == Denial.ABOVE_HIGHEST_FLOW


@pytest.mark.requirement("PC-14")
def test_what_flows_counts_from_the_second_of_the_program_on() -> None:
    assert loaded().permit(2, HALF_HOUR - 1) == Denial.AHEAD
    assert isinstance(loaded().permit(2, HALF_HOUR), Permit)


@pytest.mark.requirement("PC-52")
def test_a_program_begins_at_its_second_of_the_week() -> None:
    late = Program("flex", (WeekStep(0, 0), WeekStep(DAY, BASAL)))
    assert loaded(late).permit(2, HALF_HOUR) == Denial.AHEAD
    assert isinstance(loaded(late, offset_s=DAY).permit(2, HALF_HOUR), Permit)


@pytest.mark.parametrize("primed_nl", [0, 4_000])
def test_a_bridge_begins_on_a_pump_that_runs_or_primes(primed_nl: int) -> None:
    monitor = loaded(limits=WIDE)
    monitor.prime(primed_nl, 960_000, 0)
    monitor.load(encode_program(BRIDGED), encode_limits(LIMITS), 0, 0)
    monitor.follow(Phase.BRIDGING, 0)
    given_until(monitor, 4 * 900, every_s=900)


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


@pytest.mark.requirement("PC-51")
def test_a_clock_that_is_not_set_changes_nothing() -> None:
    night = Program("flex", (WeekStep(0, 240_000), WeekStep(HOUR, 0)))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1))
    given_until(monitor, HOUR, every_s=360)
    monitor.follow(Phase.RUNNING, HOUR)
    before = monitor.snapshot()
    assert monitor.set_clock(604_800 - HOUR, HOUR) == Denial.FOUR_HOURS_CAP
    assert monitor.snapshot() == before


@pytest.mark.requirement("PC-41")
@pytest.mark.parametrize("power_was_lost", [False, True])
def test_a_prime_that_was_stopped_does_not_go_on(*, power_was_lost: bool) -> None:
    program, limits = encode_program(continuous(0)), encode_limits(LIMITS)
    monitor = loaded(continuous(0))
    monitor.prime(4_000, 960_000, 0)
    if power_was_lost:
        snapshot, monitor = monitor.snapshot(), Monitor(PUMP)
        monitor.restore(snapshot, b"", program, limits)
    monitor.follow(Phase.STOPPED, 0)
    monitor.follow(Phase.RUNNING, 0)
    assert isinstance(monitor.permit(1, 90), Permit)
    assert monitor.permit(1, 180) == Denial.AHEAD


@pytest.mark.requirement("PC-06", "PC-51")
def test_a_clock_is_judged_with_the_bridge_that_waits() -> None:
    steps = (WeekStep(0, 240_000), WeekStep(HOUR, 0))
    night = Program("flex", steps, bridge=Bridge(4_000, 96_000))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1), offset_s=HOUR)
    monitor.follow(Phase.STOPPED, 0)
    assert monitor.set_clock(7 * DAY - HOUR, 0) == Denial.FOUR_HOURS_CAP


def test_a_bolus_is_judged_by_the_step_of_the_week_that_runs() -> None:
    steps = (WeekStep(0, 0), WeekStep(DAY, 900_000), WeekStep(2 * DAY, 0))
    monitor = loaded(Program("flex", steps), WIDE, offset_s=DAY)
    assert monitor.admit(Account.CLINICIAN_BOLUS, 3_000, 600, 0) == Denial.ABOVE_HIGHEST_FLOW


@pytest.mark.requirement("PC-06")
def test_a_prime_that_would_now_meet_a_high_step_is_told() -> None:
    night = Program("flex", (WeekStep(0, 0), WeekStep(12 * HOUR, 240_000), WeekStep(13 * HOUR, 0)))
    monitor = loaded(night, Limits(SafeAction.HOLD, 11_000, 12_000, 99_000, 0, 1))
    assert monitor.prime(4_000, 96_000, 0) == ADMITTED
    assert monitor.lost(0, 11 * HOUR) == Denial.FOUR_HOURS_CAP


def test_a_bolus_may_last_a_single_second() -> None:
    assert loaded().admit(Account.CLINICIAN_BOLUS, 1, 1, 0) == ADMITTED


@pytest.mark.requirement("PC-05")
def test_nothing_more_of_a_cancelled_bolus_is_permitted() -> None:
    monitor = loaded()
    monitor.admit(Account.PATIENT_BOLUS, 3_000, 600, 0)
    monitor.cancelled(0)
    assert isinstance(monitor.permit(1, 200), Permit)
    assert monitor.permit(1, 400) == Denial.AHEAD
