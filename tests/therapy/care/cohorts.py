"""Virtual cohorts for tests, and how sure a share or a median of them is."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np

from thecal.evidence import Published, load_library
from thecal.therapy.care import Complications, follow, load_risks
from thecal.therapy.care.hazards import Array
from thecal.therapy.care.risks import COHORT

YEAR = 365.25
MONTH = YEAR / 12
PUMPS = 20_000
TECHNICAL = ("revision", "catheter_revision", "granuloma_revision", "pump", "stall")
"""Operations for technical complications; a battery at its end is none."""


def published(figure: str) -> Published:
    return load_library().figures[figure]


def immortal(people: int = PUMPS) -> Array:
    return np.full(people, inf)


def cohort(days: float, *, seed: int = 7, explants: str = COHORT) -> Complications:
    """Return many people with a pump and no disease that kills."""
    return follow(
        np.random.default_rng(seed),
        PUMPS,
        int(days),
        risks=load_risks(explants),
        other_deaths_day=immortal(),
    )


def kaplan_meier(event: Array, censored: Array, day: float) -> float:
    """Return the share free of the event at a day, those lost before counted out."""
    time = np.minimum(event, censored)
    order = np.argsort(time)
    seen = event[order] <= censored[order]
    at_risk = len(event) - np.arange(len(event))
    steps = np.where(seen & (time[order] <= day), 1.0 - 1.0 / at_risk, 1.0)
    return float(steps.prod())


def four_errors(share: float, people: int = PUMPS) -> float:
    """Return four standard errors of a share: a seed that fails is one of 16 000."""
    return 4.0 * sqrt(share * (1.0 - share) / people)


def wilson(events: int, of: int) -> tuple[float, float]:
    """Return the 95 % interval of a published share."""
    z = 1.959963984540054
    share = events / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half
