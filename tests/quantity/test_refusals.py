"""Each way of mistyping an amount has its own sentence."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from decimal import Decimal

import pytest

from thecal.errors import InputError
from thecal.quantity import (
    CONCENTRATION,
    DOSE_RATE,
    FLOW,
    MASS,
    NUMBER,
    TIME,
    VOLUME,
    Dimension,
    DimensionError,
    parse,
)
from thecal.quantity.grammar import parse as parse_amount

NOT_TEXT = {
    "bare whole number": (2, '2 has no unit; write it in quotes with its unit, as in "2 mg"'),
    "yes or no": (
        True,
        'true is yes or no, not an amount; write text in quotes, as in "2 mg"',
    ),
    "nothing": (None, 'nothing was given; write text in quotes, as in "2 mg"'),
    "bare nan": (float("nan"), 'nan is not a number; write one in quotes, as in "2 mg"'),
    "bare infinity": (
        float("-inf"),
        '-inf is not a finite number; write one in quotes, as in "2 mg"',
    ),
    "very long whole number": (
        10**5000,
        'a whole number this long is not read; write text in quotes, as in "2 mg"',
    ),
    "time of day": (
        dt.time(7, 30),
        '07:30:00 is a date or a time of day, not an amount; write text in quotes, as in "2 mg"',
    ),
    "list": (
        ["5 mg"],
        'a value of the type list is not an amount; write text in quotes, as in "2 mg"',
    ),
}

# What follows the text as typed, which each sentence quotes first.
TEXT = {
    "blank": ("", 'is blank; write a number and its unit, as in "2 mg"'),
    "space before": (" 5 mg", 'has a space before or after it; remove it, as in "2 mg"'),
    "NaN": ("NaN mg", 'is not a number (NaN); write a number and its unit, as in "2 mg"'),
    "infinity": ("Infinity mg", 'is infinite; write a finite number, as in "2 mg"'),
    "exponent": ("5e-3 mg", 'has an exponent; write all digits out, as in "1.5 mg"'),
    "minus": (
        "-5 mg",
        'is negative; an amount cannot be below zero, write it as in "2 mg"',
    ),
    "plus": ("+5 mg", 'has a plus sign; write the number alone, as in "2 mg"'),
    "per cent": ("5 %", 'has a per cent sign; write a number and its unit, as in "2 mg"'),
    "bound": ("<5 mg", 'is a bound or an estimate; write one exact number, as in "2 mg"'),
    "clock": (
        "4:30",
        'is written like a time of day; write a number and its unit, as in "2 mg"',
    ),
    "range": ("5-10 mg", 'is a range; write one number, as in "2 mg"'),
    "fraction": ("1/2 mg", 'is a fraction; write a decimal number, as in "1.5 mg"'),
    "comma of unknown meaning": (
        "1,200 mcg",
        "has a comma that may mark thousands or decimals; write 1200 or 1.2, whichever is meant",
    ),
    "commas of thousands": (
        "1,200,000 mcg",
        "has commas between its digits; write 1200000",
    ),
    "decimal comma": ("1,5 mg", 'has a comma; write a decimal point, as in "1.5 mg"'),
    "digit groups": ("1 200.5 mcg", "has a space between its digits; write 1200.5"),
    "gap": ("1 2 mg", 'is two numbers; write one number without a gap, as in "1.5 mg"'),
    "mark between digits": (
        "1_000 mg",
        'has a mark between its digits; write digits and one point only, as in "1.5 mg"',
    ),
    "two points": ("1.2.3 mg", 'has two decimal points; write one, as in "1.5 mg"'),
    "leading point": (".5 mg", "has no digit before the point; write 0.5"),
    "trailing point": (
        "5. mg",
        "has no digit after the point; write 5, or the digits that are missing",
    ),
    "leading zero": (
        "05 mg",
        'starts with a zero that a point may have followed; write the number as in "1.5 mg"',
    ),
    "Unicode digit": (
        "\u0665 mg",
        (
            "has U+0665 (arabic-indic digit five), which is not one of the digits 0 to 9; "
            'write those, as in "1.5 mg"'
        ),
    ),
    "unit first": (
        "mg 5",
        'does not start with a number; write the number first, as in "2 mg"',
    ),
    "odd start": (
        "#5 mg",
        'starts with U+0023 (number sign); start with a digit, as in "2 mg"',
    ),
    "ten digits": (
        "1234567.890 mg",
        'has 10 significant digits; at most 9 are read, as in "1.5 mg"',
    ),
    "no unit": ("5", 'has no unit; write one after the number, as in "2 mg"'),
    "no space": ("5mg", 'has no space after the number; write one, as in "2 mg"'),
    "two spaces": (
        "5  mg",
        'has more than one space after the number; write just one, as in "2 mg"',
    ),
    "space beside slash": (
        "5 mg / day",
        'has a space beside "/"; write the unit in one piece, as in "2 mg"',
    ),
    "per": ("5 mg per day", 'has "per" in its unit; write "/" for it, as in "2 mg"'),
    "two amounts": (
        "4 h 30 min",
        'has more than one number; write one number, as in "2 mg"',
    ),
    "more words": (
        "5 mg morphine",
        'has more words after the unit; write number and unit only, as in "2 mg"',
    ),
    "point after unit": (
        "5 mg.",
        'has a point after the unit; leave it out, as in "2 mg"',
    ),
    "two slashes": (
        "5 mg/mL/h",
        'has more than one "/"; write one unit per another, as in "2 mg"',
    ),
    "empty side": (
        "5 mg/",
        'has nothing on one side of "/"; write a unit there, as in "2 mg"',
    ),
    "number in unit": (
        "5 mg/24h",
        'has a number in its unit; write one unit per another, as in "2 mg"',
    ),
    "wrong dimension": (
        "5 mL",
        'is a volume, but a mass is expected; write it as in "2 mg"',
    ),
    "zero": ("0.0 mg", 'is zero; write an amount above zero, as in "2 mg"'),
}

# These quote the text in the middle or in a changed form.
WHOLE_SENTENCE = {
    "special space": (
        "5\tmg",
        (
            '"5\\tmg" has a tab, a line break or a special space; write plain spaces only, '
            'as in "2 mg"'
        ),
    ),
    "hidden character": (
        "5\u200b mg",
        (
            '"5\\u200b mg" has U+200B (zero width space), which cannot be seen; retype it, '
            'as in "2 mg"'
        ),
    ),
    "too long": (
        "9" * 65,
        f'"{"9" * 37}..." has 65 characters; at most 64 are read, as in "2 mg"',
    ),
    "misread unit": ("5 ug", 'in "5 ug", "ug" is easily misread; write "mcg"'),
    "counted unit": (
        "5 IU",
        'in "5 IU", "IU" is easily misread and says no amount; write "mcg" or "mg"',
    ),
    "misspelt unit": ("5 MG", 'in "5 MG", "MG" is not how the unit is spelt; write "mg"'),
    "other size": (
        "5 g",
        'in "5 g", "g" is not read; convert it to mg, where 1 g is 1000 mg',
    ),
    "unknown unit": (
        "5 drops",
        (
            'in "5 drops", "drops" is not a known unit; known are mcg, mg, mL, min, h, day, '
            'as in "2 mg"'
        ),
    ),
    "letters that look plain": (
        "5 \uff4dg",
        'in "5 \uff4dg", "\uff4dg" is not in plain letters; retype the unit, as in "2 mg"',
    ),
}
FORMS: dict[str, tuple[object, str]] = {
    **NOT_TEXT,
    **{name: (text, f'"{text}" {rest}') for name, (text, rest) in TEXT.items()},
    **WHOLE_SENTENCE,
}

UNITS = {
    "ug": 'is easily misread; write "mcg"',
    "\u00b5g": 'is easily misread; write "mcg"',
    "\u03bcg": 'is easily misread; write "mcg"',
    "gamma": 'is easily misread; write "mcg"',
    "cc": 'is easily misread; write "mL"',
    "U": 'is easily misread and says no amount; write "mcg" or "mg"',
    "IU": 'is easily misread and says no amount; write "mcg" or "mg"',
    "units": 'is easily misread and says no amount; write "mcg" or "mg"',
    "ml": 'is not how the unit is spelt; write "mL"',
    "ML": 'is not how the unit is spelt; write "mL"',
    "MG": 'is not how the unit is spelt; write "mg"',
    "Mg": 'is not how the unit is spelt; write "mg"',
    "mgs": 'is not how the unit is spelt; write "mg"',
    "MCG": 'is not how the unit is spelt; write "mcg"',
    "micrograms": 'is not how the unit is spelt; write "mcg"',
    "hr": 'is not how the unit is spelt; write "h"',
    "hrs": 'is not how the unit is spelt; write "h"',
    "H": 'is not how the unit is spelt; write "h"',
    "minutes": 'is not how the unit is spelt; write "min"',
    "Days": 'is not how the unit is spelt; write "day"',
    "D": 'is not how the unit is spelt; write "day"',
    "ng": "is not read; convert it to mcg, where 1000 ng is 1 mcg",
    "mcL": "is not read; convert it to mL, where 1000 of these are 1 mL",
    "\u00b5L": "is not read; convert it to mL, where 1000 of these are 1 mL",
    "nL": "is not read; convert it to mL, where 1000000 nL is 1 mL",
    "L": "is not read; convert it to mL, where 1 L is 1000 mL",
    "s": "is not read; convert it to min, where 60 s is 1 min",
    "weeks": "is not read; convert it to day, where 1 week is 7 days",
}


def refusal(value: object, dimension: Dimension = MASS) -> str:
    with pytest.raises(InputError) as caught:
        parse(value, dimension)
    return caught.value.sentence


@pytest.mark.parametrize("form", FORMS)
def test_each_form_has_its_sentence(form: str) -> None:
    value, sentence = FORMS[form]
    assert refusal(value) == sentence


def test_no_two_forms_share_a_sentence_even_without_what_they_quote() -> None:
    sentences = {form: re.sub('"[^"]*"', "_", refusal(value)) for form, (value, _) in FORMS.items()}
    shared = [
        (one, other)
        for one, other in itertools.combinations(sentences, 2)
        if sentences[one] == sentences[other]
    ]
    assert shared == []


@pytest.mark.parametrize("unit", UNITS)
def test_each_refused_unit_is_answered_with_the_right_one(unit: str) -> None:
    assert refusal(f"5 {unit}") == f'in "5 {unit}", "{unit}" {UNITS[unit]}'


@pytest.mark.parametrize("unit", ["ug", "cc", "IU", "days", "hr", "kg"])
def test_a_refused_unit_is_named_in_a_quotient_too(unit: str) -> None:
    assert f'in "5 mg/{unit}", "{unit}" is ' in refusal(f"5 mg/{unit}", DOSE_RATE)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("   ", "blank"),
        ("5 mg ", "space before"),
        ("5\u3000mg", "special space"),
        ("5\u00a0mg", "special space"),
        ("5 mg\n", "special space"),
        ("1\u2009200 mcg", "special space"),
        ("nan", "NaN"),
        ("-inf mg", "infinity"),
        ("\u221e mg", "infinity"),
        ("1E3 mg", "exponent"),
        ("1.5e+2 mg", "exponent"),
        ("2 x 10^3 mg", "exponent"),
        ("2\u00d710 mg", "exponent"),
        ("\u22125 mg", "minus"),
        ("-0 mg", "minus"),
        ("~5 mg", "bound"),
        ("\u22645 mg", "bound"),
        ("5%", "per cent"),
        ("5\u201310 mg", "range"),
        ("5 to 10 mg", "range"),
        ("1,5", "decimal comma"),
        ("0,500 mg", "decimal comma"),
        ("1,20 mg", "decimal comma"),
        ("1'200 mcg", "mark between digits"),
        ("1..5 mg", "two points"),
        (".5.5 mg", "two points"),
        ("00.5 mg", "leading zero"),
        ("\uff15 mg", "Unicode digit"),
        ("\u00bd mg", "Unicode digit"),
        ("5\u00b2 mg", "Unicode digit"),
        ("\u4e94 mg", "Unicode digit"),
        ("mg", "unit first"),
        ("five mg", "unit first"),
        ("{typed} mg", "odd start"),
        ("0.1234567890 mg", "ten digits"),
        ("5.0", "no unit"),
        ("0x5 mg", "no space"),
        ("5m g", "no space"),
        ("5 mg /day", "space beside slash"),
        ("5 /mL", "empty side"),
        ("5 mg/day", "wrong dimension"),
        ("5 mg/mg", "wrong dimension"),
        ("0 mg", "zero"),
    ],
)
def test_variants_of_a_form_meet_the_same_sentence(text: str, form: str) -> None:
    assert _told(refusal(text)) == _told(FORMS[form][1])


def _told(sentence: str) -> str:
    # The statement before ";" without what was quoted, and without the character that is named.
    statement = re.sub(r"U\+[0-9A-F]+ \([^)]*\)", "_", sentence.partition(";")[0])
    return re.sub(r'"[^"]*"|an? (volume|dose rate|plain number)', "_", statement)


@pytest.mark.parametrize(
    ("dimension", "example"),
    [
        (MASS, "2 mg"),
        (VOLUME, "2 mL"),
        (TIME, "2 h"),
        (CONCENTRATION, "2 mg/mL"),
        (DOSE_RATE, "2 mg/day"),
        (FLOW, "2 mL/day"),
    ],
)
def test_an_example_fits_what_was_asked_for(dimension: Dimension, example: str) -> None:
    sentence = f'7 has no unit; write it in quotes with its unit, as in "{example}"'
    assert refusal(7, dimension) == sentence


@pytest.mark.parametrize("dimension", [MASS, VOLUME, TIME, CONCENTRATION, DOSE_RATE, FLOW])
@pytest.mark.parametrize("form", FORMS)
def test_every_example_can_be_typed(form: str, dimension: Dimension) -> None:
    value, _ = FORMS[form]
    try:
        parse_amount(value, dimension)
    except InputError as error:
        for example in re.findall('as in "([^"]*)"', error.sentence):
            assert parse_amount(example, dimension)


@pytest.mark.parametrize(
    "value", [2.5, Decimal("2.5"), Decimal("1E+999999999"), Decimal("1" * 500)]
)
def test_a_bare_decimal_has_no_unit(value: object) -> None:
    assert "has no unit" in refusal(value)


def test_a_signalling_nan_is_refused_like_any_other() -> None:
    assert "is not a number" in refusal(Decimal("sNaN"))


def test_a_long_number_is_cut_in_its_sentence() -> None:
    assert len(refusal(Decimal("1" * 500))) < 120


def test_a_wrong_dimension_is_told_apart_from_a_bad_text() -> None:
    with pytest.raises(DimensionError):
        parse("5 mL", MASS)


def test_a_refusal_can_be_given_its_place() -> None:
    with pytest.raises(DimensionError) as caught:
        parse("5 mL", MASS)
    located = caught.value.located(field="bolus.dose", line=7)
    assert str(located).startswith('line 7, bolus.dose: "5 mL" is a volume')


def test_a_refusal_for_a_plain_number_names_no_unit() -> None:
    assert refusal("1,5", NUMBER) == '"1,5" has a comma; write a decimal point, as in "1.5"'
