"""The bytes of a program, of limits and of a state: one form for each value, nothing else accepted.

All numbers are big-endian and unsigned, except those of a state, which are signed. A program is

    u8 version = 1
    u8 length of the mode, then the mode in ASCII
    u16 number of steps, for each: u32 start_s, u64 nl_per_day
    u16 number of scheduled boluses, for each: u64 first_s, u64 volume_nl, u32 duration_s,
        u32 every_s (0: once)
    u8 patient bolus? (0 or 1), then if 1: u64 volume_nl, u32 duration_s, u32 lockout_s,
        u16 most_in_24_h
    u8 bridge? (0 or 1), then if 1: u64 volume_nl, u64 nl_per_day

and limits are u8 version = 1, u8 safe action, u64 hour_nl, four_hours_nl, day_nl,
minimum_nl_per_day, low_reservoir_nl. A state is u8 version = 1, its numbers in order as i64, u16
number of starts, and these as i64.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from struct import Struct, error
from typing import Final

from thecal.errors import InputError
from thecal.pump.implant.values import Limits, SafeAction, State
from thecal.pump.program import Bridge, PatientBolus, Program, ScheduledBolus, WeekStep

VERSION: Final = 1
_BYTE: Final = Struct(">B")
_COUNT: Final = Struct(">H")
_STEP: Final = Struct(">IQ")
_SCHEDULED: Final = Struct(">QQII")
_PATIENT: Final = Struct(">QIIH")
_BRIDGE: Final = Struct(">QQ")
_LIMITS: Final = Struct(">BBQQQQQ")
_NUMBERS: Final = len(State._fields) - 1
_STATE: Final = Struct(f">B{_NUMBERS}qH")
_new_tuple: Final = tuple.__new__
"""Makes a state in one piece: this is done for every stroke."""


def encode_program(program: Program) -> bytes:
    """Return a program's bytes.

    Raises
    ------
    InputError
        When a number has no place in its field, or the mode is not a short ASCII word.
    """
    try:
        mode = program.mode.encode("ascii")
        parts = [_BYTE.pack(VERSION), _BYTE.pack(len(mode)), mode]
        parts.append(_COUNT.pack(len(program.steps)))
        parts += [_STEP.pack(step.start_s, step.nl_per_day) for step in program.steps]
        parts.append(_COUNT.pack(len(program.boluses)))
        parts += [
            _SCHEDULED.pack(one.first_s, one.volume_nl, one.duration_s, one.every_s or 0)
            for one in program.boluses
        ]
        patient, bridge = program.patient_bolus, program.bridge
        parts.append(_BYTE.pack(patient is not None))
        if patient:
            numbers = (patient.volume_nl, patient.duration_s, patient.lockout_s)
            parts.append(_PATIENT.pack(*numbers, patient.most_in_24_h))
        parts.append(_BYTE.pack(bridge is not None))
        if bridge:
            parts.append(_BRIDGE.pack(bridge.volume_nl, bridge.nl_per_day))
    except (error, UnicodeEncodeError) as refused:
        raise InputError(f"a program does not fit into its form: {refused}") from refused
    return b"".join(parts)


class _Reader:
    """Reads fields from the front of some bytes."""

    def __init__(self, data: bytes, what: str) -> None:
        self._data = data
        self._at = 0
        self._what = what

    def take(self, layout: Struct) -> tuple[int, ...]:
        values: tuple[int, ...] = layout.unpack(self.raw(layout.size))
        return values

    def raw(self, size: int) -> bytes:
        piece = self._data[self._at : self._at + size]
        if len(piece) != size:
            raise InputError(f"the bytes of a {self._what} end after {len(self._data)}")
        self._at += size
        return piece

    def number(self, layout: Struct) -> int:
        return self.take(layout)[0]

    def flag(self) -> bool:
        value = self.number(_BYTE)
        if value not in {0, 1}:
            raise InputError(
                f"a mark in the bytes of a {self._what} is {value}, but must be 0 or 1"
            )
        return value == 1

    def version(self) -> None:
        version = self.number(_BYTE)
        if version != VERSION:
            raise InputError(
                f"the bytes of a {self._what} have version {version}, but this pump knows {VERSION}"
            )

    def end(self) -> None:
        spare = len(self._data) - self._at
        if spare:
            raise InputError(f"the bytes of a {self._what} go on for {spare} after its end")


def decode_program(data: bytes) -> Program:
    """Return the program of some bytes.

    Raises
    ------
    InputError
        When they are not exactly the form of a program that is possible; one sentence says why.
    """
    reader = _Reader(data, "program")
    reader.version()
    mode = reader.raw(reader.number(_BYTE))
    if not mode.isascii():
        raise InputError("the mode in the bytes of a program is not ASCII")
    steps = tuple(WeekStep(*reader.take(_STEP)) for _ in range(reader.number(_COUNT)))
    boluses = []
    for _ in range(reader.number(_COUNT)):
        first_s, volume_nl, duration_s, every_s = reader.take(_SCHEDULED)
        boluses.append(ScheduledBolus(first_s, volume_nl, duration_s, every_s or None))
    patient = PatientBolus(*reader.take(_PATIENT)) if reader.flag() else None
    bridge = Bridge(*reader.take(_BRIDGE)) if reader.flag() else None
    reader.end()
    program = Program(mode.decode("ascii"), steps, tuple(boluses), patient, bridge)
    assert encode_program(program) == data, "a program has one form only"
    return program


def encode_limits(limits: Limits) -> bytes:
    """Return the bytes of limits.

    Raises
    ------
    InputError
        When a number has no place in its field.
    """
    try:
        return _LIMITS.pack(
            VERSION,
            limits.safe_action,
            limits.hour_nl,
            limits.four_hours_nl,
            limits.day_nl,
            limits.minimum_nl_per_day,
            limits.low_reservoir_nl,
        )
    except error as refused:
        raise InputError(f"limits do not fit into their form: {refused}") from refused


def decode_limits(data: bytes) -> Limits:
    """Return the limits of some bytes.

    Raises
    ------
    InputError
        When they are not exactly the form of limits that are possible.
    """
    reader = _Reader(data, "set of limits")
    reader.version()
    action = reader.number(_BYTE)
    if action not in set(SafeAction):
        raise InputError(f"safe action {action} is unknown; there are {len(SafeAction)}")
    limits = Limits(SafeAction(action), *reader.take(Struct(">QQQQQ")))
    reader.end()
    assert encode_limits(limits) == data, "limits have one form only"
    return limits


def digest(program_bytes: bytes, limits_bytes: bytes) -> bytes:
    """Return the 32 bytes by which a program and its limits are committed (SHA-256, PC-83)."""
    length = len(program_bytes).to_bytes(4, "big")
    return sha256(length + program_bytes + limits_bytes).digest()


@cache
def _starts(count: int) -> Struct:
    return Struct(f">{count}q")


def encode_state(state: State) -> bytes:
    """Return a state's bytes."""
    starts = state.starts
    head = _STATE.pack(VERSION, *state[:_NUMBERS], len(starts))
    return head + _starts(len(starts)).pack(*starts) if starts else head


def decode_state(data: bytes) -> State:
    """Return the state of some bytes.

    Raises
    ------
    InputError
        When they are not the form of a state; whether it makes sense is not checked.
    """
    size = _STATE.size
    if len(data) < size or data[0] != VERSION:
        raise InputError(f"{len(data)} bytes are not a state of version {VERSION}")
    _, *numbers, count = _STATE.unpack_from(data)
    if len(data) != size + 8 * count:
        raise InputError(f"a state with {count} starts does not have {len(data)} bytes")
    numbers.append(_starts(count).unpack_from(data, size) if count else ())
    return _new_tuple(State, numbers)
