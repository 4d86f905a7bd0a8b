"""Small runs of what compares and expects, made once for all tests that look at them."""

from __future__ import annotations

from functools import cache
from unittest.mock import patch

from thecal.therapy.care import comparing, expecting
from thecal.therapy.care.comparing import Comparison, compare_routes
from thecal.therapy.care.expecting import Expectation, expect
from thecal.therapy.care.given import Given

BODIES = 12
PERSON = Given(age=60.0, pain=8.0, oral=300.0)
BACK_PAIN = Given(age=60.0, sex="female", pain=8.0, kind="neuropathic", oral=100.0)


@cache
def small_comparison(seed: int = 1, population: str = "advanced-cancer") -> Comparison:
    with patch.object(comparing, "BODIES", BODIES):
        return compare_routes(population, weeks=5, people=20, replicates=5, seed=seed)


@cache
def small_expectation(population: str = "advanced-cancer") -> Expectation:
    given = PERSON if population == "advanced-cancer" else BACK_PAIN
    with patch.object(expecting, "BODIES", BODIES):
        return expect(given, population, people=20, replicates=5)
