"""A step in the making: which states are whole, and what ends leave behind."""

from __future__ import annotations

import pytest

from tests.pump.implant.machine import PUMP, SETTING
from thecal.pump.amounts import DAY_S
from thecal.pump.implant.turn import Turn, check_state
from thecal.pump.implant.values import NEVER, Account, Outcome, Phase, Record, State

PLAN = SETTING.plan
STROKE_PARTS = PLAN.stroke_parts
FULL = PUMP.reservoir_nl
RUNNING = State(phase=Phase.RUNNING, now_s=100, reservoir_nl=FULL)
STOPPED = RUNNING._replace(phase=Phase.STOPPED, stopped_s=100)
SMALLEST = RUNNING._replace(
    bolus=Account.PATIENT_BOLUS, bolus_id=1, bolus_nl=1, bolus_start_s=100, bolus_duration_s=1
)
WAITING = RUNNING._replace(pending=Account.PATIENT_BOLUS, pending_nl=1, pending_duration_s=1)
BRIDGING = RUNNING._replace(phase=Phase.BRIDGING, special_left=1, special_nl_per_day=1)


@pytest.mark.parametrize(
    "state",
    [
        RUNNING,
        RUNNING._replace(owed_basal=STROKE_PARTS - 1),
        RUNNING._replace(owed_basal=STROKE_PARTS - 1, owed_bolus=1 - STROKE_PARTS),
        RUNNING._replace(reservoir_nl=0),
        RUNNING._replace(starts=(100,)),
        STOPPED,
        STOPPED._replace(now_s=0, stopped_s=0),
        SMALLEST,
        SMALLEST._replace(bolus_given=DAY_S),
        WAITING,
        BRIDGING,
        BRIDGING._replace(phase=Phase.PRIMING),
        BRIDGING._replace(phase=Phase.HOLDING),
    ],
)
def test_a_state_at_the_edge_of_what_may_be_is_whole(state: State) -> None:
    check_state(state, PLAN)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (RUNNING._replace(owed_basal=STROKE_PARTS), "overdue"),
        (RUNNING._replace(owed_basal=-1), "overdue"),
        (RUNNING._replace(owed_basal=STROKE_PARTS, owed_bolus=-STROKE_PARTS), "a stroke ahead"),
        (SMALLEST._replace(bolus_given=-1), "more than was asked"),
        (SMALLEST._replace(bolus_given=DAY_S + 1), "more than was asked"),
        (SMALLEST._replace(bolus=0), "half a bolus"),
        (SMALLEST._replace(bolus_nl=0), "half a bolus"),
        (SMALLEST._replace(bolus_duration_s=0), "half a bolus"),
        (SMALLEST._replace(bolus_start_s=NEVER), "half a bolus"),
        (RUNNING._replace(bolus_start_s=100), "half a bolus"),
        (RUNNING._replace(bolus_nl=1), "half a bolus"),
        (RUNNING._replace(bolus_duration_s=1), "half a bolus"),
        (SMALLEST._replace(bolus_start_s=101), "in the future"),
        (WAITING._replace(pending=0), "half a question"),
        (WAITING._replace(pending_nl=0), "half a question"),
        (SMALLEST._replace(pending=Account.PATIENT_BOLUS, pending_nl=1), "one bolus at a time"),
        (SMALLEST._replace(phase=Phase.HOLDING), "out of its phase"),
        (WAITING._replace(phase=Phase.HOLDING), "out of its phase"),
        (BRIDGING._replace(special_left=-1), "gave more than was asked"),
        (BRIDGING._replace(special_nl_per_day=0), "half a bridge"),
        (BRIDGING._replace(special_left=0), "half a bridge"),
        (BRIDGING._replace(special_left=0, special_nl_per_day=0), "nothing to push"),
        (RUNNING._replace(phase=Phase.PRIMING), "nothing to push"),
        (BRIDGING._replace(phase=Phase.RUNNING), "a bridge is forgotten"),
        (RUNNING._replace(stopped_s=0), "said to stand still"),
        (STOPPED._replace(stopped_s=101), "will have stood still"),
        (RUNNING._replace(reservoir_nl=-1), "cannot hold"),
        (RUNNING._replace(reservoir_nl=FULL + 1), "cannot hold"),
        (RUNNING._replace(starts=(1, 101)), "start in the future"),
    ],
)
def test_a_state_whose_fields_disagree_is_a_fault_of_the_software(state: State, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check_state(state, PLAN)


def ended_bolus() -> Turn:
    turn = Turn(Outcome(SMALLEST._replace(owed_basal=40, owed_bolus=2, bolus_given=DAY_S)), PLAN)
    turn.end_bolus("bolus ended")
    return turn


def test_what_an_ended_bolus_owes_becomes_basal() -> None:
    assert ended_bolus().state == RUNNING._replace(owed_basal=42)


def test_the_end_of_a_bolus_tells_account_number_volume_and_what_was_given() -> None:
    record = Record("bolus ended", (Account.PATIENT_BOLUS, 1, 1, 1))
    assert ended_bolus().outcome().records == (record,)


def test_a_bolus_that_gave_too_much_does_not_end_in_silence() -> None:
    turn = Turn(Outcome(SMALLEST._replace(bolus_given=DAY_S + 1)), PLAN)
    with pytest.raises(AssertionError, match="more than was asked"):
        turn.end_bolus("bolus ended")


def test_what_an_ended_bridge_owes_becomes_basal() -> None:
    turn = Turn(Outcome(BRIDGING._replace(owed_basal=40, owed_bolus=2)), PLAN)
    assert turn.end_special("bridge ended")
    expected = BRIDGING._replace(owed_basal=42, special_left=0, special_nl_per_day=0)
    assert turn.state == expected


def test_time_is_not_lost_backwards() -> None:
    with pytest.raises(AssertionError, match="backwards"):
        Turn(Outcome(RUNNING), PLAN).lose(99, "late")


def test_time_of_no_length_may_be_lost() -> None:
    turn = Turn(Outcome(RUNNING), PLAN)
    turn.lose(100, "late")
    assert turn.state == RUNNING


def test_a_bolus_that_is_dropped_leaves_nothing_behind() -> None:
    turn = Turn(Outcome(WAITING), PLAN)
    turn.forget_pending("bolus lapsed")
    assert turn.state == RUNNING


def test_an_interruption_tells_that_the_bolus_that_waited_lapsed() -> None:
    turn = Turn(Outcome(WAITING), PLAN)
    turn.interrupt()
    assert turn.outcome().records == (Record("bolus lapsed", (Account.PATIENT_BOLUS, 1)),)
