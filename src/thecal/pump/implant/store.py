"""What the implant writes to: the protocol of a store, and one in memory."""

from __future__ import annotations

from typing import Protocol

from thecal.errors import ThecalError


class StoreError(ThecalError):
    """The store could not read, write or sync; what was handed in may be written in part."""


class Store(Protocol):
    """Named byte strings that outlive a loss of power.

    What was written is durable only after the next `sync`; before it, any part of it may be lost,
    torn or written out of order. Every method may raise `StoreError`.
    """

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        """Return up to ``length`` bytes from ``offset`` (-1: to the end); empty beyond the end."""
        ...

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Overwrite from ``offset``; a gap before it becomes zeros."""
        ...

    def append(self, name: str, data: bytes) -> None:
        """Write at the end."""
        ...

    def size(self, name: str) -> int:
        """Return the length in bytes; 0 for a name never written."""
        ...

    def truncate(self, name: str, length: int) -> None:
        """Cut off what lies beyond ``length`` bytes."""
        ...

    def sync(self) -> None:
        """Return when everything written so far is durable."""
        ...


class MemoryStore:
    r"""A store for tests and simulation; it never fails and forgets everything at the end.

    Examples
    --------
    >>> store = MemoryStore()
    >>> store.append("log", b"one")
    >>> store.write("log", 4, b"two")
    >>> store.read("log"), store.size("log"), store.read("none")
    (b'one\x00two', 7, b'')
    """

    def __init__(self) -> None:
        self.files: dict[str, bytearray] = {}

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        """Return up to ``length`` bytes from ``offset``; -1 means to the end."""
        held = self.files.get(name, b"")
        return bytes(held[offset:] if length < 0 else held[offset : offset + length])

    def write(self, name: str, offset: int, data: bytes) -> None:
        """Overwrite from ``offset``; a gap before it becomes zeros."""
        held = self.files.setdefault(name, bytearray())
        if offset > len(held):
            held.extend(bytes(offset - len(held)))
        held[offset : offset + len(data)] = data

    def append(self, name: str, data: bytes) -> None:
        """Write at the end."""
        self.files.setdefault(name, bytearray()).extend(data)

    def size(self, name: str) -> int:
        """Return the length in bytes; 0 for a name never written."""
        return len(self.files.get(name, b""))

    def truncate(self, name: str, length: int) -> None:
        """Cut off what lies beyond ``length`` bytes."""
        del self.files.setdefault(name, bytearray())[length:]

    def sync(self) -> None:
        """Do nothing: memory is as durable as it will ever be."""
