from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from thecal.cli import app
from thecal.errors import InputError
from thecal.patients import People, populations
from thecal.therapy.care import policies
from thecal.therapy.care.foretelling import Plan, Range, foretell
from thecal.therapy.care.screening import (
    METHODS,
    Method,
    Screened,
    Shots,
    make_shots,
    policies_after,
    screen,
)
from thecal.therapy.care.setting import Setting, World, prepare_setting

POLICY = "pump-as-needed"


@pytest.fixture(scope="module")
def setting() -> Setting:
    return prepare_setting("chronic-noncancer", (POLICY,), bodies=12)


@pytest.fixture(scope="module")
def shots(setting: Setting) -> Shots:
    return make_shots(setting)


@pytest.fixture(scope="module")
def world(setting: Setting) -> World:
    return World.of(setting, {})


@pytest.fixture(scope="module")
def people(world: World) -> People:
    return world.people(np.random.default_rng(1), 400, admits=lambda told: told["pain"] >= 5.0)


def held(
    world: World, people: People, shots: Shots, method: Method, mg: float | None = None
) -> Screened:
    return screen(world, people, shots, method, np.random.default_rng(2), mg=mg)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_stream_gives_the_same_trial(
    world: World, people: People, shots: Shots, method: Method
) -> None:
    first, second = (held(world, people, shots, method) for _ in range(2))
    assert first.best.tobytes() == second.best.tobytes()


@pytest.mark.parametrize("method", METHODS)
def test_more_drug_relieves_no_less(
    world: World, people: People, shots: Shots, method: Method
) -> None:
    little, much = (held(world, people, shots, method, mg) for mg in (0.05, 1.0))
    assert much.best.mean() < little.best.mean()


def test_repeated_shots_pass_more_people_than_one(
    world: World, people: People, shots: Shots
) -> None:
    once = held(world, people, shots, "single-shot").passed
    again = held(world, people, shots, "repeated-shots").passed
    assert again.mean() > once.mean()


def test_who_passed_was_not_harmed(world: World, people: People, shots: Shots) -> None:
    shown = held(world, people, shots, "infusion", 5.0)
    assert shown.harmed.any()
    assert not (shown.passed & shown.harmed).any()


def test_a_dose_rises_only_for_those_who_go_on(world: World, people: People, shots: Shots) -> None:
    shown = held(world, people, shots, "repeated-shots", 0.2)
    raised = shown.mg > shown.first_mg
    assert raised.any()
    assert (shown.mg <= 0.2 * 1.5**2 + 1e-12).all()


def test_breathing_is_slowest_some_hours_after_a_shot_and_within_the_watch(
    world: World, people: People, shots: Shots
) -> None:
    # Volunteers with 10 mg by the epidural route: lowest at 6 to 10 h (record of drugs F1).
    hours = held(world, people, shots, "single-shot", 0.5).breathing_hour
    assert 4.0 <= np.median(hours) <= 10.0
    assert (hours <= 24.0).all()


@pytest.mark.parametrize("mg", [0.0, -1.0, float("inf"), float("nan")])
def test_a_dose_that_is_none_is_refused(
    world: World, people: People, shots: Shots, mg: float
) -> None:
    with pytest.raises(InputError, match="gives more than 0 mg"):
        held(world, people, shots, "single-shot", mg)


def test_an_unknown_trial_is_refused(world: World, people: People, shots: Shots) -> None:
    unknown: Method = "epidural"  # type: ignore[assignment]
    with pytest.raises(InputError, match="there are single-shot, repeated-shots, infusion"):
        held(world, people, shots, unknown)


def test_what_is_foretold_is_a_share_for_those_who_passed_and_failed(
    setting: Setting, shots: Shots
) -> None:
    plan = Plan(POLICY, people=60, replicates=2, seed=3, day=60, methods=("infusion",))
    (told,) = foretell(setting, shots, plan)
    for share in (told.passed, told.later_passed, told.later_failed):
        assert 0.0 <= share.low <= share.middle <= share.high <= 100.0


def test_replicates_without_a_group_are_left_out_of_a_range() -> None:
    assert Range.of([float("nan"), 4.0]).middle == 4.0
    assert np.isnan(Range.of([float("nan")]).middle)


def test_the_command_tells_all_three_trials() -> None:
    told = CliRunner().invoke(app, ["screen", "--people", "20", "--replicates", "1", "--json"])
    assert told.exit_code == 0
    trials = json.loads(told.output)["trials"]
    assert [one["method"] for one in trials] == list(METHODS)


def test_a_population_that_is_not_screened_is_refused_with_those_that_are() -> None:
    refused = CliRunner().invoke(app, ["screen", "--population", "severe-chronic"])
    assert "those that are: advanced-cancer" in str(refused.exception)


def test_everybody_who_is_screened_has_a_policy_and_is_on_record() -> None:
    after = policies_after()
    assert set(after) <= set(populations())
    assert set(after.values()) <= set(policies())
