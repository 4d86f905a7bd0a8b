"""How both sides prove that they hold the pump's key, and come to the keys of one session.

::

    programmer                                  pump
    HELLO      role, nonce, in clear      ->
                                          <-    CHALLENGE  nonce and session number, in clear
    PROOF      pump, operator, patient,   ->
               sealed with keys from both nonces
                                          <-    WELCOME    time and head of the log, sealed with
                                                           keys from all that was said before

Until the proof the pump draws a nonce and does nothing else. Nothing in clear names a person or a
pump (PC-81). The session's keys hang on every byte of the handshake, so that nothing of it can have
been changed, and on a fresh nonce from each side, so that nothing of it can be used again.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.telemetry.frames import NONCE_BYTES, FrameError
from thecal.pump.telemetry.keys import Identity, Key, Role, SessionKeys, check_name, derive

_SESSION_BYTES: Final = 8


class Hello(NamedTuple):
    """The body of a HELLO."""

    role: Role
    nonce: bytes

    def encoded(self) -> bytes:
        """Return the body's bytes."""
        return bytes((self.role,)) + self.nonce


def read_hello(body: bytes) -> Hello:
    """Return what a HELLO says.

    Raises
    ------
    FrameError
        When it is no HELLO.
    """
    if len(body) != 1 + NONCE_BYTES or body[0] not in set(Role):
        raise FrameError("a HELLO has a role and a nonce")
    return Hello(Role(body[0]), body[1:])


class Claim(NamedTuple):
    """The body of a PROOF: who speaks, to which pump, about which patient."""

    identity: Identity
    operator: str

    def encoded(self) -> bytes:
        """Return the body's bytes."""
        names = (self.identity.serial.encode("ascii"), self.operator.encode("ascii"))
        return b"".join(bytes((len(name),)) + name for name in names) + self.identity.patient


def read_claim(body: bytes) -> Claim:
    """Return what an opened PROOF says.

    Raises
    ------
    FrameError
        When it says something else.
    """
    try:
        end = 1 + body[0]
        serial, length = body[1:end].decode("ascii"), body[end]
        operator = body[end + 1 : end + 1 + length].decode("ascii")
        check_name("the operator", operator)
        claim = Claim(Identity(serial, body[end + 1 + length :]), operator)
    except (IndexError, UnicodeDecodeError, InputError):
        raise FrameError("a PROOF names pump, operator and patient") from None
    return claim


def proof_keys(key: Key, role: Role, nonces: bytes, session: int) -> SessionKeys:
    """Return the keys that seal the proof.

    Parameters
    ----------
    nonces
        The programmer's and the pump's, in this order.
    """
    return derive(key, role, nonces, b"proof" + session.to_bytes(_SESSION_BYTES, "big"))


def traffic_keys(key: Key, role: Role, nonces: bytes, said: bytes) -> SessionKeys:
    """Return the keys that seal everything after the proof.

    Parameters
    ----------
    said
        The frames HELLO, CHALLENGE and PROOF, one after the other.
    """
    return derive(key, role, nonces, b"traffic" + sha256(said).digest())
