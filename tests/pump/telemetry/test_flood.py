"""A flood of junk at the pump's end of the link: delivery does not notice (PC-87, H10, H44)."""

from __future__ import annotations

import pytest

from tests.pump.implant.bench import Bench
from tests.pump.telemetry.beside import Bedside
from tests.pump.telemetry.test_programmer import do, ordered
from tests.pump.telemetry.ward import chance
from thecal.pump.implant.implant import Implant
from thecal.pump.telemetry import Peer, Progress, flood, junk, read_in_emergency

FRAMES = 10_000
SECONDS = 3_600


def at_work() -> Implant:
    bench = Bench()
    bench.program()
    return bench.implant


def flooded(count: int) -> Bedside:
    """Return a pump after an hour in which so many frames of junk arrived."""
    bedside, random = Bedside(), chance(7)
    do(bedside.programmer(), ordered())
    for second in range(SECONDS):
        for _ in range(count * second // SECONDS, count * (second + 1) // SECONDS):
            bedside.peer = Peer(f"air {random.getrandbits(6)}", random.getrandbits(2))
            bedside.hear(junk(random))
        bedside.run(1)
    return bedside


@pytest.fixture(scope="module")
def after_flood() -> Bedside:
    return flooded(FRAMES)


@pytest.mark.requirement("PC-87")
def test_the_delivered_volume_is_that_of_a_pump_in_peace() -> None:
    found = flood(at_work, FRAMES, 1, SECONDS)
    assert (found.frames, found.error_nl) == (FRAMES, 0)
    assert found.failures > 0


@pytest.mark.requirement("PC-87")
def test_every_stroke_comes_at_its_second(after_flood: Bedside) -> None:
    quiet = flooded(0)
    assert after_flood.bench.plant.pushes == quiet.bench.plant.pushes
    assert len(quiet.bench.plant.pushes) > 30


@pytest.mark.requirement("PC-87")
def test_no_alarm_is_raised_and_none_is_hidden(after_flood: Bedside) -> None:
    assert after_flood.bench.listed == set()


@pytest.mark.requirement("PC-87")
def test_the_log_grows_by_counted_failures_alone(after_flood: Bedside) -> None:
    programmer = after_flood.programmer()
    kinds = [entry.record.kind for entry in programmer.read_log()]
    assert kinds.count("authentication failed") == after_flood.receiver.failures
    # Each of so many places may fail seven times in its first two minutes, then once a minute.
    assert after_flood.receiver.failures < 64 * (7 + SECONDS // 60)


@pytest.mark.requirement("PC-87")
def test_drug_and_flow_can_be_read_in_the_flood(after_flood: Bedside) -> None:
    after_flood.peer = Peer("air 1")
    assert read_in_emergency(after_flood.exchange).nl_per_day == 250_000


@pytest.mark.requirement("PC-87")
def test_the_pump_can_be_programmed_after_the_flood(after_flood: Bedside) -> None:
    after_flood.peer = Peer("clinic")
    order = do(after_flood.programmer(), ordered(label="morphine 20 mg/mL"))
    assert order.progress is Progress.FINISHED
