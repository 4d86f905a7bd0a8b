"""Faults of the link, and attackers on it; genuine frames are those of the real programmer."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from thecal.pump.simulation.fault import Arm, Fault, Fire
from thecal.pump.simulation.links import Radio
from thecal.pump.simulation.violation import require
from thecal.pump.simulation.world import World
from thecal.pump.telemetry import Command, Kind, Peer, Progress
from thecal.pump.telemetry.frames import HEADER_BYTES, Direction, Frame, FrameType, decoded

_FRAMES: Final = 8
"""Of one order in its session: hello, proof, prepare, challenge, confirm, read-back."""
_CONFIRM: Final = 4
"""The place of the confirmation among them."""
_FLOOD: Final = 300
_TRIES: Final = 20
_AIR: Final = Peer("air")


def _trouble(kind: str, place: Callable[[Random], int]) -> Arm:
    def arm(world: World, random: Random, fire: Fire) -> None:
        radio = world.radio
        radio.trouble, radio.trouble_in, radio.on_trouble = kind, place(random), fire
        command = random.choice((Command(Kind.STOP), Command(Kind.BOLUS, (_bolus(world), 600))))
        before = world.implant.works.latest
        order = radio.order(command)
        after = world.implant.works.latest
        if order is None or command.kind is not Kind.STOP:
            return
        stands = after.stopped_s >= 0
        if order.progress is Progress.FINISHED:
            require(stands, "PC-85", "an order is called finished, but was not carried out")
        elif order.progress is Progress.FAILED and before.stopped_s < 0:
            require(not stands, "PC-85", "an order is called failed, but was carried out")
        if stands and before.stopped_s < 0:
            radio.order(Command(Kind.START))

    return arm


def _bolus(world: World) -> int:
    return 2 * world.watched.stroke_nl


def _anywhere(random: Random) -> int:
    return random.randrange(_FRAMES)


def _at_confirmation(_random: Random) -> int:
    return _CONFIRM


def _attack(make: Callable[[Radio, Random], bytes], tries: int = _TRIES) -> Arm:
    def arm(world: World, random: Random, fire: Fire) -> None:
        radio = world.radio
        if not radio.air:
            radio.order(Command(Kind.SILENCE))
        if not radio.air or not radio.said:
            return
        fire()
        for _ in range(tries):
            before = _therapy(world)
            radio.hear(make(radio, random), _AIR)
            world.happened("attack")
            require(_therapy(world) == before, "PC-80", "an attacker's frame changed therapy")

    return arm


def _therapy(world: World) -> tuple[object, ...]:
    """Return what nobody without the key may change."""
    works = world.implant.works
    state = works.latest
    return state.commits, state.stopped_s, state.bolus_id, state.week_offset_s, works.digest


def _replayed(radio: Radio, random: Random) -> bytes:
    return random.choice(radio.air)


def _forged(radio: Radio, random: Random) -> bytes:
    frame = decoded(random.choice(radio.air))
    return frame._replace(counter=frame.counter + 1, body=random.randbytes(64)).encoded()


def _reflected(radio: Radio, random: Random) -> bytes:
    frame = decoded(random.choice(radio.said))
    return frame._replace(type=FrameType.REQUEST, direction=Direction.TO_PUMP).encoded()


def _truncated(radio: Radio, random: Random) -> bytes:
    frame = random.choice(radio.air)
    return frame[: random.randrange(HEADER_BYTES, len(frame))]


def _old_session(radio: Radio, random: Random) -> bytes:
    old, new = radio.air[0], radio.air[-1]
    return (new[:HEADER_BYTES] + old[HEADER_BYTES:]) if random.randrange(2) else old


def _flood(_radio: Radio, random: Random) -> bytes:
    kind = random.choice((FrameType.HELLO, FrameType.PROOF, FrameType.REQUEST, FrameType.EMERGENCY))
    body = random.randbytes(random.choice((0, 16, 33, 200)))
    return Frame(kind, Direction.TO_PUMP, random.getrandbits(64), 0, body).encoded()


MENU: Final = (
    Fault("frame lost", "link", "a frame to the pump is lost", _trouble("request lost", _anywhere)),
    Fault(
        "answer lost", "link", "a frame from the pump is lost", _trouble("answer lost", _anywhere)
    ),
    Fault("frame late", "link", "a frame arrives too late", _trouble("late", _anywhere)),
    Fault("frame twice", "link", "a frame arrives twice", _trouble("twice", _anywhere)),
    Fault("frame garbled", "link", "a bit of a frame flips", _trouble("garbled", _anywhere)),
    Fault(
        "session lost at the commit",
        "link",
        "the pump carries an order out, the answer is lost",
        _trouble("answer lost", _at_confirmation),
    ),
    Fault("replay", "attacker", "frames that were heard are sent again", _attack(_replayed)),
    Fault("forgery", "attacker", "frames made up without a key", _attack(_forged)),
    Fault("reflection", "attacker", "the pump's own answers sent back to it", _attack(_reflected)),
    Fault("truncation", "attacker", "frames cut short", _attack(_truncated)),
    Fault("old session", "attacker", "frames of a session that is over", _attack(_old_session)),
    Fault("flood", "attacker", "junk, as fast as the air carries it", _attack(_flood, _FLOOD)),
)
"""Faults of the link, and attackers."""
