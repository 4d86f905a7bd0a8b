"""The page on the validation is the one that the rows make."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.validation.lines import calibrated, text
from thecal.cli import app
from thecal.errors import InputError
from thecal.validation import MEASURES, page

PAGE = Path(__file__).parents[2] / "docs" / "validation" / "csf.md"


def test_the_page_is_the_one_that_the_rows_make() -> None:
    # if it fails: thecal validate --page docs/validation/csf.md
    assert PAGE.read_text(encoding="utf-8") == page(calibrated())


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_the_page_explains_every_statistic(name: str) -> None:
    assert f"\n| `{name}` |" in PAGE.read_text(encoding="utf-8")


def test_the_page_tells_every_miss() -> None:
    told = PAGE.read_text(encoding="utf-8").split("## The misses")[1].split("\n## ")[0]
    missed = [one.target.id for one in calibrated().findings if not one.within]
    assert [identity for identity in missed if f"- **{identity}," not in told] == []


def test_the_command_refuses_a_wrong_file(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(text({"rule": "about right"}), encoding="utf-8")
    result = CliRunner().invoke(app, ["validate", "--rows", str(rows)])
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith("rows.csv, line 2, rule")
