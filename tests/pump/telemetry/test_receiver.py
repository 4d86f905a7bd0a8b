"""The pump's end of the link: who is let in, who must wait, and what never waits."""

from __future__ import annotations

import pytest

from tests.pump.telemetry.ward import LABEL, WARD, Ward, chance, programming
from thecal.pump.implant.values import Phase
from thecal.pump.telemetry import (
    Command,
    Identity,
    Key,
    Kind,
    Labels,
    LinkLostError,
    Peer,
    Receiver,
    RefusedError,
    Role,
    patient_digest,
    read_in_emergency,
)
from thecal.pump.telemetry.frames import Direction, Frame, FrameType, decoded
from thecal.pump.telemetry.handshake import Hello
from thecal.pump.telemetry.receiver import FRAMES_A_SECOND, MOST_CONNECTIONS, MOST_ORIGINS
from thecal.pump.telemetry.session import FRESH_S, IDLE_S, Ask

JUNK = Frame(FrameType.REQUEST, Direction.TO_PUMP, 1, 1, bytes(40)).encoded()
HELLO = Frame(
    FrameType.HELLO, Direction.TO_PUMP, 0, 0, Hello(Role.CLINICIAN, bytes(32)).encoded()
).encoded()


@pytest.fixture
def ward() -> Ward:
    return Ward()


def fail(ward: Ward) -> None:
    with pytest.raises(LinkLostError):
        ward.link(key=Key(chance(9).randbytes(32)))


# -- getting in ---------------------------------------------------------------------------------


@pytest.mark.requirement("PC-80")
@pytest.mark.parametrize("role", Role)
def test_whoever_holds_the_key_is_let_in(ward: Ward, role: Role) -> None:
    assert ward.link(role).now_s == ward.now_s


@pytest.mark.requirement("PC-80")
def test_without_the_key_nobody_is_let_in(ward: Ward) -> None:
    fail(ward)
    assert ward.receiver.failures == 1


@pytest.mark.requirement("PC-80")
@pytest.mark.parametrize("role", Role)
def test_the_key_of_one_role_does_not_open_the_other(ward: Ward, role: Role) -> None:
    (other,) = set(Role) - {role}
    with pytest.raises(LinkLostError):
        ward.link(role, key=ward.keys[other])


@pytest.mark.requirement("PC-80")
def test_a_role_without_a_key_has_no_way_in(ward: Ward) -> None:
    labels = Labels(ward.store)
    keys = {Role.CLINICIAN: ward.keys[Role.CLINICIAN]}
    ward.receiver = Receiver(ward.door, keys, ward.identity, labels, ward.random.randbytes)
    with pytest.raises(LinkLostError):
        ward.link(Role.PATIENT)


@pytest.mark.requirement("PC-80")
def test_a_programmer_does_not_believe_a_pump_without_the_key(ward: Ward) -> None:
    other = Ward(seed=2)
    with pytest.raises(LinkLostError):
        ward.link(exchange=other.exchange)


@pytest.mark.requirement("PC-80")
def test_another_serial_number_is_refused_by_name(ward: Ward) -> None:
    wrong = Identity("SIM-2", ward.identity.patient)
    with pytest.raises(RefusedError, match="this is pump SIM-1, not SIM-2"):
        ward.link(identity=wrong)


@pytest.mark.requirement("PC-80")
def test_another_patient_is_refused(ward: Ward) -> None:
    wrong = Identity("SIM-1", patient_digest("SIM-1", "patient 2"))
    with pytest.raises(RefusedError, match="belongs to another patient"):
        ward.link(identity=wrong)


def test_who_was_refused_for_the_wrong_patient_has_no_session(ward: Ward) -> None:
    with pytest.raises(RefusedError):
        ward.link(identity=Identity("SIM-2", ward.identity.patient))
    assert not ward.receiver.in_session(ward.now_s)


@pytest.mark.requirement("PC-80")
def test_a_challenge_that_is_answered_late_is_void(ward: Ward) -> None:
    def slow(frame: bytes) -> bytes:
        if decoded(frame).type is FrameType.PROOF:
            ward.now_s += FRESH_S + 1
        return ward.exchange(frame)

    with pytest.raises(LinkLostError):
        ward.link(exchange=slow)


def test_a_source_of_random_bytes_that_is_stuck_lets_nobody_in(ward: Ward) -> None:
    ward.receiver = Receiver(ward.door, ward.keys, ward.identity, Labels(ward.store), bytes)
    ward.hear(HELLO)
    assert ward.hear(HELLO) == b""


@pytest.mark.requirement("PC-81")
def test_nothing_that_names_pump_patient_or_operator_is_in_clear(ward: Ward) -> None:
    programmer = ward.programmer()
    programmer.confirm(programmer.prepare(programming()))
    programmer.interrogate()
    air = b"".join(ward.heard + ward.said)
    for clear in (b"SIM-1", ward.identity.patient, b"nurse", b"morphine", LABEL.encode()):
        assert clear not in air


# -- being in a session -------------------------------------------------------------------------


@pytest.mark.requirement("PC-85")
def test_a_session_ends_when_nothing_is_heard_for_three_minutes(ward: Ward) -> None:
    link = ward.link()
    ward.now_s += IDLE_S + 1
    with pytest.raises(RefusedError, match="prove the key again"):
        link.ask(Ask.STATUS)
    with pytest.raises(LinkLostError):
        link.ask(Ask.STATUS)


@pytest.mark.requirement("PC-85")
def test_a_session_goes_on_while_something_is_heard(ward: Ward) -> None:
    link = ward.link()
    for _ in range(10):
        ward.now_s += IDLE_S
        link.ask(Ask.STATUS)
    assert link.now_s == ward.now_s


def test_a_new_session_of_a_role_ends_the_one_before(ward: Ward) -> None:
    first = ward.link()
    ward.link()
    with pytest.raises(LinkLostError):
        first.ask(Ask.STATUS)


def test_a_new_session_on_another_connection_ends_the_one_before(ward: Ward) -> None:
    first = ward.link()
    ward.peer = Peer("ward", 1)
    ward.link()
    ward.peer = WARD
    with pytest.raises(LinkLostError):
        first.ask(Ask.STATUS)


def test_clinician_and_patient_are_heard_side_by_side(ward: Ward) -> None:
    clinician = ward.link()
    ward.peer = Peer("home")
    patient = ward.link(Role.PATIENT)
    patient.ask(Ask.STATUS)
    ward.peer = WARD
    assert clinician.ask(Ask.STATUS).now_s == ward.now_s


@pytest.mark.requirement("PC-80")
def test_a_session_cannot_be_carried_to_another_connection(ward: Ward) -> None:
    link = ward.link()
    ward.peer = Peer("ward", 1)
    with pytest.raises(LinkLostError):
        link.ask(Ask.STATUS)


def test_who_has_left_is_not_heard_any_more(ward: Ward) -> None:
    link = ward.link()
    link.ask(Ask.LEAVE)
    assert not ward.receiver.in_session(ward.now_s)


@pytest.mark.requirement("PC-86")
def test_a_lost_link_ends_the_session_and_nothing_else(ward: Ward) -> None:
    ward.link()
    ward.receiver.hang_up(WARD, ward.now_s)
    assert not ward.receiver.in_session(ward.now_s)
    assert ward.witness.orders == []


@pytest.mark.requirement("PC-70")
def test_each_session_is_logged_from_its_beginning_to_its_end(ward: Ward) -> None:
    ward.link().ask(Ask.LEAVE)
    ward.link()
    ward.link()
    ward.receiver.hang_up(WARD, ward.now_s)
    assert ward.witness.notes == [
        (f"session {what}", number) for number in (1, 2, 3) for what in ("opened", "closed")
    ]


# -- failures and floods ------------------------------------------------------------------------


@pytest.mark.requirement("PC-87")
def test_each_failure_makes_the_next_attempt_wait_longer(ward: Ward) -> None:
    waits = []
    for _ in range(8):
        fail(ward)
        with pytest.raises(RefusedError, match="wait") as refusal:
            ward.link()
        waits.append(int(str(refusal.value).split("wait ")[1].split(" s")[0]))
        ward.now_s += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


@pytest.mark.requirement("PC-87")
def test_a_failure_is_counted_and_logged(ward: Ward) -> None:
    fail(ward)
    assert ward.witness.notes == [("authentication failed", Role.CLINICIAN, 1, 1)]


@pytest.mark.requirement("PC-87")
def test_whoever_is_at_another_place_does_not_wait(ward: Ward) -> None:
    fail(ward)
    ward.peer = Peer("home")
    assert ward.link().now_s == ward.now_s


@pytest.mark.requirement("PC-87")
def test_a_wait_does_not_disturb_a_session(ward: Ward) -> None:
    link = ward.link()
    ward.hear(HELLO)
    ward.hear(Frame(FrameType.PROOF, Direction.TO_PUMP, 0, 1, bytes(40)).encoded())
    assert ward.receiver.failures == 1
    assert link.ask(Ask.STATUS).now_s == ward.now_s


@pytest.mark.requirement("PC-87")
def test_drug_and_flow_are_read_in_an_emergency_whoever_has_to_wait(ward: Ward) -> None:
    programmer = ward.programmer()
    programmer.confirm(programmer.prepare(programming()))
    for _ in range(3):
        fail(ward)
        ward.now_s += 60
    fail(ward)
    found = read_in_emergency(ward.exchange)
    assert (found.label, found.phase) == (LABEL, Phase.RUNNING)


@pytest.mark.requirement("PC-87")
def test_an_emergency_read_needs_somebody_at_the_pump(ward: Ward) -> None:
    ward.near = False
    with pytest.raises(LinkLostError):
        read_in_emergency(ward.exchange)


@pytest.mark.requirement("PC-81")
def test_an_emergency_read_names_nobody(ward: Ward) -> None:
    read_in_emergency(ward.exchange)
    assert b"SIM-1" not in ward.said[-1]


@pytest.mark.requirement("PC-87")
def test_a_stop_at_the_pump_does_not_pass_the_receiver(ward: Ward) -> None:
    fail(ward)
    ward.door.stop(ward.now_s)
    assert ward.witness.orders == [("stop",)]


@pytest.mark.requirement("PC-87")
def test_too_many_frames_are_dropped_before_they_are_opened(ward: Ward) -> None:
    for _ in range(1_000):
        ward.hear(JUNK)
    assert (ward.receiver.rejected, ward.receiver.dropped) == (
        FRAMES_A_SECOND,
        1_000 - FRAMES_A_SECOND,
    )


def test_a_session_is_never_slowed_down(ward: Ward) -> None:
    link = ward.link()
    for _ in range(10 * FRAMES_A_SECOND):
        link.ask(Ask.STATUS)
    assert ward.receiver.dropped == 0


@pytest.mark.requirement("PC-87")
def test_a_flood_of_names_does_not_lock_out_for_longer_than_a_minute(ward: Ward) -> None:
    for number in range(10 * MOST_ORIGINS):
        ward.peer = Peer(f"flood {number}")
        ward.hear(HELLO)
        ward.hear(Frame(FrameType.PROOF, Direction.TO_PUMP, 0, 1, bytes(40)).encoded())
    ward.now_s += 60
    ward.peer = WARD
    assert ward.link().now_s == ward.now_s


def test_a_flood_of_connections_takes_no_more_room_than_there_is(ward: Ward) -> None:
    for number in range(10 * MOST_CONNECTIONS):
        ward.peer = Peer("flood", number)
        ward.now_s += 1
        ward.hear(JUNK)
    assert len(ward.receiver._connections) == MOST_CONNECTIONS


def test_a_flood_of_connections_does_not_end_a_session(ward: Ward) -> None:
    link = ward.link()
    for number in range(10 * MOST_CONNECTIONS):
        ward.peer = Peer("flood", number)
        ward.hear(JUNK)
    ward.peer = WARD
    assert link.ask(Ask.STATUS).now_s == ward.now_s


# -- what a role may do -------------------------------------------------------------------------


@pytest.mark.parametrize("ask", sorted(set(Ask) - {Ask.STATUS, Ask.LEAVE}))
def test_a_patient_asks_only_for_the_status(ward: Ward, ask: Ask) -> None:
    link = ward.link(Role.PATIENT)
    if ask is Ask.CHALLENGE:
        assert link.ask(ask).payload
        return
    with pytest.raises(RefusedError):
        link.ask(ask, Command(Kind.STOP).encoded())


def test_a_patient_can_ask_for_a_bolus(ward: Ward) -> None:
    programmer = ward.programmer(Role.PATIENT)
    programmer.confirm(programmer.prepare(Command(Kind.PRESS)))
    assert ward.witness.orders == [("press",)]


def test_a_clinician_does_not_press_the_patients_button(ward: Ward) -> None:
    programmer = ward.programmer()
    with pytest.raises(RefusedError, match="only the patient's own key"):
        programmer.prepare(Command(Kind.PRESS))
