"""The words of a scenario's page: times of a run, rows of its timeline, what a picture shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from thecal.quantity import show_number

if TYPE_CHECKING:
    from thecal.pump.simulation.scenarios_stage import Moment, Scene

_MINUTE_S: Final = 60
_HOUR_S: Final = 3_600
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SECONDS: Final = re.compile(r"\bsecond (\d+)(?: to (\d+))?|(?<=turned again by )(\d+)")
_WHO: Final = {"people": "people", "pump": "pump", "truth": "in truth"}
_TRULY: Final = "In truth "
_NL_PER_ML: Final = 1_000_000
_FROM_MG: Final = 5_000
_MCG_PER_MG: Final = 1_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a timeline as a nurse reads it.

    Parameters
    ----------
    number
        Its place in the table; the picture names it.
    hours
        Since the start of the run.
    elapsed, when
        The same as hours and minutes, and as day, weekday and time of day.
    kind
        people, pump, truth or alarm.
    who, words, priority
        In words; the priority of an alarm that is raised, else empty.
    """

    number: int
    hours: float
    elapsed: str
    when: str
    kind: str
    who: str
    words: str
    priority: str


def when(second: int) -> str:
    """Return a second of a run, which begins on a Monday at midnight, as day, weekday and time.

    Examples
    --------
    >>> when(33 * 3_600)
    'day 2 Tue 09:00'
    """
    hours, minute = divmod(second // _MINUTE_S, 60)
    day, hour = divmod(hours, 24)
    return f"day {day + 1} {_DAYS[day % len(_DAYS)]} {hour:02}:{minute:02}"


def since_start(second: int) -> str:
    """Return a second of a run as hours and minutes since its start.

    Examples
    --------
    >>> since_start(33 * 3_600 + 125)
    '33:02'
    """
    hours, minute = divmod(second // _MINUTE_S, 60)
    return f"{hours}:{minute:02}"


def with_clock(text: str) -> str:
    """Return a sentence of the pump's log with its seconds told as day and time.

    Examples
    --------
    >>> with_clock("The motor has not turned since second 122516.")
    'The motor has not turned since day 2 Tue 10:01.'
    >>> with_clock("Power is back: second 60 to 180 was lost.")
    'Power is back: day 1 Mon 00:01 to day 1 Mon 00:03 was lost.'
    >>> with_clock("The motor, which stalled at second 60, turned again by 180.")
    'The motor, which stalled at day 1 Mon 00:01, turned again by day 1 Mon 00:03.'
    """

    def told(found: re.Match[str]) -> str:
        return " to ".join(when(int(one)) for one in found.groups() if one is not None)

    return _SECONDS.sub(told, text)


def timeline_rows(moments: tuple[Moment, ...]) -> list[Row]:
    """Return the rows of a timeline, numbered from 1."""
    rows = []
    for number, one in enumerate(moments, start=1):
        words = with_clock(one.words)
        if one.who == "truth":
            # The column says it already.
            rest = words.removeprefix(_TRULY)
            words = rest[:1].upper() + rest[1:]
        rows.append(
            Row(
                number,
                one.at_s / _HOUR_S,
                since_start(one.at_s),
                when(one.at_s),
                "alarm" if one.priority else one.who,
                _WHO[one.who],
                words,
                one.priority,
            )
        )
    return rows


def dose(mcg: Fraction) -> str:
    """Return a mass as the scenarios print it.

    Examples
    --------
    >>> dose(Fraction(466_25, 100)), dose(Fraction(36_000))
    ('466.25 mcg', '36 mg')
    """
    if abs(mcg) >= _FROM_MG:
        return f"{show_number(mcg / _MCG_PER_MG, decimals=2)} mg"
    return f"{show_number(mcg, decimals=2)} mcg"


def volume(nl: Fraction | int) -> str:
    """Return a volume in mL as the scenarios print it."""
    return f"{show_number(Fraction(nl) / _NL_PER_ML, decimals=4)} mL"


def began(scenes: list[Scene]) -> int:
    """Return the second at which something first happens to a pump of a scenario."""
    firsts = (
        one.at_s for scene in scenes for one in scene.moments if one.who in {"people", "truth"}
    )
    return min(firsts, default=0)
