from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant import windows as windows_module
from thecal.pump.implant.windows import ENTRY, SLOTS, SPANS, Windows

pytestmark = pytest.mark.requirement("PC-06")

DAY = 86_400
steps = st.one_of(st.integers(0, 5), st.sampled_from((599, 3_600, 14_400, DAY, 2 * DAY)))
histories = st.lists(st.tuples(steps, st.integers(1, 4)), min_size=1, max_size=30)


class Ring(bytearray):
    """What a store would hold."""

    def keep(self, windows: Windows) -> None:
        offset, entry = windows.written()
        self.extend(bytes(max(0, offset - len(self))))
        self[offset : offset + len(entry)] = entry


def given_at(history: list[tuple[int, int]]) -> list[tuple[int, int]]:
    now_s, given_then = 0, []
    for step_s, strokes in history:
        now_s += step_s
        given_then.append((now_s, strokes))
    return given_then


def told(history: list[tuple[int, int]]) -> tuple[Windows, Ring, int]:
    windows, ring, now_s = Windows(), Ring(), 0
    for now_s, strokes in given_at(history):
        windows.used(now_s)
        windows.add(now_s, strokes)
        ring.keep(windows)
    return windows, ring, now_s


def counted(history: list[tuple[int, int]], now_s: int) -> tuple[int, ...]:
    given_then = given_at(history)
    return tuple(
        sum(strokes for at_s, strokes in given_then if now_s - span_s < at_s <= now_s)
        for span_s in SPANS
    )


@given(histories, steps)
def test_each_window_holds_what_was_given_in_it(
    history: list[tuple[int, int]], later_s: int
) -> None:
    windows, _, now_s = told(history)
    assert windows.used(now_s) == counted(history, now_s)
    assert windows.used(now_s + later_s) == counted(history, now_s + later_s)


@given(histories)
def test_what_was_given_from_an_entry_on_is_known(history: list[tuple[int, int]]) -> None:
    windows, _, _ = told(history)
    for which, from_s in enumerate(windows.times):
        assert windows.since(which) == sum(
            strokes for at_s, strokes in given_at(history) if at_s >= from_s
        )


def test_nothing_is_forgotten_while_it_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_module, "_TRIM", 3)
    history = [(3_000, 1)] * 200
    windows, _, now_s = told(history)
    assert windows.used(now_s) == counted(history, now_s)
    assert windows.since(len(windows.times) - 1) == 1


def test_memory_is_bounded() -> None:
    windows = Windows()
    for now_s in range(3 * DAY):
        windows.used(now_s)
        windows.add(now_s, 1)
    assert len(windows.times) <= 2 * SLOTS
    assert windows.used(3 * DAY - 1) == SPANS


def test_an_entry_has_strokes() -> None:
    with pytest.raises(AssertionError, match="without strokes"):
        Windows().add(0, 0)


def test_no_entry_lies_in_the_past() -> None:
    windows = Windows()
    windows.add(5, 1)
    with pytest.raises(AssertionError, match="in the past"):
        windows.add(4, 1)


def test_before_the_first_stroke_there_is_nothing_to_write() -> None:
    with pytest.raises(AssertionError, match="nothing was counted"):
        Windows().written()


# -- after a loss of power -----------------------------------------------------------------------


def restored(windows: Windows, ring: Ring, now_s: int) -> Windows:
    return Windows.restored(bytes(ring), windows.index, windows.total, windows.base, now_s)


@pytest.mark.requirement("PC-41")
@given(histories, steps)
def test_a_whole_ring_restores_every_window(history: list[tuple[int, int]], later_s: int) -> None:
    windows, ring, now_s = told(history)
    again = restored(windows, ring, now_s)
    assert (again.total, again.index) == (windows.total, windows.index)
    assert again.used(now_s + later_s) == counted(history, now_s + later_s)


@pytest.mark.requirement("PC-41")
@given(histories, st.sets(st.integers(0, 29)), steps)
def test_damaged_entries_never_make_it_less(
    history: list[tuple[int, int]], damaged: set[int], later_s: int
) -> None:
    windows, ring, now_s = told(history)
    for number in damaged & set(range(windows.index)):
        ring[number * ENTRY.size + 20] ^= 1
    again = restored(windows, ring, now_s)
    assert again.total == windows.total
    for found, least in zip(
        again.used(now_s + later_s), counted(history, now_s + later_s), strict=True
    ):
        assert found >= least


@pytest.mark.requirement("PC-41")
@given(histories, histories)
def test_a_restored_history_goes_on(
    history: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    windows, ring, now_s = told(history)
    again = restored(windows, ring, now_s)
    for step_s, strokes in more:
        now_s += step_s
        again.used(now_s)
        again.add(now_s, strokes)
        ring.keep(again)
    assert again.used(now_s) == counted(history + more, now_s)
    assert restored(again, ring, now_s).used(now_s) == counted(history + more, now_s)


def test_an_entry_that_the_state_does_not_know_counts() -> None:
    windows, ring, now_s = told([(10, 1), (10, 1)])
    known = Windows.restored(bytes(ring), 1, 1, 0, 10)
    assert (known.total, known.index) == (windows.total, windows.index)
    assert known.used(now_s) == (2, 2, 2)


def test_an_entry_that_the_ring_lost_counts_at_the_latest_time() -> None:
    windows, _, now_s = told([(10, 1), (10, 3)])
    again = restored(windows, Ring(), now_s)
    assert again.times == [now_s]
    assert again.used(now_s) == (4, 4, 4)


def test_an_entry_of_a_turn_before_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_module, "SLOTS", 4)
    windows, ring, now_s = told([(1, 1)] * 6)
    lost = bytearray(ring)
    lost[ENTRY.size : 2 * ENTRY.size] = Ring(told([(1, 1)] * 2)[1])[ENTRY.size :]
    again = Windows.restored(bytes(lost), windows.index, windows.total, windows.base, now_s)
    assert again.used(now_s) == (6, 6, 6)


def test_a_ring_that_has_turned_restores_a_day() -> None:
    windows, ring = Windows(), Ring()
    for now_s in range(SLOTS + 50):
        windows.used(now_s)
        windows.add(now_s, 1)
        ring.keep(windows)
    again = restored(windows, ring, SLOTS + 49)
    assert len(ring) == SLOTS * ENTRY.size
    assert again.used(SLOTS + 49) == SPANS


@given(
    st.lists(st.tuples(steps.map(lambda step_s: step_s + 1), st.integers(1, 4)), max_size=30),
    st.tuples(st.integers(1, 12), st.integers(1, 20), st.integers(1, 40)),
    st.integers(1, 3),
)
def test_a_window_is_full_exactly_when_its_strokes_say_so(
    history: list[tuple[int, int]], most: tuple[int, int, int], asked: int
) -> None:
    windows = Windows()
    for place, (now_s, strokes) in enumerate(given_at(history)):
        used = counted(history[:place], now_s)
        over = [which for which in range(3) if used[which] + asked > most[which]]
        assert windows.full(now_s, asked, most) == (over[0] if over else None)
        windows.add(now_s, strokes)


def test_what_was_never_counted_exactly_is_dropped_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_module, "_TRIM", 3)
    windows = Windows()
    for second in range(0, 400 * 3_000, 3_000):
        assert windows.full(second, 1, (10**6, 10**6, 10**6)) is None
        windows.add(second, 1)
    assert len(windows.times) < 100
    assert windows.used(second) == (2, 5, 29)


@pytest.mark.requirement("PC-41")
@pytest.mark.parametrize("first_s", [10, DAY + 10])
def test_a_whole_ring_restores_every_entry_at_its_second(first_s: int) -> None:
    windows, ring, now_s = told([(first_s, 1), (90, 1), (40_000, 2), (3_000, 1)])
    again = restored(windows, ring, now_s)
    assert (again.times, again.totals) == (windows.times, windows.totals)


@pytest.mark.requirement("PC-41")
def test_what_the_ring_lost_counts_at_the_second_of_the_state_and_not_later() -> None:
    _, ring, _ = told([(10, 1), (10, 3)])
    ring[: ENTRY.size] = bytes(ENTRY.size)
    assert Windows.restored(bytes(ring), 1, 1, 0, 15).times == [15, 20]


def test_what_is_dropped_leaves_every_sum_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_module, "_TRIM", 3)
    windows = Windows()
    for second in (*range(10), 2 * DAY):
        windows.full(second, 1, (99, 99, 99))
        windows.add(second, 1)
    assert windows.times == [2 * DAY]
    assert windows.since(0) == 1
    assert windows.used(2 * DAY) == (1, 1, 1)
    assert windows.used(4 * DAY) == (0, 0, 0)


def test_strokes_of_one_second_are_one_entry() -> None:
    windows, _, _ = told([(1, 1), (4, 1), (0, 2)])
    assert (windows.times, windows.totals, windows.index) == ([1, 5], [1, 4], 2)


@pytest.mark.requirement("PC-41")
def test_an_entry_whose_total_was_changed_is_not_believed() -> None:
    windows, ring, now_s = told([(10, 1), (10, 1)])
    ring[23] ^= 4
    assert restored(windows, ring, now_s).total == 2


@pytest.mark.requirement("PC-41")
def test_an_entry_that_the_state_does_not_know_keeps_its_number() -> None:
    _, ring, _ = told([(10, 1), (10, 1), (10, 3)])
    ring[: 2 * ENTRY.size] = bytes(2 * ENTRY.size)
    assert Windows.restored(bytes(ring), 2, 2, 0, 25).index == 3


@pytest.mark.parametrize("now_s", [5, 20_000])
def test_a_day_may_be_full_while_its_hours_are_not(now_s: int) -> None:
    windows = Windows()
    windows.add(0, 3)
    windows.used(now_s)
    assert windows.full(now_s, 1, (9, 9, 3)) == 2
    assert windows.full(now_s, 1, (9, 9, 4)) is None
