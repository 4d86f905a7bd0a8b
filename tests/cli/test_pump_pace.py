"""The pump's time beside the wall's: faster, as fast in a session, and never back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thecal.cli.pump.pace import Pace

SECOND = 1_000_000_000


class Wall:
    def __init__(self) -> None:
        self.ns = 0

    def read(self) -> int:
        return self.ns


def test_the_pump_runs_at_the_speed_that_was_asked_for() -> None:
    wall = Wall()
    pace = Pace(3_600, 10, wall.read)
    wall.ns = SECOND // 2
    assert pace.now_s() == 1_810


def test_in_a_session_it_runs_at_the_walls_pace() -> None:
    wall = Wall()
    pace = Pace(3_600, 0, wall.read)
    wall.ns = SECOND
    pace.mind_session(is_open=True)
    wall.ns = 31 * SECOND
    assert pace.now_s() == 3_630


def test_after_a_session_it_runs_fast_again() -> None:
    wall = Wall()
    pace = Pace(3_600, 0, wall.read)
    pace.mind_session(is_open=True)
    wall.ns = 10 * SECOND
    pace.mind_session(is_open=False)
    wall.ns = 11 * SECOND
    assert pace.now_s() == 3_610


def test_it_says_how_long_to_wait() -> None:
    pace = Pace(60, 0, Wall().read)
    assert (pace.wait_s(30), pace.wait_s(-5)) == (0.5, 0)


def test_a_pump_that_cannot_keep_up_becomes_slower() -> None:
    wall = Wall()
    pace = Pace(3_600, 0, wall.read)
    wall.ns = SECOND
    pace.hold_back(100)
    assert pace.now_s() == 100


def test_a_pump_that_keeps_up_is_not_held_back() -> None:
    wall = Wall()
    pace = Pace(3_600, 0, wall.read)
    pace.hold_back(100)
    assert pace.now_s() == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 10**10)), max_size=30))
def test_it_never_runs_back(turns: list[tuple[bool, int]]) -> None:
    wall = Wall()
    pace = Pace(600, 5, wall.read)
    seen = [pace.now_s()]
    for in_session, passed_ns in turns:
        wall.ns += passed_ns
        seen.append(pace.now_s())
        pace.mind_session(is_open=in_session)
        seen.append(pace.now_s())
    assert seen == sorted(seen)
