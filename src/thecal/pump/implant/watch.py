"""What detection knows at a reading of the sensors, and what it remembers until the next."""

from __future__ import annotations

from typing import NamedTuple

from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.values import NEVER, Reading


class Situation(NamedTuple):
    """What the rest of the pump knows at a reading."""

    strokes: int
    """Commanded and permitted since the last reading."""
    stroke_nl: int
    bolus_since_s: int
    """When the running bolus began; `NEVER` when none runs."""
    reservoir_nl: int
    """Computed, residual included."""
    low_nl: int
    """The volume above the residual at which the reservoir is low."""
    since_s: int = NEVER
    """When the first of the strokes was; `NEVER` when it was now."""


class Stretch(NamedTuple):
    """A time in which, all in all, more than the allowed share was measured, or less."""

    start_s: int = 0
    moved_nl: int = 0
    asked_nl: int = 0
    bad_s: int = 0
    """When it was last beyond the share from one reading to the next."""
    good_nl: int = 0
    """Asked since then."""


class Watch(NamedTuple):
    """What detection remembers between two readings."""

    at_s: int = NEVER
    last: Reading = Reading()
    """The last believable value of each sensor."""
    unseen: int = 0
    """Strokes commanded while no sensor told of motion."""
    over: Stretch = Stretch()
    under: Stretch = Stretch()
    missed: int = 0
    """Strokes without motion, and the second of the first of them: the onset of a stall."""
    missed_s: int = NEVER
    pressed_s: int = NEVER
    """Since when the pressure is that of an occlusion, and its highest value."""
    highest_hpa: int = 0
    apart_s: int = NEVER
    """Since when computed and measured volume are too far apart."""
    present: tuple[Cause, ...] = ()
    """The conditions that are there, in a fixed order."""

    @property
    def is_calm(self) -> bool:
        """Whether nothing is amiss, and nothing seems to begin."""
        amiss = self.unseen or self.over.moved_nl or self.under.asked_nl or self.missed
        begun_s = max(self.pressed_s, self.apart_s)
        return self.at_s != NEVER == begun_s and not (amiss or self.present)
