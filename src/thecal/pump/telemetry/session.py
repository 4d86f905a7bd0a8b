"""One session as the pump sees it: who speaks, and what has been prepared and may be confirmed."""

from __future__ import annotations

from enum import IntEnum, unique
from hmac import compare_digest
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.telemetry.commands import Command, Kind
from thecal.pump.telemetry.frames import Direction, Frame, FrameType
from thecal.pump.telemetry.keys import Role, SessionKeys
from thecal.pump.telemetry.sealing import Opener, Sealer

FRESH_S: Final = 30
"""Age of a challenge, on the pump's own counter, at which its answer is refused (PC-80)."""
IDLE_S: Final = 180
"""Without a word for so long, the operator proves the key again (PC-85)."""
PREPARED_S: Final = 180
"""A prepared order that nobody confirms is forgotten (PC-85)."""


@unique
class Ask(IntEnum):
    """What a request asks for."""

    STATUS = 1
    PROGRAM = 2
    LOG = 3
    CHALLENGE = 4
    PREPARE = 5
    CONFIRM = 6
    COMPLAIN = 7
    """What the programmer has found wrong, so that the pump alarms as well."""
    LEAVE = 8


@unique
class Complaint(IntEnum):
    """What a programmer finds wrong."""

    READ_BACK = 1
    """The program in force is not the one that was meant (PC-84)."""
    LOG = 2
    """The log is not the one of the last session (PC-72)."""


ASKED_BY: Final = {
    Role.CLINICIAN: frozenset(Ask),
    Role.PATIENT: frozenset({Ask.STATUS, Ask.CHALLENGE, Ask.PREPARE, Ask.CONFIRM, Ask.LEAVE}),
}
ORDERED_BY: Final = {
    Role.CLINICIAN: frozenset(Kind) - {Kind.PRESS},
    Role.PATIENT: frozenset({Kind.PRESS}),
}


class Prepared(NamedTuple):
    """An order that waits for its confirmation."""

    command: Command
    digest: bytes
    since_s: int
    staged: bytes
    """The digest under which the implant has staged the program; empty for other orders."""


class Session:
    """What the pump remembers of one session.

    Parameters
    ----------
    role, operator
        Who speaks.
    keys
        The session's two keys.
    number
        The session's.
    now_s
        Second at which it began.
    """

    def __init__(
        self, role: Role, operator: str, keys: SessionKeys, number: int, now_s: int
    ) -> None:
        self.role = role
        self.operator = operator
        self._opener = Opener(keys.to_pump, Direction.TO_PUMP, number)
        self._sealer = Sealer(keys.from_pump, Direction.FROM_PUMP, number)
        self._heard_s = now_s
        self._nonce = b""
        self._issued_s = now_s
        self.prepared: Prepared | None = None
        self.left = False
        """Whether the operator has left, or was silent for too long."""

    def open(self, frame: Frame) -> bytes:
        """Return the body of a request.

        Raises
        ------
        FrameError
            When it is not the next word of this session.
        """
        return self._opener.open(frame)

    def seal(self, kind: FrameType, body: bytes) -> bytes:
        """Return the bytes of an answer."""
        return self._sealer.seal(kind, body)

    def is_awake(self, now_s: int) -> bool:
        """Return whether the operator was heard lately."""
        return now_s - self._heard_s <= IDLE_S

    def hear(self, now_s: int) -> bool:
        """Note a word from the operator; return whether it came before the session was idle."""
        awake = self.is_awake(now_s)
        self._heard_s = now_s
        return awake

    def challenge(self, nonce: bytes, now_s: int) -> None:
        """Remember the nonce that the next confirmation must carry; one counts at a time."""
        self._nonce = nonce
        self._issued_s = now_s

    def check_role(self, command: Command) -> None:
        """Refuse what this role may not order."""
        if command.kind not in ORDERED_BY[self.role]:
            raise InputError(
                "a patient's key asks for a bolus and reads the status, nothing else"
                if self.role is Role.PATIENT
                else "only the patient's own key asks for a patient bolus"
            )

    def check_fresh(self, nonce: bytes, now_s: int) -> None:
        """Refuse a confirmation that does not answer the last challenge, or answers it late."""
        if not self._nonce or not compare_digest(nonce, self._nonce):
            raise InputError("the confirmation does not answer the pump's last challenge")
        if now_s - self._issued_s > FRESH_S:
            raise InputError(f"the confirmation is older than {FRESH_S} s; send it again")

    def confirmed(self, digest: bytes, nonce: bytes, now_s: int) -> Prepared:
        """Return the order that is confirmed; it can be confirmed once.

        Parameters
        ----------
        digest
            Of the order that the operator has seen.
        nonce
            The challenge that is answered.

        Raises
        ------
        InputError
            When nothing of that digest waits, or the answer is not fresh.
        """
        try:
            self.check_fresh(nonce, now_s)
        finally:
            self._nonce = b""
        prepared = self.prepared
        if prepared is None or not compare_digest(prepared.digest, digest):
            raise InputError("no such order waits for a confirmation; prepare it again")
        self.prepared = None
        if now_s - prepared.since_s > PREPARED_S:
            raise InputError(f"the order was prepared over {PREPARED_S} s ago; prepare it again")
        return prepared
