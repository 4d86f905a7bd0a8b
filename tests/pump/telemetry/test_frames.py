"""Frames: what is one, what is none, and how a stream is cut into them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import thecal.pump.telemetry
from thecal.pump.telemetry.frames import (
    HEADER_BYTES,
    MAGIC,
    MOST_BODY,
    VERSION,
    Direction,
    Frame,
    FrameError,
    FrameType,
    Splitter,
    body_length,
    decoded,
)

SOURCES = sorted(Path(thecal.pump.telemetry.__path__[0]).rglob("*.py"))
WORD = st.integers(0, 2**64 - 1)
TO_PUMP = {FrameType.HELLO, FrameType.PROOF, FrameType.REQUEST, FrameType.EMERGENCY}
FRAMES = st.builds(
    lambda kind, session, counter, body: Frame(
        kind,
        Direction.TO_PUMP if kind in TO_PUMP else Direction.FROM_PUMP,
        session,
        counter,
        body,
    ),
    st.sampled_from(FrameType),
    WORD,
    WORD,
    st.binary(max_size=200),
)
REQUEST = Frame(FrameType.REQUEST, Direction.TO_PUMP, 7, 9, b"body")


@given(FRAMES)
def test_a_frame_is_read_as_it_was_written(frame: Frame) -> None:
    assert decoded(frame.encoded()) == frame


@given(FRAMES, st.integers(0, 300))
def test_a_frame_that_is_cut_off_is_none(frame: Frame, length: int) -> None:
    data = frame.encoded()
    with pytest.raises(FrameError):
        decoded(data[: min(length, len(data) - 1)])


def test_a_frame_with_more_behind_it_is_none() -> None:
    with pytest.raises(FrameError, match="header says 4"):
        decoded(REQUEST.encoded() + b"\x00")


@pytest.mark.parametrize("byte", range(len(MAGIC)))
def test_another_magic_is_refused(byte: int) -> None:
    data = bytearray(REQUEST.encoded())
    data[byte] ^= 1
    with pytest.raises(FrameError, match="no frame of thecal"):
        decoded(bytes(data))


@pytest.mark.requirement("PC-88")
@pytest.mark.parametrize("version", sorted({*range(256)} - {VERSION}))
def test_no_other_version_is_spoken(version: int) -> None:
    data = bytearray(REQUEST.encoded())
    data[len(MAGIC)] = version
    with pytest.raises(FrameError, match=f"version {version}"):
        decoded(bytes(data))


@pytest.mark.parametrize("kind", FrameType)
def test_each_type_goes_one_way(kind: FrameType) -> None:
    ways = []
    for direction in Direction:
        try:
            decoded(Frame(kind, direction, 0, 0, b"").encoded())
        except FrameError:
            continue
        ways.append(direction)
    assert len(ways) == 1


def test_a_body_that_is_too_long_is_refused_by_its_header() -> None:
    header = Frame(FrameType.REQUEST, Direction.TO_PUMP, 0, 0, bytes(MOST_BODY + 1)).header()
    with pytest.raises(FrameError, match=f"at most {MOST_BODY}"):
        body_length(header)


@given(st.lists(FRAMES, max_size=4), st.lists(st.integers(1, 60), max_size=40))
def test_a_stream_is_cut_into_its_frames_wherever_it_is_torn(
    frames: list[Frame], lengths: list[int]
) -> None:
    stream = b"".join(frame.encoded() for frame in frames)
    splitter = Splitter()
    found = []
    for length in [*lengths, len(stream)]:
        found += splitter.feed(stream[:length])
        stream = stream[length:]
    assert [decoded(data) for data in found] == frames


@given(st.binary(min_size=HEADER_BYTES, max_size=200))
def test_a_stream_of_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(FrameError):
        Splitter().feed(b"x" + data)


MAKERS = r"medtronic|synchromed|n.?vision|flowonix|prometra|codman|medstream|siromed|mhz|khz|mics"


@pytest.mark.requirement("PC-90")
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_the_protocol_names_no_real_device_and_no_frequency(file: Path) -> None:
    assert not re.search(MAKERS, file.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.requirement("PC-90")
@given(FRAMES)
def test_every_frame_says_that_it_is_of_thecal(frame: Frame) -> None:
    assert frame.encoded().startswith(b"thecal")
