"""The folder of a pump: keys that only the owner reads, and what the programmer remembers."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from thecal.cli.pump.home import Home, Implanted
from thecal.cli.pump.wire import Address
from thecal.errors import InputError
from thecal.pump.telemetry import Command, Head, Kind, Order, Progress, Role

IMPLANTED = Implanted("SIM-1", "patient 1", "reference-20", "ascenda-8780", "70", 20_500_000, 5)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "pump")
    home.settle(IMPLANTED, os.urandom)
    return home


def test_what_was_implanted_is_read_again(home: Home) -> None:
    assert (home.implanted(), home.is_new) == (IMPLANTED, False)


@pytest.mark.requirement("PC-89")
def test_no_file_can_be_read_by_others(home: Home) -> None:
    home.remember_head(Head(3, bytes(32)))
    open_to = {
        path.name: stat.S_IMODE(path.stat().st_mode) & 0o077 for path in home.folder.rglob("*")
    }
    assert open_to
    assert set(open_to.values()) == {0}


@pytest.mark.requirement("PC-89")
def test_a_key_that_others_can_read_is_not_used(home: Home) -> None:
    (home.folder / "keys" / "clinician.key").chmod(0o644)
    with pytest.raises(InputError, match="can be read by others"):
        home.key(Role.CLINICIAN)


@pytest.mark.requirement("PC-89")
def test_two_pumps_share_no_key(tmp_path: Path) -> None:
    homes = [Home(tmp_path / name) for name in ("one", "two")]
    for each in homes:
        each.settle(IMPLANTED, os.urandom)
    keys = {each.key(role).secret for each in homes for role in Role}
    assert len(keys | {each.log_key() for each in homes}) == 6


def test_a_damaged_key_is_refused(home: Home) -> None:
    (home.folder / "keys" / "patient.key").write_text("no key")
    with pytest.raises(InputError, match="64 hexadecimal digits"):
        home.key(Role.PATIENT)


def test_a_folder_without_a_pump_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="thecal pump serve --store"):
        Home(tmp_path).implanted()


def test_a_damaged_record_of_the_implant_is_refused(home: Home) -> None:
    (home.folder / "pump.json").write_text("{}")
    with pytest.raises(InputError, match="is damaged"):
        home.implanted()


@pytest.mark.requirement("PC-72")
def test_the_head_of_the_log_is_remembered(home: Home) -> None:
    assert home.head() is None
    home.remember_head(Head(7, bytes(range(32))))
    assert home.head() == Head(7, bytes(range(32)))


def test_an_order_is_remembered_with_how_far_it_has_come(home: Home) -> None:
    order = Order(Command(Kind.BOLUS, (5, 6)), Progress.STARTED, Head(7, bytes(32)))
    assert home.order() is None
    home.remember_order(order)
    assert home.order() == order


@pytest.mark.parametrize("text", ["{", "[]", "5"])
def test_a_damaged_memory_is_refused(home: Home, text: str) -> None:
    (home.folder / "programmer" / "order.json").write_text(text)
    with pytest.raises(InputError, match="is damaged"):
        home.order()


def test_an_address_is_remembered(home: Home) -> None:
    home.remember_address(Address("127.0.0.1:4711"))
    assert str(home.address()) == "127.0.0.1:4711"


def test_a_pump_that_never_ran_has_no_address(home: Home) -> None:
    with pytest.raises(InputError, match="never ran"):
        home.address()


@pytest.mark.parametrize("text", ["0.0.0.0:4711", "clinic.example:4711", ":4711"])
def test_a_pump_listens_to_no_other_machine(text: str) -> None:
    with pytest.raises(InputError, match="this machine alone"):
        Address(text)
