"""The step of the controller: what it accepts, and that it says nothing but whole strokes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.machine import DAY, HOUR, PUMP, SETTING, at_work
from thecal.errors import InputError
from thecal.pump.implant.controller import (
    next_wake_s,
    refusal_words,
    risk_cleared,
    step,
    unprogrammed,
)
from thecal.pump.implant.turn import EVENTS
from thecal.pump.implant.values import (
    FAR,
    NEVER,
    BolusDenied,
    BolusOrdered,
    ClockSet,
    Committed,
    Fault,
    FaultFound,
    Flag,
    Limits,
    Phase,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Push,
    Refilled,
    SafeAction,
    State,
    StopOrdered,
    Woke,
)

NOT_WHOLE = [float("nan"), float("inf"), 1.0, 0.5, "1", None, True, -1]
RUNNING = at_work().state


def event_of(kind: type[Any], now_s: object, number: object) -> Any:  # noqa: ANN401 - any event
    """Return an event with one number in all of its fields but the second."""
    if kind is Committed:
        return Committed(now_s, SETTING)  # type: ignore[arg-type]
    return kind(now_s, *([number] * (len(kind._fields) - 1)))


@pytest.mark.requirement("PC-09")
@pytest.mark.parametrize("second", NOT_WHOLE)
@pytest.mark.parametrize("kind", EVENTS)
def test_a_second_that_is_not_whole_or_before_now_is_refused(
    kind: type[Any], second: object
) -> None:
    with pytest.raises(InputError, match="counts whole seconds and is at 0"):
        step(RUNNING, event_of(kind, second, 1), SETTING)


@pytest.mark.requirement("PC-09")
@pytest.mark.parametrize("number", NOT_WHOLE)
@pytest.mark.parametrize(
    "event",
    [
        PrimeOrdered(0, 1, 1),
        BolusOrdered(0, 1, 1),
        Refilled(0, 1),
        ClockSet(0, 1),
        FaultFound(0, 1),
        BolusDenied(0, 1),
    ],
    ids=lambda event: type(event).__name__,
)
def test_a_number_that_is_not_whole_or_below_0_is_refused(event: Any, number: object) -> None:  # noqa: ANN401
    for field in event._fields[1:]:
        with pytest.raises(InputError, match=r"whole numbers|must be at least"):
            step(RUNNING, event._replace(**{field: number}), SETTING)


@pytest.mark.requirement("PC-09")
@pytest.mark.parametrize(
    "event",
    [PrimeOrdered(0, 0, 1), PrimeOrdered(0, 1, 0), BolusOrdered(0, 0, 1), BolusOrdered(0, 1, 0)],
)
def test_nothing_at_all_cannot_be_ordered(event: Any) -> None:  # noqa: ANN401
    with pytest.raises(InputError, match="at least 1"):
        step(RUNNING, event, SETTING)


@pytest.mark.requirement("PC-09")
def test_a_bolus_of_more_than_a_week_is_refused() -> None:
    with pytest.raises(InputError, match="may last a week"):
        step(RUNNING, BolusOrdered(0, 1, 7 * DAY + 1), SETTING)


@pytest.mark.requirement("PC-09")
def test_an_unknown_fault_is_refused() -> None:
    with pytest.raises(InputError, match="fault 15 is unknown; there are 15"):
        step(RUNNING, FaultFound(0, len(Fault)), SETTING)


@pytest.mark.requirement("PC-09")
@pytest.mark.parametrize(
    ("event", "words"),
    [
        (PrimeOrdered(0, 1, PUMP.highest_nl_per_day + 1), "highest flow"),
        (PrimeOrdered(0, PUMP.reservoir_nl + 1, 1), "may hold"),
        (BolusOrdered(0, PUMP.highest_nl_per_day // 2, DAY // 2), "highest flow"),
        (BolusOrdered(0, PUMP.reservoir_nl + 1, 7 * DAY), "may hold"),
        (Refilled(0, PUMP.reservoir_nl + 1), "may hold"),
    ],
)
def test_more_than_the_pump_can_do_is_refused_in_words(event: Any, words: str) -> None:  # noqa: ANN401
    outcome = step(RUNNING, event, SETTING)
    assert words in refusal_words(outcome)
    assert outcome.state == RUNNING
    assert outcome.commands == ()


def test_an_order_that_is_taken_has_no_refusal() -> None:
    assert refusal_words(step(RUNNING, StopOrdered(0), SETTING)) == ""


@pytest.mark.requirement("PC-09")
@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from([kind for kind in EVENTS if kind is not Committed]),
            st.one_of(st.integers(-5, 5), st.integers(0, 10**7), st.sampled_from(NOT_WHOLE)),
            st.one_of(st.integers(-1, 10), st.integers(0, 2 * DAY), st.floats()),
        ),
        max_size=30,
    )
)
def test_no_input_leads_to_a_negative_or_broken_stroke(moves: list[Any]) -> None:
    state, setting = step(State(reservoir_nl=10**7), Committed(0, SETTING), SETTING).state, SETTING
    for kind, number, wait_s in moves:
        try:
            outcome = step(state, event_of(kind, state.now_s + wait_s, number), setting)
        except InputError:
            continue
        assert all(type(value) is not float for value in outcome.state)
        for command in outcome.commands:
            if isinstance(command, Push):
                assert type(command.strokes) is int
                assert 0 <= command.for_bolus <= command.strokes
                assert command.strokes > 0
        assert outcome.state.reservoir_nl <= max(state.reservoir_nl, PUMP.reservoir_nl)
        assert outcome.state.now_s == state.now_s + wait_s
        state = outcome.state


def test_the_next_wake_is_always_later() -> None:
    machine = at_work()
    machine.send(Pressed(HOUR))
    for _ in range(200):
        wake_s = next_wake_s(machine.state, machine.setting)
        assert wake_s > machine.state.now_s
        machine.send(Woke(wake_s))


def test_nothing_is_due_in_a_pump_without_a_program() -> None:
    setting = unprogrammed(PUMP)
    assert next_wake_s(State(), setting) == FAR
    assert step(State(), Woke(10**9), setting).commands == ()


@pytest.mark.requirement("PC-45")
def test_the_same_second_twice_gives_nothing_twice() -> None:
    wake_s = next_wake_s(RUNNING, SETTING)
    once = step(RUNNING, Woke(wake_s), SETTING)
    assert once.commands == (Push(1, 0, 0),)
    again = step(once.state, Woke(wake_s), SETTING)
    assert again.commands == ()
    assert again.state == once.state


@pytest.mark.requirement("PC-27")
def test_a_cleared_risk_leaves_the_other_flags() -> None:
    state = State(flags=Flag.OVER_INFUSION_RISK | Flag.LOW_TOLD)
    assert risk_cleared(state).flags == Flag.LOW_TOLD


@pytest.mark.requirement("PC-45")
@pytest.mark.parametrize("kind", [Woke, PowerReturned])
def test_time_that_nobody_woke_for_is_lost_and_not_made_up(kind: type[Any]) -> None:
    machine = at_work()
    machine.run(2 * HOUR)
    before = machine.state
    due_s = next_wake_s(before, machine.setting)
    outcome = step(before, kind(10 * DAY), machine.setting)
    pushes = [command for command in outcome.commands if isinstance(command, Push)]
    assert pushes == ([Push(1, 0, 0)] if kind is Woke else [])
    lost_from = due_s if kind is Woke else before.now_s
    words = "late" if kind is Woke else "power returned"
    assert (words, (lost_from, 10 * DAY)) in outcome.records
    assert outcome.state.bolus_start_s == NEVER
    assert next_wake_s(outcome.state, machine.setting) <= 10 * DAY + due_s - before.now_s + HOUR
    assert outcome.state.phase == Phase.RUNNING


@pytest.mark.requirement("PC-11")
def test_a_dangerous_fault_at_this_very_second_loses_no_time() -> None:
    machine = at_work()
    machine.send(FaultFound(0, Fault.OVER_INFUSION))
    assert "time lost" not in machine.kinds()


def test_a_stop_of_a_pump_that_stands_is_ignored() -> None:
    machine = at_work()
    machine.send(StopOrdered(0))
    assert machine.send(StopOrdered(0)).records[-1].kind == "ignored"


def test_who_wakes_it_in_time_is_not_late() -> None:
    machine = at_work()
    machine.send(Pressed(60))
    machine.run(HOUR)
    assert "late" not in machine.kinds()


def test_before_its_first_program_a_pump_has_the_smallest_caps() -> None:
    assert unprogrammed(PUMP).limits == Limits(SafeAction.STOP, 1, 1, 1, 0, 0)


def test_a_wake_before_the_first_program_leaves_no_record() -> None:
    assert step(State(), Woke(5), unprogrammed(PUMP)).records == ()
