"""A published quantity that the body is held against: how the drug was given, and what was seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from thecal.knowledge import Confidence

SpreadKind = Literal["SD", "SEM", "RSE", "range", "none"]
"""What stands behind the +-: between people, of the mean, of an estimate in percent, extremes."""

_PART = re.compile(r"(?<=\d)[a-z]$")


@dataclass(frozen=True, slots=True)
class Way:
    """One drug given in one way to one body.

    Attributes
    ----------
    body, drug
        Names on record, as ``adult`` and ``morphine``.
    route, site
        As `thecal.body.Body.channel` takes them.
    mcg
        Each dose; ``None`` where a rate is given.
    mcg_per_h
        The rate; ``None`` where doses are given.
    over_s
        How long a dose or a rate runs; ``None``: a dose goes in at once, a rate never ends.
    every_s
        After what time the dose is given again, for ever; ``None`` for a single one.
    fluid_ml_per_h
        Mean fluid that comes with it at its site; it counts in the fluid balance.
    drift_cm_per_h
        Exploratory: how fast the drug sinks towards the sac.
    """

    body: str
    drug: str
    route: str
    site: str
    mcg: float | None
    mcg_per_h: float | None
    over_s: int | None
    every_s: int | None
    fluid_ml_per_h: float
    drift_cm_per_h: float


@dataclass(frozen=True, slots=True)
class Spread:
    """The reported spread: one number after +-, or the two ends of a range."""

    kind: SpreadKind
    width: float | None
    low: float | None
    high: float | None
    n: int | None

    def stated(self) -> str:
        """Return the spread as people write it; empty where none was reported."""
        people = f" (n = {self.n})" if self.n else ""
        if self.kind == "none":
            return ""
        if self.kind == "range":
            return f"{self.low:g} to {self.high:g}{people}"
        percent = " %" if self.kind == "RSE" else ""
        return f"+- {self.width:g}{percent} {self.kind}{people}"


@dataclass(frozen=True, slots=True)
class Target:
    """One quantity of one row.

    Attributes
    ----------
    id
        As ``A4b``; a lower-case letter at the end is the part of the row ``A4``.
    quantity
        In words.
    ways
        More than one where the quantity compares ways of giving, or ranks them.
    statistic
        A name in `thecal.validation.measures.MEASURES`.
    sites
        What is read, in the order in which the statistic takes it.
    times_s
        When it is read; ``span`` says that the two are the ends of a stretch of time.
    share
        For the statistics that need one, 0 to 1.
    observed
        In ``unit``; ``None`` for a rank, or where only a range was reported.
    factor
        A prediction within this factor of the observed value is within; ``None`` for a rank.
    line, origin
        Where it was read: the line, and the name of the file.
    """

    id: str
    quantity: str
    ways: tuple[Way, ...]
    statistic: str
    sites: tuple[str, ...]
    times_s: tuple[int, ...]
    span: bool
    share: float | None
    observed: float | None
    spread: Spread
    unit: str
    factor: float | None
    source: str
    confidence: Confidence
    note: str
    line: int
    origin: str

    @property
    def row(self) -> str:
        """The row that this quantity is a part of.

        Examples
        --------
        >>> _PART.sub("", "A4b"), _PART.sub("", "A12"), _PART.sub("", "dog")
        ('A4', 'A12', 'dog')
        """
        return _PART.sub("", self.id)

    @property
    def ranks(self) -> bool:
        """Whether it is an order that was seen, and no number."""
        return self.factor is None
