"""What a programmer can order, and the one way of writing it down in bytes."""

from __future__ import annotations

from enum import IntEnum, unique
from hashlib import sha256
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.values import Limits
from thecal.pump.program import Program

DIGEST_BYTES: Final = 32
_NUMBER_BYTES: Final = 8
_LENGTH_BYTES: Final = 4


@unique
class Kind(IntEnum):
    """What is ordered; each of them changes therapy or alarms (PC-80)."""

    PROGRAM = 1
    BOLUS = 2
    STOP = 3
    START = 4
    PRIME = 5
    REFILL = 6
    SET_CLOCK = 7
    SILENCE = 8
    ACKNOWLEDGE = 9
    PRESS = 10
    """The patient's button."""


class Shape(NamedTuple):
    """What a command of one kind carries."""

    numbers: tuple[str, ...] = ()
    """Names of its whole numbers, as a refusal says them."""
    parts: tuple[str, ...] = ()
    """Names of its strings of bytes."""


SHAPES: Final = {
    Kind.PROGRAM: Shape(parts=("the program", "the limits", "the label")),
    Kind.BOLUS: Shape(("the volume in nL", "the duration in seconds")),
    Kind.STOP: Shape(),
    Kind.START: Shape(),
    Kind.PRIME: Shape(("the volume in nL", "the flow in nL/day")),
    Kind.REFILL: Shape(("the volume filled in nL", "the volume aspirated in nL")),
    Kind.SET_CLOCK: Shape(("the second of the week at second 0 of the counter",)),
    Kind.SILENCE: Shape(),
    Kind.ACKNOWLEDGE: Shape(parts=("the condition",)),
    Kind.PRESS: Shape(),
}


class Command(NamedTuple):
    """One order."""

    kind: Kind
    numbers: tuple[int, ...] = ()
    parts: tuple[bytes, ...] = ()

    def encoded(self) -> bytes:
        """Return the order in bytes; there is one way only.

        Raises
        ------
        InputError
            When a number is missing, too many, negative or beyond 64 bits.

        Examples
        --------
        >>> order = Command(Kind.BOLUS, (20_000, 600))
        >>> decoded(order.encoded()) == order
        True
        """
        shape = SHAPES[self.kind]
        if (len(self.numbers), len(self.parts)) != (len(shape.numbers), len(shape.parts)):
            raise InputError(f"a command {self.kind.name} carries {_carried(shape)}")
        written = bytearray((self.kind,))
        for name, number in zip(shape.numbers, self.numbers, strict=True):
            if not 0 <= number < 1 << 8 * _NUMBER_BYTES:
                raise InputError(f"{name} is {number}, but must be from 0 up to 64 bits")
            written += number.to_bytes(_NUMBER_BYTES, "big")
        for part in self.parts:
            written += len(part).to_bytes(_LENGTH_BYTES, "big") + part
        return bytes(written)

    def digest(self) -> bytes:
        """Return the SHA-256 of the order's bytes, by which it is confirmed."""
        return sha256(self.encoded()).digest()


def programming(program: Program, limits: Limits, label: str) -> Command:
    """Return the order that puts a program, its limits and the label of its drug into force."""
    parts = encode_program(program), encode_limits(limits), label.encode("ascii")
    return Command(Kind.PROGRAM, (), parts)


def decoded(data: bytes) -> Command:
    """Return the order that the bytes are.

    Raises
    ------
    InputError
        When they are none, or there is more or less than one.
    """
    try:
        kind = Kind(data[0])
    except (IndexError, ValueError):
        raise InputError("the order is of no known kind") from None
    shape = SHAPES[kind]
    at = 1
    numbers = []
    for _ in shape.numbers:
        numbers.append(int.from_bytes(data[at : at + _NUMBER_BYTES], "big"))
        at += _NUMBER_BYTES
    parts = []
    for _ in shape.parts:
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        parts.append(data[start:at])
    command = Command(kind, tuple(numbers), tuple(parts))
    # Cut short or followed by more, the bytes are not those that the order is written in.
    if command.encoded() != data:
        raise InputError(f"the order {kind.name} carries {_carried(shape)} and nothing else")
    return command


def _carried(shape: Shape) -> str:
    return ", ".join(shape.numbers + shape.parts) or "nothing"
