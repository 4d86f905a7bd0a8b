from __future__ import annotations

import re
from pathlib import Path

import pytest

from thecal.assurance import PROVED_HERE, read_register
from thecal.errors import InputError

ROOT = Path(__file__).parents[2]

HAZARD = (
    "- {id: H01, owners: [pump], harm: [death], onset: prompt, hazard: too much, cause: wear, "
    "source: own}\n"
)
REQUIREMENT = "- {id: PC-01, text: not too much, hazards: [H01], source: own, check: [test]}\n"


def register_of(folder: Path, hazards: str = HAZARD, requirements: str = REQUIREMENT) -> Path:
    (folder / "hazards.yaml").write_text(hazards)
    (folder / "delivery.yaml").write_text(requirements)
    return folder


def test_a_register_joins_hazards_and_what_controls_them(tmp_path: Path) -> None:
    register = read_register(register_of(tmp_path))
    assert [one.id for one in register.controls(register.hazards[0])] == ["PC-01"]


@pytest.mark.parametrize(
    ("hazards", "requirements", "sentence"),
    [
        (HAZARD * 2, REQUIREMENT, "H01 stands twice in the register"),
        (HAZARD, REQUIREMENT.replace("H01", "H02"), "PC-01 controls hazard H02, which"),
        (HAZARD.replace("[death]", "[bad]"), REQUIREMENT, "H01: input should be 'death'"),
        (HAZARD, REQUIREMENT.replace("PC-01", "PC-1"), "PC-1: string should match pattern"),
        (HAZARD, REQUIREMENT.replace("own", "own, colour: red"), "PC-01: extra inputs are not"),
        (HAZARD, "just words", "this must be a list of rows"),
        (HAZARD, "- [", "this is not YAML"),
    ],
)
def test_a_bad_register_is_refused(
    tmp_path: Path, hazards: str, requirements: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=re.escape(sentence)):
        read_register(register_of(tmp_path, hazards, requirements))


def test_a_folder_without_a_register_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no file \"hazards\.yaml\""):
        read_register(tmp_path)


def test_every_hazard_of_pump_catheter_telemetry_and_log_has_a_requirement() -> None:
    register = read_register(ROOT / "requirements")
    ours = [one for one in register.hazards if not PROVED_HERE.isdisjoint(one.owners)]
    assert [one.id for one in ours if not register.controls(one)] == []


def test_marked_tests_name_known_requirements_only() -> None:
    register = read_register(ROOT / "requirements")
    known = {one.id for one in register.requirements}
    assert marked() <= known


def test_every_requirement_has_a_marked_test() -> None:
    register = read_register(ROOT / "requirements")
    wanted = {one.id for one in register.requirements if not one.left_out}
    assert sorted(wanted - marked()) == []


def marked() -> set[str]:
    mark = re.compile(r"mark\.requirement\(([^)]*)\)")
    found: set[str] = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        if file == Path(__file__):
            continue
        for match in mark.finditer(file.read_text(encoding="utf-8")):
            found |= set(re.findall(r"\"([A-Z]+-?\d+)\"", match[1]))
    return found
