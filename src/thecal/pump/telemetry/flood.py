"""A flood of junk at the pump's end of the link, beside the same pump in peace (PC-87, H44)."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, NamedTuple

from thecal.pump.implant.implant import Implant
from thecal.pump.implant.store import MemoryStore
from thecal.pump.telemetry.frames import Direction, Frame, FrameType
from thecal.pump.telemetry.handshake import Hello
from thecal.pump.telemetry.keys import KEY_BYTES, Identity, Key, Role, patient_digest
from thecal.pump.telemetry.label import Labels
from thecal.pump.telemetry.receiver import Peer, Receiver

_FROM_OUTSIDE: Final = (
    FrameType.HELLO,
    FrameType.PROOF,
    FrameType.REQUEST,
    FrameType.EMERGENCY,
)
_ORIGINS: Final = 64
_CONNECTIONS: Final = 4
_SERIAL: Final = "SIM-1"


class Flooded(NamedTuple):
    """What a flood came to."""

    frames: int
    dropped: int
    """Frames that were not looked at, because too many came."""
    failures: int
    """Proofs that did not hold."""
    error_nl: int
    """By how much the delivered volume differs from that of the pump in peace, at its worst."""


def junk(random: Random) -> bytes:
    """Return what somebody without a key may send: anything, or nearly a frame."""
    kind = random.choice(_FROM_OUTSIDE)
    body = random.randbytes(random.choice((0, 16, 33, 200)))
    if kind is FrameType.HELLO and random.getrandbits(1):
        body = Hello(random.choice(list(Role)), random.randbytes(KEY_BYTES)).encoded()
    session, counter = (random.choice((0, 1, random.getrandbits(64))) for _ in range(2))
    frame = Frame(kind, Direction.TO_PUMP, session, counter, body).encoded()
    return random.choice((frame, frame, frame[: len(frame) // 2], random.randbytes(60)))


def flood(begin: Callable[[], Implant], count: int, seed: int, seconds: int) -> Flooded:
    """Send so much junk, evenly over some time, and compare with the same pump in peace.

    Parameters
    ----------
    begin
        Returns a pump at work, each time the same, at second 0 of its counter.
    count
        How many frames.
    seed
        Of everything random in it.
    seconds
        For how long, on the pump's counter.
    """
    random = Random(seed)  # noqa: S311  (an experiment that must be repeatable)
    pump, peaceful = begin(), begin()
    keys = {role: Key(random.randbytes(KEY_BYTES)) for role in Role}
    identity = Identity(_SERIAL, patient_digest(_SERIAL, "patient 1"))
    receiver = Receiver(pump, keys, identity, Labels(MemoryStore()), random.randbytes)
    due_s, peaceful_due_s = pump.wake(0), peaceful.wake(0)
    error_nl = 0
    for now_s in range(seconds):
        for _ in range(count * now_s // seconds, count * (now_s + 1) // seconds):
            peer = Peer(str(random.randrange(_ORIGINS)), random.randrange(_CONNECTIONS))
            receiver.receive(junk(random), peer, now_s, near=bool(random.getrandbits(1)))
        if now_s >= due_s:
            due_s = pump.wake(now_s)
        if now_s >= peaceful_due_s:
            peaceful_due_s = peaceful.wake(now_s)
            left_nl = pump.status(now_s).reservoir_nl - peaceful.status(now_s).reservoir_nl
            error_nl = max(error_nl, abs(left_nl))
    return Flooded(count, receiver.dropped, receiver.failures, error_nl)
