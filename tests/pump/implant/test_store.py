from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump.implant import files
from thecal.pump.implant.files import FileStore
from thecal.pump.implant.store import MemoryStore, Store, StoreError

KILLED = """
import sys
from pathlib import Path
from thecal.pump.implant.files import FileStore
store = FileStore(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    store.append("log", number.to_bytes(4, "big"))
    store.sync()
    print(number, flush=True)
"""


@pytest.fixture(params=["memory", "files"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path / "deep" / "store")


def test_what_was_written_is_read(store: Store) -> None:
    store.write("a", 0, b"hello")
    store.write("a", 1, b"a")
    assert store.read("a") == b"hallo"


def test_a_part_is_read(store: Store) -> None:
    store.append("a", b"hello")
    assert store.read("a", 1, 3) == b"ell"


def test_nothing_is_read_beyond_the_end(store: Store) -> None:
    store.append("a", b"hello")
    assert (store.read("a", 5), store.read("a", 9), store.read("a", 3, 9)) == (b"", b"", b"lo")


def test_an_unknown_name_is_empty(store: Store) -> None:
    assert (store.read("none"), store.size("none")) == (b"", 0)


def test_a_gap_becomes_zeros(store: Store) -> None:
    store.write("a", 3, b"x")
    assert store.read("a") == b"\0\0\0x"


def test_appending_grows_the_end(store: Store) -> None:
    store.append("a", b"one")
    store.append("a", b"two")
    assert (store.read("a"), store.size("a")) == (b"onetwo", 6)


def test_truncating_cuts_the_end(store: Store) -> None:
    store.append("a", b"hello")
    store.truncate("a", 2)
    assert store.read("a") == b"he"


def test_truncating_never_lengthens(store: Store) -> None:
    store.append("a", b"hello")
    store.truncate("a", 9)
    store.truncate("none", 9)
    assert (store.size("a"), store.size("none")) == (5, 0)


def test_syncing_changes_nothing(store: Store) -> None:
    store.append("a", b"hello")
    store.sync()
    store.sync()
    assert store.read("a") == b"hello"


@given(st.lists(st.tuples(st.integers(0, 9), st.binary(min_size=1, max_size=5)), max_size=12))
def test_both_stores_hold_the_same(
    tmp_path_factory: pytest.TempPathFactory, writes: list[tuple[int, bytes]]
) -> None:
    memory, disk = MemoryStore(), FileStore(tmp_path_factory.mktemp("store"))
    for offset, data in writes:
        for each in (memory, disk):
            each.write("a", offset, data)
    assert disk.read("a") == memory.read("a")
    disk.close()


def test_files_are_found_again(tmp_path: Path) -> None:
    first = FileStore(tmp_path)
    first.append("a", b"hello")
    first.sync()
    first.close()
    assert FileStore(tmp_path).read("a") == b"hello"


@pytest.mark.parametrize("name", ["", "../a", "a/b", "A", ".a", "a\n"])
def test_a_name_that_could_leave_the_directory_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="only small letters"):
        FileStore(tmp_path).append(name, b"")


def refuses(*_: object) -> int:
    raise OSError("no")


def instead(call: str, act: Callable[..., object]) -> SimpleNamespace:
    """Return the operating system with one call replaced, for the store alone."""
    return SimpleNamespace(**{**vars(os), call: act})


@pytest.mark.parametrize(
    ("call", "act"),
    [
        ("pread", lambda store: store.read("a")),
        ("pwrite", lambda store: store.write("a", 0, b"x")),
        ("fstat", lambda store: store.size("a")),
        ("ftruncate", lambda store: store.truncate("a", 0)),
        ("fsync", lambda store: store.sync()),
    ],
)
def test_what_the_system_refuses_is_told(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: str,
    act: Callable[[FileStore], object],
) -> None:
    store = FileStore(tmp_path)
    store.append("a", b"hello")
    monkeypatch.setattr(files, "os", instead(call, refuses))
    with pytest.raises(StoreError, match="the store cannot"):
        act(store)


def test_a_failed_sync_is_tried_again_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(tmp_path)
    store.append("a", b"hello")
    with monkeypatch.context() as patch:
        patch.setattr(files, "os", instead("fsync", refuses))
        with pytest.raises(StoreError):
            store.sync()
    synced: list[int] = []
    monkeypatch.setattr(files, "os", instead("fsync", synced.append))
    store.sync()
    assert len(synced) == 2  # the file and its directory


def test_only_what_changed_is_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FileStore(tmp_path)
    store.append("a", b"hello")
    store.append("b", b"hello")
    store.sync()
    synced: list[int] = []
    monkeypatch.setattr(files, "os", instead("fsync", synced.append))
    store.append("a", b"hello")
    store.sync()
    assert len(synced) == 1


def test_a_write_that_the_system_does_in_parts_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FileStore(tmp_path)
    halting = instead("pwrite", lambda number, data, at: os.pwrite(number, data[:2], at))
    monkeypatch.setattr(files, "os", halting)
    store.append("a", b"hello")
    assert store.read("a") == b"hello"


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be made"):
        FileStore(tmp_path / "file")


@pytest.mark.requirement("PC-40")
def test_what_was_synced_outlives_a_kill(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        told = [process.stdout.readline() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
    stored = FileStore(tmp_path).read("log")
    acknowledged = int(told[-1])
    numbers = [int.from_bytes(stored[at : at + 4], "big") for at in range(0, len(stored), 4)]
    assert numbers[:acknowledged] == list(range(1, acknowledged + 1))
