from __future__ import annotations

from dataclasses import replace
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.therapy.care.cohorts import PUMPS, YEAR, cohort, four_errors, immortal
from thecal.errors import InputError
from thecal.therapy.care import (
    EVENTS,
    SURGERY,
    Complications,
    Exposure,
    draw_complications,
    follow,
    load_risks,
)
from thecal.therapy.care.risks import BATTERY

TEN_YEARS = 3652


def some(
    *, seed: int = 3, people: int = 2000, days: int = TEN_YEARS, exposure: Exposure | None = None
) -> Complications:
    return follow(np.random.default_rng(seed), people, days, exposure=exposure)


@pytest.fixture(scope="module")
def drawn() -> Complications:
    return some()


def test_the_same_seed_gives_the_same_days(drawn: Complications) -> None:
    assert some().day.tobytes() == drawn.day.tobytes()


def test_another_seed_gives_other_days(drawn: Complications) -> None:
    assert (some(seed=4).first("procedure") != drawn.first("procedure")).any()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32), people=st.integers(1, 40), days=st.integers(1, 9000))
def test_nothing_happens_before_the_implant_or_after_the_end(
    seed: int, people: int, days: int
) -> None:
    found = some(seed=seed, people=people, days=days)
    last = np.minimum(np.minimum(found.end_day, found.death_day), days)
    but_death = found.event != EVENTS.index("death")
    assert (found.day >= 0.0).all()
    assert (found.day[but_death] <= last[found.person[but_death]]).all()


def test_events_of_a_person_come_in_order_of_time(drawn: Complications) -> None:
    but_death = drawn.event != EVENTS.index("death")
    person, day = drawn.person[but_death], drawn.day[but_death]
    for one in range(0, drawn.people, 97):
        assert (np.diff(day[person == one]) >= 0.0).all()


def test_the_day_of_an_explant_is_the_end_of_the_therapy(drawn: Complications) -> None:
    assert (drawn.first("explant") == drawn.end_day).all()


def test_nobody_has_a_second_explant(drawn: Complications) -> None:
    assert drawn.count("explant").max() == 1


def test_every_pump_that_fails_is_replaced(drawn: Complications) -> None:
    assert (drawn.count("replacement") == drawn.count("pump", "stall", BATTERY)).all()


def test_a_replacement_brings_the_risk_of_the_procedure_again() -> None:
    found = cohort(8 * YEAR)
    late = (found.event == EVENTS.index("procedure")) & (found.day > 3 * YEAR)
    replaced = found.first("replacement", "catheter_revision", "granuloma_revision", "revision")
    assert late.any()
    assert (found.day[late] > replaced[found.person[late]]).all()


def test_headache_follows_only_a_puncture(drawn: Complications) -> None:
    late = (drawn.event == EVENTS.index("headache")) & (drawn.day > 5.0)
    punctured = drawn.first("catheter_revision", "granuloma_revision")
    assert late.any()
    assert (drawn.day[late] > punctured[drawn.person[late]]).all()


def test_a_pump_never_outlives_its_longest_battery(drawn: Complications) -> None:
    # Whoever is still treated has had a pump swapped by then.
    longest = load_risks().battery.longest_days
    still = np.minimum(drawn.end_day, drawn.death_day) > longest
    assert still.any()
    assert (drawn.first("replacement")[still] <= longest).all()


def test_the_day_of_death_is_the_one_handed_in_or_earlier() -> None:
    handed = np.linspace(1.0, 900.0, 500)
    found = follow(np.random.default_rng(1), 500, 1000, other_deaths_day=handed)
    assert (found.death_day <= handed).all()
    assert (found.death_day == handed).mean() > 0.95


def test_death_keeps_later_events_from_happening() -> None:
    days = draw_complications(np.random.default_rng(1), 500, 3000, deaths_day=np.full(500, 10.0))
    for name, first in days.items():
        assert ((first <= 10.0) | (first == inf)).all(), name


def test_the_first_days_are_those_of_the_events(drawn: Complications) -> None:
    days = draw_complications(np.random.default_rng(3), 2000, TEN_YEARS)
    assert set(days) == {*EVENTS, "surgery", "catheter_system", "pump_end"}
    for name in EVENTS:
        assert (days[name] == drawn.first(name)).all()
    assert (days["surgery"] == drawn.first(*SURGERY)).all()


def test_whoever_has_no_event_has_it_at_infinity(drawn: Complications) -> None:
    none = drawn.count("catheter") == 0
    assert (drawn.first("catheter")[none] == inf).all()
    assert np.isfinite(drawn.first("catheter")[~none]).all()


def rare(name: str, exposure: Exposure) -> int:
    return int(some(people=PUMPS, exposure=exposure).count(name).sum())


def test_a_high_dose_brings_more_granulomas_than_a_low_one() -> None:
    low, high = (Exposure(daily_dose_mg=dose) for dose in (1.0, 25.0))
    assert rare("granuloma", high) > 2 * rare("granuloma", low)


def test_an_escalating_dose_brings_more_granulomas_than_a_steady_one() -> None:
    steady, rising = (Exposure(yearly_rise_percent=rise) for rise in (0.0, 50.0))
    assert rare("granuloma", rising) > 5 * rare("granuloma", steady)


def test_drugs_off_the_label_stall_more_pumps() -> None:
    ratio = rare("stall", Exposure(off_label=True)) / rare("stall", Exposure())
    assert ratio == pytest.approx(load_risks().stall_off_label, rel=0.2)


def test_twice_as_many_refills_bring_twice_as_many_errors() -> None:
    often, seldom = (rare("refill_error", Exposure(refill_every_days=d)) for d in (5.0, 50.0))
    assert often / seldom == pytest.approx(10.0, rel=0.35)


def test_headache_comes_as_often_as_published_after_the_implant() -> None:
    early = cohort(30).first("headache") <= 5.0
    assert early.mean() == pytest.approx(73 / 319, abs=four_errors(73 / 319))


def test_without_any_hazard_only_the_battery_comes() -> None:
    risks = load_risks()
    none = replace(risks, causes=tuple(c for c in risks.causes if c.name == BATTERY))
    found = follow(np.random.default_rng(1), 200, 9000, risks=none, other_deaths_day=immortal(200))
    but_death = found.event[found.event != EVENTS.index("death")]
    assert {EVENTS[one] for one in but_death} == {BATTERY, "replacement"}


@pytest.mark.parametrize(("people", "days"), [(0, 10), (10, 0)])
def test_nobody_and_no_time_are_refused(people: int, days: int) -> None:
    with pytest.raises(InputError, match="at least 1"):
        some(people=people, days=days)


@pytest.mark.parametrize(
    "exposure",
    [
        Exposure(daily_dose_mg=-1.0),
        Exposure(daily_dose_mg=np.array([1.0, 2.0])),
        Exposure(daily_dose_mg=float("nan")),
        Exposure(yearly_rise_percent=-101.0),
        Exposure(refill_every_days=0.0),
        Exposure(off_label=np.array([True, False])),
    ],
)
def test_an_exposure_that_cannot_be_is_refused(exposure: Exposure) -> None:
    with pytest.raises(InputError):
        some(people=3, days=10, exposure=exposure)


@pytest.mark.parametrize("days", [[1.0, 2.0], [1.0, -1.0, 3.0], [1.0, float("nan"), 3.0]])
def test_days_of_death_that_cannot_be_are_refused(days: list[float]) -> None:
    with pytest.raises(InputError, match="other_deaths_day"):
        follow(np.random.default_rng(1), 3, 10, other_deaths_day=np.array(days))


def test_an_unknown_event_is_refused_with_those_there_are(drawn: Complications) -> None:
    with pytest.raises(InputError, match="granuloma"):
        drawn.first("granulom")
