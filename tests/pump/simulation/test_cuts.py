from __future__ import annotations

import pytest

from thecal.pump.implant.log import Log
from thecal.pump.implant.pingpong import Slots
from thecal.pump.simulation.cuts import power_cuts
from thecal.pump.simulation.faulty import PATTERNS, FaultyStore

pytestmark = pytest.mark.requirement("PC-40", "PC-70")


def test_no_power_cut_loses_or_tears_what_was_acknowledged() -> None:
    done = power_cuts(rounds=4)
    assert done.violations == ()
    assert done.points > 100 * PATTERNS


def test_cuts_find_a_slot_that_is_overwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Slots, "_name", lambda _self, _sequence: "state.a")
    assert power_cuts(rounds=2).violations


def test_cuts_find_a_log_that_is_not_synced(monkeypatch: pytest.MonkeyPatch) -> None:
    seal = Log.seal

    def unsynced(log: Log) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(FaultyStore, "sync", lambda _: None)
            seal(log)

    monkeypatch.setattr(Log, "seal", unsynced)
    assert power_cuts(rounds=2).violations
