"""Every figure that a result rests on, with its source, for the reader beside the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thecal.body import BODY_FIGURES, HUMAN, UPTAKE_FIGURES, Anatomy, figures_of, load_day
from thecal.formulary import Drug
from thecal.knowledge import Figure
from thecal.prescription import Course
from thecal.therapy.patient_body import day_pieces, takes_up

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

DAY = "The hours of the day (exploratory)"

_OF_EVERY_BODY = (
    "One dimension: no difference between front and back or left and right of the cord.",
    (
        "Within millimetres of the tip the fluid may be as strong as the solution in the pump; "
        "that is not resolved, and no figure here speaks of it."
    ),
    (
        "The least known figure is the dispersion of CSF: between people it differs threefold and "
        "more. The model does not predict an individual's concentration."
    ),
)
_OF_PEOPLE = (
    (
        "Brain tissue is one crude layer, and no drug enters CSF where it is made, so that CSF "
        "levels from tablets are too low; compare the routes by their blood levels."
    ),
    (
        "Blood peaks after immediate-release tablets come out about twice as high as published, "
        "because their absorption was fitted with another model of blood; the means are right."
    ),
)
_OF_ANIMALS = (
    (
        "How far a drug spreads in this species, and what leaves its fluid, is scaled from people "
        "but for a few published figures; compare with measurements before you lean on it."
    ),
    (
        "What is on record of drugs in blood is human. It is scaled by weight and acts here only "
        "through what little comes back from blood to cord and brain; blood itself is not shown."
    ),
)
_OF_EVERY_COURSE = (
    "A product's milligrams count as milligrams of the drug itself; its salt is not taken off.",
    "The pump delivers exactly as programmed; its published error is listed but not simulated.",
)


@dataclass(frozen=True, slots=True)
class Assumption:
    """A figure and the part of the system that it belongs to."""

    part: str
    figure: Figure


def simplifications(anatomy: Anatomy) -> tuple[str, ...]:
    """Return what the model leaves out of a body, in words for the reader of a report."""
    of_this = _OF_PEOPLE if anatomy.species == HUMAN else _OF_ANIMALS
    return (*_OF_EVERY_BODY, *of_this, *_OF_EVERY_COURSE)


def assumptions(
    course: Course, anatomy: Anatomy, drugs: tuple[Drug, ...]
) -> tuple[Assumption, ...]:
    """Return every figure that a course's result rests on, each once."""
    return tuple(dict.fromkeys(_collect(course, anatomy, drugs)))


def _collect(course: Course, anatomy: Anatomy, drugs: tuple[Drug, ...]) -> Iterator[Assumption]:
    for drug in drugs:
        yield from (Assumption(drug.name, figure) for figure in _of_drug(course, drug))
    yield Assumption(anatomy.name, anatomy.figures["vertebral_levels"])
    for name in (*(knot for _, knot in anatomy.dispersion_knots), *BODY_FIGURES):
        yield Assumption(anatomy.name, anatomy.figures[name])
    for piece in day_pieces(course):
        yield from (Assumption(DAY, load_day()[name]) for name in piece.figures)
    if course.implant is not None:
        pump, catheter = course.implant.pump, course.implant.catheter
        yield from (Assumption(pump.name, pump.figures[name]) for name in PUMP_FIGURES)
        yield from (Assumption(catheter.name, figure) for figure in catheter.figures.values())


def _of_drug(course: Course, drug: Drug) -> Iterator[Figure]:
    taken_up = takes_up(course, drug)
    # Where tissue has cells to take it up, what it holds at balance is no figure of its own.
    yield from (
        drug.figures[name]
        for name in figures_of(drug)
        if not (taken_up and name == "cord_partition")
    )
    if taken_up:
        yield from (drug.figures[name] for name in UPTAKE_FIGURES)
    swallowed = [one.form for one in course.oral if one.drug == drug.id]
    swallowed += [one.site for one in course.doses if one.drug == drug.id and one.route == "oral"]
    for form in map(drug.oral_form, swallowed):
        yield from (form.absorption_rate, form.lag, form.bioavailability)
    in_pump = any(drug.id in one.solution.concentrations for one in course.prescriptions)
    if in_pump and drug.stability is not None:
        yield drug.stability
