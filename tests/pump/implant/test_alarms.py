"""Alarms: priorities, sounds, silence and what is listed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

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
    Silence,
    Sound,
    Ticked,
    highest,
    step,
)
from thecal.pump.implant.values import FAR, Clear, Raise

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
