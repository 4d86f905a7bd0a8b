"""Whether a prediction agrees with what was seen."""

from __future__ import annotations

from math import sqrt

from thecal.validation.target import Target

CHI_SQUARE_95 = 3.841
"""Twice the log-likelihood that a single figure may lose within its 95 % interval."""

PERCENT = 100.0

WIDTHS = 2.0
"""How many SD, SEM or RSE to both sides of the observed value count as the reported spread."""

TREATED = (
    "A prediction is within when it lies inside the reported spread, or within a factor 1.5 of the "
    "observed value. The spread is that between people: the mean +- 2 SD. A standard error of n "
    "people is turned into their SD (x root n), so that all rows are judged by one measure; where "
    "n is not known it stays as it is. The strict count beside it takes +- 2 SEM instead. A range "
    "counts as reported; where it stands alone, its geometric middle counts as the observed value. "
    "A rank is within when each value is above the one before."
)
"""The rule in words."""


def reported(target: Target, *, strict: bool = False) -> tuple[float, float] | None:
    """Return the ends of the reported spread in the target's unit; ``None`` where none was.

    Parameters
    ----------
    strict
        Whether a standard error stays one.
    """
    spread = target.spread
    if spread.low is not None and spread.high is not None:
        return spread.low, spread.high
    if spread.width is None or target.observed is None:
        return None
    width = spread.width * (target.observed / PERCENT if spread.kind == "RSE" else 1.0)
    if spread.kind == "SEM" and spread.n is not None and not strict:
        width *= sqrt(spread.n)
    return max(0.0, target.observed - WIDTHS * width), target.observed + WIDTHS * width


def central(target: Target) -> float | None:
    """Return the observed value; of a lone range its geometric middle; of a rank nothing."""
    low, high = target.spread.low, target.spread.high
    if target.observed is None and low is not None and high is not None:
        return sqrt(low * high)
    return target.observed


def is_within(target: Target, predicted: float, *, strict: bool = False) -> bool:
    """Return whether a prediction, in the target's unit, agrees with the target.

    Parameters
    ----------
    predicted
        For a rank the smallest ratio of a value to the one before it.
    strict
        Whether a standard error stays one.
    """
    if target.factor is None:
        return predicted > 1.0
    ends = reported(target, strict=strict)
    if ends is not None and ends[0] <= predicted <= ends[1]:
        return True
    middle = central(target)
    if middle is None:
        return False
    return middle / target.factor <= predicted <= middle * target.factor


def misfit(target: Target, predicted: float | None) -> float:
    """Return by what factor a prediction is off, 1 or more; infinite where there is none.

    For a rank the factor by which the closest two values stand in the wrong order.
    """
    if predicted is None or predicted <= 0.0:
        return float("inf")
    if target.factor is None:
        return max(1.0, 1.0 / predicted)
    middle = central(target) or predicted
    return max(predicted / middle, middle / predicted)
