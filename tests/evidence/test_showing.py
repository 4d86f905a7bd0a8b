from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from thecal.cli import app


def shown(*words: str) -> Result:
    return CliRunner().invoke(app, ["evidence", *words], env={"COLUMNS": "140"})


def test_the_contents_name_claims_and_studies() -> None:
    text = shown().output
    for words in ("619 figures from 77 studies", "Most people have fewer", "SMITH2002"):
        assert words in text


def test_a_study_shows_its_figures_and_its_warnings() -> None:
    text = shown("staats2004").output
    for words in ("Staats PS 2004", "73.6 mm (standard error 1.8) *", "W01 (corrected)"):
        assert words in text


def test_a_claim_shows_grade_sentence_figures_and_command() -> None:
    text = shown("claim", "4").output
    for words in (
        "Grade: trial (a randomised trial supports it)",
        "SMITH2002-17",
        "P = 0.004",
        "To see it: thecal compare",
        "Simulation - not for patient care",
    ):
        assert words in text


@pytest.mark.parametrize("number", range(1, 21))
def test_each_claim_is_one_object_of_json(number: int) -> None:
    found = json.loads(shown("claim", str(number), "--json").output)
    assert found["number"] == number
    assert found["says"].endswith(".")


def test_a_study_is_one_object_of_json() -> None:
    found = json.loads(shown("SMITH2002", "--json").output)
    assert found["figures"][1]["value"] == "84.5"


def test_words_that_are_neither_are_refused() -> None:
    assert "neither a study, as SMITH2002, nor a claim" in str(shown("claim", "x").exception)
