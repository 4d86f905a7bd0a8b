"""What an implant is built of, for every pump on record."""

from __future__ import annotations

import pytest

from thecal.devices import load_catheter, load_pump, pump_ids
from thecal.pump.hardware import CatheterFigures
from thecal.pump.implant.alarms import Cause
from thecal.pump.implant.profile import Profile
from thecal.therapy.implanting import implant_profile
from thecal.therapy.programming import hardware

CATHETER = CatheterFigures.read(load_catheter("ascenda-8780").exact_number, 150_000)


def profile(pump_id: str) -> Profile:
    return implant_profile(load_pump(pump_id), CATHETER)


@pytest.mark.parametrize("pump_id", pump_ids())
def test_every_pump_on_record_can_be_an_implant(pump_id: str) -> None:
    assert profile(pump_id).hardware == hardware(load_pump(pump_id))


@pytest.mark.requirement("PC-20")
@pytest.mark.parametrize(
    ("pump_id", "count"), [("reference-20", 0), ("synchromed-ii-20", 3), ("prometra-ii-20", 4)]
)
def test_a_pump_says_what_it_can_never_notice(pump_id: str, count: int) -> None:
    assert len(profile(pump_id).detection.cannot()) == count


@pytest.mark.requirement("PC-28")
@pytest.mark.parametrize(
    ("pump_id", "band_nl"), [("synchromed-ii-20", 1_000_000), ("synchromed-ii-40", 2_000_000)]
)
def test_the_band_of_disagreement_follows_the_reservoir(pump_id: str, band_nl: int) -> None:
    assert profile(pump_id).detection.band_nl == band_nl


@pytest.mark.requirement("PC-60")
def test_every_condition_that_the_pump_raises_is_in_the_table() -> None:
    assert {one.name for one in profile("reference-20").alarms.conditions} >= set(Cause)


@pytest.mark.requirement("PC-30")
@pytest.mark.parametrize("pump_id", pump_ids())
def test_the_battery_is_low_before_its_end(pump_id: str) -> None:
    battery = profile(pump_id).battery
    assert battery.end_mv < battery.low_mv < battery.full_mv
