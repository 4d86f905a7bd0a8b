from __future__ import annotations

from pathlib import Path

import pytest

from thecal.errors import InputError
from thecal.therapy.care.describing import describe
from thecal.therapy.care.given import Given

EXAMPLE = Path(__file__).parents[3] / "examples" / "people" / "back-pain.toml"


def written(folder: Path, text: str) -> str:
    file = folder / "somebody.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_teaching_person_is_known_by_name() -> None:
    found = describe("mara", None, Given())
    assert (found.name, found.population) == ("Mara", "chronic-noncancer")
    assert found.given == Given(age=47, sex="female", pain=8, kind="mixed", oral=90)


def test_what_is_told_takes_the_place_of_what_a_person_has() -> None:
    assert describe("Mara", None, Given(pain=5.0)).given.pain == 5.0


def test_nobody_named_is_somebody_with_advanced_cancer() -> None:
    assert describe(None, None, Given()).population == "advanced-cancer"


def test_a_file_describes_a_person() -> None:
    found = describe(str(EXAMPLE), None, Given())
    assert found.population == "low-back"
    assert found.given == Given(age=52, sex="female", pain=7, kind="mixed", oral=90)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("population = 'low-back'\npains = 7", 'pains: is not among .*; did you mean "pain"?'),
        ("population = 'low-back'\npain = 'bad'", "pain: is 'bad', but must be a number"),
        ("population = 'low-back'\nkind = 3", "kind: is 3, but must be words in quotes"),
        ("population = 'low-back'\npain = 12", "pain: 12, but 0 to 10 is allowed"),
        ("pain = 7", "population: is missing"),
        ("population = ", "cannot be read as TOML"),
        ("[course]\ntitle = 'x'", "somebody.toml: is a course"),
    ],
)
def test_a_file_that_cannot_be_is_refused_in_one_sentence(
    tmp_path: Path, text: str, refusal: str
) -> None:
    with pytest.raises(InputError, match=refusal):
        describe(written(tmp_path, text), None, Given())


def test_a_file_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match=r"there is no file nobody\.toml"):
        describe("nobody.toml", None, Given())


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match='nobody is called "Nobody"; there are Ada'):
        describe("Nobody", None, Given())
