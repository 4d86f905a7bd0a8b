"""One published figure: what was measured in whom and when, with its spread and its source."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import isfinite, sqrt
from typing import Final, Literal

from thecal.errors import KnowledgeError
from thecal.knowledge import Confidence

Spread = Literal["", "sd", "sem", "se", "unstated"]
Interval = Literal["", "ci95", "ci97.5", "range", "iqr", "options"]

_Z: Final = {"ci95": 1.959963984540054, "ci97.5": 2.241402727604945}
"""Standard normal quantiles of two-sided intervals."""

_DIRECTIONS: Final = {1: "better", 0: "unchanged", -1: "worse"}
_SAID: Final = {"flag", "statement", "listed_common", "listed_less_common"}


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as it was published, or derived from figures that were.

    Attributes
    ----------
    id
        The study's name and the row's number in it.
    n
        How many people it counts; ``None`` where that was not seen.
    months
        Time since implant or entry; ``None`` where it is not a number, see ``when``.
    value
        ``None`` where the figure is known to exist and was not seen.
    low, high
        The ends of ``interval``.
    events, of
        The counts behind a percentage.
    refused
        Why the number must not be used; empty where it may.
    """

    id: str
    study: str
    arm: str
    n: int | None
    months: Decimal | None
    when: str
    outcome: str
    instrument: str
    statistic: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    interval: Interval
    spread: Decimal | None
    spread_kind: Spread
    events: int | None
    of: int | None
    unit: str
    confidence: Confidence
    source: str
    note: str
    refused: str = ""

    def number(self) -> float:
        """Return the value for a comparison or a calibration.

        Raises
        ------
        KnowledgeError
            When the value was not seen in print, contradicts itself, or was never checked.
        """
        if self.refused:
            raise KnowledgeError(f"{self.id} must not be used: {self.refused}")
        if self.value is None:
            raise KnowledgeError(f"{self.id}: that it exists is known, but it was not seen")
        if self.confidence == "low":
            raise KnowledgeError(f"{self.id} was never seen in print and must not be compared with")
        found = float(self.value)
        assert isfinite(found)
        return found

    def standard_deviation(self) -> float:
        """Return the spread between people.

        From a standard error or a 95 % interval of a mean it is that times the root of ``n``.

        Raises
        ------
        KnowledgeError
            When it cannot be known from what was printed.
        """
        if self.refused:
            raise KnowledgeError(f"{self.id} must not be used: {self.refused}")
        if self.spread is not None and self.spread_kind == "sd":
            return float(self.spread)
        error = self._standard_error()
        if error is None or self.n is None:
            raise KnowledgeError(
                f"{self.id} has no standard deviation in print, and none follows from what is"
            )
        return error * sqrt(self.n)

    def _standard_error(self) -> float | None:
        if self.spread is not None and self.spread_kind in {"sem", "se"}:
            return float(self.spread)
        if self.interval in _Z and self.low is not None and self.high is not None:
            return float(self.high - self.low) / (2 * _Z[self.interval])
        return None

    def stated(self) -> str:
        """Return the figure for people, as ``84.5 % (60 of 71)``."""
        words = self._value_in_words()
        if self.unit:
            words += f" {self.unit}"
        if self.events is not None:
            words += f" ({self.events} of {self.of})" if self.of else f" ({self.events})"
        if self.low is not None and self.high is not None:
            name = {"ci95": "95 % interval", "ci97.5": "97.5 % interval", "iqr": "quartiles"}.get(
                self.interval, "range"
            )
            words += f" ({name} {self.low.normalize():f} to {self.high.normalize():f})"
        if self.spread is not None:
            name = {"sd": "SD", "unstated": "+/-"}.get(self.spread_kind, "standard error")
            words += f" ({name} {self.spread.normalize():f})"
        return words

    def _value_in_words(self) -> str:
        if self.value is None:
            return "a band" if self.low is not None else "not seen"
        if self.statistic == "p_value":
            sign = "<" if "less than" in self.note else "="
            return f"P {sign} {self.value.normalize():f}"
        if self.statistic == "direction":
            return _DIRECTIONS[int(self.value)]
        if self.statistic in _SAID:
            return "stated"
        return f"{self.value.normalize():f}"

    def occasion(self) -> str:
        """Return when it was measured, in words; empty where nothing is known of it."""
        if self.when:
            return self.when
        if self.months is None:
            return ""
        if self.months == 0:
            return "at entry"
        return f"at {self.months.normalize():f} month{'' if self.months == 1 else 's'}"
