"""What the clinic sees of people under treatment, and what it may order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """What the clinic sees on one day; arrays of shape (n,) but where said.

    Attributes
    ----------
    pain, worst_pain
        As told, 0 to 10; NaN of those not present.
    grades
        NCI CTC grades 0 to 4, shape (n, items); NaN of those not present.
    oral, pump
        Doses in force, mg/day of oral morphine equivalent and of the pump's drug by infusion, as
        programmed: what arrives may be less, and nobody sees it.
    boluses, bolus_mg
        How many boluses the pump gave today on request, and how much by them, mg.
    present
        Alive and still seen.
    """

    day: int
    pain: Array
    worst_pain: Array
    grades: Array
    items: tuple[str, ...]
    oral: Array
    pump: Array
    boluses: Array
    bolus_mg: Array
    present: Mask


@dataclass(frozen=True, slots=True, eq=False)
class Action:
    """What is ordered from now on; what is ``None`` stays as it is.

    Attributes
    ----------
    oral, pump
        Doses, mg/day, shape (n,).
    treat
        Side effects that are treated by their own medicine, shape (n, items).
    adjuvant
        Share of the pain that other treatment takes, 0 to 1, shape (n,).
    rotate
        Share of the tolerance to the systemic opioid that is lost by changing it, 0 to 1.
    expects
        Whose expectation is at work, as after the start of something new.
    """

    oral: Array | None = None
    pump: Array | None = None
    treat: Mask | None = None
    adjuvant: Array | None = None
    rotate: Array | None = None
    expects: Mask | None = None

    def check(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            If a dose is negative, or a share outside 0 to 1.
        """
        for name, dose in (("oral", self.oral), ("pump", self.pump)):
            if dose is not None and not (np.isfinite(dose) & (dose >= 0.0)).all():
                raise InputError(f"the {name} dose must be zero or more, and finite, for everybody")
        for name, part in (("adjuvant", self.adjuvant), ("rotate", self.rotate)):
            if part is not None and not ((part >= 0.0) & (part <= 1.0)).all():
                raise InputError(f'"{name}" is a share and must be within 0 to 1 for everybody')
