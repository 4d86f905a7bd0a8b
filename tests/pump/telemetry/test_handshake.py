"""The words of the handshake: what they say, and what they are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.telemetry.ward import Ward
from thecal.pump.telemetry import Claim, Identity, LinkLostError, Role, patient_digest
from thecal.pump.telemetry.frames import FrameError, FrameType, decoded
from thecal.pump.telemetry.handshake import Hello, read_claim, read_hello

CLAIM = Claim(Identity("SIM-1", patient_digest("SIM-1", "patient 1")), "nurse 1")


@pytest.mark.parametrize("role", Role)
def test_a_hello_is_read_as_it_was_written(role: Role) -> None:
    hello = Hello(role, bytes(range(32)))
    assert read_hello(hello.encoded()) == hello


@pytest.mark.parametrize("body", [b"", b"\x01", b"\x00" + bytes(32), b"\x01" + bytes(33)])
def test_another_body_is_no_hello(body: bytes) -> None:
    with pytest.raises(FrameError, match="a role and a nonce"):
        read_hello(body)


def test_a_claim_is_read_as_it_was_written() -> None:
    assert read_claim(CLAIM.encoded()) == CLAIM


@given(st.binary(max_size=80))
def test_any_bytes_are_a_claim_or_refused(body: bytes) -> None:
    try:
        claim = read_claim(body)
    except FrameError:
        return
    assert claim.encoded() == body


@pytest.mark.parametrize("length", range(len(CLAIM.encoded())))
def test_a_claim_that_breaks_off_is_refused(length: int) -> None:
    with pytest.raises(FrameError, match="names pump, operator and patient"):
        read_claim(CLAIM.encoded()[:length])


@pytest.mark.requirement("PC-80")
def test_each_session_has_its_own_number_and_keys() -> None:
    ward = Ward()
    for _ in range(20):
        ward.link()
    proofs = [decoded(frame) for frame in ward.heard if decoded(frame).type is FrameType.PROOF]
    assert len({frame.session for frame in proofs}) == 20
    assert len({frame.body for frame in proofs}) == 20


@pytest.mark.requirement("PC-80")
@pytest.mark.parametrize("kind", [FrameType.CHALLENGE, FrameType.WELCOME])
def test_no_bit_of_what_the_pump_says_in_the_handshake_can_be_changed(kind: FrameType) -> None:
    ward = Ward()
    size = 0

    def changing(bit: int) -> None:
        def exchange(frame: bytes) -> bytes:
            nonlocal size
            answer = bytearray(ward.exchange(frame))
            if decoded(bytes(answer)).type is kind:
                size = len(answer)
                answer[bit // 8] ^= 1 << bit % 8
            return bytes(answer)

        ward.now_s += 240
        with pytest.raises(LinkLostError):
            ward.link(exchange=exchange)

    changing(0)
    for bit in range(1, 8 * size, 5):
        changing(bit)


def test_a_challenge_of_another_length_is_refused() -> None:
    ward = Ward()

    def exchange(frame: bytes) -> bytes:
        return decoded(ward.exchange(frame))._replace(body=b"short").encoded()

    with pytest.raises(LinkLostError, match="challenge is damaged"):
        ward.link(exchange=exchange)
