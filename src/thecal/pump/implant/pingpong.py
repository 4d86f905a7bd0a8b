"""Two slots written in turn, so that a loss of power leaves the record before or the one after."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple
from zlib import crc32

from thecal.pump.implant.store import Store, StoreError

HEADER: Final = Struct(">QI")
CHECK: Final = Struct(">I")
LONGEST: Final = 1 << 20
"""Bytes of the longest payload; a damaged length is then not believed."""


class Damaged(StoreError):  # noqa: N818 - it says what the record is
    """Something was stored, but no slot of it is whole (PC-43)."""


class Kept(NamedTuple):
    """What a pair of slots holds."""

    sequence: int
    payload: bytes
    other_damaged: bool
    """The other slot holds something that is not whole: a write was cut off, or memory decays."""


class Slots:
    """One durable record in two slots, ``<name>.a`` and ``<name>.b`` (PC-40).

    A write goes to the slot that does not hold the newest record and is durable after the store's
    next `sync`; whatever happens before, `read` gives this record or the one before.

    Parameters
    ----------
    store
        Where the slots lie.
    name
        Of the record.

    Examples
    --------
    >>> from thecal.pump.implant.store import MemoryStore
    >>> slots = Slots(MemoryStore(), "state")
    >>> slots.read() is None
    True
    >>> slots.write(b"one"), slots.write(b"two")
    (1, 2)
    >>> slots.read().payload
    b'two'
    """

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._names = (f"{name}.a", f"{name}.b")
        self._sequence = -1

    def write(self, payload: bytes) -> int:
        """Write the record; it counts once the store has been synced.

        Returns
        -------
        int
            Its sequence number.

        Raises
        ------
        StoreError
            When the store fails; the record before is untouched and the same slot is written next.
        """
        assert len(payload) <= LONGEST, "a payload is longer than a slot may be"
        if self._sequence < 0:
            self._sequence = max(self._valid_sequences(), default=0)
        sequence = self._sequence + 1
        header = HEADER.pack(sequence, len(payload))
        check = CHECK.pack(crc32(payload, crc32(header)))
        self._store.write(self._name(sequence), 0, b"".join((header, payload, check)))
        self._sequence = sequence
        return sequence

    def read(self) -> Kept | None:
        """Return the newest whole record; None when none was ever written.

        Raises
        ------
        Damaged
            When something was written, but no slot is whole.
        StoreError
            When the store fails.
        """
        raw = [self._store.read(name) for name in self._names]
        whole = [one for one in map(unpacked, raw) if one is not None]
        damaged = len(whole) < sum(map(any, raw))
        if not whole:
            if damaged:
                raise Damaged(f"no slot of {self._names[0][:-2]} is whole")
            return None
        sequence, payload = max(whole)
        self._sequence = sequence
        return Kept(sequence, payload, damaged)

    def erase_older(self) -> None:
        """Overwrite the slot that does not hold the newest record with zeros.

        For records that hold a key. Call it only after the store was synced.
        """
        older = self._name(self._sequence + 1)
        self._store.write(older, 0, bytes(self._store.size(older)))

    def _name(self, sequence: int) -> str:
        return self._names[sequence & 1]

    def _valid_sequences(self) -> list[int]:
        slots = (unpacked(self._store.read(name)) for name in self._names)
        return [slot[0] for slot in slots if slot is not None]


def unpacked(raw: bytes) -> tuple[int, bytes] | None:
    """Return sequence and payload of a slot's bytes; None when they are not whole."""
    if len(raw) < HEADER.size + CHECK.size:
        return None
    sequence, length = HEADER.unpack_from(raw)
    end = HEADER.size + length
    if length > LONGEST or len(raw) < end + CHECK.size:
        return None
    if CHECK.unpack_from(raw, end)[0] != crc32(raw[:end]):
        return None
    return sequence, raw[HEADER.size : end]
