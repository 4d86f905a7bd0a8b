"""An interrupted bolus: whatever happens, in whatever order, it never gives more than was asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.pump.implant.reached import DAY, SMALL
from thecal.pump.implant.controller import next_wake_s, step, unprogrammed
from thecal.pump.implant.values import (
    NEVER,
    AskBolus,
    BolusAdmitted,
    BolusOrdered,
    Committed,
    Event,
    Fault,
    FaultFound,
    Limits,
    Phase,
    PowerReturned,
    PrimeOrdered,
    Push,
    SafeAction,
    Setting,
    StartOrdered,
    State,
    StopOrdered,
    Woke,
)
from thecal.pump.program import Hardware, Program, WeekStep

DEPTH = 8
REQUESTED = 34
PRIMED = 25
PUMP = Hardware(10**6, SMALL.stroke_nl, 10, 15, 10 * DAY, 1)
LIMITS = Limits(SafeAction.HOLD, 10**9, 10**9, 10**9, DAY, 1)
USED = Setting(PUMP, Program("simple continuous", (WeekStep(0, 3 * DAY // 10),)), LIMITS)


class Told(NamedTuple):
    """A pump in the middle of a sequence, and the strokes of each bolus and prime so far."""

    state: State
    bolus: tuple[int, ...]
    prime: tuple[int, ...]


def told(told: Told, event: Event) -> Told:
    """Step, admit what is asked, and count strokes for the bolus or prime that they belong to."""
    state, bolus, prime = told
    outcome = step(state, event, USED)
    if isinstance(event, PrimeOrdered) and outcome.state.phase == Phase.PRIMING != state.phase:
        prime = (*prime, 0)
    for command in outcome.commands:
        if isinstance(command, Push) and state.phase == Phase.PRIMING:
            prime = (*prime[:-1], prime[-1] + command.for_bolus)
        elif isinstance(command, Push) and state.bolus:
            bolus = (*bolus[:-1], bolus[-1] + command.for_bolus)
        elif isinstance(command, Push):
            assert command.for_bolus == 0
    after = outcome.state
    if any(isinstance(command, AskBolus) for command in outcome.commands):
        after = step(after, BolusAdmitted(after.now_s), USED).state
        bolus = (*bolus, 0)
    return Told(after, bolus, prime)


LETTERS: dict[str, Callable[[State], Event]] = {
    "wait": lambda state: Woke(next_wake_s(state, USED)),
    "wait a second": lambda state: Woke(state.now_s + 1),
    "stop": lambda state: StopOrdered(state.now_s),
    "resume": lambda state: StartOrdered(state.now_s),
    "prime": lambda state: PrimeOrdered(state.now_s, PRIMED, 9 * DAY),
    "power cut": lambda state: PowerReturned(state.now_s + 3),
    "alarm": lambda state: FaultFound(state.now_s, Fault.STALL),
    "bolus": lambda state: BolusOrdered(state.now_s, REQUESTED, 20),
}


def timeless(one: Told) -> Told:
    """Return the same with second 0 as now: constant flow knows no other time."""
    state = one.state
    return one._replace(
        state=state._replace(
            now_s=0,
            bolus_start_s=state.bolus_start_s - state.now_s if state.bolus else NEVER,
            stopped_s=0 if state.stopped_s >= 0 else NEVER,
            bolus_id=0,
            last_bolus_id=0,
            reservoir_nl=0,
            flags=0,
        ),
        bolus=one.bolus[-1:],
        prime=one.prime[-1:],
    )


def in_bounds(one: Told) -> bool:
    """Return whether no bolus and no prime has given a stroke more than was asked of it."""
    return all(
        strokes * PUMP.stroke_nl < REQUESTED + PUMP.stroke_nl for strokes in one.bolus
    ) and all(strokes * PUMP.stroke_nl < PRIMED + PUMP.stroke_nl for strokes in one.prime)


def run_out(one: Told) -> Told:
    """Wake until neither bolus nor prime is left."""
    for _ in range(200):
        if not one.state.bolus and one.state.phase != Phase.PRIMING:
            return one
        one = told(one, Woke(next_wake_s(one.state, USED)))
    raise AssertionError("a bolus does not end")


@pytest.mark.requirement("PC-08", "PC-42")
def test_no_sequence_of_interruptions_gives_a_stroke_too_much() -> None:
    begun = step(State(reservoir_nl=10**6), Committed(0, USED), unprogrammed(PUMP)).state
    level = [told(Told(begun, (), ()), BolusOrdered(0, REQUESTED, 20))]
    known = {timeless(level[0])}
    for _ in range(DEPTH):
        following = []
        for one in level:
            for letter in LETTERS.values():
                after = told(one, letter(one.state))
                assert in_bounds(after)
                if (kind := timeless(after)) not in known:
                    known.add(kind)
                    following.append(after)
        level = following
    assert all(in_bounds(run_out(one)) for one in level)
    assert len(known) > 2_000


def test_an_uninterrupted_bolus_gives_its_volume() -> None:
    begun = step(State(reservoir_nl=10**6), Committed(0, USED), unprogrammed(PUMP)).state
    done = run_out(told(Told(begun, (), ()), BolusOrdered(0, REQUESTED, 20)))
    assert abs(done.bolus[0] * PUMP.stroke_nl - REQUESTED) < PUMP.stroke_nl


@pytest.mark.requirement("PC-08", "PC-45")
def test_a_loss_of_power_leaves_exactly_the_remainder() -> None:
    begun = step(State(reservoir_nl=10**6), Committed(0, USED), unprogrammed(PUMP)).state
    one = told(Told(begun, (), ()), BolusOrdered(0, REQUESTED, 20))
    one = told(one, Woke(4))
    before = one.state.bolus_given
    one = told(one, PowerReturned(1_000))
    assert one.state.bolus_given == before
    assert one.state.bolus_start_s + one.state.bolus_duration_s == 1_000 + 16
    done = run_out(one)
    assert done.state.now_s == 1_016
    assert abs(done.bolus[0] * PUMP.stroke_nl - REQUESTED) < PUMP.stroke_nl


@pytest.mark.requirement("PC-08")
@pytest.mark.parametrize("letter", ["stop", "prime", "alarm"])
def test_an_ordered_interruption_ends_a_bolus_for_good(letter: str) -> None:
    begun = step(State(reservoir_nl=10**6), Committed(0, USED), unprogrammed(PUMP)).state
    one = told(Told(begun, (), ()), BolusOrdered(0, REQUESTED, 20))
    one = told(one, Woke(10))
    one = told(one, LETTERS[letter](one.state))
    given = one.bolus
    one = told(run_out(one), StartOrdered(run_out(one).state.now_s))
    for _ in range(50):
        one = told(one, Woke(next_wake_s(one.state, USED)))
    assert one.state.phase == Phase.RUNNING
    assert one.bolus == given
