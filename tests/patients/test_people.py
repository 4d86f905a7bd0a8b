"""Who enters a trial, and what the rule of entry does to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.patients.bodies import simple_kinetics
from thecal.effects import Response, load_effects, respond
from thecal.errors import InputError
from thecal.knowledge import Settled
from thecal.patients import (
    ORAL,
    PUMP,
    Kinetics,
    People,
    draw_people,
    load_population,
    reported_pain,
)
from thecal.patients.people import Rule, entry_sites

NAMES = {"pain", "toxicity", "oral_mg_per_day", "age", "intolerable"}


@cache
def response() -> Response:
    known = load_effects("morphine")
    return respond(known, simple_kinetics().reference(), oral_to_intrathecal=100.0)


def people(
    count: int = 400,
    *,
    admits: Rule | None = None,
    seed: int = 2,
    bodies: Kinetics | None = None,
    escalator_share: float = 0.0,
) -> People:
    known = load_population("advanced-cancer")
    return draw_people(
        known,
        Settled.of(known.figures),
        response(),
        bodies or simple_kinetics(),
        np.random.default_rng(seed),
        count,
        admits=admits,
        escalator_share=escalator_share,
    )


def true_pain(found: People) -> NDArray[np.float64]:
    """Return the pain at entry that nobody sees."""
    sites = entry_sites(found.traits, simple_kinetics(), found.kinetic)
    drive = response().drive(sites, found.tolerance)
    relief = response().relief(drive, found.traits.responsiveness)
    return np.asarray(found.traits.untreated_pain * (1.0 - relief))


def in_pain(least: float) -> Rule:
    return lambda told: told["pain"] >= least


def test_so_many_people_enter_as_were_asked_for() -> None:
    assert people(7).count == 7


def test_without_a_rule_everybody_enters() -> None:
    assert people(500).screened == 512


def test_a_rule_makes_more_people_be_screened() -> None:
    assert people(500, admits=in_pain(8.0)).screened > 512


def test_a_rule_on_a_trait_holds_for_everybody_who_enters() -> None:
    found = people(admits=lambda told: told["oral_mg_per_day"] >= 200.0)
    assert (found.traits.entry_dose >= 200.0).all()


def test_the_rule_is_asked_of_what_people_tell() -> None:
    seen: list[Mapping[str, NDArray[np.float64]]] = []

    def everybody(told: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        seen.append(told)
        return np.ones(len(told["pain"]), dtype=np.bool_)

    people(10, admits=everybody)
    assert set(seen[0]) == NAMES


def test_people_who_enter_for_pain_tell_less_of_it_later_without_treatment() -> None:
    told: list[NDArray[np.float64]] = []

    def keep(seen: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        enter = seen["pain"] >= 7.0
        told.append(seen["pain"][enter])
        return enter

    found = people(2000, admits=keep)
    again = reported_pain(
        true_pain(found), found.settled.number("pain_noise"), np.random.default_rng(9)
    )
    assert again.mean() < np.concatenate(told).mean() - 0.5


def test_people_who_enter_without_a_rule_tell_the_same_pain_later() -> None:
    told: list[NDArray[np.float64]] = []

    def keep(seen: Mapping[str, NDArray[np.float64]]) -> NDArray[np.bool_]:
        told.append(seen["pain"])
        return np.ones(len(seen["pain"]), dtype=np.bool_)

    found = people(2000, admits=keep)
    again = reported_pain(
        true_pain(found), found.settled.number("pain_noise"), np.random.default_rng(9)
    )
    assert again.mean() == pytest.approx(np.concatenate(told).mean(), abs=0.3)


def test_nobody_who_meets_the_rule_is_a_refusal() -> None:
    with pytest.raises(InputError, match="only 0 meet the rule of entry, so that the trial cannot"):
        people(3, admits=in_pain(11.0))


@pytest.mark.parametrize("count", [0, -1])
def test_a_trial_of_nobody_is_refused(count: int) -> None:
    with pytest.raises(InputError, match="it needs at least 1"):
        people(count)


def test_nobody_needs_less_than_people_who_never_had_the_drug() -> None:
    assert (people(2000).tolerance >= 1.0).all()


def test_those_who_are_used_to_their_dose_have_the_effect_on_record() -> None:
    found = people()
    sites = entry_sites(found.traits, simple_kinetics(), found.kinetic)
    used = found.tolerance > 1.0
    drive = response().drive(sites, found.tolerance)
    np.testing.assert_allclose(drive[used], found.traits.entry_drive[used], rtol=1e-12)


def test_those_whose_dose_does_little_are_not_used_to_it() -> None:
    weak = {route: unit * 1e-6 for route, unit in simple_kinetics().unit.items()}
    assert (people(bodies=Kinetics("morphine", weak)).tolerance == 1.0).all()


def test_people_without_tablets_or_a_pump_are_not_tolerant() -> None:
    alone = Kinetics("morphine", {PUMP: simple_kinetics().unit[PUMP]})
    assert ORAL not in alone.unit
    assert (people(bodies=alone).tolerance == 1.0).all()


@pytest.mark.parametrize("part", [0.0, 1.0])
def test_the_share_whose_need_rises_is_the_one_asked_for(part: float) -> None:
    assert people(escalator_share=part).escalates.mean() == part


def test_every_body_stands_for_somebody() -> None:
    assert set(people(2000).kinetic) == set(range(simple_kinetics().people))


def test_the_first_people_of_a_larger_trial_are_the_same() -> None:
    few, many = people(20), people(700)
    np.testing.assert_array_equal(few.tolerance, many.tolerance[:20])
    np.testing.assert_array_equal(few.susceptibility, many.susceptibility[:20])


def test_some_of_the_people_keep_all_that_is_theirs() -> None:
    everybody = people(50)
    some = everybody.some(np.array([40, 3]))
    assert some.count == 2
    assert some.traits.age.tolist() == everybody.traits.age[[40, 3]].tolist()
    assert some.kinetic.tolist() == everybody.kinetic[[40, 3]].tolist()


def test_reported_pain_stays_within_0_to_10() -> None:
    told = reported_pain(np.array([0.0, 10.0] * 500), 3.0, np.random.default_rng(1))
    assert (told.min(), told.max()) == (0.0, 10.0)


def test_pain_without_noise_is_told_as_it_is() -> None:
    true = np.array([0.0, 4.2, 10.0])
    assert reported_pain(true, 0.0, np.random.default_rng(1)).tolist() == true.tolist()
