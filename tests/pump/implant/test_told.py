from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.strategies import HIGHEST, programs, steps
from thecal.errors import InputError
from thecal.pump.implant.codec import (
    decode_limits,
    decode_program,
    encode_limits,
    encode_program,
)
from thecal.pump.implant.told import Basal, Told, caps_told, highest_in_window, program_told
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import STOPPED, Bridge, PatientBolus, Program, ScheduledBolus, WeekStep

pytestmark = pytest.mark.requirement("PC-82")

WEEK = 604_800
RESERVOIR = 4_000
FULL = Program(
    "flex",
    (WeekStep(0, 100), WeekStep(3_600, 200)),
    (ScheduledBolus(0, 7, 60, 100), ScheduledBolus(5, 8, 90)),
    PatientBolus(9, 30, 600, 4),
    Bridge(300, 250),
)
LIMITS = Limits(SafeAction.HOLD, 1_999, 5_000, 20_000, 300, 4_000)


def told(program: Program) -> Told:
    return program_told(encode_program(program), HIGHEST, RESERVOIR)


@given(programs())
def test_both_readings_of_a_program_agree(program: Program) -> None:
    raw = encode_program(program)
    one, other = decode_program(raw), program_told(raw, HIGHEST, RESERVOIR)
    assert tuple(map(WeekStep, other.basal.starts, other.basal.flows)) == one.steps
    assert other.stopped == (one.mode == STOPPED)
    assert other.scheduled == {(each.volume_nl, each.duration_s) for each in one.boluses}
    bolus = one.patient_bolus
    assert other.patient == (bolus and (bolus.volume_nl, bolus.duration_s))
    assert other.bridge == (one.bridge and (one.bridge.volume_nl, one.bridge.nl_per_day))


@given(st.binary(max_size=40) | st.binary(max_size=20).map(lambda tail: b"\x01\x04flex" + tail))
def test_what_the_codec_refuses_the_monitor_refuses(raw: bytes) -> None:
    try:
        decode_program(raw)
    except InputError:
        with pytest.raises(InputError):
            program_told(raw, HIGHEST, RESERVOIR)


@given(st.data())
def test_a_program_with_a_piece_missing_is_refused(data: st.DataObject) -> None:
    raw = encode_program(FULL)
    length = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(InputError):
        program_told(raw[:length], HIGHEST, RESERVOIR)


@given(st.builds(Limits, st.sampled_from(SafeAction), *[st.integers(1, 1 << 50)] * 5))
def test_both_readings_of_limits_agree(limits: Limits) -> None:
    raw = encode_limits(limits)
    one, other = decode_limits(raw), caps_told(raw, 7)
    assert other.strokes == (one.hour_nl // 7, one.four_hours_nl // 7, one.day_nl // 7)
    assert other.minimum_flow == one.minimum_nl_per_day


def test_a_cap_is_rounded_down_to_whole_strokes() -> None:
    assert caps_told(encode_limits(LIMITS), 1_000).strokes == (1, 5, 20)


@pytest.mark.parametrize("length", range(42))
def test_limits_with_a_piece_missing_are_refused(length: int) -> None:
    with pytest.raises(InputError):
        caps_told(encode_limits(LIMITS)[:length], 1_000)


@pytest.mark.parametrize("read", ["program", "limits"])
@pytest.mark.parametrize("damage", ["too long", "another layout"])
def test_bytes_of_another_form_are_refused(read: str, damage: str) -> None:
    raw = encode_program(FULL) if read == "program" else encode_limits(LIMITS)
    raw = raw + b"\0" if damage == "too long" else b"\2" + raw[1:]
    with pytest.raises(InputError, match="too many" if damage == "too long" else "layout 1"):
        program_told(raw, HIGHEST, RESERVOIR) if read == "program" else caps_told(raw, 1_000)


def test_a_mark_that_is_neither_yes_nor_no_is_refused() -> None:
    raw = bytearray(encode_program(replace(FULL, patient_bolus=None, bridge=None)))
    raw[-1] = 2
    with pytest.raises(InputError, match="neither 0 nor 1"):
        program_told(bytes(raw), HIGHEST, RESERVOIR)


@pytest.mark.parametrize("starts", [(), (1,), (0, 0), (0, 5, 3), (0, WEEK), (0, WEEK + 1)], ids=str)
def test_steps_that_make_no_week_are_refused(starts: tuple[int, ...]) -> None:
    steps_raw = b"".join(start.to_bytes(4, "big") + bytes(8) for start in starts)
    raw = b"\x01\x04flex" + len(starts).to_bytes(2, "big") + steps_raw + bytes(4)
    with pytest.raises(InputError, match="do not make a week"):
        program_told(raw, HIGHEST, RESERVOIR)


@pytest.mark.parametrize(
    "program",
    [
        replace(FULL, steps=(WeekStep(0, 0), WeekStep(7, HIGHEST + 1))),
        replace(FULL, bridge=Bridge(300, HIGHEST + 1)),
    ],
)
def test_a_flow_above_the_pump_s_highest_is_refused(program: Program) -> None:
    with pytest.raises(InputError, match=f"a flow of {HIGHEST + 1} nL/day"):
        told(program)


def test_the_highest_flow_itself_is_allowed() -> None:
    assert told(replace(FULL, steps=(WeekStep(0, HIGHEST),))).basal.flows == (HIGHEST,)


def test_a_stopped_program_with_a_flow_is_refused() -> None:
    raw = encode_program(replace(FULL, mode="flexing")).replace(b"flexing", b"stopped")
    with pytest.raises(InputError, match="may give 0 nL/day at most"):
        program_told(raw, HIGHEST, RESERVOIR)


@pytest.mark.parametrize("bridge", [(RESERVOIR + 1, 100), (100, 0)])
def test_a_bridge_that_cannot_be_is_refused(bridge: tuple[int, int]) -> None:
    raw = encode_program(replace(FULL, bridge=None))[:-1] + b"\x01"
    raw += bridge[0].to_bytes(8, "big") + bridge[1].to_bytes(8, "big")
    with pytest.raises(InputError, match="reads a bridge of"):
        program_told(raw, HIGHEST, RESERVOIR)


# -- the closed form -----------------------------------------------------------------------------


def basal(week: tuple[WeekStep, ...]) -> Basal:
    return Basal(tuple(step.start_s for step in week), tuple(step.nl_per_day for step in week))


@given(steps(), st.integers(0, 3 * WEEK), st.integers(0, 400))
def test_the_integral_is_the_sum_of_the_seconds(
    week: tuple[WeekStep, ...], start_s: int, span_s: int
) -> None:
    flow = basal(week)
    by_the_second = 0
    for second in range(start_s, start_s + span_s):
        by_the_second += [step.nl_per_day for step in week if step.start_s <= second % WEEK][-1]
    assert flow.parts(start_s + span_s) - flow.parts(start_s) == by_the_second


@given(steps(), st.integers(0, 2 * WEEK))
def test_the_flow_is_what_the_next_second_adds(week: tuple[WeekStep, ...], second: int) -> None:
    flow = basal(week)
    assert flow.flow(second) == flow.parts(second + 1) - flow.parts(second)


@given(steps(), st.integers(0, 2 * WEEK), st.integers(0, WEEK))
def test_the_edges_are_where_steps_begin(
    week: tuple[WeekStep, ...], start_s: int, span_s: int
) -> None:
    flow = basal(week)
    found = flow.edges(start_s, start_s + span_s)
    assert found == sorted(found)
    assert all(start_s <= edge_s <= start_s + span_s for edge_s in found)
    weeks = range(start_s // WEEK, (start_s + span_s) // WEEK + 1)
    assert len(found) == sum(
        start_s <= each * WEEK + step.start_s <= start_s + span_s for each in weeks for step in week
    )


@given(steps(), st.sampled_from((1, 60, 3_600, 86_400)), st.integers(0, WEEK))
def test_no_window_holds_more_than_the_highest(
    week: tuple[WeekStep, ...], span_s: int, start_s: int
) -> None:
    flow = basal(week)
    inside = flow.parts(start_s + span_s) - flow.parts(start_s)
    assert inside <= highest_in_window(flow, span_s)


def test_the_highest_window_may_span_the_end_of_the_week() -> None:
    flow = Basal((0, 1_800, WEEK - 1_800), (10, 0, 10))
    assert highest_in_window(flow, 3_600) == 36_000


def test_the_highest_window_may_be_the_one_that_ends_with_a_step() -> None:
    flow = Basal((0, 36_000, 39_600), (1, 9, 0))
    assert highest_in_window(flow, 14_400) == 3 * 3_600 + 9 * 3_600


def test_a_step_that_begins_with_the_last_second_is_an_edge() -> None:
    assert Basal((0, 5), (1, 2)).edges(0, WEEK) == [0, 5, WEEK]


def test_a_bridge_of_the_whole_reservoir_is_allowed() -> None:
    assert told(replace(FULL, bridge=Bridge(RESERVOIR, 250))).bridge == (RESERVOIR, 250)


def test_steps_below_a_flow_are_raised_to_it_and_no_others() -> None:
    raised = Basal((0, 3_600), (10, 20)).at_least(15)
    assert (raised.starts, raised.flows) == ((0, 3_600), (15, 20))


@pytest.mark.parametrize("kept", ["starts", "flows", "_before", "_week"])
def test_bases_are_the_same_by_all_that_they_keep(kept: str) -> None:
    one, same, other = (Basal((0, 3_600), (10, 20)) for _ in range(3))
    setattr(other, kept, 0)
    assert (one == same, one == other, one == (0,)) == (True, False, False)
    assert hash(one) == hash(same)
