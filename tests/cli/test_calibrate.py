from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.studies.test_calibrating import recovered
from thecal.cli import app
from thecal.errors import InputError
from thecal.studies import calibrating, rewriting
from thecal.studies.calibrating import Fitted


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> Fitted:
    done = recovered()
    monkeypatch.setattr(calibrating, "calibrate", lambda *_, **__: done)
    return done


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Fitted]:
    asked: list[Fitted] = []

    def write(fitted: Fitted) -> list[Path]:
        asked.append(fitted)
        return [Path("advanced-cancer.toml")]

    monkeypatch.setattr(rewriting, "write_figures", write)
    return asked


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["calibrate", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def test_figures_stand_beside_what_is_on_record(found: Fitted) -> None:
    told = run("smith2002-cmm")
    for free, new in zip(found.calibration.frees, found.figures, strict=True):
        assert free.figure.name in told
        assert str(new.value) in told


def test_nothing_is_written_unless_asked_for(written: list[Fitted]) -> None:
    assert "Nothing was written" in run("smith2002-cmm")
    assert written == []


def test_write_puts_what_was_found_into_the_files(found: Fitted, written: list[Fitted]) -> None:
    assert "Written: advanced-cancer.toml" in run("smith2002-cmm", "--write")
    assert written == [found]


def test_json_holds_each_target_before_and_after(found: Fitted) -> None:
    told = json.loads(run("smith2002-cmm", "--json"))
    assert [one["after"] for one in told["targets"]] == list(found.after)
    assert told["arms"] == ["medical management"]


def test_an_unknown_calibration_is_refused() -> None:
    with pytest.raises(InputError, match="neither a file nor a calibration"):
        run("joy")
