from __future__ import annotations

import pytest

from thecal.pump.implant.chain import verify
from thecal.pump.simulation.tampering import (
    first_change,
    tamper_campaign,
    verify_seconds,
    written,
)

pytestmark = pytest.mark.requirement("PC-71", "PC-72")


def test_every_tampering_is_found_at_its_first_record() -> None:
    done = tamper_campaign(5_000, seed=0)
    assert done.missed == ()
    assert (done.tampered, done.found) == (5_000, 5_000)


def test_every_way_is_tried() -> None:
    ways = dict(tamper_campaign(300, seed=0).by_way)
    assert sorted(ways) == [
        "alter",
        "another_log",
        "chain_anew",
        "delete",
        "flip_a_bit",
        "insert",
        "swap",
        "tear",
        "truncate",
    ]
    assert min(ways.values()) > 10


def test_a_log_that_nobody_touched_verifies() -> None:
    log = written(40, seed=1)
    assert verify(b"".join(log.lines), log.first_key, (log.head,)) is None


def test_the_first_change_is_where_the_bytes_first_differ() -> None:
    lines = (b"one", b"two", b"three")
    assert first_change(lines, b"onetwothree") is None
    assert first_change(lines, b"onetwathree") == 1
    assert first_change(lines, b"onetw") == 1
    assert first_change(lines, b"onetwothreefour") == 3


def test_a_campaign_misses_what_is_not_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thecal.pump.simulation.tampering.verify", lambda *_: None)
    done = tamper_campaign(20, seed=3)
    assert done.missed == tuple(range(3, 23))


@pytest.mark.requirement("PC-74")
def test_a_long_log_verifies_in_time() -> None:
    assert verify_seconds(20_000) < 10
