from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.therapy.care.small_runs import BODIES
from thecal.cli import app
from thecal.errors import InputError
from thecal.therapy.care import comparing, expecting

SMALL = ("--people", "20", "--replicates", "5")


@pytest.fixture(autouse=True)
def few_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "BODIES", BODIES)
    monkeypatch.setattr(expecting, "BODIES", BODIES)


def run(*words: str) -> str:
    result = CliRunner().invoke(app, [*words, *SMALL])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_compare_prints_one_json_object() -> None:
    assert len(json.loads(run("compare", "--weeks", "1", "--json"))["days"]) == 2


def test_compare_prints_tables_under_the_notice() -> None:
    assert run("compare", "--weeks", "1").startswith("Simulation - not for patient care")


def test_expect_prints_one_json_object() -> None:
    told = json.loads(run("expect", "--pain", "8", "--json"))
    assert told["given"] == {
        "age": None,
        "pain": 8.0,
        "oral": None,
        "sex": None,
        "kind": None,
    }


def test_expect_prints_what_will_not_change() -> None:
    assert "What will not change" in run("expect")


def test_expect_writes_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("expect", "--report", str(page))
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_expect_refuses_a_pain_that_cannot_be() -> None:
    with pytest.raises(InputError, match="pain: 11, but 0 to 10 is allowed"):
        run("expect", "--pain", "11")


def test_expect_answers_for_a_teaching_person() -> None:
    told = json.loads(run("expect", "Yusuf", "--json"))
    assert told["population"] == "refractory pain of the low back and legs"


def test_compare_answers_for_pain_that_is_not_from_cancer() -> None:
    told = json.loads(run("compare", "chronic-noncancer", "--weeks", "4", "--json"))
    assert told["treatments"]["mouth"] == "medicines by mouth as before"


def test_expect_refuses_a_kind_of_pain_that_is_not_on_record() -> None:
    with pytest.raises(InputError, match='kind: "visceral", but nociceptive or '):
        run("expect", "--kind", "visceral")
