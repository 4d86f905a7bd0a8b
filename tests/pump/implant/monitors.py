"""A monitor on a pump of few, large strokes, for its tests."""

from __future__ import annotations

from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.monitor import Monitor
from thecal.pump.implant.values import Limits, Permit, Phase, SafeAction
from thecal.pump.program import (
    Hardware,
    PatientBolus,
    Program,
    WeekStep,
)

HOUR = 3_600
DAY = 86_400
STROKE = 1_000
PUMP = Hardware(
    reservoir_nl=20_000_000,
    stroke_nl=STROKE,
    residual_nl=0,
    low_reservoir_nl=0,
    highest_nl_per_day=1_000_000,
    tubing_nl=0,
)
BASAL = 48_000
"""nL/day: two strokes an hour."""
HALF_HOUR = 1_800
BOLUS = PatientBolus(3_000, 600, 1, 99)
PROGRAM = Program("simple continuous", (WeekStep(0, BASAL),), (), BOLUS)
WIDE = Limits(SafeAction.HOLD, 10**9, 10**9, 10**9, 0, 1)
LIMITS = Limits(SafeAction.HOLD, 6_000, 16_000, 60_000, 24_000, 1)


def loaded(program: Program = PROGRAM, limits: Limits = LIMITS, *, offset_s: int = 0) -> Monitor:
    monitor = Monitor(PUMP)
    monitor.load(encode_program(program), encode_limits(limits), 0, offset_s)
    monitor.follow(Phase.RUNNING, 0)
    return monitor


def continuous(nl_per_day: int) -> Program:
    return Program("simple continuous", (WeekStep(0, nl_per_day),))


def given_until(monitor: Monitor, until_s: int, from_s: int = 0, every_s: int = HALF_HOUR) -> None:
    for now_s in range(from_s + every_s, until_s + 1, every_s):
        assert isinstance(monitor.permit(1, now_s), Permit)
