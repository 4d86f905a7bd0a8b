"""The pump's end of the link: one frame in, at most one frame out, and nothing that ever waits.

Delivery does not pass through here: the implant runs on its own counter whatever arrives, and a
stop at the pump itself does not come over the link (PC-87). What can be refused by counting or by
looking at a header is refused before any cryptography (H44).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from thecal.pump.telemetry.admission import Bucket, Waiting
from thecal.pump.telemetry.door import Door
from thecal.pump.telemetry.frames import (
    NONCE_BYTES,
    Direction,
    Frame,
    FrameError,
    FrameType,
    decoded,
)
from thecal.pump.telemetry.handshake import (
    Claim,
    Hello,
    proof_keys,
    read_claim,
    read_hello,
    traffic_keys,
)
from thecal.pump.telemetry.keys import Identity, Key, Role
from thecal.pump.telemetry.label import Labels
from thecal.pump.telemetry.ordering import Desk, Heard, refused, taken
from thecal.pump.telemetry.sealing import Opener
from thecal.pump.telemetry.session import FRESH_S, Session

MOST_ORIGINS: Final = 32
MOST_CONNECTIONS: Final = 32
FRAMES_A_SECOND: Final = 64
_SESSION_BYTES: Final = 8


class Peer(NamedTuple):
    """The other end of the link, as the link tells one from another."""

    origin: str
    """Who is counted and made to wait."""
    connection: int = 0
    """What a session hangs on."""


class _Pending(NamedTuple):
    """A challenge that waits for its proof."""

    hello: Hello
    nonces: bytes
    session: int
    said: bytes
    issued_s: int


@dataclass(slots=True)
class _Origin:
    """What is counted of one origin."""

    heard_s: int
    frames: Bucket = field(default_factory=lambda: Bucket(FRAMES_A_SECOND))
    waiting: Waiting = field(default_factory=Waiting)


@dataclass(slots=True)
class _Connection:
    """What has been said on one connection."""

    heard_s: int
    origin: _Origin
    pending: _Pending | None = None
    session: Session | None = None
    number: int = 0
    """Of the session, counted since the pump started."""


class Receiver:
    """The pump's end of the link.

    Parameters
    ----------
    implant
        The door of the implant.
    keys
        The secret of each role; a role without one cannot speak.
    identity
        The pump and its patient.
    labels
        What the reservoir holds, in words.
    entropy
        Returns so many random bytes, each time others.
    """

    def __init__(
        self,
        implant: Door,
        keys: Mapping[Role, Key],
        identity: Identity,
        labels: Labels,
        entropy: Callable[[int], bytes],
    ) -> None:
        self._implant = implant
        self._keys = dict(keys)
        self._identity = identity
        self._entropy = entropy
        self._desk = Desk(implant, labels)
        self._origins: dict[str, _Origin] = {}
        self._connections: dict[Peer, _Connection] = {}
        self._last_nonce = b""
        self._emergency_s = -1
        self._emergency_answer = b""
        self.sessions = 0
        """Sessions that were opened."""
        self.dropped = 0
        """Frames that were not looked at, because too many came."""
        self.rejected = 0
        """Frames that were no frames, or not of the session."""
        self.failures = 0
        """Proofs that did not hold."""

    def receive(self, data: bytes, peer: Peer, now_s: int, *, near: bool) -> bytes:
        """Return the answer to one frame; empty when there is none.

        Parameters
        ----------
        data
            The bytes of one frame.
        peer
            The other end.
        now_s
            The pump's counter.
        near
            Whether somebody holds a programmer at the pump (PC-80).
        """
        try:
            frame = decoded(data)
        except FrameError:
            self.rejected += 1
            return b""
        if frame.type is FrameType.EMERGENCY:
            return self._emergency(now_s) if near else b""
        one = self._connection(peer, now_s)
        if one is None or not one.origin.frames.take(now_s):
            self.dropped += 1
            return b""
        try:
            return self._answer(frame, one, Heard(now_s, near))
        except FrameError:
            self.rejected += 1
            return b""

    def in_session(self, now_s: int) -> bool:
        """Return whether somebody is being heard, or proves the key."""
        return any(
            (one.session is not None and one.session.is_awake(now_s))
            or (one.pending is not None and now_s - one.pending.issued_s <= FRESH_S)
            for one in self._connections.values()
        )

    def hang_up(self, peer: Peer, now_s: int) -> None:
        """Forget the session of a connection that is gone; therapy goes on as it is (PC-86)."""
        one = self._connections.pop(peer, None)
        if one is not None:
            self._end(one, now_s)

    def _answer(self, frame: Frame, link: _Connection, heard: Heard) -> bytes:
        match frame.type:
            case FrameType.REQUEST:
                return self._request(frame, link, heard)
            case FrameType.HELLO | FrameType.PROOF if link.origin.waiting.left_s(heard.now_s):
                left_s = link.origin.waiting.left_s(heard.now_s)
                return _clear(FrameType.WAIT, 0, bytes((left_s,)))
            case FrameType.HELLO:
                return self._hello(frame, link, heard.now_s)
            case _:
                return self._proof(frame, link, heard.now_s)

    def _hello(self, frame: Frame, link: _Connection, now_s: int) -> bytes:
        hello = read_hello(frame.body)
        if hello.role not in self._keys or frame.session or frame.counter:
            raise FrameError("nobody of this role may speak")
        nonce = self._nonce()
        number = int.from_bytes(self._entropy(_SESSION_BYTES), "big")
        challenge = _clear(FrameType.CHALLENGE, number, nonce)
        said = frame.encoded() + challenge
        link.pending = _Pending(hello, hello.nonce + nonce, number, said, now_s)
        return challenge

    def _proof(self, frame: Frame, link: _Connection, now_s: int) -> bytes:
        pending, link.pending = link.pending, None
        if pending is None or now_s - pending.issued_s > FRESH_S:
            raise FrameError("no challenge waits for this proof")
        role = pending.hello.role
        key = self._keys[role]
        keys = proof_keys(key, role, pending.nonces, pending.session)
        try:
            claim = read_claim(Opener(keys.to_pump, Direction.TO_PUMP, pending.session).open(frame))
        except FrameError:
            self._failed(link.origin.waiting, role, now_s)
            raise
        keys = traffic_keys(key, role, pending.nonces, pending.said + frame.encoded())
        session = Session(role, claim.operator, keys, pending.session, now_s)
        reason = self._mistaken(claim)
        if reason:
            self._failed(link.origin.waiting, role, now_s)
            return session.seal(FrameType.WELCOME, refused(reason, now_s))
        link.origin.waiting.succeed()
        for other in self._connections.values():
            # Whoever holds the key takes over: a programmer that lost its link must get in again.
            if other.session is not None and other.session.role is role:
                self._end(other, now_s)
        link.session = session
        self.sessions += 1
        link.number = self.sessions
        self._implant.note("session opened", (link.number,), now_s)
        return session.seal(FrameType.WELCOME, taken(self._desk.head(), now_s))

    def _mistaken(self, claim: Claim) -> str:
        """Return why the one who speaks is at the wrong pump; empty when all is right (H33)."""
        if claim.identity.serial != self._identity.serial:
            return f"this is pump {self._identity.serial}, not {claim.identity.serial}"
        if claim.identity.patient != self._identity.patient:
            return f"pump {self._identity.serial} belongs to another patient"
        return ""

    def _failed(self, waiting: Waiting, role: Role, now_s: int) -> None:
        self.failures += 1
        wait_s = waiting.fail(now_s)
        self._implant.note("authentication failed", (role, waiting.failures, wait_s), now_s)

    def _request(self, frame: Frame, link: _Connection, heard: Heard) -> bytes:
        session = link.session
        if session is None:
            raise FrameError("there is no session")
        body = session.open(frame)
        link.origin.frames.give_back()
        if not session.hear(heard.now_s):
            session.left = True
            answer = refused("nothing was heard for too long; prove the key again", heard.now_s)
        else:
            answer = self._desk.answer(session, body, heard, self._nonce)
        if session.left:
            self._end(link, heard.now_s)
        return session.seal(FrameType.ANSWER, answer)

    def _end(self, link: _Connection, now_s: int) -> None:
        if link.session is not None:
            link.session = None
            self._implant.note("session closed", (link.number,), now_s)

    def _emergency(self, now_s: int) -> bytes:
        """Answer whoever asks, but read no more than once a second (PC-87)."""
        if self._emergency_s != now_s or not self._emergency_answer:
            body = self._desk.emergency(now_s)
            self._emergency_answer = _clear(FrameType.EMERGENCY_ANSWER, 0, body)
            self._emergency_s = now_s
        return self._emergency_answer

    def _nonce(self) -> bytes:
        nonce = self._entropy(NONCE_BYTES)
        # A source that has got stuck would make old frames fresh again.
        if len(nonce) != NONCE_BYTES or nonce == self._last_nonce:
            raise FrameError("the source of random bytes has failed")
        self._last_nonce = nonce
        return nonce

    def _connection(self, peer: Peer, now_s: int) -> _Connection | None:
        one = self._connections.get(peer)
        if one is None:
            origin = self._origin(peer.origin, now_s)
            if origin is None or not self._has_room(now_s):
                return None
            one = self._connections[peer] = _Connection(now_s, origin)
        one.heard_s = one.origin.heard_s = now_s
        return one

    def _origin(self, name: str, now_s: int) -> _Origin | None:
        one = self._origins.get(name)
        if one is None:
            if len(self._origins) >= MOST_ORIGINS:
                # Whoever has to wait is not forgotten, or new names would end the waiting.
                idle = [
                    (other.heard_s, key)
                    for key, other in self._origins.items()
                    if not other.waiting.left_s(now_s)
                ]
                if not idle:
                    return None
                del self._origins[min(idle)[1]]
            one = self._origins[name] = _Origin(now_s)
        return one

    def _has_room(self, now_s: int) -> bool:
        if len(self._connections) < MOST_CONNECTIONS:
            return True
        idle = [
            (one.heard_s, peer)
            for peer, one in self._connections.items()
            if one.session is None or not one.session.is_awake(now_s)
        ]
        if idle:
            self.hang_up(min(idle)[1], now_s)
        return bool(idle)


def _clear(kind: FrameType, session: int, body: bytes) -> bytes:
    return Frame(kind, Direction.FROM_PUMP, session, 0, body).encoded()
