"""How a pump begins: new, or from whatever a loss of power has left in its store.

Nothing that is lost has a default: without a readable state, program or monitor the pump stands in
its safe state and says so (PC-43). What was missed is not made up (PC-45).
"""

from __future__ import annotations

from typing import NamedTuple

from thecal.errors import ThecalError
from thecal.pump.implant.alarms import Alarms, Cause
from thecal.pump.implant.chain import rebuilt
from thecal.pump.implant.codec import decode_limits, decode_program, decode_state
from thecal.pump.implant.controller import unprogrammed
from thecal.pump.implant.keeping import ACCOUNTS, Keeper, Kept, unpack_alarms
from thecal.pump.implant.ledger import Ledger
from thecal.pump.implant.log import Log, Stamp
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.profile import Profile
from thecal.pump.implant.records import decoded
from thecal.pump.implant.store import Store, StoreError
from thecal.pump.implant.values import Fault, Phase, Setting, State


class Opened(NamedTuple):
    """What a pump begins with, new or after a loss of power."""

    state: State
    setting: Setting
    program: tuple[bytes, bytes]
    digest: bytes
    ledger: Ledger
    logged: tuple[int, ...]
    alarms: Alarms


class Found(NamedTuple):
    """What was found in a store, and what was wrong with it."""

    opened: Opened
    log: Log
    monitor: Monitor
    faults: tuple[Fault, ...] = ()
    causes: tuple[Cause, ...] = ()
    """Alarm conditions that are no fault of the controller."""
    is_new: bool = False


def beginning(profile: Profile, store: Store, keeper: Keeper, log_key: bytes, born: State) -> Found:
    """Return what a pump begins with: as new with a blank store, else what the store still holds.

    Parameters
    ----------
    profile
        The kind of pump.
    store, keeper
        Where everything lies.
    log_key
        Begins a log, also where an old one cannot be continued.
    born
        The state of a new pump; its second is that of the counter now, which never stops.
    """
    if _is_blank(store):
        return _new_pump(profile, store, log_key, born)
    return _recovered(profile, store, keeper, log_key, born.now_s)


def _is_blank(store: Store) -> bool:
    """Return whether nothing was ever stored; a store that fails is not blank."""
    try:
        return not any(store.size(name) for name in ("state.a", "state.b", "log.key.a"))
    except StoreError:
        return False


def _new_pump(profile: Profile, store: Store, log_key: bytes, state: State) -> Found:
    """Return the beginning of a pump that was never programmed."""
    log = Log(store, first_key=log_key)
    opened = Opened(
        state,
        unprogrammed(profile.hardware),
        (b"", b""),
        b"",
        Ledger.opened(state.reservoir_nl),
        (0,) * ACCOUNTS,
        Alarms(),
    )
    return Found(opened, log, Monitor(profile.hardware), is_new=True)


def _recovered(profile: Profile, store: Store, keeper: Keeper, log_key: bytes, now_s: int) -> Found:
    """Return what a store still holds, whatever has happened to it (PC-40, PC-43)."""
    faults: list[Fault] = []
    causes: list[Cause] = []
    kept = _kept(keeper)
    try:
        log = Log(store)
    except ThecalError:
        log = Log(store, first_key=log_key)
        causes.append(Cause.LOG_TRUNCATED)
    monitor = Monitor(profile.hardware)
    if kept is None:
        opened = _halted(profile, log, now_s)
        return Found(opened, log, monitor, (Fault.STATE_CORRUPT,), tuple(causes))
    setting, program = unprogrammed(profile.hardware), (b"", b"")
    try:
        if kept.digest:
            setting, program = _in_force(profile, keeper, kept.digest)
    except ThecalError:
        faults.append(Fault.PROGRAM_CORRUPT)
    try:
        monitor.restore(kept.monitor, store.read("monitor"), *program)
    except ThecalError:
        faults.append(Fault.LIMITS_CORRUPT)
    if not _completed(log, kept):
        causes.append(Cause.LOG_TRUNCATED)
    if keeper.was_damaged or log.head.index > kept.log_index + 1:
        causes.append(Cause.MEMORY)
    state = decode_state(kept.state)
    listed = unpack_alarms(kept.alarms, max(now_s, state.now_s), profile.alarms)
    opened = Opened(state, setting, program, kept.digest, kept.ledger, kept.logged, Alarms(listed))
    return Found(opened, log, monitor, tuple(faults), tuple(causes))


def _halted(profile: Profile, log: Log, now_s: int) -> Opened:
    """Return a pump that has lost its state; its volumes are those of the log."""
    try:
        ledger = rebuilt(log.since(log.kept_from)).ledger
    except ThecalError:
        ledger = Ledger.opened(0)
    logged = ledger.balances[:ACCOUNTS]
    state = State(phase=int(Phase.HALTED), now_s=now_s, reservoir_nl=ledger.reservoir_nl)
    setting = unprogrammed(profile.hardware)
    return Opened(state, setting, (b"", b""), b"", ledger, logged, Alarms())


def _kept(keeper: Keeper) -> Kept | None:
    try:
        return keeper.load()
    except ThecalError:
        return None


def _in_force(
    profile: Profile, keeper: Keeper, digest: bytes
) -> tuple[Setting, tuple[bytes, bytes]]:
    found = keeper.program(digest)
    if found is None:
        raise ThecalError("no whole copy of the program in force is left")
    program, limits = found
    return Setting(profile.hardware, decode_program(program), decode_limits(limits)), found


def _completed(log: Log, kept: Kept) -> bool:
    """Append what the record has and the log has not; return whether the log is then whole."""
    missing = kept.log_index - log.head.index
    entries, at = [], 0
    while at < len(kept.fresh):
        entry, at = decoded(kept.fresh, at)
        entries.append(entry)
    if missing > len(entries):
        return False
    for entry in entries[len(entries) - missing :] if missing > 0 else ():
        log.append(entry.record, Stamp(entry.now_s, entry.week_offset_s))
    return True
