"""A ward for tests: a pump with its keys, and everything that may be held to it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from thecal.pump import telemetry
from thecal.pump.implant.store import MemoryStore, Store
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import PatientBolus, Program, WeekStep
from thecal.pump.telemetry import (
    Claim,
    Command,
    Identity,
    Key,
    Labels,
    Link,
    LinkLostError,
    Peer,
    Programmer,
    Receiver,
    Role,
    Witness,
    patient_digest,
)
from thecal.pump.telemetry.door import Door

LIMITS = Limits(SafeAction.HOLD, 500_000, 1_000_000, 2_000_000, 6_000, 4_000_000)
LABEL = "morphine 10 mg/mL"
WARD = Peer("ward")


def program(nl_per_day: int = 250_000) -> Program:
    return Program(
        "simple continuous",
        (WeekStep(0, nl_per_day),),
        patient_bolus=PatientBolus(20_000, 600, 4 * 3_600, 6),
    )


def programming(nl_per_day: int = 250_000, label: str = LABEL) -> Command:
    return telemetry.programming(program(nl_per_day), LIMITS, label)


def chance(seed: int) -> Random:
    """Return a source of chance for tests; it guards no secret."""
    return Random(seed)  # noqa: S311


class Ward:
    """A pump, its counter and its keys; ``door`` is the pump behind the receiver."""

    def __init__(self, door: Door | None = None, *, serial: str = "SIM-1", seed: int = 1) -> None:
        self.random = chance(seed)
        self.witness = Witness()
        self.keys = {role: Key(self.random.randbytes(32)) for role in Role}
        self.identity = Identity(serial, patient_digest(serial, "patient 1"))
        self.store: Store = MemoryStore()
        self.door: Door = door or self.witness
        self.receiver = self.new_receiver()
        self.now_s = 1_000
        self.near = True
        self.peer = WARD
        self.heard: list[bytes] = []
        self.said: list[bytes] = []

    def new_receiver(self) -> Receiver:
        labels = Labels(self.store)
        return Receiver(self.door, self.keys, self.identity, labels, self.random.randbytes)

    def hear(self, frame: bytes) -> bytes:
        return self.receiver.receive(frame, self.peer, self.now_s, near=self.near)

    def exchange(self, frame: bytes) -> bytes:
        self.heard.append(frame)
        answer = self.hear(frame)
        if not answer:
            raise LinkLostError("no answer")
        self.said.append(answer)
        return answer

    def link(
        self,
        role: Role = Role.CLINICIAN,
        *,
        key: Key | None = None,
        identity: Identity | None = None,
        exchange: Callable[[bytes], bytes] | None = None,
    ) -> Link:
        claim = Claim(identity or self.identity, "nurse 1")
        way = exchange or self.exchange
        return Link(way, key or self.keys[role], role, claim, self.random.randbytes)

    def programmer(self, role: Role = Role.CLINICIAN) -> Programmer:
        return Programmer(self.link(role))
