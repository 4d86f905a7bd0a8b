"""Log records as bytes: every kind, its code and its numbers; `words` puts them in sentences."""

from __future__ import annotations

from struct import Struct, error
from types import MappingProxyType
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.implant.ledger import Book
from thecal.pump.implant.values import Record

HEADER: Final = Struct(">QQIIBB")
"""Number, second of the counter, second of the week at second 0, epoch of the clock, kind, count
of values."""
WORD: Final = 8
"""Bytes of a value: a signed number, most significant byte first."""
DIGEST: Final = Struct(">4q")
_MOST_VALUES: Final = 24
_VALUES: Final = tuple(Struct(f">{count}q") for count in range(_MOST_VALUES))


class Kind(NamedTuple):
    """A kind of record: its code, and what its numbers are."""

    code: int
    fields: tuple[str, ...] = ()


_PROGRAM: Final = ("program", "program_2", "program_3", "program_4")
_BEFORE: Final = ("before", "before_2", "before_3", "before_4")
_BOLUS: Final = ("account", "number", "volume_nl", "given_nl")

KINDS: Final = MappingProxyType(
    {
        # The log itself.
        "opened": Kind(1, ("volume_nl",)),
        "rolled": Kind(
            2, ("kept_from", *_BEFORE, *_PROGRAM, *(book.name.lower() for book in Book))
        ),
        "records lost": Kind(3, ("count",)),
        # What the ledger and the programs can be rebuilt from.
        "delivered": Kind(10, ("account", "volume_nl")),
        "reservoir filled": Kind(11, ("filled_nl", "aspirated_nl", "residual_nl")),
        "committed": Kind(12, _PROGRAM),
        # The controller.
        "refused": Kind(20, ("event", "refusal")),
        "ignored": Kind(21, ("event",)),
        "phase": Kind(22, ("was_phase", "phase")),
        "program": Kind(23, ("count", "bridge_nl", "bridge_nl_per_day")),
        "bolus asked": Kind(24, ("account", "volume_nl", "duration_s")),
        "bolus started": Kind(25, ("account", "number", "volume_nl", "duration_s")),
        "bolus ended": Kind(26, _BOLUS),
        "bolus cancelled": Kind(27, _BOLUS),
        "bolus denied": Kind(28, ("account", "volume_nl", "denial")),
        "bolus lapsed": Kind(29, ("account", "volume_nl")),
        "scheduled bolus refused": Kind(30, ("which", "volume_nl", "refusal")),
        "boluses missed": Kind(31, ("which", "count", "volume_nl")),
        "bridge ended": Kind(32, ("left_nl",)),
        "bridge abandoned": Kind(33, ("left_nl",)),
        "prime started": Kind(34, ("volume_nl", "flow_nl_per_day")),
        "prime ended": Kind(35, ("left_nl",)),
        "prime cancelled": Kind(36, ("left_nl",)),
        "refilled": Kind(37, ("was_nl", "volume_nl")),
        "clock set": Kind(
            38, ("was_clock", "clock", "was_nl_per_day", "flow_nl_per_day", "effect_nl")
        ),
        "fault": Kind(39, ("fault",)),
        "late": Kind(40, ("since", "until")),
        "time lost": Kind(41, ("since", "until")),
        "power returned": Kind(42, ("since", "until")),
        "low reservoir": Kind(43, ("volume_nl",)),
        "reservoir empty": Kind(44, ("volume_nl",)),
        "stopped": Kind(45, ("stood_s",)),
        "stopped too long": Kind(46, ("stood_s",)),
        # The implant around it.
        "permit refused": Kind(60, ("count", "denial")),
        "monitor refused": Kind(61, ("event", "denial")),
        "staged": Kind(62, _PROGRAM),
        "stage expired": Kind(63, _PROGRAM),
        "alarm raised": Kind(64, ("cause",)),
        "alarm cleared": Kind(65, ("cause",)),
        "alarm acknowledged": Kind(66, ("cause",)),
        "alarms silenced": Kind(67, ("silent_s",)),
        "session opened": Kind(68, ("number",)),
        "session closed": Kind(69, ("number",)),
        "risk cleared": Kind(71),
        "stored again": Kind(72, ("failed_s",)),
        "memory mended": Kind(73),
        "started up": Kind(74),
        "stall": Kind(75, ("onset",)),
        "stall recovered": Kind(76, ("onset", "until")),
        "line released": Kind(77, ("volume_nl",)),
        "read-back differs": Kind(78),
        "authentication failed": Kind(79, ("number", "count", "wait_s")),
        "self-test failed": Kind(80, ("number",)),
        "stage refused": Kind(81),
        "log disputed": Kind(82),
    }
)
"""Codes are for ever: a log of years ago is read with them."""

NAME_BY_CODE: Final = MappingProxyType({kind.code: name for name, kind in KINDS.items()})
COUNT_BY_CODE: Final = MappingProxyType({kind.code: len(kind.fields) for kind in KINDS.values()})
assert len(NAME_BY_CODE) == len(KINDS), "two kinds share a code"


class Entry(NamedTuple):
    """A record and its place in the log."""

    number: int
    now_s: int
    week_offset_s: int
    epoch: int
    """How often the clock had been set."""
    record: Record


def encoded(entry: Entry) -> bytes:
    """Return the one way to write an entry.

    Raises
    ------
    InputError
        When the kind is unknown, or its values are not as many or as large as they may be.
    """
    name, values = entry.record
    kind = KINDS.get(name)
    if kind is None or len(values) != len(kind.fields):
        raise InputError(f"{name!r} with {len(values)} values is no kind of record")
    try:
        head = HEADER.pack(*entry[:4], kind.code, len(values))
        return head + _VALUES[len(values)].pack(*values)
    except error as refusal:
        raise InputError(f"the record {name!r} with {values} cannot be written") from refusal


def decoded(raw: bytes, offset: int = 0) -> tuple[Entry, int]:
    """Return the entry that begins at an offset, and where it ends.

    Raises
    ------
    InputError
        When no whole entry of a known kind begins there.
    """
    start = offset + HEADER.size
    if len(raw) < start:
        raise InputError(f"the log breaks off at byte {offset}")
    number, now_s, week_offset_s, epoch, code, count = HEADER.unpack_from(raw, offset)
    end = start + count * WORD
    if COUNT_BY_CODE.get(code) != count or len(raw) < end:
        raise InputError(f"no record that could be read begins at byte {offset} of the log")
    record = Record(NAME_BY_CODE[code], _VALUES[count].unpack_from(raw, start))
    return Entry(number, now_s, week_offset_s, epoch, record), end


def digest_values(digest: bytes) -> tuple[int, ...]:
    r"""Return a SHA-256 digest as the four values that a record holds.

    Examples
    --------
    >>> digest_values(bytes(31) + b"\x05")
    (0, 0, 0, 5)
    """
    return DIGEST.unpack(digest)


def digest_bytes(values: tuple[int, ...]) -> bytes:
    """Return the digest of `digest_values`."""
    return DIGEST.pack(*values)
