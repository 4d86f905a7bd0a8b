"""The label: in force exactly as long as its program, whatever is cut in between."""

from __future__ import annotations

import pytest

from thecal.errors import InputError
from thecal.pump.implant.store import MemoryStore, StoreError
from thecal.pump.telemetry.label import MOST_BYTES, UNKNOWN, Labels, check_label


def test_a_label_counts_from_its_commit_on() -> None:
    labels = Labels(MemoryStore())
    labels.propose("one", commits=0)
    labels.propose("two", commits=1)
    assert [labels.at(commits) for commits in (1, 2)] == ["one", "two"]


@pytest.mark.requirement("PC-83")
def test_a_label_whose_program_was_never_committed_does_not_count() -> None:
    labels = Labels(MemoryStore())
    labels.propose("one", commits=0)
    labels.propose("never", commits=1)
    labels.propose("two", commits=1)
    assert [labels.at(commits) for commits in (1, 2)] == ["one", "two"]


def test_a_label_outlives_a_loss_of_power() -> None:
    store = MemoryStore()
    Labels(store).propose("one", commits=4)
    assert Labels(store).at(5) == "one"


class Broken(MemoryStore):
    """A store that can no longer be read."""

    fails = False

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        if self.fails:
            raise StoreError("I/O fails")
        return super().read(name, offset, length)


@pytest.mark.requirement("PC-25")
def test_a_store_that_fails_makes_the_label_unknown_and_lets_none_be_written_over_it() -> None:
    store = Broken()
    labels = Labels(store)
    labels.propose("one", commits=0)
    store.fails = True
    assert labels.at(1) == UNKNOWN
    with pytest.raises(StoreError, match="I/O fails"):
        labels.propose("two", commits=1)
    store.fails = False
    assert labels.at(1) == "one"


@pytest.mark.requirement("PC-40")
def test_a_torn_write_leaves_the_label_in_force() -> None:
    store = MemoryStore()
    labels = Labels(store)
    labels.propose("one", commits=0)
    before = {name: bytes(held) for name, held in store.files.items()}
    labels.propose("two", commits=1)
    (changed,) = [name for name, held in store.files.items() if bytes(held) != before.get(name)]
    whole, old = bytes(store.files[changed]), before.get(changed, b"")
    for length in range(len(whole)):
        store.files[changed] = bytearray(whole[:length] + old[length:])
        assert Labels(store).at(1) == "one"


def test_a_store_that_never_held_a_label_says_so() -> None:
    assert Labels(MemoryStore()).at(0) == UNKNOWN


def test_damaged_labels_are_not_guessed() -> None:
    store = MemoryStore()
    Labels(store).propose("one", commits=0)
    for held in store.files.values():
        held[-1] ^= 1
    assert Labels(store).at(1) == UNKNOWN


@pytest.mark.parametrize("text", ["", "x" * (MOST_BYTES + 1), "\u00b5g", "a\x07"])
def test_a_label_that_cannot_be_shown_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="the label"):
        check_label(text)
