"""Why a typed amount is refused: one sentence for each way of getting it wrong.

Reading never guesses. A sentence names a correction only where the typed text has a single meaning;
otherwise it shows an example of the kind of amount that was asked for.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from thecal.quantity.dimension import NUMBER, Dimension

LONGEST_TEXT: Final = 64
MOST_DIGITS: Final = 9
_LONGEST_QUOTE: Final = 40

# Every unit in an example is one that may be typed.
_EXAMPLE_UNITS: Final[dict[str, str]] = {
    "a mass": " mg",
    "a volume": " mL",
    "a time": " h",
    "a concentration": " mg/mL",
    "a dose rate": " mg/day",
    "a flow": " mL/day",
    "a plain number": "",
}


@dataclass(frozen=True, slots=True)
class _Rule:
    """A form that is refused, and the sentence for it.

    The sentence may use ``{typed}``, ``{example}``, ``{decimal}``, ``{wanted}``, the named groups
    of the pattern, ``{plain}``: the matched text without marks between digits, and ``{pointed}``:
    the same with its comma read as a point. The pattern is compiled only when something is refused,
    so that importing stays fast.
    """

    pattern: str
    sentence: str


# The order matters: the first form that fits gives the sentence, the most telling ones first.
_RULES: Final = (
    _Rule(r"^\s*$", '{typed} is blank; write {wanted}, as in "{example}"'),
    _Rule(r"^ | $", '{typed} has a space before or after it; remove it, as in "{example}"'),
    _Rule(
        r"[^\S ]",
        "{typed} has a tab, a line break or a special space; write plain spaces only, "
        'as in "{example}"',
    ),
    _Rule(r"(?i)^[+-]?nan\b", '{typed} is not a number (NaN); write {wanted}, as in "{example}"'),
    _Rule(
        r"(?i)^[+-]?(inf|infinity)\b|\u221e",
        '{typed} is infinite; write a finite number, as in "{example}"',
    ),
    _Rule(
        r"(?i)^[+-]?[0-9.,]+e[+-]?[0-9]|[0-9] ?[x*\u00d7] ?10|\^",
        '{typed} has an exponent; write all digits out, as in "{decimal}"',
    ),
    _Rule(
        r"^[-\u2010-\u2015\u2212]",
        '{typed} is negative; an amount cannot be below zero, write it as in "{example}"',
    ),
    _Rule(r"^\+", '{typed} has a plus sign; write the number alone, as in "{example}"'),
    _Rule(r"%", '{typed} has a per cent sign; write {wanted}, as in "{example}"'),
    _Rule(
        r"^[<>=~\u2248\u2264\u2265\u00b1]",
        '{typed} is a bound or an estimate; write one exact number, as in "{example}"',
    ),
    _Rule(
        r"^[0-9]+:[0-9]",
        '{typed} is written like a time of day; write {wanted}, as in "{example}"',
    ),
    _Rule(
        r"^[0-9.,]+ ?[-\u2010-\u2015\u2212] ?[0-9]|^[0-9.,]+.* to [0-9]",
        '{typed} is a range; write one number, as in "{example}"',
    ),
    _Rule(r"^[0-9]+ ?/ ?[0-9]", '{typed} is a fraction; write a decimal number, as in "{decimal}"'),
    _Rule(
        r"^[1-9][0-9]{0,2},[0-9]{3}(?![0-9,])",
        "{typed} has a comma that may mark thousands or decimals; write {plain} or {pointed}, "
        "whichever is meant",
    ),
    _Rule(
        r"^[1-9][0-9]{0,2}(,[0-9]{3}){2,}(?![0-9,])",
        "{typed} has commas between its digits; write {plain}",
    ),
    _Rule(r",", '{typed} has a comma; write a decimal point, as in "{decimal}"'),
    _Rule(
        r"^[1-9][0-9]{0,2}( [0-9]{3})+(\.[0-9]+)?(?![0-9.])",
        "{typed} has a space between its digits; write {plain}",
    ),
    _Rule(
        r"^[0-9.]+ +[0-9.]",
        '{typed} is two numbers; write one number without a gap, as in "{decimal}"',
    ),
    _Rule(
        r"^[0-9.]+['\u2019_][0-9]",
        '{typed} has a mark between its digits; write digits and one point only, as in "{decimal}"',
    ),
    _Rule(r"^[0-9]*\.[0-9]*\.", '{typed} has two decimal points; write one, as in "{decimal}"'),
    _Rule(r"^(?P<part>\.[0-9]+)", "{typed} has no digit before the point; write 0{part}"),
    _Rule(
        r"^(?P<whole>[0-9]+)\.(?![0-9])",
        "{typed} has no digit after the point; write {whole}, or the digits that are missing",
    ),
    _Rule(
        r"^0[0-9]",
        "{typed} starts with a zero that a point may have followed; write the number as in "
        '"{decimal}"',
    ),
)


def examples(dimension: Dimension) -> tuple[str, str]:
    """Return a whole and a decimal example of a dimension, both fit to be typed.

    Examples
    --------
    >>> from thecal.quantity.dimension import DOSE_RATE
    >>> examples(DOSE_RATE)
    ('2 mg/day', '1.5 mg/day')
    """
    unit = _EXAMPLE_UNITS[dimension.described()]
    return f"2{unit}", f"1.5{unit}"


def quoted(text: str) -> str:
    """Return the text in quotes as it was typed, cut when long, with unprintable marks spelt out.

    Examples
    --------
    >>> print(quoted("5 mg"), quoted("5" + chr(9) + "mg") == '"5' + chr(92) + 'tmg"')
    "5 mg" True
    """
    shown = "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode("ascii")
        for mark in _cut(text)
    )
    return f'"{shown}"'


def refuse_number(text: str, dimension: Dimension) -> str:
    """Return the sentence on the number in a text that is not in the grammar.

    The sentence is empty when the number itself is sound, so that the fault lies in the unit.
    """
    if len(text) > LONGEST_TEXT:
        return (
            f"{quoted(text)} has {len(text)} characters; at most {LONGEST_TEXT} are read, "
            f'as in "{examples(dimension)[0]}"'
        )
    example, decimal = examples(dimension)
    wanted = "a number" if dimension == NUMBER else "a number and its unit"
    for rule in _RULES:
        match = re.search(rule.pattern, text)
        if match:
            return rule.sentence.format(
                typed=quoted(text),
                example=example,
                decimal=decimal,
                wanted=wanted,
                plain=re.sub("[ ,]", "", match[0]),
                pointed=match[0].replace(",", ".").rstrip("0").rstrip("."),
                **match.groupdict(),
            )
    return _odd_mark(text, example, decimal) or _too_many_digits(text, decimal)


def _odd_mark(text: str, example: str, decimal: str) -> str:
    typed = quoted(text)
    foreign = next((mark for mark in text if mark.isnumeric() and not mark.isascii()), "")
    if foreign:
        return (
            f"{typed} has {_code_point(foreign)}, which is not one of the digits 0 to 9; "
            f'write those, as in "{decimal}"'
        )
    hidden = next((mark for mark in text if not mark.isprintable()), "")
    if hidden:
        return (
            f'{typed} has {_code_point(hidden)}, which cannot be seen; retype it, as in "{example}"'
        )
    first = text[0]
    if first.isdigit():
        return ""
    if first.isalpha():
        return f'{typed} does not start with a number; write the number first, as in "{example}"'
    return f'{typed} starts with {_code_point(first)}; start with a digit, as in "{example}"'


def _code_point(mark: str) -> str:
    return f"U+{ord(mark):04X} ({unicodedata.name(mark, 'no name').lower()})"


def significant_digits(number: str) -> int:
    """Return how many digits count in a number of the grammar; zeros at the end do.

    Examples
    --------
    >>> significant_digits("0.050"), significant_digits("1200"), significant_digits("0.0")
    (2, 4, 0)
    """
    return len(number.replace(".", "").lstrip("0"))


def _too_many_digits(text: str, decimal: str) -> str:
    match = re.match(r"[0-9]+(\.[0-9]+)?", text)
    count = significant_digits(match[0]) if match else 0
    if count <= MOST_DIGITS:
        return ""
    return (
        f"{quoted(text)} has {count} significant digits; at most {MOST_DIGITS} are read, "
        f'as in "{decimal}"'
    )


def refuse_other_type(value: object, dimension: Dimension) -> str:
    """Return the sentence on a value that is not text, such as a bare number in a TOML file."""
    example = examples(dimension)[0]
    advice = f'write text in quotes, as in "{example}"'
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _refuse_bare_number(value, dimension, example)
    if isinstance(value, bool):
        return f"{str(value).lower()} is yes or no, not an amount; {advice}"
    if value is None:
        return f"nothing was given; {advice}"
    if isinstance(value, (dt.date, dt.time)):
        return f"{value} is a date or a time of day, not an amount; {advice}"
    return f"a value of the type {type(value).__name__} is not an amount; {advice}"


def _refuse_bare_number(value: float | Decimal, dimension: Dimension, example: str) -> str:
    if isinstance(value, int) and value.bit_length() > LONGEST_TEXT:
        # Python refuses to print very long integers at all.
        return f'a whole number this long is not read; write text in quotes, as in "{example}"'
    said = _cut(str(value))
    exact = value if isinstance(value, Decimal) else Decimal(value)
    if exact.is_nan():
        return f'{said} is not a number; write one in quotes, as in "{example}"'
    if exact.is_infinite():
        return f'{said} is not a finite number; write one in quotes, as in "{example}"'
    if dimension == NUMBER:
        return f'{said} may have lost digits; write it in quotes, as in "{example}"'
    return f'{said} has no unit; write it in quotes with its unit, as in "{example}"'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."
