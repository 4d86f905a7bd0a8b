from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq
from scipy.stats import norm

from tests.therapy.care.cohorts import MONTH, YEAR, published
from thecal.errors import InputError
from thecal.therapy.care import EVENTS, load_risks

RISKS = load_risks()
CAUSES = {cause.name: cause for cause in RISKS.causes}


def yearly(name: str) -> float:
    return CAUSES[name].hazard.per_day[-1] * YEAR


def test_every_cause_and_sequel_has_a_name_that_can_be_asked_for() -> None:
    named = {one.name for one in RISKS.causes} | {one.sequel for one in RISKS.causes if one.sequel}
    assert named | {"death"} == set(EVENTS)


def test_the_late_rate_of_the_catheter_is_the_derived_one_of_the_library() -> None:
    assert yearly("catheter") == pytest.approx(published("KONRAD2016-07").number(), abs=5e-4)


def test_the_rate_of_stall_is_the_derived_one_of_the_library() -> None:
    assert yearly("stall") == pytest.approx(published("STALL2017-04").number(), abs=5e-5)


def test_off_label_drugs_stall_at_the_derived_rate_of_the_library() -> None:
    found = yearly("stall") * RISKS.stall_off_label
    assert found == pytest.approx(published("STALL2017-05").number(), abs=5e-5)


def test_deaths_of_the_first_year_are_those_on_record() -> None:
    at = np.array([3.0, MONTH, YEAR])
    alive = RISKS.early_death.free(at) * RISKS.background_death.free(at)
    dead = [published(f"COFFEY2009-0{row}").number() / 100 for row in (1, 2, 3)]
    np.testing.assert_allclose(1.0 - alive, dead, rtol=1e-9)


def test_the_removal_rate_that_both_medians_of_bolash_imply_is_near_that_of_the_causes() -> None:
    sd = RISKS.battery.sd_days / YEAR

    def surplus(rate: float) -> float:
        both = published("BOLASH2015-03").number() + rate * sd**2
        all_pumps = published("BOLASH2015-02").number()
        return float(norm.cdf((both - all_pumps) / sd) * np.exp(-rate * all_pumps) - 0.5)

    implied = brentq(surplus, 0.0, 1.0)
    assert yearly("explant") + yearly("pump") + yearly("stall") == pytest.approx(implied, abs=0.015)


def test_the_registry_still_finds_nine_in_ten_free_of_pump_events() -> None:
    months = published("KONRAD2016-04").number()
    free = np.exp(-(yearly("pump") + yearly("stall")) * months / 12)
    assert free == pytest.approx(published("KONRAD2016-05").number() / 100, rel=1e-9)


def test_a_cohort_that_gives_no_rate_of_explants_is_refused() -> None:
    with pytest.raises(InputError, match="WINK1996, ROBERTS2001"):
        load_risks("SMITH2002")


def test_granuloma_has_the_rate_of_the_cohort_at_its_mean_dose_and_rise() -> None:
    table = RISKS.granuloma
    at_mean = table.relative(np.array([table.dose_mean]), np.array([table.rise_mean]))
    assert at_mean == pytest.approx(1.0)


def test_without_dose_and_rise_granuloma_has_the_rate_of_the_cohort() -> None:
    assert RISKS.granuloma.relative(None, None) == pytest.approx(1.0)


@given(
    doses=st.lists(st.floats(0.0, 100.0), min_size=2, max_size=2),
    rises=st.lists(st.floats(-100.0, 300.0), min_size=2, max_size=2),
)
def test_more_dose_and_more_rise_never_make_granuloma_rarer(
    doses: list[float], rises: list[float]
) -> None:
    low, high = RISKS.granuloma.relative(np.sort(doses), np.sort(rises))
    assert RISKS.granuloma.least <= low <= high


def test_the_line_of_granuloma_gives_back_both_published_correlations() -> None:
    # Two-point measures with the table's mean and SD: what the straight line implies for r.
    table, share = RISKS.granuloma, 4 / 56
    for mean, sd, slope, figure in (
        (table.dose_mean, table.dose_sd, table.dose_slope, "DUARTEGRAN2010-04"),
        (table.rise_mean, table.rise_sd, table.rise_slope, "DUARTEGRAN2010-05"),
    ):
        measure = mean + sd * np.array([-1.0, 1.0])
        shares = share * (1.0 + slope * (measure - mean) / sd)
        covariance = ((measure - mean) * shares).mean()
        found = covariance / (sd * np.sqrt(share * (1 - share)))
        assert found == pytest.approx(published(figure).number(), rel=1e-9)
