"""Exact amounts with units: read, compute, print.

Magnitudes are fractions in mcg, mL and h; nothing here is ever a binary float. What people type is
read by `parse` and `parse_number`, which refuse in one sentence; `Quantity.show` prints. Foreign
units pass through `thecal.quantity.edge`, which is not imported here because pint is slow to load.
"""

from thecal.quantity.dimension import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    MASS,
    NUMBER,
    TIME,
    VOLUME,
    Dimension,
    DimensionError,
)
from thecal.quantity.exact import Quantity
from thecal.quantity.grammar import parse
from thecal.quantity.plain_number import parse_number
from thecal.quantity.printing import show_number

__all__ = [
    "CONCENTRATION",
    "DOSE_RATE",
    "FLOW",
    "MASS",
    "NUMBER",
    "TIME",
    "VOLUME",
    "Dimension",
    "DimensionError",
    "Quantity",
    "parse",
    "parse_number",
    "show_number",
]
