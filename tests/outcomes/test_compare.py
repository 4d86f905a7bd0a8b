from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from tests.outcomes.people import any_records, made, random_records, with_pain
from tests.outcomes.test_measures import EVERY
from thecal.errors import InputError
from thecal.evidence import load_library
from thecal.outcomes import Records, compare, find_measure
from thecal.outcomes.compare import (
    adjusted_difference,
    counts_of,
    hazard_ratio,
    mean_difference,
)
from thecal.outcomes.proportions import Counts
from thecal.outcomes.repeated import repeated_pain

FIGURES = load_library().figures
numbers = st.lists(st.floats(0.0, 10.0).map(lambda one: round(one, 1)), min_size=2, max_size=40)


def trial_arm(arm: str, successes: int, of: int) -> Records:
    courses = [(8.0, 4.0 if place < successes else 8.0, 4.0) for place in range(of)]
    return with_pain(*courses, arm=arm)


def normal_people(seed: int, people: int, relief: float, arm: str) -> Records:
    rng = np.random.default_rng(seed)
    own = rng.normal(7.0, 1.0, people)
    noise = rng.normal(0.0, 0.7, (people, 3))
    pain = np.clip(own[:, None] + noise - np.array([0.0, relief, relief]), 0.0, 10.0)
    return made(people, arm=arm, pain=pain)


@given(any_records(), any_records(), st.sampled_from(EVERY))
def test_a_p_value_is_a_probability(first: Records, second: Records, name: str) -> None:
    p = compare(find_measure(name), first, second, 182).p
    assert 0.0 <= p <= 1.0 or math.isnan(p)


@given(any_records(), any_records(), st.sampled_from(EVERY))
def test_a_difference_lies_within_its_interval(first: Records, second: Records, name: str) -> None:
    found = compare(find_measure(name), first, second, 182)
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9 or math.isnan(found.low)


@given(any_records(), st.sampled_from(EVERY))
def test_an_arm_does_not_differ_from_itself(records: Records, name: str) -> None:
    found = compare(find_measure(name), records, records, 182)
    assert found.value == 0.0 or math.isnan(found.value)
    assert found.p == pytest.approx(1.0) or math.isnan(found.p)


@given(numbers, numbers)
def test_the_difference_of_means_agrees_with_scipy(first: list[float], second: list[float]) -> None:
    mine, its = np.array(first), np.array(second)
    assume(np.ptp(mine) > 0.0 and np.ptp(its) > 0.0)  # scipy warns of numbers that are all equal
    found = mean_difference(mine, its)
    theirs = ttest_ind(mine, its, equal_var=False)
    ends = theirs.confidence_interval()
    wanted = (theirs.pvalue, ends.low, ends.high)
    assert (found.p, found.low, found.high) == pytest.approx(wanted, abs=1e-9)


def test_groups_of_equal_numbers_differ_for_certain() -> None:
    found = mean_difference(np.full(3, 0.1), np.full(7, 0.3))
    assert (found.low, found.high, found.p) == (found.value, found.value, 0.0)


def test_groups_of_the_same_number_do_not_differ() -> None:
    assert mean_difference(np.full(3, 0.1), np.full(7, 0.1)).p == 1.0


def test_one_person_a_group_gives_a_difference_without_a_test() -> None:
    found = mean_difference(np.array([3.0]), np.array([1.0]))
    assert (found.value, math.isnan(found.p)) == (2.0, True)


def test_success_in_the_cancer_trial_has_its_printed_p() -> None:
    found = compare(
        find_measure("responders_20"), trial_arm("pump", 60, 71), trial_arm("tablets", 51, 72), 28
    )
    assert (found.value, found.p) == pytest.approx(
        (FIGURES["SMITH2002-44"].number(), FIGURES["SMITH2002-04"].number()), abs=0.04
    )


def test_the_counts_behind_a_share_are_given() -> None:
    assert counts_of(find_measure("responders_20"), trial_arm("pump", 60, 71), 28) == Counts(60, 71)


def test_the_counts_of_a_mean_are_refused() -> None:
    with pytest.raises(InputError, match="pain_mean is no share of people"):
        counts_of(find_measure("pain_mean"), made(), 28)


def test_the_spread_that_the_printed_p_of_ziconotide_implies_gives_that_p() -> None:
    spread = FIGURES["RAUCK2006-12"].number()
    changes = []
    for figure, people in (("RAUCK2006-04", 112), ("RAUCK2006-05", 108)):
        shape = np.random.default_rng(1).normal(size=people)
        shape = (shape - shape.mean()) / shape.std(ddof=1)
        changes.append(FIGURES[figure].number() + spread * shape)
    assert mean_difference(*changes).p == pytest.approx(FIGURES["RAUCK2006-06"].number(), abs=0.002)


def test_the_adjusted_difference_finds_the_relief_that_was_put_in() -> None:
    found = adjusted_difference(
        find_measure("pain_mean"),
        normal_people(1, 300, 3.0, "pump"),
        normal_people(2, 300, 1.0, "tablets"),
        28,
    )
    assert found.low < -2.0 < found.high


def test_adjusting_narrows_the_interval() -> None:
    arms = normal_people(1, 300, 3.0, "pump"), normal_people(2, 300, 1.0, "tablets")
    pain = find_measure("pain_mean")
    adjusted, plain = adjusted_difference(pain, *arms, 28), compare(pain, *arms, 28)
    assert adjusted.high - adjusted.low < plain.high - plain.low


@pytest.mark.parametrize(
    ("name", "first", "why"),
    [
        ("success", random_records(1, 9), "success is no mean"),
        ("pain_mean", made(1), "fewer than two people evaluable on day 28"),
        ("pain_change", random_records(1, 9), "is the same in everybody at baseline"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(name: str, first: Records, why: str) -> None:
    with pytest.raises(InputError, match=why):
        adjusted_difference(find_measure(name), first, random_records(2, 9), 28)


def test_the_hazard_ratio_finds_the_hazards_that_were_put_in() -> None:
    rng = np.random.default_rng(5)
    pump, tablets = (
        made(
            800,
            arm=name,
            pain=np.column_stack([np.full(800, 8.0), np.full((800, 2), np.nan)]),
            death_day=rng.exponential(mean, 800),
        )
        for name, mean in (("pump", 200.0), ("tablets", 120.0))
    )
    ratio, p = hazard_ratio("death", pump, tablets, 182)
    assert ratio.low < 0.6 < ratio.high
    assert p < 1e-6


def test_hazards_without_an_event_are_refused() -> None:
    with pytest.raises(InputError, match="pump has no death until day 182"):
        hazard_ratio("death", made(), made(arm="tablets"), 182)


def test_the_mixed_model_finds_what_was_put_in() -> None:
    found = repeated_pain(normal_people(1, 200, 3.0, "pump"), normal_people(2, 200, 1.0, "tablets"))
    assert found.converged
    assert [one.low < -2.0 < one.high for one in found.by_day.values()] == [True, True]


def test_the_mixed_model_takes_people_who_were_not_always_seen() -> None:
    found = repeated_pain(random_records(1, 60), random_records(2, 60, "tablets"))
    assert list(found.by_day) == [28, 182]


def test_a_mixed_model_of_other_visits_is_refused() -> None:
    with pytest.raises(InputError, match="must have the same visits"):
        repeated_pain(made(), made(days=(0, 28, 90)))


def test_a_mixed_model_of_a_visit_that_nobody_came_to_is_refused() -> None:
    lost = with_pain((8, 4, np.nan))
    with pytest.raises(InputError, match="nobody of pump was seen on day 182"):
        repeated_pain(lost, made(arm="tablets"))
