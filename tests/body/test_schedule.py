"""What a schedule says of itself, and how it is cut down to what a solver needs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.body.bodies import DAY, HOUR
from thecal.body import Dose, Rate, Schedule


def test_rates_that_overlap_add_up() -> None:
    schedule = Schedule.of(
        np.ones((1, 1)), [Rate(0, 0, 3 * HOUR, 2.0), Rate(0, HOUR, 2 * HOUR, 5.0)], end_s=4 * HOUR
    )
    assert schedule.rates[:, 0].tolist() == [2.0, 7.0, 2.0, 0.0]


def test_doses_at_the_same_second_add_up() -> None:
    schedule = Schedule.of(np.ones((1, 1)), [Dose(0, HOUR, 2.0), Dose(0, HOUR, 5.0)], end_s=DAY)
    assert schedule.boluses[:, 0].tolist() == [0.0, 7.0, 0.0]


def test_what_is_there_at_the_start_is_one_more_channel() -> None:
    schedule = Schedule.of(np.eye(2), [Rate(0, 0, HOUR, 3.0), Dose(1, HOUR, 4.0)], end_s=DAY)
    begun = schedule.after(np.array([5.0, 6.0]))
    assert begun.channels[:, 2].tolist() == [5.0, 6.0]
    assert begun.total_mcg == pytest.approx(schedule.total_mcg + 11.0)


def test_channels_into_which_nothing_is_given_are_left_out() -> None:
    schedule = Schedule.of(np.eye(3), [Rate(1, 0, HOUR, 3.0), Rate(2, 0, HOUR, 0.0)], end_s=DAY)
    assert schedule.used().channels.tolist() == [[0.0], [1.0], [0.0]]


@pytest.mark.parametrize("time_s", [-1, DAY + 1])
def test_a_time_outside_is_refused(time_s: int) -> None:
    schedule = Schedule.of(np.ones((1, 1)), [], end_s=DAY)
    with pytest.raises(ValueError, match="outside the schedule"):
        schedule.refuse_outside(np.array([0, time_s]))
