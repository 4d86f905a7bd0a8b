"""Profiles of implanted pumps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thecal.devices.shelf import (
    amount_of,
    exact_number_of,
    load_profile,
    number_of,
    shelf,
    words_of,
)
from thecal.errors import KnowledgeError
from thecal.knowledge import ids_in
from thecal.quantity import FLOW, VOLUME

if TYPE_CHECKING:
    from decimal import Decimal
    from fractions import Fraction
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from thecal.knowledge import Figure, Table, Which
    from thecal.quantity import Dimension, Quantity

_KIND = "pumps"
_VOLUMES = (
    "reservoir_volume",
    "stroke_volume",
    "tubing_volume",
    "residual_volume",
    "low_reservoir_volume",
)
_FLOWS = ("lowest_rate", "highest_rate", "minimum_rate_mode", "highest_bolus_rate")
_COUNTS = {"flex_steps_per_day": "1", "alarm_lead_days": "day"}


@dataclass(frozen=True, slots=True)
class PumpProfile:
    """What the record says of one kind of pump.

    Parameters
    ----------
    id
        The name in course files, as ``synchromed-ii-20``.
    name
        The name for people.
    figures
        Every figure on record, by name.

    Raises
    ------
    KnowledgeError
        When a figure that a property returns is missing or in a unit of another kind.
    """

    id: str
    name: str
    figures: Table[Figure]

    def __post_init__(self) -> None:
        if self.lowest_rate > self.highest_rate:
            raise KnowledgeError(f'{self.id}: "lowest_rate" is above "highest_rate"')
        # Reading the rest once refuses an incomplete profile at the door and not at first use.
        for name in _VOLUMES:
            self._amount(name, VOLUME)
        for name in _FLOWS:
            self._amount(name, FLOW)
        for name, unit in _COUNTS.items():
            self._count(name, unit)
        number_of(self.figures, "accuracy", "percent", self.id)

    @property
    def reservoir_volume(self) -> Quantity:
        """The volume a full reservoir holds."""
        return self._amount("reservoir_volume", VOLUME)

    @property
    def lowest_rate(self) -> Quantity:
        """The lowest flow that can be programmed as a dose."""
        return self._amount("lowest_rate", FLOW)

    @property
    def highest_rate(self) -> Quantity:
        """The highest flow that can be programmed as a dose."""
        return self._amount("highest_rate", FLOW)

    @property
    def minimum_rate_mode(self) -> Quantity:
        """The flow in the minimum rate mode."""
        return self._amount("minimum_rate_mode", FLOW)

    @property
    def highest_bolus_rate(self) -> Quantity:
        """The highest flow during a bolus or a prime."""
        return self._amount("highest_bolus_rate", FLOW)

    @property
    def stroke_volume(self) -> Quantity:
        """The motor quantum: the smallest volume the pump moves at once."""
        return self._amount("stroke_volume", VOLUME)

    @property
    def tubing_volume(self) -> Quantity:
        """The volume between the reservoir and the catheter."""
        return self._amount("tubing_volume", VOLUME)

    @property
    def residual_volume(self) -> Quantity:
        """The volume that a needle cannot draw out of the reservoir."""
        return self._amount("residual_volume", VOLUME)

    @property
    def low_reservoir_volume(self) -> Quantity:
        """The computed volume at which the low-reservoir alarm sounds."""
        return self._amount("low_reservoir_volume", VOLUME)

    @property
    def flex_steps_per_day(self) -> int:
        """The most steps that one day of a flex pattern may have."""
        return self._count("flex_steps_per_day", "1")

    @property
    def alarm_lead_days(self) -> int:
        """How many days before the low-reservoir alarm a refill is planned."""
        return self._count("alarm_lead_days", "day")

    @property
    def accuracy_percent(self) -> Decimal:
        """How far the flow may be off, either way, in percent of the programmed flow."""
        return number_of(self.figures, "accuracy", "percent", self.id)

    @property
    def mechanism(self) -> str:
        """How it moves fluid: "rotor", "two valves" or "reference"; names the plant to build."""
        return words_of(self.figures, "mechanism", self.id)

    def has(self, sensor: str) -> bool:
        """Return whether there is such a sensor: "turn", "flow", "fill" or "pressure".

        Examples
        --------
        >>> load_pump("reference-20").has("flow"), load_pump("synchromed-ii-20").has("flow")
        (True, False)
        """
        return bool(self.exact_number(f"{sensor}_sensor", "1"))

    def exact_number(self, name: str, unit: str, which: Which = "value") -> Fraction:
        """Return a number of a figure, exact, in the unit in which it stands or a dosing unit.

        Parameters
        ----------
        name
            The figure.
        unit
            The unit wanted.
        which
            The set point or one end of the range.

        Raises
        ------
        KnowledgeError
            When that number is not on record, or the units measure different things.

        Examples
        --------
        >>> load_pump("synchromed-ii-20").exact_number("tubing_volume", "nL")
        Fraction(140000, 1)
        """
        return exact_number_of(self.figures, name, unit, which, self.id)

    def _amount(self, name: str, dimension: Dimension) -> Quantity:
        return amount_of(self.figures, name, dimension, self.id)

    def _count(self, name: str, unit: str) -> int:
        number = number_of(self.figures, name, unit, self.id)
        if number != number.to_integral_value():
            raise KnowledgeError(f'{self.id}: the figure "{name}" must be a whole number')
        return int(number)


def pump_ids(folder: Traversable | Path | None = None) -> tuple[str, ...]:
    """Return the ids of the pumps on record, in alphabetical order.

    Parameters
    ----------
    folder
        Another folder of pump profiles; ``None`` for those that come with thecal.

    Examples
    --------
    >>> pump_ids()
    ('prometra-20', 'prometra-ii-20', 'reference-20', 'synchromed-ii-20', 'synchromed-ii-40')
    """
    return ids_in(folder or shelf(_KIND))


def load_pump(pump_id: str, folder: Traversable | Path | None = None) -> PumpProfile:
    """Return the profile of a pump.

    Parameters
    ----------
    pump_id
        One of :func:`pump_ids`.
    folder
        Another folder of pump profiles; ``None`` for those that come with thecal.

    Raises
    ------
    InputError
        When there is no such pump; the sentence lists those that there are.
    KnowledgeError
        When its data file is incomplete or wrong.

    Examples
    --------
    >>> load_pump("synchromed-ii-20").reservoir_volume.show()
    '20 mL'
    """
    name, figures = load_profile(folder or shelf(_KIND), pump_id, "pump")
    return PumpProfile(pump_id, name, figures)
