from __future__ import annotations

import pytest

from thecal.pump.implant import monitor as monitor_module
from thecal.pump.implant.told import Caps
from thecal.pump.simulation.caps import REQUESTS, every_pattern, histories, history

pytestmark = pytest.mark.requirement("PC-06")


def test_random_histories_keep_every_cap() -> None:
    tally = histories(2_000, seed=0)
    assert tally.violations == ()
    assert tally.refused_strokes == 0
    assert (tally.histories, tally.requests) == (2_000, 2_000 * REQUESTS)


def test_histories_admit_and_deny() -> None:
    tally = histories(200, seed=0)
    assert min(tally.admitted, tally.denied) > 100


def test_a_history_is_the_same_again() -> None:
    (one, caps), (other, other_caps) = history(7), history(7)
    assert (one.times, one.strokes, caps) == (other.times, other.strokes, other_caps)


def test_many_histories_fill_a_window_to_its_cap() -> None:
    full = [history(number) for number in range(200)]
    assert sum(pair.most()[0] == most[0] for pair, most in full) > 20


def test_histories_find_a_monitor_that_only_looks_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "breached", lambda *_: None)
    assert histories(200, seed=0).refused_strokes > 0


def test_histories_find_a_monitor_without_caps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "breached", lambda *_: None)
    monkeypatch.setattr(
        monitor_module, "caps_told", lambda *_: Caps((10**9, 10**9, 10**9), minimum_flow=0)
    )
    assert histories(200, seed=0).violations


@pytest.mark.parametrize(
    ("nl_per_day", "most", "requests"),
    [(0, (2, 3, 4), 12), (24_000, (1, 4, 24), 12), (24_000, (2, 6, 26), 8)],
)
def test_every_pattern_of_requests_keeps_every_cap(
    nl_per_day: int, most: tuple[int, int, int], requests: int
) -> None:
    explored = every_pattern(nl_per_day, most, requests=requests)
    assert explored.violations == explored.refused_strokes == 0
    assert explored.fullest == most
    assert explored.patterns == 4**requests


def test_some_pattern_breaks_a_cap_without_the_monitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(monitor_module, "breached", lambda *_: None)
    monkeypatch.setattr(
        monitor_module, "caps_told", lambda *_: Caps((10**9, 10**9, 10**9), minimum_flow=0)
    )
    assert every_pattern(24_000, (2, 6, 26), requests=3).violations > 0
