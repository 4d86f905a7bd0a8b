"""One replicate of a virtual trial."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from tests.patients.bodies import simple_kinetics
from tests.studies.small import FILE
from thecal.effects import load_effects
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.knowledge import at_quantile
from thecal.outcomes import Records
from thecal.patients import load_population
from thecal.studies import Study, read_study_text, trial
from thecal.therapy.care import Setting, World, load_policy

ARMS = ("pump", "tablets")


@cache
def study() -> Study:
    return read_study_text(FILE)


@cache
def setting() -> Setting:
    """Return the trial's setting in bodies that answer at once."""
    ratio = load_formulary().drug("morphine").oral_to_intrathecal
    assert ratio is not None
    return Setting(
        load_population("advanced-cancer"),
        {arm.policy: load_policy(arm.policy) for arm in study().arms},
        load_effects("morphine"),
        simple_kinetics(),
        replace(ratio.central, low=ratio.low.value, high=ratio.high.value),
    )


def content(records: Records) -> bytes:
    """Return all that is in the records of an arm."""
    parts = [getattr(records, one.name) for one in fields(Records)]
    tables = [*records.events.items(), *records.traits.items()]
    arrays = [one for one in parts if isinstance(one, np.ndarray)] + [one for _, one in tables]
    return b"".join(one.tobytes() for one in arrays)


def run(replicate: int, quantiles: dict[str, float] | None = None) -> dict[str, bytes]:
    made = trial.run_replicate(study(), setting(), replicate, quantiles)
    return {name: content(records) for name, records in made.items()}


def test_the_same_replicate_gives_the_same_bytes() -> None:
    assert run(3) == run(3)


def test_a_replicate_does_not_depend_on_those_before_it() -> None:
    alone = run(5)
    for replicate in range(3):
        run(replicate)
    assert run(5) == alone


@pytest.mark.parametrize("arm", ARMS)
def test_another_replicate_gives_something_else(arm: str) -> None:
    assert run(3)[arm] != run(4)[arm]


def test_another_seed_gives_something_else() -> None:
    other = replace(study(), seed=study().seed + 1)
    made = trial.run_replicate(other, setting(), 3)
    assert content(made["pump"]) != run(3)["pump"]


def test_every_arm_has_as_many_people_as_the_study_says() -> None:
    made = trial.run_replicate(study(), setting(), 0)
    assert {name: len(one.pain) for name, one in made.items()} == {
        arm.name: arm.size for arm in study().arms
    }


def test_the_arms_are_parts_of_one_population() -> None:
    made = trial.run_replicate(study(), setting(), 0)
    # The people of both arms are drawn before anybody is treated: arms that change places do not
    # change who they are.
    turned = replace(study(), arms=tuple(reversed(study().arms)))
    again = trial.run_replicate(turned, setting(), 0)
    for trait in ("age", "entry_dose"):
        everybody = np.concatenate([made[name].traits[trait] for name in ARMS])
        others = np.concatenate([again[name].traits[trait] for name in reversed(ARMS)])
        np.testing.assert_array_equal(everybody, others)


def test_nobody_is_in_both_arms() -> None:
    made = trial.run_replicate(study(), setting(), 0)
    assert not set(made["pump"].traits["age"]) & set(made["tablets"].traits["age"])


def test_everybody_met_the_rule_of_entry() -> None:
    made = trial.run_replicate(
        replace(
            study(),
            population=replace(
                study().population,
                include=(
                    (
                        replace(
                            study().population.include[0][0], trait="oral_mg_per_day", at_least=300
                        ),
                    ),
                ),
            ),
        ),
        setting(),
        0,
    )
    assert all((one.traits["entry_dose"] >= 300.0).all() for one in made.values())


def test_quantiles_that_are_given_are_used() -> None:
    low, high = ({"population.entry_dose": at} for at in (0.0, 1.0))
    doses = [
        np.median(trial.run_replicate(study(), setting(), 0, one)["pump"].traits["entry_dose"])
        for one in (low, high)
    ]
    assert doses[0] < doses[1]


def test_a_figure_that_is_not_named_keeps_its_set_point() -> None:
    figure = load_effects("morphine").figures["plasma_ec50"]
    world = World.of(setting(), {"effects.relief_hill": 1.0})
    assert world.response.systemic_ec50 == figure.number("ng/mL")
    assert world.response.hill == at_quantile(load_effects("morphine").figures["relief_hill"], 1.0)


def test_a_replicate_draws_a_quantile_for_all_that_is_uncertain() -> None:
    drawn = setting().draw(np.random.default_rng(1))
    assert tuple(drawn) == setting().uncertain()


def test_a_figure_that_two_policies_share_is_drawn_once() -> None:
    names = setting().uncertain()
    assert len(names) == len(set(names))


def test_the_ratio_of_routes_is_drawn_over_its_dispute() -> None:
    ends = [setting().ratio_at({"ratio.oral_to_intrathecal": at}) for at in (0.0, 1.0)]
    assert ends == [75.0, 300.0]


def test_a_study_of_two_drugs_is_refused() -> None:
    first, second = study().arms
    two = replace(study(), arms=(first, replace(second, policy="ziconotide-slow")))
    with pytest.raises(InputError, match="gives morphine and ziconotide in different arms"):
        trial.prepare(two)
