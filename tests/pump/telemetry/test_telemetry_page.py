"""The examples of docs/telemetry.md run, and its tables say what the code does."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from thecal.cli.pump import app
from thecal.pump.telemetry.admission import LONGEST_WAIT_S
from thecal.pump.telemetry.frames import HEADER_BYTES, MOST_BODY, FrameType
from thecal.pump.telemetry.receiver import FRAMES_A_SECOND
from thecal.pump.telemetry.session import FRESH_S, IDLE_S, PREPARED_S

PAGE = Path(__file__).parents[3] / "docs" / "telemetry.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_sessions_on_the_page_run() -> None:
    failures, attempts = doctest.testfile(str(PAGE), module_relative=False)
    assert (failures, attempts > 0) == (0, True)


@pytest.mark.parametrize(
    "command",
    [one.name or one.callback.__name__ for one in app.registered_commands if one.callback],
)
def test_the_page_tells_of_every_command(command: str) -> None:
    assert re.search(rf"`{command}\b", TEXT)


@pytest.mark.parametrize("kind", FrameType)
def test_the_page_names_every_type_of_frame(kind: FrameType) -> None:
    assert kind.name in TEXT


@pytest.mark.parametrize(
    "said",
    [
        f"a header of {HEADER_BYTES} bytes and a body of at most {MOST_BODY // 1000} 536",
        f"| an answer to a challenge is taken for | {FRESH_S} s",
        f"| a prepared order or staged program waits for | {PREPARED_S} s",
        f"| a session without a word ends after | {IDLE_S} s",
        f"looked at in a second | {FRAMES_A_SECOND},",
        f"32, then {LONGEST_WAIT_S} s",
    ],
)
def test_the_page_has_the_figures_of_the_code(said: str) -> None:
    assert said in TEXT
