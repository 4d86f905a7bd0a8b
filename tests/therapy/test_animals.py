"""Courses of animals: CSF, cord and roots are followed, blood is not told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.therapy.courses import HOUR, example, result
from thecal.errors import InputError
from thecal.prescription import Dose, Sample
from thecal.quantity import Quantity
from thecal.therapy import CourseResult, samples_csv, simulate, summary

ANIMALS = ("cynomolgus", "dog", "pig")


def pumped(body: str, tip: str = "L1") -> CourseResult:
    """Return three days of a pump in an animal."""
    course = example("cancer-pain")
    assert course.implant is not None
    return simulate(
        replace(
            course,
            patient=replace(course.patient, body=body),
            implant=replace(course.implant, tip=tip),
            oral=(),
        ),
        days=3,
    )


@pytest.mark.parametrize("body", ANIMALS)
def test_a_pump_in_an_animal_keeps_its_mass(body: str) -> None:
    assert pumped(body).mass_error < 1e-10


@pytest.mark.parametrize("body", ANIMALS)
def test_the_levels_of_an_animal_are_those_of_its_species(body: str) -> None:
    found = pumped(body).primary
    assert found.data["level"].to_numpy().tolist() == list(found.body.anatomy.level_names)
    assert found.tip_level == found.body.anatomy.level_index("L1")


def test_blood_is_nowhere_in_the_result_of_an_animal() -> None:
    found = pumped("pig").primary
    assert found.last_day.plasma_ng_per_ml == {}
    assert found.last_day.metabolites_ng_per_ml == {}
    assert {"plasma", "m6g", "m3g"} & set(found.data) == set()
    assert found.clearance_l_per_h is None
    assert found.rise is not None
    assert found.rise.plasma is None


def test_the_summary_of_an_animal_is_json_without_a_number_of_its_blood() -> None:
    exposure = json.loads(json.dumps(summary(pumped("dog"))))["exposure"]
    assert set(exposure["plasma_mean_ng_per_ml"].values()) == {None}
    assert exposure["metabolites_plasma_mean_ng_per_ml"] == {}
    assert exposure["time_to_90_percent_h"]["plasma"] is None
    assert exposure["csf_mcg_per_ml"]["T13"] > 0.0


def test_roots_can_be_sampled_where_there_is_no_cord() -> None:
    course = example("dog-ziconotide")
    asked = replace(course, samples=(Sample("roots L7", (24 * HOUR,)),))
    (found,) = simulate(asked).samples
    assert found.values[0] > 0.0


def test_cord_below_its_end_is_refused_with_the_field() -> None:
    course = example("dog-ziconotide")
    asked = replace(course, samples=(Sample("cord L7", (24 * HOUR,)),))
    with pytest.raises(InputError, match="no cord at L7") as refusal:
        simulate(asked)
    assert refusal.value.field == "sample[0].site"


# The example of the dog --------------------------------------------------------------------------


def lumbar(at_h: int) -> float:
    (one,) = (one for one in result("dog-ziconotide").samples if one.site == "csf L5")
    return float(one.values[np.flatnonzero(one.times_s == at_h * HOUR)][0])


def test_the_dog_has_the_rates_of_the_study() -> None:
    # Yaksh 2012: 1 and 5 mcg/h
    rates = [
        float(one.amount.to("mcg")) / (one.over_s / HOUR) for one in example("dog-ziconotide").doses
    ]
    assert rates == [1.0, 5.0]


def test_the_dogs_fluid_comes_to_two_to_three_times_what_was_seen_as_the_example_says() -> None:
    # Yaksh 2012: 343 and 1380 ng/mL in the lumbar fluid
    ratios = [lumbar(48) / 0.343, lumbar(96) / 1.380]
    assert 2.0 < min(ratios) < max(ratios) < 3.2


def test_the_dogs_fluid_is_nearly_steady_after_a_third_of_a_day() -> None:
    # Yaksh 2012: steady after 8 h
    assert lumbar(8) > 0.8 * lumbar(48)


def test_the_samples_of_the_dog_are_written() -> None:
    rows = samples_csv(result("dog-ziconotide")).splitlines()
    assert sum(",cord L3," in row for row in rows) == 6


@pytest.mark.parametrize("route", ["intravenous", "oral"])
def test_a_dose_by_the_blood_is_refused_in_an_animal(route: str) -> None:
    course = example("dog-ziconotide")
    dose = Dose("morphine", route, "solution" if route == "oral" else "", Quantity.of(1, "mg"), 0)
    with pytest.raises(InputError, match="goes by the blood"):
        simulate(replace(course, doses=(dose,), samples=()))
