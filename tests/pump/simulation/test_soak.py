"""The soak: its campaigns by number, its figures, and its replays."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.pump.simulation.kits import KITS, REFERENCE
from thecal import __version__
from thecal.cli.pump.recording import ROWS
from thecal.errors import InputError
from thecal.pump.simulation.campaigns import CAMPAIGNS
from thecal.pump.simulation.faults import MENU
from thecal.pump.simulation.flood import flood_error_nl
from thecal.pump.simulation.quiet import quiet
from thecal.pump.simulation.singles import double
from thecal.pump.simulation.soak import (
    _keep,
    _Left,
    _Order,
    _Run,
    _Slice,
    _slice,
    replay,
    soak,
)

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
LONG = {"cap_patterns", "cap_states", "core_branches", "core_branches_covered"}
"""Figures of a run of a minute or more, and of the tests."""


def test_the_figures_are_all_there_and_can_be_json() -> None:
    figures = json.loads(json.dumps(soak(KITS, 0.02, workers=1)))
    assert set(figures) >= ISSUE
    assert set(figures) >= {name for name, _, _ in ROWS} - LONG


def test_a_piece_can_be_run_again_by_its_number() -> None:
    assert replay(KITS, f"{__version__}:caps:3").numbers["cap_histories"] > 0
    assert replay(KITS, f"{__version__}:both:3").numbers["cap_conformance_histories"] > 0


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


def order_of(longest_s: float, *wanted: int) -> _Order:
    """Return an order for a process that has done one piece of each campaign, of so many s."""
    ones = (1,) * len(CAMPAIGNS)
    return _Order(_Left(ones, ones, (longest_s,) * len(CAMPAIGNS)), 0, 1, ones, wanted)


def test_nothing_is_begun_that_would_outlast_the_minutes() -> None:
    _keep(KITS)
    assert not _slice(order_of(5.0), left_s=4.9).pieces


def test_a_fault_that_never_struck_comes_before_all_else() -> None:
    _keep(KITS)
    done = _slice(order_of(0.0, 0), left_s=0.001)
    assert done.pieces == {"single": 1}


def test_a_campaign_at_its_goal_leaves_most_of_its_share() -> None:
    run = _Run(0, 1, until=0)
    before = run.order(0).shares
    goal = Counter({CAMPAIGNS[0].figure: CAMPAIGNS[0].goal})
    run.take(0, _Slice(None, goal, Counter(), (), {}))
    assert run.order(0).shares[0] * 4 == before[0]
    assert run.order(0).shares[1:] == before[1:]


def test_a_class_that_never_strikes_is_told_after_some_tries() -> None:
    run = _Run(0, 1, until=0)
    assert not run.figures(1)["faults_tried_in_vain"]
    for _ in range(12 * len(MENU)):
        run.order(0)
    assert len(run.figures(1)["faults_tried_in_vain"]) == len(MENU)
