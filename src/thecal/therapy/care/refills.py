"""Refills: how far apart they are, and how many a course takes."""

from __future__ import annotations

from math import inf

import numpy as np

from thecal.errors import InputError
from thecal.therapy.care.hazards import Array


def refill_every_days(
    reservoir_ml: Array | float,
    residual_ml: Array | float,
    ml_per_day: Array | float,
    *,
    stability_days: Array | float = inf,
) -> Array:
    """Return the longest interval between refills, in whole days rounded down.

    What can be pumped over what is pumped in a day, and no longer than the solution keeps
    (pump.md F10 and F11, without the lead time). For dates of one course, exactly and with patient
    boluses counted, see `thecal.therapy.RefillDates`.

    Parameters
    ----------
    residual_ml
        What the pump cannot deliver.
    ml_per_day
        Daily volume, above 0.
    stability_days
        How long the solution keeps in the pump; inf where no limit is on record.

    Raises
    ------
    InputError
        If a volume is not above 0, the residual not below the reservoir, or the interval would be
        shorter than a day.

    Examples
    --------
    >>> refill_every_days(40.0, 2.0, 0.5)
    array(76.)
    >>> refill_every_days(20.0, 2.0, 0.05, stability_days=90.0)
    array(90.)
    """
    reservoir, residual, daily, kept = (
        np.asarray(one, dtype=np.float64)
        for one in (reservoir_ml, residual_ml, ml_per_day, stability_days)
    )
    if not (np.isfinite(daily).all() and (daily > 0).all()):
        raise InputError("ml_per_day: must be above 0 mL/day, else nothing is ever refilled")
    if not (
        (residual >= 0).all() and (residual < reservoir).all() and np.isfinite(reservoir).all()
    ):
        raise InputError("residual_ml: must be 0 mL or more, and below the reservoir's volume")
    usable = reservoir - residual
    # A quotient such as 3.8 / 0.05 must not fall just below the whole days that it is.
    days = np.floor(np.minimum(np.nextafter(usable / daily, inf), kept))
    if not (days >= 1).all():
        raise InputError("the reservoir would have to be refilled more often than once a day")
    return np.asarray(days)


def refill_days(every_days: float, until_day: float) -> Array:
    """Return the days of the refills of a course, the filling at the implant on day 0 left out.

    Examples
    --------
    >>> refill_days(76.0, 200.0)
    array([ 76., 152.])
    """
    if not every_days > 0:
        raise InputError(f"every_days: {every_days:g}, but must be above 0 day")
    return np.arange(1.0, np.floor(until_day / every_days) + 1.0) * every_days
