from __future__ import annotations

import numpy as np
import pytest

from thecal.errors import InputError
from thecal.therapy.care import draw_operations


@pytest.mark.parametrize(
    ("kind", "low", "high"), [("implant", 60, 180), ("catheter trial", 60, 120)]
)
def test_an_operation_takes_as_long_as_the_record_says(kind: str, low: int, high: int) -> None:
    minutes = draw_operations(np.random.default_rng(1), 5000, kind=kind).minutes
    assert low <= minutes.min() < minutes.max() <= high
    assert minutes.mean() == pytest.approx((low + high) / 2, rel=0.02)


def test_the_label_asks_for_a_day_of_observation_after_a_test_dose() -> None:
    assert draw_operations(np.random.default_rng(1), 1).observed_hours == 24


def test_an_operation_without_a_time_on_record_is_refused() -> None:
    with pytest.raises(InputError, match="implant, catheter trial"):
        draw_operations(np.random.default_rng(1), 1, kind="replacement")


def test_an_operation_on_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="people"):
        draw_operations(np.random.default_rng(1), 0)
