"""The programmer on a real implant: orders, their states, what is read back, and the log."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from tests.pump.implant.bench import LIMITS, PROGRAM
from tests.pump.telemetry.beside import Bedside
from tests.pump.telemetry.ward import LABEL
from thecal.errors import InputError
from thecal.pump.implant import opening
from thecal.pump.implant.chain import Head
from thecal.pump.implant.log import Log
from thecal.pump.implant.values import Phase
from thecal.pump.program import PatientBolus, Program, WeekStep
from thecal.pump.telemetry import (
    Command,
    Kind,
    LinkLostError,
    LogTruncatedError,
    Order,
    Programmer,
    Progress,
    ReadBackError,
    RefusedError,
    Role,
    programming,
)
from thecal.pump.telemetry.frames import FrameType, decoded

BUTTON = PatientBolus(5_000, 300, 4 * 3_600, 6)
BOLUS = Command(Kind.BOLUS, (5_000, 600))


def ordered(program: Program = PROGRAM, label: str = LABEL) -> Command:
    return programming(program, LIMITS, label)


OTHER = ordered(Program("simple continuous", (WeekStep(0, 300_000),), patient_bolus=BUTTON))


def do(programmer: Programmer, command: Command) -> Order:
    return programmer.confirm(programmer.prepare(command))


@pytest.fixture
def bedside() -> Bedside:
    return Bedside()


@pytest.fixture
def running(bedside: Bedside) -> Bedside:
    do(bedside.programmer(), ordered())
    return bedside


# -- orders on a real pump ----------------------------------------------------------------------


@pytest.mark.requirement("PC-83", "PC-84")
def test_a_program_is_committed_and_read_back_field_by_field(bedside: Bedside) -> None:
    programmer = bedside.programmer()
    order = do(programmer, ordered())
    found = programmer.interrogate()
    assert order.progress is Progress.FINISHED
    assert (found.program, found.limits, found.label) == (PROGRAM, LIMITS, LABEL)


def test_each_order_does_what_it_says(running: Bedside) -> None:
    programmer = running.programmer()
    phases = []
    for command in (Command(Kind.STOP), Command(Kind.START), BOLUS):
        assert do(programmer, command).progress is Progress.FINISHED
        status = programmer.status()
        phases.append((Phase(status.phase), bool(status.bolus)))
    assert phases == [(Phase.STOPPED, False), (Phase.RUNNING, False), (Phase.RUNNING, True)]


def test_a_refill_and_a_clock_reach_the_pump(running: Bedside) -> None:
    programmer = running.programmer()
    before = programmer.status()
    aspirated_nl = before.reservoir_nl - 1_400_000
    do(programmer, Command(Kind.REFILL, (18_000_000, aspirated_nl)))
    do(programmer, Command(Kind.SET_CLOCK, (3_600,)))
    after = programmer.status()
    assert (after.reservoir_nl, after.week_offset_s) == (19_400_000, 3_600)


def test_the_patients_button_gives_a_bolus(bedside: Bedside) -> None:
    do(bedside.programmer(), OTHER)
    order = do(bedside.programmer(Role.PATIENT), Command(Kind.PRESS))
    assert order.progress is Progress.FINISHED


@pytest.mark.requirement("PC-82")
def test_the_pump_refuses_what_is_beyond_its_own_limits(running: Bedside) -> None:
    order = do(running.programmer(), Command(Kind.BOLUS, (400_000, 600)))
    assert order.progress is Progress.FAILED
    assert "cap" in order.words or "highest" in order.words


@pytest.mark.requirement("PC-82")
def test_the_pump_refuses_a_program_beyond_its_caps(running: Bedside) -> None:
    programmer = running.programmer()
    with pytest.raises(RefusedError, match="cap"):
        programmer.prepare(ordered(Program("simple continuous", (WeekStep(0, 1_100_000),))))
    assert programmer.interrogate().program == PROGRAM


@pytest.mark.requirement("PC-85")
def test_a_staged_program_that_nobody_confirms_is_dropped(running: Bedside) -> None:
    programmer = running.programmer()
    order = programmer.prepare(OTHER)
    running.run(100)
    programmer.status()
    running.run(100)
    assert programmer.confirm(order).progress is Progress.FAILED
    assert programmer.interrogate().program == PROGRAM


# -- states of an order -------------------------------------------------------------------------


def test_an_order_goes_through_its_states(running: Bedside) -> None:
    running.orders.clear()
    do(running.programmer(), BOLUS)
    assert [order.progress for order in running.orders] == ["waiting", "started", "finished"]


def test_a_refused_order_has_failed(running: Bedside) -> None:
    do(running.programmer(), Command(Kind.STOP))
    running.orders.clear()
    do(running.programmer(), BOLUS)
    assert [order.progress for order in running.orders] == ["waiting", "started", "failed"]


def test_only_a_waiting_order_is_confirmed(running: Bedside) -> None:
    programmer = running.programmer()
    order = do(programmer, BOLUS)
    with pytest.raises(InputError, match="only a waiting one"):
        programmer.confirm(order)


def test_an_order_is_kept_and_read_as_it_was(running: Bedside) -> None:
    order = running.programmer().prepare(BOLUS).on(Progress.UNCERTAIN, "the link was lost")
    assert Order.of(order.as_object()) == order


@pytest.mark.parametrize("entry", [{}, {"command": "zz"}, {"command": "03", "progress": "never"}])
def test_a_damaged_order_is_refused(entry: dict[str, str]) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Order.of(entry)


def losing(bedside: Bedside, *, heard: bool) -> Callable[[bytes], bytes]:
    """Return a way to the pump on which the fourth request, or its answer, is lost."""
    count = 0

    def exchange(frame: bytes) -> bytes:
        nonlocal count
        count += decoded(frame).type is FrameType.REQUEST
        if count == 3:
            if heard:
                bedside.exchange(frame)
            raise LinkLostError("somebody walked away")
        return bedside.exchange(frame)

    return exchange


def lost(bedside: Bedside, command: Command, *, heard: bool) -> Order:
    link = bedside.link(exchange=losing(bedside, heard=heard))
    order = do(Programmer(link, journal=bedside.orders.append), command)
    assert order.progress is Progress.UNCERTAIN
    return order


RESOLVABLE = [
    OTHER,
    BOLUS,
    Command(Kind.STOP),
    Command(Kind.PRIME, (5_000, 1_000_000)),
    Command(Kind.REFILL, (18_000_000, 16_600_000)),
    Command(Kind.SET_CLOCK, (3_600,)),
]


@pytest.mark.requirement("PC-84")
@pytest.mark.parametrize("heard", [True, False], ids=["heard", "not heard"])
@pytest.mark.parametrize("command", RESOLVABLE, ids=lambda one: one.kind.name)
def test_the_next_session_finds_out_what_became_of_an_order(
    running: Bedside, command: Command, *, heard: bool
) -> None:
    order = lost(running, command, heard=heard)
    resolved = running.programmer().resolve(order)
    assert resolved.progress is (Progress.FINISHED if heard else Progress.FAILED)


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "not heard"])
def test_an_order_is_resolved_even_after_a_loss_of_power(running: Bedside, *, heard: bool) -> None:
    order = lost(running, BOLUS, heard=heard)
    running.restart()
    resolved = running.programmer().resolve(order)
    assert resolved.progress is (Progress.FINISHED if heard else Progress.FAILED)


def test_an_earlier_bolus_is_not_taken_for_the_one_that_was_lost(running: Bedside) -> None:
    do(running.programmer(), BOLUS)
    running.run(1_000)
    order = lost(running, BOLUS, heard=False)
    assert running.programmer().resolve(order).progress is Progress.FAILED


def pressing(bedside: Bedside, *, heard: bool) -> Order:
    do(bedside.programmer(), OTHER)
    link = bedside.link(Role.PATIENT, exchange=losing(bedside, heard=heard))
    return do(Programmer(link), Command(Kind.PRESS))


def test_a_press_whose_fate_is_not_known_is_found_running(bedside: Bedside) -> None:
    order = pressing(bedside, heard=True)
    assert bedside.programmer(Role.PATIENT).resolve(order).progress is Progress.FINISHED


def test_a_press_that_is_not_running_stays_uncertain(bedside: Bedside) -> None:
    order = pressing(bedside, heard=False)
    assert bedside.programmer(Role.PATIENT).resolve(order).progress is Progress.UNCERTAIN


def test_an_order_whose_fate_is_known_is_not_resolved_again(running: Bedside) -> None:
    programmer = running.programmer()
    order = do(programmer, BOLUS)
    assert programmer.resolve(order) is order


@pytest.mark.requirement("PC-84")
def test_a_program_that_reads_back_otherwise_alarms_on_both_sides(
    running: Bedside, monkeypatch: pytest.MonkeyPatch
) -> None:
    programmer = running.programmer()
    order = programmer.prepare(OTHER)
    monkeypatch.setattr(
        type(running.bench.implant), "in_force", lambda _: (ordered().parts[0], ordered().parts[1])
    )
    with pytest.raises(ReadBackError, match="not the one"):
        programmer.confirm(order)
    assert "read-back differs" in running.bench.listed


def test_an_echo_of_another_order_is_not_taken_for_the_own_one(
    running: Bedside, monkeypatch: pytest.MonkeyPatch
) -> None:
    programmer = running.programmer()
    ask = programmer._link.ask

    def changed(what: object, rest: bytes = b"") -> object:
        answer = ask(what, rest)  # type: ignore[arg-type]
        return answer._replace(payload=Command(Kind.BOLUS, (50_000, 600)).encoded())

    monkeypatch.setattr(programmer._link, "ask", changed)
    with pytest.raises(InputError, match="understood another order"):
        programmer.prepare(BOLUS)


# -- the log ------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-71")
def test_the_whole_log_is_read_and_checked(running: Bedside) -> None:
    running.run(86_400)
    entries = running.programmer().read_log()
    assert [entry.number for entry in entries] == list(range(len(entries)))
    assert {"committed", "session opened"} <= {entry.record.kind for entry in entries}


def test_a_log_that_has_not_grown_gives_nothing(running: Bedside) -> None:
    programmer = running.programmer()
    assert programmer.fetch_log(programmer.status().log_index) == b""


@pytest.mark.requirement("PC-72")
def test_a_log_that_has_grown_is_the_same_log(running: Bedside) -> None:
    head = running.programmer().head
    running.run(86_400)
    programmer = running.programmer(remembered=head)
    programmer.check_log()
    assert programmer.head.index > head.index


@pytest.mark.requirement("PC-72")
def test_a_log_that_is_shorter_than_it_was_is_an_alarm_on_both_sides(running: Bedside) -> None:
    head = running.programmer().head
    longer = Head(head.index + 50, head.digest)
    with pytest.raises(LogTruncatedError, match=f"last session saw {head.index + 50}"):
        running.programmer(remembered=longer).check_log()
    assert "log truncated" in running.bench.listed


@pytest.mark.requirement("PC-72")
def test_a_log_that_tells_another_past_is_an_alarm(running: Bedside) -> None:
    head = running.programmer().head
    running.run(86_400)
    other = Head(head.index, bytes(32))
    with pytest.raises(LogTruncatedError):
        running.programmer(remembered=other).check_log()


@pytest.mark.requirement("PC-71")
def test_a_record_that_was_altered_is_named(running: Bedside) -> None:
    running.run(86_400)
    raw = running.bench.implant.log_from(0)
    files = running.bench.store.files  # type: ignore[attr-defined]
    files["log.0"][200] ^= 1
    assert running.bench.implant.log_from(0) != raw
    with pytest.raises(LogTruncatedError, match=r"record \d"):
        running.programmer().read_log()


@pytest.mark.requirement("PC-73")
def test_a_log_that_made_room_for_new_records_is_still_the_same_log(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(opening, "Log", partial(Log, segment_bytes=2_000))
    bedside = Bedside()
    do(bedside.programmer(), ordered())
    head = bedside.programmer().head
    for _ in range(60):
        bedside.run(3_600)
        bedside.programmer().leave()
    programmer = bedside.programmer(remembered=head)
    programmer.check_log()
    assert programmer.read_log()[0].number > head.index
