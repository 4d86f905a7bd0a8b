"""Execute programs: from one edge to the next, in whole strokes, without any drift.

Between two edges (a step of the schedule, the start or end of a bolus, the end of a bridge, an
event) the commanded flow is a constant rational number. One nanolitre is divided into so many parts
that every flow of the course is a whole number of parts per second; the integral is therefore
exact, and the pump has pushed exactly its whole strokes: 0 <= exact - delivered < one stroke at
every second, whatever programs, boluses and refills came before (safety.md PC-01).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import lcm

from thecal.errors import InputError
from thecal.pump.amounts import (
    DAY_S,
    WEEK_S,
    check_whole,
    rounded_up,
    span_words,
    volume_words,
)
from thecal.pump.boluses import BolusKind, Lockout, RunningBolus, next_due_s
from thecal.pump.delivery import Delivery, Recorder, Segment
from thecal.pump.program import (
    STOPPED,
    Event,
    Hardware,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    Refilled,
    ScheduledBolus,
)
from thecal.pump.reservoir import Reservoir
from thecal.pump.schedule import Schedule


def run(
    hardware: Hardware,
    events: Iterable[Event],
    *,
    until_s: int,
    start_nl: int,
    start_fluid: int = 0,
    solutions: int = 1,
    week_offset_s: int = 0,
) -> Delivery:
    """Run a pump from second 0 to ``until_s`` and return what it delivered.

    At one second the order is: what ends, refills, updates, scheduled boluses, presses. One bolus
    runs at a time, on top of the unchanged basal flow. A bolus that may not start is refused with
    its reason in the log and never made up for. A new program ends a running bolus or bridge; the
    lockout and the count of the last 24 h live on. The pump delivers down to the residual volume
    and stops at the last whole second whose strokes it can give; a running bolus is then cancelled,
    a bridge waits for the refill. A bridge ends at the first whole second at which its volume is
    through; its last second gives only what is left of it.

    Parameters
    ----------
    hardware
        The pump's limits.
    events
        Updates, refills and presses, in any order; those at or after ``until_s`` are left out.
    until_s
        The end of the run in seconds.
    start_nl
        The volume in the reservoir at second 0 in nL, residual included.
    start_fluid
        The number of the solution in the reservoir at second 0.
    solutions
        How many solutions the course knows; they are the first fluids of the result.
    week_offset_s
        The second of the week (Monday 00:00 is 0) at second 0.

    Raises
    ------
    InputError
        When a program is beyond the hardware, a refill overfills or names an unknown solution.
    LedgerError
        When drug appeared or vanished, a fault of the software.

    Examples
    --------
    A quarter of a millilitre a day in strokes of 1500 nL:

    >>> from thecal.pump.program import WeekStep
    >>> pump = Hardware(20_000_000, 1_500, 1_400_000, 2_000_000, 24_000_000, 140_000)
    >>> start = Programmed(0, Program("simple continuous", (WeekStep(0, 250_000),)))
    >>> delivery = run(pump, [start], until_s=86_400, start_nl=20_000_000)
    >>> delivery.exact_nl(86_400), delivery.delivered_nl(86_400)
    (Fraction(250000, 1), 249000)
    """
    check_whole("the end of the run in seconds", until_s, least=1)
    check_whole("the volume at the start in nL", start_nl)
    check_whole("the number of solutions", solutions, least=1)
    check_whole("the second of the week at the start", week_offset_s)
    reservoir = Reservoir(hardware, start_nl=start_nl, start_fluid=start_fluid, solutions=solutions)
    todo = sorted((event for event in events if event.at_s < until_s), key=_order)
    pump = _Pump(hardware, reservoir, _parts_per_nl(hardware, todo), week_offset_s)
    pump.note_low(pump.now_s)
    queue = deque(todo)
    while pump.now_s < until_s:
        pump.settle()
        while queue and queue[0].at_s == pump.now_s and not isinstance(queue[0], Pressed):
            pump.obey(queue.popleft())
        pump.start_scheduled()
        while queue and queue[0].at_s == pump.now_s:
            pump.obey(queue.popleft())
        pump.advance(min(until_s, pump.next_edge_s(), queue[0].at_s if queue else until_s))
    return pump.result()


def _order(event: Event) -> tuple[int, int]:
    rank = (Refilled, Programmed, Pressed).index(type(event))
    return event.at_s, rank


def _parts_per_nl(hardware: Hardware, events: Iterable[Event]) -> int:
    durations_s = [DAY_S]
    for event in events:
        if isinstance(event, Programmed):
            event.program.check(hardware)
            durations_s += [bolus.duration_s for bolus in event.program.boluses]
            if event.program.patient_bolus:
                durations_s.append(event.program.patient_bolus.duration_s)
    return lcm(*durations_s)


class _Pump:
    """The state of a pump between two edges; every amount of drug in parts of a nanolitre."""

    def __init__(
        self, hardware: Hardware, reservoir: Reservoir, parts_per_nl: int, week_offset_s: int
    ) -> None:
        self.now_s = 0
        self._hardware = hardware
        self._reservoir = reservoir
        self._parts_per_nl = parts_per_nl
        self._stroke_parts = hardware.stroke_nl * parts_per_nl
        self._week_offset_s = week_offset_s
        self._record = Recorder(reservoir.now_nl)
        self._exact = 0
        self._strokes = 0
        self._program: Program | None = None
        self._schedule: Schedule | None = None
        self._bridge_left = 0
        self._bolus: RunningBolus | None = None
        self._due_s: list[int | None] = []
        self._lockout = Lockout()
        self._empty = False
        self._low = False

    # -- edges ------------------------------------------------------------------------------

    def settle(self) -> None:
        """End what ends now: the bolus, the bridge, the step."""
        if self._bolus and self._bolus.end_s == self.now_s:
            self._bolus = None
        if self._program and self._program.bridge and not self._schedule and self._bridge_left <= 0:
            self._record.note(
                self.now_s, "bridge ended", "Bridge bolus ended; the new prescription starts."
            )
            self._enter_steps(self._program)
        if self._schedule and self._schedule.until_s == self.now_s:
            self._schedule.advance()

    def next_edge_s(self) -> int:
        """Return the next second at which the pump itself changes something."""
        edges_s = [due_s for due_s in self._due_s if due_s is not None]
        if self._bolus:
            edges_s.append(self._bolus.end_s)
        if self._schedule:
            edges_s.append(self._schedule.until_s)
        elif self._bridge_left > 0 and not self._empty:
            edges_s.append(self.now_s + self._bridge_left // self._flow())
        return min(edges_s, default=self.now_s + WEEK_S)

    def advance(self, edge_s: int) -> None:
        """Deliver up to ``edge_s``, or to the last second that the reservoir allows."""
        flow = self._flow()
        end_s = edge_s
        if flow:
            strokes = self._strokes + self._reservoir.strokes_left()
            room = (strokes + 1) * self._stroke_parts - 1 - self._exact
            end_s = min(edge_s, self.now_s + room // flow)
        exact = self._exact + flow * (end_s - self.now_s)
        strokes = exact // self._stroke_parts
        volume_nl = (strokes - self._strokes) * self._hardware.stroke_nl
        self._note_crossing(volume_nl, flow)
        self._reservoir.deliver(volume_nl)
        segment = Segment(
            self.now_s,
            end_s,
            volume_nl,
            self._reservoir.fluid,
            self._mode(),
            self._bolus.kind if self._bolus else "",
        )
        self._record.flow(segment, self._exact, flow, self._reservoir.now_nl)
        if not self._schedule:
            self._bridge_left -= exact - self._exact
        self.now_s, self._exact, self._strokes = end_s, exact, strokes
        if end_s < edge_s:
            self._run_dry()

    def _flow(self) -> int:
        if self._empty or self._program is None:
            return 0
        if self._schedule:
            return self._schedule.flow + (self._bolus.flow if self._bolus else 0)
        bridge = self._program.bridge
        flow = bridge.nl_per_day * (self._parts_per_nl // DAY_S) if bridge else 0
        return min(flow, self._bridge_left)

    def _mode(self) -> str:
        if self._program is None:
            return "not programmed"
        if self._empty:
            return "reservoir empty"
        return self._program.mode if self._schedule else "bridge"

    # -- the reservoir ----------------------------------------------------------------------

    def note_low(self, at_s: int, falling_nl: int = 0) -> None:
        """Log, once after each refill, that the volume is at or below the low-reservoir volume."""
        low_nl = self._hardware.low_reservoir_nl
        if not self._low and self._reservoir.now_nl - falling_nl <= low_nl:
            self._low = True
            left = volume_words(low_nl - self._hardware.residual_nl)
            self._record.note(
                at_s,
                "low reservoir",
                f"Low reservoir: by computation {left} or less can still be pumped.",
            )

    def _note_crossing(self, volume_nl: int, flow: int) -> None:
        spare_nl = self._reservoir.now_nl - self._hardware.low_reservoir_nl
        if 0 < spare_nl <= volume_nl:
            strokes = self._strokes + rounded_up(spare_nl, self._hardware.stroke_nl)
            wait_s = rounded_up(strokes * self._stroke_parts - self._exact, flow)
            self.note_low(self.now_s + wait_s, volume_nl)

    def _run_dry(self) -> None:
        self._empty = True
        self._cancel_bolus("the reservoir is empty")
        self._record.note(
            self.now_s,
            "reservoir empty",
            f"Reservoir empty: only the residual {volume_words(self._hardware.residual_nl)} is "
            "left, and delivery has stopped.",
        )

    # -- events -----------------------------------------------------------------------------

    def obey(self, event: Event) -> None:
        """Carry out one event, now."""
        if isinstance(event, Refilled):
            self._refill(event)
        elif isinstance(event, Programmed):
            self._update(event.program)
        else:
            self._press()

    def start_scheduled(self) -> None:
        """Start, or refuse, the scheduled boluses that are due now."""
        if self._program is None:
            return
        for index, bolus in enumerate(self._program.boluses):
            if self._due_s[index] == self.now_s:
                self._due_s[index] = next_due_s(bolus, self.now_s + 1)
                reason = self._refusal(bolus)
                if reason:
                    detail = (
                        f"Scheduled bolus of {volume_words(bolus.volume_nl)} refused: {reason}."
                    )
                    self._record.note(self.now_s, "scheduled bolus refused", detail)
                else:
                    self._start(bolus, "scheduled")

    def _refill(self, refill: Refilled) -> None:
        try:
            aspirated_nl = self._reservoir.refill(refill)
        except InputError as refused:
            raise InputError(f"at {span_words(self.now_s)} {refused.sentence}") from refused
        detail = (
            f"Refill: {volume_words(aspirated_nl)} aspirated, {volume_words(refill.volume_nl)} "
            f"filled{' after a rinse' if refill.rinsed else ''}; "
            f"{volume_words(self._reservoir.now_nl - self._hardware.residual_nl)} can be pumped."
        )
        self._record.refill(self.now_s, self._reservoir.now_nl, detail)
        self._empty = self._low = False
        self.note_low(self.now_s)

    def _update(self, program: Program) -> None:
        self._cancel_bolus("a new program has taken effect")
        if self._program and not self._schedule:
            self._record.note(
                self.now_s,
                "bridge abandoned",
                "Bridge bolus abandoned: a new program has taken effect.",
            )
        self._record.note(self.now_s, "program", f"Program in effect: {program.mode}.")
        self._program, self._schedule = program, None
        self._due_s = [next_due_s(bolus, self.now_s) for bolus in program.boluses]
        if not program.bridge:
            self._enter_steps(program)
            return
        self._bridge_left = program.bridge.volume_nl * self._parts_per_nl
        self._record.note(
            self.now_s,
            "bridge started",
            f"Bridge bolus started: {volume_words(program.bridge.volume_nl)} of the old solution "
            f"at {volume_words(program.bridge.nl_per_day)}/day.",
        )

    def _enter_steps(self, program: Program) -> None:
        self._schedule = Schedule(
            program.steps, self._parts_per_nl, self._week_offset_s, self.now_s
        )

    # -- boluses ----------------------------------------------------------------------------

    def _press(self) -> None:
        bolus = self._program.patient_bolus if self._program else None
        reason = self._refusal(bolus)
        if bolus and not reason:
            reason = self._lockout.refusal(bolus, self.now_s)
        if bolus is None or reason:
            detail = f"Patient bolus refused: {reason}."
            self._record.note(self.now_s, "patient bolus refused", detail)
            return
        self._lockout.grant(self.now_s)
        self._start(bolus, "patient")

    def _start(self, bolus: PatientBolus | ScheduledBolus, kind: BolusKind) -> None:
        flow = bolus.volume_nl * self._parts_per_nl // bolus.duration_s
        self._bolus = RunningBolus(kind, flow, self.now_s + bolus.duration_s)
        amount = f"{volume_words(bolus.volume_nl)} over {span_words(bolus.duration_s)}"
        if kind == "patient":
            self._record.note(
                self.now_s, "patient bolus granted", f"Patient bolus granted: {amount}."
            )
        else:
            self._record.note(
                self.now_s, "scheduled bolus started", f"Scheduled bolus started: {amount}."
            )

    def _cancel_bolus(self, reason: str) -> None:
        if self._bolus:
            left = span_words(self._bolus.end_s - self.now_s)
            detail = f"The {self._bolus.kind} bolus was cancelled {left} early: {reason}."
            self._record.note(self.now_s, "bolus cancelled", detail)
            self._bolus = None

    def _refusal(self, bolus: PatientBolus | ScheduledBolus | None) -> str:
        """Say why no bolus may start now; empty when it may."""
        if self._program is None:
            return "the pump has not been programmed"
        if self._program.mode == STOPPED:
            return "the pump is stopped"
        if self._empty:
            return "the reservoir is empty"
        if bolus is None:
            return "no patient bolus is prescribed"
        if self._schedule is None:
            left = span_words(rounded_up(self._bridge_left, self._flow()))
            return f"a bridge bolus is running for another {left}"
        if self._bolus:
            left = span_words(self._bolus.end_s - self.now_s)
            return f"another bolus is running for another {left}"
        flow = bolus.volume_nl * self._parts_per_nl // bolus.duration_s
        peak = self._schedule.peak(self.now_s + bolus.duration_s) + flow
        highest_nl = self._hardware.highest_nl_per_day
        if peak * DAY_S > highest_nl * self._parts_per_nl:
            highest = volume_words(highest_nl)
            return f"basal and bolus together would exceed the highest flow of {highest}/day"
        return ""

    def result(self) -> Delivery:
        """Return what was recorded, after a last check of the ledger."""
        return Delivery(
            segments=tuple(self._record.segments),
            fluids=tuple(self._reservoir.fluids),
            log=tuple(self._record.log),
            reservoir=tuple(self._record.reservoir),
            ledger=self._reservoir.ledger(),
            stroke_nl=self._hardware.stroke_nl,
            until_s=self.now_s,
            parts_per_nl=self._parts_per_nl,
            edges=tuple(self._record.edges),
        )
