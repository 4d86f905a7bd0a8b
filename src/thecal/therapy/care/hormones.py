"""Testosterone of men under intrathecal opioids: a slow harm that follows the start."""

from __future__ import annotations

import numpy as np

from thecal.errors import InputError
from thecal.therapy.care.hazards import Array
from thecal.therapy.care.record import DAYS_PER_MONTH, load_record


def share_of_testosterone(days: Array) -> Array:
    """Return men's mean serum testosterone as a share of that before the start.

    Straight lines between the means of the record (Roberts 2002, 10 men followed for 12 weeks);
    held after the last, since nothing later is on record. The men took opioids before, so the start
    was already low.

    Parameters
    ----------
    days
        Since the start of intrathecal opioid, 0 or more.

    Raises
    ------
    InputError
        If a day lies before the start.

    Examples
    --------
    >>> share_of_testosterone(np.array([0.0, 365.0])).round(2)
    array([1.  , 0.52])
    """
    if not (days >= 0).all():
        raise InputError("days: must be 0 or more, counted from the start of intrathecal opioid")
    rows = load_record().testosterone
    at = np.array([float(row.months) * DAYS_PER_MONTH for row in rows if row.months is not None])
    levels = np.array([row.number() for row in rows])
    return np.asarray(np.interp(days, at, levels / levels[0]))
