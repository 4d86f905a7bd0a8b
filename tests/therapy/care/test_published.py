"""What 20,000 virtual pumps show, beside what was published.

A name says "calibrated" where the figure itself gave the hazard, so that agreement proves only the
arithmetic, and "predicted" where other figures did.
"""

from __future__ import annotations

from functools import cache
from math import inf, log

import numpy as np
import pytest

from tests.therapy.care.cohorts import (
    MONTH,
    PUMPS,
    TECHNICAL,
    YEAR,
    cohort,
    four_errors,
    kaplan_meier,
    published,
    wilson,
)
from thecal.therapy.care import Complications, follow
from thecal.therapy.care.hazards import Array
from thecal.therapy.care.record import days_of


@cache
def twelve_years(explants: str = "WINK1996") -> Complications:
    return cohort(12 * YEAR, explants=explants)


def first_pump_life(found: Complications) -> Array:
    return found.first("battery", "pump", "stall", "explant")


def outer(figure: str) -> tuple[float, float]:
    low, high = published(figure).low, published(figure).high
    assert low is not None
    assert high is not None
    return float(low), float(high)


def test_follett_free_of_any_catheter_system_complication_at_9_months_is_calibrated() -> None:
    found = twelve_years()
    free = kaplan_meier(found.first("procedure", "catheter"), found.end_day, 9 * MONTH)
    target = published("FOLLETT2000-06").number() / 100
    assert free == pytest.approx(target, abs=four_errors(target))


def test_follett_free_of_complications_of_the_catheter_itself_is_calibrated() -> None:
    # A revision of the procedure leaves the catheter's clock alone, so this holds as well.
    found = twelve_years()
    free = kaplan_meier(found.first("catheter"), found.end_day, 9 * MONTH)
    target = published("FOLLETT2000-07").number() / 100
    assert free == pytest.approx(target, abs=four_errors(target))


def test_follett_count_of_events_is_predicted() -> None:
    # The hazards come from the share free; the count in 1,764 patient-months is another figure.
    found = cohort(9 * MONTH)
    months = np.minimum(found.end_day, 9 * MONTH).sum() / MONTH
    rate = found.count("procedure", "catheter").sum() / months
    counted, exposure = (published(f"FOLLETT2000-0{row}").number() for row in (2, 1))
    assert abs(rate * exposure - counted) < 1.96 * counted**0.5


def test_bolash_battery_median_is_calibrated() -> None:
    found = twelve_years()
    life = first_pump_life(found)
    at_end = (found.first("battery") == life) & np.isfinite(life)
    assert np.median(life[at_end]) / YEAR == pytest.approx(
        published("BOLASH2015-03").number(), abs=0.03
    )


@pytest.mark.parametrize("explants", ["WINK1996", "ROBERTS2001"])
def test_bolash_median_of_all_pumps_is_predicted_within_its_interval(explants: str) -> None:
    low, high = outer("BOLASH2015-02")
    assert low < np.median(first_pump_life(twelve_years(explants))) / YEAR < high


def test_bolash_median_of_all_pumps_is_predicted_within_two_months() -> None:
    median = np.median(first_pump_life(twelve_years())) / YEAR
    assert median == pytest.approx(published("BOLASH2015-02").number(), abs=2 / 12)


@pytest.mark.parametrize(
    ("explants", "share", "follow_up"),
    [
        ("WINK1996", 25 / 120, "WINK1996-01"),
        ("ROBERTS2001", 0.06, "ROBERTS2001-04"),
    ],
)
def test_explants_are_calibrated_on_the_cohort_that_is_chosen(
    explants: str, share: float, follow_up: str
) -> None:
    days = days_of(published(follow_up))
    found = (twelve_years(explants).first("explant") <= days).mean()
    assert found == pytest.approx(share, abs=four_errors(share))


def test_winkelmuller_explants_hold_with_the_spread_of_follow_up() -> None:
    rng, low_high = np.random.default_rng(5), outer("WINK1996-02")
    followed = np.clip(rng.normal(3.4, 1.3, PUMPS), *low_high) * YEAR
    low, high = wilson(25, 120)
    assert low < (twelve_years().first("explant") <= followed).mean() < high


def test_surgery_in_swissidd_is_predicted() -> None:
    days = published("SWISSIDD-01").number() / 100 * YEAR
    found = cohort(days)
    years = np.minimum(found.end_day, days).sum() / YEAR
    deep = np.isfinite(found.end_day) & (found.first("infection") == found.end_day)
    rate = (found.count(*TECHNICAL).sum() + deep.sum()) / years
    events = published("SWISSIDD-03").number() / 100 * 552
    assert abs(rate * 552 - events) < 1.96 * events**0.5
    assert rate == pytest.approx(published("SWISSIDD-03").number() / 100, abs=0.005)


def test_winston_complications_are_predicted_with_death_competing() -> None:
    median = published("WINSTON2024-05").number() * MONTH
    deaths = np.random.default_rng(4).exponential(median / log(2), PUMPS)
    found = follow(np.random.default_rng(6), PUMPS, 365, other_deaths_day=deaths)
    any_of_them = found.first("procedure", "infection", "catheter", "pump", "stall") <= 365
    low, high = outer("WINSTON2024-06")
    assert low < 100 * any_of_them.mean() < high


def test_winston_reoperations_are_predicted_with_death_competing() -> None:
    median = published("WINSTON2024-05").number() * MONTH
    deaths = np.random.default_rng(4).exponential(median / log(2), PUMPS)
    found = follow(np.random.default_rng(6), PUMPS, 365, other_deaths_day=deaths)
    deep = np.where(found.first("infection") == found.end_day, found.end_day, inf)
    again = np.minimum(found.first(*TECHNICAL), deep) <= 365
    low, high = outer("WINSTON2024-08")
    assert low < 100 * again.mean() < high


def test_granulomas_on_surveillance_are_predicted() -> None:
    months = published("DEERGRAN2004-03").number()
    low, high = wilson(6, 208)
    assert low < (twelve_years().first("granuloma") <= months * MONTH).mean() < high


def test_roberts_further_surgery_is_missed_from_below() -> None:
    # Published 40 % at 36 months, in pumps of the 1990s; the hazards of later registries give a
    # quarter. If this ever comes inside, the page on validation is to say so.
    low, _ = wilson(32, 80)
    share = (twelve_years().first(*TECHNICAL) <= 36.2 * MONTH).mean()
    assert 0.2 < share < low
