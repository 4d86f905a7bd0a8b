"""The programmer: what a clinician, or a patient's handheld, can do with a pump.

An order goes through five states: it is *waiting* once the pump has said back what it understood,
*started* when its confirmation leaves, then *finished* or *failed* by the pump's word. When the
link is lost in between it is *uncertain*, which is no error but a state of its own: the next
session finds out what has become of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Any

from thecal.errors import InputError, ThecalError
from thecal.pump.implant.chain import Head, verify
from thecal.pump.implant.codec import decode_limits, decode_program
from thecal.pump.implant.records import Entry
from thecal.pump.implant.status import Status
from thecal.pump.implant.values import Account, Limits
from thecal.pump.program import Program
from thecal.pump.telemetry.commands import Command, Kind, decoded
from thecal.pump.telemetry.evidence import first_number, is_proved, read_entries
from thecal.pump.telemetry.frames import NONCE_BYTES
from thecal.pump.telemetry.link import Link, LinkLostError, RefusedError, read_head
from thecal.pump.telemetry.ordering import NUMBER_BYTES
from thecal.pump.telemetry.reports import read_status
from thecal.pump.telemetry.session import Ask, Complaint


@unique
class Progress(StrEnum):
    """How far an order has come."""

    WAITING = "waiting"
    """The pump has said back what it understood; nothing has changed."""
    STARTED = "started"
    """The confirmation is on its way."""
    FINISHED = "finished"
    FAILED = "failed"
    """The pump has refused; nothing has changed."""
    UNCERTAIN = "uncertain"
    """The link was lost after the confirmation had left; `Programmer.resolve` finds out."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order and how far it has come.

    Parameters
    ----------
    command
        What the pump has understood; for a program written anew from what it decoded.
    progress
        Its state.
    head
        The head of the pump's log before the confirmation: what is logged later tells what came
        of the order.
    words
        Why it failed or is uncertain.
    """

    command: Command
    progress: Progress
    head: Head
    words: str = ""

    def on(self, progress: Progress, words: str = "") -> Order:
        """Return the order in another state."""
        return replace(self, progress=progress, words=words)

    def as_object(self) -> dict[str, str | int]:
        """Return the order as JSON can hold it."""
        return {
            "command": self.command.encoded().hex(),
            "progress": str(self.progress),
            "index": self.head.index,
            "digest": self.head.digest.hex(),
            "words": self.words,
        }

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Order:
        """Return the order of `as_object`.

        Raises
        ------
        InputError
            When it is none.
        """
        try:
            return cls(
                decoded(bytes.fromhex(entry["command"])),
                Progress(entry["progress"]),
                Head(int(entry["index"]), bytes.fromhex(entry["digest"])),
                str(entry["words"]),
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise InputError(f"an order that was kept cannot be read: {wrong}") from wrong


@dataclass(frozen=True, slots=True)
class Interrogation:
    """All that a pump said of itself at one moment.

    Parameters
    ----------
    status
        What it does.
    in_force
        Program, limits and label, written as the order that would make them so.
    """

    status: Status
    in_force: Command

    @property
    def program(self) -> Program:
        """The program in force."""
        return decode_program(self.in_force.parts[0])

    @property
    def limits(self) -> Limits:
        """The hard limits in force."""
        return decode_limits(self.in_force.parts[1])

    @property
    def label(self) -> str:
        """What the reservoir holds, in words."""
        return self.in_force.parts[2].decode("ascii")


class LogTruncatedError(ThecalError):
    """The pump's log is not the one that an earlier session has seen (PC-72)."""


class ReadBackError(ThecalError):
    """The program in force is not the one that was meant (PC-84)."""


class Programmer:
    """What can be done with a pump in one session.

    Parameters
    ----------
    link
        The session.
    log_key
        The key that the pump's log began with, held by the clinic; None where it is not held, as
        on a patient's handheld.
    remembered
        The head of the log at the last session, if there was one.
    journal
        Is called with each state of an order before the next step, so that an order whose fate is
        not known survives even the loss of the programmer.
    """

    def __init__(
        self,
        link: Link,
        log_key: bytes | None = None,
        remembered: Head | None = None,
        journal: Callable[[Order], None] = lambda _: None,
    ) -> None:
        self._link = link
        self._log_key = log_key
        self._remembered = remembered
        self._journal = journal

    @property
    def head(self) -> Head:
        """The head of the pump's log when the session began."""
        return self._link.head

    # -- reading ------------------------------------------------------------------------------

    def status(self) -> Status:
        """Return what the pump does now."""
        return read_status(self._link.ask(Ask.STATUS).payload)

    def interrogate(self) -> Interrogation:
        """Return what the pump does, and its program, limits and label."""
        return Interrogation(self.status(), self._in_force())

    def check_log(self) -> None:
        """Hold the log against the head of the last session; remember `head` for the next.

        Raises
        ------
        LogTruncatedError
            When the log is shorter than it was, or what it says of that time has changed; the
            pump is told, so that it alarms as well (PC-72).
        """
        now, before = self._link.head, self._remembered
        if before is None or now == before:
            return
        if now.index > before.index and self._log_key is not None:
            records = self.fetch_log(before.index)
            # What was dropped to make room stands as a digest in the first record that is kept.
            is_whole = first_number(records) == before.index
            if verify(records, self._log_key, (now,), before if is_whole else None) is None:
                return
        self._link.ask(Ask.COMPLAIN, bytes((Complaint.LOG,)))
        raise LogTruncatedError(
            f"the log has {now.index} records and the last session saw {before.index}, "
            "but those are missing or were changed"
        )

    def fetch_log(self, index: int) -> bytes:
        """Return the log's records from a number on, as `chain.verify` reads them."""
        wanted = index.to_bytes(NUMBER_BYTES, "big")
        records = b""
        total = 1
        while len(records) < total:
            start = len(records).to_bytes(NUMBER_BYTES, "big")
            payload = self._link.ask(Ask.LOG, wanted + start).payload
            total = int.from_bytes(payload[:NUMBER_BYTES], "big")
            piece = payload[NUMBER_BYTES:]
            if not piece:
                break
            records += piece
        return records

    def read_log(self) -> tuple[Entry, ...]:
        """Return all records that the pump still holds, each of them checked (PC-71).

        Raises
        ------
        LogTruncatedError
            When one was altered, is out of place or missing; it names the first.
        """
        assert self._log_key is not None, "only the clinic, which holds its first key, reads a log"
        records = self.fetch_log(0)
        heads = tuple(head for head in (self._link.head, self._remembered) if head is not None)
        bad = verify(records, self._log_key, heads)
        if bad is not None:
            self._link.ask(Ask.COMPLAIN, bytes((Complaint.LOG,)))
            raise LogTruncatedError(f"record {bad} of the pump's log was altered or is missing")
        return read_entries(records)

    # -- ordering -----------------------------------------------------------------------------

    def prepare(self, command: Command) -> Order:
        """Let the pump read an order, stage it, and say back what it has understood (PC-83).

        Nothing changes before `confirm`. Show the returned order's command to the operator, not
        the one that was sent.

        Raises
        ------
        RefusedError
            When the pump refuses it.
        LinkLostError
            When no answer comes; nothing has changed.
        """
        echo = decoded(self._link.ask(Ask.PREPARE, command.encoded()).payload)
        if echo != command:
            raise InputError(
                "the pump has understood another order than the one that was sent; nothing was "
                "changed, interrogate it and begin again"
            )
        return self._noted(Order(echo, Progress.WAITING, self._link.head))

    def confirm(self, order: Order) -> Order:
        """Let the pump carry out an order that it has prepared, and return what came of it.

        After a program the pump's own reading of it is compared field by field (PC-84).

        Raises
        ------
        LinkLostError
            When the link was gone before the confirmation had left; nothing has changed.
        ReadBackError
            When the program in force is not the one that was meant; the pump alarms as well.
        """
        if order.progress is not Progress.WAITING:
            raise InputError(f"the order is {order.progress}, but only a waiting one is confirmed")
        challenge = self._link.ask(Ask.CHALLENGE)
        nonce, head = challenge.payload[:NONCE_BYTES], read_head(challenge.payload[NONCE_BYTES:])
        order = self._noted(replace(order, progress=Progress.STARTED, head=head))
        try:
            self._link.ask(Ask.CONFIRM, order.command.digest() + nonce)
            if order.command.kind is Kind.PROGRAM:
                self._check_in_force(order)
        except RefusedError as refusal:
            return self._noted(order.on(Progress.FAILED, str(refusal)))
        except LinkLostError as lost:
            return self._noted(order.on(Progress.UNCERTAIN, str(lost)))
        return self._noted(order.on(Progress.FINISHED))

    def resolve(self, order: Order) -> Order:
        """Return what has become of an uncertain order, read back from the pump.

        A program is held against the one in force; of everything else the log tells, which the
        pump writes before it acts. A patient's handheld does not read the log: there the order
        stays uncertain unless the bolus is running.
        """
        if order.progress not in {Progress.STARTED, Progress.UNCERTAIN}:
            return order
        if order.command.kind is Kind.PROGRAM:
            happened = self._in_force() == order.command
        elif order.command.kind is Kind.PRESS:
            if self.status().bolus != Account.PATIENT_BOLUS:
                return order
            happened = True
        else:
            happened = is_proved(order.command, self.fetch_log(order.head.index))
        if happened:
            return self._noted(order.on(Progress.FINISHED, "read back: it was carried out"))
        return self._noted(order.on(Progress.FAILED, "read back: it was not carried out"))

    def leave(self) -> None:
        """End the session; therapy goes on as it is."""
        self._link.ask(Ask.LEAVE)

    def _in_force(self) -> Command:
        return decoded(self._link.ask(Ask.PROGRAM).payload)

    def _check_in_force(self, order: Order) -> None:
        if self._in_force() != order.command:
            self._link.ask(Ask.COMPLAIN, bytes((Complaint.READ_BACK,)))
            raise ReadBackError(
                "the program in force is not the one that was confirmed; the pump alarms, "
                "interrogate it and program it again"
            )

    def _noted(self, order: Order) -> Order:
        self._journal(order)
        return order
