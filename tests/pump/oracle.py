"""The pump written again as its definition: second by second, in fractions, without any edges."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from thecal.pump import (
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

DAY = 86_400
WEEK = 604_800


class Moment(NamedTuple):
    exact: Fraction
    delivered: int
    reservoir: int


class Told(NamedTuple):
    moments: list[Moment]
    granted: list[int]
    refused: list[int]


def basal(program: Program, week_second: int) -> Fraction:
    flow = [step.nl_per_day for step in program.steps if step.start_s <= week_second][-1]
    return Fraction(flow, DAY)


def due(bolus: ScheduledBolus, second: int) -> bool:
    since = second - bolus.first_s
    return since == 0 or (since > 0 and bolus.every_s is not None and since % bolus.every_s == 0)


def by_the_second(  # noqa: C901, PLR0912 - the definition in one piece
    hardware: Hardware, events: list[Event], until: int, start: int, offset: int
) -> Told:
    exact = Fraction(0)
    delivered = removed = refilled = 0
    program: Program | None = None
    bridge = Fraction(0)
    bolus: tuple[Fraction, int] | None = None
    empty = False
    told = Told([], [], [])

    def may_start(wanted: PatientBolus | ScheduledBolus, now: int) -> bool:
        if program is None or program.mode == STOPPED or empty or bridge > 0 or bolus:
            return False
        over = Fraction(wanted.volume_nl, wanted.duration_s)
        return all(
            basal(program, (second + offset) % WEEK) + over
            <= Fraction(hardware.highest_nl_per_day, DAY)
            for second in range(now, now + wanted.duration_s)
        )

    for now in range(until + 1):
        if bolus and bolus[1] == now:
            bolus = None
        for event in events:
            if event.at_s == now and isinstance(event, Refilled):
                kept = min(hardware.residual_nl, start + refilled - removed - delivered)
                removed = start + refilled - delivered - kept
                refilled += event.volume_nl
                empty = False
        reservoir = start + refilled - removed - delivered
        told.moments.append(Moment(exact, delivered, reservoir))
        for event in events:
            if event.at_s == now and isinstance(event, Programmed):
                program, bolus = event.program, None
                bridge = Fraction(program.bridge.volume_nl if program.bridge else 0)
        for scheduled in program.boluses if program else ():
            if due(scheduled, now) and may_start(scheduled, now):
                flow = Fraction(scheduled.volume_nl, scheduled.duration_s)
                bolus = (flow, now + scheduled.duration_s)
        for event in events:
            if event.at_s == now and isinstance(event, Pressed):
                wanted = program.patient_bolus if program else None
                if (
                    wanted
                    and may_start(wanted, now)
                    and all(now - before >= wanted.lockout_s for before in told.granted)
                    and sum(now - before < DAY for before in told.granted) < wanted.most_in_24_h
                ):
                    told.granted.append(now)
                    bolus = (
                        Fraction(wanted.volume_nl, wanted.duration_s),
                        now + wanted.duration_s,
                    )
                else:
                    told.refused.append(now)
        if program is None or empty:
            continue
        if bridge > 0 and program.bridge:
            flow = min(Fraction(program.bridge.nl_per_day, DAY), bridge)
        else:
            flow = basal(program, (now + offset) % WEEK) + (bolus[0] if bolus else 0)
        pumped = (exact + flow) // hardware.stroke_nl * hardware.stroke_nl
        if flow and reservoir - (pumped - delivered) < min(hardware.residual_nl, reservoir):
            empty, bolus = True, None
            continue
        exact += flow
        bridge -= flow
        delivered = pumped
    return told
