"""Exact amounts: arithmetic, order, rounding to steps."""

from __future__ import annotations

import copy
import operator
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.quantity import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    MASS,
    NUMBER,
    TIME,
    VOLUME,
    Dimension,
    DimensionError,
    Quantity,
)

FRACTIONS = st.fractions(-(10**6), 10**6)
POSITIVE = st.fractions(Fraction(1, 10**6), 10**6)
MASSES = st.builds(Quantity, FRACTIONS, st.just(MASS))
STEPS = st.builds(Quantity, POSITIVE, st.just(MASS))
DIMENSIONS = st.builds(Dimension, *[st.integers(-2, 2)] * 3)
QUANTITIES = st.builds(Quantity, FRACTIONS, DIMENSIONS)

MG = Quantity.of(1, "mg")
ML = Quantity.of(1, "mL")


@pytest.mark.parametrize(
    "value", [5, Fraction(5), Decimal(5), Decimal("5.00"), "5", "5.0"], ids=repr
)
def test_an_amount_is_made_of_any_exact_number(value: int | Fraction | Decimal | str) -> None:
    assert Quantity.of(value, "mg").magnitude == 5000


def test_the_same_amount_in_two_units_is_equal_and_hashes_alike() -> None:
    assert len({Quantity.of("0.5", "mg/day"), Quantity.of(500, "mcg/d")}) == 1


def test_the_same_number_of_two_dimensions_is_not_equal() -> None:
    assert Quantity.of(1, "mcg") != Quantity.of(1, "mL")


def test_a_plain_tenth_is_a_tenth() -> None:
    assert Quantity.of("0.1", "mg") * 3 == Quantity.of("0.3", "mg")


def test_a_third_stays_a_third() -> None:
    third = MG / 3
    assert (third.to("mg"), third + third + third) == (Fraction(1, 3), MG)


FLOATS: dict[str, Callable[[Any], object]] = {
    "of": lambda number: Quantity.of(number, "mg"),
    "constructor": lambda number: Quantity(number, MASS),
    "times": lambda number: MG * number,
    "times from the left": lambda number: number * MG,
    "divided": lambda number: MG / number,
    "divided from the left": lambda number: number / MG,
    "added": lambda number: MG + number,
    "added from the left": lambda number: number + MG,
    "subtracted": lambda number: MG - number,
    "compared": lambda number: operator.lt(MG, number),
    "compared or equal": lambda number: operator.le(MG, number),
    "compared above": lambda number: operator.gt(MG, number),
    "compared above or equal": lambda number: operator.ge(MG, number),
}


@pytest.mark.parametrize("use", FLOATS)
@pytest.mark.parametrize("number", [0.5, 1.0, float("nan"), True], ids=repr)
def test_a_float_or_truth_value_never_enters(use: str, number: object) -> None:
    with pytest.raises(TypeError):
        FLOATS[use](number)


@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_a_decimal_that_is_not_finite_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="is not a finite number"):
        Quantity.of(Decimal(value), "mg")


def test_text_is_read_by_the_strict_grammar() -> None:
    with pytest.raises(InputError, match="has a comma"):
        Quantity.of("1,5", "mg")


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(InputError, match=r'^"ug" in "ug" is not a unit'):
        Quantity.of(5, "ug")


@pytest.mark.parametrize("use", [Quantity.to, Quantity.show], ids=["to", "show"])
def test_a_unit_of_another_dimension_is_refused(use: Callable[[Quantity, str], object]) -> None:
    with pytest.raises(DimensionError, match=r'^1 mg is a mass; it cannot be stated in "mL"$'):
        use(MG, "mL")


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (operator.add, "cannot add 1 mL to 1 mg: one is a mass, the other a volume"),
        (operator.sub, "cannot take 1 mL from 1 mg: one is a mass, the other a volume"),
        (operator.lt, "cannot compare 1 mg with 1 mL: one is a mass, the other a volume"),
        (operator.le, "cannot compare 1 mg with 1 mL: one is a mass, the other a volume"),
        (operator.gt, "cannot compare 1 mg with 1 mL: one is a mass, the other a volume"),
        (operator.ge, "cannot compare 1 mg with 1 mL: one is a mass, the other a volume"),
        (
            Quantity.floor_to,
            "cannot round 1 mg to steps of 1 mL: one is a mass, the other a volume",
        ),
        (
            Quantity.ceil_to,
            "cannot round 1 mg to steps of 1 mL: one is a mass, the other a volume",
        ),
    ],
)
def test_two_dimensions_do_not_mix(attempt: Callable[..., object], sentence: str) -> None:
    with pytest.raises(DimensionError) as caught:
        attempt(MG, ML)
    assert caught.value.sentence == sentence


@pytest.mark.parametrize(
    ("result", "value", "unit"),
    [
        (Quantity.of(5, "mg") / Quantity.of(10, "mg/mL"), "0.5", "mL"),
        (Quantity.of("0.5", "mL/day") * Quantity.of(10, "mg/mL"), 5, "mg/day"),
        (Quantity.of(2, "mg/day") / Quantity.of(10, "mg/mL"), "0.2", "mL/day"),
        (Quantity.of(2, "mg/day") * Quantity.of(12, "h"), 1, "mg"),
        (Quantity.of(18, "mL") / Quantity.of("0.2", "mL/day"), 90, "day"),
        (Quantity.of(200, "mg") / Quantity.of(2, "mg"), 100, "1"),
        (Quantity.of(2, "mg/day") * Fraction(1, 10), 200, "mcg/day"),
        (1 / Quantity.of(4, "h"), 6, "1/day"),
        (3 * Quantity.of(5, "min"), 15, "min"),
        (-Quantity.of(5, "min") + Quantity.of(1, "h"), 55, "min"),
        (abs(Quantity.of(1, "h") - Quantity.of(2, "h")), 1, "h"),
    ],
)
def test_formulas_of_infusion_come_out_exact(result: Quantity, value: int | str, unit: str) -> None:
    assert result == Quantity.of(value, unit)


@pytest.mark.parametrize(
    ("unit", "dimension"),
    [
        ("1", NUMBER),
        ("mg", MASS),
        ("mL", VOLUME),
        ("h", TIME),
        ("mg/mL", CONCENTRATION),
        ("mg/day", DOSE_RATE),
        ("mL/day", FLOW),
    ],
)
def test_a_unit_gives_the_dimension(unit: str, dimension: Dimension) -> None:
    assert Quantity.of(1, unit).dimension == dimension


def test_amounts_of_one_dimension_are_sorted_by_size() -> None:
    amounts = [Quantity.of(2, "mg"), Quantity.of(3, "mcg"), Quantity.of("0.5", "mg")]
    assert [str(amount) for amount in sorted(amounts)] == ["3 mcg", "500 mcg", "2 mg"]


def test_a_sum_starts_from_zero_of_its_dimension() -> None:
    assert sum([MG, MG, MG], start=Quantity.zero(MASS)) == Quantity.of(3, "mg")


def test_only_a_zero_amount_is_false() -> None:
    assert (bool(Quantity.zero(MASS)), bool(MG)) == (False, True)


def test_dividing_by_nothing_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        MG / Quantity.zero(VOLUME)


def test_an_amount_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        MG.magnitude = Fraction(1)  # type: ignore[misc]  # that it is refused is the point


@given(QUANTITIES)
def test_an_amount_survives_copying_and_storing(amount: Quantity) -> None:
    assert copy.deepcopy(amount) == amount
    assert pickle.loads(pickle.dumps(amount)) == amount  # noqa: S301 - written just before


@given(QUANTITIES)
def test_the_representation_is_the_amount(amount: Quantity) -> None:
    names = {"Quantity": Quantity, "Fraction": Fraction}
    assert eval(repr(amount), names) == amount  # noqa: S307 - our own text


@given(MASSES, MASSES)
def test_adding_and_taking_away_cancel(one: Quantity, other: Quantity) -> None:
    assert one + other - other == one


@given(QUANTITIES, QUANTITIES)
def test_multiplying_and_dividing_cancel(one: Quantity, other: Quantity) -> None:
    assume(other)
    assert one * other / other == one


@given(MASSES, MASSES)
def test_exactly_one_of_below_equal_above_holds(one: Quantity, other: Quantity) -> None:
    assert [one < other, one == other, one > other].count(True) == 1
    assert (one <= other, one >= other) == (not one > other, not one < other)


@given(FRACTIONS, st.sampled_from(["ng", "mcg", "mg", "g"]))
def test_a_number_of_a_unit_comes_back_exactly(number: Fraction, unit: str) -> None:
    assert Quantity.of(number, unit).to(unit) == number


@given(MASSES, STEPS)
def test_rounding_down_is_the_nearest_step_not_above(amount: Quantity, step: Quantity) -> None:
    rounded = amount.floor_to(step)
    assert rounded <= amount < rounded + step
    assert (rounded / step).to("1").denominator == 1


@given(MASSES, STEPS)
def test_rounding_up_is_the_nearest_step_not_below(amount: Quantity, step: Quantity) -> None:
    rounded = amount.ceil_to(step)
    assert rounded - step < amount <= rounded
    assert (rounded / step).to("1").denominator == 1


@given(st.integers(-(10**6), 10**6), STEPS)
def test_a_whole_number_of_steps_is_left_alone(count: int, step: Quantity) -> None:
    assert (step * count).floor_to(step) == step * count == (step * count).ceil_to(step)


@pytest.mark.parametrize("step", [Quantity.zero(MASS), -MG], ids=str)
def test_a_step_that_is_not_above_zero_is_a_fault_of_the_caller(step: Quantity) -> None:
    with pytest.raises(ValueError, match="a step must be above zero"):
        MG.floor_to(step)
