"""Stores that lose their power or fail."""

from __future__ import annotations

from thecal.pump.implant.store import MemoryStore, StoreError


class PowerCut(Exception):  # noqa: N818  (no error of the pump's)
    """The power goes away."""


class CutStore(MemoryStore):
    """Keeps what was synced; the rest of a cut write is torn at a byte, or lost.

    ``left`` counts down with every operation that changes something; at 0 the power goes away.
    """

    def __init__(self) -> None:
        super().__init__()
        self.left = -1
        self.made = 0
        self.torn_at = 0
        self.synced: dict[str, bytes] = {}

    def _count(self, name: str, offset: int, data: bytes) -> None:
        if self.left == 0:
            self.files = {key: bytearray(value) for key, value in self.synced.items()}
            if self.torn_at and name:
                super().write(name, offset, data[: self.torn_at])
            raise PowerCut
        self.left -= 1
        self.made += 1

    def write(self, name: str, offset: int, data: bytes) -> None:
        self._count(name, offset, data)
        super().write(name, offset, data)

    def append(self, name: str, data: bytes) -> None:
        self._count(name, self.size(name), data)
        super().append(name, data)

    def truncate(self, name: str, length: int) -> None:
        self._count(name, 0, b"")
        super().truncate(name, length)

    def sync(self) -> None:
        self._count("", 0, b"")
        self.synced = {key: bytes(value) for key, value in self.files.items()}


class FailingStore(MemoryStore):
    """Raises `StoreError` for so many operations from a certain one on."""

    def __init__(self) -> None:
        super().__init__()
        self.fails_from = -1
        self.fails_until = -1
        self.count = 0

    def _fail(self) -> None:
        self.count += 1
        if self.fails_from <= self.count < self.fails_until:
            raise StoreError("no space is left")

    def read(self, name: str, offset: int = 0, length: int = -1) -> bytes:
        self._fail()
        return super().read(name, offset, length)

    def write(self, name: str, offset: int, data: bytes) -> None:
        self._fail()
        super().write(name, offset, data)

    def size(self, name: str) -> int:
        self._fail()
        return super().size(name)

    def truncate(self, name: str, length: int) -> None:
        self._fail()
        super().truncate(name, length)

    def sync(self) -> None:
        self._fail()

    def fail(self, operations: int = 1 << 40) -> None:
        """Fail from the next operation on."""
        self.fails_from, self.fails_until = self.count + 1, self.count + 1 + operations
