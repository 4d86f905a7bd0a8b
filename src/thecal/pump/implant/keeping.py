"""What must outlive a loss of power: one record of everything that changes, and two of programs.

The record goes to one of two slots in turn, so that a transaction is one write and one sync
(PC-40); what it adds to the log is in it too, until the log has it. A program is written in full,
twice, before the record names it: that is the commit (PC-83). What is damaged in all its copies is
lost, and nothing takes its place (PC-43).
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from struct import Struct
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.implant.alarms import Alarm, AlarmTable
from thecal.pump.implant.codec import digest
from thecal.pump.implant.ledger import PACKED as LEDGER
from thecal.pump.implant.ledger import Ledger
from thecal.pump.implant.pingpong import Damaged, Slots
from thecal.pump.implant.pingpong import Kept as Held
from thecal.pump.implant.store import Store
from thecal.pump.implant.values import FAR

ACCOUNTS: Final = 6
_HEAD: Final = Struct(">Q32s6q4I")
_ALARM: Final = Struct(">Bq2?")
_LENGTH: Final = Struct(">I")
_PROGRAMS: Final = ("program.0", "program.1")


class Kept(NamedTuple):
    """The durable record."""

    log_index: int
    """How many records the log has with this one."""
    digest: bytes
    """Of the program and limits in force."""
    logged: tuple[int, ...]
    """What the log says was delivered, by account, in nL."""
    state: bytes
    monitor: bytes
    alarms: bytes
    fresh: bytes
    """Records of the log that belong to this transaction, and may not have reached the log."""
    ledger: Ledger

    def pack(self) -> bytes:
        """Return the record's bytes."""
        log_index, named, logged, state, monitor, alarms, fresh, ledger = self
        sizes = (len(state), len(monitor), len(alarms), len(fresh))
        head = _HEAD.pack(log_index, named, *logged, *sizes)
        return b"".join((head, ledger.pack(), state, monitor, alarms, fresh))

    @classmethod
    def unpack(cls, raw: bytes) -> Kept:
        """Return the record of some bytes.

        Raises
        ------
        InputError
            When they are none.
        """
        if len(raw) < _HEAD.size + LEDGER.size:
            raise InputError(f"{len(raw)} bytes are no record of a pump")
        log_index, named, *numbers = _HEAD.unpack_from(raw)
        logged, sizes = numbers[:ACCOUNTS], numbers[ACCOUNTS:]
        at = _HEAD.size + LEDGER.size
        ends = tuple(accumulate((at, *sizes)))
        if ends[-1] != len(raw):
            raise InputError(f"a record of {ends[-1]} bytes does not have {len(raw)}")
        state, monitor, alarms, fresh = (raw[start:end] for start, end in pairwise(ends))
        ledger = Ledger.unpack(raw[_HEAD.size : at])
        in_force = named if any(named) else b""
        return cls(log_index, in_force, tuple(logged), state, monitor, alarms, fresh, ledger)


class Keeper:
    """Writes and reads these records.

    Parameters
    ----------
    store
        Where they lie.
    """

    def __init__(self, store: Store) -> None:
        self._record = Slots(store, "state")
        self._programs = tuple(Slots(store, name) for name in _PROGRAMS)
        self.was_damaged = False
        """One of two copies of something was bad, and the other one was used."""

    def save(self, kept: Kept) -> None:
        """Write the record; it counts after the store's next sync.

        Raises
        ------
        StoreError
            When the store fails; the record before stays.
        """
        self._record.write(kept.pack())

    def load(self) -> Kept | None:
        """Return the newest whole record; None when there never was one.

        Raises
        ------
        StoreError
            When no copy is whole, or the store fails.
        """
        found = self._record.read()
        if found is None:
            return None
        self.was_damaged |= found.other_damaged
        try:
            return Kept.unpack(found.payload)
        except InputError as wrong:
            raise Damaged(f"the record of the pump cannot be read: {wrong}") from wrong

    def put_program(self, program: bytes, limits: bytes, in_force: bytes) -> None:
        """Write a program and its limits where the one in force is not; twice, then sync it.

        Raises
        ------
        StoreError
            When the store fails; the program in force is untouched.
        """
        self._write(self._holding(in_force, there=False), program, limits)

    def renew_program(self, program: bytes, limits: bytes) -> None:
        """Write the program in force again over its worse copy, or in full when none is whole.

        Never over both: a loss of power before the sync could take the whole one too (PC-40).

        Raises
        ------
        StoreError
            When the store fails.
        """
        named = digest(program, limits)
        slots = self._holding(named, there=True)
        self._write(slots, program, limits, copies=1 if _named(slots) == named else 2)

    def _holding(self, named: bytes, *, there: bool) -> Slots:
        """Return the slots that hold a program, or others."""
        return next(
            (slots for slots in self._programs if (_named(slots) == named) is there),
            self._programs[0],
        )

    @staticmethod
    def _write(slots: Slots, program: bytes, limits: bytes, copies: int = 2) -> None:
        for _ in range(copies):
            slots.write(_LENGTH.pack(len(program)) + program + limits)

    def program(self, named: bytes) -> tuple[bytes, bytes] | None:
        """Return the program and limits with this digest; None when no whole copy is left.

        Raises
        ------
        StoreError
            When the store fails.
        """
        for slots in self._programs:
            found = _whole(slots)
            if found is not None and digest(*_split(found.payload)) == named:
                self.was_damaged |= found.other_damaged
                return _split(found.payload)
        return None


def _split(payload: bytes) -> tuple[bytes, bytes]:
    end = _LENGTH.size + _LENGTH.unpack_from(payload)[0]
    return payload[_LENGTH.size : end], payload[end:]


def _named(slots: Slots) -> bytes | None:
    """Return the digest of what a pair of slots holds; None when nothing whole."""
    found = _whole(slots)
    return digest(*_split(found.payload)) if found else None


def _whole(slots: Slots) -> Held | None:
    """Return what a pair of slots holds; None when nothing whole."""
    try:
        return slots.read()
    except Damaged:
        return None


def pack_alarms(listed: tuple[Alarm, ...]) -> bytes:
    """Return the alarms that are listed as bytes; they sound at once after a loss of power."""
    return b"".join(
        _ALARM.pack(len(one.name), one.since_s, one.active, one.acknowledged) + one.name.encode()
        for one in listed
    )


def unpack_alarms(raw: bytes, now_s: int, table: AlarmTable) -> tuple[Alarm, ...]:
    """Return the alarms of `pack_alarms`, each that sounds due now."""
    listed, at = [], 0
    while at < len(raw):
        size, since_s, active, acknowledged = _ALARM.unpack_from(raw, at)
        at += _ALARM.size
        name = raw[at : at + size].decode("ascii")
        due_s = now_s if active and table.every_s(name) < FAR else FAR
        listed.append(Alarm(name, since_s, due_s, active, acknowledged))
        at += size
    return tuple(listed)
