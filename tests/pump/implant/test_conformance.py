"""The implant's controller against the first form of the pump, which was written separately."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import event as seen
from hypothesis import given, settings

from tests.pump.implant.machine import Machine
from tests.pump.strategies import UNTIL_S, Case, cases
from thecal.errors import InputError
from thecal.pump import Event, Pressed, Programmed, Refilled, run
from thecal.pump.implant import values
from thecal.pump.implant.values import Account, Phase

WHOLE = [second for second in range(1, 61) if 86_400 % second == 0]
"""Durations in which a bolus is a whole number of parts each second.

A cancelled bolus of another one leaves less than one part that only the first form goes on to owe.
"""


def whole_durations(event: Event) -> Event:
    """Return an event whose boluses are as slow or slower, each of a whole duration."""
    if not isinstance(event, Programmed):
        return event
    program = event.program
    boluses = tuple(
        replace(one, duration_s=_longer(one.duration_s), every_s=one.every_s and one.every_s + 60)
        for one in program.boluses
    )
    patient = program.patient_bolus
    if patient:
        patient = replace(patient, duration_s=_longer(patient.duration_s))
    return replace(event, program=replace(program, boluses=boluses, patient_bolus=patient))


def _longer(duration_s: int) -> int:
    return min(whole for whole in WHOLE if whole >= duration_s)


def told(case: Case) -> Machine:
    """Send a case to the controller, in the first form's order of one second."""
    machine = Machine(case.hardware, reservoir_nl=case.start_nl, offset_s=case.offset_s)
    residual_nl = case.hardware.residual_nl
    order = (Refilled, Programmed, Pressed)
    for event in sorted(case.events, key=lambda one: (one.at_s, order.index(type(one)))):
        if isinstance(event, Refilled):
            kept_nl = min(machine.reservoir_at(event.at_s), residual_nl)
            machine.send(values.Refilled(event.at_s, kept_nl + event.volume_nl))
        elif isinstance(event, Programmed):
            machine.commit(event.program, event.at_s)
        else:
            machine.run(event.at_s)
            machine.send(values.Pressed(event.at_s))
    machine.run(UNTIL_S)
    return machine


@pytest.mark.requirement("PC-01", "PC-05", "PC-07")
@settings(max_examples=400)
@given(case=cases())
def test_it_gives_the_strokes_of_the_first_form_at_every_second(case: Case) -> None:
    case = case._replace(events=[whole_durations(one) for one in case.events])
    try:
        first = run(
            case.hardware,
            case.events,
            until_s=UNTIL_S,
            start_nl=case.start_nl,
            solutions=2,
            week_offset_s=case.offset_s,
        )
    except InputError as refused:
        seen(f"refused: {str(refused)[:20]}")
        return
    machine = told(case)
    at = [0] * (UNTIL_S + 1)
    for one in machine.given:
        at[one.at_s] += one.strokes * case.hardware.stroke_nl
    assert list(accumulate(at)) == [first.delivered_nl(second) for second in range(UNTIL_S + 1)]
    granted = [entry.at_s for entry in first.log if entry.kind == "patient bolus granted"]
    started = machine.notes("bolus started")
    assert [at_s for at_s, numbers in started if numbers[0] == Account.PATIENT_BOLUS] == granted
    assert (machine.state.phase == Phase.EMPTY) == (
        bool(first.segments) and first.segments[-1].mode == "reservoir empty"
    )
