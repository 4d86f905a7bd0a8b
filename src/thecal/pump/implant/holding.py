"""What a pump holds: state, ledger, alarms and log, in damaged memory and on a failing store.

The state is checked at every use and mended, or taken from the store (PC-24). Whatever changes is
first in the durable record, with what the log shall say of it, and then in the log (PC-40, PC-70).
While the store fails all of this goes on in working memory (PC-44).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from thecal.errors import ThecalError
from thecal.pump.implant.alarms import AlarmEvent, Cause, PumpStarted, Silence, Sound
from thecal.pump.implant.alarms import step as alarm_step
from thecal.pump.implant.codec import decode_state, encode_state
from thecal.pump.implant.keeping import ACCOUNTS, Keeper, Kept, pack_alarms
from thecal.pump.implant.ledger import Book, Ledger
from thecal.pump.implant.log import Stamp
from thecal.pump.implant.memory import MemoryFaultError, check_cells, guard
from thecal.pump.implant.opening import Found
from thecal.pump.implant.profile import Profile
from thecal.pump.implant.records import Entry, encoded
from thecal.pump.implant.store import Store, StoreError
from thecal.pump.implant.values import NEVER, Phase, Record, State

CAUSES: Final = tuple(Cause)
"""The log calls each condition by its place in here, for ever."""
_MOST_FRESH: Final = 1_000
"""More records than this wait for a failing store in working memory only."""
_RESERVOIR: Final = int(Book.RESERVOIR)
_GONE: Final = (False, True)
"""A condition that is not listed: not active, and seen if it was listed before."""


class Holding:
    """All that one pump remembers.

    Parameters
    ----------
    profile
        The kind of pump.
    store, keeper
        What outlives a loss of power.
    speaker
        Takes every sound.
    found
        What it begins with.
    """

    def __init__(
        self,
        profile: Profile,
        store: Store,
        keeper: Keeper,
        speaker: Callable[[Sound], None],
        found: Found,
    ) -> None:
        opened = found.opened
        self.profile = profile
        self.log = found.log
        self.keeper = keeper
        self.monitor = found.monitor
        self.store = store
        self._speaker = speaker
        self.setting = opened.setting
        self.program = opened.program
        self.digest = opened.digest
        self.ledger = opened.ledger
        self.logged = opened.logged
        self.alarms = opened.alarms
        self.failing_s = NEVER
        """Since when the store fails."""
        self.mended = False
        """One of two copies of the state was bad."""
        self.lost = False
        """Both were."""
        self.latest = opened.state
        """The state as of the last event; whoever comes later asks for `state`."""
        self._cells = guard(encode_state(opened.state))
        self._packed_alarms = pack_alarms(opened.alarms.listed)
        self._sounds: list[Sound] = []
        self._timed = opened.alarms
        self._next_sound_s = opened.alarms.next_due_s
        """Of the alarms as they were when it was last asked for."""
        self._fresh: list[bytes] = []
        """Records that may not have reached the stored log."""
        self.unkept = False
        """Something could not be written since the last `save`."""

    @property
    def strokes(self) -> int:
        """How many strokes were ever intended."""
        return self.ledger.delivered_nl // self.profile.hardware.stroke_nl

    def state(self) -> State:
        """Return the state, checked (PC-24); when both copies are bad, the last durable one."""
        try:
            packed, mended = check_cells(self._cells)
        except MemoryFaultError:
            return self._reloaded()
        state, balances = decode_state(packed), self.ledger.balances
        if state.reservoir_nl != balances[_RESERVOIR] or sum(balances) != 0:
            return self._reloaded()
        if mended:
            self.mended = True
        return state

    def _reloaded(self) -> State:
        """Go back to what is stored: every stroke was counted there before it moved."""
        self.lost = True
        state = State(phase=int(Phase.HALTED), now_s=self.latest.now_s)
        ledger = Ledger.opened(0)
        try:
            kept = self.keeper.load()
            if kept is not None:
                state, ledger = decode_state(kept.state), kept.ledger
                self.logged = kept.logged
        except ThecalError:
            pass  # what cannot be read is lost, and the state above says so
        self.ledger = ledger
        self.put(state)
        return state

    def put(self, state: State) -> bytes:
        """Keep another state from now on, and return its bytes; `save` makes it durable."""
        packed = encode_state(state)
        self.latest, self._cells = state, guard(packed)
        return packed

    # -- alarms ----------------------------------------------------------------------------------

    def alarm(self, event: AlarmEvent, now_s: int) -> None:
        """Step the alarms; what changes is in the log and durable before it sounds."""
        records = self.step_alarms(event, now_s)
        if records:
            self.note(records, now_s)
        self.sound()

    def next_sound_s(self) -> int:
        """Return the second of the next sound; `FAR` when there is none."""
        if self.alarms is not self._timed:
            self._timed, self._next_sound_s = self.alarms, self.alarms.next_due_s
        return self._next_sound_s

    def start_refused(self, now_s: int) -> bool:
        """Tell the alarms of a start, and return whether it must not happen (PC-64)."""
        outcome = alarm_step(self.alarms, PumpStarted(), now_s, self.profile.alarms)
        self.alarm(PumpStarted(), now_s)
        return outcome.refuse_start

    def step_alarms(self, event: AlarmEvent, now_s: int) -> tuple[Record, ...]:
        """Step the alarms and return what the log shall say of it; nothing is durable yet."""
        was = {one.name: (one.active, one.acknowledged) for one in self.alarms.listed}
        outcome = alarm_step(self.alarms, event, now_s, self.profile.alarms)
        self.alarms = outcome.alarms
        if outcome.sound:
            self._sounds.append(outcome.sound)
        records = (
            []
            if not isinstance(event, Silence)
            else [Record("alarms silenced", (max(0, outcome.alarms.silent_until_s - now_s),))]
        )
        now = {one.name: (one.active, one.acknowledged) for one in outcome.alarms.listed}
        if was == now:
            return tuple(records)
        self._packed_alarms = pack_alarms(outcome.alarms.listed)
        for name in (*was, *(name for name in now if name not in was)):
            number = CAUSES.index(Cause(name))
            (was_on, was_seen), (on, seen) = was.get(name, _GONE), now.get(name, _GONE)
            if on != was_on:
                records.append(Record("alarm raised" if on else "alarm cleared", (number,)))
            elif seen and not was_seen:
                records.append(Record("alarm acknowledged", (number,)))
        return tuple(records)

    def sound(self) -> None:
        """Let sound what is due; the record of it is durable."""
        while self._sounds:
            self._speaker(self._sounds.pop(0))

    # -- log and store ---------------------------------------------------------------------------

    def note(self, records: tuple[Record, ...], now_s: int) -> None:
        """Write records into the log and make them durable."""
        self.write_log(records, Stamp(now_s, self.state().week_offset_s))
        self.save(now_s)

    def write_log(self, records: tuple[Record, ...], stamp: Stamp) -> None:
        """Append records, before them what was delivered since the last ones (PC-70)."""
        balances = self.ledger.balances[:ACCOUNTS]
        pairs = zip(balances, self.logged, strict=True)
        delivered = tuple(
            Record("delivered", (account, now_nl - was_nl))
            for account, (now_nl, was_nl) in enumerate(pairs)
            if now_nl > was_nl
        )
        self.logged = balances
        for record in (*delivered, *records):
            self.log.append(record, stamp)
            self._fresh.append(encoded(Entry(0, *stamp, 0, record)))
        del self._fresh[:-_MOST_FRESH]

    def save(self, now_s: int) -> None:
        """Make record and log durable; when the store fails, say since when (PC-44)."""
        self.save_as(encode_state(self.state()), now_s)

    def save_as(self, packed: bytes, now_s: int) -> None:
        """Make record and log durable, with the bytes of a state that is just being kept."""
        failed, self.unkept = self.unkept, False
        kept = Kept(
            self.log.number,
            self.digest,
            self.logged,
            packed,
            self.monitor.snapshot(),
            self._packed_alarms,
            b"".join(self._fresh),
            self.ledger,
        )
        try:
            self.keeper.save(kept)
            self.store.sync()
        except StoreError:
            failed = True
        # With the record all has happened; the log follows, now or after a loss of power.
        if self._fresh:
            try:
                self.log.seal()
                self._fresh.clear()
            except StoreError:
                failed = True
        if not failed:
            self.failing_s = NEVER
        elif self.failing_s == NEVER:
            self.failing_s = now_s

    def keep_log(self, now_s: int) -> None:
        """Write down what was delivered, and make room when the log is full (PC-70, PC-73)."""
        stamp = Stamp(now_s, self.state().week_offset_s)
        self.write_log((), stamp)
        self.save(now_s)
        if self.log.is_full:
            try:
                self.log.roll(self.ledger.balances, self.digest or bytes(32), stamp)
            except StoreError:
                self.unkept = True
            self.save(now_s)

    def renew_program(self, now_s: int) -> None:
        """Write the program in force again when a stored copy of it has decayed (PC-22)."""
        try:
            if self.keeper.program(self.digest) is None or self.keeper.was_damaged:
                self.keeper.was_damaged = False
                self.mended = True
                self.keeper.renew_program(*self.program)
        except StoreError:
            self.unkept = True
            self.save(now_s)
