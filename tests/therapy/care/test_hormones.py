from __future__ import annotations

import numpy as np
import pytest

from tests.therapy.care.cohorts import MONTH
from thecal.errors import InputError
from thecal.therapy.care import share_of_testosterone


def test_testosterone_goes_through_the_published_means() -> None:
    found = share_of_testosterone(np.array([0.0, 0.25, 1.0, 3.0]) * MONTH)
    np.testing.assert_allclose(found, np.array([7.7, 2.0, 2.8, 4.0]) / 7.7)


def test_testosterone_falls_by_about_three_quarters_in_a_week() -> None:
    assert share_of_testosterone(np.array([7.6]))[0] == pytest.approx(0.26, abs=0.01)


def test_testosterone_stays_where_the_record_ends() -> None:
    assert (
        share_of_testosterone(np.array([5000.0]))[0]
        == share_of_testosterone(np.array([3 * MONTH]))[0]
    )


@pytest.mark.parametrize("day", [-1.0, float("nan")])
def test_a_day_before_the_start_is_refused(day: float) -> None:
    with pytest.raises(InputError):
        share_of_testosterone(np.array([day]))
