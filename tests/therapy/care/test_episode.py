"""The door to treatment: observe, act, step."""

from __future__ import annotations

import numpy as np
import pytest

from tests.patients.bodies import simple_kinetics
from tests.therapy.care.episodes import MONTH, PEOPLE, episode, people, response, same, stopped
from thecal.effects import load_effects, respond
from thecal.errors import InputError
from thecal.knowledge import Settled, is_uncertain
from thecal.patients import (
    ORAL,
    PUMP,
    Kinetics,
    draw_people,
    load_population,
    populations,
    quantiles_of,
)
from thecal.therapy.care import Action, Course, Episode

# Pain ---------------------------------------------------------------------------------------------


def test_people_enter_with_the_relief_of_their_entry_dose() -> None:
    traits = people().traits
    relief = response().relief(np.minimum(traits.entry_drive, np.inf), traits.responsiveness)
    used = people().tolerance > 1.0
    expected = traits.untreated_pain * (1.0 - relief)
    np.testing.assert_allclose(episode().true_pain()[used], expected[used], rtol=1e-9)


def test_without_the_drug_people_have_their_untreated_pain() -> None:
    made = stopped(Course(withdrawal_pain=2.0))
    made.step(10 * MONTH)
    np.testing.assert_allclose(made.true_pain(), people().traits.untreated_pain)


def test_stopping_brings_the_pain_back() -> None:
    made = stopped()
    before = made.true_pain()
    made.step(MONTH)
    assert (made.true_pain() > before).all()


def test_more_from_the_pump_never_leaves_more_pain() -> None:
    pains = []
    for dose in (0.0, 0.1, 1.0, 10.0, 100.0):
        made = episode()
        made.act(Action(pump=same(dose)))
        made.step(MONTH)
        pains.append(made.true_pain())
    assert (np.diff(np.stack(pains), axis=0) <= 1e-12).all()


def test_expectation_takes_its_share_of_the_pain() -> None:
    made = episode()
    before = made.true_pain()
    made.act(Action(expects=np.ones(PEOPLE, dtype=np.bool_)))
    np.testing.assert_allclose(made.true_pain(), before * (1.0 - people().traits.placebo))


def test_other_treatment_takes_its_share_of_the_pain() -> None:
    made = episode()
    before = made.true_pain()
    made.act(Action(adjuvant=same(0.25)))
    np.testing.assert_allclose(made.true_pain(), before * 0.75)


def test_the_worst_pain_is_not_below_the_average() -> None:
    seen = episode().observe()
    assert (seen.worst_pain >= seen.pain).all()


# Side effects -------------------------------------------------------------------------------------


def test_a_treated_side_effect_loses_the_share_that_treatment_takes() -> None:
    made = episode(Course(treated=0.2))
    before = made.harm()
    treat = np.zeros(before.shape, dtype=np.bool_)
    treat[:, 0] = True
    made.act(Action(treat=treat))
    np.testing.assert_allclose(made.harm()[:, 0], before[:, 0] * 0.8)
    np.testing.assert_array_equal(made.harm()[:, 1:], before[:, 1:])


def test_without_the_drug_the_disease_alone_harms() -> None:
    made = stopped()
    made.step(MONTH)
    np.testing.assert_allclose(made.harm(), people().traits.background)


def test_half_of_the_dose_from_the_pump_spares_the_blood() -> None:
    made = episode()
    before = made.sites().plasma
    made.act(Action(oral=people().traits.entry_dose * 0.0, pump=people().traits.entry_dose / 100.0))
    made.step(MONTH)
    assert (made.sites().plasma < before / 10.0).all()


# Who is there -------------------------------------------------------------------------------------


def test_the_absent_tell_nothing() -> None:
    made = episode()
    made.lose(np.array([3]), np.array([0.0]), np.array([np.inf]))
    seen = made.observe()
    assert not seen.present[3]
    assert np.isnan([seen.pain[3], seen.worst_pain[3], *seen.grades[3]]).all()


def test_the_absent_keep_their_dose() -> None:
    made = episode()
    made.lose(np.array([3]), np.array([0.0]), np.array([np.inf]))
    before = made.observe().oral[3]
    made.act(Action(oral=same(0.0), pump=same(1.0)))
    seen = made.observe()
    assert (seen.oral[3], seen.pump[3]) == (before, 0.0)
    assert (seen.oral[2], seen.pump[2]) == (0.0, 1.0)


def test_the_dead_are_not_seen_again() -> None:
    made = episode()
    made.lose(np.array([3]), np.array([np.inf]), np.array([5.0]))
    made.step(4)
    assert made.present()[3]
    made.step(1)
    assert not made.present()[3]


def test_nobody_lost_comes_back() -> None:
    made = episode()
    for day in (5.0, 50.0):
        made.lose(np.array([3]), np.array([day]), np.array([np.inf]))
    assert made.end_day[3] == 5.0


# The trial ----------------------------------------------------------------------------------------


def test_a_trial_changes_nothing() -> None:
    tried, blank = episode(), episode()
    tried.trial_pain(1.0, 3)
    for one in (tried, blank):
        one.step(3)
    np.testing.assert_array_equal(tried.true_pain(), blank.true_pain())


def test_a_larger_dose_of_a_trial_leaves_no_more_pain() -> None:
    low, high = episode().trial_pain(0.1, 3), episode().trial_pain(10.0, 3)
    assert (high <= low).all()


# Chance -------------------------------------------------------------------------------------------


def told(seed: int) -> bytes:
    made = episode(seed=seed, immortal=False)
    seen = []
    for _ in range(3):
        made.act(Action(pump=same(1.0)))
        made.step(7)
        now = made.observe()
        seen += [now.pain.tobytes(), now.grades.tobytes(), now.present.tobytes()]
    return b"".join(seen)


def test_the_same_seed_tells_the_same_bytes() -> None:
    assert told(6) == told(6)


def test_another_seed_tells_something_else() -> None:
    assert told(6) != told(7)


# Refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "match"),
    [
        (Action(oral=same(-1.0)), "the oral dose must be zero or more"),
        (Action(oral=same(np.nan)), "the oral dose must be zero or more, and finite"),
        (Action(oral=same(5.0), pump=same(np.inf)), "the pump dose must be zero or more"),
        (Action(oral=same(5.0), adjuvant=same(1.1)), '"adjuvant" is a share'),
        (Action(pump=same(5.0), rotate=same(-0.1)), '"rotate" is a share'),
        (Action(pump=same(5.0), rotate=same(np.nan)), '"rotate" is a share'),
    ],
)
def test_a_refused_action_changes_nothing(action: Action, match: str) -> None:
    refused, blank = episode(), episode()
    with pytest.raises(InputError, match=match):
        refused.act(action)
    for one in (refused, blank):
        one.step(3)
    np.testing.assert_array_equal(refused.true_pain(), blank.true_pain())
    np.testing.assert_array_equal(refused.observe().oral, blank.observe().oral)


@pytest.mark.parametrize("days", [0, -1])
def test_a_step_of_less_than_a_day_is_refused(days: int) -> None:
    made = episode()
    with pytest.raises(InputError, match="but of at least 1"):
        made.step(days)
    assert made.day == 0


def test_bodies_without_tablets_take_none() -> None:
    alone = Kinetics("morphine", {PUMP: simple_kinetics().unit[PUMP]})
    assert ORAL not in alone.unit
    made = Episode(people(), response(), alone, np.random.default_rng(1))
    made.act(Action(oral=same(50.0), pump=same(1.0)))
    assert not made.observe().oral.any()


# Everybody ----------------------------------------------------------------------------------------


def test_all_of_100_000_random_people_stay_possible() -> None:
    generator = np.random.default_rng(12)
    known, bodies = load_effects("morphine"), simple_kinetics()
    uncertain = [name for name, figure in known.figures.items() if is_uncertain(figure)]
    names, seen_people = populations(), 0
    while seen_people < 100_000:
        one = load_population(names[seen_people % len(names)])
        settled = Settled.of(one.figures, quantiles_of(one.figures, generator))
        effects = respond(
            known,
            bodies.reference(),
            oral_to_intrathecal=float(generator.uniform(12.0, 300.0)),
            quantiles={name: generator.random() for name in uncertain},
        )
        count = 5_120
        drawn_people = draw_people(
            one, settled, effects, bodies, generator, count, escalator_share=0.4
        )
        course = Course(*generator.uniform(0.0, [0.6, 0.04, 3.0, 3.0, 1.0]))
        made = Episode(drawn_people, effects, bodies, generator, course)
        made.act(
            Action(
                oral=generator.choice([0.0, 1.0, 1e4], count) * generator.random(count),
                pump=generator.choice([0.0, 1.0, 1e4], count) * generator.random(count),
                adjuvant=generator.random(count),
                rotate=generator.random(count),
            )
        )
        made.step(int(generator.integers(1, 40)))
        true, seen = made.true_pain(), made.observe()
        assert ((true >= 0.0) & (true <= 10.0)).all()
        here = seen.present
        for pain in (seen.pain[here], seen.worst_pain[here]):
            assert ((pain >= 0.0) & (pain <= 10.0)).all()
        assert np.isin(seen.grades[here], np.arange(5.0)).all()
        assert (made.tolerance >= 1.0).all()
        short = made.withdrawal()
        assert ((short >= 0.0) & (short <= 1.0)).all()
        assert (made.harm() >= 0.0).all()
        seen_people += count
