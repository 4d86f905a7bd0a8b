"""Numbers put into data files."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from thecal.errors import KnowledgeError
from thecal.knowledge import Figure, load_figures
from thecal.studies import rewriting
from thecal.studies.calibrating import Fitted, moved
from thecal.studies.calibration import find_calibration
from thecal.studies.rewriting import place_of, with_figure, write_figures

CANCER = place_of("population", "advanced-cancer").read_text(encoding="utf-8")


def figure(value: str, low: str, high: str) -> Figure:
    numbers = (Decimal(value), Decimal(low), Decimal(high))
    return Figure("background", "a figure", *numbers, "1", "a source", "low")


def test_only_the_lines_of_the_figures_numbers_change() -> None:
    new = with_figure(CANCER, "background", figure("0.3", "0.25", "0.35"))
    old_lines, new_lines = CANCER.splitlines(), new.splitlines()
    changed = [b for a, b in zip(old_lines, new_lines, strict=True) if a != b]
    assert changed == ["value = 0.3", "low = 0.25", "high = 0.35"]


def test_a_comment_behind_a_number_stays() -> None:
    text = "[figures.background]\nvalue = 1 # so\nlow = 0.5\nhigh=2\n"
    wanted = "[figures.background]\nvalue = 3 # so\nlow = 2\nhigh= 4\n"
    assert with_figure(text, "background", figure("3", "2", "4")) == wanted


def test_a_figure_that_is_not_there_is_refused() -> None:
    with pytest.raises(KnowledgeError, match='no figure "joy" to write'):
        with_figure(CANCER, "joy", figure("3", "2", "4"))


def test_a_figure_in_one_line_is_refused() -> None:
    text = "[figures]\nbackground = { value = 1, low = 0.5, high = 2 }\n"
    with pytest.raises(KnowledgeError, match="no line of its own for its value"):
        with_figure(text, "background", figure("3", "2", "4"))


def test_every_file_that_holds_a_figure_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calibration = find_calibration("smith2002-cmm")

    def place(group: str, name: str) -> Path:
        copy = tmp_path / f"{name}.toml"
        if not copy.exists():
            copy.write_bytes(place_of(group, name).read_bytes())
        return copy

    monkeypatch.setattr(rewriting, "place_of", place)
    free = next(one for one in calibration.frees if one.name == "policy.treated")
    new = moved(free.figure, 1.5 * float(free.figure.value or 0))
    found = Fitted(replace(calibration, frees=(free,)), 1, (new,), (1.0,), (), (), 0.0, 0.0)
    written = write_figures(found)
    assert sorted(one.stem for one in written) == sorted(free.places)
    assert {load_figures_of(one)["treated"].value for one in written} == {new.value}


def load_figures_of(file: Path) -> dict[str, Figure]:
    text = file.read_text(encoding="utf-8") + "\n\n"
    start = text.index("[figures.treated]")
    end = text.index("\n\n", start)
    source = text[text.index("[sources]") : text.index("\n\n", text.index("[sources]"))]
    part = file.with_suffix(".part.toml")
    name = next(line for line in text[start:end].splitlines() if line.startswith("source"))
    key = name.split('"')[1]
    kept = next(line for line in source.splitlines() if line.startswith(f"{key} "))
    part.write_text(f"[sources]\n{kept}\n\n{text[start:end]}\n", encoding="utf-8")
    return dict(load_figures(part))
