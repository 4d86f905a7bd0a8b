from __future__ import annotations

import ast
from itertools import pairwise
from pathlib import Path

import pytest

from thecal.pump import implant
from thecal.pump.implant.denials import DENIAL_WORDS, Denial

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
