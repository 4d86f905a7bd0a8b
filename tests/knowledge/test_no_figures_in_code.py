"""What is known stands in data files: the code that reads them holds no figure."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.knowledge.data_files import PACKAGE

CODE = sorted(file for part in ("devices", "formulary") for file in (PACKAGE / part).rglob("*.py"))
STRUCTURAL = (-1, 0, 1)


@pytest.mark.parametrize("file", CODE, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_module_holds_no_figure(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    numbers = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, int | float | complex)
        and not isinstance(node.value, bool)
    ]
    assert all(number in STRUCTURAL for number in numbers), numbers


@pytest.mark.parametrize("file", CODE, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_module_hides_no_figure_in_text(file: Path) -> None:
    # Quantity.of("0.14", "mL") would slip past the test above.
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    texts = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docstrings
    ]
    # The unit of a pure number is written 1, that of a rate 1/h.
    assert not [text for text in texts if re.match(r"\s*\d(?!/)", text) and text != "1"]
