"""The secrets of one pump, and the keys of one session.

Each pump has a key of its own for clinicians and another one for its patient; thecal holds none:
whoever makes a pump draws them and hands them in (PC-89, H45).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, unique
from hashlib import sha256
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from thecal.errors import InputError
from thecal.pump.telemetry.frames import MAGIC, VERSION

KEY_BYTES: Final = 32
_LEAST_DIFFERENT: Final = 16
"""Different bytes in a key: 32 drawn at random have fewer once in more than 10^15 keys."""
_MOST_NAME: Final = 64


@unique
class Role(IntEnum):
    """Who speaks; each has a key of its own."""

    CLINICIAN = 1
    PATIENT = 2
    """May ask for a bolus and read the status, nothing else (PR-25)."""


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 256 bits, drawn at random for one pump and one role; never printed."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES:
            raise InputError(
                f"the key has {len(self.secret)} bytes, but a pump's key has {KEY_BYTES}"
            )
        if len(set(self.secret)) < _LEAST_DIFFERENT:
            raise InputError("the key is not random; draw a new one, there is no default")


@dataclass(frozen=True, slots=True)
class Identity:
    """The pump and its patient.

    Parameters
    ----------
    serial
        The pump's serial number.
    patient
        What `patient_digest` gives; the patient's own id never leaves the clinic's record.
    """

    serial: str
    patient: bytes

    def __post_init__(self) -> None:
        check_name("the serial number", self.serial)
        if len(self.patient) != sha256().digest_size:
            raise InputError("the patient must be given as a digest; call patient_digest")


def check_name(name: str, text: str) -> None:
    """Refuse a name that is empty, too long or not plain ASCII.

    Raises
    ------
    InputError
        In one sentence that begins with ``name``.
    """
    if not text or len(text) > _MOST_NAME or not text.isascii() or not text.isprintable():
        raise InputError(
            f"{name} is {text!r}, but must be 1 to {_MOST_NAME} plain ASCII characters"
        )


def patient_digest(serial: str, patient_id: str) -> bytes:
    """Return what stands for a patient in the pump: SHA-256 over the serial number and the id.

    Examples
    --------
    >>> patient_digest("A1", "p-17") == patient_digest("A2", "p-17")
    False
    """
    check_name("the serial number", serial)
    check_name("the patient's id", patient_id)
    return sha256(f"thecal patient\0{serial}\0{patient_id}".encode("ascii")).digest()


class SessionKeys(NamedTuple):
    """One key for each direction."""

    to_pump: bytes
    from_pump: bytes


def derive(key: Key, role: Role, nonces: bytes, context: bytes) -> SessionKeys:
    """Return the keys of one session (HKDF, RFC 5869, with SHA-256).

    Parameters
    ----------
    key
        The secret of this pump and role.
    role
        Who speaks; a key of one role is of no use in another.
    nonces
        The programmer's and the pump's, in this order.
    context
        What else the keys are bound to: the number of the session, or all that was said so far.
    """
    label = MAGIC + b" telemetry" + bytes((VERSION, role))
    made = HKDF(SHA256(), 2 * KEY_BYTES, salt=nonces, info=label + context).derive(key.secret)
    return SessionKeys(made[:KEY_BYTES], made[KEY_BYTES:])
