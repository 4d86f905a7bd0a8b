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


@cache
def small_comparison(seed: int = 1) -> Comparison:
    with patch.object(comparing, "BODIES", BODIES):
        return compare_routes(weeks=5, people=20, replicates=5, seed=seed)


@cache
def small_expectation(seed: int = 1) -> Expectation:
    with patch.object(expecting, "BODIES", BODIES):
        return expect(PERSON, people=20, replicates=5, seed=seed)
