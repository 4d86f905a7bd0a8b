"""Every figure that a result rests on, with its source, for the reader beside the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thecal.body import BODY_FIGURES, DRUG_FIGURES, Anatomy
from thecal.formulary import Drug
from thecal.knowledge import Figure
from thecal.prescription import Course

PUMP_FIGURES = (
    "stroke_volume",
    "tubing_volume",
    "residual_volume",
    "low_reservoir_volume",
    "lowest_rate",
    "highest_rate",
    "highest_bolus_rate",
    "minimum_rate_mode",
    "alarm_lead_days",
    "accuracy",
)
"""The figures of a pump profile that a simulated course uses or is checked against."""

SIMPLIFICATIONS = (
    "One dimension: no difference between front and back or left and right of the cord.",
    "Within millimetres of the tip the fluid may be as strong as the solution in the pump; that is "
    "not resolved, and no figure here speaks of it.",
    "The brain is not modelled yet, so that CSF levels from tablets are too low; compare the routes "
    "by their blood levels.",
    "The pump delivers exactly as programmed; its published error is listed but not simulated.",
    "The least known figure is the dispersion of CSF: between people it differs threefold and more. "
    "The model does not predict an individual's concentration.",
)
"""What the model leaves out, in words for the reader of a report."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure and the part of the system that it belongs to."""

    part: str
    figure: Figure


def assumptions(course: Course, anatomy: Anatomy, drugs: tuple[Drug, ...]) -> tuple[Assumption, ...]:
    """Return every figure that a course's result rests on, each once."""
    return tuple(dict.fromkeys(_collect(course, anatomy, drugs)))


def _collect(
    course: Course, anatomy: Anatomy, drugs: tuple[Drug, ...]
) -> Iterator[Assumption]:
    for drug in drugs:
        for name in DRUG_FIGURES:
            yield Assumption(drug.name, drug.figures[name])
        for medicine in course.oral:
            if medicine.drug == drug.id:
                form = drug.oral_form(medicine.form)
                for figure in (form.absorption_rate, form.lag, form.bioavailability):
                    yield Assumption(drug.name, figure)
        if course.implant is not None:
            yield Assumption(drug.name, drug.stability)
    yield Assumption(anatomy.name, anatomy.figures["vertebral_levels"])
    for name in (*(knot for _, knot in anatomy.dispersion_knots), *BODY_FIGURES):
        yield Assumption(anatomy.name, anatomy.figures[name])
    if course.implant is not None:
        for name in PUMP_FIGURES:
            yield Assumption(course.implant.pump.name, course.implant.pump.figures[name])
        for figure in course.implant.catheter.figures.values():
            yield Assumption(course.implant.catheter.name, figure)
