"""Which body a course asks for, and what becomes of a course in it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import cache

import numpy as np
import pytest

from tests.therapy.courses import DAY, HOUR, example
from thecal.body import Body, DayBody, Piece, SaturatingBody
from thecal.body.rhythm import ACTIVITY, FORMATION, LYING, POSTURE, RESTING, USUAL
from thecal.errors import InputError, ValidityError
from thecal.formulary import load_formulary
from thecal.prescription import Course, DayPiece, Dose, Patient, Sample
from thecal.prescription.rhythm import ACTIVITIES, FORMATIONS, POSTURES
from thecal.quantity import Quantity
from thecal.therapy import CourseResult, body_of, lasting, prepared, simulate, summary

MORPHINE = load_formulary().drug("morphine")
ASO = load_formulary().drug("aso")
NIGHT = DayPiece(23 * HOUR, csf_formation="night")
UPRIGHT = DayPiece(7 * HOUR, posture="upright")


def living(course: Course, *day: DayPiece, body: str = "adult") -> Course:
    return replace(course, patient=replace(course.patient, day=day, body=body))


@cache
def by_day_and_night() -> CourseResult:
    return simulate(lasting(example("day-and-night"), 3))


def oligonucleotide(mg: str = "12", *, saturable: bool = True) -> Course:
    dose = Dose("aso", "intrathecal", "L3", Quantity.of(mg, "mg"), 0)
    samples = [Sample(site, (HOUR, DAY)) for site in ("csf L3", "cord T10", "plasma")]
    if saturable:
        samples.append(Sample("cord taken up T10", (HOUR, DAY)))
    patient = Patient("Adult", saturable_uptake=saturable)
    start = example("lumbar-bolus").start
    return Course("ASO", start, 2 * DAY, patient, doses=(dose,), samples=tuple(samples))


def test_a_course_that_asks_for_nothing_gets_the_plain_body() -> None:
    ready = prepared(lasting(example("cancer-pain"), 1))
    assert type(body_of(ready.course, MORPHINE, ready.pumped)) is Body


def test_the_words_of_the_course_file_are_those_of_the_body() -> None:
    assert set(POSTURES) == {LYING, *POSTURE}
    assert set(ACTIVITIES) == {RESTING, *ACTIVITY}
    assert set(FORMATIONS) == {USUAL, *FORMATION}
    assert DayPiece(0) == DayPiece(0, LYING, RESTING, USUAL)


def test_the_pieces_of_the_day_go_by_the_clock_of_the_course() -> None:
    course = living(lasting(example("lumbar-bolus"), 1), UPRIGHT, NIGHT)
    body = body_of(course, MORPHINE, None)
    assert isinstance(body, DayBody)
    assert body.at_s == 8 * HOUR
    assert body.pieces == (
        Piece.of(7 * HOUR, posture="upright"),
        Piece.of(23 * HOUR, csf_formation="night"),
    )


def test_the_example_is_another_by_day_than_by_night() -> None:
    result = by_day_and_night()
    top = next(one for one in result.samples if one.site == "csf C1")
    last = top.values[top.times_s >= 2 * DAY]
    assert last.max() > 1.3 * last.min()
    assert result.mass_error <= 1e-10


def test_a_body_that_changes_has_no_time_to_one_level_but_a_mean_for_each_dose() -> None:
    exposure = by_day_and_night().primary
    assert exposure.rise is None
    assert exposure.per_mg_per_day is not None
    # Rate over clearance, whatever the fluid does
    wanted = 1000.0 / 24.0 / exposure.body.parameters.blood.clearance_ml_per_h * 1000.0
    assert exposure.per_mg_per_day.plasma_ng_per_ml == pytest.approx(wanted, rel=1e-9)


def test_the_ways_out_of_the_fluid_are_those_of_a_mean_day() -> None:
    exposure = by_day_and_night().primary
    assert isinstance(exposure.body, DayBody)
    carried = exposure.body.carried(exposure.body.channel("intrathecal", "T10"))
    assert exposure.shares
    assert all(share == carried[way] for way, share in exposure.shares.items())


def test_tablets_that_were_established_come_round_with_the_day() -> None:
    course = living(lasting(example("cancer-pain"), 2), UPRIGHT, NIGHT)
    kept = replace(course, oral=(replace(course.oral[0], stop_s=None),), implant=None)
    kept = replace(kept, prescriptions=(), refills=())
    result = simulate(kept)
    blood = result.primary.data["plasma"].sel(route="course")
    day, next_day = (blood.sel(time=t, method="nearest").item() for t in (8.0, 32.0))
    assert next_day == pytest.approx(day, rel=1e-9)


def test_the_result_lists_the_figures_that_the_day_rests_on() -> None:
    listed = {one.figure.name for one in by_day_and_night().assumptions}
    assert {"csf_formation_night", "csf_formation_evening", "upright_drift"} <= listed
    assert {"upright_dispersion", "moving_dispersion"} <= listed
    assert "csf_formation_bounds" not in listed


def test_the_result_says_that_the_day_is_exploratory() -> None:
    warnings = summary(by_day_and_night())["warnings"]
    assert [one["field"] for one in warnings] == ["patient.day"]
    assert warnings[0]["sentence"].startswith("exploratory: ")


def test_a_factor_outside_what_is_on_record_is_refused_with_its_place() -> None:
    course = living(example("lumbar-bolus"), UPRIGHT, DayPiece(23 * HOUR, csf_formation=Decimal(2)))
    with pytest.raises(InputError, match=r"2 times is outside 0\.18 to 1\.62 times") as no:
        simulate(course)
    assert no.value.field == "patient.day[1].csf_formation"


def test_more_dispersion_than_is_possible_is_refused() -> None:
    course = living(example("lumbar-bolus"), DayPiece(7 * HOUR, activity=Decimal("2.9")), NIGHT)
    with pytest.raises(ValidityError, match=r"the day from 07:00 on: .* physically possible"):
        simulate(course)


def test_a_body_of_whose_day_nothing_is_on_record_is_refused() -> None:
    with pytest.raises(ValidityError, match='not on record for the body "child"'):
        simulate(living(example("lumbar-bolus"), UPRIGHT, NIGHT, body="child"))


def test_a_day_that_changes_nothing_changes_no_sample() -> None:
    usual = simulate(lasting(example("lumbar-bolus"), 1))
    same = simulate(living(lasting(example("lumbar-bolus"), 1), DayPiece(0), DayPiece(12 * HOUR)))
    for one, other in zip(usual.samples, same.samples, strict=True):
        assert other.values == pytest.approx(one.values, rel=1e-9)


def test_uptake_that_saturates_is_followed_only_where_it_is_asked_for() -> None:
    assert type(body_of(oligonucleotide(saturable=False), ASO, None)) is Body
    assert isinstance(body_of(oligonucleotide(), ASO, None), SaturatingBody)


def test_a_drug_of_which_it_is_not_on_record_keeps_its_plain_body() -> None:
    assert type(body_of(oligonucleotide(), MORPHINE, None)) is Body


def test_what_was_taken_up_is_sampled_and_stays() -> None:
    result = simulate(oligonucleotide())
    held = next(one for one in result.samples if one.site == "cord taken up T10")
    assert 0.0 < held.values[0] < held.values[1]
    assert held.unit == "mcg/mL"
    assert result.mass_error <= 1e-9


def test_ten_times_the_dose_is_less_than_ten_times_as_much_taken_up() -> None:
    small, large = (
        next(
            one.values[-1]
            for one in simulate(oligonucleotide(mg)).samples
            if one.site == "cord taken up T10"
        )
        for mg in ("1.2", "12")
    )
    assert small < large < 9.0 * small


def test_where_uptake_saturates_nothing_is_said_in_proportion_to_the_dose() -> None:
    course = lasting(example("cancer-pain"), 2)
    beside = replace(
        course,
        doses=oligonucleotide().doses,
        patient=replace(course.patient, saturable_uptake=True),
    )
    result = simulate(beside)
    aso = result.exposures["aso"]
    assert (aso.rise, aso.per_mg_per_day, aso.shares) == (None, None, {})
    assert result.exposures["morphine"].rise is not None


def test_the_result_lists_the_figures_of_uptake_and_not_the_one_that_it_replaces() -> None:
    with_it, without = (
        {one.figure.name for one in simulate(oligonucleotide(saturable=on)).assumptions}
        for on in (True, False)
    )
    assert with_it - without == {
        "uptake_capacity",
        "uptake_half_saturation",
        "uptake_return",
    }
    assert without - with_it == {"cord_partition"}


def test_what_is_taken_up_is_shown_by_level() -> None:
    data = simulate(oligonucleotide()).primary.data["cord_taken_up"].sel(route="course")
    assert np.isfinite(data.sel(level="T10").values).all()
    assert np.isnan(data.sel(level="L4").values).all()
