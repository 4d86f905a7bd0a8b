"""The self-test: what must be true before anything moves (PC-21), and again every hour (PC-22)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, unique
from hashlib import sha256
from operator import attrgetter, getitem
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final
from zlib import crc32

from thecal.pump.implant import (
    actions,
    alarms,
    controller,
    detection,
    ledger,
    memory,
    monitor,
    motion,
    plan,
    turn,
    windows,
)
from thecal.pump.implant.alarms import Alarms, AlarmTable, Cause
from thecal.pump.implant.values import Raise

CORE: Final[tuple[ModuleType, ...]] = (
    actions,
    alarms,
    controller,
    detection,
    ledger,
    memory,
    monitor,
    motion,
    plan,
    turn,
    windows,
)
"""What decides on delivery; a change of its code is found."""
_KNOWN: Final = b"123456789"
_KNOWN_CRC: Final = 0xCBF43926
_KNOWN_SHA: Final = "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"


@unique
class Step(IntEnum):
    """The steps, numbered for the log."""

    ARITHMETIC = 1
    CODE = 2
    MEMORY = 3
    ALARM = 4
    CLOCK = 5
    SENSORS = 6
    BATTERY = 7


def _functions() -> tuple[tuple[Mapping[str, Any], str], ...]:
    """Return where each function of the core is to be found."""
    spaces: list[Mapping[str, Any]] = []
    for module in CORE:
        spaces += [vars(module), *(vars(one) for one in _classes(module))]
    return tuple(
        (space, name)
        for space in spaces
        for name in sorted(space)
        if isinstance(space[name], FunctionType)
    )


def _classes(module: ModuleType) -> list[type]:
    own = (thing for _, thing in sorted(vars(module).items()) if isinstance(thing, type))
    return [one for one in own if one.__module__ == module.__name__]


_FUNCTIONS: Final = _functions()


_SPACES: Final = tuple(space for space, _ in _FUNCTIONS)
_NAMES: Final = tuple(name for _, name in _FUNCTIONS)
_code_of: Final = attrgetter("__code__")


class _Code:
    """The code that decides on delivery, and its digest."""

    def __init__(self) -> None:
        self._seen: list[CodeType] = []
        self._digest = b""

    def digest(self) -> bytes:
        # The code of a function can be replaced and never altered, so only what is new is read.
        codes = list(map(_code_of, map(getitem, _SPACES, _NAMES)))
        if codes != self._seen:
            self._seen = codes
            self._digest = sha256(b"".join(code.co_code for code in codes)).digest()
        return self._digest


_CODE: Final = _Code()


def code_digest() -> bytes:
    """Return the digest of the code that decides on delivery."""
    return _CODE.digest()


def failed_steps(table: AlarmTable, expected_code: bytes) -> tuple[Step, ...]:
    """Return the steps that fail; each is a question with one known answer.

    Parameters
    ----------
    table
        The alarms; a test condition must lead to a sound.
    expected_code
        `code_digest` as it was when the pump was made.
    """
    failed = []
    right = (7 * 86_400 // 3, -7 // 2, 1 << 62, crc32(_KNOWN), sha256(_KNOWN).hexdigest())
    if right != (201_600, -4, 4_611_686_018_427_387_904, _KNOWN_CRC, _KNOWN_SHA):
        failed.append(Step.ARITHMETIC)
    if code_digest() != expected_code:
        failed.append(Step.CODE)
    if not _memory_tells():
        failed.append(Step.MEMORY)
    if alarms.step(Alarms(), Raise(Cause.SELF_TEST), 0, table).sound is None:
        failed.append(Step.ALARM)
    return tuple(failed)


def _memory_tells() -> bool:
    """Return whether a flipped bit in a guarded value is found and mended."""
    cells = bytearray(memory.guard(_KNOWN))
    whole = memory.check_cells(bytes(cells))
    cells[0] ^= 1
    return whole == (_KNOWN, False) and memory.check_cells(bytes(cells)) == (_KNOWN, True)
