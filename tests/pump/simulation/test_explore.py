"""The whole implant, explored to its last kind of state, and that a faulty one is found out."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from thecal.pump.implant.values import Phase, SafeAction
from thecal.pump.simulation.explore import Explored, Kind, explore, kind_of
from thecal.pump.simulation.explore_events import EVENTS, begun
from thecal.quantity import show_number
from thecal.therapy.kits import load_kit

KIT = load_kit("synchromed-ii-20")
PAGE = Path(__file__).parents[3] / "docs" / "pump.md"
SEEN: list[Kind] = []


@cache
def explored() -> Explored:
    return explore(KIT, SafeAction.STOP, replay_every=5, on_kind=SEEN.append)


@pytest.mark.requirement("PC-14", "PC-83")
def test_no_kind_of_state_breaks_what_must_hold() -> None:
    assert explored().violations == ()


def test_nothing_is_new_any_more() -> None:
    found = explored()
    assert found.is_fixpoint
    assert found.transitions == found.kinds * len(EVENTS)


def test_every_phase_but_the_two_of_other_drugs_is_reached() -> None:
    explored()
    others = {Phase.HOLDING, Phase.MINIMUM}
    assert {one.phase for one in SEEN} | {Phase.UNPROGRAMMED} == set(Phase) - others


def test_the_page_tells_what_was_found() -> None:
    found = explored()
    said = (
        f"{show_number(found.kinds)} kinds of state, {show_number(found.transitions)} transitions"
    )
    assert said in " ".join(PAGE.read_text(encoding="utf-8").split())


def test_a_kind_left_from_another_state_of_it_leads_to_the_same_kinds() -> None:
    found = explore(KIT, SafeAction.HOLD, leaves=2, most_kinds=12, replay_every=100)
    assert found.left_twice > 0
    assert found.agreed == found.left_twice


def test_a_stop_before_the_fixpoint_is_told() -> None:
    assert not explore(KIT, SafeAction.STOP, most_kinds=3, replay_every=100).is_fixpoint


def test_a_pump_that_keeps_what_is_staged_is_found_out() -> None:
    patient = KIT._replace(profile=replace(KIT.profile, staged_s=10**6))
    found = explore(patient, SafeAction.STOP, most_kinds=8, replay_every=100)
    assert "stage a dose, a quarter: PC-83: a staged program waited too long" in found.violations


def test_a_copied_world_lives_as_the_one_it_was_copied_from() -> None:
    world = begun(KIT, SafeAction.HOLD)
    for name in ("stage a bridge", "commit", "bolus"):
        EVENTS[name](world, SafeAction.HOLD)
    twin = world.copied()
    for one in (world, twin):
        EVENTS["three hours"](one, SafeAction.HOLD)
    assert twin.trace() == world.trace()
    assert twin.implant.head() == world.implant.head()
    assert twin.watched.strokes == world.watched.strokes


def test_what_a_copy_does_leaves_the_other_world_alone() -> None:
    world = begun(KIT, SafeAction.HOLD)
    before = kind_of(world)
    twin = world.copied()
    for name in ("stage a dose", "commit", "a quarter"):
        EVENTS[name](twin, SafeAction.HOLD)
    assert kind_of(world) == before
