"""The implant: the one door through which world, programmer and patient deal with the pump.

Every call first lets time pass up to its second, checks the order, writes it down, and only then
acts. Nothing in here reads a clock, a file or chance: all of them are handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from thecal.errors import InputError
from thecal.pump.amounts import check_whole
from thecal.pump.implant.alarms import Acknowledge, Cause, Silence, Sound, Ticked
from thecal.pump.implant.care import Care
from thecal.pump.implant.chain import Head
from thecal.pump.implant.controller import next_wake_s, risk_cleared, step
from thecal.pump.implant.denials import ADMITTED, DENIAL_WORDS, Denial
from thecal.pump.implant.detection import is_apart
from thecal.pump.implant.keeping import Keeper
from thecal.pump.implant.opening import Found, beginning
from thecal.pump.implant.profile import Plant, Profile
from thecal.pump.implant.records import digest_values
from thecal.pump.implant.staging import Staged, staged_from
from thecal.pump.implant.status import Status, risk, status_of
from thecal.pump.implant.store import Store, StoreError
from thecal.pump.implant.turn import EVENTS
from thecal.pump.implant.values import (
    NEVER,
    BolusOrdered,
    Clear,
    ClockSet,
    Committed,
    Event,
    Fault,
    FaultFound,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Raise,
    Record,
    Refilled,
    Reply,
    StartOrdered,
    State,
    StopOrdered,
    Woke,
)
from thecal.pump.implant.works import Works, reason_in

TAKEN = Reply(accepted=True)
_COMPLAINTS = {"read-back differs": Cause.READ_BACK, "log disputed": Cause.LOG_TRUNCATED}
"""What a programmer complains of, and the alarm that it raises."""


class Implant:
    """One pump, from the first second of its counter or after a loss of power.

    Parameters
    ----------
    profile
        All that is data about this kind of pump.
    store
        What outlives a loss of power; an empty one makes a new pump.
    plant
        The motor and the sensors.
    log_key
        32 secret bytes with which a log begins.
    own_clock
        The second clock, which the monitor reads (PC-53).
    now_s
        The counter.
    speaker
        Takes every sound.
    reservoir_nl, week_offset_s
        Of a new pump: what the reservoir holds, residual included, and the second of the week at
        second 0 of the counter.
    """

    def __init__(  # noqa: PLR0913  (everything that a pump has is handed in)
        self,
        profile: Profile,
        store: Store,
        plant: Plant,
        *,
        log_key: bytes,
        own_clock: Callable[[], int],
        now_s: int = 0,
        speaker: Callable[[Sound], None] = lambda _sound: None,
        reservoir_nl: int = 0,
        week_offset_s: int = 0,
    ) -> None:
        self._profile = profile
        self._store = store
        self._plant = plant
        keeper = Keeper(store)
        born = State(now_s=now_s, reservoir_nl=reservoir_nl, week_offset_s=week_offset_s)
        found = beginning(profile, store, keeper, log_key, born)
        now_s = max(now_s, found.opened.state.now_s)
        self.works = Works(profile, store, keeper, plant, speaker, found)
        self._care = Care(self.works, own_clock, now_s)
        self._promised_s = self._failing_s = NEVER
        if found.is_new:
            self.works.note((Record("opened", (reservoir_nl,)),), now_s)
        else:
            self._return_power(found, now_s)
        self._care.sense(now_s)
        self._care.check(now_s)
        self._attend(now_s)

    def _return_power(self, found: Found, now_s: int) -> None:
        """Go on after a loss of power; what was found wrong is told, never passed over."""
        works = self.works
        works.note((Record("started up"),), now_s)
        works.obey(PowerReturned(now_s))
        for cause in (Cause.BATTERY_RESET, *found.causes):
            self._tell(cause, now_s)
        for fault in found.faults:
            works.obey(FaultFound(now_s, int(fault)))

    # -- time ------------------------------------------------------------------------------------

    def wake(self, now_s: int) -> int:
        """Do what is due, and return the second at which to call again; `FAR` for never.

        Raises
        ------
        InputError
            When the second is not whole or lies before the last one.
        """
        late = self._promised_s != NEVER and now_s > self._promised_s + self._profile.watchdog_s
        self.works.obey(Woke(now_s))
        if late:
            self.works.obey(FaultFound(now_s, Fault.TASK_SILENT))
        return self._attend(now_s)

    def watchdog(self, now_s: int) -> None:
        """Interrupt the motor when the promised wake is overdue; another timer asks (PC-23)."""
        if self._promised_s == NEVER or now_s <= self._promised_s + self._profile.watchdog_s:
            return
        self._plant.halt(now_s)
        self.works.alarm(Raise(Cause.WATCHDOG), now_s)

    def sense(self, now_s: int) -> int:
        """Read the sensors now, for one that cannot wait, as in free flow; else as `wake`."""
        self.works.obey(Woke(now_s))
        self._care.sense(now_s)
        return self._attend(now_s)

    def _attend(self, now_s: int) -> int:
        works = self.works
        self._care.attend(now_s)
        staged = works.staged
        if staged and now_s >= staged.staged_s + self._profile.staged_s:
            works.note((Record("stage expired", digest_values(staged.digest)),), now_s)
            works.staged = staged = None
            self._tell(Cause.UPDATE_UNFINISHED, now_s)
        if works.failing_s != self._failing_s or works.mended:
            self._mind_memory(now_s)
        if works.next_sound_s() <= now_s:
            works.alarm(Ticked(), now_s)
        wake_s = next_wake_s(works.latest, works.setting)
        due_s = min(wake_s, self._care.next_due_s(), works.next_sound_s())
        if staged:
            due_s = min(due_s, staged.staged_s + self._profile.staged_s)
        self._promised_s = due_s
        return due_s

    def _tell(self, cause: Cause, now_s: int) -> None:
        """Tell of something that has happened and is over; it stays listed until it is seen."""
        self.works.alarm(Raise(cause), now_s)
        self.works.alarm(Clear(cause), now_s)

    def _mind_memory(self, now_s: int) -> None:
        """Tell when the store begins or ceases to fail (PC-44), and of damaged copies (PC-25)."""
        works = self.works
        if works.failing_s != self._failing_s:
            was_s, self._failing_s = self._failing_s, works.failing_s
            if works.failing_s == NEVER:
                works.note((Record("stored again", (now_s - was_s,)),), now_s)
                works.alarm(Clear(Cause.STORAGE), now_s)
            else:
                works.alarm(Raise(Cause.STORAGE), now_s)
        if works.mended:
            works.mended = False
            works.note((Record("memory mended"),), now_s)
            self._tell(Cause.MEMORY, now_s)

    # -- a new program -----------------------------------------------------------------------------

    def stage(self, program_bytes: bytes, limits_bytes: bytes, now_s: int) -> Staged | Reply:
        """Check a program and limits, keep them for a commit, and return what was understood.

        The program in force runs on (PC-83). The pump trusts nobody: it decodes the bytes itself,
        and checks its own hardware and the drug's caps (PC-82).

        Returns
        -------
        Staged or Reply
            The decoded values with their digest, or why they are refused.
        """
        works = self.works
        works.obey(Woke(now_s))
        try:
            staged = staged_from(program_bytes, limits_bytes, now_s, self._profile)
            offset_s = works.latest.week_offset_s
            works.monitor.examine(program_bytes, limits_bytes, now_s, offset_s)
        except InputError as refused:
            works.note((Record("stage refused"),), now_s)
            return _no(str(refused))
        works.staged = staged
        works.note((Record("staged", digest_values(staged.digest)),), now_s)
        self._attend(now_s)
        return staged

    def commit(self, named: bytes, now_s: int) -> Reply:
        """Let the staged program take effect now, in one transaction (PC-83).

        Parameters
        ----------
        named
            The digest of what was staged.
        now_s
            The counter.
        """
        works = self.works
        works.obey(Woke(now_s))
        self._attend(now_s)
        staged = works.staged
        if staged is None or staged.digest != named:
            return _no("no program with this digest waits for a commit")
        event = Committed(now_s, staged.setting)
        if self._refusal(event):
            return self._order(event)
        try:
            offset_s = works.latest.week_offset_s
            works.monitor.examine(staged.program_bytes, staged.limits_bytes, now_s, offset_s)
            works.keeper.put_program(staged.program_bytes, staged.limits_bytes, works.digest)
            self._store.sync()
        except InputError as refused:
            return _no(str(refused))
        except StoreError as failed:
            return _no(f"the program cannot be stored: {failed}")
        return self._order(event, Record("committed", digest_values(named)))

    def in_force(self) -> tuple[bytes, bytes]:
        """Return program and limits in force, as bytes; both empty before the first."""
        return self.works.program

    # -- orders ------------------------------------------------------------------------------------

    def stop(self, now_s: int) -> Reply:
        """Stop after the current stroke."""
        return self._order(StopOrdered(now_s))

    def start(self, now_s: int) -> Reply:
        """Run the program again; not when the same alarm follows every start (PC-64)."""
        self.works.obey(Woke(now_s))
        if not self._refusal(StartOrdered(now_s)):
            if self.works.start_refused(now_s):
                self._attend(now_s)
                return _no("the same alarm came back after every start; the pump stays stopped")
            self._care.begin_anew()
        return self._order(StartOrdered(now_s))

    def prime(self, volume_nl: int, nl_per_day: int, now_s: int) -> Reply:
        """Move so much fluid at this flow, in an account of its own."""
        event = PrimeOrdered(now_s, volume_nl, nl_per_day)
        return self._ask_monitor(
            event, lambda: self.works.monitor.prime(volume_nl, nl_per_day, now_s)
        )

    def bolus(self, volume_nl: int, duration_s: int, now_s: int) -> Reply:
        """Give a clinician's single bolus, if every limit allows it."""
        return self._order(BolusOrdered(now_s, volume_nl, duration_s))

    def press(self, now_s: int) -> Reply:
        """Give the patient's bolus, if lockout, count and every limit allow it."""
        return self._order(Pressed(now_s))

    def set_clock(self, week_offset_s: int, now_s: int) -> Reply:
        """Move the pump's week; the counter is not touched (PC-50, PC-51)."""
        event = ClockSet(now_s, week_offset_s)
        return self._ask_monitor(event, lambda: self.works.monitor.set_clock(week_offset_s, now_s))

    def refill(self, filled_nl: int, aspirated_nl: int, now_s: int) -> Reply:
        """Take over the volumes of a refill; compare what was found with what was computed.

        When the two agree, a risk of over-infusion is over (PC-27); when not, an alarm says so.
        """
        works, residual_nl = self.works, self._profile.hardware.residual_nl
        works.obey(Woke(now_s))
        try:
            check_whole("the filled volume in nL", filled_nl)
            check_whole("the aspirated volume in nL", aspirated_nl)
        except InputError as refused:
            return _no(str(refused))
        event = Refilled(now_s, residual_nl + filled_nl)
        if self._refusal(event):
            return self._order(event)
        computed_nl = works.ledger.reservoir_nl
        ledger = works.ledger.refill(
            filled_nl=filled_nl, aspirated_nl=aspirated_nl, residual_nl=residual_nl
        )
        filled = Record("reservoir filled", (filled_nl, aspirated_nl, residual_nl))
        works.obey(event, filled, ledger=ledger)
        self._care.refilled(now_s)
        agree = not is_apart(computed_nl, aspirated_nl + residual_nl, self._profile.detection)
        works.alarm(Clear(Cause.RESERVOIR) if agree else Raise(Cause.RESERVOIR), now_s)
        if agree and risk(works.latest):
            works.put(risk_cleared(works.latest))
            works.note((Record("risk cleared"),), now_s)
        self._attend(now_s)
        return TAKEN

    def clear_risk(self, now_s: int) -> Reply:
        """Say whether the risk of over-infusion is over; only a refill can end it (PC-27)."""
        self.works.obey(Woke(now_s))
        if risk(self.works.latest):
            return _no("the risk of over-infusion ends with a refill whose volumes agree")
        return TAKEN

    def silence(self, now_s: int) -> Reply:
        """Silence what sounds, for two minutes at most (PC-62)."""
        self.works.obey(Woke(now_s))
        self.works.alarm(Silence(), now_s)
        self._attend(now_s)
        return TAKEN

    def acknowledge(self, condition: str, now_s: int) -> Reply:
        """Say that a condition was seen; it stays listed while it is there."""
        self.works.obey(Woke(now_s))
        if condition not in {one.name for one in self.works.alarms.listed}:
            return _no(f'no alarm "{condition}" is listed')
        self.works.alarm(Acknowledge(condition), now_s)
        self._attend(now_s)
        return TAKEN

    def _order(self, event: Event, *extra: Record) -> Reply:
        try:
            records = self.works.obey(event, *extra)
        except InputError as refused:
            return _no(str(refused))
        self._attend(event.now_s)
        reason = reason_in(records)
        return _no(reason) if reason else TAKEN

    def _refusal(self, event: Event) -> str:
        """Return why the controller would refuse an order; nothing happens."""
        works = self.works
        return reason_in(step(works.state(), event, works.setting).records)

    def _ask_monitor(self, event: Event, ask: Callable[[], int]) -> Reply:
        """Give an order that the monitor must admit before the controller takes it."""
        works, now_s = self.works, event.now_s
        works.obey(Woke(now_s))
        try:
            refusal = self._refusal(event)
        except InputError as refused:
            return _no(str(refused))
        if refusal:
            return self._order(event)
        denial = ask()
        if denial != ADMITTED:
            number = EVENTS.index(type(event))
            works.note((Record("monitor refused", (number, int(denial))),), now_s)
            return _no(DENIAL_WORDS[Denial(denial)])
        return self._order(event)

    # -- questions ---------------------------------------------------------------------------------

    def status(self, now_s: int) -> Status:
        """Return all that the pump says of itself; nothing happens."""
        works, care = self.works, self._care
        state = works.state()
        later = step(state, Woke(max(now_s, state.now_s)), works.setting).state
        return status_of(works, later, care.watch.last.fill_nl, care.service_end_s())

    def head(self) -> Head:
        """Return the number of log records and the hash of the last (PC-72)."""
        return self.works.log.head

    def log_from(self, index: int) -> bytes:
        """Return the records of the log from one on, as `chain.verify` reads them.

        When that one has been dropped, from the first that is still kept.
        """
        log = self.works.log
        return log.since(max(index, log.kept_from))

    def note(self, kind: str, values: tuple[int, ...], now_s: int) -> None:
        """Write a record for whoever talks to the pump, as of a session or a failed one."""
        self.works.note((Record(kind, values),), now_s)
        if kind in _COMPLAINTS:
            self._tell(_COMPLAINTS[kind], now_s)


def _no(reason: str) -> Reply:
    return Reply(accepted=False, reason=reason)
