"""docs/response.md: its program runs, and its commands are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from thecal import NOTICE
from thecal.cli import app

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "response.md").read_text(encoding="utf-8")
PROGRAM = re.findall(r"^```python\n(.*?)^```\n", TEXT, re.DOTALL | re.MULTILINE)
COMMANDS = re.findall(r"^\| `thecal ([^`]+)` \|", TEXT, re.MULTILINE)


def test_the_program_treats_people_and_their_pain_falls() -> None:
    names: dict[str, list[float]] = {}
    exec(PROGRAM[0], names)  # noqa: S102
    told = names["told"]
    assert len(told) == 12
    assert told[-1] < told[0] - 1.0


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_thecal_has(command: str) -> None:
    words = [word for word in shlex.split(command) if not word.startswith("-")][:1]
    assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0


def test_some_commands_are_shown() -> None:
    assert len(COMMANDS) >= 8


def test_the_notice_stands_at_the_top() -> None:
    assert NOTICE in TEXT.split("\n\n")[1]
