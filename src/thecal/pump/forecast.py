"""When the reservoir must be refilled: typical and worst case (pump.md F10 and F11), exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S, check_whole, rounded_up
from thecal.pump.program import Program

RefillBound = Literal["low reservoir", "stability", "none"]


def days_to_low_reservoir(
    volume_now_nl: int, low_nl: int, nl_per_day: int | Fraction
) -> int | None:
    """Return the whole days until the low-reservoir volume is reached, rounded down.

    None when nothing flows; 0 when the volume is at or below it already.

    Raises
    ------
    InputError
        When a volume is not a whole number of nL or the flow is negative or not exact.

    Examples
    --------
    pump.md F10: 40 mL, alarm at 2 mL, 0.25 mL/day.

    >>> days_to_low_reservoir(40_000_000, 2_000_000, 250_000)
    152
    """
    check_whole("the volume now in nL", volume_now_nl)
    check_whole("the low-reservoir volume in nL", low_nl)
    _check_flow(nl_per_day)
    if not nl_per_day:
        return None
    return max(0, int((volume_now_nl - low_nl) // nl_per_day))


def worst_case_boluses_per_day(lockout_s: int, most: int) -> int:
    """Return the most patient boluses that can start in any 24 h (pump.md F11).

    The lockout counts from start to start, ``most`` in a sliding window.

    Raises
    ------
    InputError
        When the lockout is not at least 1 s or ``most`` is negative.

    Examples
    --------
    >>> worst_case_boluses_per_day(4 * 3600, 4)
    4
    >>> worst_case_boluses_per_day(8 * 3600, 4)
    3
    """
    check_whole("the lockout in seconds", lockout_s, least=1)
    check_whole("the most patient boluses in 24 h", most)
    return min(most, rounded_up(DAY_S, lockout_s))


def daily_flow(program: Program, patient_boluses: int | Fraction = 0) -> Fraction:
    """Return the mean flow of a program in nL/day, exact, once its bridge is over.

    The mean is over a week of basal steps, plus the periodic boluses, plus so many patient boluses
    a day. Single boluses do not last and are not counted.

    Examples
    --------
    >>> from thecal.pump.program import PatientBolus, Program, WeekStep
    >>> program = Program(
    ...     "simple continuous",
    ...     (WeekStep(0, 250_000),),
    ...     patient_bolus=PatientBolus(20_000, 300, 4 * 3600, 4),
    ... )
    >>> daily_flow(program, worst_case_boluses_per_day(4 * 3600, 4))
    Fraction(330000, 1)
    """
    ends = (*(step.start_s for step in program.steps[1:]), WEEK_S)
    flow = Fraction(
        sum(
            step.nl_per_day * (end - step.start_s)
            for step, end in zip(program.steps, ends, strict=True)
        ),
        WEEK_S,
    )
    for bolus in program.boluses:
        if bolus.every_s is not None:
            flow += Fraction(bolus.volume_nl * DAY_S, bolus.every_s)
    if program.patient_bolus:
        flow += program.patient_bolus.volume_nl * patient_boluses
    return flow


@dataclass(frozen=True, slots=True)
class RefillDue:
    """Dates in whole days from now; None where there is no such day.

    ``bound`` says what sets ``refill_by_day``: the low-reservoir day less the lead, or the
    stability of the drug in the pump.
    """

    low_reservoir_day: int | None
    refill_by_day: int | None
    bound: RefillBound


@dataclass(frozen=True, slots=True)
class RefillForecast:
    """The refill dates at the usual use and with every allowed bolus taken; plan by the worst."""

    typical: RefillDue
    worst_case: RefillDue


def forecast_refill(
    *,
    volume_now_nl: int,
    low_nl: int,
    typical_nl_per_day: int | Fraction,
    worst_nl_per_day: int | Fraction,
    lead_days: int,
    stability_days: int | None,
) -> RefillForecast:
    """Return the refill dates, typical and worst case (pump.md F10).

    Refill by the earlier of the low-reservoir day less ``lead_days`` and the last day on which the
    drug is stable; never before today (day 0). On a tie the reservoir is named.

    Parameters
    ----------
    volume_now_nl, low_nl
        The computed volume now and the low-reservoir volume, in nL.
    typical_nl_per_day, worst_nl_per_day
        The mean flow at the usual use, and with every allowed patient bolus (`daily_flow`).
    lead_days
        How many days before the low-reservoir day the refill shall be.
    stability_days
        The days from now for which the drug in the reservoir is stable; None when unlimited.

    Raises
    ------
    InputError
        When a number is negative or not whole, or the worst case is below the typical one.

    Examples
    --------
    >>> forecast_refill(
    ...     volume_now_nl=40_000_000,
    ...     low_nl=2_000_000,
    ...     typical_nl_per_day=250_000,
    ...     worst_nl_per_day=330_000,
    ...     lead_days=7,
    ...     stability_days=180,
    ... ).typical
    RefillDue(low_reservoir_day=152, refill_by_day=145, bound='low reservoir')
    """
    check_whole("the lead in days", lead_days)
    if stability_days is not None:
        check_whole("the stability in days", stability_days)
    if worst_nl_per_day < typical_nl_per_day:
        raise InputError(
            f"the worst case of {worst_nl_per_day} nL/day is below the typical "
            f"{typical_nl_per_day} nL/day, but must include it"
        )
    typical, worst = (
        _due(days_to_low_reservoir(volume_now_nl, low_nl, flow), lead_days, stability_days)
        for flow in (typical_nl_per_day, worst_nl_per_day)
    )
    return RefillForecast(typical, worst)


def _check_flow(nl_per_day: object) -> None:
    if not isinstance(nl_per_day, int | Fraction) or nl_per_day < 0:
        raise InputError(
            f"the flow is {nl_per_day!r} nL/day, but must be an exact number of at least 0"
        )


def _due(low_day: int | None, lead_days: int, stability_days: int | None) -> RefillDue:
    planned = None if low_day is None else max(0, low_day - lead_days)
    if planned is not None and (stability_days is None or planned <= stability_days):
        return RefillDue(low_day, planned, "low reservoir")
    return RefillDue(low_day, stability_days, "none" if stability_days is None else "stability")
