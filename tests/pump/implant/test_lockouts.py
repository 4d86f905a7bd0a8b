"""The patient's lockout and count: from start to start, in a window that slides."""

from __future__ import annotations

import pytest

from thecal.pump.implant.lockouts import lockout_refusal, recent
from thecal.pump.implant.refusals import Refusal
from thecal.pump.program import PatientBolus

DAY = 86_400
BOLUS = PatientBolus(volume_nl=1, duration_s=60, lockout_s=3_600, most_in_24_h=3)


@pytest.mark.requirement("PC-07")
@pytest.mark.parametrize(
    ("starts", "now_s", "refusal"),
    [
        ((), 0, None),
        ((0,), 3_599, Refusal.LOCKED_OUT),
        ((0,), 3_600, None),
        ((0, 4_000, 8_000), 20_000, Refusal.DAY_COUNT),
        ((0, 4_000, 8_000), DAY - 1, Refusal.DAY_COUNT),
        ((0, 4_000, 8_000), DAY, None),
        ((0, 4_000, DAY), DAY + 3_600, None),
    ],
)
def test_the_wait_is_over_at_the_very_second(
    starts: tuple[int, ...], now_s: int, refusal: Refusal | None
) -> None:
    assert lockout_refusal(BOLUS, starts, now_s) == refusal


@pytest.mark.requirement("PC-07")
def test_a_lockout_of_more_than_a_day_lasts_that_long() -> None:
    rare = PatientBolus(1, 60, 3 * DAY, 3)
    assert lockout_refusal(rare, (0,), 3 * DAY - 1) == Refusal.LOCKED_OUT
    assert lockout_refusal(rare, (0,), 3 * DAY) is None


def test_a_start_in_the_future_is_a_fault_of_the_software() -> None:
    with pytest.raises(AssertionError, match="in the future"):
        lockout_refusal(BOLUS, (5,), 4)


def test_a_start_24_h_ago_is_not_recent() -> None:
    assert recent((0, 1), DAY) == (1,)


def test_a_start_at_this_very_second_locks_the_next_one_out() -> None:
    assert lockout_refusal(BOLUS, (5,), 5) == Refusal.LOCKED_OUT
