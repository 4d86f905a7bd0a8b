"""When the reservoir runs low and when to refill: dates, typical and worst case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor

from thecal import pump
from thecal.formulary import Drug
from thecal.knowledge import Figure
from thecal.prescription import Course, Implant
from thecal.therapy.delivering import PumpCourse
from thecal.therapy.programming import DAY_S


@dataclass(frozen=True, slots=True)
class RefillDates:
    """The dates that a clinic plans by, reckoned from the end of the course.

    The worst case counts every patient bolus that the pump may grant; plan by it.

    Attributes
    ----------
    low_reservoir_at, low_reservoir_at_typical
        The day on which the low-reservoir alarm is due; ``None`` where nothing flows.
    refill_by
        The day before which to refill, the lead time and the drug's stability counted; ``None``
        where nothing flows and no stability is on record.
    bound
        What sets it: ``"low reservoir"``, ``"stability"`` or ``"none"``.
    reservoir_nl
        What can still be pumped at the end of the course, nL.
    typical_nl_per_day, worst_nl_per_day
        The flows behind the dates, nL/day.
    """

    low_reservoir_at: datetime | None
    low_reservoir_at_typical: datetime | None
    refill_by: datetime | None
    refill_by_typical: datetime | None
    bound: str
    reservoir_nl: int
    low_reservoir_nl: int
    typical_nl_per_day: Fraction
    worst_nl_per_day: Fraction


def refill_dates(
    course: Course, implant: Implant, pumped: PumpCourse, drugs: tuple[Drug, ...]
) -> RefillDates:
    """Return the refill dates of a course (pump.md F10 and F11).

    Parameters
    ----------
    drugs
        The drugs in the reservoir at the end; the least stable one counts, and one whose stability
        is not on record does not.
    """
    hardware, delivery = pumped.plan.hardware, pumped.delivery
    programs = [event for event in pumped.plan.events if isinstance(event, pump.Programmed)]
    last = max(programs, key=lambda event: event.at_s).program
    worst_boluses = 0
    if last.patient_bolus is not None:
        worst_boluses = pump.worst_case_boluses_per_day(
            last.patient_bolus.lockout_s, last.patient_bolus.most_in_24_h
        )
    # What the patient is used to taking: the presses that the pump granted on the last day.
    day_before = max(0, course.length_s - DAY_S)
    granted = sum(
        entry.kind == "patient bolus granted" and entry.at_s >= day_before for entry in delivery.log
    )
    typical = pump.daily_flow(last, min(granted, worst_boluses))
    worst = pump.daily_flow(last, worst_boluses)
    filled_s = max((refill.at_s for refill in course.refills), default=0)
    kept = [drug.stability for drug in drugs if drug.stability is not None]
    shortest = min((shortest_days(figure) for figure in kept), default=None)
    elapsed_days = ceil(Fraction(course.length_s - filled_s, DAY_S))
    volume_now = delivery.reservoir_nl(course.length_s)
    forecast = pump.forecast_refill(
        volume_now_nl=volume_now,
        low_nl=hardware.low_reservoir_nl,
        typical_nl_per_day=typical,
        worst_nl_per_day=worst,
        lead_days=implant.pump.alarm_lead_days,
        stability_days=None if shortest is None else max(0, shortest - elapsed_days),
    )
    end = course.start + timedelta(seconds=course.length_s)

    def day(offset: int | None) -> datetime | None:
        return None if offset is None else end + timedelta(days=offset)

    alarmed = [entry.at_s for entry in delivery.log if entry.kind == "low reservoir"]
    already = next((at_s for at_s in reversed(alarmed) if at_s >= filled_s), None)
    sounded = None if already is None else course.start + timedelta(seconds=already)
    lead = timedelta(days=implant.pump.alarm_lead_days)
    by, by_typical = day(forecast.worst_case.refill_by_day), day(forecast.typical.refill_by_day)
    return RefillDates(
        low_reservoir_at=sounded or day(forecast.worst_case.low_reservoir_day),
        low_reservoir_at_typical=sounded or day(forecast.typical.low_reservoir_day),
        # Once the alarm has sounded the refill is overdue, and the date says since when.
        refill_by=sounded - lead if sounded else by,
        refill_by_typical=sounded - lead if sounded else by_typical,
        bound="low reservoir" if sounded else forecast.worst_case.bound,
        reservoir_nl=volume_now - hardware.residual_nl,
        low_reservoir_nl=hardware.low_reservoir_nl - hardware.residual_nl,
        typical_nl_per_day=typical,
        worst_nl_per_day=worst,
    )


def shortest_days(stability: Figure) -> int:
    """Return how many days a solution keeps in the pump, at the least that is on record."""
    return floor(stability.exact("value" if stability.low is None else "low").to("day"))
