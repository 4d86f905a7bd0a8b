"""The examples of docs/knowledge.md are files that load."""

from __future__ import annotations

import doctest
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.knowledge.data_files import PUMPS, written
from thecal.devices import load_catheter, load_pump
from thecal.formulary import load_formulary
from thecal.knowledge import load_figures
from thecal.knowledge.units import UNIT_NAMES

PAGE = Path(__file__).parents[2] / "docs" / "knowledge.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES: list[str] = re.findall(r"^```toml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def example(name: str) -> str:
    found = [text for text in EXAMPLES if text.startswith(f'id = "{name}"')]
    assert len(found) == 1
    return found[0]


def test_the_first_example_loads(tmp_path: Path) -> None:
    figures = load_figures(written(tmp_path, EXAMPLES[0]))
    assert figures["label_highest_daily_dose"].stated() == "20 mg/day"


def test_the_example_drug_has_the_limits_that_the_page_tells(tmp_path: Path) -> None:
    written(tmp_path, example("exampline"), "exampline.toml")
    drug = load_formulary(tmp_path).drug("exampline")
    limits = (*drug.highest_concentration, *drug.highest_daily_dose)
    assert [(limit.figure.stated(), limit.refuses) for limit in limits] == [
        ("2 mg/mL", True),
        ("1.5 mg/day", False),
    ]


def test_the_example_pump_loads(tmp_path: Path) -> None:
    for file in PUMPS:
        shutil.copy(file, tmp_path)
    written(tmp_path, example("example-pump-18"), "example-pump-18.toml")
    assert load_pump("example-pump-18", tmp_path).reservoir_volume.show() == "18 mL"


def test_the_example_catheter_loads(tmp_path: Path) -> None:
    written(tmp_path, example("example-catheter"), "example-catheter.toml")
    catheter = load_catheter("example-catheter", tmp_path)
    assert catheter.implanted_volume(Decimal(50)).show() == "0.1 mL"


def test_each_example_is_loaded_by_a_test_above() -> None:
    assert len(EXAMPLES) == 4


def test_the_session_on_the_page_runs() -> None:
    failures, attempts = doctest.testfile(str(PAGE), module_relative=False)
    assert (failures, attempts > 0) == (0, True)


@pytest.mark.parametrize("name", sorted(UNIT_NAMES))
def test_the_page_lists_every_unit(name: str) -> None:
    units = TEXT[TEXT.index("### Units") : TEXT.index("## What confidence means")]
    assert f"`{name}`" in units
