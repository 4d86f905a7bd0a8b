"""One fault beside none: what is given without it, and what counts as too much."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import KITS
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.singles import excess, given_without


@pytest.mark.parametrize("kit", KITS, ids=[kit.name for kit in KITS])
def test_what_is_given_without_a_fault_does_not_hang_on_chance(kit: Kit) -> None:
    curves = [given_without(kit, seed, 1_000_000) for seed in (6, 12, 24)]
    assert curves[0] == curves[1] == curves[2]
    assert len(curves[0]) > 100


def test_excess_is_the_most_that_one_is_ever_ahead() -> None:
    plain = [(0, 0), (10, 1), (20, 2), (30, 3)]
    assert excess(plain, plain) == 0
    assert excess(plain, [(0, 0), (9, 1), (20, 2)]) == 1
    assert excess(plain, [(0, 0), (15, 3), (30, 3)]) == 2
    assert excess(plain, [(0, 0), (25, 2)]) == 0
