from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from thecal.cli import app
from thecal.errors import InputError, KnowledgeError
from thecal.patients import load_population, populations, teaching
from thecal.patients.pain import KINDS
from thecal.patients.teaching import TeachingPerson, load_teaching_cohort, teaching_person
from thecal.therapy.care.asking import candidate_of
from thecal.therapy.care.candidacy import judge

COHORT = load_teaching_cohort()


def test_there_are_thirty_with_different_names() -> None:
    assert len({one.name for one in COHORT}) == 30


def test_everybody_belongs_to_a_population_and_has_a_known_kind_of_pain() -> None:
    assert {one.population for one in COHORT} <= set(populations())
    assert {one.kind for one in COHORT} == set(KINDS)


@pytest.mark.parametrize("one", COHORT, ids=[one.name for one in COHORT])
def test_the_pain_lies_at_a_place_of_the_population(one: TeachingPerson) -> None:
    places = load_population(one.population).places
    assert [place.levels for place in places if place.name == one.place] == [one.levels]


def test_a_place_that_the_population_lacks_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "cohort.toml"
    whole = teaching._FILE.read_text("utf-8")
    broken.write_text(whole.replace('"back and belly"', '"big toe"', 1), encoding="utf-8")
    monkeypatch.setattr(teaching, "_FILE", broken)
    with pytest.raises(KnowledgeError, match='Ada has pain at "big toe"; advanced-cancer has back'):
        load_teaching_cohort.__wrapped__()


def test_a_life_expectancy_is_told_in_cancer_only() -> None:
    assert all((one.survival is not None) == one.has_cancer for one in COHORT)


def test_the_cohort_teaches_every_verdict() -> None:
    offers = Counter(judge(candidate_of(one.questions())).verdict for one in COHORT)
    assert len(offers) == 4
    assert offers["may be offered a screening trial for an implanted pump"] >= 12


def test_a_name_is_found_in_any_case() -> None:
    assert teaching_person("ADA").age == 58


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match="there are Ada, Bruno"):
        teaching_person("Nobody")


def test_the_command_shows_one_with_what_to_type_next() -> None:
    told = CliRunner().invoke(app, ["people", "Jonas"])
    assert told.exit_code == 0
    assert "not now: an untreated addiction" in told.output
    assert "thecal expect Jonas" in told.output


def test_the_command_shows_where_the_pain_lies() -> None:
    told = CliRunner().invoke(app, ["people", "Clara"])
    assert "neuropathic: neck and arms" in told.output
    assert "beside C4, C5, C6, C7" in told.output


def test_the_command_lists_all() -> None:
    told = CliRunner().invoke(app, ["people"])
    assert all(one.name in told.output for one in COHORT)
