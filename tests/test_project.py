"""Facts about the project itself: its locks, its floors, its package, its start."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

import thecal

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "thecal"
LOCKS = sorted((ROOT / "locks").glob("*.txt"))
FRAME = [ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / ".ci" / "run"]
SCRIPTS = sorted((ROOT / "scripts").iterdir())

HEAVY = {
    "distributed",
    "jinja2",
    "libsbml",
    "lifelines",
    "numba",
    "numpy",
    "pandas",
    "pint",
    "plotly",
    "pyarrow",
    "pydantic",
    "scipy",
    "statsmodels",
    "xarray",
}
"""Libraries too slow to import for a command that only prints its help."""

PUMP_MAY_IMPORT = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "dataclasses",
    "enum",
    "fractions",
    "functools",
    "hashlib",
    "heapq",
    "itertools",
    "math",
    "operator",
    "struct",
    "thecal",
    "types",
    "typing",
    "zlib",
}
"""No clock, no files, no randomness: they are handed in."""

PUMP_MAY_ALSO_IMPORT = {
    "hardware": {"random"},  # the type of a source of chance that is handed in
    "telemetry": {"cryptography", "hmac", "random"},
    "simulation": {"concurrent", "contextlib", "copy", "random", "time"},
}
"""What goes beyond that, by subpackage; nothing of it in what runs inside the implant."""

PUMP_FILES = "implant/files.py"
"""The one store for real use; it alone touches files."""

PUMP_MEASURES = {"simulation/campaigns.py", "simulation/soak.py", "simulation/tampering.py"}
"""Campaigns that are given minutes and measure seconds."""


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def pins(lock: Path) -> dict[str, str]:
    """Return version by package, as locked."""
    text = lock.read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", text, flags=re.MULTILINE))


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_there_is_a_lock_to_run_one_for_studies_and_one_to_test() -> None:
    assert [lock.name for lock in LOCKS] == ["run.txt", "studies.txt", "test.txt"]


@pytest.mark.parametrize("lock", LOCKS, ids=relative)
def test_every_locked_package_has_a_hash(lock: Path) -> None:
    entries = re.split(r"\n(?=\S)", lock.read_text(encoding="utf-8").strip())
    unhashed = [entry for entry in entries if not re.search(r"--hash=sha256:[0-9a-f]{64}", entry)]
    assert entries
    assert unhashed == []


@pytest.mark.parametrize("lock", LOCKS, ids=relative)
def test_a_lock_names_packages_and_hashes_only(lock: Path) -> None:
    entry = re.compile(
        r"[a-z0-9._-]+==[^\s/@]+( ; [^/@]+)? \\"  # a package, and where it is needed
        r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    lines = lock.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not entry.fullmatch(line)] == []


@pytest.mark.parametrize("file", [*FRAME, *SCRIPTS], ids=relative)
def test_the_frame_names_no_address_and_no_path_of_a_machine(file: Path) -> None:
    address = re.compile(
        r"[a-z+]+://|\b\d{1,3}(\.\d{1,3}){3}\b|localhost|index-url\b(?<!no-emit-index-url)"
        r"|(?<![\w.])/(home|root|opt|tmp|Users)/"
    )
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if address.search(line)] == []


@pytest.mark.parametrize("lock", LOCKS, ids=relative)
def test_a_lock_satisfies_what_the_package_asks(lock: Path) -> None:
    asked = [Requirement(text) for text in project()["project"]["dependencies"]]
    locked = pins(lock)
    unsatisfied = [
        str(requirement)
        for requirement in asked
        if requirement.name not in locked
        or not requirement.specifier.contains(locked[requirement.name])
    ]
    assert unsatisfied == []


@pytest.mark.parametrize(
    ("lock", "extra"), [("studies.txt", "studies"), ("test.txt", "studies"), ("test.txt", "test")]
)
def test_a_lock_satisfies_what_its_extras_ask(lock: str, extra: str) -> None:
    extras = project()["project"]["optional-dependencies"][extra]
    locked = pins(ROOT / "locks" / lock)
    assert [
        text
        for text in extras
        if not (asked := Requirement(text)).specifier.contains(locked.get(asked.name, "0"))
    ] == []


@pytest.mark.parametrize(("less", "more"), [("run", "studies"), ("studies", "test")])
def test_a_lock_holds_the_one_before_it_at_the_same_versions(less: str, more: str) -> None:
    smaller, larger = (pins(ROOT / "locks" / f"{name}.txt") for name in (less, more))
    assert {name: larger.get(name) for name in smaller} == smaller


def test_the_lock_to_run_holds_nothing_that_only_studies_need() -> None:
    studies = project()["project"]["optional-dependencies"]["studies"]
    locked = pins(ROOT / "locks" / "run.txt")
    assert {Requirement(text).name for text in studies} & locked.keys() == set()


def test_the_installed_version_is_the_one_the_package_states() -> None:
    assert importlib.metadata.version("thecal") == thecal.__version__


def test_every_package_stands_on_a_floor() -> None:
    contracts = project()["tool"]["importlinter"]["contracts"]
    floors = next(contract for contract in contracts if contract["id"] == "floors")
    listed = set(re.findall(r"\w+", " ".join(floors["layers"])))
    built = {
        path.stem
        for path in SOURCE.iterdir()
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__")
    }
    assert built
    assert built - listed == set()


@pytest.mark.parametrize("contract", ["pump", "exact"])
def test_an_import_contract_guards_packages_that_exist(contract: str) -> None:
    contracts = project()["tool"]["importlinter"]["contracts"]
    guarded = next(each for each in contracts if each["id"] == contract)["source_modules"]
    assert [name for name in guarded if not (ROOT / "src" / name.replace(".", "/")).is_dir()] == []


def pump_modules() -> dict[str, ast.Module]:
    folder = SOURCE / "pump"
    return {
        file.relative_to(folder).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.py"))
    }


def test_the_pump_has_no_clock_no_files_and_no_randomness() -> None:
    astray = []
    for name, tree in pump_modules().items():
        allowed = PUMP_MAY_IMPORT | PUMP_MAY_ALSO_IMPORT.get(name.split("/")[0], set())
        if name == PUMP_FILES:
            continue
        for node in ast.walk(tree):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            astray += [f"{name}: {one}" for one in names if one.split(".")[0] not in allowed]
    assert astray == []


def test_the_pump_has_no_binary_float() -> None:
    floats = [
        f"{name}:{node.lineno}"
        for name, tree in pump_modules().items()
        if name not in PUMP_MEASURES
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert floats == []


def test_what_runs_inside_the_implant_imports_nothing_of_the_world() -> None:
    outer = ("thecal.pump.hardware", "thecal.pump.telemetry", "thecal.pump.simulation")
    astray = [
        f"{name}: {node.module}"
        for name, tree in pump_modules().items()
        if name.startswith("implant/")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(outer)
    ]
    assert astray == []


@pytest.mark.parametrize("file", modules(), ids=relative)
def test_a_module_fits_on_few_pages(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("file", modules(), ids=relative)
def test_a_module_is_named_for_what_it_does(file: Path) -> None:
    assert not {"util", "utils", "helper", "helpers", "common", "manager", "misc"} & {
        *file.relative_to(SOURCE).parts,
        file.stem,
    }


def test_the_wheel_holds_every_source_and_data_file(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = {name for name in archive.namelist() if name.startswith("thecal/")}
    assert shipped == {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_help_is_printed_without_importing_a_heavy_library() -> None:
    (entry,) = importlib.metadata.entry_points(group="console_scripts", name="thecal")
    program = (
        f"import sys\nfrom {entry.module} import {entry.attr} as main\n"
        "sys.argv = ['thecal', '--help']\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert "simulate" in ran.stdout
    assert HEAVY & set(ran.stderr.split()) == set()
