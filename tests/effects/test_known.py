"""The data files of effects: what they hold, and that an incomplete one is refused."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from thecal.effects import Site, drugs_with_effects, known, load_effects
from thecal.errors import InputError, KnowledgeError
from thecal.formulary import load_formulary
from thecal.knowledge import is_uncertain

DRUGS = drugs_with_effects()
DATA = Path(known.__file__).parent / "data"

GOOD = """
[sources]
study = "a study of 2020"

[relief]
spinal_ec50 = "spinal_ec50"

[[item]]
id = "sedation"
words = "sedation"
intrathecal = "sedation"
site = "cisterna"
tolerates = true

[figures.spinal_ec50]
label = "concentration for half of the relief"
value = 76
unit = "ng/mL"
source = "study"
confidence = "high"

[figures.sedation]
label = "sedation on the pump"
value = 30
unit = "percent"
source = "study"
confidence = "high"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(known, "_DATA", tmp_path)
    load_effects.cache_clear()
    return tmp_path


def refused(folder: Path, text: str, match: str) -> None:
    (folder / "x.toml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=match):
        load_effects("x")


@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_with_effects_is_in_the_formulary(drug: str) -> None:
    assert load_formulary().drug(drug).id == load_effects(drug).drug


@pytest.mark.parametrize("drug", DRUGS)
def test_every_item_has_a_site_that_is_followed(drug: str) -> None:
    assert {item.site for item in load_effects(drug).items} <= set(get_args(Site))


@pytest.mark.parametrize("drug", DRUGS)
def test_a_figure_that_is_assumed_is_of_low_confidence(drug: str) -> None:
    figures = load_effects(drug).figures.values()
    assumed = [one for one in figures if one.source.startswith("assumed")]
    assert {one.confidence for one in assumed} == {"low"}


@pytest.mark.parametrize("drug", DRUGS)
def test_a_figure_that_is_assumed_has_a_range(drug: str) -> None:
    figures = load_effects(drug).figures.values()
    assert all(is_uncertain(one) for one in figures if one.source.startswith("assumed"))


def test_only_opioids_by_mouth_are_known_by_conversion() -> None:
    converted = {drug for drug in DRUGS if load_effects(drug).by_conversion}
    assert converted == {"morphine", "hydromorphone"}


def test_a_drug_that_is_the_same_as_another_takes_its_side_effects() -> None:
    assert load_effects("hydromorphone").items == load_effects("morphine").items


def test_a_drug_that_is_the_same_as_another_keeps_its_own_figures() -> None:
    figures = load_effects("hydromorphone").figures
    assert figures["plasma_ec50"].number("ng/mL") == 1.7


def test_a_drug_that_is_the_same_as_another_has_no_figure_without_a_part(folder: Path) -> None:
    (folder / "x.toml").write_text(GOOD, encoding="utf-8")
    other = GOOD.replace("[relief]", 'same_as = "x"\n[relief]').replace(
        '= "spinal_ec50"', '= "other_ec50"'
    )
    # A top-level key must stand before the tables.
    other = 'same_as = "x"\n' + other.replace('same_as = "x"\n[', "[")
    (folder / "y.toml").write_text(other.replace("figures.spinal", "figures.other"), "utf-8")
    assert set(load_effects("y").figures) == {"other_ec50", "sedation"}


def test_a_drug_without_effects_on_record_is_refused() -> None:
    with pytest.raises(InputError, match='no effects are on record of "sugar"; there are bupi'):
        load_effects("sugar")


def test_the_file_that_is_broken_below_loads_whole(folder: Path) -> None:
    (folder / "x.toml").write_text(GOOD, encoding="utf-8")
    assert load_effects("x").role("relief", "spinal_ec50") == "spinal_ec50"


def test_a_missing_figure_is_refused(folder: Path) -> None:
    refused(folder, GOOD.replace("[figures.sedation]", "[figures.s]"), "is no figure sedation")


def test_an_unused_figure_is_refused(folder: Path) -> None:
    text = GOOD.replace('[relief]\nspinal_ec50 = "spinal_ec50"', "")
    refused(folder, text, "no part is played by spinal_ec50")


def test_two_items_of_one_id_are_refused(folder: Path) -> None:
    item = GOOD[GOOD.index("[[item]]") : GOOD.index("[figures.spinal_ec50]")]
    refused(folder, GOOD.replace(item, item * 2), "two items have the same id")


def test_an_unknown_site_is_refused(folder: Path) -> None:
    refused(folder, GOOD.replace('"cisterna"', '"liver"'), 'has the unknown site "liver"')


def test_an_item_that_no_route_causes_is_refused(folder: Path) -> None:
    refused(folder, GOOD.replace('intrathecal = "sedation"', ""), "is caused by no route")


def test_an_item_without_words_is_refused(folder: Path) -> None:
    refused(folder, GOOD.replace('words = "sedation"', ""), "an item has the keys")


def test_an_item_with_an_unknown_key_is_refused(folder: Path) -> None:
    refused(folder, GOOD.replace("tolerates", "grade = 2\ntolerates"), "an item has the keys")


def test_an_unknown_table_is_refused(folder: Path) -> None:
    refused(folder, GOOD.replace("[relief]", "[reliefs]"), 'unknown key "reliefs"')


@pytest.mark.parametrize("model", ["x", "nothing"])
def test_a_model_that_is_no_other_drug_is_refused(folder: Path, model: str) -> None:
    refused(folder, f'same_as = "{model}"\n{GOOD}', '"same_as" must name another drug')
