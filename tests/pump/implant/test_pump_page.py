from __future__ import annotations

import re
from pathlib import Path

from thecal.pump.implant.table import table_markdown, table_mermaid

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "pump.md").read_text(encoding="utf-8")


def test_the_page_on_the_pump_holds_the_table_that_the_controller_runs_on() -> None:
    assert PAGE.endswith(table_markdown())


def test_the_page_draws_the_phases_as_the_table_has_them() -> None:
    assert f"```mermaid\n{table_mermaid()}```\n" in PAGE


def test_every_module_that_the_page_names_is_there() -> None:
    folder = "implant"
    for name in re.findall(r"`((?:implant/)?\w+\.py)`", PAGE):
        assert (ROOT / "src" / "thecal" / "pump" / folder / name.split("/")[-1]).is_file(), name
