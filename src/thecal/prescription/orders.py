"""What a prescriber orders for the pump: solution, infusion pattern, boluses, bridge, refill.

Every value is immutable and refuses only what can never mean anything: a wrong dimension, an
amount that is not above zero. Whether an order is wise for this drug and possible on this pump is
the business of :mod:`thecal.prescription.checks`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from thecal.errors import InputError
from thecal.knowledge import Table
from thecal.quantity import CONCENTRATION, DOSE_RATE, MASS, TIME, VOLUME, Dimension, Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_S = 86_400
WEEK_S = 7 * DAY_S
MINUTE_S = 60
DAYS_OF_WEEK = 7
WHOLE_WEEK = frozenset(range(DAYS_OF_WEEK))

_EXAMPLES: Mapping[Dimension, str] = {
    CONCENTRATION: "10 mg/mL",
    DOSE_RATE: "2 mg/day",
    MASS: "0.2 mg",
    TIME: "10 min",
    VOLUME: "20 mL",
}


def required(
    quantity: Quantity, dimension: Dimension, name: str, *, zero_allowed: bool = False
) -> None:
    """Refuse a quantity of the wrong dimension or sign.

    Raises
    ------
    InputError
        With ``name`` as the field.
    """
    if quantity.dimension != dimension:
        msg = f"{quantity.show()} is another kind of amount; write it as {_EXAMPLES[dimension]}"
        raise InputError(msg, field=name)
    if quantity.magnitude < 0 or (quantity.magnitude == 0 and not zero_allowed):
        msg = f"{quantity.show()} must be above zero, as {_EXAMPLES[dimension]}"
        raise InputError(msg, field=name)


@dataclass(frozen=True, slots=True)
class Solution:
    """What is in the reservoir: each drug's concentration, the primary drug first.

    Doses are stated in the primary drug; it sets the flow, and with it the dose of every other
    drug of the mixture. Two solutions are equal when they hold the same drugs at the same
    concentrations, whichever is named first.

    Examples
    --------
    >>> from thecal.quantity import Quantity
    >>> Solution({"morphine": Quantity.of(10, "mg/mL")}).primary
    'morphine'
    """

    concentrations: Mapping[str, Quantity]

    def __post_init__(self) -> None:
        if not self.concentrations:
            msg = 'a solution needs at least one drug, as { morphine = "10 mg/mL" }'
            raise InputError(msg, field="solution")
        for drug, concentration in self.concentrations.items():
            required(concentration, CONCENTRATION, f"solution.{drug}")
        # A private copy, so that a later change of the caller's mapping changes nothing here.
        object.__setattr__(self, "concentrations", Table(self.concentrations))

    @property
    def primary(self) -> str:
        """The id of the drug in which doses are stated: the first one."""
        return next(iter(self.concentrations))

    @property
    def primary_concentration(self) -> Quantity:
        """The concentration of the primary drug."""
        return self.concentrations[self.primary]


@dataclass(frozen=True, slots=True)
class SimpleContinuous:
    """One constant rate, stated as a dose of the primary drug."""

    dose: Quantity

    def __post_init__(self) -> None:
        required(self.dose, DOSE_RATE, "dose")


@dataclass(frozen=True, slots=True)
class FlexStep:
    """A stretch of the day with its own dose rate, on some days of the week.

    ``start_s`` and ``end_s`` are seconds of the day, ``end_s`` up to 86 400 (midnight at the end).
    A step that ends at or before its start runs on into the next day and belongs to the day on
    which it starts. Monday is day 0.
    """

    days: frozenset[int]
    start_s: int
    end_s: int
    dose_rate: Quantity

    def __post_init__(self) -> None:
        required(self.dose_rate, DOSE_RATE, "dose", zero_allowed=True)
        if not self.days or not self.days <= WHOLE_WEEK:
            msg = "the days of a step are numbers from 0 (Monday) to 6 (Sunday), at least one"
            raise InputError(msg, field="days")
        if not 0 <= self.start_s < DAY_S:
            msg = "a step starts between 00:00 and 23:59"
            raise InputError(msg, field="from")
        if not 0 <= self.end_s <= DAY_S or self.end_s == self.start_s:
            msg = (
                "a step ends between 00:00 and 24:00 and not at the minute at which it starts; "
                "for the whole day write from 00:00 to 24:00"
            )
            raise InputError(msg, field="to")

    @property
    def length_s(self) -> int:
        """How long the step lasts, in seconds."""
        return self.end_s - self.start_s + (DAY_S if self.end_s < self.start_s else 0)


@dataclass(frozen=True, slots=True)
class Flex:
    """A week made of steps; each weekday may have its own."""

    steps: tuple[FlexStep, ...]


@dataclass(frozen=True, slots=True)
class MinimumRate:
    """The lowest rate that keeps the pump turning; no dose is stated."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The pump delivers nothing."""


Pattern = SimpleContinuous | Flex | MinimumRate | Stopped


@dataclass(frozen=True, slots=True)
class Bolus:
    """A bolus that the prescriber schedules, once or again and again.

    Parameters
    ----------
    dose
        Mass of the primary drug in one bolus.
    duration
        How long one bolus takes.
    at_s
        Start of the first one, in seconds from the start of the course.
    every
        From start to start; ``None`` for a single bolus.
    """

    dose: Quantity
    duration: Quantity
    at_s: int
    every: Quantity | None = None

    def __post_init__(self) -> None:
        required(self.dose, MASS, "dose")
        required(self.duration, TIME, "duration")
        if self.every is not None:
            required(self.every, TIME, "every")


@dataclass(frozen=True, slots=True)
class PatientBolus:
    """The bolus behind the patient's button.

    Parameters
    ----------
    dose
        Mass of the primary drug in one bolus.
    duration
        How long one bolus takes.
    lockout
        The shortest time from the start of one to the start of the next.
    most_per_day
        The most in any 24 hours, counted in a sliding window.
    """

    dose: Quantity
    duration: Quantity
    lockout: Quantity
    most_per_day: int

    def __post_init__(self) -> None:
        required(self.dose, MASS, "dose")
        required(self.duration, TIME, "duration")
        required(self.lockout, TIME, "lockout")
        if self.most_per_day < 1:
            msg = f"{self.most_per_day} boluses a day is no bolus; leave the patient bolus out"
            raise InputError(msg, field="most_per_day")


@dataclass(frozen=True, slots=True)
class Bridge:
    """The dose to keep while the old solution leaves tubing and catheter.

    ``dose`` is of the primary drug of the old solution.
    """

    dose: Quantity

    def __post_init__(self) -> None:
        required(self.dose, DOSE_RATE, "dose")


@dataclass(frozen=True, slots=True)
class Prescription:
    """What the pump is told to do from one moment of the course on.

    ``bridge`` is a decision that a change of solution forces: a :class:`Bridge`, or ``"none"``;
    ``None`` means that it was not said.
    """

    at_s: int
    solution: Solution
    pattern: Pattern
    boluses: tuple[Bolus, ...] = ()
    patient_bolus: PatientBolus | None = None
    bridge: Bridge | Literal["none"] | None = None


@dataclass(frozen=True, slots=True)
class Refill:
    """The reservoir is emptied and filled with the solution of the prescription then in force.

    ``rinsed`` says that the residual volume was rinsed out with the new solution first, so that
    nothing of the old one stays behind.
    """

    at_s: int
    volume: Quantity
    rinsed: bool = False

    def __post_init__(self) -> None:
        required(self.volume, VOLUME, "volume")
