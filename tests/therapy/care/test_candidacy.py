from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from thecal.cli import app
from thecal.errors import InputError
from thecal.therapy.care.asking import candidate_of, read_candidate
from thecal.therapy.care.candidacy import Candidate, judge, load_candidacy_rules

IN_CANCER = Candidate(cancer=True, pain=8.0, oral_mg_per_day=300.0, survival_months=6.0)
NOT_CANCER = Candidate(cancer=False, pain=8.0, oral_mg_per_day=90.0)


def test_people_as_the_trials_took_them_may_be_offered_a_trial() -> None:
    assert [judge(one).offered for one in (IN_CANCER, NOT_CANCER)] == ["pump", "pump"]


@pytest.mark.parametrize(
    "answer",
    [
        "infection",
        "bleeding_risk",
        "untreated_addiction",
        "active_psychosis",
        "suicidal",
        "cognitive_deficit",
    ],
)
def test_what_forbids_the_operation_excludes_everybody(answer: str) -> None:
    for one in (IN_CANCER, NOT_CANCER):
        judged = judge(replace(one, **{answer: True}))
        assert (judged.offered, judged.reasons[0].does) == ("", "excludes")


@pytest.mark.parametrize("answer", ["less_invasive_failed", "objective_cause"])
def test_something_else_comes_first(answer: str) -> None:
    judged = judge(replace(IN_CANCER, **{answer: False}))
    assert judged.verdict == "is no candidate yet: something else comes first"


def test_a_psychologist_is_asked_for_only_without_cancer() -> None:
    assert judge(replace(IN_CANCER, psychologist_seen=False)).offered == "pump"
    assert judge(replace(NOT_CANCER, psychologist_seen=False)).offered == ""


def test_a_short_life_expectancy_leads_to_an_external_system() -> None:
    assert judge(replace(IN_CANCER, survival_months=2.9)).offered == "external"
    assert judge(replace(IN_CANCER, survival_months=3.0)).offered == "pump"


def test_side_effects_open_the_way_below_the_dose_and_pain_of_the_trials() -> None:
    mild = replace(IN_CANCER, pain=4.0, oral_mg_per_day=100.0)
    assert judge(mild).offered == ""
    assert judge(replace(mild, intolerable_side_effects=True)).offered == "pump"


def test_an_exclusion_is_told_before_a_caution() -> None:
    judged = judge(replace(IN_CANCER, expects_cure=True, infection=True))
    assert [one.does for one in judged.reasons] == ["excludes", "caution"]


def test_every_rule_can_speak() -> None:
    silent = []
    for rule in load_candidacy_rules():
        base = NOT_CANCER if rule.cancer is False else IN_CANCER
        if rule.truth is not None:
            value: float | bool = rule.truth
        elif rule.below is not None:
            value = rule.below / 2.0
        else:
            assert rule.above is not None
            value = rule.above + 1.0
        changed: dict[str, Any] = {rule.answer: value}
        if not rule.speaks_of(replace(base, **changed)):
            silent.append(rule.words)
    assert silent == []


def test_every_question_matters_to_some_rule() -> None:
    asked = {one.name for one in fields(Candidate)}
    used = {rule.answer for rule in load_candidacy_rules()} | {"cancer"}
    assert asked == used


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"pain": 8}, "cancer: is missing, and every candidate is asked for it"),
        (
            {"cancer": True, "pain": 11, "oral_mg_per_day": 0},
            "pain: pain is 11, but is told from 0 (none) to 10 (worst)",
        ),
        (
            {"cancer": True, "pain": 8, "oral_mg_per_day": 0, "infektion": True},
            'infektion: is not among the questions; did you mean "infection"?',
        ),
        (
            {"cancer": "yes", "pain": 8, "oral_mg_per_day": 0},
            "cancer: is 'yes', but must be true or false",
        ),
        (
            {"cancer": True, "pain": True, "oral_mg_per_day": 0},
            "pain: is True, but must be a number",
        ),
        (
            {"cancer": True, "pain": 8, "oral_mg_per_day": -1},
            "oral_mg_per_day: oral_mg_per_day is -1, but must be zero or more",
        ),
    ],
)
def test_answers_that_cannot_be_are_refused(answers: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError) as refused:
        candidate_of(answers)
    assert str(refused.value) == sentence


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no file"):
        read_candidate(tmp_path / "nobody.toml")


def test_the_command_tells_the_verdict_and_its_reasons() -> None:
    told = CliRunner().invoke(app, ["candidacy", "examples/candidates/cancer.toml"])
    assert told.exit_code == 0
    assert told.output.startswith("The candidate may be offered a screening trial")
    assert "Smith 2002" in told.output
