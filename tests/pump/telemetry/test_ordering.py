"""Orders: prepared, said back, challenged, confirmed; and everything that is refused on the way."""

from __future__ import annotations

import pytest

from tests.pump.telemetry.ward import LABEL, LIMITS, Ward, program, programming
from thecal.errors import InputError
from thecal.pump.implant.codec import digest, encode_limits, encode_program
from thecal.pump.telemetry import Command, Kind, Link, RefusedError
from thecal.pump.telemetry.commands import decoded
from thecal.pump.telemetry.frames import NONCE_BYTES, FrameType
from thecal.pump.telemetry.session import FRESH_S, PREPARED_S, Ask

CLINICIANS = [
    (Command(Kind.BOLUS, (20_000, 600)), ("bolus", 20_000, 600)),
    (Command(Kind.STOP), ("stop",)),
    (Command(Kind.START), ("start",)),
    (Command(Kind.PRIME, (310_500, 24_000_000)), ("prime", 310_500, 24_000_000)),
    (Command(Kind.REFILL, (20_000_000, 3_000_000)), ("refill", 20_000_000, 3_000_000)),
    (Command(Kind.SET_CLOCK, (7,)), ("set clock", 7)),
    (Command(Kind.SILENCE), ("silence",)),
    (Command(Kind.ACKNOWLEDGE, (), (b"stall",)), ("acknowledge", "stall")),
    (programming(), ("commit", digest(encode_program(program()), encode_limits(LIMITS)))),
]
BOLUS = CLINICIANS[0][0]


@pytest.fixture
def ward() -> Ward:
    return Ward()


def prepared(ward: Ward, command: Command = BOLUS) -> Link:
    link = ward.link()
    link.ask(Ask.PREPARE, command.encoded())
    return link


def challenge(link: Link) -> bytes:
    return link.ask(Ask.CHALLENGE).payload[:NONCE_BYTES]


def confirm(link: Link, command: Command = BOLUS) -> None:
    link.ask(Ask.CONFIRM, command.digest() + challenge(link))


@pytest.mark.requirement("PC-83")
@pytest.mark.parametrize(("command", "done"), CLINICIANS, ids=lambda one: str(one)[:30])
def test_a_confirmed_order_is_carried_out_once(
    ward: Ward, command: Command, done: tuple[object, ...]
) -> None:
    confirm(prepared(ward, command), command)
    assert ward.witness.orders == [done]


@pytest.mark.requirement("PC-83")
@pytest.mark.parametrize(("command", "_done"), CLINICIANS, ids=lambda one: str(one)[:30])
def test_an_order_that_is_only_prepared_changes_nothing(
    ward: Ward, command: Command, _done: tuple[object, ...]
) -> None:
    challenge(prepared(ward, command))
    assert (ward.witness.orders, ward.door.in_force()) == ([], (b"", b""))


@pytest.mark.requirement("PC-83")
def test_the_pump_says_back_what_it_has_decoded(ward: Ward) -> None:
    echo = ward.link().ask(Ask.PREPARE, programming().encoded()).payload
    assert decoded(echo) == programming()


@pytest.mark.requirement("PC-83")
def test_what_is_in_force_is_read_back_as_the_order_that_made_it_so(ward: Ward) -> None:
    link = prepared(ward, programming())
    confirm(link, programming())
    assert decoded(link.ask(Ask.PROGRAM).payload) == programming()


@pytest.mark.requirement("PC-83")
def test_the_label_changes_with_the_program_and_not_before(ward: Ward) -> None:
    link = prepared(ward, programming())
    confirm(link, programming())
    other = programming(300_000, "morphine 20 mg/mL")
    link.ask(Ask.PREPARE, other.encoded())
    before = decoded(link.ask(Ask.PROGRAM).payload).parts[2]
    confirm(link, other)
    after = decoded(link.ask(Ask.PROGRAM).payload).parts[2]
    assert (before, after) == (LABEL.encode(), b"morphine 20 mg/mL")


@pytest.mark.requirement("PC-80")
def test_a_confirmation_is_taken_until_it_is_30_s_old(ward: Ward) -> None:
    link = prepared(ward)
    nonce = challenge(link)
    ward.now_s += FRESH_S
    link.ask(Ask.CONFIRM, BOLUS.digest() + nonce)
    assert len(ward.witness.orders) == 1


@pytest.mark.requirement("PC-80")
def test_an_older_confirmation_is_refused(ward: Ward) -> None:
    link = prepared(ward)
    nonce = challenge(link)
    ward.now_s += FRESH_S + 1
    with pytest.raises(RefusedError, match="older than 30 s"):
        link.ask(Ask.CONFIRM, BOLUS.digest() + nonce)
    assert ward.witness.orders == []


@pytest.mark.requirement("PC-80")
def test_a_challenge_is_answered_once(ward: Ward) -> None:
    link = prepared(ward)
    nonce = challenge(link)
    link.ask(Ask.CONFIRM, BOLUS.digest() + nonce)
    link.ask(Ask.PREPARE, BOLUS.encoded())
    with pytest.raises(RefusedError, match="last challenge"):
        link.ask(Ask.CONFIRM, BOLUS.digest() + nonce)


@pytest.mark.requirement("PC-80")
def test_only_the_last_challenge_counts(ward: Ward) -> None:
    link = prepared(ward)
    first = challenge(link)
    challenge(link)
    with pytest.raises(RefusedError, match="last challenge"):
        link.ask(Ask.CONFIRM, BOLUS.digest() + first)


@pytest.mark.requirement("PC-80")
def test_without_a_challenge_nothing_is_confirmed(ward: Ward) -> None:
    link = prepared(ward)
    with pytest.raises(RefusedError, match="last challenge"):
        link.ask(Ask.CONFIRM, BOLUS.digest() + bytes(NONCE_BYTES))


@pytest.mark.requirement("PC-80")
def test_a_confirmation_of_another_order_is_refused(ward: Ward) -> None:
    link = prepared(ward)
    with pytest.raises(RefusedError, match="prepare it again"):
        confirm(link, Command(Kind.BOLUS, (200_000, 600)))
    assert ward.witness.orders == []


@pytest.mark.requirement("PC-85")
def test_an_order_that_waited_for_over_three_minutes_is_refused(ward: Ward) -> None:
    link = prepared(ward)
    for _ in range(2):
        ward.now_s += PREPARED_S // 2 + 1
        link.ask(Ask.STATUS)
    with pytest.raises(RefusedError, match="over 180 s ago"):
        confirm(link)


@pytest.mark.requirement("PC-80")
@pytest.mark.parametrize(("command", "_done"), CLINICIANS, ids=lambda one: str(one)[:30])
def test_nothing_is_prepared_when_nobody_is_at_the_pump(
    ward: Ward, command: Command, _done: tuple[object, ...]
) -> None:
    link = ward.link()
    ward.near = False
    with pytest.raises(RefusedError, match="holds the programmer"):
        link.ask(Ask.PREPARE, command.encoded())


@pytest.mark.requirement("PC-80")
def test_nothing_is_confirmed_when_nobody_is_at_the_pump(ward: Ward) -> None:
    link = prepared(ward)
    ward.near = False
    with pytest.raises(RefusedError, match="holds the programmer"):
        confirm(link)
    assert ward.witness.orders == []


def test_reading_needs_nobody_at_the_pump(ward: Ward) -> None:
    ward.near = False
    link = ward.link()
    assert [link.ask(ask).now_s for ask in (Ask.STATUS, Ask.PROGRAM)] == [ward.now_s] * 2


@pytest.mark.requirement("PC-82")
def test_an_order_that_the_pump_refuses_is_refused_in_its_words(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stage(*_: object) -> object:
        raise InputError("the steady flow is above the drug's cap")

    monkeypatch.setattr(ward.witness, "stage", stage)
    with pytest.raises(RefusedError, match="above the drug's cap"):
        prepared(ward, programming())


@pytest.mark.parametrize("body", [b"", b"\x00", b"\x63", b"\xff\x00"])
def test_a_request_for_nothing_is_refused(ward: Ward, body: bytes) -> None:
    link = ward.link()
    frame = link._sealer.seal(FrameType.REQUEST, body)
    with pytest.raises(RefusedError, match="asks for nothing"):
        link.opened(ward.exchange(frame))


@pytest.mark.requirement("PC-84")
def test_a_complaint_is_written_into_the_log(ward: Ward) -> None:
    ward.link().ask(Ask.COMPLAIN, b"\x01")
    assert ward.witness.notes[-1] == ("read-back differs",)


def test_a_complaint_about_nothing_is_refused(ward: Ward) -> None:
    with pytest.raises(RefusedError, match="complains of nothing"):
        ward.link().ask(Ask.COMPLAIN, b"\x09")
