from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.assurance.test_register import HAZARD, REQUIREMENT, register_of
from thecal.assurance import as_object, fingerprint, page, read_evidence, read_register, trace
from thecal.assurance.tracing import Trace
from thecal.errors import InputError


def traced(root: Path, results: dict[str, bool], print_of: str | None = None) -> Trace:
    (root / "requirements").mkdir(exist_ok=True)
    register = read_register(register_of(root / "requirements"))
    (root / "build").mkdir(exist_ok=True)
    content = {
        "fingerprint": print_of or fingerprint(root),
        "results": {
            test: {"requirements": ["PC-01"], "passed": passed} for test, passed in results.items()
        },
    }
    (root / "build" / "trace.json").write_text(json.dumps(content))
    return trace(register, read_evidence(root))


def test_a_hazard_is_proved_by_passed_tests_of_all_its_requirements(tmp_path: Path) -> None:
    assert as_object(traced(tmp_path, {"test_a": True}))["proved"] == 1


def test_one_failed_test_unproves_the_hazard(tmp_path: Path) -> None:
    found = traced(tmp_path, {"test_a": True, "test_b": False})
    assert found.gaps == ("PC-01: failed: test_b",)
    assert as_object(found)["proved"] == 0


def test_a_requirement_without_a_result_is_a_gap(tmp_path: Path) -> None:
    assert traced(tmp_path, {}).gaps == ("PC-01: no test with a result",)


def test_results_of_other_sources_do_not_count(tmp_path: Path) -> None:
    found = traced(tmp_path, {"test_a": True}, print_of="of yesterday")
    assert found.evidence.stale == ("build/trace.json",)
    assert as_object(found)["proved"] == 0


def test_recorded_results_count_where_there_is_no_test_run(tmp_path: Path) -> None:
    traced(tmp_path, {"test_a": True})
    (tmp_path / "docs").mkdir()
    (tmp_path / "build" / "trace.json").rename(tmp_path / "docs" / "evidence.json")
    assert read_evidence(tmp_path).origin == "docs/evidence.json"


def test_a_change_of_a_requirement_changes_the_fingerprint(tmp_path: Path) -> None:
    traced(tmp_path, {})
    before = fingerprint(tmp_path)
    register_of(tmp_path / "requirements", HAZARD, REQUIREMENT.replace("not too", "never too"))
    assert fingerprint(tmp_path) != before


def test_results_that_are_not_json_are_refused(tmp_path: Path) -> None:
    traced(tmp_path, {})
    (tmp_path / "build" / "trace.json").write_text("{")
    with pytest.raises(InputError, match="this is not JSON"):
        read_evidence(tmp_path)


def test_the_page_names_hazard_requirement_test_and_notice(tmp_path: Path) -> None:
    text = page(traced(tmp_path, {"tests/test_x.py::test_a": True}))
    for words in ("H01", "PC-01", "tests/test_x.py::test_a", "Simulation - not for patient care"):
        assert words in text
