from __future__ import annotations

import pytest

from thecal.pump.implant.store import MemoryStore, StoreError
from thecal.pump.simulation.faulty import PATTERNS, FaultyStore, PowerCut, copied

pytestmark = pytest.mark.requirement("PC-40", "PC-44")


def cut_after_two() -> FaultyStore:
    """Return a store with a synced byte string, then two changes and a cut in the third."""
    store = FaultyStore(cut_at=4)
    store.append("a", b"old")
    store.sync()
    store.write("a", 0, b"NEW")
    store.append("b", b"more")
    with pytest.raises(PowerCut):
        store.append("b", b"most")
    return store


def left(store: FaultyStore, pattern: int) -> tuple[bytes, bytes]:
    kept = store.after_cut(pattern)
    return kept.read("a"), kept.read("b")


def test_what_was_synced_survives_every_cut() -> None:
    store = cut_after_two()
    assert {left(store, pattern)[0] for pattern in range(PATTERNS)} <= {
        b"old",
        b"NEW",
        b"Nld",
        b"NEd",
    }


@pytest.mark.parametrize(
    ("pattern", "kept"),
    [
        (0, (b"old", b"")),
        (1, (b"NEW", b"moremost")),
        (2, (b"NEW", b"more")),
        (3, (b"old", b"\0\0\0\0most")),
        (4, (b"NEW", b"")),
        (10, (b"NEW", b"morem")),
        (13, (b"NEW", b"more\0\0\0\0")),
    ],
)
def test_a_pattern_says_what_is_left(pattern: int, kept: tuple[bytes, bytes]) -> None:
    assert left(cut_after_two(), pattern) == kept


def test_the_patterns_differ() -> None:
    store = cut_after_two()
    assert len({left(store, pattern) for pattern in range(PATTERNS)}) > 10


@pytest.mark.parametrize("pattern", range(PATTERNS))
def test_a_cut_with_nothing_unsynced_leaves_all(pattern: int) -> None:
    store = FaultyStore(cut_at=2)
    store.append("a", b"old")
    store.sync()
    with pytest.raises(PowerCut):
        store.read("a")
    assert left(store, pattern) == (b"old", b"")


def test_a_cut_is_the_same_again() -> None:
    store = cut_after_two()
    assert left(store, PATTERNS - 1) == left(store, PATTERNS - 1)


def test_an_io_fails_once() -> None:
    store = FaultyStore(fail_at=1)
    store.append("a", b"one")
    with pytest.raises(StoreError, match="I/O 1 fails"):
        store.append("a", b"four")
    store.append("a", b"x")
    assert store.read("a") == b"onefox"


def test_an_io_fails_for_ever() -> None:
    store = FaultyStore(fail_at=0, fails_on=True)
    for _ in range(3):
        with pytest.raises(StoreError):
            store.size("a")


def test_a_full_store_refuses_what_does_not_fit() -> None:
    store = FaultyStore(room=5)
    store.append("a", b"four")
    with pytest.raises(StoreError, match="full"):
        store.append("b", b"12")
    store.write("a", 0, b"FOUR")
    store.truncate("a", 2)
    store.append("b", b"12")
    assert (store.read("a"), store.read("b"), store.size("b")) == (b"FO", b"12", 2)


def test_truncations_are_cut_too() -> None:
    store = FaultyStore(cut_at=2)
    store.append("a", b"old")
    store.sync()
    with pytest.raises(PowerCut):
        store.truncate("a", 1)
    assert (left(store, 0)[0], left(store, 1)[0]) == (b"old", b"o")


def test_a_copy_is_not_the_store() -> None:
    store = MemoryStore()
    store.append("a", b"one")
    twin = copied(store)
    twin.append("a", b"two")
    assert store.read("a") == b"one"


def test_what_grew_without_a_sync_is_gone_after_a_cut() -> None:
    store = FaultyStore()
    store.append("a", b"old")
    store.sync()
    store.write("a", 1, b"LONGER")
    store.append("a", b"!")
    store.write("b", 2, b"new")
    assert store.after_cut(0).files == {"a": b"old"}
    assert store.after_cut(1).files == {"a": b"oLONGER!", "b": b"\0\0new"}


def test_a_truncation_without_a_sync_is_taken_back_by_a_cut() -> None:
    store = FaultyStore()
    store.append("a", b"older")
    store.sync()
    store.truncate("a", 2)
    store.append("a", b"NEW")
    assert (store.read("a"), store.after_cut(0).read("a")) == (b"olNEW", b"older")


def test_a_bit_decays_in_what_is_synced_and_in_what_is_not() -> None:
    store = FaultyStore()
    store.append("a", b"0000")
    store.sync()
    store.write("a", 0, b"111122")
    assert store.decay("a", 1, 0)
    assert (store.read("a"), store.after_cut(0).read("a")) == (b"101122", b"0100")


def test_a_bit_behind_the_end_of_what_is_synced_decays_only_there() -> None:
    store = FaultyStore()
    store.append("a", b"00")
    store.sync()
    store.append("a", b"11")
    assert store.decay("a", 3, 0)
    assert (store.read("a"), store.after_cut(0).read("a")) == (b"0010", b"00")
