"""Reading drugs from their data files."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.knowledge.data_files import DRUGS, GOOD, changed, written
from thecal.errors import InputError, KnowledgeError
from thecal.formulary import load_formulary

ORIGINAL = next(file for file in DRUGS if file.stem == "morphine").read_text("utf-8")


def test_morphine_is_known() -> None:
    assert list(load_formulary().drugs) == ["morphine"]


def test_the_formulary_is_read_once() -> None:
    assert load_formulary() is load_formulary()


def test_the_formulary_can_be_sent_to_another_process() -> None:
    sent = load_formulary()
    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301  (its own bytes)


def test_an_unknown_drug_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError) as refusal:
        load_formulary().drug("morfine")
    assert str(refusal.value) == 'there is no drug "morfine"; known are morphine'


def test_a_folder_without_drugs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="holds no data file of a drug"):
        load_formulary(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "morphine"', 'id = "other"', 'the id "morphine" as the file is called'),
        ('name = "morphine"\n', "", "needs a name"),
        ('stability = "stability"\n', "", 'the table "roles" has no "stability"'),
        ('stability = "stability"', 'stability = "csf_loss_rate"', "cannot be in 1/h"),
        ('stability = "stability"', 'stability = "none"', "'none', which is not in the file"),
        ('stability = "stability"', 'stability = "diluent"', "has no value"),
        ("[roles]\n", "[roles]\nspare = 1\n", 'unknown key "spare" in the table "roles"'),
        (
            'product_strengths = ["product_10", "product_25"]',
            "product_strengths = []",
            '"product_strengths" must list names of figures',
        ),
        ('opioid-naive = "start_dose_naive"', 'opioid-naive = "trial_bolus"', "cannot be in mg"),
        (
            'low = "oral_to_intrathecal_low"',
            'low = "oral_to_intrathecal_software"\nmiddle = "x"',
            'unknown key "middle"',
        ),
        (
            'low = "oral_to_intrathecal_low"',
            'low = "oral_to_intrathecal_cohort2021"',
            "must rise from low over central to high",
        ),
        ('lag = "solution_lag"\n', "", 'the table "solution" has no "lag"'),
        ('lag = "solution_lag"', 'lag = "solution_bioavailability"', "cannot be in 1"),
        (
            'bioavailability = "solution_bioavailability"',
            'bioavailability = "octanol_water"',
            "must be above 0 and at most 1",
        ),
    ],
)
def test_a_part_that_does_not_fit_is_refused(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    written(tmp_path, changed(ORIGINAL, old, new), "morphine.toml")
    with pytest.raises(KnowledgeError) as refusal:
        load_formulary(tmp_path)
    assert sentence in str(refusal.value)


def test_a_drug_without_roles_is_refused(tmp_path: Path) -> None:
    written(tmp_path, 'id = "new"\nname = "new"\n' + GOOD, "new.toml")
    with pytest.raises(KnowledgeError, match=r'^new\.toml: has no table "roles"$'):
        load_formulary(tmp_path)


def test_a_drug_may_have_no_oral_form_and_no_ratio(tmp_path: Path) -> None:
    before, _, rest = ORIGINAL.partition("[roles.oral_to_intrathecal]")
    text = before + rest[rest.index("# Products and labels") :]
    written(tmp_path, text, "morphine.toml")
    drug = load_formulary(tmp_path).drug("morphine")
    assert (drug.oral_to_intrathecal, len(drug.oral_forms)) == (None, 0)
