"""docs/course-file.md is complete, and its examples are read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from thecal.devices import catheter_ids, pump_ids
from thecal.prescription import EXPLORATORY, read_course_text, schema

PAGE = Path(__file__).parents[2] / "docs" / "course-file.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES: list[str] = re.findall(r"^```toml\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)
TABLES: dict[str, type[BaseModel]] = {
    "[course]": schema.CourseTable,
    "[patient]": schema.PatientTable,
    "[[patient.day]]": schema.DayTable,
    "[[oral]]": schema.OralTable,
    "[implant]": schema.ImplantTable,
    "[[prescription]]": schema.PrescriptionTable,
    "[[prescription.step]]": schema.StepTable,
    "[[prescription.bolus]]": schema.BolusTable,
    "[prescription.patient_bolus]": schema.PatientBolusTable,
    "bridge": schema.BridgeTable,
    "[[refill]]": schema.RefillTable,
    "[[dose]]": schema.DoseTable,
    "[[sample]]": schema.SampleTable,
    "[[fault]]": schema.FaultTable,
}


def rows(heading: str) -> dict[str, str]:
    """Return the keys of a section's table, and whether the page says that they must be there."""
    section = re.split(r"^#+ ", TEXT.split(f"# `{heading}`\n", 1)[1], flags=re.MULTILINE)[0]
    found = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", section, flags=re.MULTILINE)
    return dict(found)


def keys(model: type[BaseModel]) -> dict[str, bool]:
    return {info.alias or name: info.is_required() for name, info in model.model_fields.items()}


def whole(example: str) -> str:
    """Return a course file: the example itself, or the first one with the example's tables."""
    if "[course]" in example:
        return example
    base = EXAMPLES[0]
    for name in tomllib.loads(example):
        base = re.sub(rf"(?ms)^\[\[?{name}\]\]?\n.*?(?=^\[|\Z)", "", base)
    return f"{base}\n{example}"


@pytest.mark.parametrize("heading", TABLES)
def test_every_key_is_documented_and_no_other(heading: str) -> None:
    assert list(rows(heading)) == list(keys(TABLES[heading]))


@pytest.mark.parametrize("heading", TABLES)
def test_the_page_says_rightly_which_keys_must_be_there(heading: str) -> None:
    said = {key for key, must in rows(heading).items() if must == "yes"}
    assert said == {key for key, required in keys(TABLES[heading]).items() if required}


def test_every_table_of_the_schema_has_a_section() -> None:
    models = {
        model
        for model in vars(schema).values()
        if isinstance(model, type) and issubclass(model, schema._Table) and model.model_fields
    }
    assert models == {*TABLES.values(), schema.CourseFile}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_page_is_read_without_a_warning_but_exploratory(example: str) -> None:
    warnings = read_course_text(whole(example)).warnings
    assert [one for one in warnings if not one.sentence.startswith(EXPLORATORY)] == []


def test_the_page_names_every_device() -> None:
    devices = {*pump_ids(), *catheter_ids()}
    assert {name for name in devices if f'`"{name}"`' in TEXT} == devices
