"""Whether this pump can make these flows.

What a pump cannot do is refused whatever the confidence of the figure, since the virtual pump is
its profile; the sentence says how far the figure is trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.prescription.checks.said import alike, basis, place
from thecal.prescription.findings import Finding, refused
from thecal.prescription.orders import Flex, SimpleContinuous, Stopped
from thecal.prescription.rates import dose_bounds, flow_of, highest_basal
from thecal.quantity import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.devices import PumpProfile
    from thecal.prescription.course import Course
    from thecal.prescription.orders import Prescription

_ONE_MINUTE = Quantity.of(1, "min")


def check(course: Course) -> Iterator[Finding]:
    """Yield each flow that the pump cannot make."""
    if course.implant is None:
        return
    pump = course.implant.pump
    for index, prescription in enumerate(course.prescriptions):
        pattern = prescription.pattern
        concentration = prescription.solution.primary_concentration
        if isinstance(pattern, SimpleContinuous):
            yield from rate(f"{place(index)}.dose", pattern.dose, concentration, pump)
        elif isinstance(pattern, Flex):
            for number, step in enumerate(pattern.steps):
                if step.dose_rate:
                    field = f"{place(index)}.step[{number}].dose"
                    yield from rate(field, step.dose_rate, concentration, pump)
        yield from _boluses(prescription, place(index), pump)


def rate(
    field: str, dose: Quantity, concentration: Quantity, pump: PumpProfile
) -> Iterator[Finding]:
    """Yield a refusal when a dose rate needs a flow outside the pump's range.

    The rate is dose / concentration; the doses that are possible are the range times the
    concentration.
    """
    flow = flow_of(dose, concentration)
    if flow < pump.lowest_rate:
        side, figure, limit = "below", pump.figures["lowest_rate"], pump.lowest_rate
    elif flow > pump.highest_rate:
        side, figure, limit = "above", pump.figures["highest_rate"], pump.highest_rate
    else:
        return
    least, most = alike(*dose_bounds(pump.lowest_rate, pump.highest_rate, concentration))
    yield refused(
        field,
        f"{dose.show()} at {concentration.show()} is {flow.show('mL/day')}, {side} "
        f"{limit.show('mL/day')}, the {figure.label} of {pump.name} {basis(figure)}; at this "
        f"concentration doses from {least} to {most} are possible",
        figure.source,
    )


def _boluses(prescription: Prescription, field: str, pump: PumpProfile) -> Iterator[Finding]:
    boluses = [
        (f"{field}.bolus[{number}]", bolus.dose, bolus.duration)
        for number, bolus in enumerate(prescription.boluses)
    ]
    if (button := prescription.patient_bolus) is not None:
        boluses.append((f"{field}.patient_bolus", button.dose, button.duration))
    if isinstance(prescription.pattern, Stopped):
        for where, _, _ in boluses:
            yield refused(
                where,
                "a stopped pump gives no bolus, so this one would never be delivered; choose "
                'another mode, as "minimum rate", or leave the bolus out',
            )
        return
    basal = highest_basal(prescription, pump)
    limit, figure = min(
        (pump.highest_bolus_rate, pump.figures["highest_bolus_rate"]),
        (pump.highest_rate, pump.figures["highest_rate"]),
        key=lambda one: one[0],
    )
    if basal >= limit:
        return
    for where, dose, duration in boluses:
        volume = dose / prescription.solution.primary_concentration
        peak = basal + volume / duration
        if peak > limit:
            shown = [amount.show("mL/day") for amount in (peak, limit)]
            shortest = (volume / (limit - basal)).ceil_to(_ONE_MINUTE)
            yield refused(
                f"{where}.duration",
                f"{dose.show()} over {duration.show()} on top of the basal rate is {shown[0]}, "
                f"above {shown[1]}, the {figure.label} of {pump.name} {basis(figure)}; let it "
                f"take at least {shortest.show()}",
                figure.source,
            )
