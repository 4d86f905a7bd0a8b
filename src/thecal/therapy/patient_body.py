"""The body that a course asks for: constant, changing with the day, or with saturable uptake."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from thecal.body import (
    UPTAKE_FIGURES,
    Body,
    Piece,
    build_body,
    build_day,
    load_anatomy,
    parameters_of,
    saturating,
    uptake_of,
    without_cells,
)
from thecal.errors import InputError
from thecal.formulary import Drug
from thecal.prescription import Course, DayPiece

DAY_S = 86_400


def patient_body(
    course: Course,
    drug: Drug,
    *,
    tip_cm: float | None = None,
    pump_ml_per_h: float = 0.0,
    epidural_levels: Sequence[str] = (),
) -> Body:
    """Return the body of a course's patient for one drug.

    Parameters
    ----------
    tip_cm, pump_ml_per_h, epidural_levels
        As for `thecal.body.build_body`.

    Raises
    ------
    InputError
        If a factor of the patient's day lies outside what is on record.
    ValidityError
        If the drug lacks a figure that the model needs, or the model may not answer.
    """
    anatomy = load_anatomy(course.patient.body)
    parameters = parameters_of(drug, anatomy)
    if course.patient.day:
        return build_day(
            anatomy,
            parameters,
            day_pieces(course),
            at_s=course.week_offset_s % DAY_S,
            tip_cm=tip_cm,
            pump_ml_per_h=pump_ml_per_h,
            epidural_levels=epidural_levels,
        )
    taken_up = takes_up(course, drug)
    body = build_body(
        anatomy,
        without_cells(parameters) if taken_up else parameters,
        tip_cm=tip_cm,
        pump_ml_per_h=pump_ml_per_h,
        epidural_levels=epidural_levels,
    )
    return saturating(body, uptake_of(drug)) if taken_up else body


def takes_up(course: Course, drug: Drug) -> bool:
    """Return whether tissue takes up this drug by a process that saturates, in this course."""
    return course.patient.saturable_uptake and all(one in drug.figures for one in UPTAKE_FIGURES)


def day_pieces(course: Course) -> tuple[Piece, ...]:
    """Return the pieces of the patient's day with their numbers; none where it never changes.

    Raises
    ------
    InputError
        If a factor lies outside what is on record.
    """
    return tuple(_piece(one, f"patient.day[{k}]") for k, one in enumerate(course.patient.day))


def _piece(one: DayPiece, place: str) -> Piece:
    try:
        return Piece.of(
            one.from_s,
            posture=one.posture,
            activity=_number_or_word(one.activity),
            csf_formation=_number_or_word(one.csf_formation),
        )
    except InputError as error:
        raise InputError(error.sentence, field=f"{place}.{error.field}") from error


def _number_or_word(given: str | Decimal) -> str | float:
    return given if isinstance(given, str) else float(given)
