"""The dose of a pump cut in secret, and who withdraws."""

from __future__ import annotations

import numpy as np
import pytest

from tests.therapy.care.treated import treated
from thecal.therapy.care import load_policy

WEEKS = tuple(range(0, 71, 7))
ESTABLISHED = "established-pump"


def figure(name: str) -> float:
    return load_policy("dose-cut-weekly").figures[name].number("1")


def test_the_cut_takes_a_fifth_of_the_start_each_week() -> None:
    found = treated(ESTABLISHED, "dose-cut-weekly", WEEKS)
    doses = found.intrathecal_mcg_per_day[np.isinf(found.events["withdrew"])]
    wanted = doses[:, :1] * np.maximum(0.0, 1.0 - 0.2 * np.arange(len(WEEKS)))
    assert doses == pytest.approx(wanted, abs=1e-6)


def test_a_dose_that_is_kept_stays() -> None:
    found = treated(ESTABLISHED, "dose-kept", WEEKS)
    doses = found.intrathecal_mcg_per_day[np.isinf(found.end_day)]
    assert (doses == doses[:, :1]).all()


def test_who_withdraws_told_as_much_more_pain_at_two_visits_running() -> None:
    found = treated(ESTABLISHED, "dose-cut-weekly", WEEKS)
    who = np.flatnonzero(np.isfinite(found.events["withdrew"]))
    place = (found.events["withdrew"][who] / 7).astype(int)
    least = np.minimum(found.pain[who, place], found.pain[who, place - 1])
    assert (least - found.pain[who, 0] >= figure("withdraws_from_rise")).all()


def test_nobody_stays_who_told_so_much_more_pain_at_two_visits_running() -> None:
    found = treated(ESTABLISHED, "dose-cut-weekly", WEEKS)
    risen = found.pain - found.pain[:, :1] >= figure("withdraws_from_rise")
    twice = (risen[:, 1:] & risen[:, :-1]).any(axis=1)
    assert (np.isfinite(found.events["withdrew"]) == twice).all()


def test_who_withdrew_is_not_seen_again() -> None:
    found = treated(ESTABLISHED, "dose-cut-weekly", WEEKS)
    later = np.array(WEEKS)[None, :] > found.events["withdrew"][:, None]
    assert np.isnan(found.pain[later]).all()


def test_the_cut_drives_out_more_people_than_a_kept_dose() -> None:
    cut, kept = (
        np.isfinite(treated(ESTABLISHED, policy, WEEKS).events["withdrew"]).mean()
        for policy in ("dose-cut-weekly", "dose-kept")
    )
    assert cut > kept + 0.4


def test_a_kept_dose_changes_neither_pain_nor_expectation() -> None:
    found = treated(ESTABLISHED, "dose-kept", WEEKS, people=1000)
    change = np.nanmean(found.pain[:, -1] - found.pain[:, 0])
    assert abs(change) < 0.2


def test_a_policy_without_a_rule_of_withdrawal_records_none() -> None:
    assert "withdrew" not in treated("chronic-noncancer", "pump-parts", (0, 91)).events
