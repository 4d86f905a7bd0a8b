from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.outcomes.people import made, random_records, with_pain
from thecal.errors import InputError


def test_the_toxicity_is_the_sum_of_the_grades() -> None:
    assert made(2).toxicity().tolist() == [[3.0] * 3] * 2


def test_a_person_with_one_unknown_grade_has_no_toxicity() -> None:
    grades = np.array([[[2.0, np.nan]] * 3])
    assert np.isnan(made(1, grades=grades).toxicity()).all()


def test_a_visit_is_found_by_its_day() -> None:
    assert made().at(28) == 1


def test_a_day_without_a_visit_is_refused() -> None:
    with pytest.raises(InputError, match="no visit on day 29; there are visits on 0, 28, 182"):
        made().at(29)


def test_people_seen_at_both_ends_are_evaluable() -> None:
    records = with_pain((8, 4, 4), (8, np.nan, 4), (np.nan, 4, 4))
    assert records.evaluable(28).tolist() == [True, False, False]


def test_joined_records_hold_the_people_of_both() -> None:
    first, second = random_records(1, 3), random_records(2, 4)
    both = first.joined(second, arm="all")
    assert (both.arm, both.people) == ("all", 7)
    assert np.array_equal(both.events["infection"][3:], second.events["infection"])


def test_records_of_other_visits_cannot_be_joined() -> None:
    with pytest.raises(InputError, match="cannot be joined: their visits differ"):
        made().joined(made(days=(0, 28, 90)))


def test_chosen_people_keep_their_order() -> None:
    records = random_records(3, 5)
    chosen = records.chosen(np.array([False, True, False, True, False]))
    assert np.array_equal(chosen.traits["age"], records.traits["age"][[1, 3]])


def test_choosing_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="there must be somebody"):
        made().chosen(np.array([False]))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"days": (1, 28, 182)}, "first visit must be on day 0"),
        ({"days": (0, 28, 28)}, "days of the visits must rise"),
        ({"pain": np.full((1, 2), 5.0)}, r"pain has the shape \(1, 2\), but \(1, 3\) is needed"),
        ({"pain": np.full((1, 3), 10.1)}, "pain must be 0 to 10"),
        ({"grades": np.full((1, 3, 2), 5.0)}, "grades must be 0 to 4"),
        ({"oral_mg_per_day": np.full((1, 3), -1.0)}, "oral_mg_per_day must be 0 to inf"),
        ({"death_day": np.array([np.nan])}, 'the day of "death" must be 0 or later'),
        ({"death_day": np.array([27.0])}, "pain after the day of death"),
        ({"events": {"death": np.array([1.0])}}, '"death" is told by its own field'),
        ({"traits": {"age": np.ones(2)}}, r"traits.age has the shape \(2,\)"),
    ],
)
def test_records_that_cannot_be_are_refused(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(InputError, match=why):
        made(1, **changed)


def test_an_event_that_is_not_recorded_is_refused() -> None:
    with pytest.raises(InputError, match='"explant" is no event of pump; recorded are death, end'):
        made().event_days("explant")


def test_a_side_effect_that_is_not_graded_is_refused() -> None:
    with pytest.raises(InputError, match='"itch" is not graded in pump; graded are nausea'):
        made().grade("itch")
