"""Alarms: the machine alone, by example, by property, and explored to its fixpoint."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pump.implant.alarm_data import TABLE
from thecal.errors import InputError
from thecal.pump.implant.alarms import (
    Acknowledge,
    Alarm,
    AlarmEvent,
    AlarmOutcome,
    Alarms,
    AlarmTable,
    Cause,
    Condition,
    Harm,
    Onset,
    Priority,
    PumpStarted,
    PumpStopped,
    Silence,
    Sound,
    Ticked,
    highest,
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


# -- priority -------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-60")
@pytest.mark.parametrize(
    ("harm", "onset", "priority"),
    [
        (Harm.IRREVERSIBLE, Onset.IMMEDIATE, Priority.HIGH),
        (Harm.IRREVERSIBLE, Onset.PROMPT, Priority.HIGH),
        (Harm.IRREVERSIBLE, Onset.DELAYED, Priority.MEDIUM),
        (Harm.REVERSIBLE, Onset.IMMEDIATE, Priority.HIGH),
        (Harm.REVERSIBLE, Onset.PROMPT, Priority.MEDIUM),
        (Harm.REVERSIBLE, Onset.DELAYED, Priority.LOW),
        (Harm.MINOR, Onset.IMMEDIATE, Priority.MEDIUM),
        (Harm.MINOR, Onset.PROMPT, Priority.LOW),
        (Harm.MINOR, Onset.DELAYED, Priority.NONE),
    ],
)
def test_a_priority_follows_from_harm_and_onset(harm: int, onset: int, priority: int) -> None:
    extra = Condition("it", "IT", harm, onset, "It.")
    table = replace(TABLE, conditions=(*TABLE.conditions, extra))
    assert table.priority("it") == priority


@pytest.mark.requirement("PC-60", "PC-63")
@pytest.mark.parametrize(
    "name",
    [
        Cause.EMPTY_COMPUTED,
        Cause.END_OF_SERVICE,
        Cause.STALL,
        Cause.STOPPED_LONG,
        Cause.MEMORY_CRITICAL,
        Cause.BATTERY_RESET,
    ],
)
def test_what_the_reference_pump_calls_critical_is_high(name: str) -> None:
    assert TABLE.priority(name) == Priority.HIGH


@pytest.mark.requirement("PC-60", "PC-63")
@pytest.mark.parametrize("name", [Cause.LOW_COMPUTED, Cause.REPLACEMENT_DUE, Cause.MEMORY])
def test_what_the_reference_pump_calls_non_critical_is_not_high(name: str) -> None:
    assert Priority.NONE < TABLE.priority(name) < Priority.HIGH


@pytest.mark.requirement("PC-63")
def test_every_condition_has_a_text_and_a_code_of_its_own() -> None:
    codes = {condition.code for condition in TABLE.conditions}
    assert len(codes) == len(TABLE.conditions)
    assert all(condition.words.endswith(".") for condition in TABLE.conditions)


@pytest.mark.requirement("PC-28")
def test_the_text_says_whether_a_volume_was_computed_or_measured() -> None:
    for kind in ("computed", "measured"):
        for level in ("low", "empty"):
            assert kind in TABLE.condition(f"{level} reservoir, {kind}").words


# -- the table refuses what would silence the pump ------------------------------------------------


@pytest.mark.requirement("PC-62")
def test_a_longer_silence_than_two_minutes_is_refused() -> None:
    with pytest.raises(InputError, match="at most 120 s"):
        replace(TABLE, silence_s=121)


@pytest.mark.parametrize(
    "name", ["critical_every_s", "other_every_s", "silence_s", "cycles", "cycle_s"]
)
def test_an_interval_of_nothing_is_refused(name: str) -> None:
    changes: dict[str, Any] = {name: 0}
    with pytest.raises(InputError, match=name):
        replace(TABLE, **changes)


@pytest.mark.requirement("PC-60")
@pytest.mark.parametrize("rows", [((0, 1, 2), (1, 2, 3)), ((0, 1), (1, 2), (2, 3))])
def test_an_incomplete_table_of_priorities_is_refused(
    rows: tuple[tuple[int, int, int], ...],
) -> None:
    with pytest.raises(InputError, match="3 harms by 3 onsets"):
        replace(TABLE, priorities=rows)


@pytest.mark.requirement("PC-60")
@pytest.mark.parametrize(
    "rows", [((2, 1, 0), (2, 2, 3), (2, 3, 3)), ((1, 1, 2), (0, 2, 3), (2, 3, 3))]
)
def test_more_harm_may_not_have_a_lower_priority(rows: tuple[tuple[int, int, int], ...]) -> None:
    with pytest.raises(InputError, match="never lower the priority"):
        replace(TABLE, priorities=rows)


@pytest.mark.requirement("PC-60")
def test_immediate_death_may_not_be_less_than_high() -> None:
    with pytest.raises(InputError, match="must have high priority"):
        replace(TABLE, priorities=((0, 0, 0), (0, 0, 0), (0, 0, 2)))


@pytest.mark.parametrize("key", ["name", "code"])
def test_two_conditions_may_not_share_a_name_or_a_code(key: str) -> None:
    first, second, *others = TABLE.conditions
    twin = second._replace(**{key: getattr(first, key)})
    with pytest.raises(InputError, match="share a name or a code"):
        replace(TABLE, conditions=(first, twin, *others))


def test_a_table_without_what_the_pump_can_raise_is_refused() -> None:
    others = tuple(one for one in TABLE.conditions if one.name != Cause.STALL)
    with pytest.raises(InputError, match=r"lacks .*stall"):
        replace(TABLE, conditions=others)


def test_an_unknown_condition_is_a_fault_of_the_software() -> None:
    with pytest.raises(AssertionError, match="no alarm condition"):
        step(Alarms(), Raise("no such thing"), 0, TABLE)


# -- sounds ---------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-61", "PC-63")
def test_a_high_condition_sounds_critical_in_the_second_it_is_raised() -> None:
    assert last((7, Raise(HIGH))).sound == Sound(7, critical=True, codes=("STALL",))


@pytest.mark.requirement("PC-61", "PC-63")
def test_a_lower_condition_sounds_non_critical_in_the_second_it_is_raised() -> None:
    assert last((7, Raise(LOW))).sound == Sound(7, critical=False, codes=("LOW-C",))


def test_a_condition_that_is_there_does_not_begin_again() -> None:
    outcome = last((7, Raise(HIGH)), (8, Raise(HIGH)))
    assert outcome == AlarmOutcome(after((7, Raise(HIGH))))


@pytest.mark.requirement("PC-62")
def test_a_critical_sound_repeats_after_its_interval() -> None:
    alarms = after((0, Raise(HIGH)))
    assert alarms.next_due_s == TABLE.critical_every_s
    assert step(alarms, Ticked(), TABLE.critical_every_s - 1, TABLE).sound is None
    assert step(alarms, Ticked(), TABLE.critical_every_s, TABLE).sound is not None


def test_a_non_critical_sound_repeats_after_its_own_interval() -> None:
    assert after((0, Raise(LOW))).next_due_s == TABLE.other_every_s


@pytest.mark.requirement("PC-86")
def test_a_pump_stopped_by_order_sounds_every_five_minutes() -> None:
    assert after((0, Raise(Cause.STOPPED_BY_USER))).next_due_s == 300


def test_a_condition_without_priority_is_listed_and_silent() -> None:
    extra = Condition("it", "IT", Harm.MINOR, Onset.DELAYED, "It.")
    table = replace(TABLE, conditions=(*TABLE.conditions, extra))
    outcome = last((0, Raise("it")), table=table)
    assert outcome == AlarmOutcome(Alarms((Alarm("it", 0, FAR),), fresh=("it",)))
    assert outcome.alarms.next_due_s == table.every_s("it") == FAR
    silenced = step(outcome.alarms, Silence(), 1, table).alarms
    assert silenced.next_due_s == FAR


@pytest.mark.requirement("PC-62")
def test_sounds_that_are_due_together_are_one_critical_sound_with_every_code() -> None:
    table = replace(TABLE, other_every_s=TABLE.critical_every_s)
    alarms = after((0, Raise(LOW)), (0, Raise(HIGH)), table=table)
    outcome = step(alarms, Ticked(), TABLE.critical_every_s, table)
    assert outcome.sound == Sound(TABLE.critical_every_s, critical=True, codes=("STALL", "LOW-C"))


@pytest.mark.requirement("PC-62")
def test_the_highest_condition_is_listed_first_and_then_the_oldest() -> None:
    alarms = after((0, Raise(LOW)), (1, Raise(LATCHED)), (2, Raise(HIGH)))
    assert [alarm.name for alarm in alarms.listed] == [LATCHED, HIGH, LOW]


def test_the_highest_priority_is_that_of_what_is_there() -> None:
    alarms = after((0, Raise(LOW)), (1, Raise(LATCHED)))
    assert highest(alarms, TABLE) == Priority.HIGH
    assert highest(step(alarms, Clear(LATCHED), 2, TABLE).alarms, TABLE) == MEDIUM


# -- silence --------------------------------------------------------------------------------------


@pytest.mark.requirement("PC-62")
def test_a_silenced_high_alarm_returns_after_two_minutes() -> None:
    alarms = after((0, Raise(HIGH)), (10, Silence()))
    assert alarms.next_due_s == 130
    assert step(alarms, Ticked(), 129, TABLE).sound is None
    assert step(alarms, Ticked(), 130, TABLE).sound == Sound(130, critical=True, codes=("STALL",))


@pytest.mark.requirement("PC-62")
def test_silence_cannot_be_renewed_before_it_is_over() -> None:
    assert after((0, Raise(HIGH)), (10, Silence()), (100, Silence())).next_due_s == 130


@pytest.mark.requirement("PC-62")
@pytest.mark.parametrize("late_s", [0, 1, 1_000])
def test_a_silence_on_the_heels_of_another_does_not_swallow_the_sound(late_s: int) -> None:
    outcome = last((0, Raise(HIGH)), (10, Silence()), (130 + late_s, Silence()))
    assert outcome.sound == Sound(130 + late_s, critical=True, codes=("STALL",))
    assert outcome.alarms.next_due_s == 250 + late_s


@pytest.mark.requirement("PC-62")
def test_a_new_condition_ends_a_silence() -> None:
    outcome = last((0, Raise(HIGH)), (10, Silence()), (20, Raise(LOW)))
    assert outcome.sound == Sound(20, critical=False, codes=("LOW-C",))
    assert step(outcome.alarms, Ticked(), 130, TABLE).sound is not None


@pytest.mark.requirement("PC-62")
def test_silence_before_an_alarm_does_not_delay_it() -> None:
    assert last((0, Silence()), (1, Raise(HIGH))).sound is not None


# -- acknowledge, clear, latch --------------------------------------------------------------------


@pytest.mark.requirement("PC-62")
def test_to_acknowledge_removes_no_active_condition_and_no_sound() -> None:
    alarms = after((0, Raise(HIGH)), (1, Acknowledge(HIGH)))
    assert alarms.listed == (Alarm(HIGH, 0, TABLE.critical_every_s, acknowledged=True),)


def test_a_condition_that_ends_leaves_the_list() -> None:
    assert after((0, Raise(HIGH)), (1, Clear(HIGH))).listed == ()


def test_a_latching_condition_stays_listed_until_it_is_acknowledged() -> None:
    ended = after((0, Raise(LATCHED)), (1, Clear(LATCHED)))
    assert [(alarm.name, alarm.active) for alarm in ended.listed] == [(LATCHED, False)]
    assert ended.next_due_s == FAR
    assert step(ended, Acknowledge(LATCHED), 2, TABLE).alarms.listed == ()


def test_a_latching_condition_acknowledged_before_its_end_leaves_with_it() -> None:
    assert after((0, Raise(LATCHED)), (1, Acknowledge(LATCHED)), (2, Clear(LATCHED))).listed == ()


def test_a_latched_condition_can_return() -> None:
    outcome = last((0, Raise(LATCHED)), (1, Clear(LATCHED)), (2, Raise(LATCHED)))
    assert outcome.sound is not None
    assert outcome.alarms.listed == (Alarm(LATCHED, 2, 2 + TABLE.critical_every_s),)


def test_to_acknowledge_what_is_not_there_changes_nothing() -> None:
    assert after((0, Raise(HIGH)), (1, Acknowledge(LOW))) == after((0, Raise(HIGH)))


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
