"""``thecal export``: what it writes, prints and refuses."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from tests.interop.courses import exported
from tests.therapy.courses import EXAMPLES
from thecal import NOTICE, InputError
from thecal.cli import app

FILE = str(EXAMPLES / "cancer-pain.toml")


def test_it_writes_the_course_and_says_so_with_the_notice(tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    ran = CliRunner().invoke(app, ["export", FILE, "--sbml", str(out)])
    assert ran.exit_code == 0
    assert ran.stdout == f"Wrote {out}. {NOTICE}.\n"
    assert out.read_text(encoding="utf-8") == exported("cancer-pain").text


def test_a_drug_that_is_not_given_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.xml"
    ran = CliRunner().invoke(app, ["export", FILE, "--sbml", str(out), "--drug", "baclofen"])
    assert isinstance(ran.exception, InputError)
    assert 'does not give "baclofen"' in str(ran.exception)
    assert not out.exists()


def test_without_a_place_to_write_to_it_asks_for_one() -> None:
    ran = CliRunner().invoke(app, ["export", FILE])
    assert ran.exit_code == 2
    assert "--sbml" in ran.output
