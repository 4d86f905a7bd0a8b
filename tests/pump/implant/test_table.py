"""The table of the controller is complete, is obeyed, and prints."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.pump.implant.reached import SMALL, everything
from thecal.pump.implant.refusals import REFUSAL_WORDS, Refusal
from thecal.pump.implant.table import (
    STACKING,
    TABLE,
    event_words,
    table_markdown,
    table_mermaid,
)
from thecal.pump.implant.turn import EVENTS
from thecal.pump.implant.values import Account, Event, Phase, PowerReturned, Push, Woke

PAIRS = [
    pytest.param(phase, event, id=f"{phase.name.lower()}-{event_words(event).replace(' ', '-')}")
    for phase in Phase
    for event in EVENTS
]


def test_it_has_a_row_for_every_phase_and_event() -> None:
    assert set(TABLE) == {(phase, event) for phase in Phase for event in EVENTS}


def test_every_event_is_in_the_list_of_events() -> None:
    assert set(EVENTS) == set(get_args(Event))


@pytest.mark.parametrize(("phase", "event"), PAIRS)
def test_each_row_acts_or_says_why_not(phase: Phase, event: type[Event]) -> None:
    row = TABLE[phase, event]
    assert row.words
    assert not (row.action and row.refusal)
    assert row.action or row.next_phases == {phase}


@pytest.mark.parametrize(("phase", "event"), PAIRS)
def test_the_next_phases_are_those_declared(phase: Phase, event: type[Event]) -> None:
    """All of them are reached too: one that nothing leads to would be a wrong drawing."""
    after = {Phase(one.outcome.state.phase) for one in everything()[phase, event]}
    assert after <= TABLE[phase, event].next_phases
    assert TABLE[phase, event].next_phases - after <= {phase}


@pytest.mark.parametrize(("phase", "event"), PAIRS)
def test_what_is_refused_or_ignored_changes_nothing_but_the_log(
    phase: Phase, event: type[Event]
) -> None:
    row = TABLE[phase, event]
    kinds = [] if event is Woke else ["refused" if row.refusal else "ignored"]
    for one in everything()[phase, event] if not row.action else []:
        assert one.outcome.state == one.state
        assert one.outcome.commands == ()
        assert [record.kind for record in one.outcome.records] == kinds


def test_every_refusal_has_words() -> None:
    assert set(REFUSAL_WORDS) == set(Refusal)


def test_the_markdown_has_one_line_for_each_row() -> None:
    lines = table_markdown().splitlines()
    assert sum(line.startswith("| ") for line in lines) == 1 + len(TABLE)
    assert "| stopped | pressed | refused: the pump is stopped | stopped |" in lines
    assert "| stopped | stop ordered | ignored: nothing moves | stopped |" in lines
    assert lines[-1] == f"{len(STACKING)}. {STACKING[-1].name}"


def test_the_drawing_shows_each_change_of_phase_once() -> None:
    lines = table_mermaid().splitlines()
    arrows = [line.split(":")[0] for line in lines[1:]]
    assert lines[0] == "stateDiagram-v2"
    assert len(set(arrows)) == len(arrows)
    assert "    running --> priming: prime ordered" in lines
    assert "    bridging --> running: woke, committed" in lines


LAYERS = {
    Account.BRIDGE: "bridge bolus",
    Account.PRIME: "priming bolus",
    Account.PATIENT_BOLUS: "patient, scheduled or clinician's bolus, one at a time",
    Account.SCHEDULED_BOLUS: "patient, scheduled or clinician's bolus, one at a time",
    Account.CLINICIAN_BOLUS: "patient, scheduled or clinician's bolus, one at a time",
}


def flowing(phase: Phase) -> set[str]:
    """Return the layers for which strokes were given on the wakes of a phase."""
    pushes = [
        command
        for one in everything()[phase, Woke]
        for command in one.outcome.commands
        if isinstance(command, Push)
    ]
    found = {LAYERS[Account(push.account)] for push in pushes if push.for_bolus}
    if any(push.strokes > push.for_bolus for push in pushes):
        found.add("minimum rate" if phase == Phase.MINIMUM else "basal steps of the week")
    return found


@pytest.mark.requirement("PC-10", "PC-05")
@pytest.mark.parametrize("phase", Phase)
def test_what_flows_in_a_phase_are_its_layers_of_the_stacking_order(phase: Phase) -> None:
    named = {layer.name for layer in STACKING if phase in layer.phases}
    owed_before = (
        {"basal steps of the week"} if named & {"bridge bolus", "priming bolus"} else set()
    )
    assert flowing(phase) <= (named | owed_before) - {"stopped"}
    assert flowing(phase) >= named - {"stopped"}


@pytest.mark.requirement("PC-08", "PC-15")
def test_nothing_but_time_and_refills_changes_the_volume() -> None:
    for (_, event), tried in everything().items():
        for one in tried if event.__name__ != "Refilled" else []:
            given = sum(
                command.strokes for command in one.outcome.commands if isinstance(command, Push)
            )
            fallen = one.state.reservoir_nl - one.outcome.state.reservoir_nl
            assert fallen == given * SMALL.stroke_nl
            assert given == 0 or event != PowerReturned


@pytest.mark.requirement("PC-01")
def test_less_than_one_stroke_is_owed_in_every_state() -> None:
    for tried in everything().values():
        for one in tried:
            owed = one.outcome.state.owed_basal + one.outcome.state.owed_bolus
            assert 0 <= owed < SMALL.stroke_nl * 86_400
