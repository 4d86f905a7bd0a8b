"""Keys: none by default, none that is not random, and none that fits twice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import thecal.pump.telemetry
from tests.pump.telemetry.ward import chance
from thecal.errors import InputError
from thecal.pump.telemetry.keys import (
    KEY_BYTES,
    Identity,
    Key,
    Role,
    SessionKeys,
    check_name,
    derive,
    patient_digest,
)

SECRET = chance(1).randbytes(KEY_BYTES)
NONCES = chance(2).randbytes(64)
SOURCES = sorted(Path(thecal.pump.telemetry.__path__[0]).rglob("*.py"))


def keys(
    secret: bytes = SECRET,
    role: Role = Role.CLINICIAN,
    nonces: bytes = NONCES,
    context: bytes = b"context",
) -> SessionKeys:
    return derive(Key(secret), role, nonces, context)


@pytest.mark.requirement("PC-89")
@pytest.mark.parametrize("secret", [bytes(32), b"\xff" * 32, b"password" * 4, b"0123456789" * 3])
def test_a_key_that_somebody_made_up_is_refused(secret: bytes) -> None:
    with pytest.raises(InputError, match=r"not random|has 30 bytes"):
        Key(secret)


@pytest.mark.requirement("PC-89")
@pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
def test_a_key_has_256_bits(length: int) -> None:
    with pytest.raises(InputError, match=f"has {length} bytes"):
        Key(chance(3).randbytes(length))


def test_a_key_is_not_printed() -> None:
    assert SECRET.hex() not in repr(Key(SECRET))
    assert str(SECRET) not in repr(Key(SECRET))


@pytest.mark.requirement("PC-89")
@pytest.mark.parametrize("file", SOURCES, ids=lambda file: file.name)
def test_no_secret_stands_in_the_code(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"[0-9a-fA-F]{32}", text)
    assert not re.search(r"(Key|secret|key)\s*=\s*b?[\"'][^\"']{8}", text)


def test_the_same_session_has_the_same_keys_on_both_sides() -> None:
    assert keys() == keys()


@pytest.mark.requirement("PC-80")
@pytest.mark.parametrize(
    "other",
    [
        keys(secret=chance(4).randbytes(KEY_BYTES)),
        keys(role=Role.PATIENT),
        keys(nonces=NONCES[:-1] + b"\x00"),
        keys(context=b"another"),
    ],
    ids=["pump", "role", "nonce", "context"],
)
def test_another_pump_role_nonce_or_context_has_other_keys(other: SessionKeys) -> None:
    assert not {*keys()} & {*other}


def test_each_direction_has_its_own_key() -> None:
    assert keys().to_pump != keys().from_pump


@pytest.mark.requirement("PC-81")
def test_a_patient_is_a_digest_that_no_other_pump_shares() -> None:
    assert len({patient_digest(serial, "p 17") for serial in ("A", "B", "C")}) == 3


def test_an_identity_takes_no_patient_in_clear() -> None:
    with pytest.raises(InputError, match="as a digest"):
        Identity("A", b"patient 1")


@pytest.mark.parametrize("name", ["", "x" * 65, "na\nme", "na\u00efve"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="the operator is"):
        check_name("the operator", name)
