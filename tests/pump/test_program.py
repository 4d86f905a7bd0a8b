from __future__ import annotations

from collections.abc import Callable

import pytest

from thecal.errors import InputError
from thecal.pump import (
    DAY_S,
    STOPPED,
    WEEK_S,
    Bridge,
    Hardware,
    PatientBolus,
    Pressed,
    Program,
    Programmed,
    Refilled,
    ScheduledBolus,
    WeekStep,
)

PUMP = Hardware(20_000_000, 1_500, 1_400_000, 2_000_000, 24_000_000, 140_000)
BASAL = (WeekStep(0, 250_000),)
IDLE = (WeekStep(0, 0),)

REFUSED: list[tuple[str, Callable[[], object], str]] = [
    ("no reservoir", lambda: Hardware(0, 1, 0, 0, 1, 0), "reservoir volume in nL is 0"),
    ("no stroke", lambda: Hardware(9, 0, 0, 0, 1, 0), "stroke volume in nL is 0"),
    ("residual fills all", lambda: Hardware(9, 1, 9, 0, 1, 0), "residual volume is .* below"),
    ("low fills all", lambda: Hardware(9, 1, 0, 9, 1, 0), "low-reservoir volume is .* below"),
    ("step before Monday", lambda: WeekStep(-1, 0), "start of a step in seconds is -1"),
    ("step after Sunday", lambda: WeekStep(WEEK_S, 0), "a week ends at 604800"),
    ("negative flow", lambda: WeekStep(0, -1), "flow of a step in nL/day is -1"),
    ("empty bolus", lambda: ScheduledBolus(0, 0, 60), "volume of a scheduled bolus in nL is 0"),
    ("bolus in no time", lambda: ScheduledBolus(0, 5, 0), "duration of a scheduled bolus"),
    ("bolus before its end", lambda: ScheduledBolus(0, 5, 60, 59), "59, but must be at least 60"),
    ("empty patient bolus", lambda: PatientBolus(0, 60, 60, 1), "patient bolus in nL is 0"),
    ("no lockout", lambda: PatientBolus(5, 60, 0, 1), "lockout .* is 0, but must be at least 1"),
    ("negative count", lambda: PatientBolus(5, 60, 60, -1), "in 24 h is -1"),
    ("empty bridge", lambda: Bridge(0, 5), "volume of the bridge bolus in nL is 0"),
    ("standing bridge", lambda: Bridge(5, 0), "flow of the bridge bolus in nL/day is 0"),
    ("no mode", lambda: Program("", BASAL), "has no mode"),
    ("no step", lambda: Program("flex", ()), "first step must start at second 0"),
    ("late first step", lambda: Program("flex", (WeekStep(1, 0),)), "first step must start"),
    (
        "two steps at once",
        lambda: Program("flex", (*BASAL, *BASAL)),
        "must be sorted and start at different times",
    ),
    ("stopped but flowing", lambda: Program(STOPPED, BASAL), "a stopped pump delivers nothing"),
    (
        "stopped with a bridge",
        lambda: Program(STOPPED, IDLE, bridge=Bridge(1, 1)),
        "a stopped pump delivers nothing",
    ),
    ("update before the start", lambda: Programmed(-1, Program("flex", BASAL)), "update"),
    ("press before the start", lambda: Pressed(-1), "time of a press in seconds is -1"),
    ("refill of nothing", lambda: Refilled(0, 0, 0), "volume of a refill in nL is 0"),
    ("refill of a float", lambda: Refilled(0, 0, 1.5), "refill in nL is 1.5"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(
    ("build", "sentence"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_a_value_that_makes_no_sense_is_refused(build: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        build()


BEYOND: list[tuple[str, Program, str]] = [
    (
        "step",
        Program("flex", (*BASAL, WeekStep(DAY_S, 24_000_001))),
        "a step needs 24.000001 mL/day, but the pump's highest flow is 24 mL/day",
    ),
    (
        "bridge",
        Program("flex", BASAL, bridge=Bridge(1, 25_000_000)),
        "the bridge bolus needs 25 mL/day",
    ),
    (
        "scheduled bolus",
        Program("flex", BASAL, (ScheduledBolus(0, 1_000_001, 3_600),)),
        "a scheduled bolus needs 24.000024 mL/day",
    ),
    (
        "patient bolus",
        Program("flex", BASAL, patient_bolus=PatientBolus(1_000_001, 3_600, 7_200, 1)),
        "the patient bolus needs 24.000024 mL/day",
    ),
]


@pytest.mark.parametrize(
    ("program", "sentence"), [one[1:] for one in BEYOND], ids=[one[0] for one in BEYOND]
)
def test_a_flow_beyond_the_pump_is_refused(program: Program, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        program.check(PUMP)


def test_a_flow_at_the_pumps_highest_is_allowed() -> None:
    at_limit = Program("flex", (WeekStep(0, 24_000_000),), (ScheduledBolus(0, 1_000_000, 3_600),))
    at_limit.check(PUMP)
    assert at_limit.steps[0].nl_per_day == PUMP.highest_nl_per_day
