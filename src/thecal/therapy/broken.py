"""What leaves a catheter tip, and what faults made of it: the values, without what makes them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class TipRate:
    """What leaves the tip from one second up to another: mcg of each drug, exact."""

    start_s: int
    end_s: int
    mcg: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Struck:
    """One fault of a course, and whether it did its harm.

    ``words`` is a sentence without its time, ``size`` is empty where there is none.
    """

    name: str
    words: str
    size: str
    at_s: int
    until_s: int | None
    has_struck: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """A condition that sounded: when first and last, and how often."""

    name: str
    words: str
    critical: bool
    first_s: int
    last_s: int
    times: int


@dataclass(frozen=True, slots=True)
class Broken:
    """What faults made of a course.

    Attributes
    ----------
    faults, alarms
        In the order of time; an alarm is listed when it has sounded.
    left_nl
        What truly left the tip into the CSF, of all solutions.
    ordered
        What would have left the tip without a fault.
    computed_nl, true_nl
        In the reservoir at the end, residual included: by the pump's own arithmetic, and in truth.
    reservoir
        Second and true volume in nL, day by day.
    astray_mcg
        What went into tissue, and into the pump's pocket, of each drug.
    cannot
        What this pump can never notice, in its own words.
    """

    faults: tuple[Struck, ...]
    alarms: tuple[Alarm, ...]
    left_nl: int
    ordered: tuple[TipRate, ...]
    computed_nl: int
    true_nl: int
    reservoir: tuple[tuple[int, int], ...]
    astray_mcg: dict[str, dict[str, Fraction]]
    cannot: tuple[str, ...]

    def ordered_mcg(self, drug: str) -> Fraction:
        """Return what would have left the tip of a drug in the whole course, mcg, exact."""
        return sum((one.mcg.get(drug, Fraction(0)) for one in self.ordered), Fraction(0))
