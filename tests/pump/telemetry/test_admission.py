"""Who is heard at all: so many a second, and longer and longer waits after failures."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.telemetry.admission import LONGEST_WAIT_S, Bucket, Waiting


@given(st.integers(1, 20), st.lists(st.integers(0, 3), max_size=60))
def test_no_second_lets_more_through_than_it_may(most: int, steps: list[int]) -> None:
    bucket, now_s, passed = Bucket(most), 0, dict[int, int]()
    for step_s in steps:
        now_s += step_s
        passed[now_s] = passed.get(now_s, 0) + bucket.take(now_s)
    assert all(count <= most for count in passed.values())


def test_what_is_given_back_can_be_taken_again() -> None:
    bucket = Bucket(1)
    assert bucket.take(5)
    bucket.give_back()
    assert bucket.take(5)


def test_giving_back_never_makes_more() -> None:
    bucket = Bucket(1)
    bucket.give_back()
    assert [bucket.take(5), bucket.take(5)] == [True, False]


@pytest.mark.requirement("PC-87")
def test_a_wait_doubles_up_to_a_minute() -> None:
    waiting = Waiting()
    assert [waiting.fail(0) for _ in range(100)] == [1, 2, 4, 8, 16, 32] + [LONGEST_WAIT_S] * 94


@pytest.mark.requirement("PC-87")
def test_a_wait_ends_by_itself() -> None:
    waiting = Waiting()
    waiting.fail(10)
    waiting.fail(10)
    assert [waiting.left_s(now_s) for now_s in (10, 11, 12, 13)] == [2, 1, 0, 0]


def test_a_success_ends_the_waiting() -> None:
    waiting = Waiting()
    waiting.fail(10)
    waiting.succeed()
    assert (waiting.left_s(10), waiting.fail(10)) == (0, 1)
