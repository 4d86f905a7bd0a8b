"""Values in memory that tell when they were damaged, and mend one bad copy (PC-24, H37).

A value is kept twice, as its bytes and as their complement, each with its own CRC-32. One damaged
copy is replaced by the other; when both are damaged, or differ, the value is lost and nobody
guesses. Checked at every use.
"""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple
from zlib import crc32

from thecal.errors import ThecalError
from thecal.pump.implant.codec import decode_state, encode_state
from thecal.pump.implant.values import State

_CRC: Final = Struct("<I")
_CRC_OF_WHOLE: Final = 0x2144_DF1C
"""The CRC-32 of any bytes followed by their own CRC-32, least byte first."""
_COMPLEMENT: Final = bytes(255 - value for value in range(256))


class MemoryFaultError(ThecalError):
    """Both copies of a value are damaged; it must not be used."""


class Opened(NamedTuple):
    """A value, and whether one of its copies was damaged."""

    state: State
    mended: bool


def guard(payload: bytes) -> bytes:
    """Return the cells that keep some bytes safe: twice as many, and 8 more.

    Examples
    --------
    >>> check_cells(guard(b"0.25 mL/day"))
    (b'0.25 mL/day', False)
    """
    copy = payload + _CRC.pack(crc32(payload))
    return copy + copy.translate(_COMPLEMENT)


def check_cells(cells: bytes) -> tuple[bytes, bool]:
    """Return the bytes that some cells keep, and whether one copy was damaged.

    Raises
    ------
    MemoryFaultError
        When no copy is whole, or two whole copies differ.
    """
    half = len(cells) // 2
    first, second = cells[:half], cells[half:].translate(_COMPLEMENT)
    if first == second and crc32(first) == _CRC_OF_WHOLE:
        return first[:-4], False
    good = [copy for copy in (first, second) if _whole(copy)]
    if len(good) != 1:
        raise MemoryFaultError("both copies of a value in memory are damaged, so it cannot be used")
    return good[0][:-4], True


def _whole(copy: bytes) -> bool:
    return crc32(copy) == _CRC_OF_WHOLE


def seal(state: State) -> bytes:
    """Return a state's cells."""
    return guard(encode_state(state))


def unseal(cells: bytes) -> Opened:
    """Return the state of some cells, mended if one copy was damaged.

    Raises
    ------
    MemoryFaultError
        When both copies are damaged.
    """
    payload, mended = check_cells(cells)
    return Opened(decode_state(payload), mended)
