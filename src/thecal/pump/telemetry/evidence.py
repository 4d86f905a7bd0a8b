"""Which record of the pump's log proves that an order was carried out."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Final, NamedTuple

from thecal.pump.implant.chain import MAC_BYTES
from thecal.pump.implant.records import Entry, decoded
from thecal.pump.implant.values import Account, Phase
from thecal.pump.telemetry.commands import Command, Kind

Numbers = tuple[int, ...]


class Proof(NamedTuple):
    """A record of this kind, whose values are those of the order."""

    record: str
    fits: Callable[[Numbers, Numbers], bool] = lambda _values, _numbers: True


PROOFS: Final = MappingProxyType(
    {
        Kind.BOLUS: Proof(
            "bolus started",
            lambda values, numbers: (values[0], *values[2:]) == (Account.CLINICIAN_BOLUS, *numbers),
        ),
        Kind.STOP: Proof("phase", lambda values, _: values[1] == Phase.STOPPED),
        Kind.START: Proof(
            "phase", lambda values, _: values[1] in {Phase.RUNNING, Phase.BRIDGING, Phase.PRIMING}
        ),
        Kind.PRIME: Proof("prime started", lambda values, numbers: values == numbers),
        Kind.REFILL: Proof("reservoir filled", lambda values, numbers: values[:2] == numbers),
        Kind.SET_CLOCK: Proof("clock set", lambda values, numbers: values[1:2] == numbers),
        Kind.SILENCE: Proof("alarms silenced"),
        Kind.ACKNOWLEDGE: Proof("alarm acknowledged"),
    }
)
"""A program is read back instead, and a patient's handheld does not read the log."""


def is_proved(command: Command, records: bytes) -> bool:
    """Return whether the records that followed an order prove that it was carried out.

    Parameters
    ----------
    records
        As the log gives them.
    """
    proof = PROOFS[command.kind]
    return any(
        one.record.kind == proof.record and proof.fits(one.record.values, command.numbers)
        for one in read_entries(records)
    )


def read_entries(records: bytes) -> tuple[Entry, ...]:
    """Return the entries that some bytes of the log are; nothing of them is checked."""
    found = []
    at = 0
    while at < len(records):
        entry, end = decoded(records, at)
        found.append(entry)
        at = end + MAC_BYTES
    return tuple(found)


def first_number(records: bytes) -> int:
    """Return the number of the first record; nothing of it is checked."""
    return decoded(records)[0].number
