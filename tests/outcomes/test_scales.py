from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.outcomes.instruments import find_instrument, load_instruments
from thecal.outcomes.rules import load_rule_figures
from thecal.outcomes.scales import (
    ValueSet,
    bpi_interference,
    bpi_severity,
    ctc_sum,
    eq5d_index,
    hads_case,
    hads_subscale,
    important_fall,
    mqs,
    odi,
    odi_band,
    odi_bands_gained,
    pain_band,
    pgic_improved,
    points_of_mm,
)

NAN = np.nan
INVENTED = ValueSet("nowhere, made for this test", ((0.0, 0.1, 0.3),) * 5, any_problem=0.05)


def answers(*numbers: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([numbers], np.float64)


def test_severity_is_the_mean_of_four() -> None:
    assert bpi_severity(answers(8, 2, 5, 5)).tolist() == [5.0]


def test_severity_needs_all_four() -> None:
    assert np.isnan(bpi_severity(answers(8, 2, 5, NAN))).all()


def test_interference_with_three_answers_is_not_known() -> None:
    assert np.isnan(bpi_interference(answers(1, 2, 3, NAN, NAN, NAN, NAN))).all()


def test_disability_counts_the_answered_sections() -> None:
    assert odi(answers(*[5.0] * 5, *[NAN] * 5)).tolist() == [100.0]


def test_disability_without_answers_is_not_known() -> None:
    assert np.isnan(odi(answers(*[NAN] * 10))).all()


@given(st.lists(st.integers(0, 5), min_size=10, max_size=10))
def test_disability_is_twice_the_sum(sections: list[int]) -> None:
    assert odi(answers(*sections))[0] == pytest.approx(2 * sum(sections))


@given(st.floats(0.0, 100.0))
def test_every_disability_has_a_band(score: float) -> None:
    assert odi_bands_gained(100.0, score) >= 0


def test_bands_of_disability_meet_between_whole_numbers() -> None:
    assert [odi_band(one) for one in (20.4, 20.6, 40.0, 41.0)] == [
        "minimal",
        "moderate",
        "moderate",
        "severe",
    ]


@given(st.floats(0.0, 10.0))
def test_every_pain_has_a_band(score: float) -> None:
    assert pain_band(score) in {"none", "mild", "moderate", "severe"}


def test_the_fall_that_matters_grows_with_the_baseline() -> None:
    assert important_fall(np.array([0.0, 4.4, 4.6, 7.4, 10.0])).tolist() == [1, 1, 2, 2, 3.5]


def test_a_grade_that_was_not_seen_leaves_no_sum() -> None:
    assert np.isnan(ctc_sum(answers(1, NAN))).all()


def test_a_subscale_of_distress_is_a_sum() -> None:
    assert hads_subscale(answers(*[3.0] * 7)).tolist() == [21.0]


def test_a_case_is_probable_from_eleven() -> None:
    assert [hads_case(one) for one in (7.0, 10.0, 11.0)] == ["none", "possible", "probable"]


def test_minimally_improved_is_not_improved() -> None:
    assert [pgic_improved(one) for one in range(1, 8)] == [True, True, *[False] * 5]


def test_full_health_is_one() -> None:
    assert eq5d_index([1] * 5, INVENTED) == 1.0


def test_each_problem_takes_its_loss_off() -> None:
    assert eq5d_index([1, 2, 3, 1, 1], INVENTED) == pytest.approx(1.0 - 0.4 - 0.05)


def test_the_worst_state_may_be_worse_than_death() -> None:
    assert eq5d_index([3] * 5, INVENTED) < 0.0


def test_an_index_without_a_value_set_is_refused() -> None:
    with pytest.raises(InputError, match="needs the value set of a country, and none is on record"):
        eq5d_index([1] * 5, None)


@pytest.mark.parametrize("levels", [[1] * 4, [0, 1, 1, 1, 1], [1, 1, 1, 1, 4]])
def test_levels_that_are_none_are_refused(levels: list[int]) -> None:
    with pytest.raises(InputError, match="must be five whole numbers from 1 to 3"):
        eq5d_index(levels, INVENTED)


def test_a_value_set_of_four_dimensions_is_refused() -> None:
    with pytest.raises(InputError, match="needs five dimensions"):
        ValueSet("short", ((0.0, 0.1),) * 4)


def test_the_medication_score_sums_weight_times_level() -> None:
    assert mqs(np.array([3.0, 1.0]), np.array([2.0, 4.0])) == 10.0


def test_a_drug_without_a_level_is_refused() -> None:
    with pytest.raises(InputError, match="one class weight and one dose level"):
        mqs(np.array([3.0, 1.0]), np.array([2.0]))


@pytest.mark.parametrize(
    ("score", "given"),
    [
        (bpi_severity, answers(1, 2, 3, 11)),
        (bpi_interference, answers(*[-1.0] * 7)),
        (odi, answers(*[6.0] * 10)),
        (ctc_sum, answers(5.0)),
        (hads_subscale, answers(*[4.0] * 7)),
        (points_of_mm, answers(101.0)),
        (pain_band, 10.5),
        (odi_band, -1.0),
        (hads_case, 22.0),
        (pgic_improved, 8),
    ],
)
def test_what_is_off_the_scale_is_refused(score: object, given: object) -> None:
    assert callable(score)
    with pytest.raises(InputError, match="is not on the scale"):
        score(given)


@pytest.mark.parametrize(
    ("score", "given"),
    [(bpi_severity, answers(1.0)), (odi, np.zeros(10)), (hads_subscale, answers(*[1.0] * 8))],
)
def test_a_wrong_number_of_answers_is_refused(score: object, given: object) -> None:
    assert callable(score)
    with pytest.raises(InputError, match="answers a person, not"):
        score(given)


@pytest.mark.parametrize("name", sorted(load_instruments()))
def test_a_scale_has_two_ends_and_a_change_within(name: str) -> None:
    scale = find_instrument(name)
    assert scale.lowest < scale.highest
    assert not scale.important or 0.0 < scale.important_change() < scale.highest - scale.lowest


@pytest.mark.parametrize(
    ("name", "gained"), [("pain", 3.0), ("sf36_pcs", -3.0), ("promis_pain_interference", 3.0)]
)
def test_which_way_is_better_depends_on_the_scale(name: str, gained: float) -> None:
    found = find_instrument(name).improvement(np.array([8.0]), np.array([5.0]))
    assert found.tolist() == [gained]


def test_an_important_change_counts_from_its_size_on() -> None:
    found = find_instrument("odi").importantly_better(
        np.array([50.0, 50.0, 50.0]), np.array([40.0, 41.0, NAN])
    )
    assert found == pytest.approx([1.0, 0.0, NAN], nan_ok=True)


def test_a_scale_without_an_important_change_on_record_says_so() -> None:
    with pytest.raises(InputError, match="that people call important is on record"):
        find_instrument("eq5d_vas").important_change()


def test_an_unknown_scale_is_refused() -> None:
    with pytest.raises(InputError, match='there is no scale "mood"; there are pain, bpi_severity'):
        find_instrument("mood")


def test_what_counts_as_equal_pain_is_marked_as_our_own_choice() -> None:
    assert load_rule_figures()["equal_pain_rise"].confidence == "low"
