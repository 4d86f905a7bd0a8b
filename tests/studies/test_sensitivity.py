from __future__ import annotations

from dataclasses import replace

import pytest

from thecal.errors import InputError
from thecal.studies import Endpoint, Study, find_study
from thecal.studies.sensitivity import Swing, sobol, swings
from thecal.therapy.care import Setting, prepare_setting


@pytest.fixture(scope="module")
def study() -> Study:
    whole = find_study("smith2002")
    return replace(whole, arms=tuple(replace(arm, size=30) for arm in whole.arms))


@pytest.fixture(scope="module")
def setting(study: Study) -> Setting:
    policies = [arm.policy for arm in study.arms]
    return prepare_setting(study.population.name, policies, bodies=12)


@pytest.fixture(scope="module")
def endpoint(study: Study) -> Endpoint:
    return next(one for one in study.endpoints if one.name == "pain at 4 weeks, pump")


@pytest.fixture(scope="module")
def found(study: Study, setting: Setting, endpoint: Endpoint) -> tuple[float, list[Swing]]:
    return swings(study, setting, endpoint)


def test_every_uncertain_figure_is_tried_once(
    setting: Setting, found: tuple[float, list[Swing]]
) -> None:
    assert sorted(one.figure for one in found[1]) == sorted(setting.uncertain())


def test_the_strongest_stands_first(found: tuple[float, list[Swing]]) -> None:
    sizes = [one.size for one in found[1]]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 0.2


def test_more_expectation_means_less_pain(found: tuple[float, list[Swing]]) -> None:
    placebo = next(one for one in found[1] if one.figure == "population.placebo")
    assert placebo.high < placebo.low


def test_a_figure_that_the_endpoint_does_not_know_moves_nothing(
    found: tuple[float, list[Swing]],
) -> None:
    # How far the worst pain lies above the average changes no average.
    worst = next(one for one in found[1] if one.figure == "population.worst_pain_above_average")
    assert worst.low == worst.high == found[0]


def test_the_parts_of_a_strong_and_an_idle_figure_are_told_apart(
    study: Study, setting: Setting, endpoint: Endpoint
) -> None:
    figures = ("population.placebo", "population.worst_pain_above_average")
    strong, idle = sobol(study, setting, endpoint, figures, points=16)
    assert strong.figure == "population.placebo"
    assert strong.total > 0.8
    assert abs(idle.total) < 1e-9


@pytest.mark.parametrize(
    ("figures", "points", "words"),
    [
        (("population.charm",), 4, "not an uncertain figure of this study: population.charm"),
        ((), 4, "not an uncertain figure of this study: none"),
        (("population.placebo",), 6, "takes a power of 2 as points, not 6"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    study: Study,
    setting: Setting,
    endpoint: Endpoint,
    figures: tuple[str, ...],
    points: int,
    words: str,
) -> None:
    with pytest.raises(InputError, match=words):
        sobol(study, setting, endpoint, figures, points=points)


def test_each_uncertain_figure_has_words(setting: Setting) -> None:
    assert all(setting.label(name) for name in setting.uncertain())
