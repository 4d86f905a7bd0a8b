"""The chain of the log: how a record is sealed, and how a reader finds the first that is not.

h_i = SHA-256(h_{i-1} || record_i), m_i = HMAC-SHA-256(k_i, h_i), k_{i+1} = SHA-256("next" || k_i).
The pump keeps only the key of the record that is not yet written, so who reads its whole store can
rewrite nothing of the past; whoever holds the first key, or a head from an earlier session, finds
every change (PC-71, PC-72; Crosby and Wallach 2009, Ma and Tsudik for truncation).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.implant.ledger import Ledger
from thecal.pump.implant.records import (
    COUNT_BY_CODE,
    HEADER,
    KINDS,
    WORD,
    decoded,
    digest_bytes,
)

MAC_BYTES: Final = 32
KEY_BYTES: Final = 32
NO_HASH: Final = bytes(32)
"""The hash before the first record."""
_BLOCK_BYTES: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_ROLLED: Final = KINDS["rolled"].code
_KIND_AT: Final = HEADER.size - 2
MOST_RECORDS: Final = 1 << 26
"""More than any pump writes; a number beyond is not believed."""


@dataclass(frozen=True, slots=True)
class Head:
    """So many records, and the hash of the last; held outside, it proves that they were there."""

    index: int
    digest: bytes


EMPTY: Final = Head(0, NO_HASH)


class Rebuilt(NamedTuple):
    """What a log alone tells."""

    ledger: Ledger
    programs: tuple[tuple[int, bytes], ...]
    """The second of each commit, and the digest of what took effect; of what was in force when the
    log begins, the second at which it begins."""


def next_key(key: bytes) -> bytes:
    """Return the key of the next record; there is no way back."""
    return sha256(b"next" + key).digest()


def linked(before: bytes, raw: bytes) -> bytes:
    """Return the hash of a record, given the hash before it."""
    return sha256(before + raw).digest()


def mac(key: bytes, link: bytes) -> bytes:
    """Return the authentication code of a record from its hash.

    RFC 2104 written out for a key shorter than a block; for one short message that takes half the
    time of `hmac.digest`.
    """
    block = key.ljust(_BLOCK_BYTES, b"\0")
    inner = sha256(block.translate(_INNER) + link).digest()
    return sha256(block.translate(_OUTER) + inner).digest()


def verify(
    raw: bytes, first_key: bytes, heads: tuple[Head, ...] = (), origin: Head | None = None
) -> int | None:
    """Check a log and name the first record that is not what the pump wrote.

    Parameters
    ----------
    raw
        Records as `Log.since` gives them: from the first that is stored, or from ``origin`` on.
    first_key
        The key that the log began with.
    heads
        Heads from earlier sessions; without one, records cut off at the end are not missed.
    origin
        The head of the part already held, when ``raw`` is only what came after it.

    Returns
    -------
    int or None
        The number of the first record that is altered, out of place or missing; None when there
        is none.
    """
    begin = _beginning(raw) if origin is None else origin
    # What a first record says of itself is not believed before it is proved.
    index, lowest = begin.index, 0 if origin is None else begin.index
    held = {head.index: head.digest for head in heads}
    if index > MOST_RECORDS or held.get(index, begin.digest) != begin.digest:
        return lowest
    end, trusted, kept_from = 0, lowest, begin.index
    for start, after, link in _proved(raw, begin, first_key):
        index, end = index + 1, after
        if raw[start + _KIND_AT] == _ROLLED:
            kept_from = decoded(raw, start)[0].record.values[0]
        if index in held:
            if held[index] != link:
                return trusted
            trusted = index
    if end < len(raw):
        return index if index > begin.index else lowest
    if origin is None and begin.index > kept_from:
        return kept_from
    return index if max(held, default=0) > index else None


def _proved(raw: bytes, begin: Head, key: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Give beginning, end and hash of each record, up to the first that is not what was written."""
    for _ in range(begin.index):
        key = next_key(key)
    number, link, last_s, start = begin.index, begin.digest, 0, 0
    while len(raw) - start >= HEADER.size:
        written, now_s, _, _, code, count = HEADER.unpack_from(raw, start)
        end = start + HEADER.size + count * WORD
        link = sha256(link + raw[start:end]).digest()
        if (
            written != number
            or now_s < last_s
            or COUNT_BY_CODE.get(code) != count
            or raw[end : end + MAC_BYTES] != mac(key, link)
        ):
            return
        end += MAC_BYTES
        yield start, end, link
        key = sha256(b"next" + key).digest()
        number, last_s, start = number + 1, now_s, end


def rebuilt(raw: bytes) -> Rebuilt:
    """Return what the ledger and the programs must have been, from records that were verified.

    Parameters
    ----------
    raw
        As for `verify`, from the first record that is stored.

    Raises
    ------
    InputError
        When a record cannot be read, or moves a volume that was not there.
    """
    ledger = Ledger.opened(0)
    programs: list[tuple[int, bytes]] = []
    offset = 0
    while offset < len(raw):
        entry, end = decoded(raw, offset)
        kind, values = entry.record
        if kind == "opened":
            ledger = Ledger.opened(values[0])
        elif kind == "rolled":
            ledger = Ledger(ledger.entries, values[9:])
            if not offset and any(values[5:9]):
                programs.append((entry.now_s, digest_bytes(values[5:9])))
        elif kind == "delivered":
            ledger = ledger.deliver(*values)
        elif kind == "reservoir filled":
            filled_nl, aspirated_nl, residual_nl = values
            ledger = ledger.refill(
                filled_nl=filled_nl, aspirated_nl=aspirated_nl, residual_nl=residual_nl
            )
        elif kind == "committed":
            programs.append((entry.now_s, digest_bytes(values)))
        offset = end + MAC_BYTES
    return Rebuilt(ledger, tuple(programs))


def _beginning(raw: bytes) -> Head:
    """Return what a stored log continues: nothing, or what its first record says was dropped."""
    try:
        entry, _ = decoded(raw)
    except InputError:
        return EMPTY
    if entry.record.kind != "rolled":
        return EMPTY
    return Head(entry.number, digest_bytes(entry.record.values[1:5]))
