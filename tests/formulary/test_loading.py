"""Reading drugs from their data files."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.knowledge.data_files import DRUGS, GOOD, changed, written
from thecal.errors import InputError, KnowledgeError
from thecal.formulary import load_formulary

ORIGINAL = next(file for file in DRUGS if file.stem == "morphine").read_text("utf-8")
TRACER = f"""\
id = "new"
name = "new"
kind = "tracer"

{GOOD}"""


def test_every_data_file_is_a_drug_that_is_known() -> None:
    assert list(load_formulary().drugs) == [file.stem for file in DRUGS]


def test_the_formulary_is_read_once() -> None:
    assert load_formulary() is load_formulary()


def test_the_formulary_can_be_sent_to_another_process() -> None:
    sent = load_formulary()
    assert pickle.loads(pickle.dumps(sent)) == sent  # noqa: S301  (its own bytes)


def test_an_unknown_drug_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError) as refusal:
        load_formulary().drug("morfine")
    known = ", ".join(load_formulary().drugs)
    assert str(refusal.value) == f'there is no drug "morfine"; known are {known}'


def test_a_folder_without_drugs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="holds no data file of a drug"):
        load_formulary(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('id = "morphine"', 'id = "other"', 'the id "morphine" as the file is called'),
        ('name = "morphine"\n', "", "needs a name"),
        ('kind = "drug"', 'kind = "poison"', "'poison' is none of drug, tracer, comparator"),
        ('kind = "drug"', "kind = []", "the kind [] is none of drug, tracer, comparator"),
        (
            'highest_daily_dose = ["consensus_highest_daily_dose", "label_highest_daily_dose"]\n',
            "",
            'the table "roles" has no "highest_daily_dose"',
        ),
        ('["m6g", "m3g"]', '["m6g", "m9g"]', "'m9g_clearance', which is not in the file"),
        ('["m6g", "m3g"]', '["m6g", "m6g"]', '"metabolites" names one twice'),
        ('["m6g", "m3g"]', '"m6g"', '"metabolites" must list names'),
        ('["m6g", "m3g"]', '["m6g", 3]', '"metabolites" must list names'),
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


@pytest.mark.parametrize(
    ("figure", "old", "new", "sentence"),
    [
        ("m3g_clearance", 'unit = "L/h"', 'unit = "L"', '"m3g_clearance" cannot be in L'),
        ("m3g_volume", 'unit = "L"', 'unit = "L/h"', '"m3g_volume" cannot be in L/h'),
        ("m3g_molecular_weight", 'unit = "g/mol"', 'unit = "g"', "a figure in g cannot be given"),
        ("m3g_share_of_clearance", "value = 0.57", "value = 0.91", 'by their "share_of_clearance"'),
        ("m3g_first_pass_share", "value = 0.355", "value = 0.94", 'by their "first_pass_share"'),
    ],
)
def test_a_metabolite_that_does_not_fit_is_refused(
    tmp_path: Path, figure: str, old: str, new: str, sentence: str
) -> None:
    before, heading, rest = ORIGINAL.partition(f"[figures.{figure}]\n")
    text = before + heading + rest.replace(old, new, 1)
    written(tmp_path, text, "morphine.toml")
    with pytest.raises(KnowledgeError) as refusal:
        load_formulary(tmp_path)
    assert sentence in str(refusal.value)


def test_a_metabolite_needs_no_first_pass(tmp_path: Path) -> None:
    text = changed(ORIGINAL, "[figures.m3g_first_pass_share]", "[figures.m3g_not_used]")
    written(tmp_path, text, "morphine.toml")
    assert load_formulary(tmp_path).drug("morphine").metabolites == ("m6g", "m3g")


def test_a_drug_may_have_no_stability_on_record(tmp_path: Path) -> None:
    written(tmp_path, changed(ORIGINAL, 'stability = "stability"\n', ""), "morphine.toml")
    assert load_formulary(tmp_path).drug("morphine").stability is None


def test_a_file_that_says_nothing_of_its_kind_is_a_drug(tmp_path: Path) -> None:
    written(tmp_path, changed(ORIGINAL, 'kind = "drug"\n', ""), "morphine.toml")
    assert load_formulary(tmp_path).drug("morphine").kind == "drug"


def test_a_tracer_needs_no_roles_and_has_nothing_for_pumps(tmp_path: Path) -> None:
    written(tmp_path, TRACER, "new.toml")
    tracer = load_formulary(tmp_path).drug("new")
    assert tracer.kind == "tracer"
    assert not any(
        (
            tracer.product_strengths,
            tracer.highest_concentration,
            tracer.highest_daily_dose,
            tracer.start_dose,
            tracer.oral_forms,
            tracer.oral_to_intrathecal,
            tracer.stability,
            tracer.metabolites,
        )
    )


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ('[roles]\nhighest_daily_dose = ["x"]\n', 'unknown key "highest_daily_dose"'),
        ('[roles]\nstability = "x"\n', 'unknown key "stability"'),
        ("[oral_forms.solution]\n", "a tracer has no oral forms"),
    ],
)
def test_a_tracer_with_something_for_patients_is_refused(
    tmp_path: Path, table: str, sentence: str
) -> None:
    written(tmp_path, TRACER + table, "new.toml")
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
