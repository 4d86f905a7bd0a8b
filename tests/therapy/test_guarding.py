"""The limits that a pump is handed: from the formulary's doses and the shares on record."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.devices import load_pump
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.prescription import Solution
from thecal.pump.implant.values import Limits, SafeAction
from thecal.quantity import Quantity
from thecal.therapy.guarding import limits

PUMP = load_pump("reference-20")
DRUGS = [drug.id for drug in load_formulary().drugs.values() if drug.kind == "drug"]


def of(**strengths: str) -> Limits:
    """Return the limits of a mixture, each strength in mcg/mL."""
    parts = {drug: Quantity.of(strength, "mcg/mL") for drug, strength in strengths.items()}
    return limits(Solution(parts), PUMP)


@pytest.mark.requirement("PC-06")
@pytest.mark.parametrize("drug", DRUGS)
def test_every_drug_has_caps_that_grow_with_the_time(drug: str) -> None:
    found = of(**{drug: "1000"})
    assert 0 < found.hour_nl <= found.four_hours_nl <= found.day_nl


@pytest.mark.requirement("PC-06")
def test_a_limit_that_refuses_is_the_cap_of_a_day() -> None:
    assert of(morphine="10000").day_nl == 2_000_000


@pytest.mark.requirement("PC-06")
def test_a_limit_that_only_warns_may_be_passed_up_to_twice() -> None:
    assert of(hydromorphone="10000").day_nl == 2_000_000


@pytest.mark.requirement("PC-06")
def test_the_tightest_drug_of_a_mixture_sets_the_caps() -> None:
    alone, mixed = of(morphine="10000"), of(morphine="10000", clonidine="2000")
    assert (mixed.day_nl, alone.day_nl) == (600_000, 2_000_000)


@pytest.mark.requirement("PC-11")
@pytest.mark.parametrize(
    ("strengths", "action"),
    [
        ({"ziconotide": "25"}, SafeAction.STOP),
        ({"bupivacaine": "10000"}, SafeAction.MINIMUM),
        ({"ziconotide": "25", "bupivacaine": "10000"}, SafeAction.MINIMUM),
        ({"bupivacaine": "10000", "morphine": "10000"}, SafeAction.HOLD),
    ],
)
def test_the_drug_with_most_to_lose_sets_the_safe_action(
    strengths: dict[str, str], action: SafeAction
) -> None:
    assert of(**strengths).safe_action is action


@pytest.mark.requirement("PC-29")
def test_a_drug_with_withdrawal_warns_at_4_ml() -> None:
    synchromed = load_pump("synchromed-ii-20")
    strengths = {
        drug: Solution({drug: Quantity.of(100, "mcg/mL")}) for drug in ("baclofen", "ziconotide")
    }
    low = {drug: limits(one, synchromed).low_reservoir_nl for drug, one in strengths.items()}
    assert low == {"baclofen": 4_000_000, "ziconotide": 2_000_000}


@pytest.mark.requirement("PC-06")
@given(st.integers(1, 10**9))
def test_no_cap_lets_more_through_than_its_dose(strength: int) -> None:
    try:
        found = of(morphine=str(strength))
    except InputError:
        return
    most = Quantity.of(20, "mg")
    given_mass = Quantity.of(found.day_nl, "nL") * Quantity.of(strength, "mcg/mL")
    assert given_mass <= most


def test_a_solution_that_is_too_strong_for_any_cap_is_refused() -> None:
    with pytest.raises(InputError, match="dilute it"):
        of(fentanyl="999999999")


@pytest.mark.requirement("PC-11")
@pytest.mark.parametrize("drug", ["methadone", "gadobutrol"])
def test_what_is_no_drug_for_a_pump_is_refused(drug: str) -> None:
    with pytest.raises(InputError, match="no safe action"):
        of(**{drug: "1000"})
