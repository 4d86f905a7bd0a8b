"""Numbers, dates and spans of time as a clinician reads them, in plain ASCII."""

from __future__ import annotations

from datetime import datetime
from decimal import Context, Decimal
from fractions import Fraction
from math import isnan

from thecal.quantity import show_number

ROUTE_NAMES = {"pump": "pump", "oral": "tablets", "doses": "doses", "course": "as lived"}
"""What a reader calls the routes of a result."""

WAYS_OUT = {
    "dura and roots": "dura and root sleeves",
    "bulk spinal": "CSF absorbed along the spine",
    "bulk cranial": "CSF absorbed in the head",
    "cranial tissue": "brain tissue",
    "cord capillaries": "capillaries of the cord",
    "root capillaries": "capillaries of the nerve roots",
    "brain capillaries": "capillaries of the brain",
}
"""The ways out of the CSF, in words."""

# Spelt out, so that no locale changes the bytes of a report.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3_600, 86_400
_MANY_DECIMALS = 28
_WHOLE_FROM = 100
_LOWEST_TOLD = 0.001
_LOWEST_LEVEL = 1e-6


def number(value: float, digits: int = 2) -> str:
    """Return a number with so many significant digits, whole from 100 on.

    Examples
    --------
    >>> number(33.7523), number(0.06049), number(263.6), number(2.0), number(0.0)
    ('34', '0.06', '264', '2', '0')
    """
    if isnan(value):
        return "not known"
    exact = Decimal(repr(float(value)))
    if abs(exact) >= _WHOLE_FROM:
        rounded = Decimal(round(exact))
    else:
        rounded = Context(prec=digits).create_decimal(exact)
    return show_number(Fraction(rounded), decimals=_MANY_DECIMALS)


def quick(value: float) -> str:
    """Return two significant digits of a concentration, for the thousands of points of a map.

    Examples
    --------
    >>> quick(5.9678), quick(0.0), quick(0.00004)
    ('6', 'under 0.001', 'under 0.001')
    """
    if value < _LOWEST_TOLD:
        return f"under {_LOWEST_TOLD}"
    return f"{value:.2g}" if value < _WHOLE_FROM else f"{value:.0f}"


def amount(value: float, unit: str, digits: int = 2) -> str:
    """Return a number with its unit, as ``"34 ng/mL"``."""
    return f"{number(value, digits)} {unit}"


def level(value: float, unit: str) -> str:
    """Return a concentration with its unit; what is far below any assay is not spelt out.

    Examples
    --------
    >>> level(0.0312, "mcg/mL"), level(4e-9, "mcg/mL"), level(-3e-15, "ng/mL")
    ('0.031 mcg/mL', 'under 0.000001 mcg/mL', '0 ng/mL')
    """
    if isnan(value) or value >= _LOWEST_LEVEL:
        return amount(value, unit)
    # Below zero is rounding.
    return f"under 0.000001 {unit}" if value > 0.0 else f"0 {unit}"


def capitalised(text: str) -> str:
    """Return a text with its first letter in capitals, the others as they are."""
    return text[:1].upper() + text[1:]


def mass(mcg: float, digits: int = 3) -> str:
    """Return a mass in the unit in which it is misread least.

    Examples
    --------
    >>> mass(2400.0), mass(480.0)
    ('2.4 mg', '480 mcg')
    """
    mg = 1000.0
    return amount(mcg / mg, "mg", digits) if abs(mcg) >= mg else amount(mcg, "mcg", digits)


def hours(value: float) -> str:
    """Return a span given in hours, as ``"5.1 h"``, in minutes when it is shorter than one hour."""
    if value < 1:
        return amount(value * 60, "min")
    return amount(value, "h")


def elapsed(seconds: int) -> str:
    """Return a time since the start in words.

    Examples
    --------
    >>> elapsed(0), elapsed(900), elapsed(7200), elapsed(86400), elapsed(194400)
    ('0 h', '15 min', '2 h', '1 day', '2 days 6 h')
    """
    days, rest = divmod(seconds, _DAY_S)
    whole_hours, rest = divmod(rest, _HOUR_S)
    minutes = rest // _MINUTE_S
    parts = []
    if days:
        parts.append(f"{days} day" if days == 1 else f"{days} days")
    if whole_hours or not (days or minutes):
        parts.append(f"{whole_hours} h")
    if minutes:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def date(moment: datetime) -> str:
    """Return a date that cannot be read in two ways, as ``"Mon 5 Jan 2026"``."""
    return f"{_WEEKDAYS[moment.weekday()]} {day(moment)}"


def day(moment: datetime) -> str:
    """Return a date without its weekday, as ``"5 Jan 2026"``."""
    return f"{moment.day} {_MONTHS[moment.month - 1]} {moment.year}"


def clock(moment: datetime) -> str:
    """Return a date with its time of day, as ``"Mon 5 Jan 2026, 08:00"``."""
    return f"{date(moment)}, {moment.hour:02d}:{moment.minute:02d}"


def times(ratio: float) -> str:
    """Return a ratio as ``"24 times"``."""
    return f"{number(ratio)} times"


def percent(share: float) -> str:
    """Return a share as ``"66 %"``.

    Examples
    --------
    >>> percent(0.6577), percent(0.0036)
    ('66 %', '0.36 %')
    """
    return f"{number(share * 100)} %"
