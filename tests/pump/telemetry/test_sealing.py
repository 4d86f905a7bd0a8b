"""Sealed bodies: opened once, in order, unchanged, by the other side alone."""

from __future__ import annotations

import pytest

from tests.pump.telemetry.ward import chance
from thecal.pump.telemetry.frames import Direction, Frame, FrameError, FrameType, decoded
from thecal.pump.telemetry.sealing import Opener, Sealer

KEY = chance(1).randbytes(32)
OTHER = chance(2).randbytes(32)
BODY = b"an order for a pump"


def sealed(count: int = 1, key: bytes = KEY) -> list[Frame]:
    sealer = Sealer(key, Direction.TO_PUMP, 7)
    return [decoded(sealer.seal(FrameType.REQUEST, BODY)) for _ in range(count)]


def opener() -> Opener:
    return Opener(KEY, Direction.TO_PUMP, 7)


def test_what_was_sealed_is_opened() -> None:
    assert opener().open(sealed()[0]) == BODY


@pytest.mark.requirement("PC-81")
def test_nothing_of_the_body_is_in_clear() -> None:
    assert BODY not in sealed()[0].encoded()


@pytest.mark.requirement("PC-80")
def test_a_frame_is_opened_once() -> None:
    one, (frame,) = opener(), sealed()
    one.open(frame)
    with pytest.raises(FrameError, match="seen before"):
        one.open(frame)


@pytest.mark.requirement("PC-80")
def test_an_older_frame_is_not_opened_after_a_newer_one() -> None:
    one, (first, second) = opener(), sealed(2)
    one.open(second)
    with pytest.raises(FrameError, match="seen before"):
        one.open(first)


def test_a_frame_that_was_lost_does_not_stop_the_next() -> None:
    one, (_, second, third) = opener(), sealed(3)
    assert [one.open(second), one.open(third)] == [BODY, BODY]


def test_a_refused_frame_does_not_use_up_its_counter() -> None:
    one, (frame,) = opener(), sealed()
    with pytest.raises(FrameError, match="not sealed"):
        one.open(frame._replace(body=bytes(len(frame.body))))
    assert one.open(frame) == BODY


@pytest.mark.requirement("PC-80")
def test_no_bit_of_a_frame_can_be_changed() -> None:
    data = sealed()[0].encoded()
    opened = 0
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            opener().open(decoded(bytes(changed)))
        except FrameError:
            continue
        opened += 1
    assert opened == 0


@pytest.mark.requirement("PC-80")
def test_a_frame_of_another_key_is_not_opened() -> None:
    with pytest.raises(FrameError, match="not sealed"):
        opener().open(sealed(key=OTHER)[0])


@pytest.mark.requirement("PC-80")
@pytest.mark.parametrize(
    "frame",
    [sealed()[0]._replace(session=8), sealed()[0]._replace(direction=Direction.FROM_PUMP)],
    ids=["session", "direction"],
)
def test_a_frame_from_elsewhere_is_refused_before_it_is_opened(frame: Frame) -> None:
    with pytest.raises(FrameError, match="another session"):
        opener().open(frame)


def test_each_frame_is_sealed_differently() -> None:
    assert len({frame.body for frame in sealed(10)}) == 10
