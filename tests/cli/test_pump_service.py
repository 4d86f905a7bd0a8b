"""A pump in service: a process of its own, a socket, accelerated time, and `kill -9`."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.served import Served, serving, wait_for
from tests.cli.test_pump_ordering import reference
from thecal import NOTICE
from thecal.errors import ThecalError

DAY_S = 86_400


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def course(folder: Path) -> Path:
    return reference(folder, "cancer-pain")


@pytest.fixture(scope="module")
def pump(folder: Path, course: Path) -> Iterator[Served]:
    """A pump that was implanted, filled and programmed by a course."""
    with serving(folder / "pump", "--course", str(course), "--patient", "patient 7") as served:
        yield served


def test_a_course_gives_the_pump_its_first_program(pump: Served) -> None:
    found = pump.told("interrogate")
    assert found["status"]["phase"] == "running"
    assert (found["label"], found["patient"]) == ("morphine 10 mg/mL", "patient 7")
    assert found["program"]["basal"] == "morphine 2 mg/day (0.2 mL/day)"


def test_time_runs_fast_between_sessions_and_the_pump_delivers(pump: Served) -> None:
    before = pump.status()
    wait_for(lambda: pump.status()["now_s"] > before["now_s"] + DAY_S // 4)
    after = pump.status()
    delivered_nl = before["reservoir_nl"] - after["reservoir_nl"]
    due_nl = 200_000 * (after["now_s"] - before["now_s"]) // DAY_S
    assert abs(delivered_nl - due_nl) <= 250


def test_every_output_says_that_it_is_a_simulation(pump: Served) -> None:
    for words in (["interrogate"], ["log"], ["emergency"], ["silence", "--yes"]):
        assert pump.thecal(*words).output.startswith(f"{NOTICE}.\n")
        assert json.loads(pump.thecal(*words, "--json").stdout)["notice"] == NOTICE
    assert pump.said().startswith(f"{NOTICE}.\n")


@pytest.mark.requirement("PC-83")
def test_nothing_is_sent_when_the_operator_says_no(pump: Served, course: Path) -> None:
    before = pump.status()["commits"]
    result = pump.thecal("program", str(course), typed="n\n")
    assert result.exit_code == 1
    assert "now in the pump" in result.output
    assert "Nothing was sent; the pump goes on as it was." in result.output
    assert pump.status()["commits"] == before


@pytest.mark.requirement("PC-83", "PC-84")
def test_a_program_is_shown_confirmed_and_read_back(pump: Served, course: Path) -> None:
    more = course.with_name("more.toml")
    more.write_text(course.read_text("utf-8").replace('"2 mg/day"', '"2.4 mg/day"'), "utf-8")
    result = pump.thecal("program", str(more), typed="y\n")
    assert result.exit_code == 0, result.output
    assert "Mean dose a day, morphine: +20 %." in result.output
    assert "Done, and read back from the pump: program." in result.output
    assert pump.told("interrogate")["program"]["basal"] == "morphine 2.4 mg/day (0.24 mL/day)"


def test_a_bolus_is_given_and_logged(pump: Served) -> None:
    wait_for(lambda: not pump.status()["bolus"])
    assert pump.told("bolus", "0.1 mg", "--over", "10 min", "--yes")["progress"] == "finished"
    kinds = [record["kind"] for record in pump.told("log")["records"]]
    assert "bolus started" in kinds


def test_a_refusal_is_the_pumps_own_and_changes_nothing(pump: Served) -> None:
    result = pump.thecal("bolus", "15 mg", "--over", "10 min", "--yes")
    assert isinstance(result.exception, ThecalError)
    assert "nothing was changed" in str(result.exception)


def test_a_stop_and_a_start(pump: Served) -> None:
    wait_for(lambda: not pump.status()["bolus"])
    result = pump.thecal("stop", "--yes")
    assert "can harm or kill: have a plan" in result.output
    assert pump.status()["phase"] == "stopped"
    assert pump.thecal("start", "--yes").exit_code == 0
    assert pump.status()["phase"] == "running"


def test_a_refill_tells_the_pump_its_volumes(pump: Served) -> None:
    expected_nl = pump.status()["reservoir_nl"] - 500_000
    aspirated = f"{expected_nl / 1_000_000:.6f} mL"
    assert pump.told("refill", aspirated, "18 mL", "--yes")["progress"] == "finished"
    assert pump.status()["reservoir_nl"] > 18_000_000


def test_the_patients_button_answers_with_a_reason(pump: Served) -> None:
    wait_for(lambda: not pump.status()["bolus"])
    assert pump.told("press")["progress"] == "finished"
    again = pump.thecal("press")
    assert isinstance(again.exception, ThecalError)
    assert "bolus is running" in str(again.exception) or "lockout" in str(again.exception)


@pytest.mark.requirement("PC-87")
def test_drug_and_flow_are_read_without_a_key(pump: Served) -> None:
    assert "morphine" in pump.thecal("emergency").output


@pytest.mark.requirement("PC-87")
def test_junk_on_the_socket_does_not_reach_the_pump(pump: Served) -> None:
    before = pump.status()
    for _ in range(30):
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(str(pump.folder / "pump.sock"))
            one.sendall(b"no frame of anybody" * 500)
    idle = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    try:
        for one in idle:
            one.connect(str(pump.folder / "pump.sock"))
        assert pump.status()["now_s"] > before["now_s"]
    finally:
        for one in idle:
            one.close()


@pytest.mark.requirement("PC-72")
def test_a_log_that_lost_records_is_noticed_at_the_next_session(pump: Served) -> None:
    memory = pump.folder / "programmer" / "head.json"
    head = json.loads(memory.read_text("ascii"))
    memory.write_text(json.dumps({**head, "index": head["index"] + 10_000}), "ascii")
    result = pump.thecal("interrogate")
    assert result.exit_code == 0
    assert "ALARM: the log has" in result.stderr
    assert "ALARM" not in pump.thecal("interrogate").stderr
    assert "log truncated" in {one["name"] for one in pump.status()["alarms"]}


@pytest.mark.requirement("PC-40", "PC-45")
def test_a_pump_that_is_killed_goes_on_with_its_program_and_its_ledger(pump: Served) -> None:
    before = pump.told("interrogate")
    pump.end(signal.SIGKILL)
    dead = pump.thecal("interrogate")
    assert "no pump answers" in str(dead.exception)
    pump.begin()
    after = pump.told("interrogate")
    assert after["program"] == before["program"]
    assert after["status"]["phase"] == "running"
    assert after["status"]["commits"] == before["status"]["commits"]
    assert after["status"]["now_s"] >= before["status"]["now_s"]
    assert after["status"]["reservoir_nl"] <= before["status"]["reservoir_nl"]
    assert "battery reset" in {one["name"] for one in after["status"]["alarms"]}
    assert pump.told("log")["verified"]


@pytest.mark.requirement("PC-84")
def test_an_order_whose_fate_was_not_known_is_resolved_by_the_next_command(pump: Served) -> None:
    pump.told("silence", "--yes")
    kept = pump.folder / "programmer" / "order.json"
    order = json.loads(kept.read_text("ascii"))
    kept.write_text(json.dumps({**order, "progress": "uncertain"}), "ascii")
    assert "The last order was interrupted: silence" in pump.thecal("interrogate").output
    assert json.loads(kept.read_text("ascii"))["progress"] in {"finished", "failed"}


def test_a_second_process_is_refused_the_same_pump(pump: Served) -> None:
    result = pump.thecal("serve")
    assert "runs already" in str(result.exception)


def test_another_implant_in_the_same_folder_is_refused(pump: Served) -> None:
    result = pump.thecal("serve", "--profile", "synchromed-ii-20")
    assert "is implanted in" in str(result.exception)


@pytest.mark.requirement("PC-87")
def test_the_switch_at_the_pump_stops_it_without_a_link(pump: Served) -> None:
    assert pump.process is not None
    pump.process.send_signal(signal.SIGUSR1)
    wait_for(lambda: pump.status()["phase"] == "stopped")


def test_a_pump_ends_in_order(pump: Served) -> None:
    assert pump.end() == 0
    assert "ALARM" in pump.said()


@pytest.mark.requirement("PC-80")
def test_orders_fail_while_nobody_is_at_the_pump(folder: Path) -> None:
    with serving(folder / "far", "--far", "--listen", "127.0.0.1:0", speed=1) as served:
        assert served.status()["phase"] == "unprogrammed"
        result = served.thecal("stop", "--yes")
        assert "hold it there and try again" in str(result.exception)
        assert "127.0.0.1:" in (served.folder / "address").read_text("utf-8")
