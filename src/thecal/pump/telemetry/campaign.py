"""Attacks on the link: many, of every class, and none may get through (PC-80, H43).

Genuine sessions run all the while; the attacks come between their frames, with everything that
was ever heard on the air. An attack is accepted when an order of it is carried out, when the pump
answers it with a sealed answer, or when a programmer believes a forged answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import Program, WeekStep
from thecal.pump.telemetry.admission import LONGEST_WAIT_S
from thecal.pump.telemetry.commands import Command, Kind, programming
from thecal.pump.telemetry.frames import (
    HEADER_BYTES,
    MAGIC,
    NONCE_BYTES,
    VERSION,
    Direction,
    FrameType,
    decoded,
)
from thecal.pump.telemetry.handshake import Claim
from thecal.pump.telemetry.keys import KEY_BYTES, Identity, Key, Role, patient_digest
from thecal.pump.telemetry.label import Labels
from thecal.pump.telemetry.link import Link, LinkLostError, RefusedError
from thecal.pump.telemetry.receiver import FRAMES_A_SECOND, Peer, Receiver
from thecal.pump.telemetry.session import FRESH_S, IDLE_S, Ask
from thecal.pump.telemetry.witness import Witness

_SEALED: Final = frozenset({FrameType.ANSWER, FrameType.WELCOME})
_WARD: Final = Peer("ward")
_BETWEEN: Final = FRAMES_A_SECOND // 2
"""Attacks before each genuine frame; few enough that none is turned away by counting."""
_ROUNDS: Final = 4
"""Attacks of each class that needs a session of its own, for one session with attacks in it."""
_APART_S: Final = 4 * LONGEST_WAIT_S
"""Seconds between two sessions: nobody has to wait for an earlier failure."""
_PROGRAM: Final = Program("simple continuous", (WeekStep(0, 250_000),))
_LIMITS: Final = Limits(SafeAction.HOLD, 500_000, 1_000_000, 2_000_000, 6_000, 2_000_000)
_ORDERS: Final = (
    programming(_PROGRAM, _LIMITS, "morphine 10 mg/mL"),
    Command(Kind.BOLUS, (20_000, 600)),
    Command(Kind.STOP),
    Command(Kind.START),
    Command(Kind.SET_CLOCK, (3_600,)),
)


class Tried(NamedTuple):
    """What came of the attacks of one class."""

    name: str
    tried: int
    accepted: int


class Campaign(NamedTuple):
    """What came of all attacks."""

    tried: int
    accepted: int
    classes: tuple[Tried, ...]


def attacks(count: int, seed: int) -> Campaign:
    """Try so many attacks and return how many of them were accepted, which must be none.

    Parameters
    ----------
    count
        How many; a few more are made, so that the last session comes to its end.
    seed
        Of everything random in it, the keys included.

    Examples
    --------
    >>> found = attacks(300, seed=1)
    >>> found.tried >= 300, found.accepted, len(found.classes)
    (True, 0, 18)
    """
    scene = _Scene(Random(seed))  # noqa: S311  (an experiment that must be repeatable)
    while scene.tried.total() < count:
        scene.session()
        for _ in range(_ROUNDS):
            scene.apart()
    return Campaign(
        scene.tried.total(),
        scene.accepted.total(),
        tuple(Tried(name, n, scene.accepted[name]) for name, n in sorted(scene.tried.items())),
    )


class _Pump:
    """A pump, its receiver, and what was heard on the air around it."""

    def __init__(self, serial: str, random: Random) -> None:
        self.random = random
        self.witness = Witness()
        self.keys = {role: Key(random.randbytes(KEY_BYTES)) for role in Role}
        self.identity = Identity(serial, patient_digest(serial, "patient 1"))
        self.receiver = Receiver(
            self.witness, self.keys, self.identity, Labels(MemoryStore()), random.randbytes
        )
        self.now_s = 0
        self.air: list[bytes] = []
        """Every frame to the pump in this session."""
        self.answers: list[bytes] = []
        """Every frame from the pump in this session."""
        self.past: list[bytes] = []
        """Frames to the pump in earlier sessions."""

    def hear(self, data: bytes, *, near: bool = True) -> bytes:
        return self.receiver.receive(data, _WARD, self.now_s, near=near)

    def exchange(self, data: bytes) -> bytes:
        self.air.append(data)
        answer = self.hear(data)
        if not answer:
            raise LinkLostError("no answer")
        self.answers.append(answer)
        return answer

    def link(
        self,
        exchange: Callable[[bytes], bytes],
        role: Role = Role.CLINICIAN,
        key: Key | None = None,
        identity: Identity | None = None,
    ) -> Link:
        claim = Claim(identity or self.identity, "operator 1")
        return Link(exchange, key or self.keys[role], role, claim, self.random.randbytes)

    def let_pass(self, seconds: int) -> None:
        self.now_s += seconds

    def end(self) -> None:
        self.past = (self.past + self.air)[-200:]
        self.air, self.answers = [], []

    def ordered(self, between: Callable[[bytes], None] = lambda _: None) -> None:
        """Let a clinician program the pump in one session."""
        link = self.link(self.exchange)

        def ask(what: Ask, rest: bytes = b"") -> bytes:
            frame = link.sealed(what, rest)
            between(frame)
            return link.opened(self.exchange(frame)).payload

        for command in _ORDERS:
            ask(Ask.STATUS)
            ask(Ask.PREPARE, command.encoded())
            nonce = ask(Ask.CHALLENGE)[:NONCE_BYTES]
            ask(Ask.CONFIRM, command.digest() + nonce)
        ask(Ask.PROGRAM)
        ask(Ask.LEAVE)


class _Scene:
    """A pump under attack, with another pump of the same make beside it."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.pump = _Pump("SIM-1", random)
        self.other = _Pump("SIM-2", random)
        self.tried: Counter[str] = Counter()
        self.accepted: Counter[str] = Counter()
        self._raw: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
            ("replayed", lambda _: random.choice(self.pump.air)),
            ("reflected", self._reflected),
            ("truncated", self._truncated),
            ("bit flipped", self._flipped),
            ("old session", lambda fresh: self._moved(random.choice(self.pump.past), fresh)),
            ("other pump", lambda fresh: self._moved(random.choice(self.other.air), fresh)),
            ("downgraded", self._downgraded),
            ("forged", self._forged),
        )
        self._apart: tuple[tuple[str, Callable[[], bool]], ...] = (
            ("reordered", self._reordered),
            ("wrong key", self._wrong_key),
            ("patient's key as clinician's", self._other_role),
            ("wrong patient or pump", self._wrong_identity),
            ("patient's key orders", self._patient_orders),
            ("nobody at the pump", self._absent),
            ("stale", self._stale),
            ("not prepared", self._not_prepared),
            ("idle", self._idle),
            ("answer forged", self._answer_forged),
        )
        self.other.ordered()
        self.pump.ordered()
        self.pump.end()

    def session(self) -> None:
        """Let the pump be programmed, with attacks between all frames of it."""
        self.pump.let_pass(_APART_S)
        try:
            self.pump.ordered(self._between)
        except (LinkLostError, RefusedError):
            # Only an attack that got through can break a session, and it has been counted.
            assert self.accepted.total(), "a genuine session was broken by attacks"
        self.pump.end()

    def apart(self) -> None:
        """Try one attack of each class that needs a session of its own."""
        for name, attack in self._apart:
            self.pump.let_pass(_APART_S)
            orders = len(self.pump.witness.orders)
            try:
                believed = attack()
            except (LinkLostError, RefusedError):
                believed = False
            self._count(name, got_through=believed or len(self.pump.witness.orders) > orders)
            self.pump.end()

    def _count(self, name: str, *, got_through: bool) -> None:
        self.tried[name] += 1
        self.accepted[name] += got_through

    # -- attacks of single frames ---------------------------------------------------------------

    def _between(self, fresh: bytes) -> None:
        """Send attacks before a genuine frame goes out."""
        for _ in range(_BETWEEN):
            name, make = self.random.choice(self._raw)
            orders = len(self.pump.witness.orders)
            answer = self.pump.hear(make(fresh))
            sealed = bool(answer) and decoded(answer).type in _SEALED
            self._count(name, got_through=sealed or len(self.pump.witness.orders) > orders)
        # So that no attack is turned away only because too many came.
        self.pump.let_pass(1)

    def _moved(self, heard: bytes, fresh: bytes) -> bytes:
        """Return a frame as heard, or with the header that the pump expects next."""
        if self.random.getrandbits(1):
            return heard
        return fresh[:HEADER_BYTES] + (heard[HEADER_BYTES:] + fresh)[: len(fresh) - HEADER_BYTES]

    def _reflected(self, fresh: bytes) -> bytes:
        frame = decoded(self.random.choice(self.pump.answers))
        if self.random.getrandbits(1):
            return frame.encoded()
        counter = decoded(fresh).counter
        return frame._replace(
            type=FrameType.REQUEST, direction=Direction.TO_PUMP, counter=counter
        ).encoded()

    def _truncated(self, fresh: bytes) -> bytes:
        length = self.random.randrange(len(fresh))
        if length <= HEADER_BYTES or self.random.getrandbits(1):
            return fresh[:length]
        return decoded(fresh)._replace(body=fresh[HEADER_BYTES:length]).encoded()

    def _flipped(self, fresh: bytes) -> bytes:
        changed = bytearray(fresh)
        for _ in range(self.random.choice((1, 1, 1, 2, 8))):
            changed[self.random.randrange(len(fresh))] ^= 1 << self.random.randrange(8)
        return bytes(changed) if bytes(changed) != fresh else fresh[:-1]

    def _downgraded(self, fresh: bytes) -> bytes:
        changed = bytearray(fresh)
        version = len(MAGIC)
        changed[version] = self.random.choice([n for n in range(256) if n != VERSION])
        return bytes(changed)

    def _forged(self, fresh: bytes) -> bytes:
        frame = decoded(fresh)
        body = self.random.randbytes(self.random.choice((0, 16, len(frame.body), 200)))
        number = frame.counter + self.random.choice((0, 1, 1_000, 1 << 60))
        return frame._replace(counter=number, body=body).encoded()

    # -- attacks in sessions of their own -------------------------------------------------------

    def _reordered(self) -> bool:
        link = self.pump.link(self.pump.exchange)
        early, late = (link.sealed(Ask.STATUS) for _ in range(2))
        link.opened(self.pump.exchange(late))
        return bool(self.pump.hear(early))

    def _wrong_key(self) -> bool:
        stolen = Key(self.random.randbytes(KEY_BYTES))
        key = self.random.choice((self.other.keys[Role.CLINICIAN], stolen))
        self.pump.link(self.pump.exchange, key=key)
        return True

    def _other_role(self) -> bool:
        role, key = self.random.sample(list(Role), 2)
        self.pump.link(self.pump.exchange, role, self.pump.keys[key])
        return True

    def _wrong_identity(self) -> bool:
        serial, patient = self.pump.identity.serial, self.pump.identity.patient
        wrong = self.random.choice(
            (
                Identity(serial, patient_digest(serial, "patient 2")),
                Identity("SIM-2", patient),
                self.other.identity,
            )
        )
        self.pump.link(self.pump.exchange, identity=wrong)
        return True

    def _patient_orders(self) -> bool:
        link = self.pump.link(self.pump.exchange, Role.PATIENT)
        command = self.random.choice(_ORDERS)
        asked = self.random.choice(
            (
                (Ask.PREPARE, command.encoded()),
                (Ask.PROGRAM, b""),
                (Ask.LOG, bytes(16)),
                (Ask.COMPLAIN, b"\x01"),
            )
        )
        link.ask(*asked)
        if asked[0] is Ask.PREPARE:
            self._confirm(link, command)
        return True

    def _absent(self) -> bool:
        link, command = self._prepared()
        nonce = link.ask(Ask.CHALLENGE).payload[:NONCE_BYTES]
        frame = link.sealed(Ask.CONFIRM, command.digest() + nonce)
        link.opened(self.pump.hear(frame, near=False))
        return True

    def _stale(self) -> bool:
        link, command = self._prepared()
        nonce = link.ask(Ask.CHALLENGE).payload[:NONCE_BYTES]
        frame = link.sealed(Ask.CONFIRM, command.digest() + nonce)
        self.pump.let_pass(FRESH_S + 1 + self.random.randrange(100))
        link.opened(self.pump.hear(frame))
        return True

    def _not_prepared(self) -> bool:
        link, command = self._prepared()
        nonce = link.ask(Ask.CHALLENGE).payload[:NONCE_BYTES]
        wrong = self.random.choice([one for one in _ORDERS if one != command])
        answered = self.random.choice(
            (
                wrong.digest() + nonce,
                command.digest() + self.random.randbytes(NONCE_BYTES),
                command.digest() + bytes(NONCE_BYTES),
                command.digest(),
            )
        )
        link.ask(Ask.CONFIRM, answered)
        return True

    def _idle(self) -> bool:
        link = self.pump.link(self.pump.exchange)
        self.pump.let_pass(IDLE_S + 1 + self.random.randrange(100))
        link.ask(self.random.choice((Ask.STATUS, Ask.PROGRAM, Ask.CHALLENGE)))
        return True

    def _answer_forged(self) -> bool:
        link = self.pump.link(self.pump.exchange)
        before = self.pump.exchange(link.sealed(Ask.STATUS))
        link.opened(before)
        asked = link.sealed(Ask.STATUS)
        after = self.pump.exchange(asked)
        forged = self.random.choice(
            (
                before,
                self._flipped(after),
                self._truncated(after),
                self._moved(asked, after) if self.random.getrandbits(1) else asked,
                self._moved(self.random.choice(self.other.answers), after),
                self._forged(after),
            )
        )
        link.opened(forged)
        return True

    def _prepared(self) -> tuple[Link, Command]:
        link = self.pump.link(self.pump.exchange)
        command = self.random.choice(_ORDERS)
        link.ask(Ask.PREPARE, command.encoded())
        return link, command

    def _confirm(self, link: Link, command: Command) -> None:
        nonce = link.ask(Ask.CHALLENGE).payload[:NONCE_BYTES]
        link.ask(Ask.CONFIRM, command.digest() + nonce)
