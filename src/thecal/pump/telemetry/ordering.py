"""What the pump does with a request that has been opened: read, prepare, confirm.

An order is carried out in three words: it is *prepared* (the pump says back what it understood),
the pump gives a *challenge*, and the operator *confirms* the order by its digest, answering the
challenge within 30 s. What was prepared and never confirmed changes nothing (PC-83).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from thecal.errors import InputError, ThecalError
from thecal.pump.implant.values import Reply
from thecal.pump.telemetry.commands import DIGEST_BYTES, Command, Kind, decoded
from thecal.pump.telemetry.door import Door
from thecal.pump.telemetry.frames import NONCE_BYTES
from thecal.pump.telemetry.label import Labels, check_label
from thecal.pump.telemetry.reports import encode
from thecal.pump.telemetry.session import ASKED_BY, Ask, Complaint, Prepared, Session

CHUNK_BYTES: Final = 60_000
"""Of the log, in one answer."""
NUMBER_BYTES: Final = 8
_COMPLAINTS: Final = {
    Complaint.READ_BACK: "read-back differs",
    Complaint.LOG: "log disputed",
}
"""What the pump writes into its log, and alarms of."""


class Heard(NamedTuple):
    """When something was heard, and whether the speaker was at the pump."""

    now_s: int
    near: bool


def taken(payload: bytes, now_s: int) -> bytes:
    """Return the answer to a request that was taken."""
    return b"\x01" + now_s.to_bytes(NUMBER_BYTES, "big") + payload


def refused(reason: str, now_s: int) -> bytes:
    """Return the answer to a request that was refused."""
    return b"\x00" + now_s.to_bytes(NUMBER_BYTES, "big") + reason.encode("ascii", "replace")


def check_presence(heard: Heard) -> None:
    """Refuse whatever changes therapy unless a programmer is held at the pump (PC-80)."""
    if not heard.near:
        raise InputError("nobody holds the programmer at the pump; hold it there and try again")


class Desk:
    """Answers requests.

    Parameters
    ----------
    implant
        The door of the implant.
    labels
        What the reservoir holds, in words.
    """

    def __init__(self, implant: Door, labels: Labels) -> None:
        self._implant = implant
        self._labels = labels
        self._fetched = b""
        self._fetched_from = -1
        self._acts: dict[Kind, Callable[..., Reply]] = {
            Kind.BOLUS: implant.bolus,
            Kind.STOP: implant.stop,
            Kind.START: implant.start,
            Kind.PRIME: implant.prime,
            Kind.REFILL: implant.refill,
            Kind.SET_CLOCK: implant.set_clock,
            Kind.SILENCE: implant.silence,
            Kind.PRESS: implant.press,
        }

    def head(self) -> bytes:
        """Return the head of the log (PC-72)."""
        head = self._implant.head()
        return head.index.to_bytes(NUMBER_BYTES, "big") + head.digest

    def emergency(self, now_s: int) -> bytes:
        """Return drug and flow for whoever is at the pump, no identity with it (PC-87)."""
        status = self._implant.status(now_s)
        return encode((status.phase, status.nl_per_day, self._labels.at(status.commits)))

    def answer(
        self, session: Session, body: bytes, heard: Heard, nonce: Callable[[], bytes]
    ) -> bytes:
        """Return the answer to an opened request.

        Parameters
        ----------
        nonce
            Draws the next challenge.
        """
        try:
            ask, rest = _asked(session, body)
            match ask:
                case Ask.STATUS:
                    payload = self._status(heard.now_s)
                case Ask.PROGRAM:
                    payload = self._program(heard.now_s)
                case Ask.LOG:
                    payload = self._log(rest)
                case Ask.CHALLENGE:
                    payload = self._challenge(session, nonce(), heard.now_s)
                case Ask.PREPARE:
                    payload = self._prepare(session, rest, heard)
                case Ask.CONFIRM:
                    payload = self._confirm(session, rest, heard)
                case Ask.COMPLAIN:
                    payload = self._complain(rest, heard.now_s)
                case Ask.LEAVE:
                    payload = b""
                    session.left = True
        except ThecalError as refusal:
            return refused(str(refusal), heard.now_s)
        return taken(payload, heard.now_s)

    def _status(self, now_s: int) -> bytes:
        return encode(tuple(self._implant.status(now_s)))

    def _program(self, now_s: int) -> bytes:
        program, limits = self._implant.in_force()
        label = self._labels.at(self._implant.status(now_s).commits)
        # Written as an order, so that what is in force and what was meant compare as equals.
        return Command(Kind.PROGRAM, (), (program, limits, label.encode("ascii"))).encoded()

    def _log(self, rest: bytes) -> bytes:
        index = int.from_bytes(rest[:NUMBER_BYTES], "big")
        start = int.from_bytes(rest[NUMBER_BYTES:], "big")
        if not start or self._fetched_from != index:
            self._fetched, self._fetched_from = self._implant.log_from(index), index
        total = len(self._fetched).to_bytes(NUMBER_BYTES, "big")
        return total + self._fetched[start : start + CHUNK_BYTES]

    def _challenge(self, session: Session, nonce: bytes, now_s: int) -> bytes:
        session.challenge(nonce, now_s)
        return nonce + self.head()

    def _prepare(self, session: Session, rest: bytes, heard: Heard) -> bytes:
        command = decoded(rest)
        session.check_role(command)
        check_presence(heard)
        staged = b""
        if command.kind is Kind.PROGRAM:
            program, limits, label = command.parts
            check_label(label.decode("ascii", "replace"))
            answer = self._implant.stage(program, limits, heard.now_s)
            if isinstance(answer, Reply):
                raise InputError(answer.reason)
            staged = answer.digest
            # What goes back is written from what the pump has understood (PC-83).
            command = Command(Kind.PROGRAM, (), (*answer.encoded(), label))
        session.prepared = Prepared(command, command.digest(), heard.now_s, staged)
        return command.encoded()

    def _confirm(self, session: Session, rest: bytes, heard: Heard) -> bytes:
        if len(rest) != DIGEST_BYTES + NONCE_BYTES:
            raise InputError("a confirmation carries the digest of the order and the challenge")
        check_presence(heard)
        prepared = session.confirmed(rest[:DIGEST_BYTES], rest[DIGEST_BYTES:], heard.now_s)
        reply = self._carry_out(prepared, heard.now_s)
        if not reply.accepted:
            raise InputError(reply.reason)
        return reply.reason.encode("ascii", "replace")

    def _carry_out(self, prepared: Prepared, now_s: int) -> Reply:
        kind, numbers, parts = prepared.command
        if kind is Kind.PROGRAM:
            label = parts[-1].decode("ascii")
            self._labels.propose(label, self._implant.status(now_s).commits)
            return self._implant.commit(prepared.staged, now_s)
        if kind is Kind.ACKNOWLEDGE:
            return self._implant.acknowledge(parts[0].decode("ascii", "replace"), now_s)
        return self._acts[kind](*numbers, now_s)

    def _complain(self, rest: bytes, now_s: int) -> bytes:
        records = {bytes((complaint,)): record for complaint, record in _COMPLAINTS.items()}
        if rest not in records:
            raise InputError("the programmer complains of nothing that the pump knows")
        self._implant.note(records[rest], (), now_s)
        return b""


def _asked(session: Session, body: bytes) -> tuple[Ask, bytes]:
    try:
        ask = Ask(body[0])
    except (IndexError, ValueError):
        raise InputError("the request asks for nothing that the pump knows") from None
    if ask not in ASKED_BY[session.role]:
        raise InputError("a patient's key asks for a bolus and reads the status, nothing else")
    return ask, body[1:]
