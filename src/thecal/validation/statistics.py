"""What papers report of a concentration in time or along the canal, each as one plain function.

Times in h, concentrations in mcg/mL, doses in mcg, rates in mcg/h, areas in mcg*h/mL.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from thecal.errors import ValidityError

Array = NDArray[np.float64]


def log_line(hours: Array, concentrations: Array) -> tuple[float, float]:
    """Return the slope (1/h) and the value at time zero of the best line through the logarithms.

    Raises
    ------
    ValidityError
        If a concentration is not above zero.
    """
    if not bool(np.all(concentrations > 0.0)):
        raise ValidityError("there is no drug to draw a line through at one of the times")
    slope, start = np.polyfit(hours, np.log(concentrations), 1)
    return float(slope), float(np.exp(start))


def half_life(hours: Array, concentrations: Array) -> float:
    """Return the half-life of the best line through the logarithms, h.

    Raises
    ------
    ValidityError
        If the concentration does not fall.

    Examples
    --------
    >>> half_life(np.array([1.0, 2.0, 3.0]), np.array([8.0, 4.0, 2.0])).__round__(6)
    1.0
    """
    slope, _ = log_line(hours, concentrations)
    if slope >= 0.0:
        raise ValidityError("the concentration does not fall there, so that it has no half-life")
    return float(np.log(2.0) / -slope)


def volume_at_zero(dose: float, hours: Array, concentrations: Array) -> float:
    """Return the dose over the concentration that the best line has at time zero, mL."""
    return dose / log_line(hours, concentrations)[1]


def clearance(dose: float, area: float) -> float:
    """Return the dose over the area under the curve, mL/h."""
    return dose / area


def residence_time(area: float, moment: float) -> float:
    """Return the mean residence time, h: the first moment of the curve over its area."""
    return moment / area


def steady_volume(dose: float, area: float, moment: float) -> float:
    """Return clearance x mean residence time, the volume at steady state, mL."""
    return clearance(dose, area) * residence_time(area, moment)


def terminal_volume(dose: float, area: float, half_life_h: float) -> float:
    """Return clearance x half-life / ln 2, the volume of the last phase, mL."""
    return clearance(dose, area) * half_life_h / float(np.log(2.0))


def peak_time(hours: Array, concentrations: Array) -> float:
    """Return when the highest concentration is reached, h.

    Raises
    ------
    ValidityError
        If it is the last one, so that the peak may come later.
    """
    highest = int(np.argmax(concentrations))
    if highest == len(hours) - 1:
        raise ValidityError("the concentration still rises at the last time; give a later one")
    return float(hours[highest])


def arrival_time(hours: Array, concentrations: Array, share: float) -> float:
    """Return when a share of the highest concentration is first reached, h.

    Linear between the times; they begin before the drug arrives.
    """
    level = share * float(concentrations.max())
    first = int(np.argmax(concentrations >= level))
    if first == 0:
        return float(hours[0])
    rise = concentrations[first] - concentrations[first - 1]
    part = (level - concentrations[first - 1]) / rise
    return float(hours[first - 1] + part * (hours[first] - hours[first - 1]))


def length_scale(depths: Array, amounts: Array, place: float) -> float:
    """Return the mean distance of the drug from a place, cm.

    For a steady infusion on a long canal this is the length in which the concentration falls by e.
    """
    return float(np.abs(depths - place) @ amounts / amounts.sum())


def mean_depth(depths: Array, amounts: Array) -> float:
    """Return the mean depth of the drug, cm below the foramen magnum."""
    return float(depths @ amounts / amounts.sum())


def smallest_step(values: Array) -> float:
    """Return the smallest ratio of a value to the one before: above 1 if all rise.

    Examples
    --------
    >>> float(smallest_step(np.array([1.0, 2.0, 3.0])))
    1.5
    """
    return float((values[1:] / values[:-1]).min())
