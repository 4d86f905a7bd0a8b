"""docs/sbml.md: its program runs, and the names that it shows are in the document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.interop.courses import course, exported
from thecal.interop import write_sbml

PAGE = (Path(__file__).parents[2] / "docs" / "sbml.md").read_text(encoding="utf-8")


def test_the_program_runs_and_less_clearance_raises_the_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    write_sbml(course("cancer-pain"), Path("cancer-pain.xml"), days=1)
    exec(program, {})  # noqa: S102
    normal, slower = map(float, re.findall(r"[0-9]+\.[0-9]+", capsys.readouterr().out))
    assert 0.0 < normal < slower


def test_every_name_on_the_page_is_in_the_document() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    shown = {name for line in rows for name in re.findall(r"`(\w+)`", line.rsplit(" | ", 1)[-1])}
    ids = set(re.findall(r' id="(\w+)"', exported("cancer-pain").text))
    assert len(shown) > 15
    assert shown - ids == set()
