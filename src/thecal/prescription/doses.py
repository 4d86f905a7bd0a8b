"""What is given without the pump, or beside it: a dose by any route, once or again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.orders import required
from thecal.prescription.sites import ONLY_PLACES
from thecal.quantity import MASS

if TYPE_CHECKING:
    from thecal.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose of one drug by one route.

    Parameters
    ----------
    drug
        Its name in the formulary.
    route
        ``"intrathecal"``, ``"epidural"``, ``"intraventricular"``, ``"cisternal"``,
        ``"intravenous"`` or ``"oral"``.
    site
        Where: a vertebral level for the spinal routes, an oral form by mouth, empty into a vein.
        Where a route has one place only it is filled in.
    amount
        The mass of one dose.
    at_s
        When the first one begins, in seconds from the start of the course.
    over_s
        How long one takes, at a constant rate, in seconds; 0 for a bolus.
    every_s
        From start to start, in seconds; ``None`` for a single dose.
    count
        How many there are.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from thecal.quantity import Quantity
    >>> bolus = Dose("morphine", "intrathecal", "L3", Quantity.of("0.3", "mg"), 0)
    >>> list(replace(bolus, every_s=3600, count=3).starts_s)
    [0, 3600, 7200]
    """

    drug: str
    route: str
    site: str
    amount: Quantity
    at_s: int
    over_s: int = 0
    every_s: int | None = None
    count: int = 1

    def __post_init__(self) -> None:
        required(self.amount, MASS, "amount")
        if self.over_s < 0:
            msg = f"{self.over_s} s is no duration; write 0 for a bolus or how long the dose takes"
            raise InputError(msg, field="over")
        if self.every_s is not None and self.every_s <= 0:
            msg = f"{self.every_s} s is no interval; it must be above zero"
            raise InputError(msg, field="every")
        if self.count < 1:
            msg = f"{self.count} doses are no dose; leave it out"
            raise InputError(msg, field="times")
        if self.count > 1 and self.every_s is None:
            msg = f"{self.count} doses need the time from one to the next"
            raise InputError(msg, field="times")
        if not self.site:
            object.__setattr__(self, "site", ONLY_PLACES.get(self.route, ""))

    @property
    def starts_s(self) -> range:
        """When each dose begins, in seconds from the start of the course."""
        step = self.every_s or 1
        return range(self.at_s, self.at_s + self.count * step, step)

    @property
    def last_s(self) -> int:
        """When the last dose begins, in seconds from the start of the course."""
        return self.starts_s[-1]
