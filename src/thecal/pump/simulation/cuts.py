"""Power cuts at every I/O of slots and log, each with every way to lose what was not synced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from thecal.pump.implant.chain import Head, verify
from thecal.pump.implant.log import Log, LogError, Stamp
from thecal.pump.implant.pingpong import Damaged, Slots
from thecal.pump.implant.store import MemoryStore
from thecal.pump.implant.values import Record
from thecal.pump.simulation.faulty import PATTERNS, FaultyStore, PowerCut

FIRST_KEY: Final = bytes(range(32))
_SEGMENT_BYTES: Final = 300
"""Short, so that the log rolls over several times in a campaign."""
_BALANCES: Final = (0,) * 10


class Cuts(NamedTuple):
    """What a campaign came to."""

    points: int
    """Power cuts: an I/O, and what it did to the bytes that were not synced."""
    violations: tuple[str, ...]


class _Promise:
    """What has been acknowledged, and may never be lost; and what was on its way."""

    def __init__(self) -> None:
        self.stored = 0
        self.wanted = 0
        self.heads = [Head(0, bytes(32))]
        self.logged = 0


def power_cuts(rounds: int = 6) -> Cuts:
    """Cut the power at every I/O of a run, in every pattern, and once more while recovering.

    Parameters
    ----------
    rounds
        Transactions in the run: each appends records, seals them, and writes and syncs a slot.

    Returns
    -------
    Cuts
        A violation is a record or slot that was acknowledged and is gone or changed, a log that
        does not verify, or a pump that cannot go on.
    """
    points, violations = 0, []
    for at in range(_length(MemoryStore(), rounds)):
        store, promise = FaultyStore(cut_at=at), _Promise()
        with suppress(PowerCut):
            _run(store, promise, rounds)
        for pattern in range(PATTERNS):
            points += 1
            left = store.after_cut(pattern, at)
            violations += _checked(left, promise, f"cut at {at}, pattern {pattern}")
            for again, second in _cuts_of_recovery(left):
                points += 1
                place = f"cut at {at}, pattern {pattern}, again at {again}"
                violations += _checked(second, promise, place)
    return Cuts(points, tuple(violations))


def _length(durable: MemoryStore, rounds: int) -> int:
    store = FaultyStore(durable)
    _run(store, _Promise(), rounds)
    return store.count


def _run(store: FaultyStore, promise: _Promise, rounds: int) -> None:
    """Begin a log and a slot, and write to both as a pump does."""
    log = Log(store, first_key=FIRST_KEY, segment_bytes=_SEGMENT_BYTES)
    _go_on(log, Slots(store, "state"), store, promise, rounds)


def _go_on(log: Log, slots: Slots, store: FaultyStore, promise: _Promise, rounds: int) -> None:
    for _ in range(rounds):
        number = promise.wanted + 1
        if log.is_full:
            log.roll(_BALANCES, bytes(32), Stamp(number, 0))
            promise.heads.append(log.head)
        for kind in ("started up", "memory mended")[: 1 + number % 2]:
            log.append(Record(kind), Stamp(number, number % 3))
        log.seal()
        promise.heads.append(log.head)
        promise.wanted = number
        slots.write(number.to_bytes(8, "big") * (1 + number % 5))
        store.sync()
        promise.stored = number


def _checked(left: MemoryStore, promise: _Promise, place: str) -> list[str]:
    """Open what is left, compare it with what was promised, and go on with it."""
    store = FaultyStore(left)
    try:
        kept = Slots(store, "state").read()
    except Damaged:
        return [f"{place}: no slot is whole"] if promise.stored else []
    stored = int.from_bytes(kept.payload[:8], "big") if kept else 0
    found = []
    if stored not in {promise.stored, promise.wanted}:
        found.append(f"{place}: slot {stored} instead of {promise.stored}")
    try:
        log = Log(store, segment_bytes=_SEGMENT_BYTES)
    except LogError as lost:
        return found if len(promise.heads) == 1 else [*found, f"{place}: {lost}"]
    held = tuple(head for head in promise.heads if head.index >= log.kept_from)
    if verify(log.since(log.kept_from), FIRST_KEY, held) is not None:
        found.append(f"{place}: the log does not verify")
    onward = _Promise()
    onward.wanted = onward.stored = promise.wanted
    _go_on(log, Slots(store, "state"), store, onward, 2)
    if verify(log.since(log.kept_from), FIRST_KEY, (*held[-1:], log.head)) is not None:
        found.append(f"{place}: the log does not verify after going on")
    return found


def _cuts_of_recovery(left: MemoryStore) -> Iterator[tuple[int, MemoryStore]]:
    """Give what is left after a second cut at each I/O of the recovery."""
    at = 0
    while True:
        store = FaultyStore(left, cut_at=at)
        try:
            Slots(store, "state").read()
            Log(store, segment_bytes=_SEGMENT_BYTES).seal()
        except PowerCut:
            yield at, store.after_cut(at % PATTERNS, at)
        except (LogError, Damaged):
            return
        else:
            return
        at += 1
