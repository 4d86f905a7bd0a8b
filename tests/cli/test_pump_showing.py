"""What a pump says, in lines and as one object."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_pump_home import IMPLANTED
from tests.cli.test_pump_ordering import alarming
from tests.cli.test_pump_tables import NOTHING, found
from thecal.cli.pump.showing import (
    PHASES,
    as_object,
    emergency_lines,
    log_lines,
    log_object,
    order_words,
    status_lines,
)
from thecal.pump.implant.chain import EMPTY
from thecal.pump.implant.records import Entry
from thecal.pump.implant.values import Account, Phase, Record
from thecal.pump.telemetry import Command, Emergency, Interrogation, Kind, Order, Progress

ENTRIES = tuple(
    Entry(number, 60 * number, 0, 0, Record("delivered", (0, 250))) for number in range(5)
)


def lines(**status: object) -> str:
    one = found()
    changed = one.status._replace(**status)  # type: ignore[arg-type]
    return "\n".join(status_lines(IMPLANTED, Interrogation(changed, one.in_force)))


def test_every_phase_has_words() -> None:
    assert set(PHASES) == set(Phase)


def test_an_interrogation_names_pump_and_patient() -> None:
    assert "Pump SIM-1 (reference-20), patient patient 1" in lines()


@pytest.mark.requirement("PC-28")
def test_computed_and_measured_volume_stand_apart() -> None:
    said = lines(reservoir_nl=18_123_456, measured_nl=17_000_000)
    assert "reservoir, computed   18.123456 mL" in said
    assert "reservoir, measured   17 mL" in said


@pytest.mark.requirement("PC-20")
def test_what_a_pump_can_never_notice_is_said() -> None:
    assert "cannot detect over-infusion" in lines(
        cannot=("This pump cannot detect over-infusion.",)
    )


def test_a_flow_is_told_as_dose_and_volume() -> None:
    assert "morphine 2 mg/day (0.2 mL/day)" in lines(nl_per_day=200_000, commits=1)


def test_a_running_bolus_is_told_with_what_is_left() -> None:
    said = lines(bolus=Account.PATIENT_BOLUS, bolus_left_nl=5_000, commits=1)
    assert "patient bolus         morphine 50 mcg still to come" in said


def test_a_running_bridge_is_told_with_what_is_left() -> None:
    assert "0.2 mL still to come" in lines(special_left_nl=200_000)


def test_the_time_until_the_reservoir_is_empty_is_told_in_hours() -> None:
    assert "empty in              1 d 1 h" in lines(empty_s=90_300)


def test_a_risk_and_a_replacement_are_told() -> None:
    said = lines(over_infusion_risk=1, replacement_due=1)
    assert "may give too much" in said
    assert "REPLACE THE PUMP" in said


@pytest.mark.requirement("PC-62", "PC-63")
def test_every_alarm_is_listed_with_its_code() -> None:
    said = "\n".join(status_lines(IMPLANTED, alarming()))
    assert "STALL active" in said
    assert "The rotor stands still. [stall]" in said


def test_an_unprogrammed_pump_can_be_shown() -> None:
    assert "not programmed" in "\n".join(status_lines(IMPLANTED, NOTHING))


def test_the_object_holds_the_same_and_can_be_written() -> None:
    written = json.loads(json.dumps(as_object(IMPLANTED, alarming())))
    assert written["status"]["phase"] == "running"
    assert written["status"]["alarms"][0]["code"] == "STALL"
    assert written["program"]["basal"] == "morphine 2 mg/day (0.2 mL/day)"


def test_an_emergency_read_is_told_as_dose() -> None:
    said = "\n".join(emergency_lines(Emergency(Phase.RUNNING, 200_000, "morphine 10 mg/mL")))
    assert "morphine 2 mg/day" in said


def test_the_last_records_of_a_log_are_told_in_sentences() -> None:
    said = log_lines(ENTRIES, 2)
    assert said[0].endswith("Mon 00:03:00  0.00025 mL was delivered for the basal flow.")
    assert said[-1] == "5 records, each checked: the chain is whole."
    assert len(said) == 4


def test_a_log_as_an_object_has_numbers_and_words() -> None:
    first = log_object(ENTRIES)["records"][0]
    assert (first["kind"], first["values"], first["second"]) == ("delivered", [0, 250], 0)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (Command(Kind.PRIME, (310_500, 1)), "prime of 0.3105 mL"),
        (Command(Kind.REFILL, (20_000_000, 1)), "refill with 20 mL"),
        (Command(Kind.SET_CLOCK, (5,)), "set clock"),
    ],
)
def test_an_order_is_told_in_words(command: Command, words: str) -> None:
    assert order_words(Order(command, Progress.WAITING, EMPTY)) == words
