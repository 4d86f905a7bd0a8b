"""The figures of morphine: as found, and in accord with one another."""

from __future__ import annotations

import pytest

from thecal.formulary import load_formulary
from thecal.quantity import Quantity

MORPHINE = load_formulary().drug("morphine")


def number(name: str, unit: str) -> float:
    return MORPHINE.figure(name).number(unit)


@pytest.mark.parametrize(
    ("name", "text", "confidence"),
    [
        ("systemic_clearance", "71.6 L/h", "high"),
        ("central_volume", "1.75 L", "high"),
        ("shallow_volume", "2.3 L", "high"),
        ("deep_volume", "53.6 L", "high"),
        ("systemic_clearance_oosten2017", "91.9 L/h (85.8 to 99.9)", "high"),
        ("systemic_clearance_loetsch2002", "1.234 L/min", "high"),
        ("m6g_share_of_clearance", "0.1", "high"),
        ("m6g_first_pass_share", "0.0631", "high"),
        ("m3g_share_of_clearance", "0.57", "high"),
        ("m3g_first_pass_share", "0.355", "high"),
        ("fraction_unbound", "0.62", "high"),
        ("molecular_weight", "285.3 g/mol", "medium"),
        ("m6g_molecular_weight", "461.5 g/mol", "medium"),
        ("free_diffusivity", "7.5e-6 cm^2/s (6.5e-6 to 8e-6)", "low"),
        ("csf_loss_rate", "0.25 1/h (0.1 to 0.5)", "medium"),
        ("epidural_clearance_rate", "2 1/h (0.1 to 5)", "low"),
        ("cord_partition", "0.75 (0.5 to 1)", "low"),
        ("pial_transfer", "0.3 cm/h (0.005 to 1)", "low"),
        ("cord_capillary_efflux", "0.5 1/h (0 to 10)", "low"),
        ("stability", "90 days (90 to 180)", "medium"),
    ],
)
def test_a_figure_of_the_record_stands_as_found(name: str, text: str, confidence: str) -> None:
    figure = MORPHINE.figure(name)
    assert (figure.stated(), figure.confidence) == (text, confidence)


def test_the_products_for_pumps_hold_10_and_25_mg_per_ml() -> None:
    assert [figure.stated() for figure in MORPHINE.product_strengths] == ["10 mg/mL", "25 mg/mL"]


def test_concentrations_warn_above_20_and_are_refused_above_25_mg_per_ml() -> None:
    limits = [(limit.highest, limit.refuses) for limit in MORPHINE.highest_concentration]
    assert limits == [(Quantity.of(20, "mg/mL"), False), (Quantity.of(25, "mg/mL"), True)]


def test_daily_doses_warn_above_15_and_are_refused_above_20_mg() -> None:
    limits = [(limit.highest, limit.refuses) for limit in MORPHINE.highest_daily_dose]
    assert limits == [(Quantity.of(15, "mg/day"), False), (Quantity.of(20, "mg/day"), True)]


def test_the_start_dose_depends_on_who_starts() -> None:
    assert {who: figure.stated() for who, figure in MORPHINE.start_dose.items()} == {
        "opioid-naive": "0.2 to 1 mg/day",
        "opioid-tolerant": "1 to 10 mg/day",
        "consensus": "0.1 to 0.5 mg/day",
    }


def test_the_disputed_ratio_runs_from_75_over_100_to_300() -> None:
    ratio = MORPHINE.oral_to_intrathecal
    assert ratio is not None
    numbers = [figure.number("1") for figure in (ratio.low, ratio.central, ratio.high)]
    assert numbers == [75, 100, 300]


@pytest.mark.parametrize(
    ("form", "rate_per_h", "lag_min", "share"),
    [
        ("immediate-release", 0.78, 17.6, 0.29),
        ("solution", 1.0788, 0, 0.301),
        ("extended-release", 0.221, 15, 0.29),
    ],
)
def test_an_oral_form_is_absorbed_as_found(
    form: str, rate_per_h: float, lag_min: float, share: float
) -> None:
    oral = MORPHINE.oral_form(form)
    found = (
        oral.absorption_rate.number("1/h"),
        oral.lag.number("min"),
        oral.bioavailability.number("1"),
    )
    assert found == (rate_per_h, lag_min, share)


@pytest.mark.parametrize("tissue", ["shallow", "deep"])
def test_the_published_rate_constants_agree_both_ways(tissue: str) -> None:
    # Over-determined in the paper: k12 V1 = k21 V2 and k13 V1 = k31 V3, to the digits given.
    out = number(f"rate_central_to_{tissue}", "1/h") * number("central_volume", "L")
    back = number(f"rate_{tissue}_to_central", "1/h") * number(f"{tissue}_volume", "L")
    assert out == pytest.approx(back, rel=1e-3)


@pytest.mark.parametrize("tissue", ["shallow", "deep"])
def test_the_derived_exchange_is_rate_times_central_volume(tissue: str) -> None:
    out = number(f"rate_central_to_{tissue}", "1/h") * number("central_volume", "L")
    assert number(f"{tissue}_flow", "L/h") == pytest.approx(out, rel=1e-12)


@pytest.mark.parametrize("glucuronide", ["m6g", "m3g"])
def test_the_shares_give_the_published_ratio_after_infusion(glucuronide: str) -> None:
    # At steady state the molar ratio is share x CL(morphine) / CL(glucuronide).
    ratio = (
        number(f"{glucuronide}_share_of_clearance", "1")
        * number("systemic_clearance_oosten2017", "L/h")
        / number(f"{glucuronide}_clearance", "L/h")
    )
    assert ratio == pytest.approx(number(f"{glucuronide}_ratio_subcutaneous", "1"), rel=2e-3)


@pytest.mark.parametrize("glucuronide", ["m6g", "m3g"])
def test_the_shares_give_the_published_ratio_after_tablets(glucuronide: str) -> None:
    # The first-pass share is one of the whole dose, the other one of what is absorbed.
    absorbed = number("oral_bioavailability_oosten2017", "1")
    formed = number(f"{glucuronide}_first_pass_share", "1") + absorbed * number(
        f"{glucuronide}_share_of_clearance", "1"
    )
    ratio = (formed / number(f"{glucuronide}_clearance", "L/h")) / (
        absorbed / number("systemic_clearance_oosten2017", "L/h")
    )
    assert ratio == pytest.approx(number(f"{glucuronide}_ratio_oral", "1"), rel=2e-3)


def test_the_tablet_gives_the_published_exposure() -> None:
    # 30 mg x bioavailability / clearance of the same model.
    exposure = 30e6 * number("tablet_bioavailability", "1")
    exposure /= number("systemic_clearance_loetsch2002", "mL/h")
    assert exposure == pytest.approx(number("tablet_exposure", "ng*h/mL"), rel=2e-3)


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (
            "systemic_clearance_dehoogd2017",
            (
                "clearance_to_m3g_dehoogd2017",
                "clearance_to_m6g_dehoogd2017",
                "clearance_other_dehoogd2017",
            ),
        ),
        (
            "systemic_clearance_pierre2017",
            ("clearance_nonrenal_pierre2017", "clearance_renal_pierre2017"),
        ),
    ],
)
def test_a_derived_clearance_is_the_sum_of_its_parts(total: str, parts: tuple[str, ...]) -> None:
    assert number(total, "L/h") == pytest.approx(sum(number(part, "L/h") for part in parts))


def test_the_weight_of_m6g_is_that_of_its_formula() -> None:
    atoms = {"C": (23, 12.011), "H": (27, 1.008), "N": (1, 14.007), "O": (9, 15.999)}
    weight = sum(count * mass for count, mass in atoms.values())
    assert number("m6g_molecular_weight", "g/mol") == pytest.approx(weight, abs=0.05)


def test_the_residence_time_gives_the_loss_rate_of_the_notes() -> None:
    # On a long canal without net flow the mean residence time at the site is 1 / (2 k).
    loss_per_h = 1 / (2 * number("csf_residence_time", "h"))
    assert loss_per_h == pytest.approx(number("csf_loss_rate", "1/h"), rel=0.15)
