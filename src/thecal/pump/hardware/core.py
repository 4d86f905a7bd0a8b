"""What moves in a pump: strokes on permits, flows that need none, and time for both.

Strokes move only with the monitor's permit (PC-14). Every picolitre that was ever put in is in the
reservoir, in the line, or at a place outside of both, and nothing moves but from one of them to
another (PC-15).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from heapq import heappop, heappush
from random import Random
from typing import ClassVar, Final, NamedTuple

from thecal.pump.amounts import DAY_S
from thecal.pump.catheter import Content
from thecal.pump.hardware.battery import Battery
from thecal.pump.hardware.channel import add
from thecal.pump.hardware.figures import PL_PER_NL, WHOLE_PCM, YEAR_S, PumpFigures
from thecal.pump.hardware.individual import Individual
from thecal.pump.hardware.line import Line, Place
from thecal.pump.hardware.stock import Stock
from thecal.pump.implant.values import FAR, Permit, Reading

_GAIN_PER_PL: Final = WHOLE_PCM // PL_PER_NL


class PlantEvent(NamedTuple):
    """Something that happened in truth, whether or not the pump knows."""

    at_s: int
    kind: str
    volume_nl: int = 0


class Flow:
    """Fluid that moves by itself, at a constant flow."""

    def __init__(self, nl_per_day: int, move: Callable[[int], None]) -> None:
        self.nl_per_day = nl_per_day
        self.move = move
        self.rest = 0


class Mechanism:
    """What moves fluid, and the truth about it; `Plant` adds people and faults.

    Parameters
    ----------
    figures
        The kind of pump.
    individual
        This one of its kind.
    line
        Tubing and catheter, filled with fluid 0.
    stock
        The reservoir and the record of what was supplied.
    random
        The source of chance for what happens later.

    Notes
    -----
    Time never runs back: a second before the last one is taken as the last one. What happens by
    itself happens when a later second is asked for, in the right order.
    """

    detects_over_infusion: ClassVar[bool] = False
    """Without a flow sensor a pump cannot know that it gives too much (PC-20, H13)."""

    def __init__(
        self,
        figures: PumpFigures,
        individual: Individual,
        line: Line,
        stock: Stock,
        random: Random,
    ) -> None:
        self.figures = figures
        self.line = line
        self.stock = stock
        self.battery = Battery(figures)
        self.random = random
        self.events: list[PlantEvent] = []
        self.turned = 0
        self.refused = 0
        """Calls of `push` that the gate did not let through."""
        self._individual = individual
        self._now_s = 0
        self._serial = 0
        self._pumped_pl = 0
        self._waiting_pl = 0
        self._since_s = self._moved_s = 0
        self._chunk_pl = 0
        self._rest = 0
        self._still: set[str] = set()
        self._dry: set[str] = set()
        self._lost_pcm = self._lost_rest = 0
        self._fault_pcm, self._ambient_pcm, self._risk_pcm = WHOLE_PCM, 0, 0
        self._ramp_pcm_per_day = self._ramp_from_s = 0
        self._flows: dict[str, Flow] = {}
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._planned = 0
        self._plan(DAY_S, self._new_day)
        self._change()

    # -- what the implant sees ------------------------------------------------------------------

    def push(self, permit: Permit, strokes: int, now_s: int) -> None:
        """Make strokes, as far as the permit goes.

        Parameters
        ----------
        permit
            Valid before the second in which it expires, for at most its strokes, and once: its
            serial must be above that of every permit used before.
        strokes
            How many are asked for; what the permit does not cover is not made.
        now_s
            The second.
        """
        if now_s >= self._wake_s:
            self.pass_to(now_s)
        elif now_s > self._now_s:
            self._now_s = now_s
        serial, allowed, expires_s = permit
        strokes = min(strokes, allowed)
        if serial <= self._serial or now_s >= expires_s or strokes < 0:
            self.refused += 1
            return
        self._serial = serial
        self.battery.stroke(strokes)
        if self._is_hindered:
            self._push_hindered(strokes)
            return
        volume_pl, rest = divmod(strokes * self._stroke_gain + self._rest, _GAIN_PER_PL)
        left_pl = self.stock.volume_pl - volume_pl
        if left_pl < self._fading_pl:
            self._push_hindered(strokes)
            return
        self._rest = rest
        self.turned += strokes
        self.stock.volume_pl = left_pl
        self._pumped_pl += volume_pl
        self._waiting_pl += volume_pl
        self._moved_s = self._now_s
        if self._waiting_pl > self._chunk_pl:
            self._settle()

    def halt(self, now_s: int) -> None:
        """Stop the motor at once; a later permit moves it again (PC-10).

        A stroke takes no time here, so there is none in progress to be cut short.
        """
        self.pass_to(now_s)

    def read(self, now_s: int) -> Reading:
        """Return what the sensors say at a second."""
        self.pass_to(now_s)
        return Reading(battery_mv=self.battery.millivolts(self._now_s))

    def cut_power(self, now_s: int) -> None:
        """Take the power away for a moment: the gate forgets its permits, as does the monitor."""
        self.pass_to(now_s)
        self._serial = 0

    # -- the truth ------------------------------------------------------------------------------

    @property
    def now_s(self) -> int:
        """The last second that the plant has seen."""
        return self._now_s

    @property
    def stands(self) -> tuple[str, ...]:
        """Why the motor does not turn; empty when it does."""
        return tuple(sorted(self._still))

    def pass_to(self, now_s: int) -> None:
        """Let time pass, and what happens in it."""
        if now_s <= self._now_s:
            return
        while self._agenda and self._agenda[0][0] <= now_s:
            at_s, _, action = heappop(self._agenda)
            self._flow_until(max(at_s, self._now_s))
            action()
        self._flow_until(now_s)
        self._set_wake()

    def delivered_nl(self, now_s: int) -> int:
        """Return the true volume in nL that has left the reservoir through the pump."""
        self.pass_to(now_s)
        return self._pumped_pl // PL_PER_NL

    def place_nl(self, place: Place, now_s: int) -> int:
        """Return the true volume in nL, of all fluids, that is at a place."""
        self.pass_to(now_s)
        self._settle()
        return sum(self.line.gone[place].values()) // PL_PER_NL

    def solution_pl(self, place: Place, solution: int, now_s: int) -> Fraction:
        """Return how much of a solution is at a place, in pL, with its shares of mixtures."""
        self.pass_to(now_s)
        self._settle()
        return self.stock.share_of(solution, self.line.gone[place])

    def imbalance_pl(self, now_s: int) -> int:
        """Return what was put in less what can be found, in pL: always 0 (PC-15)."""
        self.pass_to(now_s)
        self._settle()
        found: Content = {}
        for content in (*self.line.gone.values(), self.line.content()):
            add(found, content)
        return sum(self.stock.supplied.values()) - self.stock.volume_pl - sum(found.values())

    def stall(self, reason: str = "stalled") -> None:
        """Let the motor stand until it is released from this reason."""
        if reason not in self._still:
            self._still.add(reason)
            self.note(reason)
            self._change()

    def unstall(self, reason: str = "stalled") -> None:
        """Let the motor turn again, as far as this reason goes."""
        if reason in self._still:
            self._still.discard(reason)
            self.note(f"{reason}, over")
            self._change()

    def note(self, kind: str, volume_nl: int = 0) -> None:
        """Add a line to the true events."""
        self.events.append(PlantEvent(self._now_s, kind, volume_nl))

    # -- inside ---------------------------------------------------------------------------------

    def _push_hindered(self, strokes: int) -> None:
        if self._still:
            return
        lost, self._lost_rest = divmod(strokes * self._lost_pcm + self._lost_rest, WHOLE_PCM)
        strokes -= lost
        self.turned += strokes
        if self._dry:
            return
        self._settle()
        for _ in range(strokes):
            stock, residual_pl = self.stock, self.stock.residual_pl
            gain, usable_pl = self._stroke_gain, max(0, stock.volume_pl - residual_pl)
            if usable_pl < gain // _GAIN_PER_PL:
                self._ran_dry()
            if usable_pl < self._fading_pl - residual_pl:
                gain = gain * usable_pl // (self._fading_pl - residual_pl)
            volume_pl, self._rest = divmod(gain + self._rest, _GAIN_PER_PL)
            self._move(min(volume_pl, usable_pl, self._room_pl()))
            self._settle()

    def _room_pl(self) -> int:
        return self.line.room_pl if self.line.is_blocked else FAR

    def _move(self, volume_pl: int) -> None:
        """Let a volume leave the reservoir through the pump."""
        self.stock.volume_pl -= volume_pl
        self._pumped_pl += volume_pl
        self._waiting_pl += volume_pl
        self._moved_s = self._now_s

    def _ran_dry(self) -> None:
        if not self.stock.is_dry:
            self.stock.is_dry = True
            self.note("empty")
            self._risk()

    def _risk(self) -> None:
        """Remember a listed risk of over-infusion: overfilled, run dry, stood too long."""
        self._risk_pcm = self.figures.risk_pcm
        self._change()

    def _settle(self) -> None:
        """Let what was pushed since the last time pass through the line.

        How fast it went is known by when it was pushed; when anybody looks must not matter.
        """
        volume_pl, self._waiting_pl = self._waiting_pl, 0
        if volume_pl:
            self.line.enter(self.stock.fluid, volume_pl, self._since_s, self._moved_s)
            self._since_s = self._moved_s
        if self.line.holds_only(self.stock.fluid) and not self.line.is_blocked:
            # The same fluid in and out: any volume may wait.
            self._chunk_pl = FAR
        else:
            self._chunk_pl = self.line.step_pl

    def _flow_until(self, now_s: int) -> None:
        start_s, self._now_s = self._now_s, now_s
        for flow in tuple(self._flows.values()):
            parts = flow.nl_per_day * PL_PER_NL * (now_s - start_s) + flow.rest
            volume_pl, flow.rest = divmod(parts, DAY_S)
            flow.move(volume_pl)

    def _run_out(self, volume_pl: int) -> None:
        usable_pl = max(0, self.stock.volume_pl - self.stock.residual_pl)
        self._move(min(volume_pl, usable_pl, self._room_pl()))
        self._settle()

    def _new_day(self) -> None:
        self._plan(self._now_s + DAY_S, self._new_day)
        self._check_battery()
        self._change()

    def _check_battery(self) -> None:
        (self.stall if self.battery.is_flat(self._now_s) else self.unstall)("no battery")

    def _plan(self, at_s: int, action: Callable[[], None]) -> None:
        """Let something happen later; of two at one second, the first planned comes first."""
        self._planned += 1
        heappush(self._agenda, (at_s, self._planned, action))
        self._set_wake()

    def _set_wake(self) -> None:
        self._wake_s = 0 if self._flows else self._agenda[0][0]

    def _stroke_nl(self) -> int:
        return self.figures.stroke_nl

    def _gain_pcm(self) -> int:
        one, now_s = self._individual, self._now_s
        gain = one.gain_pcm + self.figures.drift_pcm_per_year * now_s // YEAR_S
        if now_s >= one.over_infuses_s:
            days = (now_s - one.over_infuses_s) // DAY_S
            gain += one.excess_pcm + one.excess_pcm_per_day * days
        days = (now_s - self._ramp_from_s) // DAY_S
        fault = max(0, self._fault_pcm + self._ramp_pcm_per_day * days)
        return max(0, gain + self._ambient_pcm + self._risk_pcm) * fault // WHOLE_PCM

    def _change(self) -> None:
        """Work out anew what the next stroke does; called whenever something has changed."""
        self._stroke_gain = self._stroke_nl() * self._gain_pcm()
        stock = self.stock
        self._fading_pl = stock.residual_pl + self.figures.fading_nl * PL_PER_NL
        self._is_hindered = bool(self._still or self._dry or self._lost_pcm or self.line.is_blocked)
        self._chunk_pl = 0
        self._set_wake()
