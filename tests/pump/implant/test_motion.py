"""The passing of time: what it refuses to believe."""

from __future__ import annotations

import pytest

from tests.pump.implant.machine import SETTING
from thecal.pump.implant.motion import advance
from thecal.pump.implant.values import Phase, State


def test_a_pump_cannot_take_back_what_it_gave() -> None:
    broken = State(
        phase=Phase.RUNNING, owed_basal=-SETTING.plan.stroke_parts, reservoir_nl=10_000_000
    )
    with pytest.raises(AssertionError, match="take back"):
        advance(broken, 1, SETTING)
