"""Flex steps laid out over the week."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from thecal.prescription import Flex, FlexStep
from thecal.prescription.orders import DAY_S, WEEK_S
from thecal.prescription.week import busiest_day, first_overlap, gap_text, gaps, stretches
from thecal.quantity import Quantity

DOSE = Quantity.of(1, "mg/day")
EVERY_DAY = frozenset(range(7))
MINUTES = st.integers(0, 1439).map(lambda minute: 60 * minute)


def step(days: frozenset[int], start_s: int, end_s: int) -> FlexStep:
    return FlexStep(days, start_s, end_s, DOSE)


@st.composite
def steps(draw: st.DrawFn) -> FlexStep:
    start_s, end_s = draw(st.lists(MINUTES, min_size=2, max_size=2, unique=True))
    days = draw(st.frozensets(st.integers(0, 6), min_size=1))
    return step(days, start_s, end_s)


@given(st.lists(steps(), min_size=1, max_size=5))
def test_stretches_hold_the_time_of_their_steps(drawn: list[FlexStep]) -> None:
    pieces = stretches(Flex(tuple(drawn)))
    assert sum(piece.end_s - piece.start_s for piece in pieces) == sum(
        one.length_s * len(one.days) for one in drawn
    )
    assert all(0 <= piece.start_s < piece.end_s <= WEEK_S for piece in pieces)


@given(st.lists(steps(), min_size=1, max_size=5))
def test_an_overlap_is_found_exactly_when_a_minute_is_covered_twice(drawn: list[FlexStep]) -> None:
    pieces = stretches(Flex(tuple(drawn)))
    minutes = [
        minute for piece in pieces for minute in range(piece.start_s // 60, piece.end_s // 60)
    ]
    assert (first_overlap(pieces) is not None) == (len(minutes) != len(set(minutes)))


@given(steps())
def test_a_step_and_its_gaps_fill_the_week(one: FlexStep) -> None:
    pieces = stretches(Flex((one,)))
    if first_overlap(pieces) is None:
        covered = sum(piece.end_s - piece.start_s for piece in pieces)
        assert covered + sum(end - start for start, end in gaps(pieces)) == WEEK_S


def test_a_step_over_midnight_belongs_to_the_day_on_which_it_starts() -> None:
    (piece,) = stretches(Flex((step(frozenset({0}), 22 * 3600, 6 * 3600),)))
    assert (piece.start_s, piece.end_s) == (22 * 3600, DAY_S + 6 * 3600)


def test_a_step_until_midnight_ends_there_however_midnight_is_written() -> None:
    late, early = (step(EVERY_DAY, 3600, end_s) for end_s in (DAY_S, 0))
    assert late.length_s == early.length_s == 23 * 3600


def test_a_step_that_began_the_day_before_counts_for_the_day() -> None:
    flex = Flex((step(EVERY_DAY, 22 * 3600, 6 * 3600), step(EVERY_DAY, 6 * 3600, 22 * 3600)))
    assert busiest_day(stretches(flex)) == (0, 3)


def test_a_gap_on_some_days_names_the_days() -> None:
    assert gap_text(((3600, 7200), (2 * DAY_S + 3600, 2 * DAY_S + 7200))) == (
        "Monday and Wednesday 01:00 to 02:00"
    )
