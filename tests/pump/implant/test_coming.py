from __future__ import annotations

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import event as seen
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant import coming as coming_module
from thecal.pump.implant import windows as windows_module
from thecal.pump.implant.coming import NO_BOLUS, NO_SPECIAL, Bolus, Coming, Special, breached
from thecal.pump.implant.told import Basal
from thecal.pump.implant.windows import Windows

pytestmark = pytest.mark.requirement("PC-06")

DAY = 86_400
WEEK = 604_800
SHORT = (6, 24, 60)
"""Spans that can be looked at second by second."""
STROKE = 4 * DAY

flows = st.integers(0, 2 * DAY)


def week(starts: set[int], values: list[int]) -> Basal:
    return Basal((0, *sorted(starts)), tuple(values[: len(starts) + 1]))


basals = st.builds(
    week,
    st.sets(st.integers(1, 120), max_size=4),
    st.lists(flows, min_size=5, max_size=5),
)
specials = st.one_of(
    st.just(NO_SPECIAL),
    st.builds(Special, st.integers(DAY // 2, 3 * DAY), st.integers(1, 40 * DAY)),
)
boluses = st.integers(1, 40).flatmap(
    lambda duration_s: st.builds(
        Bolus, st.integers(1, 30), st.just(duration_s), st.integers(0, duration_s - 1)
    )
)


@st.composite
def comings(draw: st.DrawFn) -> Coming:
    now_s, offset_s = draw(st.integers(0, 60)), draw(st.sampled_from((0, 17, WEEK - 30)))
    special = draw(specials)
    bolus = NO_BOLUS if special.left else draw(st.one_of(st.just(NO_BOLUS), boluses))
    return Coming(now_s, offset_s, draw(basals), special, bolus)


def by_the_second(coming: Coming, seconds: int) -> list[Fraction]:
    """Return what each second from now on adds, written from the words alone."""
    left, gone_s = coming.special.left, coming.bolus.gone_s
    added: list[Fraction] = []
    for second in range(coming.now_s, coming.now_s + seconds):
        if left:
            parts = Fraction(min(left, coming.special.flow))
            left -= int(parts)
        else:
            parts = Fraction(coming.basal.flow(second + coming.offset_s))
        if coming.bolus.volume_nl and gone_s < coming.bolus.duration_s:
            parts += Fraction(coming.bolus.volume_nl * DAY, coming.bolus.duration_s)
        gone_s += 1
        added.append(parts)
    return added


@given(comings(), st.integers(0, 150))
def test_what_is_due_is_the_sum_of_the_seconds(coming: Coming, seconds: int) -> None:
    exact = sum(by_the_second(coming, seconds), Fraction(0))
    due = coming.due(coming.now_s + seconds)
    assert abs(due - exact) < 1
    assert coming.fine(coming.now_s + seconds) == exact * coming.bolus.duration_s


@given(comings(), st.integers(0, 150))
def test_a_flow_is_what_its_second_adds_rounded_up(coming: Coming, seconds: int) -> None:
    added = by_the_second(coming, seconds + 1)[-1]
    flow = coming.flow(coming.now_s + seconds)
    if coming.now_s + seconds == coming.basal_s - 1:
        assert flow == coming.special.flow
    else:
        assert flow == ceil(added)


@given(comings(), st.integers(0, 150), st.integers(0, 150))
def test_advancing_changes_nothing_of_what_comes(coming: Coming, until: int, after: int) -> None:
    middle = coming.advanced(coming.now_s + until)
    end_s = coming.now_s + until + after
    assert coming.due(middle.now_s) + middle.due(end_s) == coming.due(end_s)
    assert middle.flow(end_s) == coming.flow(end_s)


@given(comings())
def test_after_its_end_nothing_is_left_but_the_basal_flow(coming: Coming) -> None:
    end = coming.advanced(coming.end_s)
    assert (end.special, end.bolus) == (NO_SPECIAL, NO_BOLUS)


def judged_by_the_second(
    past: list[int], coming: Coming, most: tuple[int, ...], owed: int | None
) -> set[int]:
    """Return the spans of which some window is too full; every window is looked at."""
    added = by_the_second(coming, coming.end_s - coming.now_s + SHORT[-1] + 1)
    found = set()
    for which, span_s in enumerate(SHORT):
        for begin_s in range(coming.now_s - span_s, coming.end_s + 1):
            behind = sum(begin_s < at_s for at_s in past)
            start = max(begin_s - coming.now_s, 0)
            flows = sum(added[start : begin_s + span_s - coming.now_s], Fraction(0))
            due = owed if owed is not None and begin_s < coming.now_s else STROKE - 1
            if flows and behind + (due + ceil(flows)) // STROKE > most[which]:
                found.add(which)
    return found


@given(
    comings(),
    st.lists(st.integers(0, 60), max_size=12),
    st.tuples(*[st.integers(0, 12)] * 3),
    st.none() | st.integers(0, STROKE - 1),
)
def test_every_window_is_judged(
    coming: Coming, ago_s: list[int], most: tuple[int, int, int], owed: int | None
) -> None:
    times = sorted(max(coming.now_s - ago, 0) for ago in ago_s)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coming_module, "SPANS", SHORT)
        patch.setattr(windows_module, "SPANS", SHORT)
        past = Windows()
        for at_s in times:
            past.add(at_s, 1)
        found = breached(past, coming, most, STROKE, owed)
    expected = judged_by_the_second(times, coming, most, owed)
    seen(f"breached: {bool(expected)}")
    assert found == min(expected, default=None)


@pytest.mark.parametrize(("most", "found"), [(11, 0), (12, None)])
def test_a_window_may_be_fullest_where_it_ends(
    monkeypatch: pytest.MonkeyPatch, most: int, found: int | None
) -> None:
    """A bolus of a stroke a second, and in its middle 3 s of basal flow at two: seconds 2 to 8."""
    monkeypatch.setattr(coming_module, "SPANS", SHORT)
    basal = Basal((0, 5, 8), (0, 2 * STROKE, 0))
    coming = Coming(0, 0, basal, bolus=Bolus(10 * STROKE // DAY, 10))
    assert breached(Windows(), coming, (most, 99, 99), STROKE) == found


def test_a_window_into_which_nothing_flows_is_not_judged() -> None:
    past = Windows()
    past.add(0, 9)
    assert breached(past, Coming(1, 0, Basal((0,), (0,))), (1, 1, 1), STROKE) is None


def test_a_full_window_admits_nothing_more() -> None:
    past = Windows()
    past.add(0, 3)
    coming = Coming(1, 0, Basal((0,), (0,)), bolus=Bolus(4, 1))
    assert breached(past, coming, (3, 9, 9), STROKE) == 0
    assert breached(past, coming, (4, 9, 9), STROKE) is None


@pytest.mark.parametrize(
    ("coming", "most_owed"),
    [
        (Coming(10, 0, Basal((0,), (0,)), Special(STROKE - 1, STROKE - 1)), 0),
        (Coming(10, 0, Basal((0,), (0,)), bolus=Bolus(3, 2)), DAY - 1),
    ],
)
def test_what_is_owed_leaves_room_for_less_than_a_stroke(coming: Coming, most_owed: int) -> None:
    past = Windows()
    past.add(10, 1)
    assert breached(past, coming, (1, 1, 1), STROKE, owed=most_owed) is None
    assert breached(past, coming, (1, 1, 1), STROKE, owed=most_owed + 1) == 0
    assert breached(past, coming, (1, 1, 1), STROKE) == 0


def test_a_stroke_counts_in_the_window_that_begins_with_its_second() -> None:
    past = Windows()
    past.add(10, 1)
    an_hour_less_a_second = 3_599
    coming = Coming(10, 0, Basal((0,), (1,)))
    assert breached(past, coming, (2, 99, 99), an_hour_less_a_second) is None
    assert breached(past, coming, (2, 99, 99), an_hour_less_a_second - 1) == 0


def test_a_window_may_be_fullest_where_a_bolus_ends() -> None:
    coming = Coming(0, 0, Basal((0, 7_000), (0, DAY // 2)), bolus=Bolus(10_000, 10_000, 1_000))
    fullest = 3_600 + 2_000 // 2
    assert breached(Windows(), coming, (fullest - 1, 10**6, 10**6), DAY) == 0
    assert breached(Windows(), coming, (fullest, 10**6, 10**6), DAY) is None


@pytest.mark.parametrize("offset_s", [0, 100, 4_000])
def test_a_day_may_be_fullest_where_a_step_ends_after_it(offset_s: int) -> None:
    steps = (0, 72_000 + offset_s, 88_200 + offset_s)
    coming = Coming(0, offset_s, Basal(steps, (0, 2 * DAY, 0)), bolus=Bolus(3_600, 3_600))
    fullest = 1_800 + 2 * 16_200
    assert breached(Windows(), coming, (10**6, 10**6, fullest - 1), DAY) == 2
    assert breached(Windows(), coming, (10**6, 10**6, fullest), DAY) is None


def test_the_window_that_begins_now_is_judged() -> None:
    coming = Coming(0, 0, Basal((0,), (DAY,)))
    assert breached(Windows(), coming, (3_599, 10**6, 10**6), DAY) == 0
    assert breached(Windows(), coming, (3_600, 10**6, 10**6), DAY) is None


@pytest.mark.parametrize(("parts", "denied"), [(STROKE, None), (STROKE + 1, 0)])
def test_a_window_that_began_before_holds_its_cap_to_the_part(
    parts: int, denied: int | None
) -> None:
    past = Windows()
    past.add(10, 1)
    coming = Coming(10, 0, Basal((0,), (0,)), Special(parts, parts))
    assert breached(past, coming, (2, 2, 2), STROKE) == denied


def test_each_stroke_behind_begins_a_window_of_its_own() -> None:
    past = Windows()
    past.add(10, 1)
    past.add(100, 1)
    coming = Coming(100, 0, Basal((0,), (1,)))
    assert breached(past, coming, (82, 10**6, 10**6), 44) == 0
    assert breached(past, coming, (83, 10**6, 10**6), 44) is None


@pytest.mark.parametrize(("minimum", "kept"), [(5, True), (6, False)])
def test_what_is_slower_than_the_minimum_rate_gives_way_to_it(minimum: int, *, kept: bool) -> None:
    coming = Coming(0, 0, Basal((0,), (0,)), Special(5, 100))
    most = coming.at_most(Basal((0,), (3,)), minimum)
    assert most.special == (Special(5, 100) if kept else NO_SPECIAL)
    assert most.basal.flows == (minimum,)
