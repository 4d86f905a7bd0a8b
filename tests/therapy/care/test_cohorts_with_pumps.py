"""Cohorts with a pump: the trial before it, titration over years, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.therapy.care.treated import clinic_of, treated
from thecal.errors import KnowledgeError
from thecal.therapy.care import EVENTS, load_policy, policy
from thecal.therapy.care.leaving import REASONS

CHRONIC = "chronic-noncancer"
YEARS = (0, 28, 183, 365, 731, 1241)
TRIALS = ("trial-pump", "pump-as-needed", "trial-low-dose-pump")


def test_decisions_are_close_for_half_a_year_and_rare_later() -> None:
    days = clinic_of(CHRONIC, "trial-pump").decision_days(400)
    assert [day for day in days if day > 160] == [168, 182, 183, 274, 365]


def test_decisions_before_the_first_months_are_over_are_close_to_the_end() -> None:
    assert clinic_of(CHRONIC, "trial-pump").decision_days(30) == [0, 14, 28]


def test_a_clinic_of_one_rhythm_keeps_it() -> None:
    assert clinic_of("established-pump", "dose-kept").decision_days(21) == [0, 7, 14, 21]


@pytest.mark.parametrize("name", TRIALS)
def test_the_trial_is_passed_by_the_relief_that_the_policy_asks_for(name: str) -> None:
    found = treated(CHRONIC, name, (0, 28))
    enough = load_policy(name).figures["trial_relief"].number("1")
    passed = np.isfinite(found.events["trial_success"])
    assert (passed == (found.traits["trial_relief"] >= enough)).all()


@pytest.mark.parametrize("name", TRIALS)
def test_nobody_gets_a_pump_whose_trial_failed(name: str) -> None:
    events = treated(CHRONIC, name, (0, 183)).events
    assert np.isinf(events["implanted"][np.isinf(events["trial_success"])]).all()


def test_some_who_pass_decline_the_pump() -> None:
    events = treated(CHRONIC, "trial-pump", (0, 183), people=1000).events
    passed = np.isfinite(events["trial_success"])
    share = np.isfinite(events["implanted"])[passed].mean()
    on_record = load_policy("trial-pump").figures["implanted_after_success"].number("1")
    assert share == pytest.approx(on_record, abs=0.05)


def test_those_without_a_pump_are_not_followed() -> None:
    found = treated(CHRONIC, "trial-pump", (0, 183))
    assert np.isnan(found.pain[np.isinf(found.events["implanted"]), 1]).all()


def test_a_pump_starts_at_a_share_of_the_dose_that_was_enough_in_the_trial() -> None:
    # Doses of the trial are doubled from 1 mg/day, and half of what was enough is given.
    found = treated(CHRONIC, "pump-as-needed", (0, 15), people=500)
    started = found.intrathecal_mcg_per_day[np.isfinite(found.events["implanted"]), 1]
    assert set(started[~np.isnan(started)]) == {500.0, 1000.0, 2000.0, 4000.0}


def test_a_low_dose_pump_is_kept_below_its_ceiling() -> None:
    found = treated(CHRONIC, "trial-low-dose-pump", YEARS)
    ceiling = load_policy("trial-low-dose-pump").figures["low_ceiling"].number("mg/day")
    assert np.nanmax(found.intrathecal_mcg_per_day) <= 1000.0 * ceiling


def test_the_dose_grows_over_the_years_when_it_is_raised_as_needed() -> None:
    found = treated(CHRONIC, "pump-as-needed", YEARS)
    kept = ~np.isnan(found.intrathecal_mcg_per_day[:, -1])
    early, late = (found.intrathecal_mcg_per_day[kept, visit].mean() for visit in (2, -1))
    assert late > 1.1 * early


def test_those_whose_need_rises_end_on_more() -> None:
    found = treated(CHRONIC, "pump-as-needed", YEARS, people=1000)
    rises = found.traits["escalates"] > 0.0
    ratio = found.intrathecal_mcg_per_day[:, -1] / found.intrathecal_mcg_per_day[:, 2]
    assert np.nanmedian(ratio[rises]) > np.nanmedian(ratio[~rises])


def test_what_is_swallowed_is_weaned_on_the_pump() -> None:
    found = treated(CHRONIC, "pump-as-needed", YEARS)
    kept = ~np.isnan(found.oral_mg_per_day[:, 3])
    before, after = (found.oral_mg_per_day[kept, visit].mean() for visit in (0, 3))
    assert after < 0.5 * before


def test_every_event_of_a_pump_has_its_name() -> None:
    events = treated(CHRONIC, "pump-parts", (0, 274)).events
    together = {"implanted", "surgery", "catheter_system", "pump_end"}
    assert set(events) == ({*EVENTS} - {"death"}) | together | {*REASONS}


@pytest.mark.parametrize(
    ("together", "parts"),
    [
        ("catheter_system", ("procedure", "catheter")),
        ("pump_end", ("battery", "pump", "stall", "explant")),
    ],
)
def test_events_that_are_counted_together_begin_with_the_first(
    together: str, parts: tuple[str, ...]
) -> None:
    events = treated(CHRONIC, "pump-parts", (0, 2922)).events
    assert (events[together] == np.min([events[part] for part in parts], axis=0)).all()


def test_a_policy_that_follows_others_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Path(policy.__file__).parent / "data" / "policies" / "trial-pump.toml"
    text = there.read_text().replace('follows = "implanted"', 'follows = "nobody"')
    (tmp_path / "odd.toml").write_text(text)
    monkeypatch.setattr(policy, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match="nobody"):
        load_policy("odd")
