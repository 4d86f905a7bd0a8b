"""The plan: what a setting means for the next second, worked out once when it takes effect."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

from thecal.pump.amounts import DAY_S, WEEK_S, check_whole
from thecal.pump.program import STOPPED, Hardware, PatientBolus, Program, ScheduledBolus

NO_EDGE_S: Final = 1 << 62
"""A second that no pump reaches."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A week of flows in parts a second, and the amounts that every step compares with."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    flows: tuple[int, ...]
    boluses: tuple[ScheduledBolus, ...]
    patient_bolus: PatientBolus | None
    bridge_parts: int
    bridge_flow: int
    stopped: bool
    """The program itself says that nothing is delivered."""
    minimum_flow: int
    highest_flow: int
    stroke_nl: int
    stroke_parts: int
    capacity_nl: int
    residual_nl: int
    low_nl: int
    """Residual included."""
    safe_action: int

    def basal(self, now_s: int, offset_s: int) -> tuple[int, int]:
        """Return the basal flow in parts a second, and the second at which its step ends."""
        if len(self.flows) == 1:
            return self.flows[0], NO_EDGE_S
        second = (now_s + offset_s) % WEEK_S
        index = bisect_right(self.starts, second) - 1
        return self.flows[index], now_s - second + self.ends[index]

    def peak(self, now_s: int, offset_s: int, span_s: int) -> int:
        """Return the highest basal flow from now on for a span, in parts a second."""
        highest, edge_s = self.basal(now_s, offset_s)
        for _ in self.flows:
            if edge_s >= now_s + span_s:
                break
            flow, edge_s = self.basal(edge_s, offset_s)
            highest = max(highest, flow)
        return highest

    def parts(self, now_s: int, offset_s: int, span_s: int) -> int:
        """Return the basal parts of a span that begins now; at most a week."""
        assert 0 <= span_s <= WEEK_S, "a span of more than a week repeats itself"
        total, end_s = 0, now_s + span_s
        for _ in range(len(self.flows) + 1):
            flow, edge_s = self.basal(now_s, offset_s)
            until_s = min(edge_s, end_s)
            total += flow * (until_s - now_s)
            now_s = until_s
        assert now_s == end_s, "the steps of a week must cover it"
        return total

    def next_bolus_s(self, now_s: int) -> int:
        """Return the first second after ``now_s`` at which a scheduled bolus is due."""
        next_s = NO_EDGE_S
        for bolus in self.boluses:
            next_s = min(next_s, due_after(bolus, now_s))
        return next_s

    def fits(self, now_s: int, offset_s: int, volume_nl: int, duration_s: int, left_s: int) -> bool:
        """Return whether basal and the rest of a bolus keep the pump's highest flow (PC-05)."""
        room = self.highest_flow - self.peak(now_s, offset_s, left_s)
        return volume_nl * DAY_S <= room * duration_s


def due_after(bolus: ScheduledBolus, now_s: int) -> int:
    """Return the first second after ``now_s`` at which a bolus is due, `NO_EDGE_S` for none.

    Examples
    --------
    >>> daily = ScheduledBolus(first_s=100, volume_nl=5_000, duration_s=60, every_s=86_400)
    >>> due_after(daily, 99), due_after(daily, 100)
    (100, 86500)
    """
    if bolus.first_s > now_s:
        return bolus.first_s
    if bolus.every_s is None:
        return NO_EDGE_S
    return now_s + bolus.every_s - (now_s - bolus.first_s) % bolus.every_s


def compile_plan(
    hardware: Hardware, program: Program, minimum_nl: int, low_nl: int, safe_action: int
) -> Plan:
    """Return the plan of a program on a pump.

    Parameters
    ----------
    minimum_nl
        The minimum rate in nL/day.
    low_nl
        The low-reservoir volume in nL, above the residual.
    safe_action
        What the drug needs after a fault that does not threaten over-delivery.

    Raises
    ------
    InputError
        When a flow is above the pump's highest; then there is no plan, and nothing changes (PC-09).
    """
    program.check(hardware)
    check_whole("the room above the minimum rate", hardware.highest_nl_per_day - minimum_nl)
    bridge = program.bridge
    return Plan(
        starts=tuple(step.start_s for step in program.steps),
        ends=(*(step.start_s for step in program.steps[1:]), WEEK_S),
        flows=tuple(step.nl_per_day for step in program.steps),
        boluses=program.boluses,
        patient_bolus=program.patient_bolus,
        bridge_parts=bridge.volume_nl * DAY_S if bridge else 0,
        bridge_flow=bridge.nl_per_day if bridge else 0,
        stopped=program.mode == STOPPED,
        minimum_flow=minimum_nl,
        highest_flow=hardware.highest_nl_per_day,
        stroke_nl=hardware.stroke_nl,
        stroke_parts=hardware.stroke_nl * DAY_S,
        capacity_nl=hardware.reservoir_nl,
        residual_nl=hardware.residual_nl,
        low_nl=hardware.residual_nl + low_nl,
        safe_action=safe_action,
    )
