"""Random pumps, programs and courses, small enough to be retold second by second."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import strategies as st

from thecal.pump import (
    STOPPED,
    WEEK_S,
    Bridge,
    Event,
    Hardware,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    Refilled,
    ScheduledBolus,
    WeekStep,
)

UNTIL_S = 400
HIGHEST = 8 * 86_400  # nL/day


class Case(NamedTuple):
    hardware: Hardware
    events: list[Event]
    start_nl: int
    offset_s: int


seconds = st.integers(0, UNTIL_S - 1)
flows = st.one_of(st.just(0), st.integers(1, HIGHEST // 4), st.integers(1, HIGHEST))


@st.composite
def steps(draw: st.DrawFn) -> tuple[WeekStep, ...]:
    starts = draw(st.sets(st.integers(1, UNTIL_S), max_size=5))
    starts |= {WEEK_S - start for start in draw(st.sets(st.integers(1, 200), max_size=3))}
    return tuple(WeekStep(start, draw(flows)) for start in sorted(starts | {0}))


@st.composite
def patient_boluses(draw: st.DrawFn) -> PatientBolus:
    duration_s = draw(st.integers(1, 60))
    return PatientBolus(
        draw(st.integers(1, 8 * duration_s)),
        duration_s,
        draw(st.integers(1, 120)),
        draw(st.integers(0, 4)),
    )


@st.composite
def scheduled_boluses(draw: st.DrawFn) -> ScheduledBolus:
    duration_s = draw(st.integers(1, 60))
    return ScheduledBolus(
        draw(seconds),
        draw(st.integers(1, 8 * duration_s)),
        duration_s,
        draw(st.none() | st.integers(duration_s, 200)),
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    boluses = tuple(draw(st.lists(scheduled_boluses(), max_size=2)))
    patient_bolus = draw(st.none() | patient_boluses())
    if draw(st.integers(0, 9)) == 0:
        return Program(STOPPED, (WeekStep(0, 0),), boluses, patient_bolus)
    bridges = st.builds(Bridge, st.integers(1, 400), st.integers(1, HIGHEST))
    return Program("flex", draw(steps()), boluses, patient_bolus, draw(st.none() | bridges))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    hardware = Hardware(
        reservoir_nl=4_000,
        stroke_nl=draw(st.integers(1, 40)),
        residual_nl=draw(st.integers(0, 200)),
        low_reservoir_nl=draw(st.integers(0, 900)),
        highest_nl_per_day=HIGHEST,
        tubing_nl=140,
    )
    events: list[Event] = [Programmed(0, draw(programs()))]
    events += draw(st.lists(st.builds(Programmed, seconds, programs()), max_size=2))
    refills = st.builds(Refilled, seconds, st.integers(0, 1), st.integers(1, 3_800), st.booleans())
    events += draw(st.lists(refills, max_size=2))
    events += draw(st.lists(st.builds(Pressed, seconds), max_size=12))
    start_nl = draw(st.integers(0, 4_000))
    offset_s = draw(st.sampled_from((0, 17, WEEK_S - 150, WEEK_S // 2)))
    return Case(hardware, events, start_nl, offset_s)
