"""The monitor: a second channel, without whose permit nothing moves (PC-06, PC-12, PC-14, PC-82).

It shares no code with the controller. It reads the bytes of the program itself, integrates the
basal flow in closed form over the whole week, keeps its own history of strokes, and answers two
questions. *May this program, bolus, prime or clock be?* Only if every window of 1, 4 and 24 h,
whenever it begins, keeps its cap with all that is behind and all that is committed ahead
(`coming`), the minimum rate of a safe state included. *May these strokes move now?* Only if its own
integral of what it has admitted is not exceeded by more than one stroke, and no window that ends
now overflows. As nothing moves that was not committed, and nothing is committed that does not fit,
the caps hold at every second; and as the last check looks at real strokes only, they hold even if
the first were wrong.

Room is never saved up: what was due and not asked for in time is gone.
"""

from __future__ import annotations

from dataclasses import replace
from struct import Struct
from typing import Final
from zlib import crc32

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S, rounded_up, volume_words
from thecal.pump.implant.clocks import Clocks
from thecal.pump.implant.coming import NO_BOLUS, NO_SPECIAL, Bolus, Coming, Special, breached
from thecal.pump.implant.denials import ADMITTED, CAP_DENIALS, Denial
from thecal.pump.implant.due import Due
from thecal.pump.implant.told import Basal, Caps, Told, caps_told, highest_in_window, program_told
from thecal.pump.implant.values import Account, Fault, Permit, Phase
from thecal.pump.implant.windows import SPANS, Windows
from thecal.pump.program import Hardware

SHORTEST_S: Final = 2
"""The shortest life of a permit: the tick is one second."""
WITH_BOLUS: Final = frozenset({Phase.RUNNING, Phase.BRIDGING})
PROGRAM: Final = WITH_BOLUS | {Phase.HOLDING}
"""The phases in which the program flows."""
_SEAL: Final = Struct(">4Q")
_SNAPSHOT: Final = Struct(">IBIQq?QQQQQIIQQQQQ")
_NOTHING: Final = Basal((0,), (0,))
_BLANK: Final = Told(_NOTHING, True, frozenset(), None, None)  # noqa: FBT003 - a tuple of fields


class Monitor:
    """The second channel of one pump.

    Parameters
    ----------
    hardware
        The pump's limits.

    Examples
    --------
    >>> from thecal.pump.implant.codec import encode_limits, encode_program
    >>> from thecal.pump.implant.values import Limits, SafeAction
    >>> from thecal.pump.program import Program, WeekStep
    >>> monitor = Monitor(Hardware(20_000_000, 250, 1_400_000, 2_000_000, 24_000_000, 140_000))
    >>> program = encode_program(Program("simple continuous", (WeekStep(0, 432_000),)))
    >>> limits = encode_limits(Limits(SafeAction.HOLD, 20_000, 75_000, 432_000, 6_000, 4_000_000))
    >>> monitor.load(program, limits, now_s=0, week_offset_s=0)
    >>> monitor.follow(Phase.RUNNING, now_s=0)
    >>> monitor.permit(1, now_s=50)
    Permit(serial=1, strokes=1, expires_s=150)
    >>> Denial(monitor.permit(2, now_s=51)).name
    'AHEAD'
    """

    def __init__(self, hardware: Hardware) -> None:
        self._stroke_nl = hardware.stroke_nl
        self._stroke_parts = hardware.stroke_nl * DAY_S
        self._reservoir_nl = hardware.reservoir_nl
        self._highest_flow = hardware.highest_nl_per_day
        self._told = _BLANK
        self._caps = Caps((0, 0, 0), 0)
        self._least = _NOTHING
        """The minimum rate."""
        self._seal = _sealed(self._caps)
        self._digest = 0
        self._phase: int = Phase.UNPROGRAMMED
        self._windows = Windows()
        self._clocks = Clocks()
        self._serial = 0
        self._last_s = 0
        self._due = Due(Coming(0, 0, _NOTHING), self._stroke_parts)
        self._priming = False
        self._bridge = NO_SPECIAL
        """What is left of the bridge while it does not flow."""

    # -- what the monitor is told ----------------------------------------------------------------

    def examine(self, program: bytes, limits: bytes, now_s: int, week_offset_s: int) -> None:
        """Refuse a program that this pump may not run; nothing is changed.

        Raises
        ------
        InputError
            When the bytes cannot be read, when the basal steps or the minimum rate alone break a
            cap in some window, or when basal and bridge do together with the last 24 h.
        """
        told = program_told(program, self._highest_flow, self._reservoir_nl)
        caps = caps_told(limits, self._stroke_nl)
        for span_s, most in zip(SPANS, caps.strokes, strict=True):
            steady = highest_in_window(told.basal.at_least(caps.minimum_flow), span_s)
            if steady > most * self._stroke_parts:
                raise InputError(
                    f"the basal flow alone gives {volume_words(rounded_up(steady, DAY_S))} in "
                    f"some {span_s // 3600} h, but the cap of the drug is "
                    f"{volume_words(most * self._stroke_nl)} in whole strokes"
                )
        coming = Coming(now_s, week_offset_s % WEEK_S, told.basal, Special.of(told.bridge))
        coming = coming.at_most(told.basal, caps.minimum_flow)
        broken = breached(self._windows, coming, caps.strokes, self._stroke_parts)
        if broken is not None:
            raise InputError(
                "what was delivered before, the bridge and the basal flow are together above the "
                f"cap of the drug in some {SPANS[broken] // 3600} h"
            )

    def load(self, program: bytes, limits: bytes, now_s: int, week_offset_s: int) -> None:
        """Take over a program and limits from now on; a bolus, bridge or prime is over.

        Raises
        ------
        InputError
            As `examine`; then nothing is changed.
        """
        self.examine(program, limits, now_s, week_offset_s)
        coming = self._settle(now_s)
        self._adopt(program, limits)
        self._priming = False
        self._bridge = Special.of(self._told.bridge)
        self._enter(self._phase, Coming(coming.now_s, week_offset_s % WEEK_S, _NOTHING))

    def follow(self, phase: int, now_s: int) -> None:
        """Follow the pump into a phase.

        A bolus ends in all but running, bridging and priming, a prime in all but priming, which
        is entered by `prime`. What is left of a bridge waits until the program flows again.
        """
        coming = self._settle(now_s)
        if phase == Phase.PRIMING:
            return
        if self._priming:
            coming, self._priming = replace(coming, special=NO_SPECIAL), False
        if phase not in WITH_BOLUS:
            coming = replace(coming, bolus=NO_BOLUS)
        self._enter(phase, coming)

    def cancelled(self, now_s: int) -> None:
        """Note that the running bolus is over before its time; all else goes on."""
        self._due.coming = replace(self._settle(now_s), bolus=NO_BOLUS)

    def lost(self, since_s: int, now_s: int) -> int:
        """Let time pass in which the pump did nothing; bolus, bridge or prime go on after it.

        The permit for the strokes that were due at ``since_s`` is best asked for after this.

        Returns
        -------
        int
            `ADMITTED`, or a `Denial`: the rest of a bolus or prime does not keep the caps any more.
            It is better ended; until it is, the last check alone holds it.
        """
        coming = self._due.lose(since_s, now_s)
        self._last_s = max(self._last_s, coming.now_s)
        if not coming.bolus.volume_nl and not self._priming:
            return ADMITTED
        return self._judged(self._committed(coming), max(self._due.credit, 0))

    def set_clock(self, week_offset_s: int, now_s: int) -> int:
        """Move the week, if the steps that then follow keep the caps.

        Returns
        -------
        int
            `ADMITTED`, or a `Denial`; then nothing is changed.
        """
        moved = replace(self._settle(now_s), offset_s=week_offset_s % WEEK_S)
        reason = self._judged(self._committed(moved))
        if reason == ADMITTED:
            self._due.coming = moved
        return reason

    # -- what the monitor is asked ---------------------------------------------------------------

    def admit(self, account: int, volume_nl: int, duration_s: int, now_s: int) -> int:
        """Admit a bolus that keeps every cap with the full basal flow, from now on.

        Returns
        -------
        int
            `ADMITTED`, or a `Denial`; a bolus that is denied is forgotten.
        """
        wanted = replace(self._settle(now_s), bolus=Bolus(volume_nl, duration_s))
        reason = self._refusal(account, wanted) or self._judged(self._committed(wanted))
        if reason == ADMITTED:
            self._due.coming = wanted
        return int(reason)

    def prime(self, volume_nl: int, nl_per_day: int, now_s: int) -> int:
        """Admit a prime that keeps every cap with the basal flow after it; a bolus is then over.

        Returns
        -------
        int
            `ADMITTED`, or a `Denial`; then nothing is changed.
        """
        coming = self._settle(now_s)
        special = Special(nl_per_day, volume_nl * DAY_S)
        reason: int = ADMITTED
        if coming.special.left or self._bridge.left:
            reason = Denial.OTHER_RUNNING
        elif not 1 <= volume_nl <= self._reservoir_nl or nl_per_day < 1:
            reason = Denial.IMPOSSIBLE
        elif nl_per_day > self._highest_flow:
            reason = Denial.ABOVE_HIGHEST_FLOW
        else:
            wanted = replace(coming, special=special, bolus=NO_BOLUS)
            reason = self._judged(self._committed(wanted))
            if reason == ADMITTED:
                self._due.coming, self._priming = wanted, True
        return int(reason)

    def permit(self, strokes: int, now_s: int) -> Permit | Denial:
        """Let strokes move now, or say why not.

        Returns
        -------
        Permit or Denial
            A permit is for exactly these strokes, once, and expires after twice the time between
            two strokes, at the least after 2 s.
        """
        if now_s < self._last_s:
            return Denial.CLOCK_BACK
        self._last_s = now_s
        caps = self._caps
        if crc32(_SEAL.pack(*caps.strokes, caps.minimum_flow)) != self._seal:
            return Denial.LIMITS_CORRUPT
        coming, stroke_parts = self._due.coming, self._stroke_parts
        flow = coming.flow(now_s - 1) if now_s > coming.now_s else 0
        asked = strokes * stroke_parts
        room = self._due.room(now_s)
        if strokes < 1 or (coming.basal is _NOTHING and not coming.special.left):
            return Denial.NOTHING_DUE
        if asked > room + stroke_parts:
            return Denial.AHEAD
        full = self._windows.full(now_s, strokes, caps.strokes)
        if full is not None:
            return CAP_DENIALS[full]
        self._due.credit -= asked
        self._windows.add(now_s, strokes)
        self._serial += 1
        life_s = 2 * rounded_up(stroke_parts, flow) if flow else 0
        return Permit(self._serial, strokes, now_s + max(life_s, SHORTEST_S))

    def clock(self, now_s: int, own_s: int) -> Fault | None:
        """Compare the controller's counter with the monitor's own clock (PC-53).

        Returns
        -------
        Fault or None
            `Fault.CLOCKS_DISAGREE` when they are apart by more than 0.1 % and 1 s over any span up
            to 24 h.
        """
        return None if self._clocks.agree(now_s, own_s) else Fault.CLOCKS_DISAGREE

    def remembers(self, program: bytes, limits: bytes, week_offset_s: int) -> bool:
        """Return whether its working memory still holds what was loaded, by reading it again.

        A bit that flipped there could lie unseen until the controller fails too (PC-22).
        """
        told = program_told(program, self._highest_flow, self._reservoir_nl)
        held = (self._told, caps_told(limits, self._stroke_nl), self._due.coming.offset_s)
        flows = self._due.coming.basal == self._basal_in(self._phase)
        return flows and held == (told, self._caps, week_offset_s % WEEK_S)

    # -- what outlives a loss of power -----------------------------------------------------------

    def entry(self) -> tuple[int, bytes]:
        """Return where in the durable ring the last permit's strokes belong, and the bytes."""
        return self._windows.written()

    def snapshot(self) -> bytes:
        """Return everything but the history's entries, as 114 bytes, for the state record."""
        due, windows = self._due, self._windows
        coming = due.coming
        when = (coming.offset_s, coming.now_s, due.credit, self._priming)
        flows = (*coming.special, *self._bridge, *coming.bolus)
        counts = (self._serial, self._last_s, windows.index, windows.total, windows.base)
        return _SNAPSHOT.pack(self._digest, self._phase, *when, *flows, *counts)

    def restore(self, snapshot: bytes, ring: bytes, program: bytes, limits: bytes) -> None:
        """Go on from a snapshot, after a loss of power; tell then by `lost` how long it took.

        Parameters
        ----------
        snapshot
            From the newest state record.
        ring
            The durable ring, as far as it was ever written.
        program, limits
            The bytes that were loaded last; empty when none were.

        Raises
        ------
        InputError
            When the snapshot is not whole or belongs to another program; nothing is changed.
        """
        if len(snapshot) != _SNAPSHOT.size:
            raise InputError(
                f"a snapshot of the monitor has {_SNAPSHOT.size} bytes, not {len(snapshot)}"
            )
        digest, phase, offset_s, now_s, credit, priming, *rest = _SNAPSHOT.unpack(snapshot)
        if digest != (crc32(limits, crc32(program)) if program else 0):
            raise InputError("the snapshot of the monitor belongs to another program")
        if program:
            self._adopt(program, limits)
        flow, left, bridge_flow, bridge_left, volume_nl, duration_s, gone_s, *rest = rest
        self._serial, self._last_s, index, total, base = rest
        self._phase = Phase(phase)
        self._priming = priming
        self._bridge = Special(bridge_flow, bridge_left)
        special, bolus = Special(flow, left), Bolus(volume_nl, duration_s, gone_s)
        coming = Coming(now_s, offset_s, self._basal_in(phase), special, bolus)
        self._due = Due(coming, self._stroke_parts, credit)
        self._windows = Windows.restored(ring, index, total, base, self._last_s)
        self._clocks = Clocks()

    # -- inside ----------------------------------------------------------------------------------

    def _adopt(self, program: bytes, limits: bytes) -> None:
        self._told = program_told(program, self._highest_flow, self._reservoir_nl)
        self._caps = caps_told(limits, self._stroke_nl)
        self._seal = _sealed(self._caps)
        self._least = Basal((0,), (self._caps.minimum_flow,))
        self._digest = crc32(limits, crc32(program))

    def _basal_in(self, phase: int) -> Basal:
        if phase in PROGRAM:
            return self._told.basal
        return self._least if phase == Phase.MINIMUM else _NOTHING

    def _enter(self, phase: int, coming: Coming) -> None:
        """Let flow what flows in a phase; what is left of a bridge waits, or goes on."""
        left = coming.special if coming.special.left else self._bridge
        flows = phase in PROGRAM
        special, self._bridge = (left, NO_SPECIAL) if flows else (NO_SPECIAL, left)
        self._phase = Phase(phase)
        self._due.coming = replace(coming, basal=self._basal_in(phase), special=special)

    def _committed(self, coming: Coming) -> Coming:
        """Return what is committed at the most if the program goes on as soon as it can."""
        special = coming.special if coming.special.left else self._bridge
        return replace(coming, special=special).at_most(self._told.basal, self._caps.minimum_flow)

    def _judged(self, coming: Coming, owed: int | None = None) -> int:
        broken = breached(self._windows, coming, self._caps.strokes, self._stroke_parts, owed)
        return ADMITTED if broken is None else int(CAP_DENIALS[broken])

    def _refusal(self, account: int, wanted: Coming) -> int:
        """Return why a bolus cannot be, whatever the caps."""
        told, coming = self._told, self._due.coming
        volume_nl, duration_s, _ = wanted.bolus
        if self._phase not in WITH_BOLUS or told.stopped:
            return Denial.NOT_RUNNING
        if coming.special.left or coming.bolus.volume_nl:
            return Denial.OTHER_RUNNING
        if not 1 <= volume_nl <= self._reservoir_nl or not 1 <= duration_s <= WEEK_S:
            return Denial.IMPOSSIBLE
        allowed = {
            Account.PATIENT_BOLUS: {told.patient},
            Account.SCHEDULED_BOLUS: told.scheduled,
            Account.CLINICIAN_BOLUS: {wanted.bolus[:2]},
        }
        if wanted.bolus[:2] not in allowed.get(Account(account), ()):
            return Denial.NOT_IN_PROGRAM
        room = self._highest_flow - self._peak(wanted.now_s + wanted.offset_s, duration_s)
        return Denial.ABOVE_HIGHEST_FLOW if volume_nl * DAY_S > room * duration_s else ADMITTED

    def _peak(self, second: int, span_s: int) -> int:
        """Return the highest basal flow in a span that begins with a second of the week."""
        basal = self._told.basal
        edges = basal.edges(second, second + span_s - 1)
        return max(basal.flow(edge_s) for edge_s in (second, *edges))

    def _settle(self, now_s: int) -> Coming:
        coming = self._due.settle(now_s)
        self._priming = self._priming and bool(coming.special.left)
        self._last_s = max(self._last_s, coming.now_s)
        return coming


def _sealed(caps: Caps) -> int:
    return crc32(_SEAL.pack(*caps.strokes, caps.minimum_flow))
