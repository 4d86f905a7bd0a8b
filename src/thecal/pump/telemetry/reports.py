"""What the pump reports, in bytes: tagged values, one way to write each of them."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.implant.status import Listed, Status

_INT: Final = b"i"
_TEXT: Final = b"s"
_BYTES: Final = b"b"
_TUPLE: Final = b"t"
_INT_BYTES: Final = 8
_LENGTH_BYTES: Final = 2
_DEEPEST: Final = 4

Value = int | str | bytes | tuple["Value", ...]


class ReportError(InputError):
    """The bytes are no report."""


class Emergency(NamedTuple):
    """What anyone beside the pump may know (PC-87)."""

    phase: int
    nl_per_day: int
    label: str


def read_status(data: bytes) -> Status:
    """Return the status that the bytes are.

    Raises
    ------
    ReportError
        When they are none.
    """
    status = Status(*_fields(data, len(Status._fields)))
    return status._replace(alarms=tuple(Listed(*one) for one in status.alarms))


def read_emergency(data: bytes) -> Emergency:
    """Return the answer to an emergency read.

    Raises
    ------
    ReportError
        When the bytes are none.
    """
    return Emergency(*_fields(data, len(Emergency._fields)))


def _fields(data: bytes, count: int) -> tuple[Any, ...]:
    found = decode(data)
    if not isinstance(found, tuple) or len(found) != count:
        raise ReportError(f"a report of {count} values was expected")
    return found


def encode(value: Value) -> bytes:
    """Return a value's bytes.

    Examples
    --------
    >>> decode(encode((1, "low reservoir", (b"x",))))
    (1, 'low reservoir', (b'x',))
    """
    match value:
        case int():
            return _INT + int(value).to_bytes(_INT_BYTES, "big", signed=True)
        case str():
            return _TEXT + _sized(value.encode("ascii", "replace"))
        case bytes():
            return _BYTES + _sized(value)
        case _:
            return _TUPLE + len(value).to_bytes(_LENGTH_BYTES, "big") + b"".join(map(encode, value))


def decode(data: bytes) -> Value:
    """Return the value that the bytes are, all of them.

    Raises
    ------
    ReportError
        When they are none.
    """
    value, end = _decode(data, 0, 0)
    if end != len(data):
        raise ReportError(f"a report of {end} bytes is followed by {len(data) - end} more")
    return value


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(_LENGTH_BYTES, "big") + data


def _decode(data: bytes, start: int, depth: int) -> tuple[Value, int]:
    tag, at = data[start : start + 1], start + 1
    if tag == _INT:
        return int.from_bytes(_slice(data, at, _INT_BYTES), "big", signed=True), at + _INT_BYTES
    length = int.from_bytes(_slice(data, at, _LENGTH_BYTES), "big")
    at += _LENGTH_BYTES
    if tag in {_TEXT, _BYTES}:
        found = _slice(data, at, length)
        if tag == _BYTES:
            return found, at + length
        if not found.isascii():
            raise ReportError(f"the text at byte {at} of a report is not ASCII")
        return found.decode("ascii"), at + length
    if tag != _TUPLE or depth >= _DEEPEST:
        raise ReportError(f"no value of a report begins at byte {start}")
    values = []
    for _ in range(length):
        value, at = _decode(data, at, depth + 1)
        values.append(value)
    return tuple(values), at


def _slice(data: bytes, start: int, length: int) -> bytes:
    found = data[start : start + length]
    if len(found) != length:
        raise ReportError(f"the report breaks off at byte {len(data)}")
    return found
