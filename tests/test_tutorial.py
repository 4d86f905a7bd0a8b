"""docs/tutorial.md: its blocks run in order and print what it shows; its text tells no other."""

from __future__ import annotations

import io
import re
import tomllib
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import plotly.graph_objects as go
import pytest

from thecal import NOTICE
from thecal.body.anatomy import CELL_CM

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
TEXT = PAGE.read_text(encoding="utf-8")
TARGETS = ROOT / "src" / "thecal" / "validation" / "data" / "targets.csv"

BLOCK = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
BLOCKS = list(BLOCK.finditer(TEXT))
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\d])")

STUDIES = ("A2b", "A4c", "A4d", "A4e", "A4f", "A9")
"""The published rows that the text quotes."""


@cache
def session() -> tuple[dict[str, object], list[str]]:
    """Return the names that the page leaves behind, and what each of its blocks printed."""
    names: dict[str, object] = {}
    printed = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        for block in BLOCKS:
            line = TEXT.count("\n", 0, block.start(1))
            with redirect_stdout(io.StringIO()) as out:
                exec(compile("\n" * line + block[1], str(PAGE), "exec"), names)  # noqa: S102
            printed.append(out.getvalue())
    return names, printed


def prose() -> str:
    """Return the text without blocks, code, links, names of sources with their year, headings."""
    text = re.sub(r"^```.*?^```\n", "", TEXT, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|^#.*$", "", text, flags=re.MULTILINE)
    return re.sub(r"\b[A-Z][a-z]+ (19|20)\d\d\b|\bsection \d", "", text)


def numbers(text: str) -> set[str]:
    return set(NUMBER.findall(text))


def published() -> set[str]:
    rows = TARGETS.read_text(encoding="utf-8").splitlines()
    return numbers(" ".join(row for row in rows if row.startswith(tuple(f"{s}," for s in STUDIES))))


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_block_prints_what_the_page_shows(number: int) -> None:
    _, printed = session()
    assert printed[number] == (BLOCKS[number][2] or "")


def test_every_python_block_and_every_output_is_run_and_compared() -> None:
    fences = re.findall(r"^```(\w+)", TEXT, flags=re.MULTILINE)
    compared = sum(block[2] is not None for block in BLOCKS)
    assert len(BLOCKS) > 10
    assert sorted(fences) == ["python"] * len(BLOCKS) + ["text"] * compared


def test_every_number_in_the_text_is_printed_put_in_or_published() -> None:
    shown = "".join(block[2] or "" for block in BLOCKS)
    put_in = numbers("".join(block[1] for block in BLOCKS))
    known = numbers(shown) | put_in | published() | {str(CELL_CM)}
    assert numbers(prose()) - known == set()


@pytest.mark.parametrize("name", ["moving", "by_level", "course_map", "band"])
def test_a_picture_is_a_plotly_figure_with_something_drawn(name: str) -> None:
    names, _ = session()
    figure = names[name]
    assert isinstance(figure, go.Figure)
    assert len(figure.data) > 0


def test_the_dose_of_the_second_part_is_that_of_the_example() -> None:
    names, _ = session()
    example = tomllib.loads((ROOT / "examples" / "lumbar-bolus.toml").read_text(encoding="utf-8"))
    (dose,) = example["dose"]
    assert (dose["amount"], dose["site"]) == ("0.3 mg", "L3")
    assert names["dose_mcg"] == 300.0


def test_the_notice_stands_at_the_top() -> None:
    assert NOTICE in TEXT.split("\n\n")[1]


def test_the_readme_leads_to_the_page() -> None:
    assert "(docs/tutorial.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
