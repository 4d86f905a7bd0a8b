"""The monitor alone, asked at random and by every pattern, with each window counted anew."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.pump.implant import monitor as monitor_module
from thecal.pump.implant.denials import ADMITTED
from thecal.pump.implant.told import Caps
from thecal.pump.simulation.admissions import (
    STROKE_NL,
    Asker,
    Held,
    Request,
    admissions,
    played,
    shrunk,
)
from thecal.pump.simulation.patterns import CASES, Case, every_pattern, state_of

pytestmark = pytest.mark.requirement("PC-06")

HOUR_S = 3_600
NO_CAPS = Caps((10**9, 10**9, 10**9), minimum_flow=0)
EMPTY = Held((2, 3, 4), ((0, 0),))


@pytest.fixture
def looks_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the monitor forget what is still to come, as in the published overdose."""
    monkeypatch.setattr(monitor_module, "breached", lambda *_: None)


@pytest.fixture
def no_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the monitor hold nothing against any cap."""
    monkeypatch.setattr(monitor_module, "breached", lambda *_: None)
    monkeypatch.setattr(monitor_module, "caps_told", lambda *_: NO_CAPS)


def test_random_histories_keep_every_cap() -> None:
    for number in range(20):
        assert admissions(number).violations == ()


def test_they_admit_and_deny_and_fill_windows_to_the_cap() -> None:
    done = [admissions(number) for number in range(8)]
    assert sum(one.admitted for one in done) > 300
    assert sum(one.denied for one in done) > 300
    assert sum(one.full for one in done) > 50


def test_a_number_gives_the_same_again() -> None:
    assert admissions(3) == admissions(3)


@pytest.mark.usefixtures("looks_back")
def test_a_monitor_that_only_looks_back_is_found() -> None:
    found = [words for number in range(6) for words in admissions(number).violations]
    assert any("got no permit" in words for words in found)


@pytest.mark.usefixtures("no_caps")
def test_a_monitor_without_caps_is_found() -> None:
    found = [words for number in range(6) for words in admissions(number).violations]
    assert any("are allowed" in words for words in found)


@pytest.mark.usefixtures("no_caps")
def test_a_history_is_shrunk_to_the_requests_that_matter() -> None:
    small, large = (Request(60, "bolus", (strokes * STROKE_NL, 1)) for strokes in (1, 3))
    idle = Request(60, "nothing")
    assert shrunk(EMPTY, [idle, small, idle, large, idle]) == [large]


def test_a_stroke_is_given_in_the_second_in_which_it_is_due() -> None:
    asker = played(Held((1, 4, 24), ((0, 24_000),)), [])
    assert asker.times == [hour * HOUR_S for hour in range(1, 25)]


def test_a_bolus_over_an_hour_is_spread_over_it() -> None:
    asker = played(EMPTY, [Request(100, "bolus", (2 * STROKE_NL, HOUR_S))])
    assert asker.times == [100 + HOUR_S // 2, 100 + HOUR_S]


@given(
    st.lists(st.integers(0, 2 * 86_400), max_size=12),
    st.sampled_from([(HOUR_S, 0), (4 * HOUR_S, 1), (24 * HOUR_S, 2)]),
)
def test_the_count_is_that_of_every_second(times: list[int], window: tuple[int, int]) -> None:
    span_s, which = window
    asker = Asker(EMPTY)
    asker.times = sorted(times)
    begins = {time_s - back_s for time_s in times for back_s in (0, span_s - 1, span_s)}
    counts = [sum(begun_s <= time_s < begun_s + span_s for time_s in times) for begun_s in begins]
    assert asker.most()[which] == max(counts, default=0)


@pytest.mark.parametrize("case", CASES[:1])
def test_every_pattern_of_12_requests_keeps_every_cap(case: Case) -> None:
    explored = every_pattern(case)
    assert explored.violations == ()
    assert explored.fullest == case.held.most
    assert explored.patterns == 9**12


@pytest.mark.parametrize("case", CASES[1:])
def test_every_pattern_of_6_requests_keeps_every_cap(case: Case) -> None:
    explored = every_pattern(case, requests=6)
    assert explored.violations == ()
    assert explored.patterns == len(case.choices) ** 6


@pytest.mark.usefixtures("looks_back")
def test_some_pattern_shows_a_monitor_that_only_looks_back() -> None:
    (words, *_) = every_pattern(CASES[0], requests=2).violations
    assert words.count("Request") == 1


@settings(max_examples=40)
@given(st.lists(st.sampled_from(CASES[1].choices), max_size=8), st.data())
def test_states_that_count_as_equal_answer_alike(path: list[Request], data: st.DataObject) -> None:
    one = Asker(CASES[1].held)
    for request in path:
        one.ask(request)
    # The same day later: all seconds are others, and what decides is the same.
    other = Asker(CASES[1].held)
    other.wait(86_400 * data.draw(st.integers(1, 9)))
    for request in path:
        other.ask(request)
    assert state_of(one) == state_of(other)
    for request in data.draw(st.lists(st.sampled_from(CASES[1].choices), max_size=6)):
        one.ask(request)
        other.ask(request)
    assert one.answers == other.answers


def test_a_twin_goes_on_as_the_one_that_it_was_copied_from() -> None:
    asker = Asker(Held((3, 5, 9), ((0, 4_000),)))
    asker.ask(Request(HOUR_S, "bolus", (2 * STROKE_NL, HOUR_S)))
    asker.wait(asker.now_s + HOUR_S // 2)
    twin = asker.copied()
    for each in (asker, twin):
        each.wait(each.now_s + 86_400)
    assert twin.times == asker.times
    assert asker.answers == [ADMITTED]
