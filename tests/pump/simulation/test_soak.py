"""The soak: its campaigns by number, its figures, and its replays."""

from __future__ import annotations

import json

import pytest

from tests.pump.simulation.kits import KITS, REFERENCE
from thecal import __version__
from thecal.errors import InputError
from thecal.pump.simulation.flood import flood_error_nl
from thecal.pump.simulation.quiet import quiet
from thecal.pump.simulation.singles import double
from thecal.pump.simulation.soak import replay, soak

ISSUE = {
    "device_years",
    "times_real_time",
    "seeds",
    "faults_in_menu",
    "faults_fired",
    "power_cut_points",
    "single_fault_cases",
    "attacks_tried",
    "attacks_accepted",
    "log_tamperings",
    "log_tamperings_found",
    "violations",
}


def test_the_figures_are_all_there_and_can_be_json() -> None:
    figures = json.loads(json.dumps(soak(KITS, 0.02, workers=1)))
    assert set(figures) >= ISSUE


def test_a_piece_can_be_run_again_by_its_number() -> None:
    assert replay(KITS, f"{__version__}:caps:3").numbers["cap_histories"] > 0


def test_a_life_can_be_run_again_with_fewer_faults() -> None:
    wanted = f"{__version__}:life:4:until=3600:faults="
    assert not replay(KITS, wanted).violations


@pytest.mark.parametrize("wanted", ["", "0.0.0:life:1", f"{__version__}:tea:1"])
def test_a_replay_of_nothing_is_refused(wanted: str) -> None:
    with pytest.raises(InputError, match="a replay is"):
        replay(KITS, wanted)


@pytest.mark.requirement("PC-87")
def test_a_flood_does_not_change_a_single_stroke() -> None:
    assert flood_error_nl(REFERENCE, seed=1) == 0


@pytest.mark.requirement("PC-65")
def test_a_pump_without_a_fault_never_alarms() -> None:
    assert quiet(REFERENCE, seed=1, days=3)[1] == []


@pytest.mark.requirement("PC-13")
@pytest.mark.parametrize("seed", range(12))
def test_two_faults_stay_within_twice_the_bound_or_alarm(seed: int) -> None:
    assert not double(REFERENCE, seed * 97).violation
