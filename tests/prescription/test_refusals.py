"""The table of bad course files: each is answered by its own sentence, at its own line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.prescription.example import edited
from thecal.devices import load_catheter, load_pump
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.prescription import read_course_text

FIGURES = {
    "pump": load_pump("synchromed-ii-20").figures,
    "catheter": load_catheter("ascenda-8780").figures,
    "morphine": load_formulary().drug("morphine").figures,
}
CASES: list[dict[str, Any]] = [
    case
    for file in sorted((Path(__file__).parent / "refusals").glob("*.toml"))
    for case in tomllib.loads(file.read_text(encoding="utf-8"))["case"]
]


def text_of(case: dict[str, Any]) -> str:
    edits = [(old, new) for old, new in case.get("edits", [])]
    return edited(edits, without=case.get("without", ()), add=case.get("add", ""))


def sentence_of(case: dict[str, Any]) -> str:
    def with_source(found: re.Match[str]) -> str:
        figure = FIGURES[found[1]][found[2]]
        return f"source: {figure.source}; confidence {figure.confidence}"

    drugs = ", ".join(load_formulary().drugs)
    return re.sub(r"<(\w+)\.(\w+)>", with_source, case["sentence"]).replace("<drugs>", drugs)


def refusal_of(text: str) -> InputError:
    with pytest.raises(InputError) as refusal:
        read_course_text(text, source="course.toml")
    return refusal.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_bad_course_file_is_answered_by_one_sentence(case: dict[str, Any]) -> None:
    refusal = refusal_of(text_of(case))
    assert (refusal.field, refusal.sentence) == (case["field"], sentence_of(case))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_refusal_names_the_line_of_its_key(case: dict[str, Any]) -> None:
    text = text_of(case)
    line = refusal_of(text).line
    # A table that is missing as a whole stands on no line.
    assert (text.splitlines()[line - 1] if line else None) == case.get("at")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_refusal_is_one_line_of_plain_text(case: dict[str, Any]) -> None:
    printed = str(refusal_of(text_of(case)))
    assert printed.isascii()
    assert printed.isprintable()
    assert printed.startswith("course.toml, ")


def test_no_two_refusals_share_a_sentence() -> None:
    sentences = [case["sentence"] for case in CASES]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ('length = "14 day"', "length = 14 day", "length = 14 day"),
        ('tip = "T10"', 'tip = "T10"\ntip = "T11"', 'tip = "T11"'),
    ],
    ids=["a value without quotes", "a key twice"],
)
def test_broken_toml_is_refused_with_the_line_that_the_reader_names(
    old: str, new: str, at: str
) -> None:
    text = edited([(old, new)])
    refusal = refusal_of(text)
    assert refusal.sentence.startswith("this is not TOML: ")
    assert "(at " not in refusal.sentence
    assert refusal.line is not None
    assert text.splitlines()[refusal.line - 1] == at
