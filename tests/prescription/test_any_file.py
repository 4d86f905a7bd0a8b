"""Whatever stands in a course file, the answer is a course or one refusal."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.prescription.example import EXAMPLES, bare
from thecal.errors import InputError
from thecal.prescription import Course, read_course_text

TEXTS = [bare(file.read_text(encoding="utf-8")) for file in sorted(EXAMPLES.glob("*.toml"))]
VALUES = [
    '""',
    '"0 mg"',
    '"1 mg"',
    '"0 mg/day"',
    '"999999999 mg/day"',
    '"0.00000001 mg/day"',
    '"0.1 mg/mL"',
    '"1 h"',
    '"0.001 min"',
    '"900 day"',
    '"T1"',
    '"flex"',
    '"oral"',
    '"csf L3"',
    '"plasma m6g"',
    '["2 h", "1 h"]',
    '"none"',
    "0",
    "-1",
    "1.5",
    "nan",
    "true",
    "[]",
    "[1]",
    "{}",
    '{ morphine = "1 mg/mL" }',
    '{ dose = "1 mg/day" }',
    "12:00:00",
    "2026-01-05",
    "2026-01-05T08:00:00",
]


@st.composite
def broken(draw: st.DrawFn) -> str:
    """Return an example with some lines changed, dropped or doubled."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(1, 3))):
        number = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["value", "drop", "double", "swap"]))
        if how == "value":
            value = draw(st.sampled_from(VALUES))
            lines[number] = re.sub(r"= .*", f"= {value}", lines[number])
        elif how == "drop":
            lines[number] = ""
        elif how == "double":
            lines.insert(number, lines[number])
        else:
            other = draw(st.integers(0, len(lines) - 1))
            lines[number], lines[other] = lines[other], lines[number]
    return "\n".join(lines)


def answer(text: str) -> Course | InputError:
    try:
        return read_course_text(text, source="course.toml")
    except InputError as refusal:
        return refusal


@settings(max_examples=300)
@given(broken())
def test_a_changed_file_is_read_or_refused_in_one_sentence(text: str) -> None:
    given_back = answer(text)
    if isinstance(given_back, Course):
        assert all(finding.severity == "warning" for finding in given_back.warnings)
    else:
        assert given_back.sentence.isprintable()
        assert given_back.line is None or 1 <= given_back.line <= text.count("\n") + 1
