"""The link is cut at every byte of a session: the old program is in force, or the new one.

PC-83, PC-86, H34, H35: nothing lies between the two, and the pump never stands still for it.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.pump.implant.bench import PROGRAM, Bench
from tests.pump.telemetry.beside import Bedside
from tests.pump.telemetry.test_programmer import BOLUS, OTHER, do, ordered
from thecal.pump.implant.values import Phase
from thecal.pump.telemetry import (
    Command,
    LinkLostError,
    Programmer,
    Progress,
    RefusedError,
    Splitter,
)

OLD = ordered()


class Cut(NamedTuple):
    """After so many bytes in one direction the link is gone."""

    to_pump: int = 1 << 30
    from_pump: int = 1 << 30


class Thread:
    """A link that hangs by a thread: a stream of bytes each way, cut where it is told to."""

    def __init__(self, bedside: Bedside, cut: Cut) -> None:
        self.bedside = bedside
        self.cut = cut
        self.sent = self.got = 0
        self.there, self.here = Splitter(), Splitter()

    def exchange(self, frame: bytes) -> bytes:
        part = frame[: max(0, self.cut.to_pump - self.sent)]
        self.sent += len(frame)
        answers = [self.bedside.hear(whole) for whole in self.there.feed(part)]
        for answer in answers:
            part = answer[: max(0, self.cut.from_pump - self.got)]
            self.got += len(answer)
            for whole in self.here.feed(part):
                return whole
        raise LinkLostError("the link is cut")


def session(bedside: Bedside, cut: Cut, command: Command = OTHER) -> tuple[Thread, Progress]:
    """Program the pump over a link that is cut; return it and what the programmer believes."""
    thread = Thread(bedside, cut)
    bedside.orders.clear()
    try:
        link = bedside.link(exchange=thread.exchange)
        do(Programmer(link, journal=bedside.orders.append), command)
    except (LinkLostError, RefusedError):
        pass
    last = bedside.orders[-1].progress if bedside.orders else Progress.FAILED
    return thread, last


def at_bedside() -> Bedside:
    bedside = Bedside(Bench())
    do(bedside.programmer(), OLD)
    bedside.programmer().leave()
    return bedside


def lengths() -> tuple[int, int]:
    thread, _ = session(at_bedside(), Cut())
    return thread.sent, thread.got


SENT, GOT = lengths()
EVERY_BYTE = [
    *(Cut(to_pump=count) for count in range(SENT)),
    *(Cut(from_pump=count) for count in range(GOT)),
    Cut(),
]


@pytest.mark.requirement("PC-83", "PC-86")
def test_wherever_the_link_is_cut_the_old_or_the_new_program_runs() -> None:
    seen = set()
    bedside = at_bedside()
    for cut in EVERY_BYTE:
        _, believed = session(bedside, cut)
        in_force = bedside.bench.implant.in_force()
        phase = bedside.bench.implant.status(bedside.now_s).phase
        assert in_force in {OLD.parts[:2], OTHER.parts[:2]}, cut
        assert phase == Phase.RUNNING, cut
        if believed is Progress.FINISHED:
            assert in_force == OTHER.parts[:2], cut
        if believed in {Progress.WAITING, Progress.FAILED}:
            assert in_force == OLD.parts[:2], cut
        seen.add((believed, in_force == OTHER.parts[:2]))
        bedside.run(1)
        if in_force != OLD.parts[:2]:
            do(bedside.programmer(), OLD)
    # The campaign has met every end that a cut can lead to.
    assert seen == {
        (Progress.FAILED, False),
        (Progress.WAITING, False),
        (Progress.UNCERTAIN, False),
        (Progress.UNCERTAIN, True),
        (Progress.FINISHED, True),
    }


@pytest.mark.requirement("PC-84")
def test_wherever_the_link_is_cut_the_next_session_knows_what_became_of_it() -> None:
    bedside = at_bedside()
    for cut in EVERY_BYTE[::7]:
        _, believed = session(bedside, cut)
        is_new = bedside.bench.implant.in_force() == OTHER.parts[:2]
        if believed is Progress.UNCERTAIN:
            found = bedside.programmer().resolve(bedside.orders[-1])
            assert found.progress is (Progress.FINISHED if is_new else Progress.FAILED), cut
        bedside.run(1)
        if is_new:
            do(bedside.programmer(), OLD)


@pytest.mark.requirement("PC-42", "PC-86")
def test_wherever_the_link_is_cut_a_bolus_is_given_once_or_not_at_all() -> None:
    bedside = at_bedside()
    thread, _ = session(bedside, Cut(), BOLUS)
    given = []
    for count in [*range(0, thread.sent, 11), thread.sent]:
        before = bedside.bench.implant.status(bedside.now_s).log_index
        _, believed = session(bedside, Cut(to_pump=count), BOLUS)
        if believed is Progress.UNCERTAIN:
            bedside.programmer().resolve(bedside.orders[-1])
        bedside.run(1_000)
        records = bedside.programmer().read_log()
        boluses = [one for one in records[before:] if one.record.kind == "bolus started"]
        given.append(len(boluses))
    assert set(given) == {0, 1}


@pytest.mark.requirement("PC-86")
def test_a_lost_session_leaves_the_delivery_as_it_was() -> None:
    quiet, cut = at_bedside(), at_bedside()
    for count in range(0, SENT - 400, 37):
        session(cut, Cut(to_pump=count))
    for bedside in (quiet, cut):
        bedside.run(86_400)
    assert cut.bench.plant.pushes == quiet.bench.plant.pushes


def test_the_program_of_the_bench_is_the_old_one() -> None:
    assert at_bedside().programmer().interrogate().program == PROGRAM
