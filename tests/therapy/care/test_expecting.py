from __future__ import annotations

import json
from math import isnan
from unittest.mock import patch

import pytest

from tests.therapy.care.small_runs import BODIES, small_expectation
from thecal.errors import InputError
from thecal.therapy.care import expecting
from thecal.therapy.care.expecting import expect, expectation_object
from thecal.therapy.care.given import Given
from thecal.therapy.care.questions import answered_populations, load_questions


@pytest.mark.parametrize("population", answered_populations())
def test_each_question_of_each_population_has_an_answer(population: str) -> None:
    found = small_expectation(population)
    assert tuple(one.question for one in found.answers) == load_questions(population).questions
    assert not any(isnan(one.pump.middle) for one in found.answers)


def test_what_the_model_was_not_made_for_is_told_of_the_person() -> None:
    mild = Given(pain=4.0)
    with patch.object(expecting, "BODIES", BODIES):
        found = expect(mild, "low-back", people=20, replicates=5)
    assert next(one.words for one in found.outside).startswith(
        "Thecal knows people with a pain of 5"
    )


def test_nobody_usual_is_outside_of_what_the_model_was_made_for() -> None:
    assert small_expectation("low-back").outside == ()


def test_people_without_a_deadly_disease_die_as_people_with_a_pump_do() -> None:
    death = next(
        one for one in small_expectation("low-back").answers if one.question.event == "death"
    )
    assert death.pump.middle > 0.0


def test_a_chance_lies_within_0_and_100() -> None:
    for one in small_expectation().answers:
        if one.kind == "chance":
            assert 0.0 <= one.pump.low <= one.pump.middle <= one.pump.high <= 100.0


def test_half_of_the_pain_is_relieved_less_often_than_a_third() -> None:
    chances = {
        one.question.measure.name: one.pump.middle
        for one in small_expectation().answers
        if one.question.measure is not None
    }
    assert chances["responders_50"] <= chances["responders_30"]


def test_no_pump_outlasts_its_longest_battery() -> None:
    life = next(one for one in small_expectation().answers if one.question.asks == "pump_life")
    assert 0.0 < life.pump.low < life.pump.high <= 7.1


def test_refills_come_no_more_seldom_than_the_solution_keeps() -> None:
    refills = next(one for one in small_expectation().answers if one.question.asks == "refills")
    assert refills.pump.low >= 365.25 / 180 - 0.1


def test_it_says_how_many_people_were_found_among_how_many() -> None:
    found = small_expectation()
    assert found.found == 100
    assert found.drawn >= found.found


def test_the_same_seed_gives_the_same_expectation() -> None:
    small_expectation.cache_clear()
    first = expectation_object(small_expectation())
    small_expectation.cache_clear()
    assert expectation_object(small_expectation()) == first


def test_it_can_be_written_as_json() -> None:
    assert "NaN" not in json.dumps(expectation_object(small_expectation()))


def test_somebody_like_nobody_is_refused() -> None:
    nobody = Given(age=108.0, pain=0.0, oral=9000.0)
    with (
        patch.object(expecting, "BODIES", BODIES),
        pytest.raises(InputError, match="hardly anybody in the population advanced-cancer"),
    ):
        expect(nobody)
