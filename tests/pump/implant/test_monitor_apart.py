from __future__ import annotations

import ast
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from tests.pump.implant.monitors import (
    BASAL,
    HALF_HOUR,
    HOUR,
    LIMITS,
    PROGRAM,
    STROKE,
    continuous,
    loaded,
)
from thecal.pump import implant
from thecal.pump.amounts import WEEK_S
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.denials import DENIAL_WORDS, Denial
from thecal.pump.implant.told import Basal
from thecal.pump.implant.values import Phase

OWN = {"clocks", "coming", "denials", "due", "monitor", "told", "windows"}
SHARED = {
    "thecal.errors": {"InputError"},
    "thecal.pump.amounts": {"DAY_S", "WEEK_S", "rounded_up", "volume_words"},
    "thecal.pump.implant.values": {"Account", "Fault", "Permit", "Phase"},
    "thecal.pump.program": {"STOPPED", "Hardware"},
}


@pytest.mark.requirement("PC-14")
@pytest.mark.parametrize("name", sorted(OWN))
def test_the_monitor_shares_words_and_whole_numbers_only(name: str) -> None:
    path = Path(implant.__file__).with_name(f"{name}.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not any(alias.name.startswith("thecal") for alias in node.names)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("thecal"):
            module = str(node.module)
            if module.removeprefix("thecal.pump.implant.") not in OWN:
                assert {alias.name for alias in node.names} <= SHARED[module]


@pytest.mark.requirement("PC-14")
def test_the_controller_knows_nothing_of_the_monitor() -> None:
    folder = Path(implant.__file__).parent
    for name in ("actions", "controller", "lockouts", "motion", "plan", "table", "turn"):
        text = (folder / f"{name}.py").read_text(encoding="utf-8")
        assert not any(f"implant.{own} import" in text for own in OWN)


def test_every_denial_has_words() -> None:
    assert set(DENIAL_WORDS) == set(Denial)


def test_denials_are_numbered_for_ever() -> None:
    assert all(one + 1 == other for one, other in pairwise(Denial))


# -- memory --------------------------------------------------------------------------------------

RAW = encode_program(PROGRAM), encode_limits(LIMITS)


@pytest.mark.requirement("PC-22")
@pytest.mark.parametrize("phase", [Phase.RUNNING, Phase.MINIMUM, Phase.STOPPED])
def test_a_monitor_remembers_what_it_was_told_in_every_phase(phase: Phase) -> None:
    monitor = loaded(offset_s=HOUR)
    monitor.follow(phase, HALF_HOUR)
    assert monitor.remembers(*RAW, HOUR)
    assert monitor.remembers(*RAW, HOUR + WEEK_S)


@pytest.mark.requirement("PC-22")
def test_a_monitor_that_was_told_otherwise_says_so() -> None:
    monitor, other = loaded(offset_s=HOUR), encode_program(continuous(BASAL + 1))
    more = encode_limits(replace(LIMITS, day_nl=LIMITS.day_nl + STROKE))
    assert not monitor.remembers(other, RAW[1], HOUR)
    assert not monitor.remembers(RAW[0], more, HOUR)
    assert not monitor.remembers(*RAW, HOUR + 1)


@pytest.mark.requirement("PC-22")
@pytest.mark.parametrize("place", ["what flows", "what was told"])
def test_a_flipped_bit_in_the_program_of_the_monitor_is_seen(place: str) -> None:
    monitor, flipped = loaded(), Basal((0,), (BASAL ^ 1,))
    if place == "what flows":
        monitor._due.coming = replace(monitor._due.coming, basal=flipped)
    else:
        monitor._told = monitor._told._replace(basal=flipped)
    assert not monitor.remembers(*RAW, 0)
