"""The log of the pump: append-only, chained and authenticated, in two segments (PC-70, PC-73)."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from thecal.errors import InputError, ThecalError
from thecal.pump.implant.chain import KEY_BYTES, MAC_BYTES, NO_HASH, Head, linked, mac, next_key
from thecal.pump.implant.pingpong import Damaged, Slots
from thecal.pump.implant.records import Entry, decoded, digest_values, encoded
from thecal.pump.implant.store import Store
from thecal.pump.implant.values import Record

PLACE: Final = Struct(">QQQQIIQ32s32s")
FILES: Final = 3
"""The newest segment, the one before it, and the one that the next will overwrite."""
MOST_WAITING: Final = 1 << 22
"""Bytes of records that wait in memory while the store fails; later ones are only counted."""


class LogError(ThecalError):
    """The stored log cannot be continued: it or its key is gone."""


class Stamp(NamedTuple):
    """When something happened: the counter, and the second of the week at its second 0 (PC-54)."""

    now_s: int
    week_offset_s: int


class _Place(NamedTuple):
    """What the next record needs; after a seal it is durable."""

    number: int
    segment: int
    offset: int
    """Bytes of the segment that are sealed."""
    now_s: int
    week_offset_s: int
    epoch: int
    """How often the clock was set."""
    kept_from: int
    """The first record that is still kept."""
    key: bytes
    digest: bytes


class Log:
    """The log of one pump.

    Records are chained in memory by `append` and durable after `seal`; while the store fails they
    wait in memory (PC-44). When a segment is full, `roll` begins another and drops the oldest.

    Parameters
    ----------
    store
        Where the log lies.
    first_key
        32 secret bytes for a log that begins; None to continue the stored one.
    segment_bytes
        Length at which a segment is full; two segments are kept.

    Raises
    ------
    LogError
        When there is nothing to continue, or what is stored cannot be continued.
    StoreError
        When the store fails.

    Examples
    --------
    >>> from thecal.pump.implant.chain import verify
    >>> from thecal.pump.implant.store import MemoryStore
    >>> log = Log(MemoryStore(), first_key=bytes(32))
    >>> log.append(Record("opened", (20_000_000,)), Stamp(0, 0))
    0
    >>> log.seal()
    >>> verify(log.since(0), bytes(32), (log.head,)) is None
    True
    """

    def __init__(
        self, store: Store, *, first_key: bytes | None = None, segment_bytes: int = 1 << 22
    ) -> None:
        self._store = store
        self._segment_bytes = segment_bytes
        self._slots = Slots(store, "log.key")
        self._waiting = bytearray()
        self._lost = 0
        if first_key is None:
            self._place = self._recovered()
        elif len(first_key) == KEY_BYTES:
            self._place = _Place(0, 0, 0, 0, 0, 0, 0, first_key, NO_HASH)
            self._sealed = False
        else:
            raise InputError(f"the first key of a log has {len(first_key)} bytes, but needs 32")

    @property
    def head(self) -> Head:
        """The number of records and the hash of the last, for whoever keeps heads (PC-72)."""
        return Head(self._place.number, self._place.digest)

    @property
    def number(self) -> int:
        """How many records were ever written."""
        return self._place.number

    @property
    def kept_from(self) -> int:
        """The number of the first record that is still kept."""
        return self._place.kept_from

    @property
    def is_full(self) -> bool:
        """Whether it is time to `roll`."""
        return self._place.offset + len(self._waiting) >= self._segment_bytes

    def append(self, record: Record, stamp: Stamp) -> int:
        """Add a record to the chain; it is durable after `seal`.

        Returns
        -------
        int
            Its number; -1 when too many wait for a failing store, so that it was only counted.

        Raises
        ------
        InputError
            When `records` knows no such record, or the counter runs back.
        """
        if stamp.now_s < self._place.now_s:
            raise InputError(
                f"a record of second {stamp.now_s} follows one of second {self._place.now_s}, but "
                "the counter never runs back"
            )
        if len(self._waiting) >= MOST_WAITING:
            self._lost += 1
            return -1
        if self._lost:
            self._chain(Record("records lost", (self._lost,)), stamp)
            self._lost = 0
        return self._chain(record, stamp)

    def seal(self) -> None:
        """Make every record durable, then destroy the key of the first of them.

        Raises
        ------
        StoreError
            When the store fails; what is not durable waits for the next call.
        """
        if self._sealed:
            return
        place = self._place
        if self._waiting:
            self._store.write(_file(place.segment), place.offset, bytes(self._waiting))
            self._store.sync()
            self._place = place._replace(offset=place.offset + len(self._waiting))
            self._waiting.clear()
        self._slots.write(PLACE.pack(*self._place))
        self._store.sync()
        self._slots.erase_older()
        self._sealed = True

    def roll(self, balances: tuple[int, ...], program_digest: bytes, stamp: Stamp) -> None:
        """Begin a new segment with a record of what was before; the one before the last is dropped.

        Parameters
        ----------
        balances
            The ledger's, so that what is kept still tells every volume (PC-70).
        program_digest
            Of the program in force.
        stamp
            When this happens.

        Raises
        ------
        StoreError
            When the store fails; the log goes on where it is.
        """
        self.seal()
        place = self._place
        first, _ = decoded(self._store.read(_file(place.segment), 0, 1 << 10))
        values = (first.number, *digest_values(place.digest), *digest_values(program_digest))
        self._store.truncate(_file(place.segment + 1), 0)
        self._place = place._replace(segment=place.segment + 1, offset=0, kept_from=first.number)
        self._chain(Record("rolled", (*values, *balances)), stamp)
        self.seal()
        self._store.truncate(_file(place.segment + 2), 0)

    def since(self, index: int) -> bytes:
        """Return the records from one on, sealed or not, as `chain.verify` reads them.

        Raises
        ------
        InputError
            When that record has been dropped or is not yet written.
        StoreError
            When the store fails.
        """
        place = self._place
        if not place.kept_from <= index <= place.number:
            raise InputError(
                f"record {index} was asked for, but the log keeps {place.kept_from} to "
                f"{place.number - 1}"
            )
        older = self._store.read(_file(place.segment - 1)) if place.segment else b""
        newer = self._store.read(_file(place.segment), 0, place.offset)
        raw = older + newer + bytes(self._waiting)
        offset = 0
        while (end := _end_before(raw, offset, index)) is not None:
            offset = end
        return raw[offset:]

    def _chain(self, record: Record, stamp: Stamp) -> int:
        place = self._place
        was_set = place.number > 0 and place.week_offset_s != stamp.week_offset_s
        epoch = place.epoch + was_set
        raw = encoded(Entry(place.number, *stamp, epoch, record))
        digest = linked(place.digest, raw)
        self._waiting += raw + mac(place.key, digest)
        self._place = place._replace(
            number=place.number + 1,
            now_s=stamp.now_s,
            week_offset_s=stamp.week_offset_s,
            epoch=epoch,
            key=next_key(place.key),
            digest=digest,
        )
        self._sealed = False
        return place.number

    def _recovered(self) -> _Place:
        """Return where the stored log ends: records that outlived their key prove themselves."""
        try:
            kept = self._slots.read()
        except Damaged as damage:
            raise LogError(f"the log cannot be continued: {damage}") from damage
        if kept is None or len(kept.payload) != PLACE.size:
            raise LogError("the store holds no log that could be continued")
        place = _Place(*PLACE.unpack(kept.payload))
        raw = self._store.read(_file(place.segment))
        if len(raw) < place.offset:
            raise LogError(
                f"the log ends at byte {len(raw)}, but {place.offset} bytes had been durable"
            )
        while (found := _next(raw, place)) is not None:
            place = found
        self._store.truncate(_file(place.segment), place.offset)
        self._sealed = place.number == _Place(*PLACE.unpack(kept.payload)).number
        return place


def _file(segment: int) -> str:
    return f"log.{segment % FILES}"


def _end_before(raw: bytes, offset: int, number: int) -> int | None:
    """Return where a record ends that has a smaller number, or None; a damaged one has none."""
    try:
        entry, end = decoded(raw, offset)
    except InputError:
        return None
    return end + MAC_BYTES if entry.number < number else None


def _next(raw: bytes, place: _Place) -> _Place | None:
    """Return the place after the record that lies at a place, if it is the pump's own."""
    try:
        entry, end = decoded(raw, place.offset)
    except InputError:
        return None
    digest = linked(place.digest, raw[place.offset : end])
    if entry.number != place.number or raw[end : end + MAC_BYTES] != mac(place.key, digest):
        return None
    return place._replace(
        number=place.number + 1,
        offset=end + MAC_BYTES,
        now_s=entry.now_s,
        week_offset_s=entry.week_offset_s,
        epoch=entry.epoch,
        key=next_key(place.key),
        digest=digest,
    )
