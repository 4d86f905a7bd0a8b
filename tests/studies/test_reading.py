from __future__ import annotations

from math import inf

import numpy as np
import pytest

from tests.studies.small import FILE, small_study
from thecal.errors import InputError
from thecal.evidence import load_library
from thecal.studies import built_in, find_study


def refusal(old: str, new: str) -> str:
    assert old in FILE
    with pytest.raises(InputError) as found:
        small_study(FILE.replace(old, new, 1))
    return str(found.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'measure = "success"',
            'measure = "joy"',
            'there is no measure "joy"; there are pain_mean',
        ),
        ('policy = "medical-management"\n', "", "an arm needs a policy"),
        (
            'policy = "medical-management"',
            'policy = "hope"',
            'there is no policy "hope"; there are "dose-cut-weekly"',
        ),
        ("replicates = 12", "replicates = 0", "0 is too small; the least is 1"),
        ("replicates = 12", 'replicates = "12"', '"12" is not a whole number'),
        ("size = 40", "size = 0", "0 is too small; the least is 1"),
        (
            "at_least = 5",
            "at_least = 11",
            "nobody can enter: pain cannot be at least 11, since it goes from 0 to 10 points",
        ),
        (
            "at_least = 5",
            "at_least = 8, at_most = 5",
            "nobody can enter: pain cannot be at least 8 and at most 5",
        ),
        (
            "at_least = 5 }]",
            'at_least = 5 }]\n\n[[population.include]]\nany_of = [{ trait = "pain", at_most = 4 }]',
            "with the rules before it, pain would have to be at least 5 and at most 4",
        ),
        (", at_least = 5", "", 'the condition on "pain" has no limit'),
        ('trait = "pain"', 'trait = "mood"', 'there is no trait "mood"; there are "pain"'),
        (
            "advanced-cancer",
            "everybody",
            'there is no population "everybody"; there are "advanced-cancer"',
        ),
        ('arm = "pump"', 'arm = "pumps"', 'there is no arm "pumps"; there are "pump", "tablets"'),
        ('arms = ["pump", "tablets"]', 'arms = ["pump"]', "needs two different arms"),
        ('arm = "pump"\n', "", "an endpoint is of one arm, or compares two"),
        ("day = 28", "day = 27", "there is no visit on day 27; there are visits on 0, 14, 28"),
        ("day = 21", "day = 29", "day 29 is after the last visit, on day 28"),
        ("[0, 14, 28]", "[14, 28]", "the first visit is on day 14, but it must be 0"),
        ("[0, 14, 28]", "[0, 28, 14]", "day 14 stands after day 28"),
        ("SMITH2002-02", "SMITH2002-99", "there are SMITH2002-01 to SMITH2002-50"),
        ("SMITH2002-02", "SMITH2002-29", "cannot be held against a figure in years"),
        ('band = "SMITH2002-49"', "band = [91, 74]", "the band from 91 to 74 is empty"),
        ('band = "SMITH2002-49"', 'band = "SMITH2002-02"', "has no interval in print"),
        ('band = "SMITH2002-49"', "band = [1, 2, 3]", "a band is two numbers"),
        ('published_p = "SMITH2002-04"', 'published_p = "SMITH2002-02"', "is no P value"),
        ('evidence = "SMITH2002"', 'evidence = "SMITH1999"', 'there is no study "SMITH1999"'),
        ('name = "tablets"', 'name = "pump"', 'there are two arms "pump"'),
        ('name = "alive"', 'name = "success, pump"', 'there are two endpoints "success, pump"'),
        ("better =", "beter =", 'did you mean "better"?'),
        ("seed = 7", "seed = ", "this is not TOML"),
    ],
)
def test_a_wrong_study_is_refused_with_a_sentence(old: str, new: str, said: str) -> None:
    assert said in refusal(old, new)


def test_a_refusal_names_file_line_and_key() -> None:
    sentence = refusal('measure = "success"', 'measure = "joy"')
    assert sentence.startswith("small.toml, line 28, endpoint[0].measure: ")


def test_a_refused_figure_cannot_be_what_a_study_is_held_against() -> None:
    refused = next(one.id for one in load_library().figures.values() if one.refused)
    assert "must not be used" in refusal("SMITH2002-02", refused)


def test_a_name_that_is_no_study_is_refused_with_those_that_are() -> None:
    with pytest.raises(InputError, match=r"bolash2015, .* and winkelmuller1996"):
        find_study("smith2003")


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_study_is_called_as_its_file(name: str) -> None:
    assert find_study(name).name == name


@pytest.mark.parametrize("name", built_in())
def test_a_built_in_study_is_held_against_figures_of_its_own_paper(name: str) -> None:
    study = find_study(name)
    figures = [one.published.figure for one in study.endpoints if one.published is not None]
    assert figures
    assert all(one.startswith(f"{study.evidence}-") for one in figures)


def test_the_nine_studies_are_there() -> None:
    assert len(built_in()) == 9


def test_a_limit_may_be_a_published_figure() -> None:
    choice = find_study("smith2002").population.include[0]
    assert [(one.at_least, one.at_most) for one in choice] == [(5.0, inf)]


def test_a_figure_in_other_units_is_met_in_its_own() -> None:
    dose = next(one for one in find_study("hamza2012").endpoints if one.name == "dose at 6 months")
    assert (dose.unit, dose.scale) == ("mg/day", 0.001)


def test_one_condition_of_a_choice_is_enough_to_enter() -> None:
    traits = {
        "pain": np.array([6.0, 6.0, 6.0, 4.0, np.nan]),
        "oral_mg_per_day": np.array([250.0, 50.0, 50.0, 250.0, 250.0]),
        "intolerable": np.array([0.0, 1.0, 0.0, 1.0, 1.0]),
    }
    admitted = find_study("smith2002").population.admits(traits)
    assert admitted.tolist() == [True, True, False, False, False]


def test_more_replicates_leave_the_fingerprint_as_it_is() -> None:
    more = small_study(FILE.replace("replicates = 12", "replicates = 500"))
    assert more.fingerprint() == small_study().fingerprint()


@pytest.mark.parametrize(
    ("old", "new"),
    [("seed = 7", "seed = 8"), ("size = 40", "size = 41"), ("at_least = 5", "at_least = 6")],
)
def test_a_change_of_the_study_changes_the_fingerprint(old: str, new: str) -> None:
    assert small_study(FILE.replace(old, new)).fingerprint() != small_study().fingerprint()
