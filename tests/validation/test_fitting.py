"""The fit, and the page that tells it."""

from __future__ import annotations

import re
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest

from tests.validation.lines import target
from thecal.validation.fitting import (
    MODEL_ERROR,
    Problem,
    Profile,
    error_of,
    fitted_targets,
)
from thecal.validation.free import Free, free_figures

PAGE = Path(__file__).parents[2] / "docs" / "validation" / "fit.md"


@pytest.mark.parametrize("free", free_figures(), ids=lambda free: free.name)
def test_a_free_figure_may_move_within_its_range_on_record(free: Free) -> None:
    low, high = free.ends
    assert low <= free.recorded.number(free.unit) <= high
    assert (free.value(0.0), free.value(1.0)) == pytest.approx((low, high))
    assert free.value(free.place(0.3 * low + 0.7 * high)) == pytest.approx(0.3 * low + 0.7 * high)


def test_a_mean_of_many_people_is_known_better_than_one() -> None:
    one, many = target(), target(n="25")
    assert error_of(one) == pytest.approx(sqrt(log(1.04) + MODEL_ERROR**2))
    assert error_of(many) == pytest.approx(sqrt(log(1.0016) + MODEL_ERROR**2))


def test_an_observation_is_never_more_certain_than_the_model() -> None:
    assert all(error_of(one) >= MODEL_ERROR for one in fitted_targets())


def test_the_fit_uses_no_rank_and_no_animal() -> None:
    ways = [way for one in fitted_targets() for way in one.ways]
    assert {way.body for way in ways} == {"adult"}
    assert not any(one.ranks for one in fitted_targets())


def test_a_figure_moves_only_what_it_should() -> None:
    problem = Problem()
    (which,) = (k for k, free in enumerate(problem.frees) if free.name == "loss_of_baclofen")
    places = problem.recorded()
    places[which] += 0.2
    changed = problem.residuals(places) != problem.residuals(problem.recorded())
    drugs = {
        way.drug
        for one, moved in zip(problem.targets, changed, strict=True)
        if moved
        for way in one.ways
    }
    assert drugs == {"baclofen"}


def test_the_interval_of_a_profile_ends_where_too_much_is_lost() -> None:
    values = tuple(np.linspace(-4.0, 4.0, 81).tolist())
    free = free_figures()[0]
    bowl = Profile(free, values, tuple(value**2 for value in values))
    assert bowl.interval == pytest.approx((-1.96, 1.96), abs=0.01)


def test_a_profile_that_loses_little_is_open() -> None:
    flat = Profile(free_figures()[0], (1.0, 2.0, 3.0), (0.1, 0.0, 9.0))
    assert flat.interval[0] == 1.0
    assert 2.0 < flat.interval[1] < 3.0


def test_the_page_tells_the_likelihoods_of_the_figures_on_it() -> None:
    # if it fails: thecal validate --fit --page docs/validation/fit.md
    text = PAGE.read_text(encoding="utf-8")
    problem = Problem()
    told = re.findall(r"\*\*([\d.]+)\*\*", text)
    estimates = [float(cell) for cell in re.findall(r"\) \| ([\d.e-]+) \|", text)]
    found = [free.place(value) for free, value in zip(problem.frees, estimates, strict=True)]
    assert problem.loss(problem.recorded()) == pytest.approx(float(told[0]), abs=0.02)
    assert problem.loss(np.array(found)) == pytest.approx(float(told[1]), abs=0.1)
    assert float(told[1]) < float(told[0])
