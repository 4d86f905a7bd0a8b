"""What the receiver asks of the implant; `thecal.pump.implant.implant.Implant` is one such door."""

from __future__ import annotations

from typing import Protocol

from thecal.pump.implant.chain import Head
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.status import Status
from thecal.pump.implant.values import Reply


class Door(Protocol):
    """Orders, each logged before it is carried out, and questions."""

    def stage(self, program: bytes, limits: bytes, now_s: int, /) -> Staged | Reply:
        """Check a program and its limits and keep them for a commit."""
        ...

    def commit(self, digest: bytes, now_s: int, /) -> Reply:
        """Let the staged program of this digest take effect."""
        ...

    def stop(self, now_s: int, /) -> Reply:
        """Stop after the current stroke."""
        ...

    def start(self, now_s: int, /) -> Reply:
        """Run the program again."""
        ...

    def prime(self, volume_nl: int, nl_per_day: int, now_s: int, /) -> Reply:
        """Move so much fluid at this flow."""
        ...

    def bolus(self, volume_nl: int, duration_s: int, now_s: int, /) -> Reply:
        """Give a clinician's single bolus."""
        ...

    def press(self, now_s: int, /) -> Reply:
        """Give the patient's bolus."""
        ...

    def refill(self, filled_nl: int, aspirated_nl: int, now_s: int, /) -> Reply:
        """Take over the volumes of a refill."""
        ...

    def set_clock(self, week_offset_s: int, now_s: int, /) -> Reply:
        """Move the pump's week."""
        ...

    def silence(self, now_s: int, /) -> Reply:
        """Silence what sounds."""
        ...

    def acknowledge(self, condition: str, now_s: int, /) -> Reply:
        """Say that a condition was seen."""
        ...

    def note(self, kind: str, values: tuple[int, ...], now_s: int, /) -> None:
        """Write a record about the link."""
        ...

    def status(self, now_s: int, /) -> Status:
        """Return all that the pump says of itself."""
        ...

    def in_force(self) -> tuple[bytes, bytes]:
        """Return program and limits in force, as bytes."""
        ...

    def head(self) -> Head:
        """Return the number of log records and the hash of the last."""
        ...

    def log_from(self, index: int, /) -> bytes:
        """Return the records of the log from one on."""
        ...
