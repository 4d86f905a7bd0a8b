from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from thecal.cli import app
from thecal.errors import InputError, KnowledgeError
from thecal.evidence import Library, load_library

DATA = files("thecal.evidence") / "data"
NAMES = ("studies.toml", "figures.csv", "claims.toml", "warnings.toml")


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def test_all_that_was_gathered_is_in_the_library(library: Library) -> None:
    assert (len(library.figures), len(library.claims)) == (619, 20)


def test_the_trial_in_cancer_has_its_printed_success(library: Library) -> None:
    assert library.figures["SMITH2002-02"].stated() == "84.5 % (60 of 71)"


def test_percentages_agree_with_the_counts_behind_them(library: Library) -> None:
    off = [
        one.id
        for one in library.figures.values()
        if one.value is not None and one.events is not None and one.of and one.unit == "%"
        if abs(100 * one.events / one.of - float(one.value)) > 1.0 and not one.refused
    ]
    assert off == []


def test_values_lie_within_their_own_intervals(library: Library) -> None:
    off = [
        one.id
        for one in library.figures.values()
        if one.value is not None and one.low is not None and one.high is not None
        if not one.low <= one.value <= one.high
    ]
    assert off == []


def test_a_standard_error_printed_as_a_deviation_is_turned_into_one(library: Library) -> None:
    assert library.figures["STAATS2004-02"].standard_deviation() == pytest.approx(14.84, abs=0.01)


def test_a_deviation_follows_from_an_interval(library: Library) -> None:
    assert library.figures["ELLIS2008-04"].standard_deviation() == pytest.approx(41.6, abs=0.1)


def test_a_spread_of_unstated_kind_gives_no_deviation(library: Library) -> None:
    with pytest.raises(KnowledgeError, match="no standard deviation in print"):
        library.figures["HAYEK2011-01"].standard_deviation()


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ("ANDERSON2003-03", "contradict each other"),
        ("SMITH2002-41", "Use SMITH2002-24"),
        ("WINK1996-20", "never seen in print"),
        ("DUARTE2012-13", "was not seen"),
    ],
)
def test_a_number_that_misleads_is_not_handed_out(library: Library, figure: str, why: str) -> None:
    with pytest.raises(KnowledgeError, match=why):
        library.figures[figure].number()


def test_one_figure_is_found_by_what_it_says(library: Library) -> None:
    found = library.find(study="smith2002", outcome="pain intensity", arm="CMM", months="1")
    assert found.stated() == "4.76 points"


def test_an_ambiguous_question_is_refused(library: Library) -> None:
    with pytest.raises(InputError, match='has 2 figures for "pain intensity" in "CMM"'):
        library.find(study="SMITH2002", outcome="pain intensity", arm="CMM")


def test_an_unknown_study_is_refused_with_near_names(library: Library) -> None:
    with pytest.raises(InputError, match=r'no study "SMITH1999"; there are SMITH2002'):
        library.study("SMITH1999")


def test_an_unknown_claim_is_refused(library: Library) -> None:
    with pytest.raises(InputError, match="there is no claim 21; they go from 1 to 20"):
        library.claim(21)


def test_a_claim_with_a_clinical_grade_rests_on_figures(library: Library) -> None:
    bare = [
        one.number
        for one in library.claims
        if one.grade in {"trial", "series", "weak"} and not one.supports
    ]
    assert bare == []


def test_a_claim_graded_trial_rests_on_a_randomised_trial(library: Library) -> None:
    without = [
        one.number
        for one in library.claims
        if one.grade == "trial"
        if not any(
            library.studies[library.figures[figure].study].kind == "randomised trial"
            for figure in one.supports
        )
    ]
    assert without == []


def test_no_claim_rests_on_a_refused_or_unseen_figure(library: Library) -> None:
    for claim in library.claims:
        for figure in claim.supports:
            assert library.figures[figure].confidence != "low"
            assert not library.figures[figure].refused


def test_every_command_of_a_claim_is_one_that_thecal_has(library: Library) -> None:
    for claim in library.claims:
        if claim.command:
            program, *words = shlex.split(claim.command)
            assert program == "thecal"
            outcome = CliRunner().invoke(app, [*words[:1], "--help"])
            assert outcome.exit_code == 0, claim.command


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    for one in NAMES:
        text = (DATA / one).read_text(encoding="utf-8")
        if one == name:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / one).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("figures.csv", "SMITH2002-02", "SMITH2002-01", "SMITH2002-01 stands twice"),
        ("figures.csv", ",84.5,", ",many,", "SMITH2002-02 has no number where one belongs"),
        ("figures.csv", ",high,J Clin", ",sure,J Clin", 'confidence is "sure"'),
        ("figures.csv", "SMITH2002-01,SMITH2002", "SMITH2002-01,NOBODY", "of no known study"),
        ("claims.toml", "BROGAN2015-05", "BROGAN2015-99", "claim 3 names BROGAN2015-99"),
        ("claims.toml", 'grade = "trial"', 'grade = "sure"', 'grade is "sure"'),
        ("warnings.toml", 'effect = "corrected"', 'colour = "red"', "an unknown key colour"),
        ("studies.toml", 'population = "refractory cancer pain"\n', "", "SMITH2002 is incomplete"),
    ],
)
def test_a_broken_library_is_refused(
    tmp_path: Path, name: str, old: str, new: str, sentence: str
) -> None:
    with pytest.raises(KnowledgeError, match=sentence):
        load_library(changed(tmp_path, name, old, new))
