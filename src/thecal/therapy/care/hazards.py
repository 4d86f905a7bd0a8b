"""Rates of events that change in steps with age, and exact draws from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, log
from typing import Self

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Hazard:
    """A rate that is constant within steps of age.

    Parameters
    ----------
    from_days
        The ages at which the steps begin; the first is 0, the last step has no end.
    per_day
        The rate within each step, events a day.

    Raises
    ------
    InputError
        If the ages do not rise from 0, or a rate is negative or not finite.
    """

    from_days: tuple[float, ...]
    per_day: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse steps that are no hazard."""
        if not self.from_days or len(self.from_days) != len(self.per_day):
            raise InputError("a hazard needs one rate for each step, and at least one step")
        rising = all(a < b for a, b in zip(self.from_days, self.from_days[1:], strict=False))
        if self.from_days[0] != 0 or not rising or not isfinite(self.from_days[-1]):
            raise InputError(f"the ages {self.from_days} of a hazard must rise from 0 day")
        if not all(isfinite(rate) and rate >= 0 for rate in self.per_day):
            raise InputError(f"the rates {self.per_day} of a hazard must be 0 per day or more")

    @classmethod
    def through(cls, points: Sequence[tuple[float, float]], later_per_day: float = 0.0) -> Self:
        """Return the hazard whose share free of the event passes through given points.

        Parameters
        ----------
        points
            Ages in days, rising, and the share still free at each.
        later_per_day
            The rate after the last point.

        Raises
        ------
        InputError
            If a share is not above 0 and at most 1, or the shares rise with age.

        Examples
        --------
        >>> steps = Hazard.through([(10.0, 0.5)])
        >>> float(steps.free(np.array([10.0]))[0]), float(steps.free(np.array([99.0]))[0])
        (0.5, 0.5)
        """
        starts, rates, before, free = [], [], 0.0, 1.0
        for age, share in points:
            if not 0.0 < share <= free or age <= before:
                raise InputError(
                    f"a share of {share:g} free at {age:g} day cannot follow {free:g} at "
                    f"{before:g} day: ages rise, and shares fall and stay above 0"
                )
            starts.append(before)
            rates.append(log(free / share) / (age - before))
            before, free = age, share
        return cls((*starts, before), (*rates, later_per_day))

    def free(self, days: Array) -> Array:
        """Return the share still free of the event at ages."""
        return np.asarray(np.exp(-self.accrued(days)))

    def accrued(self, days: Array) -> Array:
        """Return the hazard accrued until ages."""
        starts, rates = np.array(self.from_days), np.array(self.per_day)
        step = np.searchsorted(starts, days, side="right") - 1
        return np.asarray(self._until_steps()[step] + (days - starts[step]) * rates[step])

    def further_days(self, age_days: Array, exponential: Array) -> Array:
        """Return after how many further days the event comes to those who are free at an age.

        Exact: the inverse of the accrued hazard, which is a broken line.

        Parameters
        ----------
        age_days
            Ages, 0 or more.
        exponential
            Draws from the standard exponential; divided by a person's relative rate.

        Returns
        -------
        Array
            Days; inf where the hazard ends before.
        """
        starts, rates = np.array(self.from_days), np.array(self.per_day)
        wanted = self.accrued(age_days) + exponential
        until = self._until_steps()
        step = np.searchsorted(until, wanted, side="right") - 1
        rate = rates[step]
        into = np.divide(wanted - until[step], rate, out=np.full(wanted.shape, inf), where=rate > 0)
        return np.asarray(np.maximum(starts[step] + into - age_days, 0.0))

    def _until_steps(self) -> Array:
        widths = np.diff(np.array(self.from_days))
        per_step = widths * np.array(self.per_day[:-1])
        return np.concatenate([np.zeros(1), np.cumsum(per_step)])
