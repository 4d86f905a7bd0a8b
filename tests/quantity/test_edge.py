"""The edge to pint."""

from __future__ import annotations

from fractions import Fraction

import pint
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.quantity import Dimension, DimensionError, Quantity
from thecal.quantity.edge import from_pint, registry, to_pint
from thecal.quantity.units import SIMPLE_UNITS, unit_named

QUANTITIES = st.builds(
    Quantity, st.fractions(-(10**6), 10**6), st.builds(Dimension, *[st.integers(-2, 2)] * 3)
)


@pytest.mark.parametrize("name", SIMPLE_UNITS)
def test_pint_means_the_same_by_every_unit(name: str) -> None:
    base = unit_named(name).dimension.base_unit()
    assert registry().Quantity(Fraction(1), name).to(base).magnitude == unit_named(name).factor


@given(QUANTITIES)
def test_an_amount_comes_back_from_pint_exactly(amount: Quantity) -> None:
    assert from_pint(to_pint(amount, amount.dimension.base_unit())) == amount


@pytest.mark.parametrize(
    ("number", "unit", "exact"),
    [
        (3, "cm ** 3 / min", Quantity.of(3, "mL/min")),
        (7, "mm ** 3 / s", Quantity.of("0.42", "mL/min")),
        (1, "lb", Quantity.of("453.59237", "g")),
        (1, "inch ** 3", Quantity.of("16.387064", "mL")),
        (5, "kg / m ** 3 / week", Quantity.of(5, "mg/mL/week")),
        (50, "percent", Quantity.of("0.5", "1")),
    ],
)
def test_a_quantity_of_another_registry_is_taken_exactly(
    number: int, unit: str, exact: Quantity
) -> None:
    assert from_pint(pint.UnitRegistry().Quantity(number, unit)) == exact


def test_a_float_from_pint_never_becomes_an_amount() -> None:
    with pytest.raises(TypeError, match="exact amount"):
        from_pint(pint.UnitRegistry().Quantity(0.5, "mg"))


@pytest.mark.parametrize("unit", ["cm", "cm ** 2", "mol", "mg ** 0.5", "kelvin"])
def test_what_is_not_mass_volume_and_time_is_refused(unit: str) -> None:
    with pytest.raises(DimensionError, match="is not made of mass, volume and time"):
        from_pint(pint.UnitRegistry().Quantity(1, unit))


def test_a_unit_of_another_dimension_is_refused() -> None:
    with pytest.raises(DimensionError, match='cannot be stated in "mL"'):
        to_pint(Quantity.of(1, "mg"), "mL")
