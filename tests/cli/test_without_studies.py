"""The commands where the libraries of the extra ``studies`` are not installed."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from thecal.cli import REFUSED, STUDIES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "thecal"

HIDING = f"import sys\nsys.modules.update(dict.fromkeys({sorted(STUDIES)}))\n"
"""Makes the import of each of them fail as if it were not installed."""


def run_without(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HIDING + program, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def command(*words: str) -> subprocess.CompletedProcess[str]:
    return run_without("from thecal.cli import main\nmain()\n", *words)


def test_the_libraries_are_those_of_the_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["studies"]
    assert {Requirement(text).name for text in extra} == STUDIES


@pytest.mark.parametrize("words", [["smith2002"], ["--validate"]], ids=" ".join)
def test_a_study_is_refused_in_one_sentence_that_says_how_to_get_them(words: list[str]) -> None:
    ran = command("study", *words, "--replicates", "1")
    assert (ran.returncode, ran.stdout) == (REFUSED, "")
    assert ran.stderr == (
        'Refused: virtual trials need pyarrow, which is not installed; run "make studies", or '
        'pip install "thecal[studies]".\n'
    )


def test_another_missing_library_is_no_refusal() -> None:
    program = "sys.modules['rich'] = None\nfrom thecal.cli import main\nmain()\n"
    ran = run_without(program, "evidence")
    assert "ModuleNotFoundError" in ran.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["study", "--list"],
        ["simulate", "examples/lumbar-bolus.toml"],
        ["pump", "scenario"],
        ["evidence"],
        ["trace"],
        ["candidacy", "examples/candidates/cancer.toml"],
    ],
    ids=" ".join,
)
def test_a_command_runs_without_them(words: list[str]) -> None:
    ran = command(*words)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_every_module_but_the_store_of_studies_is_imported_without_them() -> None:
    names = sorted(
        ".".join(file.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")
        for file in SOURCE.rglob("*.py")
    )
    program = (
        "import importlib\n"
        f"for name in {names}:\n"
        "    try:\n        importlib.import_module(name)\n"
        "    except ModuleNotFoundError:\n        print(name)\n"
    )
    ran = run_without(program)
    assert ran.stdout.split() == ["thecal.studies.campaign", "thecal.studies.storage"], ran.stderr


def test_only_studies_and_outcomes_import_them() -> None:
    found = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            if {name.split(".")[0] for name in names} & STUDIES:
                found.add(file.relative_to(SOURCE).parts[0])
    assert found == {"outcomes", "studies"}
