"""Why the unit of a typed amount is refused, and which one to write instead."""

from __future__ import annotations

import re
from typing import Final

from thecal.quantity.dimension import Dimension
from thecal.quantity.refusals import examples, quoted
from thecal.quantity.units import INPUT_DENOMINATORS, INPUT_UNITS

# ISMP list of error-prone abbreviations: "u" before g is read as m or 0, "cc" as 00 or u.
_MISREAD: Final = {
    "ug": "mcg",
    "\u00b5g": "mcg",
    "\u03bcg": "mcg",
    "gamma": "mcg",
    "\u03b3": "mcg",
    "cc": "mL",
    "ccm": "mL",
}
# ISMP: "U" is read as 0, 4 or cc, "IU" as IV or 10.
_COUNTED: Final = dict.fromkeys(("u", "iu", "unit", "units"), "")
_SPELT: Final = {
    "mcg": "mcg",
    "mcgs": "mcg",
    "microgram": "mcg",
    "micrograms": "mcg",
    "mg": "mg",
    "mgs": "mg",
    "milligram": "mg",
    "milligrams": "mg",
    "ml": "mL",
    "mls": "mL",
    "milliliter": "mL",
    "milliliters": "mL",
    "millilitre": "mL",
    "millilitres": "mL",
    "min": "min",
    "mins": "min",
    "minute": "min",
    "minutes": "min",
    "h": "h",
    "hr": "h",
    "hrs": "h",
    "hour": "h",
    "hours": "h",
    "d": "day",
    "day": "day",
    "days": "day",
}
# A second size of the same unit is a thousandfold slip waiting, so the sum is spelt out.
_OTHER_SIZE: Final = {
    "ng": "mcg, where 1000 ng is 1 mcg",
    "g": "mg, where 1 g is 1000 mg",
    "nl": "mL, where 1000000 nL is 1 mL",
    **dict.fromkeys(("ul", "\u00b5l", "\u03bcl", "mcl"), "mL, where 1000 of these are 1 mL"),
    "dl": "mL, where 1 dL is 100 mL",
    "l": "mL, where 1 L is 1000 mL",
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "min, where 60 s is 1 min"),
    **dict.fromkeys(("week", "weeks", "wk"), "day, where 1 week is 7 days"),
}
_ADVICE: Final = (
    (_MISREAD, 'is easily misread; write "{right}"'),
    (_COUNTED, 'is easily misread and says no amount; write "mcg" or "mg"'),
    (_SPELT, 'is not how the unit is spelt; write "{right}"'),
    (_OTHER_SIZE, "is not read; convert it to {right}"),
)


def refuse_unit(text: str, dimension: Dimension) -> str:
    """Return the sentence on a text whose number is sound and whose unit is not."""
    typed = quoted(text)
    example = examples(dimension)[0]
    match = re.match(r"[0-9]+(?:\.[0-9]+)?( *)", text)
    gap = match[1] if match else ""
    unit = text[match.end() :] if match else text
    if not unit:
        return f'{typed} has no unit; write one after the number, as in "{example}"'
    if not gap:
        return f'{typed} has no space after the number; write one, as in "{example}"'
    if len(gap) > 1:
        return (
            f'{typed} has more than one space after the number; write just one, as in "{example}"'
        )
    if " " in unit:
        return _spaced(typed, unit, example)
    return _unspaced(typed, unit, example)


def _spaced(typed: str, unit: str, example: str) -> str:
    if re.search(r" /|/ ", unit):
        return f'{typed} has a space beside "/"; write the unit in one piece, as in "{example}"'
    if " per " in unit:
        return f'{typed} has "per" in its unit; write "/" for it, as in "{example}"'
    if re.search("[0-9]", unit):
        return f'{typed} has more than one number; write one number, as in "{example}"'
    return f'{typed} has more words after the unit; write number and unit only, as in "{example}"'


def _unspaced(typed: str, unit: str, example: str) -> str:
    if unit.endswith("."):
        return f'{typed} has a point after the unit; leave it out, as in "{example}"'
    parts = unit.split("/")
    if len(parts) > 2:  # noqa: PLR2004 - a quotient has two sides
        return f'{typed} has more than one "/"; write one unit per another, as in "{example}"'
    if "" in parts:
        return f'{typed} has nothing on one side of "/"; write a unit there, as in "{example}"'
    for part, known in zip(parts, (INPUT_UNITS, INPUT_DENOMINATORS), strict=False):
        if part not in known:
            return _refused_name(typed, part, example)
    raise AssertionError(f"{typed} is in the grammar after all")


def _refused_name(typed: str, name: str, example: str) -> str:
    folded = name.lower()
    said = quoted(name)
    for names, advice in _ADVICE:
        if folded in names:
            return f"in {typed}, {said} {advice.format(right=names[folded])}"
    if re.match("[0-9]", name):
        return f'{typed} has a number in its unit; write one unit per another, as in "{example}"'
    if name.isascii():
        return (
            f"in {typed}, {said} is not a known unit; known are mcg, mg, mL, min, h, day, "
            f'as in "{example}"'
        )
    return f'in {typed}, {said} is not in plain letters; retype the unit, as in "{example}"'
