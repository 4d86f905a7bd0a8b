"""The pump counts: no float anywhere, nothing but the standard library and thecal.errors."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import thecal.pump

FOLDER = Path(thecal.pump.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
FREE = {
    "hardware": {"random"},  # the type of a source of chance that is handed in
    "telemetry": {"cryptography", "random"},
    "simulation": {"random", "time"},
}
STORE = "implant/files.py"
"""The one store for real use; it alone touches files."""
FLOATING = {"float", "complex", "round", "Decimal", "time", "random", "statistics", "cmath"}
EXACT_MATH = {"lcm", "gcd", "isqrt"}


def faults(tree: ast.AST) -> list[str]:
    """Return every way in which a piece of code could make a float."""
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=float() | complex()):
                found.append(f"line {node.lineno}: the number {node.value!r}")
            case ast.Name(id=name) if name in FLOATING:
                found.append(f"line {node.lineno}: the name {name}")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                found.append(f"line {node.lineno}: a true division")
            case ast.BinOp(op=ast.Pow()):
                found.append(f"line {node.lineno}: a power")
            case _:
                pass
    return found


def imports(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name_of(file: Path) -> str:
    return file.relative_to(FOLDER).as_posix()


def allowed(name: str, free: frozenset[str] | set[str] = frozenset()) -> bool:
    if name.split(".", maxsplit=1)[0] in free:
        return True
    if name.startswith("math."):
        return name.removeprefix("math.") in EXACT_MATH
    top = name.split(".", maxsplit=1)[0]
    if top == "thecal":
        return name.startswith(("thecal.errors.", "thecal.pump.", "thecal.__version__"))
    return top in sys.stdlib_module_names and top not in FLOATING | {"math", "os", "pathlib"}


INSIDE = [
    file
    for file in FILES
    if (file.parent == FOLDER or file.parent.name == "implant") and name_of(file) != STORE
]
"""What runs in a pump. Around it fractions are divided, and paths; neither makes a float."""


@pytest.mark.parametrize("file", INSIDE, ids=name_of)
def test_no_float_can_arise(file: Path) -> None:
    assert faults(ast.parse(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("file", FILES, ids=name_of)
def test_imports_are_the_standard_library_and_the_errors(file: Path) -> None:
    names = imports(ast.parse(file.read_text(encoding="utf-8")))
    free = FREE.get(name_of(file).split("/", maxsplit=1)[0], set())
    if name_of(file) == STORE:
        free = {"os", "pathlib"}
    assert [name for name in sorted(names) if not allowed(name, free)] == []


@pytest.mark.parametrize("code", ["x = 0.5", "x = a / b", "a /= b", "float(a)", "a ** b", "2j"])
def test_the_check_finds_what_makes_a_float(code: str) -> None:
    assert len(faults(ast.parse(code))) == 1


@pytest.mark.parametrize(
    "code",
    ["import numpy", "import math", "from math import sqrt", "from thecal.quantity import of"],
)
def test_the_check_finds_a_foreign_import(code: str) -> None:
    assert [name for name in imports(ast.parse(code)) if not allowed(name)]
