from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from thecal.cli import app
from thecal.therapy.rehearsing import scenario_names

NAME = "wrong-tubing-constant"


def shown(*words: str) -> Result:
    return CliRunner().invoke(app, ["pump", "scenario", *words], env={"COLUMNS": "140"})


def test_without_a_name_all_are_listed() -> None:
    text = shown().output
    assert all(name in text for name in scenario_names())


def test_a_run_is_explained_in_sentences_with_a_timeline() -> None:
    text = " ".join(shown(NAME).output.split())
    for words in (
        "Simulation - not for patient care.",
        "The patient got 118 mcg as a bolus.",
        "What this pump can never notice",
        "Timeline: The old constant",
        "day 1 Mon 00:00 people",
    ):
        assert words in text


def test_a_run_is_one_object_of_json() -> None:
    found = json.loads(shown(NAME, "--json").output)
    assert found["facts"]["past_tip"] == {"amount": 118.0, "unit": "mcg", "words": "118 mcg"}


def test_no_line_but_an_address_is_too_wide() -> None:
    # An address is not broken: it would no longer be one.
    lines = [line for line in shown(NAME).output.splitlines() if "https:" not in line]
    assert max(map(len, lines)) <= 98


def test_an_unknown_name_is_refused() -> None:
    assert 'there is no scenario "x"' in str(shown("x").exception)


def test_an_unknown_name_is_refused_with_the_names_near_it() -> None:
    refusal = str(shown("forgotten-bridge").exception)
    assert "near it are forgotten-bridge-up, forgotten-bridge-down" in refusal
    assert "silent-stop" not in refusal


def test_a_report_is_written_beside_the_text(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    text = shown(NAME, "--report", str(path)).output
    assert "Report:" in text
    assert "the patient got 118 mcg of baclofen at once" in path.read_text(encoding="utf-8")


def test_a_report_without_a_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert "needs the NAME" in str(shown("--report", str(path)).exception)
    assert not path.exists()


def test_all_without_a_report_is_refused() -> None:
    assert "give --report" in str(shown("--all").exception)
