"""The adult and morphine, made once for all tests."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from thecal.body import Body, Parameters, build_body, load_anatomy, parameters_of
from thecal.formulary import load_formulary

Array = NDArray[np.float64]

HOUR = 3_600
DAY = 24 * HOUR


@cache
def morphine() -> Parameters:
    return parameters_of(load_formulary().drug("morphine"), load_anatomy("adult"))


@cache
def depth(level: str) -> float:
    anatomy = load_anatomy("adult")
    return anatomy.middle_cm(anatomy.level_index(level))


@cache
def adult(tip: str = "T10", pump_ml_per_h: float = 0.01) -> Body:
    return build_body(
        load_anatomy("adult"), morphine(), tip_cm=depth(tip), pump_ml_per_h=pump_ml_per_h
    )
