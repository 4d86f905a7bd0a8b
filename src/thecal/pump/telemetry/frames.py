"""The frames of thecal's own telemetry: fixed binary, one version, no real device's protocol.

A frame is a header of 29 bytes and a body::

    magic "thecal"   6   what it is
    version          1   `VERSION`, nothing else is spoken
    type             1   `FrameType`
    direction        1   `Direction`: a frame cannot be sent back to where it came from
    session          8   drawn by the pump, 0 before it has drawn one
    counter          8   strictly increasing within a session and a direction
    length           4   of the body, at most `MOST_BODY`

All numbers are big-endian. The header is the associated data of a sealed body (`sealing`), so that
no part of it can be changed. Everything that can be refused without cryptography is refused here.
"""

from __future__ import annotations

from enum import IntEnum, unique
from struct import Struct
from typing import Final, NamedTuple

from thecal.errors import InputError

MAGIC: Final = b"thecal"
VERSION: Final = 1
NONCE_BYTES: Final = 32
MOST_BODY: Final = 65_536
"""Bytes of a body, the tag of a sealed one included."""

_HEADER: Final = Struct(">6sBBBQQI")
HEADER_BYTES: Final = _HEADER.size


class FrameError(InputError):
    """The bytes are no frame of this protocol; they are dropped."""


@unique
class Direction(IntEnum):
    """Which way a frame goes."""

    TO_PUMP = 1
    FROM_PUMP = 2


@unique
class FrameType(IntEnum):
    """What a frame is for."""

    HELLO = 1
    """Programmer: its role and nonce, in clear."""
    CHALLENGE = 2
    """Pump: its nonce, in clear, and the number of the session."""
    PROOF = 3
    """Programmer: pump, operator and patient, sealed; proves its key."""
    WELCOME = 4
    """Pump: its time and the head of its log, sealed; proves its key."""
    REQUEST = 5
    ANSWER = 6
    EMERGENCY = 7
    """Anyone at the pump: what is in it and how fast it runs, without a key (PC-87)."""
    EMERGENCY_ANSWER = 8
    WAIT = 9
    """Pump: too many failed authentications; so many seconds to wait."""


_WAY: Final = {
    FrameType.HELLO: Direction.TO_PUMP,
    FrameType.CHALLENGE: Direction.FROM_PUMP,
    FrameType.PROOF: Direction.TO_PUMP,
    FrameType.WELCOME: Direction.FROM_PUMP,
    FrameType.REQUEST: Direction.TO_PUMP,
    FrameType.ANSWER: Direction.FROM_PUMP,
    FrameType.EMERGENCY: Direction.TO_PUMP,
    FrameType.EMERGENCY_ANSWER: Direction.FROM_PUMP,
    FrameType.WAIT: Direction.FROM_PUMP,
}


class Frame(NamedTuple):
    """One frame: what its header says, and its body."""

    type: FrameType
    direction: Direction
    session: int
    counter: int
    body: bytes

    def header(self) -> bytes:
        """Return the header's bytes."""
        return _HEADER.pack(
            MAGIC,
            VERSION,
            self.type,
            self.direction,
            self.session,
            self.counter,
            len(self.body),
        )

    def encoded(self) -> bytes:
        """Return the frame's bytes.

        Examples
        --------
        >>> frame = Frame(FrameType.EMERGENCY, Direction.TO_PUMP, 0, 0, b"")
        >>> decoded(frame.encoded()) == frame
        True
        """
        return self.header() + self.body


def decoded(data: bytes) -> Frame:
    """Return the frame that the bytes are, all of them.

    Raises
    ------
    FrameError
        When they are anything else: another magic, version, type, direction or length.
    """
    length = body_length(data)
    _, _, kind, direction, session, counter, _ = _HEADER.unpack_from(data)
    if len(data) != HEADER_BYTES + length:
        raise FrameError(
            f"the frame has {len(data) - HEADER_BYTES} bytes of body, but its header says {length}"
        )
    return Frame(FrameType(kind), Direction(direction), session, counter, data[HEADER_BYTES:])


def body_length(data: bytes) -> int:
    """Return how long the body of the frame is that begins with these bytes.

    Raises
    ------
    FrameError
        When they cannot be the beginning of a frame.
    """
    if len(data) < HEADER_BYTES:
        raise FrameError(f"a frame has a header of {HEADER_BYTES} bytes, but here are {len(data)}")
    magic, version, kind, direction, _, _, length = _HEADER.unpack_from(data)
    if magic != MAGIC:
        raise FrameError("this is no frame of thecal")
    if version != VERSION:
        raise FrameError(f"the frame is of version {version}, but only {VERSION} is spoken")
    if _WAY.get(kind) != direction:
        raise FrameError(f"no frame of type {kind} goes in direction {direction}")
    if length > MOST_BODY:
        raise FrameError(f"the frame has {length} bytes, but at most {MOST_BODY} are read")
    return int(length)


class Splitter:
    """Cuts a stream of bytes into frames; holds at most one unfinished frame."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the frames that are complete with these bytes; the rest waits for more.

        Raises
        ------
        FrameError
            When the stream is no longer one of frames; the connection must be closed, because
            nothing tells where the next frame begins.
        """
        held = self._held + data
        self._held = b""
        frames = []
        start = 0
        while len(held) - start >= HEADER_BYTES:
            end = start + HEADER_BYTES + body_length(held[start : start + HEADER_BYTES])
            if end > len(held):
                break
            frames.append(held[start:end])
            start = end
        self._held = held[start:]
        return frames
