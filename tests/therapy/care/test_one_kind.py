from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from thecal.knowledge import Settled
from thecal.patients.pain import KINDS, kind_means
from thecal.therapy.care.one_kind import world_of_kind
from thecal.therapy.care.setting import Setting, prepare_setting


@cache
def setting() -> Setting:
    return prepare_setting("low-back", ("medicines-as-before", "pump-as-needed"), bodies=8)


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_has_that_kind(kind: str) -> None:
    drawn = setting().draw(np.random.default_rng(1))
    people = world_of_kind(setting(), drawn, kind).people(np.random.default_rng(2), 30)
    assert set(people.traits.kind.tolist()) == {KINDS.index(kind)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_relieved_as_in_the_whole_population(kind: str) -> None:
    drawn = setting().draw(np.random.default_rng(1))
    figures = setting().population.figures
    settled = Settled.of(figures, setting().quantiles_of("population", figures, drawn))
    expected = kind_means(settled, settled.number("responsiveness"))[KINDS.index(kind)]
    people = world_of_kind(setting(), drawn, kind).people(np.random.default_rng(2), 4000)
    assert people.traits.responsiveness.mean() == pytest.approx(expected, abs=0.02)
