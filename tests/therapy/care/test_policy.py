"""Policies as data: what they hold, and that an incomplete one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.effects import load_effects
from thecal.errors import InputError, KnowledgeError
from thecal.formulary import load_formulary
from thecal.knowledge import is_uncertain
from thecal.therapy.care import load_policy, policies, policy

POLICIES = policies()
WHOLE = (Path(policy.__file__).parent / "data" / "policies" / "pump-cancer.toml").read_text("utf-8")


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_gives_a_drug_whose_effects_are_on_record(name: str) -> None:
    drug = load_policy(name).drug
    assert load_formulary().drug(drug).id == load_effects(drug).drug


@pytest.mark.parametrize("name", POLICIES)
def test_every_side_effect_that_limits_a_dose_is_one_of_the_drug(name: str) -> None:
    known = load_policy(name)
    items = {item.id for item in load_effects(known.drug).items}
    assert {item for route in known.limiting.values() for item in route} <= items


@pytest.mark.parametrize("name", POLICIES)
def test_every_rule_says_in_words_what_it_does_and_where_it_is_from(name: str) -> None:
    assert all(rule.words and rule.source for rule in load_policy(name).rules)


def test_medical_management_is_the_same_beside_a_pump() -> None:
    alone, beside = load_policy("medical-management"), load_policy("pump-cancer")
    assert all(beside.figures[name] == figure for name, figure in alone.figures.items())


def test_the_same_figure_of_two_policies_is_drawn_once() -> None:
    alone, beside = load_policy("medical-management"), load_policy("pump-cancer")
    shared = set(alone.figures) & set(beside.figures)
    assert any(is_uncertain(alone.figures[name]) for name in shared)


def test_a_policy_has_only_the_tables_of_its_file() -> None:
    assert [load_policy(name).has("pump") for name in ("medical-management", "pump-cancer")] == [
        False,
        True,
    ]


def test_an_unknown_policy_is_refused() -> None:
    with pytest.raises(InputError, match='there is no policy "hope"; there are'):
        load_policy("hope")


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("[figures.wait]", "[figures.waiting]", "figures that are there differ in wait, waiting"),
        ('wait = "wait"', "", "figures that are there differ in wait"),
        ('wait = "wait"', 'wait = "wait"\nsleep = "wait"', r"\[pump\] has no part sleep"),
        ('route = "pump"\nonce_on_pump = true\npain_from = 4', 'route = "skin"', 'route "skin"'),
        ('change = "pump_cut"', "", "a rule has the keys"),
        ('change = "pump_cut"', 'change = "pump_cut"\nif_sunny = true', "a rule has the keys"),
        ('drug = "morphine"', 'drug = "morphine"\ncolour = "red"', 'unknown key "colour"'),
        ('drug = "morphine"', 'drug = "morphine"\nfollows = "the rich"', 'follows "the rich"'),
    ],
)
def test_an_incomplete_policy_is_refused(
    old: str, new: str, match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert WHOLE.count(old) == 1
    (tmp_path / "broken.toml").write_text(WHOLE.replace(old, new), encoding="utf-8")
    monkeypatch.setattr(policy, "_DATA", tmp_path)
    with pytest.raises(KnowledgeError, match=match):
        load_policy("broken")
