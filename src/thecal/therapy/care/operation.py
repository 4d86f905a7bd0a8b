"""The operation: how long it takes, under what anaesthesia, and what is on record of the stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from thecal.errors import InputError
from thecal.therapy.care.hazards import Array
from thecal.therapy.care.record import load_record

if TYPE_CHECKING:
    import numpy as np

MINUTES_PER_HOUR: Final = 60.0
_TIMES: Final = {"implant": "implant_time", "catheter trial": "trial_time"}


@dataclass(frozen=True, slots=True)
class Operation:
    """The operations of some people.

    Attributes
    ----------
    minutes
        How long each took, shape (n,).
    anaesthesia, stay
        In words, since no shares or lengths are on record.
    observed_hours
        The least observation that the label asks for after a test dose of morphine.
    """

    minutes: Array
    anaesthesia: str
    stay: str
    observed_hours: float


def draw_operations(rng: np.random.Generator, people: int, *, kind: str = "implant") -> Operation:
    """Draw the times of an operation.

    Evenly over the range on record, since nothing is known of its shape.

    Parameters
    ----------
    kind
        "implant" or "catheter trial".

    Raises
    ------
    InputError
        If the kind is another, or there are no people.

    Examples
    --------
    >>> import numpy as np
    >>> done = draw_operations(np.random.default_rng(1), 3)
    >>> bool((done.minutes >= 60).all() and (done.minutes <= 180).all()), done.anaesthesia
    (True, 'general, typically; local is possible')
    """
    if kind not in _TIMES:
        raise InputError(f'kind: "{kind}" has no time on record; allowed are {", ".join(_TIMES)}')
    if people < 1:
        raise InputError(f"people: {people}, but at least 1 is needed to operate on anybody")
    record = load_record()
    hours = record.published[_TIMES[kind]]
    assert hours.low is not None
    assert hours.high is not None
    minutes = rng.uniform(float(hours.low), float(hours.high), people) * MINUTES_PER_HOUR
    return Operation(
        minutes=minutes,
        anaesthesia=record.figures["anaesthesia"].words,
        stay=record.figures["stay"].words,
        observed_hours=record.published["observation"].number(),
    )
