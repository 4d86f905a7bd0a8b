"""A drug's limits and forms."""

from __future__ import annotations

from decimal import Decimal

import pytest

from thecal.errors import InputError, KnowledgeError
from thecal.formulary import Limit, load_formulary
from thecal.knowledge import Confidence, Figure
from thecal.quantity import Quantity

MORPHINE = load_formulary().drug("morphine")


@pytest.mark.parametrize(
    ("confidence", "refuses"), [("high", True), ("medium", False), ("low", False)]
)
def test_only_a_well_founded_limit_refuses(*, confidence: Confidence, refuses: bool) -> None:
    figure = Figure("name", "label", Decimal(20), None, None, "mg/mL", "a source", confidence)
    assert Limit.of(figure).refuses is refuses


def test_the_limit_is_the_value_itself() -> None:
    assert MORPHINE.highest_daily_dose[1].highest == Quantity.of(20, "mg/day")


def test_an_unknown_figure_is_a_fault_of_the_software() -> None:
    with pytest.raises(KnowledgeError, match=r'^morphine: no figure "potency" is on record$'):
        MORPHINE.figure("potency")


def test_an_unknown_oral_form_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError) as refusal:
        MORPHINE.oral_form("syrup")
    assert str(refusal.value) == (
        'there is no oral form "syrup" of morphine; known are '
        "immediate-release, solution, extended-release"
    )
