"""The alarm machine: repeated starts, any history, and every state that it can reach."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.alarm_data import TABLE
from thecal.pump.implant.alarms import (
    Acknowledge,
    AlarmEvent,
    AlarmOutcome,
    Alarms,
    AlarmTable,
    Cause,
    Condition,
    Priority,
    PumpStarted,
    PumpStopped,
    Silence,
    Sound,
    Ticked,
    step,
)
from thecal.pump.implant.values import FAR, NEVER, Clear, Raise

HIGH, LOW, LATCHED = Cause.STALL, Cause.LOW_COMPUTED, Cause.FREE_FLOW
MEDIUM = Priority.MEDIUM


def after(*events: tuple[int, AlarmEvent], table: AlarmTable = TABLE) -> Alarms:
    alarms = Alarms()
    for now_s, event in events:
        alarms = step(alarms, event, now_s, table).alarms
    return alarms


def last(*events: tuple[int, AlarmEvent], table: AlarmTable = TABLE) -> AlarmOutcome:
    *before, (now_s, event) = events
    return step(after(*before, table=table), event, now_s, table)


# -- alarm, stop, start, again and again ----------------------------------------------------------


def _cycle(at_s: int) -> tuple[tuple[int, AlarmEvent], ...]:
    return (
        (at_s, Raise(HIGH)),
        (at_s + 1, Clear(HIGH)),
        (at_s + 2, PumpStopped()),
        (at_s + 3, PumpStarted()),
    )


@pytest.mark.requirement("PC-64")
def test_the_third_start_after_the_same_alarm_within_ten_minutes_is_refused() -> None:
    outcome = last(*_cycle(0), *_cycle(100), *_cycle(590))
    assert outcome.refuse_start
    assert outcome.alarms.is_active(Cause.ALARM_REPEATS)
    assert outcome.sound == Sound(593, critical=True, codes=("REPEATS",))


@pytest.mark.requirement("PC-64")
def test_three_such_starts_over_more_than_ten_minutes_are_allowed() -> None:
    assert not last(*_cycle(0), *_cycle(100), *_cycle(600)).refuse_start


@pytest.mark.requirement("PC-64")
def test_the_second_start_is_allowed() -> None:
    assert not last(*_cycle(0), *_cycle(100)).refuse_start


@pytest.mark.requirement("PC-64")
def test_a_refused_pump_may_start_when_ten_minutes_have_passed() -> None:
    refused = after(*_cycle(0), *_cycle(100), *_cycle(200))
    assert step(refused, PumpStarted(), 602, TABLE).refuse_start
    outcome = step(refused, PumpStarted(), 603, TABLE)
    assert not outcome.refuse_start
    assert not outcome.alarms.is_active(Cause.ALARM_REPEATS)


@pytest.mark.requirement("PC-64")
def test_stops_and_starts_without_a_new_alarm_are_not_counted() -> None:
    events = [(0, Raise(LOW)), *((at, event) for at in (1, 2, 3, 4) for event in _STOP_START)]
    assert not last(*events).refuse_start


_STOP_START: tuple[AlarmEvent, ...] = (PumpStopped(), PumpStarted())


# -- invariants over any history ------------------------------------------------------------------

EVENTS: st.SearchStrategy[AlarmEvent] = st.one_of(
    st.builds(Raise, st.sampled_from([*Cause])),
    st.builds(Clear, st.sampled_from([*Cause])),
    st.builds(Acknowledge, st.sampled_from([*Cause])),
    st.sampled_from([Silence(), Ticked(), PumpStopped(), PumpStarted()]),
)


def _check(before: Alarms, event: AlarmEvent, now_s: int, table: AlarmTable) -> AlarmOutcome:
    """Step, and check what must hold after every step."""
    outcome = step(before, event, now_s, table)
    alarms, sound = outcome.alarms, outcome.sound
    active = [alarm for alarm in alarms.listed if alarm.active]
    names = [alarm.name for alarm in alarms.listed]
    assert len(set(names)) == len(names)
    ranks = [-table.priority(name) for name in names]
    assert ranks == sorted(ranks)
    for alarm in active:
        every_s = table.every_s(alarm.name)
        assert alarm.due_s == FAR if every_s == FAR else alarm.due_s <= now_s + every_s
    assert alarms.silent_until_s <= now_s + table.silence_s
    assert alarms.next_due_s > now_s
    if sound:
        codes = {table.condition(alarm.name).code: alarm.name for alarm in active}
        told = [table.priority(codes[code]) for code in sound.codes]
        assert sound.critical == (Priority.HIGH in told)
        assert told == sorted(told, reverse=True)
    for alarm in before.listed:
        ended = isinstance(event, Clear) and event.condition == alarm.name
        if alarm.active and not ended and alarm.name != Cause.ALARM_REPEATS:
            assert alarms.is_active(alarm.name), "an active condition was hidden"
    return outcome


@pytest.mark.requirement("PC-61", "PC-62")
@given(st.lists(st.tuples(st.integers(0, 400), EVENTS), max_size=60))
def test_no_history_hides_or_silences_a_condition(history: list[tuple[int, AlarmEvent]]) -> None:
    alarms, now_s = Alarms(), 0
    for wait_s, event in history:
        until_s = now_s + wait_s
        while alarms.next_due_s <= until_s:
            now_s = alarms.next_due_s
            alarms = _check(alarms, Ticked(), now_s, TABLE).alarms
        now_s = until_s
        alarms = _check(alarms, event, now_s, TABLE).alarms


@pytest.mark.requirement("PC-62")
def test_in_a_flood_of_a_thousand_conditions_each_is_listed_and_each_sounds() -> None:
    flood = tuple(
        Condition(f"flood {n}", f"F{n}", n % 3, n // 3 % 3, "Flood.") for n in range(1_000)
    )
    table = replace(TABLE, conditions=(*TABLE.conditions, *flood))
    alarms, heard = Alarms(), set[str]()
    for one in (*flood, TABLE.condition(HIGH)):
        outcome = step(alarms, Raise(one.name), 0, table)
        alarms = outcome.alarms
        heard |= set(outcome.sound.codes) if outcome.sound else set()
    assert len(alarms.listed) == 1_001
    assert "STALL" in heard
    loud = {one.code for one in flood if table.priority(one.name) > Priority.NONE}
    assert loud <= heard
    again = step(alarms, Ticked(), table.critical_every_s, table).sound
    assert again
    assert again.critical
    assert "STALL" in again.codes


# -- the whole machine, explored ------------------------------------------------------------------


def _small() -> AlarmTable:
    """A table of a few conditions and short times, so that every state can be visited."""
    kept = tuple(
        one._replace(every_s=0) for one in TABLE.conditions if one.name in _EXPLORED
    ) + tuple(one for one in TABLE.conditions if one.name not in _EXPLORED)
    return replace(
        TABLE,
        conditions=kept,
        critical_every_s=2,
        other_every_s=3,
        silence_s=1,
        cycle_s=2,
        cycles=2,
    )


_EXPLORED = (HIGH, LOW, LATCHED, Cause.ALARM_REPEATS)


def _seen_from(alarms: Alarms, now_s: int) -> Alarms:
    """The same machine at second 0; how long ago something began does not matter."""
    listed = tuple(
        alarm._replace(since_s=0, due_s=alarm.due_s if alarm.due_s == FAR else alarm.due_s - now_s)
        for alarm in alarms.listed
    )
    cycles = tuple((name, at_s - now_s) for name, at_s in alarms.cycles if now_s - at_s < 2)
    return alarms._replace(
        listed=listed,
        silent_until_s=max(0, alarms.silent_until_s - now_s),
        fresh=tuple(sorted(alarms.fresh)),
        tripped=tuple(sorted(alarms.tripped)),
        cycles=tuple(sorted(cycles, key=lambda one: (one[1], one[0]))),
    )


_LISTING: tuple[AlarmEvent, ...] = (
    *(Raise(name) for name in (HIGH, LOW, LATCHED)),
    *(Clear(name) for name in (HIGH, LOW, LATCHED)),
    Acknowledge(LOW),
    Acknowledge(LATCHED),
    Silence(),
    Ticked(),
)
_STOPPING: tuple[AlarmEvent, ...] = (
    *(Raise(name) for name in (HIGH, LOW)),
    *(Clear(name) for name in (HIGH, LOW)),
    Ticked(),
    *_STOP_START,
)


@pytest.mark.requirement("PC-62", "PC-64")
@pytest.mark.parametrize(("events", "least"), [(_LISTING, 300), (_STOPPING, 4_000)])
def test_every_reachable_state_of_the_machine_keeps_the_rules(
    events: tuple[AlarmEvent, ...], least: int
) -> None:
    table = _small()
    frontier, seen = [Alarms()], {Alarms()}
    while frontier:
        state = frontier.pop()
        for event, wait_s in product(events, (0, 1)):
            outcome = _check(state, event, wait_s, table)
            silent_for_s = outcome.alarms.next_due_s - wait_s
            assert not outcome.alarms.is_active(HIGH) or silent_for_s <= table.critical_every_s
            following = _seen_from(outcome.alarms, wait_s)
            if following not in seen:
                seen.add(following)
                frontier.append(following)
    assert len(seen) > least


def test_an_alarm_says_since_when_it_is_there() -> None:
    alarms = after((7, Raise(LATCHED)))
    assert (alarms.since_s(LATCHED), alarms.since_s(HIGH)) == (7, NEVER)
    assert step(alarms, Clear(LATCHED), 8, TABLE).alarms.since_s(LATCHED) == NEVER
