"""What a calibration may look at, and what is refused."""

from __future__ import annotations

from importlib.resources import files

import pytest

from thecal.errors import InputError
from thecal.studies.calibration import (
    Calibration,
    calibrations,
    find_calibration,
    read_calibration_text,
)

SMITH = "smith2002-cmm"
TEXT = (files("thecal.studies") / "data" / "calibrations" / f"{SMITH}.toml").read_text("utf-8")


def changed(old: str, new: str) -> Calibration:
    assert old in TEXT
    return read_calibration_text(TEXT.replace(old, new, 1), source="mine.toml")


@pytest.mark.parametrize("name", calibrations())
def test_every_calibration_fits_no_more_figures_than_it_has_targets(name: str) -> None:
    found = find_calibration(name)
    assert 1 <= len(found.frees) <= len(found.aims)


@pytest.mark.parametrize("name", calibrations())
def test_no_calibration_that_comes_with_thecal_looks_at_a_predicted_arm(name: str) -> None:
    found = find_calibration(name)
    predicted = {one.name for one in found.study.arms if one.predicted}
    assert not predicted & {one.arm for one in found.aims}


def test_the_pump_arm_of_smith_is_predicted() -> None:
    study = find_calibration(SMITH).study
    assert [one.name for one in study.arms if one.predicted] == ["pump"]


def test_nine_figures_of_smith_are_fitted_on_nine_published_ones_of_medical_management() -> None:
    found = find_calibration(SMITH)
    assert (len(found.frees), len(found.aims)) == (9, 9)
    assert {one.arm for one in found.aims} == {"medical management"}


def test_a_spread_is_held_against_the_standard_deviation_in_print() -> None:
    by_words = {one.words: one.published for one in find_calibration(SMITH).aims}
    assert (by_words["pain at entry"], by_words["pain at entry, SD"]) == (7.59, 1.97)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'arm = "medical management"',
            'arm = "pump"',
            'smith2002 says that its arm "pump" is predicted; nothing is fitted on it',
        ),
        (
            '"SMITH2002-34"',
            '"SMITH2002-33"',
            'SMITH2002-33 is of "IDDS\\+CMM" in SMITH2002, and the arm .* is "CMM"',
        ),
        ('"SMITH2002-03"', '"SMITH2002-44"', 'SMITH2002-44 is of "IDDS\\+CMM vs CMM"'),
        ('"SMITH2002-34"', '"PAICE1996-99"', "there is no figure"),
        ('"population.pain_noise"', '"population.joy"', 'there is no "population.joy" to fit'),
        ('"population.pain_noise"', '"policy.start_ratio"', 'there is no "policy.start_ratio"'),
        ('"population.pain_noise"', '"effects.relief_hill"', 'there is no "effects.relief_hill"'),
        (
            '"population.untreated_pain_spread"',
            '"population.background_spread"',
            '"population.background_spread" stands there twice',
        ),
        ('"policy.treated"', '"policy.rotate_from_pain"', "is not that of medical-management"),
        ('also = ["pump-cancer", ', 'also = ["ziconotide-slow", ', "of ziconotide-slow is not"),
        ("low = 8\n", "low = 9\n", "is 8.* on record, and not within 9 and 9.8"),
        ("error = 0.2\n", "error = 0\n", "error"),
        ("spread = true", 'spread = "yes"', '"yes"'),
        ("day = 28", "day = 29", "there is no visit on day 29"),
        ('study = "smith2002"', 'study = "smith"', "neither a file nor a study"),
    ],
)
def test_what_cannot_be_fitted_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        changed(old, new)


def test_more_figures_than_targets_are_refused() -> None:
    *_, last = TEXT.partition("[[target]]")[2].split("[[target]]")
    with pytest.raises(InputError, match="9 figures cannot be fitted on 8"):
        read_calibration_text(TEXT.removesuffix("[[target]]" + last), source="mine.toml")


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(InputError) as found:
        changed('arm = "medical management"', 'arm = "pump"')
    lines = TEXT.splitlines()
    assert found.value.line == lines.index('arm = "medical management"') + 1
    assert found.value.source == "mine.toml"


def test_an_unknown_name_is_refused_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"those are .*smith2002-cmm"):
        find_calibration("smith2003")
