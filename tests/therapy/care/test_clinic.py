"""What the clinic orders on what it sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from tests.therapy.care.treated import world
from thecal.knowledge import Settled
from thecal.therapy.care import Action, Clinic, Episode, Observation, load_policy

CANCER = "advanced-cancer"
MEDICAL = "medical-management"
PUMP = "pump-cancer"
PEOPLE = 40
ORAL_DOSE = 400.0


def clinic_of(policy: str = MEDICAL, *, people: int = PEOPLE, gain: float = 0.0) -> Clinic:
    """Return a clinic whose people, where it has pumps, all get theirs on day 7."""
    here = world(CANCER, policy)
    drawn = here.people(np.random.default_rng(1), people)
    generator = np.random.default_rng(2)
    episode = Episode(drawn, here.response, here.setting.kinetics, generator)
    rules = load_policy(policy)
    clinic = Clinic(rules, Settled.of(rules.figures), episode, generator, rotation_gain=gain)
    if rules.has("pump"):
        clinic.implant_day[:] = 7.0
    return clinic


def seen(
    clinic: Clinic,
    day: int,
    pain: float,
    grades: Mapping[str, float] | None = None,
    *,
    oral: float = ORAL_DOSE,
    pump: float = 0.0,
) -> Observation:
    """Return a day on which everybody tells the same."""
    items = clinic._episode.people.items
    n = clinic._episode.people.count
    told = np.zeros((n, len(items)))
    for item, grade in (grades or {}).items():
        told[:, items.index(item)] = grade
    return replace(
        clinic._episode.observe(),
        day=day,
        pain=np.full(n, pain),
        worst_pain=np.full(n, pain),
        grades=told,
        oral=np.full(n, oral),
        pump=np.full(n, pump),
        present=np.ones(n, dtype=np.bool_),
    )


def oral_of(action: Action) -> float:
    assert action.oral is not None
    assert len(set(action.oral)) == 1
    return float(action.oral[0])


def pump_of(action: Action) -> float:
    assert action.pump is not None
    assert len(set(action.pump)) == 1
    return float(action.pump[0])


def figure(policy: str, name: str, unit: str = "1") -> float:
    return Settled.of(load_policy(policy).figures).number(name, unit)


# By mouth -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pain", "grade", "change"),
    [
        (8.0, 3.0, "cut"),
        (2.0, 3.0, "cut"),
        (4.0, 1.0, "rise"),
        (8.0, 0.0, "rise"),
        (8.0, 2.0, None),
        (3.9, 0.0, None),
    ],
)
def test_the_first_rule_that_holds_is_followed(
    pain: float, grade: float, change: str | None
) -> None:
    clinic = clinic_of()
    dose = oral_of(clinic.decide(seen(clinic, 0, pain, {"nausea": grade})))
    step = figure(MEDICAL, change) if change else 0.0
    assert dose == pytest.approx(ORAL_DOSE * (1.0 + step))


def test_a_side_effect_that_does_not_limit_changes_no_dose() -> None:
    clinic = clinic_of()
    dose = oral_of(clinic.decide(seen(clinic, 0, 8.0, {"itch": 4.0})))
    assert dose > ORAL_DOSE


def test_no_more_is_swallowed_than_the_ceiling() -> None:
    clinic = clinic_of()
    dose = oral_of(clinic.decide(seen(clinic, 0, 9.0, oral=2900.0)))
    assert dose == figure(MEDICAL, "oral_ceiling", "mg/day")


def test_a_treatment_of_a_side_effect_stays() -> None:
    clinic = clinic_of()
    clinic.decide(seen(clinic, 0, 2.0, {"nausea": 2.0}))
    later = clinic.decide(seen(clinic, 7, 2.0)).treat
    assert later is not None
    place = clinic._episode.people.items.index("nausea")
    assert later[:, place].all()
    assert later.sum() == PEOPLE


def test_a_mild_side_effect_is_not_treated() -> None:
    clinic = clinic_of()
    treat = clinic.decide(seen(clinic, 0, 2.0, {"nausea": 1.0})).treat
    assert treat is not None
    assert not treat.any()


# The change of the opioid -------------------------------------------------------------------------


def rotation(clinic: Clinic, day: int, pain: float) -> float:
    rotate = clinic.decide(seen(clinic, day, pain)).rotate
    assert rotate is not None
    return float(rotate.max())


def test_the_opioid_is_changed_for_pain_that_stays() -> None:
    assert rotation(clinic_of(gain=0.35), 14, 5.0) == 0.35


@pytest.mark.parametrize(("day", "pain"), [(7, 9.0), (14, 4.9)])
def test_the_opioid_is_not_changed_too_early_or_for_less_pain(day: int, pain: float) -> None:
    assert rotation(clinic_of(gain=0.35), day, pain) == 0.0


def test_the_opioid_is_changed_once() -> None:
    clinic = clinic_of(gain=0.35)
    rotation(clinic, 14, 9.0)
    assert rotation(clinic, 21, 9.0) == 0.0


def test_the_new_opioid_is_begun_at_less() -> None:
    clinic = clinic_of(gain=0.35)
    dose = oral_of(clinic.decide(seen(clinic, 14, 9.0, {"nausea": 2.0})))
    assert dose == pytest.approx(ORAL_DOSE * 0.65)


# The pump -----------------------------------------------------------------------------------------


def test_before_the_pump_nothing_is_infused() -> None:
    clinic = clinic_of(PUMP)
    assert pump_of(clinic.decide(seen(clinic, 0, 9.0))) == 0.0


def test_the_pump_starts_with_what_is_no_longer_swallowed() -> None:
    clinic = clinic_of(PUMP)
    action = clinic.decide(seen(clinic, 7, 9.0))
    kept, ratio = (figure(PUMP, name) for name in ("oral_kept", "start_ratio"))
    assert oral_of(action) == pytest.approx(ORAL_DOSE * kept)
    assert pump_of(action) == pytest.approx(ORAL_DOSE * (1.0 - kept) / ratio)


def test_the_doses_are_held_on_the_day_of_the_start() -> None:
    calm, sore = clinic_of(PUMP), clinic_of(PUMP)
    bad = seen(sore, 7, 9.0, {"sedation": 4.0})
    assert pump_of(calm.decide(seen(calm, 7, 0.0))) == pump_of(sore.decide(bad))


def on_pump(pain: float, grades: Mapping[str, float] | None = None, pump: float = 2.0) -> Action:
    clinic = clinic_of(PUMP)
    clinic.decide(seen(clinic, 7, pain))
    return clinic.decide(seen(clinic, 12, pain, grades, pump=pump))


@pytest.mark.parametrize(
    ("pain", "grade", "pump", "oral"),
    [
        (8.0, 3.0, "pump_cut", "wean"),
        (8.0, 0.0, "pump_rise", None),
        (3.0, 0.0, None, "wean"),
        (3.0, 3.0, "pump_cut", "wean"),
    ],
)
def test_on_the_pump_both_doses_follow_pain_and_side_effects(
    pain: float, grade: float, pump: str | None, oral: str | None
) -> None:
    action = on_pump(pain, {"sedation": grade})
    expected = [1.0 + (figure(PUMP, name) if name else 0.0) for name in (pump, oral)]
    found = [pump_of(action) / 2.0, oral_of(action) / ORAL_DOSE]
    assert found == pytest.approx(expected)


def test_constipation_limits_what_is_swallowed_and_not_the_pump() -> None:
    action = on_pump(8.0, {"constipation": 3.0})
    assert pump_of(action) > 2.0
    assert oral_of(action) < ORAL_DOSE


def test_no_more_is_infused_than_the_ceiling() -> None:
    assert pump_of(on_pump(9.0, pump=19.0)) == figure(PUMP, "pump_ceiling", "mg/day")


def test_the_opioid_is_not_changed_on_the_pump() -> None:
    clinic = clinic_of(PUMP, gain=0.35)
    clinic.decide(seen(clinic, 7, 9.0))
    assert rotation(clinic, 21, 9.0) == 0.0


def test_nobody_gets_a_pump_by_a_policy_without_one() -> None:
    assert np.isinf(clinic_of().implant_day).all()


def implants(people: int = 2000) -> np.typing.NDArray[np.float64]:
    here = world(CANCER, PUMP)
    drawn = here.people(np.random.default_rng(1), people)
    generator = np.random.default_rng(2)
    episode = Episode(drawn, here.response, here.setting.kinetics, generator)
    rules = load_policy(PUMP)
    return Clinic(rules, Settled.of(rules.figures), episode, generator).implant_day


def test_the_share_that_never_gets_a_pump_is_the_one_on_record() -> None:
    share, days = figure(PUMP, "never_implanted"), implants()
    error = np.sqrt(share * (1.0 - share) / len(days))
    assert np.isinf(days).mean() == pytest.approx(share, abs=4.0 * error)


def test_pumps_start_after_the_wait_on_record() -> None:
    days = implants()
    waited = days[np.isfinite(days)]
    assert np.median(waited) == pytest.approx(figure(PUMP, "wait", "day"), rel=0.1)
