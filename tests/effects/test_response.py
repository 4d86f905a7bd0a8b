"""The physics of effects: what holds for any drug, dose and person."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from tests.effects.references import (
    RATIO,
    REFERENCE,
    everywhere,
    response_at,
    response_of,
    sites_of,
)
from thecal.effects import Reference, Response, Sites, drugs_with_effects, load_effects, respond
from thecal.errors import InputError
from thecal.knowledge import is_uncertain

DRUGS = drugs_with_effects()
ONE = np.ones(1)
SITES = ("plasma", "cord", "cisterna")
MANY = 200_000

doses = st.floats(0.0, 1e4)
factors = st.floats(1.0, 1e3)


def relief(response: Response, sites: Sites, tolerance: float = 1.0) -> float:
    drive = response.drive(sites, np.full(len(sites.cord), tolerance))
    return float(response.relief(drive, np.full(len(drive), 0.8))[0])


# Relief -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("drug", DRUGS)
def test_no_drug_relieves_nothing(drug: str) -> None:
    assert relief(response_of(drug), sites_of()) == 0.0


@pytest.mark.parametrize("drug", DRUGS)
def test_no_drug_harms_nobody(drug: str) -> None:
    assert not response_of(drug).harm(sites_of(), ONE).any()


@pytest.mark.parametrize("drug", DRUGS)
@given(dose=doses, more=doses)
def test_more_drug_never_relieves_less(drug: str, dose: float, more: float) -> None:
    response = response_of(drug)
    first, second = (relief(response, sites_of(pump=one)) for one in (dose, dose + more))
    assert second >= first


@given(oral=doses, pump=doses)
def test_a_second_route_never_relieves_less(oral: float, pump: float) -> None:
    response = response_of()
    both = relief(response, sites_of(oral, pump))
    assert both >= max(relief(response, sites_of(oral)), relief(response, sites_of(pump=pump)))


@pytest.mark.parametrize("drug", DRUGS)
@given(dose=st.floats(0.0, 1e100))
def test_no_dose_relieves_more_than_people_can_respond(drug: str, dose: float) -> None:
    assert 0.0 <= relief(response_of(drug), sites_of(pump=dose)) <= 0.8


@given(dose=doses, tolerance=factors, more=factors)
def test_people_who_are_more_used_to_it_have_no_more_relief(
    dose: float, tolerance: float, more: float
) -> None:
    response = response_of()
    used, more_used = (relief(response, sites_of(dose), t) for t in (tolerance, tolerance * more))
    assert more_used <= used


def test_half_of_the_greatest_relief_comes_at_the_concentration_for_it() -> None:
    response = response_of("clonidine")
    at_half = Sites(np.zeros(1), np.array([76.0]), np.zeros(1))
    assert relief(response, at_half) == pytest.approx(0.4)


def test_the_dose_by_mouth_relieves_as_a_hundredth_of_it_at_the_cord() -> None:
    response = response_of()
    tablets, pump = sites_of(60.0), sites_of(pump=60.0 / RATIO)
    nothing = np.zeros(1)
    brain = response.drive(Sites(tablets.plasma, nothing, nothing), ONE)
    cord = response.drive(Sites(nothing, pump.cord, nothing), ONE)
    assert cord == pytest.approx(brain)


def test_routes_that_add_have_no_interaction() -> None:
    response = replace(response_of(), interaction=0.0)
    apart = response.drive(sites_of(30.0), ONE) + response.drive(sites_of(pump=0.3), ONE)
    assert response.drive(sites_of(30.0, 0.3), ONE) == pytest.approx(apart)


def test_routes_that_interact_do_more_than_add() -> None:
    response = replace(response_of(), interaction=1.0)
    adding = replace(response, interaction=0.0)
    both = sites_of(30.0, 0.3)
    assert response.drive(both, ONE)[0] > adding.drive(both, ONE)[0]


def test_a_changed_opioid_is_stronger_by_blood_than_at_the_cord() -> None:
    response = response_of()
    kept = response.drive(sites_of(60.0), np.array([4.0]))
    assert response.drive(sites_of(60.0), np.array([4.0]), np.array([2.0]))[0] > kept[0]


def test_a_drug_that_acts_at_the_cord_alone_does_nothing_from_blood() -> None:
    plasma = Sites(np.array([1e3]), np.zeros(1), np.zeros(1))
    assert relief(response_of("bupivacaine"), plasma) == 0.0


def test_fentanyl_acts_from_blood_as_well() -> None:
    plasma = Sites(np.array([1e3]), np.zeros(1), np.zeros(1))
    assert relief(response_of("fentanyl"), plasma) > 0.5


# Harm ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", range(len(load_effects("morphine").items)))
def test_harm_from_blood_falls_when_the_route_changes_at_equal_relief(item: int) -> None:
    response = response_of()
    tablets, pump = sites_of(60.0), sites_of(pump=60.0 / RATIO)
    assert relief(response, pump) >= relief(response, tablets)
    nothing = np.zeros(1)
    by_mouth, by_pump = (
        response.harm(Sites(one.plasma, nothing, nothing), ONE)[0, item] for one in (tablets, pump)
    )
    assert by_pump < by_mouth / 10.0


@pytest.mark.parametrize("drug", DRUGS)
@given(dose=doses, more=doses)
def test_more_drug_never_harms_less(drug: str, dose: float, more: float) -> None:
    response = response_of(drug)
    first, second = (response.harm(sites_of(pump=one), ONE) for one in (dose, dose + more))
    assert (second >= first).all()


def test_people_grow_less_used_to_constipation_than_to_nausea() -> None:
    response = response_of()
    ids = [item.id for item in response.items]
    left = response.harm(sites_of(60.0), np.array([9.0])) / response.harm(sites_of(60.0), ONE)
    assert left[0, ids.index("constipation")] > left[0, ids.index("nausea")]


def test_the_drive_of_one_is_just_felt() -> None:
    assert response_of().grades(np.array([0.99, 1.0])).tolist() == [0.0, 1.0]


@given(st.floats(0.0, allow_infinity=True))
def test_a_grade_is_a_whole_number_from_0_to_4(drive: float) -> None:
    assert float(response_of().grades(np.array(drive))) in {0.0, 1.0, 2.0, 3.0, 4.0}


@given(drive=st.floats(0.0, 100.0), more=st.floats(0.0, 100.0))
def test_a_greater_drive_has_no_lower_grade(drive: float, more: float) -> None:
    grades = response_of().grades(np.array([drive, drive + more]))
    assert grades[0] <= grades[1]


def test_susceptibility_has_the_median_one() -> None:
    drawn = response_of().susceptibility(np.random.default_rng(3), MANY)
    # Four standard errors of a median of a log-normal number with an SD of 1.
    assert np.abs(np.log(np.median(drawn, axis=0))).max() < 4.0 * 1.2533 / np.sqrt(MANY)


def test_susceptibility_to_two_side_effects_has_the_correlation_on_record() -> None:
    response = response_of()
    drawn = np.log(response.susceptibility(np.random.default_rng(3), MANY))
    found = np.corrcoef(drawn[:, 0], drawn[:, 3])[0, 1]
    assert found == pytest.approx(response.correlation, abs=4.0 / np.sqrt(MANY))


@pytest.mark.parametrize("drug", DRUGS)
@pytest.mark.parametrize("route", ["oral", "intrathecal"])
def test_the_share_with_a_side_effect_at_the_usual_dose_is_the_published_one(
    drug: str, route: str
) -> None:
    known, response = load_effects(drug), response_of(drug)
    given = REFERENCE.oral if route == "oral" else REFERENCE.pump
    listed = [(i, item) for i, item in enumerate(known.items) if getattr(item, route)]
    if not listed or not known.role("harm", f"typical_{route}"):
        assert route == "oral"  # no tablets of it
        return
    assert given is not None
    dose = known.figures[known.role("harm", f"typical_{route}")].number("mg/day")
    used = known.role("harm", f"tolerance_{route}")
    tolerance = np.array([known.figures[used].number("1") if used else 1.0])
    susceptible = response.susceptibility(np.random.default_rng(11), MANY)
    for place, item in listed:
        shown = Sites(*(np.atleast_1d(dose * given.at(site)) for site in SITES))
        alone = response
        if route == "oral":
            # The little that tablets bring to cord and cisterna is not counted twice.
            alone = replace(response, harm_site=np.full(len(known.items), np.inf))
        drive = alone.harm(shown, tolerance)[0, place]
        share = np.mean(response.grades(susceptible[:, place] * drive) >= 1.0)
        published = known.figures[getattr(item, route)].number("1")
        error = np.sqrt(published * (1.0 - published) / MANY)
        if route == "intrathecal" and np.isinf(response.harm_site[place]):
            # What reaches the blood explains it already.
            assert share > published
        else:
            assert share == pytest.approx(published, abs=4.0 * error)


def test_the_concentration_of_a_side_effect_is_the_closed_form() -> None:
    known, response = load_effects("bupivacaine"), response_of("bupivacaine")
    dose = known.figures["typical_intrathecal_dose"].number("mg/day")
    share = known.figures["weakness_intrathecal"].number("1")
    half = dose * float(REFERENCE.pump.cord) * np.exp(-response.spread * ndtri(share))
    assert response.harm_site[0] == pytest.approx(half)


# Everybody ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("drug", DRUGS)
def test_all_of_100_000_random_people_have_possible_effects(drug: str) -> None:
    known, generator = load_effects(drug), np.random.default_rng(8)
    uncertain = [name for name, figure in known.figures.items() if is_uncertain(figure)]
    people, worlds = 5_000, 20
    for _ in range(worlds):
        drawn = {name: generator.random() for name in uncertain}
        response = response_at(drug, drawn)
        levels = generator.choice([0.0, 1e-9, 1.0, 1e9], people) * generator.lognormal(0, 8, people)
        tolerance = np.exp(generator.uniform(0.0, 7.0, people))
        able = generator.random(people)
        relieved = response.relief(response.drive(everywhere(levels), tolerance), able)
        assert ((relieved >= 0.0) & (relieved <= able)).all()
        harm = response.harm(everywhere(levels), tolerance)
        grades = response.grades(harm * response.susceptibility(generator, people))
        assert (np.isin(grades, np.arange(5.0))).all()


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [0.0, -1.0])
def test_a_ratio_that_is_not_above_zero_is_refused(ratio: float) -> None:
    with pytest.raises(InputError, match="a ratio above 0"):
        respond(load_effects("morphine"), REFERENCE, oral_to_intrathecal=ratio)


def test_a_drug_known_by_conversion_needs_a_ratio() -> None:
    with pytest.raises(InputError, match="of morphine is known by conversion"):
        respond(load_effects("morphine"), REFERENCE)


def test_a_drug_known_by_conversion_needs_tablets() -> None:
    with pytest.raises(InputError, match="and an oral reference are needed"):
        respond(
            load_effects("morphine"), Reference(None, REFERENCE.pump), oral_to_intrathecal=100.0
        )


def test_a_ratio_in_the_drugs_own_file_holds_where_none_is_given() -> None:
    own = response_of("hydromorphone")
    hundred = respond(load_effects("hydromorphone"), REFERENCE, oral_to_intrathecal=100.0)
    assert own.spinal_ec50 == hundred.spinal_ec50


def test_a_quantile_moves_what_it_names() -> None:
    high = response_at("clonidine", {"spinal_ec50": 1.0})
    assert high.spinal_ec50 == pytest.approx(106.0)


def test_a_quantile_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match='"nothing" is no figure with a range'):
        response_at("clonidine", {"nothing": 0.5})
