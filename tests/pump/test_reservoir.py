from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump import Hardware, Ledger, LedgerError, Refilled
from thecal.pump.reservoir import Reservoir

PUMP = Hardware(40_000_000, 1_500, 1_400_000, 2_000_000, 24_000_000, 140_000)

PURE_OLD, PURE_NEW = (Fraction(1), Fraction(0)), (Fraction(0), Fraction(1))


def reservoir(start_nl: int = 5_000_000, start_fluid: int = 0) -> Reservoir:
    return Reservoir(PUMP, start_nl=start_nl, start_fluid=start_fluid, solutions=2)


def test_the_residual_dilutes_the_new_solution() -> None:
    """pump.md F7: 20 mL of 2000 mcg/mL onto 1.4 mL of 500 mcg/mL."""
    filled = reservoir()
    filled.refill(Refilled(0, 1, 20_000_000))
    old, new = filled.fluids[filled.fluid]
    assert round(old * 500 + new * 2_000, 2) == Fraction("1901.87")


def test_a_rinse_leaves_the_pure_solution() -> None:
    filled = reservoir()
    filled.refill(Refilled(0, 1, 20_000_000, rinsed=True))
    assert filled.fluids[filled.fluid] == PURE_NEW


def test_the_pure_solutions_are_the_first_fluids() -> None:
    assert reservoir().fluids == [PURE_OLD, PURE_NEW]


def test_a_refill_with_the_same_solution_makes_no_new_fluid() -> None:
    filled = reservoir()
    filled.refill(Refilled(0, 0, 20_000_000))
    assert (filled.fluid, len(filled.fluids)) == (0, 2)


def test_a_second_refill_dilutes_the_residual_of_the_first() -> None:
    filled = reservoir()
    for _ in range(2):
        filled.refill(Refilled(0, 1, 20_000_000))
    assert filled.fluids[filled.fluid][0] == Fraction(14, 214) ** 2


def test_less_than_the_residual_stays_as_it_is() -> None:
    filled = reservoir(start_nl=1_000)
    assert filled.refill(Refilled(0, 1, 9_000)) == 0
    assert filled.fluids[filled.fluid] == (Fraction(1, 10), Fraction(9, 10))


def test_an_overfill_changes_nothing() -> None:
    filled = reservoir()
    before = filled.ledger()
    with pytest.raises(InputError, match="must not be overfilled"):
        filled.refill(Refilled(0, 1, 38_600_001))
    assert filled.ledger() == before


def test_filling_to_the_brim_is_allowed() -> None:
    filled = reservoir()
    filled.refill(Refilled(0, 1, 38_600_000))
    assert filled.now_nl == PUMP.reservoir_nl


@pytest.mark.parametrize("solution", [2, -1])
def test_an_unknown_solution_is_refused(solution: int) -> None:
    with pytest.raises(InputError, match=f"solution {solution} is unknown; there are 2"):
        reservoir(start_fluid=solution)


@given(st.lists(st.integers(1, 38_600_000), max_size=8), st.integers(0, 4_000_000))
def test_shares_of_a_fluid_always_add_up_to_one(refills: list[int], drawn_nl: int) -> None:
    filled = reservoir()
    for index, volume_nl in enumerate(refills):
        filled.refill(Refilled(0, index % 2, volume_nl))
        filled.deliver(min(drawn_nl, filled.now_nl))
    assert {sum(fluid) for fluid in filled.fluids} == {1}


def test_a_ledger_that_does_not_balance_raises() -> None:
    with pytest.raises(LedgerError, match="holds 61 nL, but the ledger says 60 nL"):
        Ledger(100, 50, 60, 30, 61).check()


def test_a_ledger_below_zero_raises() -> None:
    with pytest.raises(LedgerError, match="holds -1 nL"):
        Ledger(10, 0, 0, 11, -1).check()


def test_drug_that_appears_inside_is_found_at_the_next_stroke() -> None:
    tampered = reservoir()
    tampered.now_nl += 1
    with pytest.raises(LedgerError):
        tampered.deliver(1_500)
