"""The folder of one simulated pump: its memory, its keys, and what the clinic remembers of it.

::

    pump.json       what was implanted: serial number, profile, patient, reservoir
    implant/        the pump's own memory; survives `kill -9`
    keys/           clinician, patient and log; drawn at the first run, readable by the owner alone
    programmer/     the head of the log at the last session, and an order whose fate is not known
    address         where the pump listens
    pump.sock       the socket, unless it listens on a port
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from thecal.cli.pump.wire import Address
from thecal.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from thecal.pump.telemetry import Head, Identity, Key, Order, Role

KEY_BYTES: Final = 32
_OWNER_ALONE: Final = 0o600
_OWNER_ALONE_FOLDER: Final = 0o700
_LOG_KEY: Final = "log"


@dataclass(frozen=True, slots=True)
class Implanted:
    """What was implanted.

    Parameters
    ----------
    serial
        Of the pump, drawn at the first run.
    patient
        The id under which the clinic knows the patient.
    profile, catheter
        Ids of the devices on record.
    implanted_length_cm
        What is left of the catheter, as text with its decimals.
    start_nl
        In the reservoir at second 0 of the pump's counter, residual included.
    week_offset_s
        Second of the week at second 0 of the counter.
    """

    serial: str
    patient: str
    profile: str
    catheter: str
    implanted_length_cm: str
    start_nl: int
    week_offset_s: int


class Home:
    """The folder of one pump.

    Parameters
    ----------
    folder
        Where; made by `settle`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.memory = folder / "implant"
        self.socket = folder / "pump.sock"
        self._keys = folder / "keys"
        self._programmer = folder / "programmer"

    @property
    def is_new(self) -> bool:
        """Whether no pump was implanted here."""
        return not (self.folder / "pump.json").exists()

    def settle(self, implanted: Implanted, entropy: Callable[[int], bytes]) -> None:
        """Draw the keys and write down what was implanted.

        Parameters
        ----------
        entropy
            Returns so many random bytes.
        """
        for folder in (self.folder, self._keys, self._programmer):
            folder.mkdir(mode=_OWNER_ALONE_FOLDER, parents=True, exist_ok=True)
        for name in ("clinician", "patient", _LOG_KEY):
            _write(self._keys / f"{name}.key", entropy(KEY_BYTES).hex() + "\n")
        # Last, so that a folder without it is one in which nothing has begun.
        _write(self.folder / "pump.json", json.dumps(asdict(implanted), indent=2) + "\n")

    def implanted(self) -> Implanted:
        """Return what was implanted.

        Raises
        ------
        InputError
            When there is no pump in this folder, or its file was damaged.
        """
        if self.is_new:
            raise InputError(
                f"there is no pump in {self.folder}; begin one with: thecal pump serve "
                f"--store {self.folder}"
            )
        try:
            return Implanted(**json.loads((self.folder / "pump.json").read_text("ascii")))
        except (ValueError, TypeError) as wrong:
            raise InputError(f"{self.folder / 'pump.json'} is damaged: {wrong}") from wrong

    def address(self) -> Address:
        """Return where the pump listens.

        Raises
        ------
        InputError
            When it never ran.
        """
        try:
            return Address((self.folder / "address").read_text("utf-8").strip())
        except FileNotFoundError as missing:
            raise InputError(
                f"the pump in {self.folder} never ran; begin it with: thecal pump serve "
                f"--store {self.folder}"
            ) from missing

    def remember_address(self, address: Address) -> None:
        """Tell programmers where the pump listens."""
        _write(self.folder / "address", f"{address}\n")

    def key(self, role: Role) -> Key:
        """Return the key of a role."""
        from thecal.pump.telemetry import Key

        return Key(self._secret(role.name.lower()))

    def log_key(self) -> bytes:
        """Return the key that the pump's log began with."""
        return self._secret(_LOG_KEY)

    def identity(self) -> Identity:
        """Return pump and patient as telemetry names them."""
        from thecal.pump.telemetry import Identity, patient_digest

        one = self.implanted()
        return Identity(one.serial, patient_digest(one.serial, one.patient))

    def _secret(self, name: str) -> bytes:
        path = self._keys / f"{name}.key"
        if path.stat().st_mode & 0o077:
            raise InputError(f"{path} can be read by others; no pump is run with an open key")
        try:
            return bytes.fromhex(path.read_text("ascii"))
        except ValueError as wrong:
            raise InputError(f"{path} is damaged: it must hold 64 hexadecimal digits") from wrong

    # -- what the programmer remembers between sessions ---------------------------------------

    def head(self) -> Head | None:
        """Return the head of the pump's log at the last session; None before the first."""
        from thecal.pump.telemetry import Head

        found = self._read("head.json")
        return None if found is None else Head(found["index"], bytes.fromhex(found["digest"]))

    def remember_head(self, head: Head) -> None:
        """Remember the head of the log for the next session (PC-72)."""
        self._remember("head.json", {"index": head.index, "digest": head.digest.hex()})

    def order(self) -> Order | None:
        """Return the last order, whatever became of it; None before the first."""
        from thecal.pump.telemetry import Order

        found = self._read("order.json")
        return None if found is None else Order.of(found)

    def remember_order(self, order: Order) -> None:
        """Remember an order and how far it has come, before the next step of it."""
        self._remember("order.json", order.as_object())

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            found = json.loads((self._programmer / name).read_text("ascii"))
        except FileNotFoundError:
            return None
        except ValueError as wrong:
            raise InputError(f"{self._programmer / name} is damaged: {wrong}") from wrong
        if not isinstance(found, dict):
            raise InputError(f"{self._programmer / name} is damaged")
        return found

    def _remember(self, name: str, entry: dict[str, Any]) -> None:
        _write(self._programmer / name, json.dumps(entry) + "\n")


def _write(path: Path, text: str) -> None:
    """Write a file that only its owner can read; whole, or as it was before."""
    partial = path.with_name(f"{path.name}.new")
    number = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ALONE)
    with os.fdopen(number, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
