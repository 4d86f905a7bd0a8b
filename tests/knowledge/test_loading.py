"""A data file is complete or it is refused."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.knowledge.data_files import GOOD, HEADER_KEYS, SHIPPED, changed, written
from thecal.errors import KnowledgeError
from thecal.knowledge import load_document, load_figures

TRACEABLE = re.compile(
    r"https?://|doi:|PMID|PMC|GitHub|\b(19|20)\d\d\b"
    r"|general knowledge|assumption of thecal|(derived|computed) by thecal|estimate"
)

REFUSALS = {
    "no label": ('label = "clearance from plasma"\n', "", 'has no "label"'),
    "blank label": ('label = "clearance from plasma"', 'label = " "', 'has no "label"'),
    "no unit": ('unit = "L/h"\n', "", 'has no "unit"'),
    "no source": ('source = "study"\n', "", 'has no "source"'),
    "no confidence": ('confidence = "high"\n', "", 'has no "confidence"'),
    "unknown source": ('source = "study"', 'source = "stdy"', 'the source "stdy" is not in'),
    "unknown unit": ('unit = "L/h"', 'unit = "cc/h"', 'the unit "cc/h" is unknown'),
    "unknown confidence": (
        'confidence = "high"',
        'confidence = "sure"',
        'the confidence "sure" is none of high, medium, low',
    ),
    "unknown key": ("note =", "remark =", 'unknown key "remark"'),
    "low above value": ("low = 60", "low = 72", "must not fall in this order"),
    "value above high": ("high = 80.0", "high = 70", "must not fall in this order"),
    "number as text": ("value = 71.6", 'value = "71.6"', '"value" must be a number'),
    "truth as number": ("value = 71.6", "value = true", '"value" must be a number'),
    "not a number": ("value = 71.6", "value = nan", '"value" must be a finite number'),
    "infinite": ("high = 80.0", "high = inf", '"high" must be a finite number'),
    "number as label": ('"clearance from plasma"', "7", '"label" must be text'),
    "nothing said": (
        "value = 71.6\nlow = 60\nhigh = 80.0\n",
        "",
        "has neither value, low, high nor words",
    ),
    "numbers and words": ("note =", "words =", 'has both numbers and "words"'),
    "name not in snake case": ("figures.clearance", "figures.Clearance", "lower-case words"),
    "figure that is no table": ("[figures.clearance]", "[figures]", "must be a table"),
    "unknown table": ("[sources]", 'title = "x"\n[sources]', 'unknown key "title"'),
    "unused source": (
        "[sources]\n",
        '[sources]\nspare = "another study"\n',
        'nothing cites the source "spare"',
    ),
    "source that is a bare word": (
        '"A study of 2020, doi:10.1000/1"',
        '"Krames"',
        'source "study": must say in words',
    ),
    "sources that are no table": (
        '[sources]\nstudy = "A study of 2020, doi:10.1000/1"\n',
        'sources = "many words"\n',
        '"sources" must be a table',
    ),
    "broken TOML": ("[sources]", "[sources", "cannot be read as TOML"),
}


@pytest.mark.parametrize(("old", "new", "sentence"), REFUSALS.values(), ids=REFUSALS)
def test_an_incomplete_file_is_refused_with_its_reason(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    file = written(tmp_path, changed(GOOD, old, new))
    with pytest.raises(KnowledgeError) as refusal:
        load_figures(file)
    assert sentence in str(refusal.value)


def test_a_refusal_names_file_and_figure(tmp_path: Path) -> None:
    file = written(tmp_path, changed(GOOD, 'unit = "L/h"\n', ""))
    with pytest.raises(KnowledgeError, match=r'^file\.toml, figure "clearance": '):
        load_figures(file)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"^none\.toml: cannot be read"):
        load_figures(tmp_path / "none.toml")


def test_a_figure_is_read_as_written(tmp_path: Path) -> None:
    figure = load_figures(written(tmp_path, GOOD))["clearance"]
    assert (figure.value, figure.low, figure.high) == (Decimal("71.6"), Decimal(60), Decimal(80))


def test_a_figure_carries_the_full_text_of_its_source(tmp_path: Path) -> None:
    figure = load_figures(written(tmp_path, GOOD))["clearance"]
    assert figure.source == "A study of 2020, doi:10.1000/1"


def test_words_need_no_unit(tmp_path: Path) -> None:
    numbers = 'value = 71.6\nlow = 60\nhigh = 80.0\nunit = "L/h"\n'
    file = written(tmp_path, changed(GOOD, numbers, 'words = "not known"\n'))
    assert load_figures(file)["clearance"].words == "not known"


def test_other_tables_are_handed_back(tmp_path: Path) -> None:
    file = written(tmp_path, 'id = "x"\n' + GOOD)
    document, _ = load_document(file, other_keys=("id", "name"))
    assert document == {"id": "x"}


def test_a_source_that_only_another_table_cites_is_used(tmp_path: Path) -> None:
    text = changed(GOOD, "[sources]\n", '[sources]\nsurvey = "another study"\n')
    file = written(tmp_path, text + '[levels]\nrows = [{source = "survey"}]\n')
    _, figures = load_document(file, other_keys=("levels",))
    assert list(figures) == ["clearance"]


def test_an_unknown_source_in_another_table_is_refused(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD + '[levels]\nsource = "nowhere"\n')
    with pytest.raises(KnowledgeError, match=r'not in the table \[sources\]: source "nowhere"'):
        load_document(file, other_keys=("levels",))


def test_a_figure_of_the_file_replaces_an_inherited_one(tmp_path: Path) -> None:
    older = load_figures(written(tmp_path, GOOD, "older.toml"))
    newer = written(tmp_path, changed(GOOD, "value = 71.6", "value = 70"))
    _, figures = load_document(newer, inherited=older)
    assert figures["clearance"].value == Decimal(70)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_file_loads(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    assert figures


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_source_can_be_looked_up_or_says_that_there_is_none(file: Path) -> None:
    # Somebody who doubts a figure must find either a place to look or an honest word.
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    assert not [f.source for f in figures.values() if not TRACEABLE.search(f.source)]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_assumption_is_of_low_confidence(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    assumed = [f for f in figures.values() if f.source.startswith("assumption of thecal")]
    assert all(figure.confidence == "low" for figure in assumed)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_general_knowledge_is_never_of_high_confidence(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    recalled = [f for f in figures.values() if "general knowledge" in f.source]
    assert all(figure.confidence != "high" for figure in recalled)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_file_is_plain_ascii(file: Path) -> None:
    assert file.read_text(encoding="utf-8").isascii()


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_labels_of_a_file_differ(file: Path) -> None:
    _, figures = load_document(file, other_keys=HEADER_KEYS)
    labels = [figure.label for figure in figures.values()]
    assert sorted(labels) == sorted(set(labels))
