from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant.coming import Bolus, Coming
from thecal.pump.implant.due import LATE_S, Due
from thecal.pump.implant.told import Basal

pytestmark = pytest.mark.requirement("PC-12", "PC-14")

STROKE = 100
FLOW = 10
BASAL = Basal((0,), (FLOW,))


def due(credit: int = 0) -> Due:
    return Due(Coming(0, 0, BASAL), STROKE, credit)


def test_what_is_due_grows_with_the_flow() -> None:
    assert [due().room(second) for second in (0, 1, 9, 10)] == [0, 10, 90, 100]


def test_a_stroke_may_be_late_by_two_seconds() -> None:
    late = due()
    assert late.room(10 + LATE_S) >= STROKE


@given(st.integers(13, 100_000))
def test_room_is_never_saved_up(silent_s: int) -> None:
    assert due().room(silent_s) == 119  # less than a stroke, and two seconds' flow


@given(st.lists(st.integers(1, 40), max_size=30))
def test_settling_again_and_again_saves_up_no_more(spans: list[int]) -> None:
    late, now_s = due(), 0
    for span_s in spans:
        now_s += span_s
        late.settle(now_s)
    assert late.room(now_s + LATE_S + 1) < STROKE + (LATE_S + 1) * FLOW


@given(st.lists(st.integers(1, LATE_S), max_size=60))
def test_nothing_is_lost_by_one_who_asks_in_time(spans: list[int]) -> None:
    timely, now_s, given_parts = due(), 0, 0
    for span_s in spans:
        now_s += span_s
        timely.settle(now_s)
        if timely.room(now_s) >= STROKE:
            timely.credit -= STROKE
            given_parts += STROKE
    assert timely.room(now_s) + given_parts == now_s * FLOW


def test_settling_in_the_past_adds_nothing() -> None:
    back = due()
    back.settle(9)
    back.settle(3)
    assert back.room(9) == 90


@pytest.mark.requirement("PC-45")
def test_lost_time_adds_nothing() -> None:
    lost = due()
    lost.lose(9, 5_000)
    assert lost.room(5_001) == 100


@pytest.mark.requirement("PC-08", "PC-45")
def test_a_bolus_goes_on_after_lost_time_with_its_remainder() -> None:
    lost = Due(Coming(0, 0, Basal((0,), (0,)), bolus=Bolus(10, 100)), STROKE)
    assert lost.lose(40, 5_000).bolus == Bolus(10, 100, 40)
    assert lost.coming.due(9_999) == 6 * 86_400


@given(st.integers(10, 11), st.integers(1, 50))
def test_it_does_not_matter_whether_late_strokes_are_asked_for_before_the_loss_is_told(
    due_s: int, lost_s: int
) -> None:
    asked_first, told_first = due(), due()
    now_s = due_s + lost_s
    asked_first.room(now_s)
    asked_first.credit -= STROKE
    asked_first.lose(due_s, now_s)
    told_first.lose(due_s, now_s)
    told_first.credit -= STROKE
    assert asked_first.room(now_s) == told_first.room(now_s)


def test_what_was_struck_off_before_stays_struck_off() -> None:
    silent = due()
    assert silent.room(5_000) == 119
    silent.lose(6_000, 7_000)
    assert silent.room(7_000) == 119


def test_losing_time_that_is_over_changes_nothing() -> None:
    back = due()
    back.settle(9)
    assert back.lose(3, 5).now_s == 9


def test_what_was_due_before_may_be_late_by_two_seconds_too() -> None:
    credit = STROKE + 5
    assert due(credit).room(LATE_S) == credit + LATE_S * FLOW
    assert due(credit).room(LATE_S + 1) == 119


def test_asking_twice_in_a_second_changes_nothing() -> None:
    once, twice = due(), due()
    once.room(20)
    twice.room(20)
    twice.room(20)
    once.lose(11, 20)
    twice.lose(11, 20)
    assert twice.room(20) == once.room(20)


def test_a_loss_gives_back_what_seemed_late_once() -> None:
    told_twice = due()
    told_twice.room(20)
    told_twice.lose(11, 20)
    room = told_twice.room(20)
    told_twice.lose(20, 20)
    assert told_twice.room(20) == room


def test_what_was_struck_off_an_earlier_second_is_not_given_back() -> None:
    late = due()
    late.room(20)
    late.credit -= STROKE
    late.lose(21, 30)
    assert late.room(30) == 29
