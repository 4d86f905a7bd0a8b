"""Which data files a study reads."""

from __future__ import annotations

import shutil
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from thecal.evidence import load_library
from thecal.studies import built_in, find_study, sources
from thecal.studies.sources import data_files, data_fingerprint

SMITH = find_study("smith2002")


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder from which the data files of each package are read instead."""

    def place(package: str) -> Path:
        folder = tmp_path / package
        if not folder.exists():
            shutil.copytree(str(files(package) / "data"), folder / "data")
        return folder

    monkeypatch.setattr(sources, "files", place)
    return tmp_path


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("name", built_in())
def test_every_study_reads_data_that_is_there(name: str) -> None:
    assert all(one.is_file() for one in data_files(find_study(name)))


def test_it_reads_its_population_policies_drug_body_and_scales() -> None:
    read = {str(one).partition("thecal/")[2] for one in data_files(SMITH)}
    assert {
        "patients/data/advanced-cancer.toml",
        "patients/data/pain/cancer.toml",
        "therapy/care/data/policies/pump-cancer.toml",
        "therapy/care/data/policies/medical-management.toml",
        "therapy/care/data/complications.toml",
        "effects/data/morphine.toml",
        "formulary/data/morphine.toml",
        "body/data/adult.toml",
        "outcomes/data/rules.toml",
    } <= read


def test_a_copy_of_the_data_has_the_same_fingerprint(copied: Path) -> None:
    found = data_fingerprint(SMITH)
    edit(copied / "thecal.effects/data/morphine.toml", "\n", "\n# a comment\n")
    assert data_fingerprint(SMITH) == found


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("thecal.patients/data/advanced-cancer.toml", "value = 0.24", "value = 0.25"),
        ("thecal.patients/data/pain/cancer.toml", "value = ", "value = 1"),
        ("thecal.therapy.care/data/policies/medical-management.toml", "= 0.26", "= 0.27"),
        ("thecal.therapy.care/data/complications.toml", "value = ", "value = 1"),
        ("thecal.effects/data/morphine.toml", "value = ", "value = 1"),
        ("thecal.formulary/data/morphine.toml", "value = ", "value = 1"),
        ("thecal.body/data/adult.toml", "value = ", "value = 1"),
    ],
)
def test_a_changed_figure_changes_the_fingerprint(
    copied: Path, file: str, old: str, new: str
) -> None:
    found = data_fingerprint(SMITH)
    edit(copied / file, old, new)
    assert data_fingerprint(SMITH) != found


def test_a_changed_figure_of_another_population_does_not(copied: Path) -> None:
    found = data_fingerprint(SMITH)
    edit(copied / "thecal.patients/data/low-back.toml", "value = ", "value = 1")
    assert data_fingerprint(SMITH) == found


def test_a_changed_figure_of_the_evidence_that_a_file_cites_changes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = data_fingerprint(SMITH)
    library = load_library()
    cited = "FOLLETT2000-06"
    text = (files("thecal.therapy.care") / "data" / "complications.toml").read_text("utf-8")
    assert f'"{cited}"' in text
    other = {**library.figures, cited: replace(library.figures[cited], value=Decimal(12345))}
    monkeypatch.setattr(sources, "load_library", lambda: replace(library, figures=other))
    assert data_fingerprint(SMITH) != found
