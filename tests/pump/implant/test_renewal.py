"""Renewing a stored program whose copy has decayed, and the power that goes away meanwhile."""

from __future__ import annotations

from contextlib import suppress

import pytest

from thecal.pump.implant.codec import digest
from thecal.pump.implant.keeping import Keeper
from thecal.pump.simulation.faulty import PATTERNS, FaultyStore, PowerCut

PROGRAM, LIMITS = b"a program", b"limits"
NAMED = digest(PROGRAM, LIMITS)
_IOS = 12


@pytest.mark.requirement("PC-22", "PC-40")
@pytest.mark.parametrize("copy", ["a", "b"])
def test_a_power_cut_while_a_copy_is_renewed_never_takes_the_other(copy: str) -> None:
    base = FaultyStore()
    Keeper(base).put_program(PROGRAM, LIMITS, b"")
    base.sync()
    base.decay(f"program.0.{copy}", 20, 3)
    for at in range(_IOS):
        store = FaultyStore(base.after_cut(0), cut_at=at)
        with suppress(PowerCut):
            Keeper(store).renew_program(PROGRAM, LIMITS)
            store.sync()
        left = [store.after_cut(pattern, at) for pattern in range(PATTERNS)]
        assert all(Keeper(one).program(NAMED) == (PROGRAM, LIMITS) for one in left)


def test_a_program_that_no_place_holds_is_written_twice() -> None:
    store = FaultyStore()
    Keeper(store).renew_program(PROGRAM, LIMITS)
    assert store.read("program.0.a")
    assert store.read("program.0.b")
