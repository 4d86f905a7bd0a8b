"""Sealing and opening of bodies: ChaCha20-Poly1305 (RFC 8439) with the header as associated data.

One key a direction and a counter that never repeats make each nonce unique.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from thecal.pump.telemetry.frames import Direction, Frame, FrameError, FrameType

TAG_BYTES: Final = 16
_NONCE_BYTES: Final = 12


class Sealer:
    """Seals the frames that go one way in one session.

    Parameters
    ----------
    key
        The key of this direction.
    direction, session
        What stands in each header.
    """

    def __init__(self, key: bytes, direction: Direction, session: int) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._direction = direction
        self._session = session
        self._counter = 0

    def seal(self, kind: FrameType, body: bytes) -> bytes:
        """Return the bytes of the next frame."""
        self._counter += 1
        # The header states the sealed length, so it is made before the body is sealed.
        blank = Frame(
            kind, self._direction, self._session, self._counter, bytes(len(body) + TAG_BYTES)
        )
        header = blank.header()
        return header + self._cipher.encrypt(_nonce(self._counter), body, header)


class Opener:
    """Opens the frames that come from the other side in one session, each at most once."""

    def __init__(self, key: bytes, direction: Direction, session: int) -> None:
        self._cipher = ChaCha20Poly1305(key)
        self._direction = direction
        self._session = session
        self._last = 0

    def open(self, frame: Frame) -> bytes:
        """Return the body of a frame.

        Raises
        ------
        FrameError
            When the frame is of another session or direction, has been seen, is older than one
            that has been seen, or was changed on its way.
        """
        self.check_place(frame)
        self.check_counter(frame)
        try:
            body = self._cipher.decrypt(_nonce(frame.counter), frame.body, frame.header())
        except InvalidTag:
            raise FrameError("the frame was not sealed with the key of this session") from None
        self._last = frame.counter
        return body

    def check_place(self, frame: Frame) -> None:
        """Refuse a frame of another session or direction, before any cryptography."""
        if frame.session != self._session or frame.direction != self._direction:
            raise FrameError("the frame belongs to another session")

    def check_counter(self, frame: Frame) -> None:
        """Refuse a frame that is not newer than all before it, before any cryptography."""
        if frame.counter <= self._last:
            raise FrameError("the frame was seen before, or one that was sent after it")


def _nonce(counter: int) -> bytes:
    return counter.to_bytes(_NONCE_BYTES, "big")
