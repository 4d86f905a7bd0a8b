"""From doses to flows and back, and the most that can flow in a day; all exact."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from thecal.prescription.orders import (
    DAY_S,
    WEEK_S,
    Flex,
    MinimumRate,
    SimpleContinuous,
)
from thecal.prescription.week import stretches
from thecal.quantity import FLOW, MASS, VOLUME, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from thecal.devices import PumpProfile
    from thecal.prescription.orders import Bolus, PatientBolus, Prescription

ONE_DAY = Quantity.of(1, "day")
NO_VOLUME = Quantity.zero(VOLUME)


def flow_of(dose_rate: Quantity, concentration: Quantity) -> Quantity:
    """Return the flow that gives a dose rate: dose rate / concentration.

    Examples
    --------
    >>> print(flow_of(Quantity.of(125, "mcg/day"), Quantity.of(500, "mcg/mL")))
    0.25 mL/day
    """
    return dose_rate / concentration


def dose_bounds(
    lowest: Quantity, highest: Quantity, concentration: Quantity
) -> tuple[Quantity, Quantity]:
    """Return the smallest and largest dose rate that a range of flows can give.

    Both are rounded to three digits after the point of the unit that is printed, into the range.

    Examples
    --------
    >>> low, high = dose_bounds(
    ...     Quantity.of("0.048", "mL/day"), Quantity.of(24, "mL/day"), Quantity.of(2000, "mcg/mL")
    ... )
    >>> print(low, "to", high)
    96 mcg/day to 48 mg/day
    """
    smallest = Quantity.of("0.001", "mcg/day")
    return (lowest * concentration).ceil_to(smallest), (highest * concentration).floor_to(smallest)


@dataclass(frozen=True, slots=True)
class BasalFlow:
    """A stretch of the week with one basal flow, in seconds from Monday 00:00."""

    start_s: int
    end_s: int
    flow: Quantity


def basal_week(prescription: Prescription, pump: PumpProfile) -> tuple[BasalFlow, ...]:
    """Return the basal flow over one week, in the order of the week.

    Where a flex pattern leaves a gap there is no stretch.
    """
    concentration = prescription.solution.primary_concentration
    pattern = prescription.pattern
    if isinstance(pattern, Flex):
        return tuple(
            BasalFlow(
                piece.start_s,
                piece.end_s,
                flow_of(pattern.steps[piece.step].dose_rate, concentration),
            )
            for piece in stretches(pattern)
        )
    flow = Quantity.zero(FLOW)
    if isinstance(pattern, SimpleContinuous):
        flow = flow_of(pattern.dose, concentration)
    elif isinstance(pattern, MinimumRate):
        flow = pump.minimum_rate_mode
    return (BasalFlow(0, WEEK_S, flow),)


def highest_basal(prescription: Prescription, pump: PumpProfile) -> Quantity:
    """Return the highest basal flow of the week."""
    return max(stretch.flow for stretch in basal_week(prescription, pump))


def mean_dose(prescription: Prescription, pump: PumpProfile, drug: str) -> Quantity:
    """Return the mean dose rate of a drug as ordered: the basal flow and the periodic boluses.

    Single boluses and patient boluses are no part of it.
    """
    week = _volume(basal_week(prescription, pump), 0, WEEK_S)
    concentration = prescription.solution.primary_concentration
    flow = week / (ONE_DAY * 7)
    for bolus in prescription.boluses:
        if bolus.every is not None:
            flow += bolus.dose / concentration / bolus.every
    return flow * prescription.solution.concentrations[drug]


def patient_boluses_in_a_day(bolus: PatientBolus) -> int:
    """Return the most patient boluses in any 24 hours: min(most_per_day, ceil(24 h / lockout)).

    The lockout runs from start to start.

    Examples
    --------
    >>> from thecal.prescription.orders import PatientBolus
    >>> mg, minutes, hours = Quantity.of("0.1", "mg"), Quantity.of(10, "min"), Quantity.of(4, "h")
    >>> patient_boluses_in_a_day(PatientBolus(mg, minutes, hours, 4))
    4
    """
    return min(bolus.most_per_day, ceil((ONE_DAY / bolus.lockout).magnitude))


def boluses_in_a_day(bolus: Bolus) -> int:
    """Return the most starts of one scheduled bolus in any 24 hours."""
    return 1 if bolus.every is None else ceil((ONE_DAY / bolus.every).magnitude)


@dataclass(frozen=True, slots=True)
class WorstDay:
    """The most that each part of a prescription can deliver in any 24 hours, as volumes."""

    basal: Quantity
    periodic: Quantity
    single: Quantity
    patient: Quantity

    @property
    def total(self) -> Quantity:
        """The sum, which no 24 hours can exceed."""
        return self.basal + self.periodic + self.single + self.patient


def worst_day(prescription: Prescription, pump: PumpProfile) -> WorstDay:
    """Return the most that a prescription can deliver in any 24 hours.

    Each part is taken at its own worst 24 hours, so that their sum is an upper bound.
    """
    concentration = prescription.solution.primary_concentration
    button = prescription.patient_bolus
    singles = [bolus for bolus in prescription.boluses if bolus.every is None]
    periodic = [bolus for bolus in prescription.boluses if bolus.every is not None]
    return WorstDay(
        basal=_most_in_a_day(basal_week(prescription, pump)),
        periodic=_sum(bolus.dose * boluses_in_a_day(bolus) for bolus in periodic) / concentration,
        single=max(
            (
                _sum(other.dose for other in singles if 0 <= other.at_s - bolus.at_s < DAY_S)
                for bolus in singles
            ),
            default=_sum(()),
        )
        / concentration,
        patient=(
            button.dose * patient_boluses_in_a_day(button) / concentration
            if button is not None
            else NO_VOLUME
        ),
    )


def _sum(masses: Iterable[Quantity]) -> Quantity:
    return sum(masses, start=Quantity.zero(MASS))


def _most_in_a_day(week: tuple[BasalFlow, ...]) -> Quantity:
    # The integral of a piecewise constant flow over a sliding day is largest where one end of the
    # day lies on a change of the flow.
    edges = {edge for stretch in week for edge in (stretch.start_s, stretch.end_s)}
    starts = {edge % WEEK_S for edge in edges} | {(edge - DAY_S) % WEEK_S for edge in edges}
    return max(_volume(week, start, start + DAY_S) for start in starts)


def _volume(week: tuple[BasalFlow, ...], start_s: int, end_s: int) -> Quantity:
    volume = NO_VOLUME
    for stretch in week:
        for shift in (0, WEEK_S):
            shared = min(end_s, stretch.end_s + shift) - max(start_s, stretch.start_s + shift)
            if shared > 0:
                volume += stretch.flow * Quantity.of(shared, "s")
    return volume
