"""Dimensions multiply and divide as the formulas of infusion need."""

from __future__ import annotations

import pytest

from thecal.quantity import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    MASS,
    NUMBER,
    TIME,
    VOLUME,
    Dimension,
)


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        (MASS.per(VOLUME), CONCENTRATION),
        (MASS.per(TIME), DOSE_RATE),
        (VOLUME.per(TIME), FLOW),
        (MASS.per(CONCENTRATION), VOLUME),
        (FLOW.times(CONCENTRATION), DOSE_RATE),
        (DOSE_RATE.per(CONCENTRATION), FLOW),
        (DOSE_RATE.times(TIME), MASS),
        (FLOW.times(TIME), VOLUME),
        (VOLUME.per(FLOW), TIME),
        (MASS.per(MASS), NUMBER),
    ],
)
def test_formulas_of_infusion_give_the_expected_dimension(
    formula: Dimension, result: Dimension
) -> None:
    assert formula == result


@pytest.mark.parametrize(
    ("dimension", "unit"),
    [
        (NUMBER, "1"),
        (CONCENTRATION, "mcg/mL"),
        (Dimension(0, 0, -1), "1/h"),
        (Dimension(2, -1, -1), "mcg*mcg/mL/h"),
    ],
)
def test_every_dimension_has_a_base_unit(dimension: Dimension, unit: str) -> None:
    assert dimension.base_unit() == unit


def test_a_dimension_without_a_name_is_described_by_its_unit() -> None:
    assert Dimension(0, 0, -1).described() == "an amount in 1/h"
