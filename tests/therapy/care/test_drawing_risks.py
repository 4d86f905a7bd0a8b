from __future__ import annotations

import numpy as np
import pytest

from thecal.errors import InputError
from thecal.therapy.care.drawing_risks import draw_risks
from thecal.therapy.care.hazards import Hazard
from thecal.therapy.care.risks import Risks, load_risks

COHORT = "ROBERTS2001"


def hazard(risks: Risks, name: str) -> Hazard:
    return next(one.hazard for one in risks.causes if one.name == name)


def test_headache_is_drawn_around_what_was_published_as_wide_as_its_count() -> None:
    generator = np.random.default_rng(1)
    drawn = [hazard(draw_risks(generator, COHORT), "headache") for _ in range(300)]
    shares = np.array([1.0 - one.free(np.array([30.0]))[0] for one in drawn])
    published = 73 / 319
    assert abs(shares.mean() - published) < 0.01
    assert shares.std() == pytest.approx(np.sqrt(published * (1 - published) / 319), rel=0.2)


def test_a_bound_without_a_count_stays_as_it_is() -> None:
    drawn = draw_risks(np.random.default_rng(2), COHORT)
    assert drawn.stall_off_label == load_risks(COHORT).stall_off_label


def test_the_same_seed_gives_the_same_risks() -> None:
    first, second = (draw_risks(np.random.default_rng(3), COHORT) for _ in range(2))
    assert first == second


def test_a_study_without_a_rate_of_explants_is_refused() -> None:
    with pytest.raises(InputError, match="explants"):
        draw_risks(np.random.default_rng(4), "NOBODY1999")
