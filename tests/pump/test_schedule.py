from __future__ import annotations

import pytest

from thecal.pump import DAY_S, WEEK_S, WeekStep
from thecal.pump.schedule import Schedule

STEPS = (WeekStep(0, 1), WeekStep(100, 5), WeekStep(WEEK_S - 50, 3))


def schedule(now_s: int, offset_s: int = 0) -> Schedule:
    return Schedule(STEPS, DAY_S, offset_s, now_s)


@pytest.mark.parametrize(
    ("now_s", "flow", "until_s"),
    [(0, 1, 100), (99, 1, 100), (100, 5, WEEK_S - 50), (WEEK_S + 7, 1, WEEK_S + 100)],
)
def test_entering_finds_the_step_in_force(now_s: int, flow: int, until_s: int) -> None:
    entered = schedule(now_s)
    assert (entered.flow, entered.until_s) == (flow, until_s)


def test_the_week_begins_where_the_course_says() -> None:
    assert schedule(0, offset_s=WEEK_S - 10).until_s == 10


def test_sunday_is_followed_by_monday() -> None:
    entered = schedule(WEEK_S - 1)
    entered.advance()
    assert (entered.flow, entered.until_s) == (1, WEEK_S + 100)


@pytest.mark.parametrize(
    ("end_s", "peak"),
    [(WEEK_S, 3), (WEEK_S + 100, 3), (WEEK_S + 101, 5), (3 * WEEK_S, 5)],
)
def test_the_peak_looks_ahead_just_so_far(end_s: int, peak: int) -> None:
    assert schedule(WEEK_S - 50).peak(end_s) == peak
