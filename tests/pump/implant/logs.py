"""Logs to test with."""

from __future__ import annotations

from thecal.pump.implant.log import Log, Stamp
from thecal.pump.implant.store import MemoryStore, Store
from thecal.pump.implant.values import Record

KEY = bytes(range(32))
BALANCES = (100, 0, 0, 0, 0, 0, 900, -1_000, 0, 0)
LINE = 34 + 32
"""Bytes of a record with one value."""


def begun(store: Store | None = None, *, records: int = 0, segment_bytes: int = 1 << 20) -> Log:
    """Return a log of so many sealed records."""
    log = Log(store or MemoryStore(), first_key=KEY, segment_bytes=segment_bytes)
    more(log, records)
    return log


def more(log: Log, records: int, *, at_s: int = 0) -> None:
    """Append so many records, and seal them."""
    for _ in range(records):
        log.append(Record("fault", (1,)), Stamp(at_s, 0))
    log.seal()


def rolled(store: Store, *, rolls: int) -> Log:
    """Return a log that has rolled over so often."""
    log = begun(store, segment_bytes=4 * LINE)
    for _ in range(rolls):
        while not log.is_full:
            more(log, 1)
        log.roll(BALANCES, bytes(32), Stamp(0, 0))
    return log
