"""What complications do to the flow, and through it to pain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.therapy.care.episodes import PEOPLE, episode, same
from tests.therapy.care.treated import treated, world
from thecal.knowledge import Settled
from thecal.therapy.care import Action, Clinic, Complications, Episode, load_policy
from thecal.therapy.care.failing import Failures, failures_of
from thecal.therapy.care.risks import EVENTS

Array = NDArray[np.float64]

IMPLANTED = np.array([3.5, 10.0])
WHO = np.array([4, 1])


def of(*rows: tuple[int, str, float], end_day: tuple[float, float] = (np.inf, np.inf)) -> Failures:
    """Return the failures of two people with events: whose, which, when since the implant."""
    person, event, day = zip(*rows, strict=True) if rows else ((), (), ())
    found = Complications(
        people=2,
        days=1000,
        person=np.array(person, dtype=np.int64),
        event=np.array([EVENTS.index(name) for name in event], dtype=np.int64),
        day=np.array(day, dtype=np.float64),
        end_day=np.array(end_day),
        death_day=np.full(2, np.inf),
    )
    return failures_of(found, WHO, IMPLANTED, 6, np.random.default_rng(1))


# From complications to failures -------------------------------------------------------------------


def test_a_failure_begins_on_the_day_of_its_event_in_the_person_who_had_it() -> None:
    found = of((0, "catheter_revision", 20.7), (1, "stall", 100.0))
    assert found.person.tolist() == [4, 1]
    assert found.from_day.tolist() == [24, 110]


def test_what_needs_no_revision_leaves_the_flow_as_it_is() -> None:
    quiet = ("procedure", "headache", "csf_leak", "infection", "granuloma", "oedema", "death")
    found = of(*((0, name, 10.0) for name in quiet))
    assert not len(found.person)


@pytest.mark.parametrize("name", ["revision", "catheter_revision", "granuloma_revision"])
def test_before_a_revision_at_most_a_part_arrives(name: str) -> None:
    found = of((0, name, 10.0))
    assert (found.arrives < 0.6).all()
    assert not found.stops.any()


def test_a_failure_lasts_as_long_as_is_taken_for_it() -> None:
    found = of(*((0, "catheter_revision", float(day)) for day in range(200)))
    lasts = found.until_day - found.from_day
    assert (lasts.min(), lasts.max()) >= (3, 20)
    assert lasts.max() <= 42


@pytest.mark.parametrize("name", ["pump", "stall"])
def test_a_pump_that_stopped_is_replaced_when_it_is_noticed(name: str) -> None:
    found = of((0, name, 10.0))
    assert found.stops.all()
    assert found.replaced.tolist() == [4]
    assert found.replaced_day.tolist() == found.until_day.tolist()


def test_a_flat_battery_is_replaced_before_it_stops_the_pump() -> None:
    found = of((1, "battery", 500.0))
    assert not len(found.person)
    assert (found.replaced.tolist(), found.replaced_day.tolist()) == ([1], [510])


def test_an_explant_ends_the_flow_of_that_person_alone() -> None:
    found = of(end_day=(30.0, np.inf))
    assert found.end_day[4] == 33.0
    assert np.isinf(np.delete(found.end_day, 4)).all()


# From failures to pain ----------------------------------------------------------------------------

FIRST, LAST, DAYS = 40, 60, 90


def told(failures: Failures | None) -> tuple[Array, Array]:
    """Return true pain and withdrawal by day of people on a pump alone, shape (days, people)."""
    made = episode()
    made.act(Action(oral=same(0.0), pump=same(8.0)))
    if failures is not None:
        made.pumps.suffer(failures)
    pain, withdrawal = [], []
    for _ in range(DAYS):
        pain.append(made.true_pain())
        withdrawal.append(made.withdrawal())
        made.step(1)
    return np.array(pain), np.array(withdrawal)


def failing(*, arrives: float = 1.0, stops: bool = False, misses: bool = False) -> Failures:
    nobody = np.zeros(0, dtype=np.int64)
    return Failures(
        np.array([3]),
        np.array([FIRST]),
        np.array([LAST]),
        np.array([arrives]),
        np.array([stops]),
        np.array([misses]),
        nobody,
        nobody,
        np.full(PEOPLE, np.inf),
    )


@pytest.mark.parametrize(
    "failures", [failing(arrives=0.0), failing(stops=True), failing(misses=True)]
)
def test_a_failure_brings_pain_and_withdrawal_and_its_revision_relieves_again(
    failures: Failures,
) -> None:
    well, _ = told(None)
    pain, withdrawal = told(failures)
    assert pain[FIRST + 5, 3] > well[FIRST + 5, 3] + 0.5
    assert withdrawal[FIRST + 1, 3] > 0.5
    np.testing.assert_array_equal(pain[: FIRST + 1, 3], well[: FIRST + 1, 3])
    # After the revision all is as before, but for what the body has got used to meanwhile.
    np.testing.assert_allclose(pain[-1, 3], well[-1, 3], atol=0.01)


def test_a_failure_changes_nobody_else() -> None:
    well, _ = told(None)
    pain, _ = told(failing(arrives=0.0))
    np.testing.assert_array_equal(np.delete(pain, 3, axis=1), np.delete(well, 3, axis=1))


def test_a_leak_that_lets_more_through_hurts_less() -> None:
    middle = [told(failing(arrives=part))[0][FIRST + 10, 3] for part in (0.0, 0.3, 0.6, 1.0)]
    assert middle == sorted(middle, reverse=True)


def test_after_an_explant_nothing_flows() -> None:
    made = episode()
    made.act(Action(oral=same(0.0), pump=same(2.0)))
    end_day = np.full(PEOPLE, np.inf)
    end_day[3] = FIRST
    made.pumps.suffer(replace(Failures.none(PEOPLE), end_day=end_day))
    made.step(DAYS)
    assert made.sites().cord[3] == pytest.approx(0.0, abs=1e-9)
    assert (np.delete(made.sites().cord, 3) > 0.0).all()


def test_the_clinic_sees_the_program_and_not_what_arrives() -> None:
    made = episode()
    made.act(Action(oral=same(0.0), pump=same(2.0)))
    made.pumps.suffer(failing(arrives=0.0))
    made.step(FIRST + 5)
    assert (made.observe().pump == 2.0).all()


def test_how_often_anybody_looks_changes_no_pain() -> None:
    def pain(*steps: int) -> Array:
        made = episode()
        made.pumps.suffer(failing(arrives=0.0))
        made.act(Action(oral=same(0.0), pump=same(2.0)))
        for days in steps:
            made.step(days)
        return made.true_pain()

    np.testing.assert_array_equal(pain(FIRST + 8), pain(*[1] * (FIRST + 8)))


# In the arms of a trial ---------------------------------------------------------------------------


def test_those_who_had_a_complication_are_those_whose_flow_failed() -> None:
    here = world("severe-chronic", "trial-pump")
    generator = np.random.default_rng(2)
    people = here.people(generator, 300)
    made = Episode(people, here.response, here.setting.kinetics, generator)
    rules = load_policy("trial-pump")
    clinic = Clinic(rules, Settled.of(rules.figures), made, generator)
    events = clinic.implant(700)
    for day in range(1, 701):
        made.pumps.order(np.where(clinic.implant_day <= day, 1.0, 0.0))
        made.pumps.deliver(day)
        hurt = np.flatnonzero(np.floor(events["catheter_revision"]) == day)
        assert (made.pumps.share()[hurt] < 0.6).all()
    assert np.isfinite(events["catheter_revision"]).any()


def test_the_records_of_an_arm_tell_the_program() -> None:
    found = treated("advanced-cancer", "pump-cancer", (0, 28))
    dose = found.intrathecal_mcg_per_day[:, 1]
    assert (dose[~np.isnan(dose)] >= 0.0).all()


def test_the_same_seed_treats_people_to_the_same_bytes() -> None:
    first, second = (treated("advanced-cancer", "pump-cancer", (0, 28), people=40) for _ in "ab")
    assert first.pain.tobytes() == second.pain.tobytes()
