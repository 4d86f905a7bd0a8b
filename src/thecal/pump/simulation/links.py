"""The radio between a pump and those who talk to it, with everything that goes wrong on the air."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Final

from thecal.pump.implant.codec import decode_limits, encode_limits, encode_program
from thecal.pump.implant.values import Limits
from thecal.pump.program import Program
from thecal.pump.telemetry import (
    Claim,
    Command,
    Identity,
    Key,
    Kind,
    Labels,
    Link,
    LinkLostError,
    Order,
    Peer,
    Programmer,
    Progress,
    Receiver,
    RefusedError,
    Role,
    patient_digest,
)
from thecal.pump.telemetry.keys import KEY_BYTES

if TYPE_CHECKING:
    from thecal.pump.simulation.world import World

CLINIC: Final = Peer("clinic")
_LABEL: Final = b"as on the bag"
_HEARD: Final = 200
TROUBLES: Final = ("request lost", "answer lost", "late", "twice", "garbled")
_LATE_S: Final = 45


class Radio:
    """The link of one world; the receiver is that of service, begun anew with each pump start.

    Parameters
    ----------
    world
        The pump and all around it.
    random
        Of keys, nonces and what happens on the air.
    """

    def __init__(self, world: World, random: Random) -> None:
        self._world, self._random = world, random
        self.keys = {role: Key(random.randbytes(KEY_BYTES)) for role in Role}
        self.identity = Identity("SIM-1", patient_digest("SIM-1", "patient 1"))
        self._receiver = self._new_receiver()
        self._implant = world.implant
        self.air: deque[bytes] = deque(maxlen=_HEARD)
        """The last frames that went to the pump."""
        self.said: deque[bytes] = deque(maxlen=_HEARD)
        """The last that came from it."""
        self.trouble = ""
        """One of `TROUBLES`, for the frame after so many others."""
        self.trouble_in = 0
        self.on_trouble: Callable[[], None] = _nobody

    def _new_receiver(self) -> Receiver:
        world = self._world
        labels = Labels(world.store)
        return Receiver(world.implant, self.keys, self.identity, labels, self._random.randbytes)

    @property
    def receiver(self) -> Receiver:
        """The pump's end; a restart forgets every session."""
        if self._implant is not self._world.implant:
            self._implant, self._receiver = self._world.implant, self._new_receiver()
        return self._receiver

    def hear(self, frame: bytes, peer: Peer = CLINIC, *, near: bool = True) -> bytes:
        """Let the pump hear a frame, and return its answer; empty when there is none."""
        receiver = self.receiver
        told = self._world.tell(lambda _, now_s: receiver.receive(frame, peer, now_s, near=near))
        return told or b""

    def exchange(self, frame: bytes) -> bytes:
        """Send a frame of the clinic's, and return what comes back.

        Raises
        ------
        LinkLostError
            When nothing does.
        """
        self.air.append(frame)
        trouble = ""
        if self.trouble:
            if not self.trouble_in:
                trouble, self.trouble = self.trouble, ""
                self.on_trouble()
            self.trouble_in -= 1
        answer = self._passed(frame, trouble)
        if not answer:
            raise LinkLostError("no answer")
        self.said.append(answer)
        return answer

    def _passed(self, frame: bytes, trouble: str) -> bytes:
        world = self._world
        if trouble == "request lost":
            return b""
        if trouble == "late":
            world.run(world.true_s + _LATE_S)
        if trouble == "garbled":
            garbled = bytearray(frame)
            garbled[self._random.randrange(len(garbled))] ^= 1 << self._random.randrange(8)
            frame = bytes(garbled)
        answer = self.hear(frame)
        if trouble == "twice":
            self.hear(frame)
        return b"" if trouble == "answer lost" else answer

    def order(self, command: Command) -> Order | None:
        """Give an order in a session of its own; find out what became of one that is uncertain.

        Returns
        -------
        Order or None
            None when no session came about, or nothing was confirmed.
        """
        for _ in range(3):
            try:
                programmer = self._programmer()
                order = programmer.confirm(programmer.prepare(command))
                break
            except (LinkLostError, RefusedError):
                continue
        else:
            return None
        if order.progress is Progress.UNCERTAIN:
            try:
                order = self._programmer().resolve(order)
            except (LinkLostError, RefusedError):
                return order
        return order

    def _programmer(self) -> Programmer:
        claim = Claim(self.identity, "nurse 1")
        role = Role.CLINICIAN
        return Programmer(
            Link(self.exchange, self.keys[role], role, claim, self._random.randbytes),
            self._world.log_key,
        )

    def prepare(self, command: Command) -> None:
        """Prepare an order and go away without a word."""
        try:
            self._programmer().prepare(command)
        except (LinkLostError, RefusedError):
            return

    def program(self, program: Program, limits: Limits) -> Order | None:
        """Program the pump over the air; the world's caps follow whatever is in force after it."""
        watched = self._world.watched
        before, watched.limits = watched.limits, limits
        order = self.order(programming(program, limits))
        in_force = self._world.implant.in_force()[1]
        watched.limits = decode_limits(in_force) if in_force else before
        return order


def programming(program: Program, limits: Limits) -> Command:
    """Return the order that puts a program and its limits into force."""
    return Command(Kind.PROGRAM, (), (encode_program(program), encode_limits(limits), _LABEL))


def _nobody() -> None:
    pass
