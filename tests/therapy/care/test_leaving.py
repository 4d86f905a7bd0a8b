"""Who is not seen again, when, and why."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.therapy.care.episodes import PEOPLE, episode, people, same
from thecal.errors import KnowledgeError
from thecal.evidence import load_library
from thecal.knowledge import Settled
from thecal.patients import load_population, populations
from thecal.therapy.care import Action, Course
from thecal.therapy.care.leaving import (
    REASONS,
    Leaving,
    Reasons,
    State,
    chance_day,
    load_leaving,
)

Array = NDArray[np.float64]

HAZARD = 0.05
DAYS = 80
MANY = (np.arange(2_000) + 0.5) / 2_000
REASONABLE = Reasons(little_relief=0.2, side_effects=0.3, pain_kept=0.6, worst_grade=2.0)


def left(
    quantiles: Array, pain_kept: float, worst_grade: float, *, reasons: Reasons = REASONABLE
) -> Leaving:
    """Return people who fared so for 80 days."""
    made = Leaving(quantiles, HAZARD, reasons)
    everybody = np.ones(len(quantiles), dtype=np.bool_)
    made.fare(State(np.full(len(quantiles), pain_kept), np.full(len(quantiles), worst_grade)))
    for day in range(DAYS):
        made.pass_day(day, everybody)
    return made


# Chance -------------------------------------------------------------------------------------------


def test_half_of_the_people_are_gone_at_the_half_life_of_the_hazard() -> None:
    assert np.median(chance_day(MANY, HAZARD)) == pytest.approx(np.log(2.0) / HAZARD, rel=1e-3)


def test_without_a_hazard_nothing_happens_to_anybody() -> None:
    assert np.isinf(chance_day(np.array([0.0, 0.999]), 0.0)).all()


def test_without_a_hazard_nobody_leaves() -> None:
    made = Leaving(MANY, 0.0, REASONABLE)
    made.pass_day(0, np.ones(len(MANY), dtype=np.bool_))
    assert np.isinf(made.day).all()


def test_by_chance_alone_people_leave_on_the_day_of_a_constant_hazard() -> None:
    made = Leaving(MANY, HAZARD)
    for day in range(DAYS):
        made.pass_day(day, np.ones(len(MANY), dtype=np.bool_))
    gone = np.isfinite(made.day)
    np.testing.assert_allclose(made.day[gone], chance_day(MANY, HAZARD)[gone], rtol=1e-9)


# How people fare ----------------------------------------------------------------------------------


def test_in_the_typical_state_as_many_leave_as_the_source_says() -> None:
    made = left(MANY, REASONABLE.pain_kept, REASONABLE.worst_grade)
    gone = np.isfinite(made.day)
    np.testing.assert_allclose(made.day[gone], chance_day(MANY, HAZARD)[gone], rtol=1e-9)


def test_on_average_over_states_around_the_typical_the_risk_is_the_sources() -> None:
    kept, grades = np.array([0.2, 0.6, 1.0]), np.array([1.0, 1.0, 4.0])
    factors = REASONABLE.factors(kept, grades).sum(axis=0)
    assert factors.mean() == pytest.approx(1.0)


@given(st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.floats(0.001, 0.999), st.integers(0, 4))
def test_nobody_leaves_earlier_for_more_relief(
    one: float, other: float, quantile: float, grade: int
) -> None:
    better, worse = sorted((one, other))
    who = np.array([quantile])
    assert left(who, better, grade).day[0] >= left(who, worse, grade).day[0]


@given(st.integers(0, 4), st.integers(0, 4), st.floats(0.001, 0.999))
def test_nobody_leaves_earlier_for_a_milder_side_effect(
    one: int, other: int, quantile: float
) -> None:
    milder, worse = sorted((one, other))
    who = np.array([quantile])
    assert left(who, 0.6, milder).day[0] >= left(who, 0.6, worse).day[0]


def test_reasons_in_the_typical_state_have_the_shares_on_record() -> None:
    made = left(MANY, REASONABLE.pain_kept, REASONABLE.worst_grade)
    gone = made.reason[made.reason >= 0]
    shares = [float(np.mean(gone == place)) for place in range(len(REASONS))]
    assert shares == pytest.approx([0.2, 0.3, 0.5], abs=0.02)


def test_nobody_leaves_for_side_effects_without_any() -> None:
    made = left(MANY, 0.6, 0.0)
    assert not (made.reason == REASONS.index("left_for_side_effects")).any()


def test_who_is_not_here_does_not_leave() -> None:
    made = Leaving(MANY, HAZARD)
    for day in range(DAYS):
        made.pass_day(day, np.zeros(len(MANY), dtype=np.bool_))
    assert np.isinf(made.day).all()


def test_each_who_left_has_one_reason_on_the_day_of_leaving() -> None:
    made = left(MANY, 1.0, 3.0)
    days = np.stack(list(made.events(made.day).values()))
    np.testing.assert_array_equal(days.min(axis=0), made.day)
    assert (np.isfinite(days).sum(axis=0) <= 1).all()


def test_who_ended_otherwise_first_did_not_leave() -> None:
    made = left(MANY, 1.0, 3.0)
    events = made.events(np.zeros(len(MANY)))
    assert all(np.isinf(day).all() for day in events.values())


# In an episode ------------------------------------------------------------------------------------


def ended(steps: tuple[int, ...], *, oral: float = 1.0, reasons: Reasons = REASONABLE) -> Array:
    made = episode(Course(reasons=reasons, recovery_half_life=13.0), immortal=False)
    made.death_day[:] = np.inf
    made.act(Action(oral=people().traits.entry_dose * oral, pump=same(0.0)))
    for days in steps:
        made.step(days)
    return made.end_day


def test_who_leaves_does_not_depend_on_how_often_it_is_looked_at() -> None:
    np.testing.assert_array_equal(ended((60,)), ended((1, 3, 10, 14, 2, 30)))


def test_more_leave_for_little_relief_after_a_stop() -> None:
    pain = Reasons(little_relief=0.8, side_effects=0.0, pain_kept=0.6, worst_grade=2.0)
    stop, kept = (ended((90,), oral=share, reasons=pain) for share in (0.0, 1.0))
    assert np.isfinite(stop).sum() > np.isfinite(kept).sum()


def test_the_therapy_of_those_who_left_has_ended() -> None:
    made = episode(Course(reasons=REASONABLE), immortal=False)
    made.step(60)
    first = np.stack(list(made.left().values())).min(axis=0)
    np.testing.assert_array_equal(made.end_day, first)
    assert np.isfinite(first).sum() in range(1, PEOPLE)


# The record ---------------------------------------------------------------------------------------


def test_each_population_in_which_people_drop_out_has_a_typical_state() -> None:
    settled = Settled.of(load_leaving().figures)
    for name in populations():
        if load_population(name).figures["dropout_hazard"].number("1/day"):
            assert Reasons.of(name, settled).pain_kept > 0.0


def test_a_population_without_a_typical_state_is_refused() -> None:
    with pytest.raises(KnowledgeError, match='no typical state of "nowhere"'):
        Reasons.of("nowhere", Settled.of(load_leaving().figures))


def test_shares_are_those_of_the_evidence_library() -> None:
    def number(study: str, words: str) -> float:
        rows = load_library().figures.values()
        (row,) = [
            one
            for one in rows
            if one.id.startswith(study) and words in one.outcome and one.arm in {ARM[study], ""}
        ]
        return row.number()

    stopped = number("STEARNS2020", "left for explant or stopping")
    others = number("STEARNS2020", "left for other reasons")
    harm, relief = (number("NOBLE2010", f"stopped for {why}") for why in ("adverse", "poor"))
    known = Settled.of(load_leaving().figures)
    assert known.number("of_therapy") == pytest.approx(stopped / (stopped + others), abs=0.005)
    assert known.number("of_side_effects") == pytest.approx(harm / (harm + relief), abs=0.005)


ARM = {"STEARNS2020": "follow-up ended", "NOBLE2010": "intrathecal"}
