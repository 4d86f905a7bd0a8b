"""What people get used to: a tolerance that grows on the drug, and falls while there is less of it.

The acquired tolerance A is what the doses of entry go with; it grows by a yearly rate while there
is any drug. A dose below that of entry sustains less of it, in proportion to what the drug does:

    sustained share = min(1, drive of today / drive at entry)    both at the tolerance of entry
    tolerance = 1 + (A - 1) * held                               held follows the sustained share

The share that is held follows by a half-life, down while less is taken and up when more is taken
again: a pause gives the effect back, and the old dose in time takes it away. The straight line from
no drug (a tolerance of 1) to the doses of entry (all of it) is assumed; under a steeper one, a dose
that is kept lower would in the end relieve more.
"""

from __future__ import annotations

from math import inf, isinf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.effects.response import Response, Sites

Array = NDArray[np.float64]

_LEAST_DRIVE: Final = 1e-9


class Tolerance:
    """The tolerance of some people, day by day.

    Parameters
    ----------
    response
        What the drug does.
    entering
        Factor on the concentrations needed when they enter, 1 or more, shape (n,).
    entry
        The concentrations to which they are used then.
    recovery_half_life
        Days in which half of what is no longer sustained is lost; infinite: it never falls.

    Examples
    --------
    Someone who needs six times as much, two half-lives after a stop:

    >>> import numpy as np
    >>> from thecal.effects import Reference, Sites, load_effects, respond
    >>> one = np.ones(1)
    >>> each, taken = np.float64(1.0), Sites(one, one, one)
    >>> shown = Reference(Sites(each, each, each), Sites(each, each, each))
    >>> response = respond(load_effects("morphine"), shown, oral_to_intrathecal=100.0)
    >>> held = Tolerance(response, 6.0 * one, taken, recovery_half_life=13.0)
    >>> for _ in range(26):
    ...     held.pass_day(Sites(0.0 * one, 0.0 * one, 0.0 * one), grows=one)
    >>> held.factor.round(2)
    array([2.25])
    """

    def __init__(
        self, response: Response, entering: Array, entry: Sites, *, recovery_half_life: float = inf
    ) -> None:
        self._response = response
        self._entering = entering
        self._acquired = entering.copy()
        self._held = np.ones(len(entering))
        self._falls = not isinf(recovery_half_life)
        self._keeps = 0.5 ** (1.0 / recovery_half_life)
        # Those who enter without the drug are used to whatever they are given later.
        self._at_entry = np.maximum(response.drive(entry, entering), _LEAST_DRIVE)
        self.factor = entering.copy()
        """On the concentrations needed, shape (n,); never below 1."""

    def pass_day(self, sites: Sites, grows: Array) -> None:
        """Let a day pass.

        Parameters
        ----------
        sites
            The day's concentrations, ng/mL.
        grows
            Factor by which the need of each grows in a day, 1 or more, shape (n,).
        """
        self._acquired = self._acquired * grows
        if not self._falls:
            self.factor = self._acquired
            return
        drive = self._response.drive(sites, self._entering)
        sustained = np.minimum(1.0, drive / self._at_entry)
        self._held = sustained + (self._held - sustained) * self._keeps
        lost = (self._acquired - 1.0) * (1.0 - self._held)
        self.factor = np.maximum(1.0, self._acquired - lost)
