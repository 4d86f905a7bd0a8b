"""What pumps guard: a row for every drug, and shares that fit each other."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tests.knowledge.data_files import PACKAGE, changed, written
from thecal.devices.caps import load_caps
from thecal.errors import InputError, KnowledgeError
from thecal.formulary import load_formulary

ORIGINAL = (PACKAGE / "devices" / "data" / "caps.toml").read_text("utf-8")
DRUGS = [drug.id for drug in load_formulary().drugs.values() if drug.kind == "drug"]
OPIOIDS = ("fentanyl", "hydromorphone", "morphine", "sufentanil")


@pytest.mark.requirement("PC-11")
@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_of_the_formulary_has_a_row(drug: str) -> None:
    assert load_caps().drug(drug).action in {"hold", "minimum", "stop"}


@pytest.mark.requirement("PC-11")
def test_no_drug_without_a_row_is_run() -> None:
    with pytest.raises(InputError, match='no safe action on record for "vincristine"'):
        load_caps().drug("vincristine")


@pytest.mark.requirement("PC-11")
@pytest.mark.parametrize("drug", ["baclofen", "clonidine", *OPIOIDS])
def test_a_drug_whose_stop_harms_is_held(drug: str) -> None:
    row = load_caps().drug(drug)
    assert (row.action, row.withdrawal) == ("hold", True)


def test_a_row_names_its_source_in_words() -> None:
    assert "PC-11" in load_caps().drug("baclofen").source


def test_every_own_figure_is_of_low_confidence() -> None:
    caps = load_caps()
    own = [figure for figure in caps.figures.values() if figure.name.endswith(("share", "limit"))]
    assert len(own) == 4
    assert {figure.confidence for figure in own} == {"low"}


def test_the_shares_are_read_exactly() -> None:
    caps = load_caps()
    assert (caps.hour_share, caps.four_hours_share) == (Fraction(1, 4), Fraction(1, 2))
    assert [caps.day_share(refuses=refuses) for refuses in (True, False)] == [1, 2]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("value = 0.25", "value = 0.75", "a shorter time's no larger"),
        ("value = 0.25", "value = 0", "above 0"),
        ("value = 0.5", "value = 1.5", "a shorter time's no larger"),
        ("value = 2\n", "value = 0.5\n", "a shorter time's no larger"),
        ("value = 4\nunit", "value = 0\nunit", '"withdrawal_low_reservoir" must be above 0'),
        ('value = 4\nunit = "mL"', 'value = 4\nunit = "mg"', "cannot be in mg"),
        ("[figures.hour_share]", "[figures.one_hour_share]", '"hour_share" is missing'),
    ],
)
def test_figures_that_cannot_be_are_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(KnowledgeError, match=complaint):
        load_caps(written(tmp_path, changed(ORIGINAL, old, new)))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('action = "minimum"', 'action = "pause"', 'the action "pause" is none of'),
        ('action = "minimum"', "", "must have the keys"),
        ('action = "stop"\nwithdrawal = false', 'action = "stop"\nwithdrawal = "no"', "true or"),
        ('source = "general"', 'source = "hearsay"', "hearsay"),
        (
            'source = "general"\nconfidence = "low"',
            'source = "general"\nconfidence = "so so"',
            "so",
        ),
    ],
)
def test_a_row_that_cannot_be_is_refused(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    with pytest.raises(KnowledgeError, match=complaint):
        load_caps(written(tmp_path, changed(ORIGINAL, old, new)))


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    text = ORIGINAL[: ORIGINAL.index("# Each drug.")]
    for unused in ("withdrawal", "ziconotide_label", "general"):
        text = "\n".join(line for line in text.splitlines() if not line.startswith(f"{unused} ="))
    with pytest.raises(KnowledgeError, match=r"has no \[drugs.NAME\]"):
        load_caps(written(tmp_path, text))
