"""The pump's two amounts, whole nanolitres and whole seconds: checked at the door, put in words."""

from __future__ import annotations

from typing import Final

from thecal.errors import InputError

DAY_S: Final = 86_400
WEEK_S: Final = 7 * DAY_S
NL_PER_ML: Final = 1_000_000


def check_whole(name: str, value: object, *, least: int = 0) -> None:
    """Refuse anything but a whole number of at least ``least``.

    Parameters
    ----------
    name
        What the number is, with its unit, as the refusal shall say it.
    value
        The number; ``bool``, ``float`` and fractions are refused, because the pump counts.
    least
        The smallest number allowed.

    Raises
    ------
    InputError
        When ``value`` is not an ``int`` or is below ``least``.
    """
    if type(value) is not int:
        raise InputError(f"{name} is {value!r}, but the pump counts in whole numbers")
    if value < least:
        raise InputError(f"{name} is {value}, but must be at least {least}")


def rounded_up(amount: int, divisor: int) -> int:
    """Return ``amount / divisor`` rounded up to a whole number.

    Examples
    --------
    >>> rounded_up(7, 2), rounded_up(8, 2)
    (4, 4)
    """
    return -(-amount // divisor)


def volume_words(volume_nl: int) -> str:
    """Return a volume in mL, exact, without trailing zeros.

    Examples
    --------
    >>> volume_words(310_500)
    '0.3105 mL'
    >>> volume_words(20_000_000)
    '20 mL'
    """
    whole, part = divmod(volume_nl, NL_PER_ML)
    decimals = f"{part:06d}".rstrip("0")
    return f"{whole}.{decimals} mL" if decimals else f"{whole} mL"


def span_words(seconds: int) -> str:
    """Return a span of time in days, hours, minutes and seconds, without empty parts.

    Examples
    --------
    >>> span_words(9_000)
    '2 h 30 min'
    >>> span_words(0)
    '0 s'
    """
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    parts = ((day, "d"), (hour, "h"), (minute, "min"), (second, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 s"
