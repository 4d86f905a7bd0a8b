"""The pumps of some people, day by day: from the dose that is ordered to the drug that arrives.

An order becomes a program as a prescriber writes it: a solution, and a flow in whole nL/day within
the pump's limits. The pump gives whole strokes as soon as they are due and carries the rest, as
`thecal.pump.run` does, whose counts these are, stroke for stroke; what a stroke really moves is
drawn once for each pump by `thecal.pump.hardware`. A reservoir falls by what truly leaves it, while
its refill is planned by what the pump has counted. Nothing here rounds but the flow, down.

A change of the solution at a refill is taken as done well: rinsed, and with a bridge, so that the
dose of a day does not change with it.
"""

from __future__ import annotations

from random import Random
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.patients import PUMP, Exposure
from thecal.pump import DAY_S
from thecal.pump.hardware import Individual
from thecal.pump.hardware.figures import WHOLE_PCM
from thecal.pump.implant.values import FAR
from thecal.therapy.care.failing import Failures
from thecal.therapy.care.pump_kinds import NEVER, NL_PER_MG_AT_1_MCG_PER_ML, PumpKind

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

_SEEDS: Final = 2**63


class Pumps:
    """One pump for each of some people; nothing flows before an order.

    Parameters
    ----------
    kind
        Which pump, with which drug.
    people
        How many.
    generator
        For what single pumps differ in; a stream of their own.

    Attributes
    ----------
    gain_pcm
        What a stroke moves of its volume, in parts per 100,000, shape (people,).
    """

    def __init__(self, kind: PumpKind, people: int, generator: np.random.Generator) -> None:
        self._kind = kind
        self.generator = generator
        self._random = Random(int(generator.integers(_SEEDS)))  # noqa: S311  (an experiment that must be repeatable)
        self._stroke_parts = kind.hardware.stroke_nl * DAY_S
        self._ordered = np.zeros(people)
        self._is_ordered_anew = False
        self._program = np.zeros(people, dtype=np.int64)
        self._strength = np.ones(people, dtype=np.int64)
        self._rest = np.zeros(people, dtype=np.int64)
        # Of a pump that was never filled nothing is asked: its first order fills it.
        self._counted_nl = np.full(people, kind.hardware.reservoir_nl)
        # In parts per 100,000 of a nL, so that what a stroke moves is a whole number of them.
        self._held = np.zeros(people, dtype=np.int64)
        self._dry = np.zeros(people, dtype=np.bool_)
        self._filled_day = np.full(people, -1)
        self._due_day = np.full(people, NEVER)
        self._first_due_day = NEVER
        self._failures = Failures.none(people)
        self._turns: frozenset[int] = frozenset()
        self._there = np.ones(people, dtype=np.bool_)
        self._moving = self._there
        self._arriving = np.ones(people)
        self._born = np.zeros(people, dtype=np.int64)
        self.gain_pcm = np.zeros(people, dtype=np.int64)
        self._growing: dict[int, Individual] = {}
        for person in range(people):
            self._install(person, 0)
        self._strokes = np.zeros(people, dtype=np.int64)
        self._filled, self._drawn, self._left = np.zeros((3, people), dtype=np.int64)
        self._short = np.zeros(people, dtype=np.bool_)
        self._set_flow()
        self._given = self._steady

    # -- what people do -------------------------------------------------------------------------

    def order(self, mg_per_day: Array) -> None:
        """Order doses, mg/day, shape (people,); they are programmed when the day passes."""
        if (mg_per_day != self._ordered).any():
            self._ordered = np.array(mg_per_day, dtype=np.float64)
            self._is_ordered_anew = True

    def suffer(self, failures: Failures) -> None:
        """Let pumps and catheters fail on the days of these failures."""
        self._failures = failures
        self._turns = failures.turns()

    # -- what there is --------------------------------------------------------------------------

    @property
    def strokes(self) -> Whole:
        """Strokes so far, shape (people,)."""
        return self._strokes.copy()

    @property
    def filled_nl(self) -> Array:
        """What was ever filled into the reservoirs, nL, shape (people,)."""
        return self._filled / WHOLE_PCM

    @property
    def held_nl(self) -> Array:
        """What can be pumped out of the reservoirs now, nL, shape (people,)."""
        return self._held / WHOLE_PCM

    @property
    def drawn_nl(self) -> Array:
        """What was drawn out at refills, nL, shape (people,)."""
        return self._drawn / WHOLE_PCM

    @property
    def left_nl(self) -> Array:
        """What truly left the pumps, nL, shape (people,)."""
        return self._left / WHOLE_PCM

    @property
    def program(self) -> tuple[Whole, Whole]:
        """The flows in nL/day and the solutions in mcg/mL, each of shape (people,)."""
        return self._program.copy(), self._strength.copy()

    def share(self) -> Array:
        """Return the share of what is programmed that arrives now, shape (people,)."""
        gives = self._moving & (self._held > 0) & ~self._dry
        return np.asarray(np.where(gives, self._arriving * self.gain_pcm / WHOLE_PCM, 0.0))

    # -- the day --------------------------------------------------------------------------------

    def enter(self, exposure: Exposure) -> None:
        """Let people enter on the doses they have, and on what has long arrived of them."""
        self.order(exposure.dose(PUMP))
        self._reprogram(0)
        self._given = self._steady
        exposure.set_dose(PUMP, 0, self._given)

    def infuse(self, exposure: Exposure, day: int) -> None:
        """Let a day pass, and what arrives in it show in the bodies.

        As in `thecal.therapy.delivering` the flow itself is handed on, which the strokes follow
        within one; where a reservoir gives less, what the strokes moved.
        """
        arrived = self.deliver(day)
        short = self._short.any()
        given = np.where(self._short, arrived, self._steady) if short else self._steady
        if given is not self._given:
            exposure.set_dose(PUMP, day, given)
            self._given = given

    def deliver(self, day: int) -> Array:
        """Let a day pass and return what arrives at the tip in it, mg, shape (people,).

        Days are whole and follow one another; each begins with what was ordered before it.
        """
        if day in self._turns:
            self._turn(day)
        if self._is_ordered_anew:
            self._reprogram(day)
        if not self._flows:
            return np.zeros(len(self._program))
        if day >= self._first_due_day:
            self._fill(np.flatnonzero(self._due_day <= day), day)
        if self._growing:
            self._grow(day)
        strokes = self._count_strokes()
        wanted = strokes * self._stroke_gain
        moved = np.minimum(wanted, self._held)
        self._short = self._dry | (moved < wanted)
        self._held -= moved
        self._left += moved
        return np.asarray(moved * self._mg_per_part)

    def _count_strokes(self) -> Whole:
        hardware = self._kind.hardware
        spare_nl = self._counted_nl - hardware.residual_nl - hardware.stroke_nl
        if (self._flow <= spare_nl).all() and not self._dry.any():
            seconds: Whole | int = DAY_S
        else:
            seconds = self._seconds_left()
        strokes, self._rest = np.divmod(self._rest + self._flow * seconds, self._stroke_parts)
        self._counted_nl -= strokes * hardware.stroke_nl
        self._strokes += strokes
        return np.asarray(strokes)

    def _seconds_left(self) -> Whole:
        # The last whole second whose strokes the counted volume allows, as in `thecal.pump.run`.
        hardware = self._kind.hardware
        usable_nl = np.maximum(0, self._counted_nl - hardware.residual_nl)
        room = (usable_nl // hardware.stroke_nl + 1) * self._stroke_parts - 1 - self._rest
        seconds = np.minimum(DAY_S, room // np.maximum(self._flow, 1))
        seconds = np.where(self._dry, 0, np.where(self._flow > 0, seconds, DAY_S))
        self._dry |= seconds < DAY_S
        return np.asarray(seconds)

    # -- programs and refills -------------------------------------------------------------------

    def _reprogram(self, day: int) -> None:
        self._is_ordered_anew = False
        kind, before = self._kind, self._program
        flow = kind.flow_for(self._ordered, self._strength)
        unfit = (self._ordered > 0.0) & ((self._filled_day < 0) | ~kind.runs(flow))
        self._program = np.where(unfit, 0, flow)
        self._plan_refill(np.flatnonzero((self._program != before) & ~unfit), day)
        self._set_flow()
        if unfit.any():
            self._fill(np.flatnonzero(unfit), day)

    def _fill(self, who: Whole, day: int) -> None:
        """Empty and fill, with the solution that the dose asks for."""
        kind = self._kind
        full_nl = kind.hardware.reservoir_nl - kind.hardware.residual_nl
        self._drawn[who] += self._held[who]
        self._filled[who] += full_nl * WHOLE_PCM
        self._held[who] = full_nl * WHOLE_PCM
        self._count_as_full(who, day)
        mg = self._ordered[who]
        strength = kind.strength_for(mg)
        if ((strength == self._strength[who]) & (self._program[who] > 0)).all():
            self._plan_refill(who, day)
            return
        self._strength[who] = strength
        flow = np.minimum(kind.flow_for(mg, strength), kind.highest_nl_per_day)
        # A dose that no solution makes large enough to pump is not given.
        self._program[who] = np.where(flow >= kind.lowest_nl_per_day, flow, 0)
        self._plan_refill(who, day)
        self._set_flow()

    def _count_as_full(self, who: Whole, day: int) -> None:
        self._counted_nl[who] = self._kind.hardware.reservoir_nl
        self._dry[who] = False
        self._filled_day[who] = day

    def _plan_refill(self, who: Whole, day: int) -> None:
        # As `thecal.pump.forecast_refill` for the usual use, but never twice on a day.
        kind = self._kind
        flow, filled_day = self._program[who], self._filled_day[who]
        usable_nl = np.maximum(0, self._counted_nl[who] - kind.hardware.low_reservoir_nl)
        low_day = day + usable_nl // np.maximum(flow, 1)
        planned = np.maximum(low_day - kind.lead_days, filled_day + 1)
        due = np.minimum(planned, filled_day + kind.kept_days)
        self._due_day[who] = np.where((flow > 0) & self._there[who], due, NEVER)
        self._first_due_day = int(self._due_day.min())

    # -- single pumps, and what happens to them -------------------------------------------------

    def _install(self, person: int, day: int) -> None:
        one = self._kind.plant.drawn(self._random)
        # When the motor stalls is drawn with the complications, and not again.
        self.gain_pcm[person] = one.gain_pcm
        self._born[person] = day
        self._growing.pop(person, None)
        if one.over_infuses_s < FAR:
            self._growing[person] = one

    def _grow(self, day: int) -> None:
        """Let those over-infuse that come to it, as `thecal.pump.hardware` has it."""
        for person, one in self._growing.items():
            days = day - int(self._born[person]) - one.over_infuses_s // DAY_S
            if days >= 0:
                grown = one.excess_pcm + one.excess_pcm_per_day * days
                self.gain_pcm[person] = one.gain_pcm + grown
        self._set_flow()

    def _turn(self, day: int) -> None:
        """Let begin and end what does so today."""
        failures = self._failures
        active = (failures.from_day <= day) & (day < failures.until_day)
        self._arriving = np.ones(len(self._program))
        np.minimum.at(self._arriving, failures.person[active], failures.arrives[active])
        self._there = day < failures.end_day
        self._due_day[~self._there] = NEVER
        self._moving = self._there.copy()
        self._moving[failures.person[active & failures.stops]] = False
        replaced = failures.replaced[failures.replaced_day == day]
        for person in replaced.tolist():
            self._install(person, day)
        self._rest[replaced] = 0
        self._miss(failures.person[failures.misses & (failures.from_day == day)], day)
        made_good = failures.person[failures.misses & (failures.until_day == day)]
        again = np.concatenate([replaced, made_good])
        self._fill(np.unique(again[self._filled_day[again] >= 0]), day)
        self._set_flow()

    def _miss(self, who: Whole, day: int) -> None:
        """Empty reservoirs, and let the pumps count them as filled."""
        who = who[self._filled_day[who] >= 0]
        self._drawn[who] += self._held[who]
        self._held[who] = 0
        self._count_as_full(who, day)
        self._plan_refill(who, day)

    def _set_flow(self) -> None:
        """Work out anew what a day does; called whenever something has changed."""
        self._flow = np.where(self._moving, self._program, 0)
        self._flows = bool(self._flow.any())
        self._stroke_gain = self._kind.hardware.stroke_nl * self.gain_pcm
        self._mg_per_part = (
            self._strength * self._arriving / (NL_PER_MG_AT_1_MCG_PER_ML * WHOLE_PCM)
        )
        # What a day of this flow brings, strokes not counted.
        self._steady = self._flow * self.gain_pcm * self._mg_per_part
