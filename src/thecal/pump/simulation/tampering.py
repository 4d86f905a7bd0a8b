"""Tampering with a stored log in every way, and how long a long log takes to verify."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random
from time import process_time
from typing import Final, NamedTuple

from thecal.pump.implant.chain import (
    MAC_BYTES,
    NO_HASH,
    Head,
    linked,
    mac,
    next_key,
    verify,
)
from thecal.pump.implant.log import Log, Stamp
from thecal.pump.implant.records import KINDS, decoded
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Record

_LENGTH: Final = 40


class Tampering(NamedTuple):
    """What a campaign came to."""

    tampered: int
    found: int
    """With the right first bad record."""
    by_way: tuple[tuple[str, int], ...]
    """How often each way was tried."""
    missed: tuple[int, ...]
    """The seeds of those that were not found, or at the wrong place."""


class Written(NamedTuple):
    """A log as an attacker finds it in the store, and what its owner holds outside."""

    lines: tuple[bytes, ...]
    first_key: bytes
    last_key: bytes
    """What the store holds: the key of the next record."""
    head: Head


def written(records: int, seed: int) -> Written:
    """Return a log of so many random records."""
    chance = Random(seed)  # noqa: S311 - a seed, no secret
    first_key = chance.randbytes(32)
    log = Log(MemoryStore(), first_key=first_key, segment_bytes=1 << 40)
    kinds = [name for name in KINDS if name != "rolled"]
    key = first_key
    for number in range(records):
        kind = chance.choice(kinds)
        values = tuple(chance.randrange(1 << 40) for _ in KINDS[kind].fields)
        log.append(Record(kind, values), Stamp(number * 60, 0))
        key = next_key(key)
    return Written(_lines(log.since(0)), first_key, key, log.head)


def tamper_campaign(count: int, seed: int) -> Tampering:
    """Tamper with logs at random and ask for the first bad record each time (PC-71, PC-72).

    Parameters
    ----------
    count
        How many tamperings; the first has number ``seed``, which alone decides it.
    """
    found, missed, ways = 0, [], dict.fromkeys((way.__name__[1:] for way in _WAYS), 0)
    original = written(_LENGTH, seed)
    for number in range(seed, seed + count):
        chance = Random(number)  # noqa: S311 - a seed, no secret
        way = chance.choice(_WAYS)
        forged = b"".join(way(original, chance))
        ways[way.__name__[1:]] += 1
        told = verify(forged, original.first_key, (original.head,))
        if told is not None and told == first_change(original.lines, forged):
            found += 1
        else:
            missed.append(number)
    return Tampering(count, found, tuple(ways.items()), tuple(missed))


def first_change(lines: tuple[bytes, ...], forged: bytes) -> int | None:
    """Return the number of the first record that is not as it was; None when nothing changed."""
    offset = 0
    for number, line in enumerate(lines):
        if forged[offset : offset + len(line)] != line:
            return number
        offset += len(line)
    return len(lines) if len(forged) > offset else None


def verify_seconds(records: int = 1_000_000) -> float:
    """Return how long a log of so many records takes to verify, in seconds (PC-74).

    Raises
    ------
    AssertionError
        When the log does not verify.
    """
    log = Log(MemoryStore(), first_key=bytes(32), segment_bytes=1 << 40)
    for number in range(records):
        log.append(Record("delivered", (0, 250)), Stamp(number, 0))
        if number % 4_096 == 0:
            log.seal()
    raw = log.since(0)
    start = process_time()
    bad = verify(raw, bytes(32), (log.head,))
    seconds = process_time() - start
    assert bad is None, "a log that nobody touched does not verify"
    return seconds


def _lines(raw: bytes) -> tuple[bytes, ...]:
    ends = [0]
    while ends[-1] < len(raw):
        ends.append(decoded(raw, ends[-1])[1] + MAC_BYTES)
    return tuple(raw[start:end] for start, end in pairwise(ends))


# -- the ways ----------------------------------------------------------------------------------


def _flip_a_bit(log: Written, chance: Random) -> list[bytes]:
    lines = list(log.lines)
    at = chance.randrange(len(lines))
    line = bytearray(lines[at])
    line[chance.randrange(len(line))] ^= 1 << chance.randrange(8)
    return [*lines[:at], bytes(line), *lines[at + 1 :]]


def _alter(log: Written, chance: Random) -> list[bytes]:
    lines = list(log.lines)
    at = chance.randrange(len(lines))
    line = lines[at]
    start = chance.randrange(len(line))
    altered = bytearray(line)
    altered[start:] = chance.randbytes(len(line) - start)
    altered[start] = line[start] ^ chance.randrange(1, 256)
    return [*lines[:at], bytes(altered), *lines[at + 1 :]]


def _delete(log: Written, chance: Random) -> list[bytes]:
    at = chance.randrange(len(log.lines))
    until = min(at + chance.randint(1, 5), len(log.lines))
    return [*log.lines[:at], *log.lines[until:]]


def _insert(log: Written, chance: Random) -> list[bytes]:
    at = chance.randrange(len(log.lines) + 1)
    other = chance.choice((*log.lines, chance.randbytes(chance.randint(1, 120))))
    return [*log.lines[:at], other, *log.lines[at:]]


def _swap(log: Written, chance: Random) -> list[bytes]:
    lines = list(log.lines)
    one, other = chance.sample(range(len(lines)), 2)
    lines[one], lines[other] = lines[other], lines[one]
    return lines


def _truncate(log: Written, chance: Random) -> list[bytes]:
    return list(log.lines[: chance.randrange(len(log.lines))])


def _tear(log: Written, chance: Random) -> list[bytes]:
    raw = b"".join(log.lines)
    return [raw[: chance.randrange(len(raw))]]


def _chain_anew(log: Written, chance: Random) -> list[bytes]:
    """Change a record and forge all that follow with the key that the store holds."""
    lines = list(log.lines)
    at = chance.randrange(len(lines))
    link, key = NO_HASH, log.last_key
    for number, line in enumerate(lines):
        record = bytearray(line[:-MAC_BYTES])
        if number == at:
            record[-1] ^= chance.randrange(1, 256)
        link = linked(link, bytes(record))
        if number >= at:
            lines[number] = bytes(record) + mac(key, link)
            key = next_key(key)
    return lines


def _another_log(log: Written, chance: Random) -> list[bytes]:
    """Go on from a record with those of another pump."""
    at = chance.randrange(len(log.lines))
    return [*log.lines[:at], *_other(chance.randrange(8)).lines[at:]]


_OTHERS: Final[dict[int, Written]] = {}


def _other(seed: int) -> Written:
    if seed not in _OTHERS:
        _OTHERS[seed] = written(_LENGTH, (1 << 64) + seed)
    return _OTHERS[seed]


_WAYS: Final[tuple[Callable[[Written, Random], list[bytes]], ...]] = (
    _flip_a_bit,
    _alter,
    _delete,
    _insert,
    _swap,
    _truncate,
    _tear,
    _chain_anew,
    _another_log,
)
