"""The programmer's half of a session: handshake, requests and answers, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from thecal.errors import InputError, ThecalError
from thecal.pump.implant.chain import Head
from thecal.pump.telemetry.frames import (
    NONCE_BYTES,
    Direction,
    Frame,
    FrameError,
    FrameType,
    decoded,
)
from thecal.pump.telemetry.handshake import Claim, Hello, proof_keys, traffic_keys
from thecal.pump.telemetry.keys import Key, Role
from thecal.pump.telemetry.ordering import NUMBER_BYTES
from thecal.pump.telemetry.reports import Emergency, read_emergency
from thecal.pump.telemetry.sealing import Opener, Sealer
from thecal.pump.telemetry.session import Ask

Exchange = Callable[[bytes], bytes]
"""Sends one frame and returns the one that comes back; raises `LinkLostError` when none comes."""
_AT_REFUSAL: Final = 1


class LinkLostError(ThecalError):
    """No answer came; whether the pump heard the request is not known."""


class RefusedError(InputError):
    """The pump heard the request and refused it, in its own words; nothing was changed."""


class Answer(NamedTuple):
    """What the pump answered, and when by its counter."""

    payload: bytes
    now_s: int


class Link:
    """One session with a pump, begun and proved.

    Parameters
    ----------
    exchange
        The way to the pump.
    key, role
        The secret, and for whom it is.
    claim
        Which pump and patient are meant, and who speaks.
    entropy
        Returns so many random bytes, each time others.

    Raises
    ------
    LinkLostError
        When the pump does not answer, or something answers that does not hold the pump's key.
    RefusedError
        When the pump refuses: too many failures, another pump, another patient.
    """

    def __init__(
        self,
        exchange: Exchange,
        key: Key,
        role: Role,
        claim: Claim,
        entropy: Callable[[int], bytes],
    ) -> None:
        self._exchange = exchange
        hello = Hello(role, entropy(NONCE_BYTES))
        first = _clear(FrameType.HELLO, hello.encoded())
        heard = exchange(first)
        challenge = _expected(heard, FrameType.CHALLENGE)
        if len(challenge.body) != NONCE_BYTES:
            raise LinkLostError("the pump's challenge is damaged; try again")
        nonces, number = hello.nonce + challenge.body, challenge.session
        keys = proof_keys(key, role, nonces, number)
        proof = Sealer(keys.to_pump, Direction.TO_PUMP, number).seal(
            FrameType.PROOF, claim.encoded()
        )
        keys = traffic_keys(key, role, nonces, first + heard + proof)
        self._sealer = Sealer(keys.to_pump, Direction.TO_PUMP, number)
        self._opener = Opener(keys.from_pump, Direction.FROM_PUMP, number)
        welcome = self._opened(exchange(proof), FrameType.WELCOME)
        self.head = read_head(welcome.payload)
        """The head of the pump's log when the session began (PC-72)."""
        self.now_s = welcome.now_s
        """The pump's counter at its last answer."""

    def ask(self, ask: Ask, rest: bytes = b"") -> Answer:
        """Return the pump's answer to a request.

        Raises
        ------
        LinkLostError
            When no answer comes, or none that this session's keys have sealed.
        RefusedError
            When the pump refuses.
        """
        return self.opened(self._exchange(self.sealed(ask, rest)))

    def sealed(self, ask: Ask, rest: bytes = b"") -> bytes:
        """Return the bytes of the next request."""
        return self._sealer.seal(FrameType.REQUEST, bytes((ask,)) + rest)

    def opened(self, data: bytes) -> Answer:
        """Return what the bytes of an answer say.

        Raises
        ------
        LinkLostError
            When they are not the next answer of this session.
        RefusedError
            When the pump refuses.
        """
        answer = self._opened(data, FrameType.ANSWER)
        self.now_s = answer.now_s
        return answer

    def _opened(self, data: bytes, kind: FrameType) -> Answer:
        frame = _expected(data, kind)
        try:
            body = self._opener.open(frame)
        except FrameError as refusal:
            raise LinkLostError(
                f"what came back is not from this pump in this session: {refusal}"
            ) from refusal
        start = 1 + NUMBER_BYTES
        if len(body) < start:
            raise LinkLostError("what came back is too short for an answer")
        payload = body[start:]
        if body[0] != _AT_REFUSAL:
            raise RefusedError(payload.decode("ascii", "replace"))
        return Answer(payload, int.from_bytes(body[1:start], "big"))


def read_head(payload: bytes) -> Head:
    """Return the head of a log from an answer."""
    return Head(int.from_bytes(payload[:NUMBER_BYTES], "big"), payload[NUMBER_BYTES:])


def read_in_emergency(exchange: Exchange) -> Emergency:
    """Return what is in the pump and how fast it runs, without a key; only beside the pump (PC-87).

    Raises
    ------
    LinkLostError
        When nothing answers.
    """
    frame = _expected(exchange(_clear(FrameType.EMERGENCY, b"")), FrameType.EMERGENCY_ANSWER)
    return read_emergency(frame.body)


def _clear(kind: FrameType, body: bytes) -> bytes:
    return Frame(kind, Direction.TO_PUMP, 0, 0, body).encoded()


def _expected(data: bytes, kind: FrameType) -> Frame:
    try:
        frame = decoded(data)
    except FrameError as refusal:
        raise LinkLostError(f"what came back cannot be read: {refusal}") from refusal
    if frame.type is FrameType.WAIT and frame.body:
        raise RefusedError(
            f"too many failed authentications; wait {frame.body[0]} s and try again "
            "(the pump goes on delivering)"
        )
    if frame.type is not kind:
        raise LinkLostError(f"a {kind.name} was expected, but a {frame.type.name} came back")
    return frame
