"""A controller and a monitor beside each other, and every stroke that both agreed on."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate

from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.controller import next_wake_s, step, unprogrammed
from thecal.pump.implant.denials import ADMITTED
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.values import (
    AskBolus,
    BolusAdmitted,
    BolusDenied,
    ClockSet,
    Committed,
    Event,
    Limits,
    Outcome,
    Permit,
    Phase,
    PrimeOrdered,
    Push,
    Setting,
    State,
    Woke,
)
from thecal.pump.implant.windows import SPANS
from thecal.pump.program import Hardware, Program

LOST = frozenset({"late", "time lost", "power returned"})
OVER = frozenset({"bolus cancelled", "prime cancelled"})


class Pair:
    """Both channels of a pump without the rest of it.

    Parameters
    ----------
    hardware
        The pump's limits.
    reservoir_nl
        What it begins with.
    """

    def __init__(self, hardware: Hardware, reservoir_nl: int) -> None:
        self.setting = unprogrammed(hardware)
        self.monitor = Monitor(hardware)
        self.state = State(reservoir_nl=reservoir_nl)
        self.times: list[int] = []
        self.strokes: list[int] = []
        self.refused: list[tuple[int, int]] = []
        """Strokes that the controller wanted and the monitor refused: the second, and why."""
        self.answers: list[int] = []
        """The monitor's word on each bolus asked for."""
        self.ring = bytearray()
        """The monitor's history as a store holds it."""
        self._told = b"", b""

    def commit(self, program: Program, limits: Limits, now_s: int, offset_s: int = 0) -> None:
        """Let a program take effect.

        Raises
        ------
        InputError
            When the monitor refuses it; nothing is changed.
        """
        self.wake(now_s)
        if self.state.phase == Phase.UNPROGRAMMED:
            self.state = self.state._replace(week_offset_s=offset_s)
        raw = encode_program(program), encode_limits(limits)
        self.monitor.examine(*raw, now_s, self.state.week_offset_s)
        setting = Setting(self.setting.hardware, program, limits)
        outcome = step(self.state, Committed(now_s, setting), self.setting)
        self._follow(outcome, now_s)
        self.monitor.load(*raw, now_s, self.state.week_offset_s)
        self.monitor.follow(self.state.phase, now_s)
        self.setting, self._told = setting, raw

    def branch(self) -> Pair:
        """Return another pair that goes on from here, its monitor as after a loss of power."""
        twin = Pair(self.setting.hardware, 0)
        twin.setting, twin.state, twin._told = self.setting, self.state, self._told
        twin.times, twin.strokes = self.times.copy(), self.strokes.copy()
        twin.refused, twin.answers = self.refused.copy(), self.answers.copy()
        twin.ring = self.ring.copy()
        twin.monitor.restore(self.monitor.snapshot(), bytes(self.ring), *self._told)
        return twin

    def key(self) -> tuple[object, ...]:
        """Return what decides everything that may come, but for the numbers of boluses."""
        state = self.state._replace(bolus_id=0, last_bolus_id=0)
        return state, self.monitor.snapshot(), tuple(self.times), tuple(self.strokes)

    def send(self, event: Event) -> None:
        """Let an event happen, after every wake before it; what the monitor refuses does not."""
        self.wake(event.now_s)
        self.send_late(event)

    def send_late(self, event: Event) -> None:
        """Let an event happen without the wakes that fell due before it."""
        outcome = step(self.state, event, self.setting)
        if self._monitor_agrees(event, outcome):
            self._follow(outcome, event.now_s)

    def wake(self, now_s: int) -> None:
        """Let time pass up to a second, wake after wake."""
        while (wake_s := next_wake_s(self.state, self.setting)) <= now_s:
            self._follow(step(self.state, Woke(wake_s), self.setting), wake_s)
        if now_s > self.state.now_s:
            self._follow(step(self.state, Woke(now_s), self.setting), now_s)

    def most(self) -> tuple[int, ...]:
        """Return the most strokes in any window of each span, over everything that was given."""
        totals = [0, *accumulate(self.strokes)]
        return tuple(
            max(
                (
                    totals[after] - totals[bisect_left(self.times, second - span_s + 1)]
                    for after, second in enumerate(self.times, 1)
                ),
                default=0,
            )
            for span_s in SPANS
        )

    def _monitor_agrees(self, event: Event, outcome: Outcome) -> bool:
        if isinstance(event, PrimeOrdered) and outcome.state.phase == Phase.PRIMING:
            reason = self.monitor.prime(event.volume_nl, event.nl_per_day, event.now_s)
            return reason == ADMITTED
        if isinstance(event, ClockSet) and not outcome.state.bolus:
            return self.monitor.set_clock(event.week_offset_s, event.now_s) == ADMITTED
        return True

    def _follow(self, outcome: Outcome, now_s: int) -> None:
        was, self.state = self.state.phase, outcome.state
        for kind, values in outcome.records:
            if kind in LOST:
                self.monitor.lost(*values)
            elif kind in OVER:
                self.monitor.cancelled(now_s)
        for command in outcome.commands:
            if isinstance(command, Push):
                self._push(command, now_s)
        if self.state.phase != was:
            self.monitor.follow(self.state.phase, now_s)
        for command in outcome.commands:
            if isinstance(command, AskBolus):
                self._ask(command, now_s)

    def _push(self, push: Push, now_s: int) -> None:
        permit = self.monitor.permit(push.strokes, now_s)
        if isinstance(permit, Permit):
            self.times.append(now_s)
            self.strokes.append(push.strokes)
            offset, entry = self.monitor.entry()
            self.ring.extend(bytes(max(0, offset - len(self.ring))))
            self.ring[offset : offset + len(entry)] = entry
        else:
            self.refused.append((now_s, permit))

    def _ask(self, ask: AskBolus, now_s: int) -> None:
        reason = self.monitor.admit(ask.account, ask.volume_nl, ask.duration_s, now_s)
        self.answers.append(reason)
        answer = BolusAdmitted(now_s) if reason == ADMITTED else BolusDenied(now_s, reason)
        self._follow(step(self.state, answer, self.setting), now_s)
