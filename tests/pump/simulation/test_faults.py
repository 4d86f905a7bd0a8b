"""The menu of faults."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.pump.simulation.kits import KITS
from thecal.errors import InputError
from thecal.pump.simulation.faults import GROUPS, MENU, fault_called
from thecal.pump.simulation.singles import single
from thecal.pump.simulation.world import World

_MOMENTS = 6


def test_the_menu_has_forty_faults_and_more() -> None:
    assert len(MENU) >= 40


def test_every_name_is_there_once() -> None:
    assert Counter(fault.name for fault in MENU).most_common(1)[0][1] == 1


def test_every_group_has_faults() -> None:
    assert {fault.group for fault in MENU} == set(GROUPS)


def test_every_fault_has_words() -> None:
    assert all(fault.words for fault in MENU)


def test_a_fault_that_is_not_in_the_menu_is_refused() -> None:
    with pytest.raises(InputError, match="no fault"):
        fault_called("earthquake")


@pytest.mark.requirement("PC-12", "PC-25")
@pytest.mark.parametrize("place", range(len(MENU)), ids=[fault.name for fault in MENU])
def test_a_fault_strikes_and_nothing_is_violated(place: int) -> None:
    kit = next(kit for kit in KITS if MENU[place].fits(World(kit, 0)))
    for moment in range(_MOMENTS):
        case = single(kit, place + len(MENU) * moment)
        assert not case.violation
        if case.fired:
            return
    pytest.fail(f"{MENU[place].name} never struck")
