from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.errors import InputError
from thecal.pump import (
    DAY_S,
    Delivery,
    Event,
    Hardware,
    Program,
    Programmed,
    Refilled,
    WeekStep,
    run,
)

PUMP = Hardware(20_000_000, 1_500, 1_400_000, 2_000_000, 24_000_000, 140_000)


@pytest.fixture(scope="module")
def delivery() -> Delivery:
    program = Program("simple continuous", (WeekStep(0, 250_000),))
    events: list[Event] = [Programmed(0, program), Refilled(DAY_S, 0, 15_000_000)]
    return run(PUMP, events, until_s=2 * DAY_S, start_nl=10_000_000)


def test_baclofen_125_mcg_a_day_at_500_mcg_per_ml_is_10_4167_mcl_an_hour(
    delivery: Delivery,
) -> None:
    """pump.md F1."""
    assert delivery.exact_nl(3_600) == Fraction(125, 500) * 1_000_000 / 24


def test_the_reservoir_at_the_second_of_a_refill_is_the_volume_after_it(
    delivery: Delivery,
) -> None:
    assert delivery.reservoir_nl(DAY_S) == 16_400_000


def test_the_reservoir_before_a_refill_counts_down(delivery: Delivery) -> None:
    assert delivery.reservoir_nl(DAY_S - 1) == 10_000_000 - 249_000


def test_a_refill_has_two_points_at_its_second(delivery: Delivery) -> None:
    volumes = [volume_nl for at_s, volume_nl in delivery.reservoir if at_s == DAY_S]
    assert volumes == [9_751_000, 16_400_000]


@pytest.mark.parametrize("at_s", [-1, 2 * DAY_S + 1])
def test_a_second_outside_the_run_is_refused(delivery: Delivery, at_s: int) -> None:
    with pytest.raises(InputError, match="outside this run, which goes from 0 to 172800"):
        delivery.exact_nl(at_s)
