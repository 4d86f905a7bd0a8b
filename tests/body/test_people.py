"""Persons, and what their size multiplies."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest

from thecal.body import body_ids
from thecal.body.people import DRAWN, Person, load_spread, size_of
from thecal.errors import InputError, ValidityError
from thecal.formulary import load_formulary

REFERENCE = Person("male", height_cm=170.0, weight_kg=70.0, age_y=49.0)


def test_the_body_mass_index_is_weight_over_height_squared() -> None:
    assert Person("female", 160.0, 64.0, 60.0).bmi_kg_per_m2 == pytest.approx(25.0)


@pytest.mark.parametrize("field", ["height_cm", "weight_kg", "age_y"])
@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_person_without_a_size_is_refused(field: str, value: float) -> None:
    values = {"height_cm": 170.0, "weight_kg": 70.0, "age_y": 50.0, field: value}
    with pytest.raises(InputError, match=f"^{field} is "):
        Person("male", **values)


def test_an_unknown_sex_is_refused() -> None:
    with pytest.raises(InputError, match="write one of female, male"):
        Person("f", 170.0, 70.0, 50.0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("person", "what"),
    [
        (Person("male", 109.0, 18.0, 50.0), "height"),
        (Person("male", 170.0, 18.0, 50.0), "weight"),
        (Person("male", 170.0, 70.0, 12.0), "age"),
    ],
    ids=["height", "weight", "age"],
)
def test_a_person_for_whom_the_model_does_not_answer_is_refused(person: Person, what: str) -> None:
    with pytest.raises(ValidityError, match=f"the {what} is .* answers only for"):
        size_of(person, load_spread())


def test_without_a_person_nothing_is_scaled() -> None:
    size = size_of(None, load_spread())
    assert {getattr(size, name) for name in size.__slots__} == {1.0}


def test_height_scales_length_in_proportion() -> None:
    taller = Person("male", 187.0, 70.0, 49.0)
    assert size_of(taller, load_spread()).length == pytest.approx(1.1)


def test_weight_scales_volumes_by_size_and_clearances_by_its_power() -> None:
    size = size_of(Person("male", 170.0, 140.0, 49.0), load_spread())
    assert (size.volume, size.clearance) == pytest.approx((2.0, 2.0**0.75))


def test_age_lowers_the_loss_from_csf_by_about_half_a_percent_a_year() -> None:
    # Yamamoto 2023
    older = size_of(Person("male", 170.0, 70.0, 69.0), load_spread()).csf_loss
    assert older == pytest.approx(exp(-0.0055 * 20.0))


def test_a_body_mass_index_of_one_sd_more_lowers_the_volume_by_its_correlation() -> None:
    # Sullivan 2006: r = -0.28
    spread = load_spread()
    reference_bmi = spread.covariates["reference_bmi"]
    weight = reference_bmi * exp(spread.sigmas["bmi"]) * 1.7**2
    fat = size_of(Person("male", 170.0, weight, 49.0), spread)
    assert log(fat.lumbosacral) == pytest.approx(-0.28 * spread.sigmas["spinal_csf_volume"])


def test_sex_alone_changes_nothing() -> None:
    woman = Person("female", REFERENCE.height_cm, REFERENCE.weight_kg, REFERENCE.age_y)
    assert size_of(woman, load_spread()) == size_of(REFERENCE, load_spread())


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("systemic_clearance", "systemic_clearance_spread"),
        ("systemic_volume", "central_volume_spread"),
        ("oral_absorption", "oral_absorption_rate_spread"),
    ],
)
def test_a_spread_is_that_of_the_published_coefficient_of_variation(name: str, figure: str) -> None:
    # Oosten 2017: sigma^2 = ln(1 + CV^2)
    variation = load_formulary().drug("morphine").figure(figure).number("1")
    assert load_spread().sigmas[name] == pytest.approx(sqrt(log(1.0 + variation**2)), rel=0.005)


def test_the_spread_of_the_spine_is_that_of_the_published_volumes() -> None:
    # Sullivan 2006: 35.8 mL, SD 10.9
    wanted = sqrt(log(1.0 + (10.9 / 35.8) ** 2))
    assert load_spread().sigmas["spinal_csf_volume"] == pytest.approx(wanted, rel=0.005)


def test_the_spread_of_the_roots_is_that_of_the_published_volumes() -> None:
    # Prats-Galino 2012: 10.4 mL, SD 2.2
    wanted = sqrt(log(1.0 + (2.2 / 10.4) ** 2))
    assert load_spread().sigmas["root_volume"] == pytest.approx(wanted, rel=0.005)


@pytest.mark.parametrize("body", body_ids())
def test_every_figure_of_a_spread_is_used(body: str) -> None:
    spread = load_spread(body)
    used = {f"{name}_spread" for name in spread.sigmas}
    used |= {f"{name}_bounds" for name in spread.bounds} | set(spread.covariates)
    assert (set(spread.figures), spread.id) == (used, body)


@pytest.mark.parametrize("body", body_ids())
def test_all_that_is_drawn_has_a_spread_in_every_body(body: str) -> None:
    assert set(DRAWN) <= set(load_spread(body).sigmas)


@pytest.mark.parametrize("body", [body for body in body_ids() if body != "adult"])
def test_a_spread_taken_over_from_adults_is_theirs_and_of_low_confidence(body: str) -> None:
    adults, own = load_spread("adult").figures, load_spread(body).figures
    taken = [one for one in own.values() if "the adults' figure" in one.source]
    assert len(taken) > 5
    assert all(one.confidence == "low" for one in taken)
    assert all(one.number("1") == adults[one.name].number("1") for one in taken if one.unit == "1")


@pytest.mark.parametrize(
    ("body", "names", "total", "variation"),
    [
        # Sullivan JM 2020: 11.9 mL, SD 1.6; Emami 2018: 7.8 to 24 mL
        ("cynomolgus", (8.7, 3.2), 11.9, 1.6 / 11.9),
        ("dog", (9.6, 6.4), 16.0, log(24.0 / 7.8) / 4.0),
    ],
)
def test_spine_and_cranium_of_an_animal_make_the_spread_of_its_total(
    body: str, names: tuple[float, float], total: float, variation: float
) -> None:
    spread = load_spread(body)
    parts = zip(names, ("spinal_csf_volume", "cranial_csf_volume"), strict=True)
    squares = [(volume * sqrt(exp(spread.sigmas[name] ** 2) - 1.0)) ** 2 for volume, name in parts]
    assert sqrt(sum(squares)) / total == pytest.approx(variation, rel=0.01)


def test_the_spread_of_a_childs_spine_is_that_of_its_fluid_for_each_kg() -> None:
    # Jang 2019: 0.86 mL/kg, SD 0.22
    wanted = sqrt(log(1.0 + (0.22 / 0.86) ** 2))
    assert load_spread("child").sigmas["spinal_csf_volume"] == pytest.approx(wanted, rel=0.005)


def test_a_childs_fluid_goes_with_its_weight_and_its_canal_with_its_height() -> None:
    heavy = size_of(Person("female", 113.3, 20.0, 5.0), load_spread("child"))
    assert heavy.length == pytest.approx(1.1)
    assert heavy.length * heavy.area == pytest.approx(20.0 / 16.0)


def test_the_size_of_an_animal_is_not_on_record() -> None:
    with pytest.raises(ValidityError, match='for people, not for the body "pig"; leave the person'):
        size_of(REFERENCE, load_spread("pig"))


def test_a_spread_that_nobody_recorded_is_refused() -> None:
    with pytest.raises(InputError, match='not on record for a body "rat"'):
        load_spread("rat")
