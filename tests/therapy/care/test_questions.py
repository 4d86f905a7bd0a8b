from __future__ import annotations

import pytest

from thecal.errors import InputError
from thecal.patients import populations
from thecal.patients.teaching import load_teaching_cohort
from thecal.therapy.care.policy import load_policy
from thecal.therapy.care.questions import (
    answered_populations,
    load_questions,
    population_named,
)

ANSWERED = answered_populations()


@pytest.mark.parametrize("population", ANSWERED)
def test_both_treatments_are_policies_of_one_drug(population: str) -> None:
    asked = load_questions(population)
    assert load_policy(asked.mouth).drug == load_policy(asked.pump).drug


@pytest.mark.parametrize("population", ANSWERED)
def test_only_the_treatment_by_pump_has_a_pump(population: str) -> None:
    asked = load_questions(population)
    assert not load_policy(asked.mouth).has("pump")
    assert load_policy(asked.pump).has("pump")


@pytest.mark.parametrize("population", ANSWERED)
def test_it_is_told_what_is_not_known(population: str) -> None:
    assert load_questions(population).unknown


def test_every_population_is_answered_for_or_refused_with_a_reason() -> None:
    for one in set(populations()) - set(ANSWERED):
        with pytest.raises(InputError, match="cannot be answered: "):
            population_named(one)


def test_every_teaching_person_can_be_answered_for() -> None:
    assert {one.population for one in load_teaching_cohort()} <= set(ANSWERED)


def test_no_name_stands_for_two_populations() -> None:
    names = [name for one in ANSWERED for name in (one, *load_questions(one).also)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", ["failed back surgery", "Low-Back", " FBSS "])
def test_a_population_is_found_by_what_a_clinic_calls_it(name: str) -> None:
    assert population_named(name) == "low-back"


def test_an_unknown_population_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match='population: is "moon", but there are answers for'):
        population_named("moon")


def test_outside_cancer_less_pain_is_no_claim_proved_by_a_trial() -> None:
    grades = {one.claim.grade for one in load_questions("low-back").questions if one.claim}
    assert "trial" not in grades
