"""Power cuts on the whole implant."""

from __future__ import annotations

import pytest

from tests.pump.simulation.kits import REFERENCE
from thecal.pump.simulation.faulty import PATTERNS
from thecal.pump.simulation.interrupted import cut_at, length

_SITES = 7


@pytest.fixture(scope="module")
def ios() -> int:
    return length(REFERENCE)


@pytest.mark.requirement("PC-40", "PC-41", "PC-42")
@pytest.mark.parametrize("site", range(_SITES))
def test_a_power_cut_leaves_the_pump_before_or_after_a_step(ios: int, site: int) -> None:
    found = cut_at(REFERENCE, site * ios // _SITES)
    assert found.points == PATTERNS
    assert not found.violations
