"""Times of the day, days of the week and lengths, read strictly from a course file."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from thecal.errors import InputError
from thecal.prescription.names import WEEKDAYS, WEEKDAYS_IN_FULL, listed
from thecal.prescription.orders import DAY_S, MINUTE_S, WHOLE_WEEK
from thecal.quantity import TIME, Quantity, parse, parse_number

EVERY_DAY = "every day"

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_END_OF_DAY = "24:00"
_HOUR_S = 3600
_SECONDS_AN_HOUR = Fraction(_HOUR_S)


def clock_time(value: object) -> int:
    """Return the second of the day of a text such as ``"22:00"``.

    Raises
    ------
    InputError
        When it is not a time from 00:00 to 23:59 on a whole minute.

    Examples
    --------
    >>> clock_time("06:30")
    23400
    """
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        msg = (
            f"{typed(value)} is not a time of the day; "
            'write hours and minutes as "06:30" or "22:00", on the 24-hour clock'
        )
        raise InputError(msg)
    return int(found[1]) * _HOUR_S + int(found[2]) * MINUTE_S


def clock_end(value: object) -> int:
    """Return the second of the day at which something ends: also ``"24:00"``.

    Raises
    ------
    InputError
        As :func:`clock_time`.
    """
    return DAY_S if value == _END_OF_DAY else clock_time(value)


def clock_text(second: int) -> str:
    """Return a second of the day as people read it.

    Examples
    --------
    >>> clock_text(23_400), clock_text(86_400)
    ('06:30', '24:00')
    """
    hours, rest = divmod(second, _HOUR_S)
    minutes, seconds = divmod(rest, MINUTE_S)
    return f"{hours:02d}:{minutes:02d}" + (f":{seconds:02d}" if seconds else "")


def weekdays(value: object) -> frozenset[int]:
    """Return the days meant by ``"every day"`` or a list such as ``["mon", "tue"]``; Monday is 0.

    Raises
    ------
    InputError
        When a day is unknown, named twice, or there is none.
    """
    if value == EVERY_DAY:
        return WHOLE_WEEK
    allowed = f'write "{EVERY_DAY}" or a list of {listed(WEEKDAYS)}'
    if not isinstance(value, list) or not value:
        msg = f"{typed(value)} does not name days; {allowed}"
        raise InputError(msg)
    for day in value:
        if day not in WEEKDAYS:
            msg = f"{typed(day)} is not a day of the week; {allowed}"
            raise InputError(msg)
        if value.count(day) > 1:
            msg = f'"{day}" is named twice; name each day once'
            raise InputError(msg)
    return frozenset(WEEKDAYS.index(day) for day in value)


def days_text(days: frozenset[int]) -> str:
    """Return days of the week as a sentence names them.

    Examples
    --------
    >>> days_text(frozenset({0, 6})), days_text(frozenset(range(7)))
    ('Monday and Sunday', 'every day')
    """
    if days == WHOLE_WEEK:
        return EVERY_DAY
    return listed([WEEKDAYS_IN_FULL[day] for day in sorted(days)])


def seconds_from_start(value: object) -> int:
    """Return a time from the start of the course, as ``"36 h"``, in whole seconds; zero is allowed.

    Raises
    ------
    InputError
        When it is not a time in thecal's grammar, or not a whole number of seconds.
    """
    return whole_seconds(parse(value, TIME, zero_allowed=True), typed(value))


def length_in_seconds(value: object) -> int:
    """Return a length of time, as ``"14 day"``, in whole seconds; it is above zero.

    Raises
    ------
    InputError
        When it is not a time in thecal's grammar, or not a whole number of seconds.
    """
    return whole_seconds(parse(value, TIME), typed(value))


def duration(value: object) -> Quantity:
    """Return a duration or interval of whole seconds, above zero.

    Raises
    ------
    InputError
        When it is not a time in thecal's grammar, or not a whole number of seconds.
    """
    quantity = parse(value, TIME)
    whole_seconds(quantity, typed(value))
    return quantity


def whole_seconds(quantity: Quantity, text: str = "") -> int:
    """Return a time in seconds.

    Raises
    ------
    InputError
        When it is not a whole number of them.
    """
    seconds = quantity.magnitude * _SECONDS_AN_HOUR
    if seconds.denominator != 1:
        msg = f"{text or quantity.show()} is not a whole number of seconds, the step of the clock"
        raise InputError(msg)
    return int(seconds)


def centimetres(value: object) -> Decimal:
    """Return a length such as ``"70 cm"``, above zero; no other unit is accepted.

    Raises
    ------
    InputError
        When the number breaks thecal's grammar or the unit is not cm.
    """
    number, space, unit = value.partition(" ") if isinstance(value, str) else ("", "", "")
    if not space or unit != "cm":
        msg = f'{typed(value)} is not a length in centimetres; write it as "70 cm"'
        raise InputError(msg)
    if parse_number(number) <= 0:
        msg = f'{typed(value)} is no length; write what is left of the catheter, as "70 cm"'
        raise InputError(msg)
    return Decimal(number)


def typed(value: object) -> str:
    """Return a value as it was typed in the file.

    Examples
    --------
    >>> typed("2 mg"), typed(2), typed(True)
    ('"2 mg"', '2', 'true')
    """
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(typed(item) for item in value)}]"
    if isinstance(value, datetime):
        return value.isoformat()
    return "a table" if isinstance(value, dict) else str(value)
