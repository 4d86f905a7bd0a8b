"""The disputed step from tablets to a pump: a range with its sources, never one number."""

from __future__ import annotations

from dataclasses import dataclass

from thecal.formulary import Drug
from thecal.knowledge import Figure
from thecal.prescription import Course
from thecal.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one published ratio would make of the oral dose.

    Attributes
    ----------
    role
        Where the ratio stands: ``"low"``, ``"central"`` or ``"high"`` in the range defended in
        print. A low ratio is a high pump dose.
    figure
        The ratio, with its source and confidence.
    pump_dose
        The oral daily dose divided by the ratio.
    """

    role: str
    figure: Figure
    pump_dose: Quantity


def conversions(course: Course, drug: Drug) -> tuple[Conversion, ...]:
    """Return the pump doses that the disputed ratios make of a course's oral dose.

    Returns
    -------
    tuple
        From the highest pump dose to the lowest; empty where the course has no tablets of the
        drug, or the drug no ratio.
    """
    ratio = drug.oral_to_intrathecal
    doses = [one.dose for one in course.oral if one.drug == drug.id]
    if ratio is None or not doses:
        return ()
    total = doses[0]
    for dose in doses[1:]:
        total = total + dose
    return (
        Conversion("low", ratio.low, total / ratio.low.exact()),
        Conversion("central", ratio.central, total / ratio.central.exact()),
        Conversion("high", ratio.high, total / ratio.high.exact()),
    )
