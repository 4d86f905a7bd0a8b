"""One arm from entry to the last visit."""

from __future__ import annotations

import numpy as np
import pytest

from tests.therapy.care.treated import treated, world
from thecal.errors import InputError
from thecal.knowledge import Settled
from thecal.therapy.care import Clinic, Episode, follow_arm, load_policy

CANCER = "advanced-cancer"
VISITS = (0, 10, 28)


def test_the_records_are_of_the_days_of_the_visits() -> None:
    found = treated(CANCER, "medical-management", VISITS)
    assert found.days.tolist() == list(VISITS)


def test_the_baseline_is_recorded_before_anything_is_ordered() -> None:
    found = treated(CANCER, "medical-management", VISITS)
    np.testing.assert_array_equal(found.oral_mg_per_day[:, 0], found.traits["entry_dose"])


def test_nothing_is_infused_at_the_baseline() -> None:
    found = treated(CANCER, "pump-cancer", (0, 28))
    assert not found.intrathecal_mcg_per_day[:, 0].any()


def test_the_absent_have_neither_pain_nor_a_dose() -> None:
    found = treated(CANCER, "pump-cancer", (0, 28, 183))
    gone = np.minimum(found.death_day, found.end_day) <= 183
    assert gone.any()
    for part in (found.pain, found.oral_mg_per_day, found.intrathecal_mcg_per_day):
        assert np.isnan(part[gone, 2]).all()
        assert not np.isnan(part[~gone, 2]).any()


def test_a_death_after_the_last_visit_is_not_known() -> None:
    found = treated(CANCER, "medical-management", VISITS)
    known = found.death_day[np.isfinite(found.death_day)]
    assert len(known)
    assert known.max() <= 28


@pytest.mark.parametrize("visits", [(), (7, 14), (0, 14, 7), (0, 7, 7)])
def test_visits_that_do_not_rise_from_entry_are_refused(visits: tuple[int, ...]) -> None:
    here = world(CANCER, "medical-management")
    generator = np.random.default_rng(1)
    people = here.people(generator, 5)
    episode = Episode(people, here.response, here.setting.kinetics, generator)
    rules = load_policy("medical-management")
    clinic = Clinic(rules, Settled.of(rules.figures), episode, generator)
    with pytest.raises(InputError, match="different days that rise from 0"):
        follow_arm(episode, clinic, "arm", visits)
