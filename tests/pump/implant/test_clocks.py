from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant.clocks import Clocks

pytestmark = pytest.mark.requirement("PC-53")

HOUR = 3_600
DAY = 86_400


def agree(readings: list[tuple[int, int]]) -> list[bool]:
    clocks = Clocks()
    return [clocks.agree(now_s, own_s) for now_s, own_s in readings]


@given(st.lists(st.integers(0, 2 * DAY), max_size=40), st.integers(0, 1 << 40))
def test_equal_clocks_agree_whatever_second_they_began_at(spans: list[int], begun_s: int) -> None:
    at_s = [sum(spans[:count]) for count in range(len(spans) + 1)]
    assert all(agree([(one_s, one_s + begun_s) for one_s in at_s]))


@pytest.mark.parametrize(
    ("apart_s", "span_s", "expected"),
    [
        (1, 0, True),
        (2, 0, False),
        (1, 999, True),
        (2, 999, False),
        (2, 1_000, True),
        (87, DAY, True),
        (88, DAY, False),
        (-87, DAY, True),
        (-88, DAY, False),
    ],
)
def test_a_second_and_a_thousandth_is_allowed(apart_s: int, span_s: int, *, expected: bool) -> None:
    assert agree([(DAY, 0), (DAY + span_s + apart_s, span_s)])[1] is expected


@pytest.mark.parametrize(
    ("gain", "found_h"), [(2_000_000, 1), (1_002_000, 1), (998_000, 1), (1_001_050, 4)]
)
def test_a_drift_is_found_as_soon_as_it_can_be(gain: int, found_h: int) -> None:
    readings = [(hour * HOUR * gain // 1_000_000, hour * HOUR) for hour in range(30)]
    assert agree(readings).index(False) == found_h


def test_a_drift_of_a_thousandth_is_never_found() -> None:
    readings = [(hour * HOUR * 1_001 // 1_000, hour * HOUR) for hour in range(100)]
    assert all(agree(readings))


def test_a_jump_is_found_at_the_next_reading() -> None:
    assert agree([(0, 0), (30, 30), (62, 60)]) == [True, True, False]


def test_a_clock_that_stands_still_is_found() -> None:
    assert agree([(0, 0), (60, 0)]) == [True, False]


def test_the_own_clock_running_back_is_found() -> None:
    assert agree([(0, 100), (1, 99)]) == [True, False]


@pytest.mark.parametrize("every_s", [60, HOUR, 2 * HOUR])
def test_only_a_day_is_remembered_and_no_more_than_each_hour(every_s: int) -> None:
    clocks = Clocks()
    for at_s in range(0, 5 * DAY, every_s):
        clocks.agree(at_s, at_s)
    oldest_s = clocks._held[0][1]
    assert len(clocks._held) <= 26
    assert oldest_s <= at_s - DAY + every_s
    assert oldest_s > at_s - DAY - 2 * HOUR


def agree_by_definition(readings: list[tuple[int, int]]) -> list[bool]:
    """Compare each reading with every one held, one by one."""
    held: list[tuple[int, int]] = []
    told = []
    for now_s, own_s in readings:
        while len(held) > 1 and held[1][1] <= own_s - DAY:
            held.pop(0)
        spans = [(now_s - then_s, own_s - own_then_s) for then_s, own_then_s in held]
        told.append(all(own >= 0 and 1_000 * abs(span - own) <= own + 1_000 for span, own in spans))
        if told[-1] and (not held or own_s - held[-1][1] >= HOUR):
            held.append((now_s, own_s))
    return told


@given(
    st.lists(
        st.tuples(st.integers(0, 6 * HOUR), st.sampled_from((-40, -5, -2, -1, 0, 0, 1, 2, 5, 40))),
        max_size=60,
    )
)
def test_the_bounds_say_what_every_reading_held_would_say(steps: list[tuple[int, int]]) -> None:
    now_s = own_s = 0
    readings = []
    for span_s, apart_s in steps:
        now_s, own_s = now_s + span_s, own_s + span_s + apart_s
        readings.append((now_s, own_s))
    assert agree(readings) == agree_by_definition(readings)
