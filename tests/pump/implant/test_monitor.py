from __future__ import annotations

import pytest
from hypothesis import event as seen
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.monitors import (
    BASAL,
    DAY,
    HALF_HOUR,
    HOUR,
    LIMITS,
    PROGRAM,
    PUMP,
    STROKE,
    WIDE,
    continuous,
    given_until,
    loaded,
)
from thecal.errors import InputError
from thecal.pump.implant import monitor as monitor_module
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.denials import ADMITTED, Denial
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.told import Caps
from thecal.pump.implant.values import Account, Limits, Permit, Phase, SafeAction
from thecal.pump.program import (
    Program,
    WeekStep,
)


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


@pytest.mark.requirement("PC-24")
@pytest.mark.parametrize("which", range(4))
@pytest.mark.parametrize("bit", range(0, 64, 3))
def test_a_flipped_bit_in_a_limit_moves_nothing(which: int, bit: int) -> None:
    monitor = loaded()
    numbers = [*monitor._caps.strokes, monitor._caps.minimum_flow]
    numbers[which] ^= 1 << bit
    monitor._caps = Caps((numbers[0], numbers[1], numbers[2]), numbers[3])
    assert monitor.permit(1, HALF_HOUR) == Denial.LIMITS_CORRUPT


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


@pytest.mark.requirement("PC-14")
def test_a_permit_lives_by_the_flow_that_made_its_stroke_due() -> None:
    monitor = loaded(Program("flex", (WeekStep(0, BASAL), WeekStep(HALF_HOUR, 10 * BASAL))), WIDE)
    assert monitor.permit(1, HALF_HOUR) == Permit(1, 1, 3 * HALF_HOUR)


@pytest.mark.requirement("PC-14")
def test_what_flows_counts_from_the_second_of_the_program_on() -> None:
    assert loaded().permit(2, HALF_HOUR - 1) == Denial.AHEAD
    assert isinstance(loaded().permit(2, HALF_HOUR), Permit)
