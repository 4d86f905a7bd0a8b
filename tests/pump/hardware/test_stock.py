"""The reservoir in truth, and what a mixture is made of."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.pump.hardware.plants import SMALL, give, small
from thecal.errors import InputError
from thecal.pump.hardware import Place
from thecal.pump.hardware.core import PlantEvent
from thecal.pump.hardware.stock import Stock


def test_a_refill_onto_another_solution_is_the_exact_mixture() -> None:
    # pump.md F7: what cannot be drawn out carries over.
    plant = small()
    plant.refill(5, 1, 300)
    assert plant.stock.recipes[plant.stock.fluid] == {0: Fraction(1, 4), 1: Fraction(3, 4)}


def test_a_rinsed_reservoir_holds_the_new_solution_alone() -> None:
    plant = small()
    plant.refill(5, 1, 300, is_rinsed=True)
    assert plant.stock.recipes[plant.stock.fluid] == {1: Fraction(1)}


def test_a_refill_of_the_same_solution_makes_no_new_fluid() -> None:
    plant = small()
    plant.refill(5, 0, 300)
    assert (plant.stock.fluid, len(plant.stock.recipes)) == (0, 1)


def test_what_the_needle_cannot_reach_stays() -> None:
    assert small().refill(5, 0, 300).aspirated_nl == 5_000


def test_a_mixture_of_mixtures_keeps_each_solution() -> None:
    plant = small()
    for solution in (1, 2, 1):
        plant.refill(5, solution, 300)
    shares = plant.stock.recipes[plant.stock.fluid]
    assert (sum(shares.values()), shares[0]) == (1, Fraction(1, 64))


@pytest.mark.requirement("CT-04")
def test_a_refill_into_the_pocket_is_in_the_pocket() -> None:
    plant = small()
    plant.misfill(100_000)
    refill = plant.refill(5, 1, 4_000)
    assert (refill.entered_nl, refill.pocket_nl) == (0, 4_000)
    assert plant.place_nl(Place.POCKET, 5) == 4_000
    assert plant.events == [PlantEvent(5, "pocket fill", 4_000)]


@pytest.mark.requirement("CT-04")
def test_only_one_refill_goes_astray() -> None:
    plant = small()
    plant.misfill(50_000)
    first, second = plant.refill(5, 1, 4_000), plant.refill(6, 1, 4_000)
    assert (first.pocket_nl, second.pocket_nl) == (2_000, 0)


def test_an_overfilled_reservoir_says_by_how_much_in_truth() -> None:
    plant = small()
    plant.overfill(3_000)
    plant.refill(5, 0, 9_000)
    assert plant.events == [PlantEvent(5, "overfilled", 2_000)]


def test_a_deformed_reservoir_is_full_sooner() -> None:
    plant = small()
    plant.deform(2_000)
    plant.refill(5, 0, 9_000)
    assert plant.events[-1] == PlantEvent(5, "overfilled", 1_000)


def test_a_reservoir_that_runs_dry_after_a_refill_says_so_again() -> None:
    plant = small(start_nl=120)
    give(plant, 5, 5)
    plant.refill(6, 0, 30)
    give(plant, 5, 7)
    assert [event.kind for event in plant.events] == ["empty", "empty"]


def test_nothing_put_into_nothing_is_nothing() -> None:
    plant = small()
    plant.leak(10**6)
    refill = plant.refill(86_400, 1, 0)
    assert (refill.entered_nl, plant.stock.volume_pl) == (0, 0)


@pytest.mark.parametrize("start_nl", [-1, 10_101])
def test_a_reservoir_cannot_start_with_what_it_cannot_hold(start_nl: int) -> None:
    with pytest.raises(InputError, match="cannot start with"):
        Stock(SMALL, start_nl, 0, 0, 100)
