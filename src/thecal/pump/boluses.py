"""Boluses during a run: when one is due, the one that runs, and the patient's lockout."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from thecal.pump.amounts import DAY_S, span_words
from thecal.pump.program import PatientBolus, ScheduledBolus

BolusKind = Literal["patient", "scheduled"]


@dataclass(frozen=True, slots=True)
class RunningBolus:
    """A bolus under way: its flow in parts per second on top of the basal, and its end."""

    kind: BolusKind
    flow: int
    end_s: int


def next_due_s(bolus: ScheduledBolus, from_s: int) -> int | None:
    """Return the bolus's first second at or after ``from_s``; None when there is no more."""
    if bolus.first_s >= from_s:
        return bolus.first_s
    if bolus.every_s is None:
        return None
    return from_s + (bolus.first_s - from_s) % bolus.every_s


class Lockout:
    """Remembers the granted patient boluses, through every change of program (PC-07).

    The count is of starts in the 24 h that end now, a window that slides: a count by calendar day
    would allow twice as many around midnight (pump.md F11, the window trap).
    """

    def __init__(self) -> None:
        self._last_s: int | None = None
        self._day_s: deque[int] = deque()

    def grant(self, now_s: int) -> None:
        """Remember a bolus that starts now."""
        self._last_s = now_s
        self._day_s.append(now_s)

    def refusal(self, bolus: PatientBolus, now_s: int) -> str:
        """Return why the patient must wait, in words; empty when no wait is needed."""
        while self._day_s and self._day_s[0] <= now_s - DAY_S:
            self._day_s.popleft()
        if self._last_s is not None and now_s < self._last_s + bolus.lockout_s:
            left = span_words(self._last_s + bolus.lockout_s - now_s)
            return f"the lockout of {span_words(bolus.lockout_s)} lasts for another {left}"
        if len(self._day_s) >= bolus.most_in_24_h:
            return (
                f"{len(self._day_s)} started in the last 24 h, and no more than "
                f"{bolus.most_in_24_h} may"
            )
        return ""
