"""What flows instead of the program: the bridge and the prime."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pump.implant.machine import (
    BRIDGED,
    CONSTANT,
    DAY,
    HOUR,
    ON_DEMAND,
    PUMP,
    STROKE,
    WEEKEND,
    at_work,
)
from thecal.pump.implant.controller import refusal_words
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.values import (
    Account,
    BolusDenied,
    Flag,
    Phase,
    Pressed,
    PrimeOrdered,
    StartOrdered,
    StopOrdered,
)


def test_a_bridge_gives_its_volume_at_its_flow_and_then_the_steps_begin() -> None:
    machine = at_work(BRIDGED)
    end_s = 60_000 * DAY // 400_000
    machine.run(end_s - 1)
    assert machine.state.phase == Phase.BRIDGING
    machine.run(end_s)
    assert machine.state.phase == Phase.RUNNING
    assert machine.by_account()[Account.BRIDGE] == 40


def test_a_press_during_a_bridge_is_refused() -> None:
    machine = at_work(replace(BRIDGED, patient_bolus=ON_DEMAND))
    assert refusal_words(machine.send(Pressed(9))) == REFUSAL_WORDS[Refusal.BRIDGING]


def test_a_stopped_bridge_goes_on_with_what_is_left() -> None:
    machine = at_work(BRIDGED)
    machine.run(6_480)
    machine.send(StopOrdered(6_480))
    machine.send(StartOrdered(DAY))
    assert machine.state.phase == Phase.BRIDGING
    machine.run(DAY + 6_480)
    assert machine.state.phase == Phase.RUNNING
    assert machine.by_account()[Account.BRIDGE] == 40


def test_a_bridge_that_a_program_without_one_replaces_is_marked_as_abandoned() -> None:
    machine = at_work(BRIDGED)
    machine.commit(CONSTANT, HOUR)
    assert machine.state.flags & Flag.ABANDONED_BRIDGE
    assert machine.kinds().count("bridge abandoned") == 1
    machine.commit(BRIDGED, 2 * HOUR)
    assert not machine.state.flags & Flag.ABANDONED_BRIDGE


def test_a_bridge_that_another_bridge_replaces_is_not_missing() -> None:
    machine = at_work(BRIDGED)
    machine.commit(BRIDGED, HOUR)
    assert not machine.state.flags & Flag.ABANDONED_BRIDGE


@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.STOPPED])
def test_a_prime_gives_its_volume_in_its_own_account_and_returns(phase: Phase) -> None:
    machine = at_work()
    if phase == Phase.STOPPED:
        machine.send(StopOrdered(0))
    machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    machine.run(1_118)
    assert machine.state.phase == phase
    assert machine.by_account() == {Account.PRIME: 207, Account.BASAL: 0}
    assert machine.notes("prime ended") == [(1_118, (0,))]


@pytest.mark.requirement("PC-08")
def test_a_prime_ends_a_running_bolus() -> None:
    machine = at_work()
    machine.send(Pressed(0))
    machine.send(PrimeOrdered(100, 310_500, 24_000_000))
    machine.run(DAY)
    assert [at_s for at_s, _ in machine.notes("bolus cancelled")] == [100]
    assert machine.by_account()[Account.PATIENT_BOLUS] * STROKE < 6_667 + STROKE


def test_a_prime_is_refused_while_a_bridge_is_not_finished() -> None:
    machine = at_work(BRIDGED)
    machine.send(StopOrdered(0))
    outcome = machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    assert refusal_words(outcome) == REFUSAL_WORDS[Refusal.BRIDGE_UNFINISHED]
    assert machine.state.phase == Phase.STOPPED


def test_a_stop_ends_a_prime() -> None:
    machine = at_work()
    machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    machine.send(StopOrdered(100))
    machine.send(StartOrdered(200))
    assert machine.state.phase == Phase.RUNNING
    assert machine.kinds().count("prime cancelled") == 1


def test_a_new_program_ends_a_prime_and_abandons_no_bridge() -> None:
    machine = at_work()
    machine.send(PrimeOrdered(0, 310_500, 24_000_000))
    machine.commit(WEEKEND, 10)
    assert machine.state.phase == Phase.RUNNING
    assert not machine.state.flags & Flag.ABANDONED_BRIDGE


@pytest.mark.parametrize(
    ("volume_nl", "nl_per_day", "refusal"),
    [
        (PUMP.reservoir_nl + 1, 96_000, Refusal.ABOVE_CAPACITY),
        (1_500, PUMP.highest_nl_per_day + 1, Refusal.ABOVE_HIGHEST_FLOW),
    ],
)
def test_a_prime_that_is_refused_does_not_begin(
    volume_nl: int, nl_per_day: int, refusal: Refusal
) -> None:
    machine = at_work()
    outcome = machine.send(PrimeOrdered(0, volume_nl, nl_per_day))
    assert refusal_words(outcome) == REFUSAL_WORDS[refusal]
    assert machine.state.phase == Phase.RUNNING


def test_a_prime_of_all_that_the_reservoir_may_hold_at_the_highest_flow_begins() -> None:
    machine = at_work()
    machine.send(PrimeOrdered(0, PUMP.reservoir_nl, PUMP.highest_nl_per_day))
    assert machine.state.phase == Phase.PRIMING


def test_the_log_tells_volume_and_flow_of_a_prime() -> None:
    machine = at_work()
    machine.send(PrimeOrdered(0, 1_500, 96_000))
    assert machine.notes("prime started") == [(0, (1_500, 96_000))]


def test_the_log_tells_what_is_left_of_a_prime_that_the_monitor_ends() -> None:
    machine = at_work()
    machine.send(PrimeOrdered(0, 1_500, 96_000))
    machine.send(BolusDenied(0, 1))
    assert machine.notes("prime cancelled") == [(0, (1_500,))]
