"""A pump that is only a door: it takes every order and counts it.

Whoever gets one of its orders through has passed the receiver; so an attack is accepted exactly
when a witness has counted something.
"""

from __future__ import annotations

from typing import Final

from thecal.pump.implant.chain import EMPTY, Head
from thecal.pump.implant.codec import decode_limits, decode_program, digest
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.status import Status
from thecal.pump.implant.values import FAR, NEVER, Phase, Reply, Setting
from thecal.pump.program import Hardware

_TAKEN: Final = Reply(accepted=True)
_HARDWARE: Final = Hardware(20_000_000, 250, 1_400_000, 2_000_000, 24_000_000, 140_000)


class Witness:
    """Implements `door.Door`.

    Examples
    --------
    >>> witness = Witness()
    >>> witness.bolus(20_000, 600, now_s=5).accepted
    True
    >>> witness.orders
    [('bolus', 20000, 600)]
    """

    def __init__(self) -> None:
        self.orders: list[tuple[str | int | bytes, ...]] = []
        """What was carried out, in order."""
        self.notes: list[tuple[str | int, ...]] = []
        """What the log was told."""
        self._staged = (b"", b"")
        self._in_force = (b"", b"")
        self._commits = 0

    def stage(self, program: bytes, limits: bytes, now_s: int) -> Staged | Reply:
        """Return what the bytes say; nothing has changed."""
        assert now_s >= 0, "the counter begins at 0"
        self._staged = program, limits
        setting = Setting(_HARDWARE, decode_program(program), decode_limits(limits))
        return Staged(setting, digest(program, limits), now_s, program, limits)

    def commit(self, digest: bytes, now_s: int) -> Reply:
        """Let the staged program take effect."""
        self._in_force = self._staged
        self._commits += 1
        return self._done(now_s, "commit", digest)

    def stop(self, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "stop")

    def start(self, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "start")

    def prime(self, volume_nl: int, nl_per_day: int, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "prime", volume_nl, nl_per_day)

    def bolus(self, volume_nl: int, duration_s: int, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "bolus", volume_nl, duration_s)

    def press(self, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "press")

    def refill(self, filled_nl: int, aspirated_nl: int, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "refill", filled_nl, aspirated_nl)

    def set_clock(self, week_offset_s: int, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "set clock", week_offset_s)

    def silence(self, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "silence")

    def acknowledge(self, condition: str, now_s: int) -> Reply:
        """Count the order."""
        return self._done(now_s, "acknowledge", condition)

    def note(self, kind: str, values: tuple[int, ...], now_s: int) -> None:
        """Keep the line."""
        assert now_s >= 0, "the counter begins at 0"
        self.notes.append((kind, *values))

    def status(self, now_s: int) -> Status:
        """Return a running pump."""
        return Status(
            now_s=now_s,
            week_offset_s=0,
            phase=Phase.RUNNING,
            commits=self._commits,
            digest=digest(*self._in_force),
            nl_per_day=0,
            bolus=0,
            bolus_left_nl=0,
            special_left_nl=0,
            reservoir_nl=_HARDWARE.reservoir_nl,
            measured_nl=-1,
            empty_s=FAR,
            service_end_s=FAR,
            replacement_due=0,
            over_infusion_risk=0,
            strokes=0,
            log_index=0,
            failing_s=NEVER,
            alarms=(),
            cannot=(),
        )

    def in_force(self) -> tuple[bytes, bytes]:
        """Return the program and the limits that were committed last."""
        return self._in_force

    def head(self) -> Head:
        """Return the head of an empty log."""
        return EMPTY

    def log_from(self, index: int) -> bytes:
        """Return nothing; there is no log."""
        assert index >= 0, "records are numbered from 0"
        return b""

    def _done(self, now_s: int, *what: str | int | bytes) -> Reply:
        assert now_s >= 0, "the counter begins at 0"
        self.orders.append(what)
        return _TAKEN
