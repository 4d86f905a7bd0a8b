"""A month on one pump: what the tests of boluses, bridge and reservoir have in common."""

from __future__ import annotations

from thecal.pump import (
    DAY_S,
    Delivery,
    Event,
    Hardware,
    LogKind,
    PatientBolus,
    Program,
    Programmed,
    WeekStep,
    run,
)

HOUR = 3_600
PUMP = Hardware(
    reservoir_nl=20_000_000,
    stroke_nl=1_500,
    residual_nl=1_400_000,
    low_reservoir_nl=2_000_000,
    highest_nl_per_day=24_000_000,
    tubing_nl=140_000,
)
ON_DEMAND = PatientBolus(volume_nl=20_000, duration_s=300, lockout_s=4 * HOUR, most_in_24_h=4)
CONSTANT = Program("simple continuous", (WeekStep(0, 250_000),), patient_bolus=ON_DEMAND)


def times(delivery: Delivery, kind: LogKind) -> list[int]:
    return [entry.at_s for entry in delivery.log if entry.kind == kind]


def details(delivery: Delivery, kind: LogKind) -> list[str]:
    return [entry.detail for entry in delivery.log if entry.kind == kind]


def month(*events: Event, program: Program = CONSTANT, start_nl: int = 20_000_000) -> Delivery:
    return run(
        PUMP,
        [Programmed(0, program), *events],
        until_s=30 * DAY_S,
        start_nl=start_nl,
        solutions=2,
    )
