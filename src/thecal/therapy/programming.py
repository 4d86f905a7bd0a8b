"""From a prescription to what the pump is told: whole nanolitres, nanolitres a day, seconds.

Everything is exact until here and is rounded once, down, to the pump's whole numbers; a bridge's
volume alone is rounded up, so that the old solution is really through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from thecal import pump
from thecal.devices import PumpProfile
from thecal.errors import InputError
from thecal.prescription import (
    Bolus,
    Bridge,
    Course,
    Flex,
    Implant,
    MinimumRate,
    PatientBolus,
    Prescription,
    SimpleContinuous,
    Solution,
)
from thecal.quantity import Quantity

DAY_S = 86_400
WEEK_S = 7 * DAY_S


@dataclass(frozen=True, slots=True)
class PumpPlan:
    """All that a pump is handed for a course.

    Attributes
    ----------
    solutions
        The solutions of the course in the order of their first use; the pump numbers them so.
    blank
        The number of the drug-free fluid that an unprimed catheter holds at the start.
    start_nl
        In the reservoir at the start, residual included.
    dead_volume_nl
        Tubing and implanted catheter: what must pass before a new fluid reaches the tip.
    """

    hardware: pump.Hardware
    events: tuple[pump.Event, ...]
    solutions: tuple[Solution, ...]
    blank: int
    start_nl: int
    dead_volume_nl: int
    catheter_fluid: int


def plan(course: Course, implant: Implant) -> PumpPlan:
    """Return what the pump is told in a course.

    Raises
    ------
    InputError
        If the course has no prescription, or one that the pump's numbers cannot hold.
    """
    if not course.prescriptions:
        raise InputError("a pump without a prescription delivers nothing; write [[prescription]]")
    profile = implant.pump
    solutions: list[Solution] = []
    for order in course.prescriptions:
        if order.solution not in solutions:
            solutions.append(order.solution)
    catheter = implant.catheter.implanted_volume(implant.implanted_length_cm)
    dead_volume = nanolitres(profile.tubing_volume + catheter)
    return PumpPlan(
        hardware=hardware(profile),
        events=tuple(_events(course, implant, solutions, dead_volume)),
        solutions=tuple(solutions),
        blank=len(solutions),
        start_nl=nanolitres(implant.fill) + nanolitres(profile.residual_volume),
        dead_volume_nl=dead_volume,
        catheter_fluid=0 if implant.primed else len(solutions),
    )


def hardware(profile: PumpProfile) -> pump.Hardware:
    """Return the limits of a pump, as it counts them."""
    residual = nanolitres(profile.residual_volume)
    return pump.Hardware(
        # The record counts what can be used; the pump's own ledger counts the residual too.
        reservoir_nl=nanolitres(profile.reservoir_volume) + residual,
        stroke_nl=nanolitres(profile.stroke_volume),
        residual_nl=residual,
        low_reservoir_nl=nanolitres(profile.low_reservoir_volume) + residual,
        highest_nl_per_day=max(_flow(profile.highest_rate), _flow(profile.highest_bolus_rate)),
        tubing_nl=nanolitres(profile.tubing_volume),
    )


def nanolitres(volume: Quantity) -> int:
    """Return a volume in whole nanolitres, rounded down."""
    return floor(volume.to("nL"))


def _events(
    course: Course, implant: Implant, solutions: list[Solution], dead_volume_nl: int
) -> Iterator[pump.Event]:
    before: Prescription | None = None
    for order in course.prescriptions:
        yield pump.Programmed(order.at_s, program(order, implant, before, dead_volume_nl))
        before = order
    for refill in course.refills:
        in_force = max(
            (order for order in course.prescriptions if order.at_s <= refill.at_s),
            key=lambda order: order.at_s,
        )
        yield pump.Refilled(
            refill.at_s,
            solution=solutions.index(in_force.solution),
            volume_nl=nanolitres(refill.volume),
            rinsed=refill.rinsed,
        )
    for press in course.patient.presses:
        first = (press - course.week_offset_s) % DAY_S
        for at_s in range(first, course.length_s, DAY_S):
            yield pump.Pressed(at_s)


def program(
    order: Prescription,
    implant: Implant,
    before: Prescription | None = None,
    dead_volume_nl: int = 0,
) -> pump.Program:
    """Return the pump program of one prescription.

    Parameters
    ----------
    before
        The prescription that it replaces; its solution is what a bridge clears.
    dead_volume_nl
        Tubing and implanted catheter, nL.
    """
    mode, steps = _steps(order, implant)
    bridge = None
    if isinstance(order.bridge, Bridge) and before is not None:
        bridge = pump.Bridge(
            dead_volume_nl,
            floor((order.bridge.dose / before.solution.primary_concentration).to("nL/day")),
        )
    return pump.Program(
        mode=mode,
        steps=steps,
        boluses=tuple(_scheduled(bolus, order.solution) for bolus in order.boluses),
        patient_bolus=_patient_bolus(order.patient_bolus, order.solution),
        bridge=bridge,
    )


def _steps(order: Prescription, implant: Implant) -> tuple[str, tuple[pump.WeekStep, ...]]:
    strength = order.solution.primary_concentration
    match order.pattern:
        case SimpleContinuous(dose):
            return "simple continuous", (pump.WeekStep(0, _flow(dose / strength)),)
        case Flex():
            return "flex", _flex(order.pattern, strength)
        case MinimumRate():
            flow = _flow(implant.pump.minimum_rate_mode)
            return "minimum rate", (pump.WeekStep(0, flow),)
        case _:
            return pump.STOPPED, (pump.WeekStep(0, 0),)


def _flex(pattern: Flex, strength: Quantity) -> tuple[pump.WeekStep, ...]:
    starts: dict[int, int] = {}
    for step in pattern.steps:
        flow = _flow(step.dose_rate / strength)
        for day in step.days:
            start = day * DAY_S + step.start_s
            starts[start] = flow
            if start + step.length_s > WEEK_S:
                # The last step of Sunday night goes on into Monday morning.
                starts[0] = flow
    merged: list[pump.WeekStep] = []
    for start in sorted(starts):
        if not merged or merged[-1].nl_per_day != starts[start]:
            merged.append(pump.WeekStep(start, starts[start]))
    return tuple(merged)


def _scheduled(bolus: Bolus, solution: Solution) -> pump.ScheduledBolus:
    return pump.ScheduledBolus(
        first_s=bolus.at_s,
        volume_nl=nanolitres(bolus.dose / solution.primary_concentration),
        duration_s=_seconds(bolus.duration),
        every_s=None if bolus.every is None else _seconds(bolus.every),
    )


def _patient_bolus(bolus: PatientBolus | None, solution: Solution) -> pump.PatientBolus | None:
    if bolus is None:
        return None
    return pump.PatientBolus(
        volume_nl=nanolitres(bolus.dose / solution.primary_concentration),
        duration_s=_seconds(bolus.duration),
        lockout_s=_seconds(bolus.lockout),
        most_in_24_h=bolus.most_per_day,
    )


def _flow(flow: Quantity) -> int:
    return floor(flow.to("nL/day"))


def _seconds(time: Quantity) -> int:
    return ceil(time.to("s"))


def concentrations(plan: PumpPlan, fluid: tuple[Fraction, ...]) -> dict[str, Fraction]:
    """Return the concentration of each drug in a mixture of the plan's solutions, mcg/mL, exact."""
    mixed: dict[str, Fraction] = {}
    for share, solution in zip(fluid, plan.solutions, strict=False):
        for drug, strength in solution.concentrations.items():
            mixed[drug] = mixed.get(drug, Fraction(0)) + share * strength.to("mcg/mL")
    return mixed
