"""A store for real use: one directory, one file for each name, synced to the disk."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

from thecal.errors import InputError
from thecal.pump.implant.store import StoreError

NAMES: Final = re.compile(r"[a-z0-9][a-z0-9.-]*")


class FileStore:
    """Files in one directory, which is made when it is not there.

    Parameters
    ----------
    directory
        Where the files lie; nothing else should.

    Raises
    ------
    StoreError
        When the operating system refuses; the sentence says what it said.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._open: dict[str, int] = {}
        self._unsynced: set[str] = set()
        self._new_names = True
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as refusal:
            raise StoreError(f"the store {directory} cannot be made: {refusal}") from refusal

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        """Return up to ``length`` bytes from ``offset``; -1 means to the end."""
        if self._absent(name):
            return b""
        try:
            number = self._number(name)
            most = os.fstat(number).st_size - offset if length < 0 else length
            return os.pread(number, max(most, 0), offset)
        except OSError as refusal:
            raise self._failure("read", name, refusal) from refusal

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Overwrite from ``offset``; a gap before it becomes zeros."""
        try:
            number = self._number(name)
            self._unsynced.add(name)
            done = 0
            while done < len(data):
                done += os.pwrite(number, data[done:], offset + done)
        except OSError as refusal:
            raise self._failure("write", name, refusal) from refusal

    def append(self, name: str, data: bytes) -> None:
        """Write at the end."""
        self.write(name, self.size(name), data)

    def size(self, name: str) -> int:
        """Return the length in bytes; 0 for a name never written."""
        if self._absent(name):
            return 0
        try:
            return os.fstat(self._number(name)).st_size
        except OSError as refusal:
            raise self._failure("measure", name, refusal) from refusal

    def truncate(self, name: str, length: int) -> None:
        """Cut off what lies beyond ``length`` bytes."""
        try:
            if length < self.size(name):
                self._unsynced.add(name)
                os.ftruncate(self._number(name), length)
        except OSError as refusal:
            raise self._failure("shorten", name, refusal) from refusal

    def sync(self) -> None:
        """Return when every file that was written, and the directory, are on the disk."""
        try:
            for name in sorted(self._unsynced):
                os.fsync(self._open[name])
            if self._new_names:
                number = os.open(self._directory, os.O_RDONLY)
                try:
                    os.fsync(number)
                finally:
                    os.close(number)
        except OSError as refusal:
            raise self._failure("sync", "its directory", refusal) from refusal
        self._unsynced.clear()
        self._new_names = False

    def close(self) -> None:
        """Close every file; what was not synced may be lost."""
        for number in self._open.values():
            os.close(number)
        self._open.clear()

    def _absent(self, name: str) -> bool:
        return name not in self._open and not (self._directory / self._checked(name)).exists()

    def _number(self, name: str) -> int:
        if name not in self._open:
            path = self._directory / self._checked(name)
            self._new_names |= not path.exists()
            self._open[name] = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._open[name]

    @staticmethod
    def _checked(name: str) -> str:
        if not NAMES.fullmatch(name):
            raise InputError(
                f"a file of the store is called {name!r}, but only small letters, digits, "
                "points and hyphens are allowed"
            )
        return name

    @staticmethod
    def _failure(verb: str, name: str, refusal: OSError) -> StoreError:
        return StoreError(f"the store cannot {verb} {name}: {refusal}")
