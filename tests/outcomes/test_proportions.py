from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from thecal.errors import InputError
from thecal.evidence import load_library
from thecal.outcomes.proportions import (
    Counts,
    chi_square_p,
    fisher_p,
    hazard_of_share,
    normal_quantile,
    number_needed_to_treat,
    odds_ratio,
    plain_risk_difference,
    risk_difference,
    wilson,
)

FIGURES = load_library().figures
PUMP, TABLETS = Counts(60, 71), Counts(51, 72)
BOTH_PUMP, BOTH_TABLETS = Counts(41, 71), Counts(27, 72)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    of = draw(st.integers(1, 300))
    return Counts(draw(st.integers(0, of)), of)


@pytest.mark.parametrize(("figure", "group"), [("SMITH2002-49", PUMP), ("SMITH2002-50", TABLETS)])
def test_the_band_of_success_is_that_of_wilson(figure: str, group: Counts) -> None:
    published = FIGURES[figure]
    assert published.low is not None
    assert published.high is not None
    wanted = (float(published.low), float(published.high))
    assert wilson(group)[1:] == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize(
    ("figure", "first", "second"),
    [("SMITH2002-44", PUMP, TABLETS), ("SMITH2002-46", BOTH_PUMP, BOTH_TABLETS)],
)
def test_the_difference_on_record_is_that_of_the_normal_curve(
    figure: str, first: Counts, second: Counts
) -> None:
    published = FIGURES[figure]
    assert published.low is not None
    assert published.high is not None
    wanted = (published.number(), float(published.low), float(published.high))
    assert plain_risk_difference(first, second) == pytest.approx(wanted, abs=0.06)


def test_the_odds_ratio_of_success_is_the_one_on_record() -> None:
    wanted = FIGURES["SMITH2002-45"].number()
    assert odds_ratio(PUMP, TABLETS).value == pytest.approx(wanted, abs=0.005)


def test_seven_people_are_treated_for_one_more_success() -> None:
    assert number_needed_to_treat(PUMP, TABLETS) == 7


def test_five_people_are_treated_for_one_more_with_both() -> None:
    assert number_needed_to_treat(BOTH_PUMP, BOTH_TABLETS) == 5


@pytest.mark.parametrize(
    ("figure", "first", "second"),
    [("SMITH2002-04", PUMP, TABLETS), ("SMITH2002-07", BOTH_PUMP, BOTH_TABLETS)],
)
def test_the_printed_p_in_cancer_is_that_of_chi_square(
    figure: str, first: Counts, second: Counts
) -> None:
    assert chi_square_p(first, second) == pytest.approx(FIGURES[figure].number(), abs=0.005)


def test_the_printed_p_of_the_dose_reduction_is_that_of_fisher() -> None:
    wanted = FIGURES["RAPHAEL2013-03"].number()
    assert fisher_p(Counts(7, 10), Counts(0, 5)) == pytest.approx(wanted, abs=0.0005)


@pytest.mark.parametrize(
    ("figure", "alive"), [("SMITH2002-47", "SMITH2002-24"), ("SMITH2002-48", "SMITH2002-25")]
)
def test_the_hazards_of_death_on_record_leave_the_share_alive(figure: str, alive: str) -> None:
    found = hazard_of_share(FIGURES[alive].number() / 100.0, 6.0)
    assert found == pytest.approx(FIGURES[figure].number(), abs=0.0005)


@given(counts(), st.floats(0.5, 0.999))
def test_wilson_agrees_with_statsmodels(group: Counts, level: float) -> None:
    wanted = proportion_confint(group.events, group.of, 1.0 - level, method="wilson")
    assert wilson(group, level)[1:] == pytest.approx([100.0 * one for one in wanted], abs=1e-9)


@given(counts(), counts())
def test_newcombe_agrees_with_statsmodels(first: Counts, second: Counts) -> None:
    wanted = confint_proportions_2indep(
        first.events, first.of, second.events, second.of, method="newcomb"
    )
    found = risk_difference(first, second)
    assert found[1:] == pytest.approx([100.0 * one for one in wanted], abs=1e-9)


@given(counts(), counts(), st.booleans())
def test_chi_square_agrees_with_scipy(first: Counts, second: Counts, corrected: bool) -> None:  # noqa: FBT001 - drawn
    table = [[first.events, first.others], [second.events, second.others]]
    assume(all(sum(column) for column in zip(*table, strict=True)))
    wanted = chi2_contingency(np.array(table), correction=corrected).pvalue
    assert chi_square_p(first, second, corrected=corrected) == pytest.approx(wanted, abs=1e-12)


@given(counts(), counts())
def test_p_values_are_probabilities(first: Counts, second: Counts) -> None:
    found = (chi_square_p(first, second), fisher_p(first, second))
    assert all(0.0 <= one <= 1.0 for one in found)


@given(counts(), counts())
def test_differences_stay_within_all_and_nobody(first: Counts, second: Counts) -> None:
    value, low, high = risk_difference(first, second)
    assert -100.0 - 1e-9 <= low <= value + 1e-9 <= high + 2e-9 <= 100.0 + 3e-9


@given(counts(), counts())
def test_turning_the_groups_round_turns_the_difference_round(first: Counts, second: Counts) -> None:
    value, low, high = risk_difference(first, second)
    turned = risk_difference(second, first)
    assert turned == pytest.approx((-value, -high, -low), abs=1e-9)


def test_an_odds_ratio_with_an_empty_cell_is_finite() -> None:
    assert all(math.isfinite(one) for one in odds_ratio(Counts(0, 5), Counts(3, 5)))


def test_equal_shares_need_endless_people_to_treat() -> None:
    assert math.isinf(number_needed_to_treat(Counts(1, 2), Counts(2, 4)))


@pytest.mark.parametrize(("events", "of"), [(0, 0), (3, 2), (-1, 2)])
def test_a_count_that_is_no_share_is_refused(events: int, of: int) -> None:
    with pytest.raises(InputError, match="is no share of people"):
        Counts(events, of)


@pytest.mark.parametrize("level", [0.0, 1.0, 95.0])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(InputError, match="must lie between 0 and 1"):
        normal_quantile(level)


@pytest.mark.parametrize(("free", "months"), [(0.0, 6.0), (1.1, 6.0), (0.5, 0.0)])
def test_a_share_that_no_hazard_leaves_is_refused(free: float, months: float) -> None:
    with pytest.raises(InputError, match="no constant hazard"):
        hazard_of_share(free, months)
