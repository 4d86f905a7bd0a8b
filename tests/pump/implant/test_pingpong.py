from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.pump.implant.pingpong import LONGEST, Damaged, Slots, unpacked
from thecal.pump.implant.store import MemoryStore, StoreError
from thecal.pump.simulation.faulty import FaultyStore

pytestmark = pytest.mark.requirement("PC-40")


def written(*payloads: bytes) -> MemoryStore:
    store = MemoryStore()
    slots = Slots(store, "state")
    for payload in payloads:
        slots.write(payload)
    return store


def newest(store: MemoryStore) -> bytes | None:
    kept = Slots(store, "state").read()
    return kept.payload if kept else None


def test_nothing_was_ever_written() -> None:
    assert newest(MemoryStore()) is None


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6))
def test_the_newest_record_counts(payloads: list[bytes]) -> None:
    assert newest(written(*payloads)) == payloads[-1]


def test_both_slots_are_used_in_turn() -> None:
    store = written(b"one", b"two")
    assert {unpacked(bytes(held)) for held in store.files.values()} == {(1, b"one"), (2, b"two")}


def test_a_shorter_record_leaves_no_trace_of_a_longer_one() -> None:
    assert newest(written(b"a long record", b"x", b"y")) == b"y"


def test_a_reopened_pair_goes_on_in_the_older_slot() -> None:
    store = written(b"one", b"two", b"three")
    assert Slots(store, "state").write(b"four") == 4
    assert {unpacked(bytes(held)) for held in store.files.values()} == {
        (3, b"three"),
        (4, b"four"),
    }


@given(st.integers(0, 200), st.integers(1, 255))
def test_any_damage_to_the_newest_leaves_the_one_before(at: int, flip: int) -> None:
    store = written(b"one", b"two")
    held = store.files["state.a"]
    held[at % len(held)] ^= flip
    assert newest(store) == b"one"


@given(st.integers(1, 17))
def test_a_torn_slot_leaves_the_one_before(length: int) -> None:
    store = written(b"one", b"two")
    store.truncate("state.a", length)
    assert newest(store) == b"one"


def test_damage_is_told() -> None:
    store = written(b"one", b"two")
    store.files["state.b"][-1] ^= 1
    kept = Slots(store, "state").read()
    assert kept
    assert kept.other_damaged


def test_no_damage_is_told_when_there_is_none() -> None:
    kept = Slots(written(b"one"), "state").read()
    assert kept
    assert not kept.other_damaged


@pytest.mark.requirement("PC-43")
def test_two_damaged_slots_are_no_record() -> None:
    store = written(b"one", b"two")
    for held in store.files.values():
        held[0] ^= 1
    with pytest.raises(Damaged, match="no slot of state is whole"):
        Slots(store, "state").read()


def test_a_new_record_replaces_two_damaged_slots() -> None:
    store = written(b"one", b"two")
    for held in store.files.values():
        held[0] ^= 1
    Slots(store, "state").write(b"three")
    assert newest(store) == b"three"


def test_a_length_beyond_belief_is_damage() -> None:
    whole = bytearray(written(b"one").files["state.b"])
    whole[8:12] = (LONGEST + 1).to_bytes(4, "big")
    assert unpacked(bytes(whole)) is None


def test_a_payload_beyond_belief_is_a_fault_of_the_software() -> None:
    with pytest.raises(AssertionError, match="longer than a slot"):
        Slots(MemoryStore(), "state").write(bytes(LONGEST + 1))


@pytest.mark.requirement("PC-44")
def test_after_a_failed_write_the_same_slot_is_written() -> None:
    store = FaultyStore(written(b"one", b"two"), fail_at=2)
    slots = Slots(store, "state")
    with pytest.raises(StoreError):
        slots.write(b"three")
    assert slots.write(b"three") == 3
    kept = slots.read()
    assert kept
    assert kept.payload == b"three"


def test_an_erased_slot_is_zeros_and_no_damage() -> None:
    store = written(b"one", b"two")
    slots = Slots(store, "state")
    slots.read()
    slots.erase_older()
    assert not any(store.files["state.b"])
    kept = Slots(store, "state").read()
    assert kept
    assert (kept.payload, kept.other_damaged) == (b"two", False)
