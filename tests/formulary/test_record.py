"""What every drug's record must hold so that the body can follow it, and the pump be checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from thecal.body.parameters import DRUG_FIGURES, OPTIONAL_FIGURES
from thecal.formulary import Drug, load_formulary

DRUGS = list(load_formulary().drugs.values())
FOR_PUMPS = [drug for drug in DRUGS if drug.kind == "drug"]

NEEDED = {
    "csf_loss_rate": "1/h",
    "epidural_clearance_rate": "1/h",
    "free_diffusivity": "cm^2/s",
    "cord_partition": "1",
    "pial_transfer": "cm/h",
    "cord_capillary_efflux": "1/h",
    "fat_partition": "1",
    "fraction_unbound": "1",
    "molecular_weight": "g/mol",
    "systemic_clearance": "L/h",
    "central_volume": "L",
}
OPTIONAL = {
    "shallow_volume": "L",
    "shallow_flow": "L/h",
    "deep_volume": "L",
    "deep_flow": "L/h",
    "epidural_share_to_csf": "1",
    "dural_crossing_half_life": "min",
}
POSITIVE = [name for name in NEEDED if name != "cord_capillary_efflux"]
SHARES = ("fraction_unbound", "epidural_share_to_csf")
UNSURE = ("csf_loss_rate", "epidural_clearance_rate", "cord_partition", "cord_capillary_efflux")

each_drug = pytest.mark.parametrize("drug", DRUGS, ids=lambda drug: drug.id)
each_drug_for_pumps = pytest.mark.parametrize("drug", FOR_PUMPS, ids=lambda drug: drug.id)


def test_the_drugs_and_what_they_are_for() -> None:
    kinds: dict[str, list[str]] = {}
    for drug in DRUGS:
        kinds.setdefault(drug.kind, []).append(drug.id)
    assert kinds == {
        "drug": [
            "baclofen",
            "bupivacaine",
            "clonidine",
            "fentanyl",
            "hydromorphone",
            "morphine",
            "sufentanil",
            "ziconotide",
        ],
        "tracer": ["gadobutrol", "in-dtpa", "inulin"],
        "comparator": ["aso", "meperidine", "methadone", "methotrexate"],
    }


@each_drug
def test_every_figure_that_the_body_needs_is_on_record_in_a_unit_that_fits(drug: Drug) -> None:
    numbers = {name: drug.figure(name).number(unit) for name, unit in NEEDED.items()}
    assert all(numbers[name] > 0 for name in POSITIVE)
    assert numbers["cord_capillary_efflux"] >= 0


@each_drug
def test_a_figure_that_the_body_may_use_is_in_a_unit_that_fits(drug: Drug) -> None:
    present = [name for name in OPTIONAL if name in drug.figures]
    assert all(drug.figure(name).number(OPTIONAL[name]) > 0 for name in present)


@each_drug
@pytest.mark.parametrize("tissue", ["shallow", "deep"])
def test_a_tissue_has_both_volume_and_flow_or_neither(drug: Drug, tissue: str) -> None:
    assert (f"{tissue}_volume" in drug.figures) == (f"{tissue}_flow" in drug.figures)


@each_drug
def test_a_share_is_at_most_all(drug: Drug) -> None:
    present = [name for name in SHARES if name in drug.figures]
    assert all(drug.figure(name).number("1") <= 1 for name in present)


@each_drug
@pytest.mark.parametrize("name", UNSURE)
def test_what_nobody_measured_in_man_has_a_range_and_is_not_called_sure(
    drug: Drug, name: str
) -> None:
    figure = drug.figure(name)
    assert figure.confidence != "high"
    assert figure.number(figure.unit, "low") < figure.number(figure.unit, "high")


@each_drug
def test_the_free_diffusivity_is_that_of_a_molecule_in_water(drug: Drug) -> None:
    assert 1e-6 < drug.figure("free_diffusivity").number("cm^2/s") < 1e-5


@each_drug
def test_the_larger_molecule_diffuses_no_faster(drug: Drug) -> None:
    def weight(one: Drug) -> float:
        return one.figure("molecular_weight").number("g/mol")

    slower = [one for one in DRUGS if weight(one) > 1.5 * weight(drug)]
    speed = drug.figure("free_diffusivity").number("cm^2/s")
    assert all(one.figure("free_diffusivity").number("cm^2/s") <= speed for one in slower)


@each_drug
def test_a_recalled_consensus_never_refuses(drug: Drug) -> None:
    limits = (*drug.highest_concentration, *drug.highest_daily_dose)
    recalled = [limit for limit in limits if "PACC" in limit.figure.source]
    assert not any(limit.refuses for limit in recalled)


@each_drug_for_pumps
def test_a_drug_for_pumps_has_products_limits_and_a_start_dose(drug: Drug) -> None:
    assert drug.product_strengths
    assert drug.highest_concentration
    assert drug.highest_daily_dose
    assert drug.start_dose


@each_drug_for_pumps
def test_the_start_dose_is_within_the_limits(drug: Drug) -> None:
    lowest = drug.highest_daily_dose[0].highest
    assert all(figure.exact("high") <= lowest for figure in drug.start_dose.values())


@each_drug_for_pumps
def test_the_trial_bolus_is_a_mass_below_the_highest_dose_of_a_day(drug: Drug) -> None:
    day = drug.highest_daily_dose[0].highest
    bolus = drug.figure("trial_bolus").exact("high")
    assert bolus.magnitude < 24 * day.magnitude
    assert bolus.dimension.mass == 1


@each_drug_for_pumps
def test_no_product_is_sold_above_the_first_limit_that_refuses(drug: Drug) -> None:
    refusing = [limit.highest for limit in drug.highest_concentration if limit.refuses]
    assert all(
        strength.exact() <= limit for strength in drug.product_strengths for limit in refusing
    )


@pytest.mark.parametrize(
    ("drug_id", "concentration", "daily_dose"),
    [
        ("hydromorphone", ["15 mg/mL warns"], ["10 mg/day warns"]),
        ("fentanyl", ["10 mg/mL warns"], ["1 000 mcg/day warns"]),
        ("sufentanil", ["5 mg/mL warns"], ["500 mcg/day warns"]),
        ("bupivacaine", ["30 mg/mL warns"], ["15 mg/day (15 to 20) warns"]),
        ("clonidine", ["1 000 mcg/mL warns"], ["600 mcg/day warns"]),
        (
            "baclofen",
            ["2 000 mcg/mL refuses"],
            ["1 000 mcg/day warns", "2 000 mcg/day (12 to 2 000) refuses"],
        ),
        (
            "ziconotide",
            ["100 mcg/mL refuses"],
            ["19.2 mcg/day warns", "21.6 mcg/day refuses"],
        ),
    ],
)
def test_the_limits_stand_as_found(
    drug_id: str, concentration: list[str], daily_dose: list[str]
) -> None:
    drug = load_formulary().drug(drug_id)
    found = [
        [f"{one.figure.stated()} {'refuses' if one.refuses else 'warns'}" for one in limits]
        for limits in (drug.highest_concentration, drug.highest_daily_dose)
    ]
    assert found == [concentration, daily_dose]


@pytest.mark.parametrize(
    ("drug_id", "days"),
    [
        ("hydromorphone", "90 days (90 to 120)"),
        ("bupivacaine", "90 days (at least 90)"),
        ("clonidine", "90 days (at least 90)"),
        ("baclofen", "90 days (90 to 180)"),
        ("ziconotide", "84 days (40 to 84)"),
        ("fentanyl", None),
        ("sufentanil", None),
    ],
)
def test_the_days_in_the_pump_stand_as_found_or_are_not_known(
    drug_id: str, days: str | None
) -> None:
    figure = load_formulary().drug(drug_id).stability
    assert (None if figure is None else figure.stated()) == days


def test_only_morphine_has_a_ratio_from_tablets_to_the_pump() -> None:
    assert [drug.id for drug in DRUGS if drug.oral_to_intrathecal] == ["morphine"]


def test_morphine_makes_both_glucuronides() -> None:
    assert load_formulary().drug("morphine").metabolites == ("m6g", "m3g")


@pytest.mark.parametrize("name", [*NEEDED, *OPTIONAL])
def test_the_page_on_data_files_names_each_figure_that_the_body_reads(name: str) -> None:
    page = Path(__file__).parents[2] / "docs" / "knowledge.md"
    assert f"`{name}`" in page.read_text(encoding="utf-8")


def test_the_lists_above_are_those_of_the_body() -> None:
    assert set(DRUG_FIGURES) == set(NEEDED)
    assert set(OPTIONAL_FIGURES) == set(OPTIONAL)
