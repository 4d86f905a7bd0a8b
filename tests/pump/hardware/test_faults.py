"""The menu of faults: complete, switchable, and each of them does something."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.pump.hardware.plants import give, plant_of
from thecal.errors import InputError
from thecal.pump.hardware import FAULTS, Place, Plant, PlantFault, fault_named, faults_of
from thecal.pump.hardware.valves import ValvePump

DAY_S = 86_400
BY_NAME = {fault.name: fault for fault in FAULTS}


class Told(NamedTuple):
    """All that a pump shows and does."""

    delivered_nl: int
    turned: int
    places_nl: tuple[int, ...]
    reading: object
    full_nl: int


def plant_for(fault: PlantFault) -> Plant:
    """Return a plant that can have the fault."""
    for pump_id in ("reference-20", "synchromed-ii-20", "prometra-ii-20"):
        plant = plant_of(pump_id, mixes=False)
        if isinstance(plant, fault.plants):
            return plant
    raise AssertionError(fault.name)


def lived(plant: Plant, fault: PlantFault | None) -> Told:
    """Let a plant live for some days with a fault, and return all that there is to see."""
    give(plant, 1_000, 10)
    plant.read(10)
    if fault:
        fault.apply(plant, fault.usual)
    give(plant, 1_000, 1_000)
    plant.read(1_000)
    for day in range(1, 13):
        give(plant, 1_000, day * DAY_S)
        plant.read(day * DAY_S)
    refill = plant.refill(13 * DAY_S, 1, 18_000_000)
    give(plant, 1_000, 14 * DAY_S)
    reading = plant.read(15 * DAY_S)
    places = tuple(plant.place_nl(place, 15 * DAY_S) for place in Place)
    end_nl = plant.stock.volume_pl + plant.stock.capacity_pl + refill.entered_nl
    return Told(plant.delivered_nl(15 * DAY_S), plant.turned, places, reading, end_nl)


SEEN_OTHERWISE: dict[str, Callable[[Plant], bool]] = {
    # A mean pump never fails, however short its life is made.
    "off-label drug": lambda plant: getattr(plant, "_is_off_label", False),
    # It takes a scan besides.
    "no flow valve": lambda plant: isinstance(plant, ValvePump) and not plant.has_flow_valve,
    # What it stored is out again; the true events tell.
    "kink": lambda plant: plant.line.released_pl > 0,
}


@pytest.mark.requirement("PC-12")
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_fault_shows_somewhere(name: str) -> None:
    fault = BY_NAME[name]
    plant = plant_for(fault)
    with_fault = lived(plant, fault)
    if name in SEEN_OTHERWISE:
        assert SEEN_OTHERWISE[name](plant)
    else:
        assert with_fault != lived(plant_for(fault), None)


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_fault_is_on_the_true_record(name: str) -> None:
    fault = BY_NAME[name]
    plant = plant_for(fault)
    fault.apply(plant, fault.usual)
    assert plant.events[-1].kind == f"fault: {name}"


@pytest.mark.requirement("PC-15")
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_no_fault_loses_a_picolitre(name: str) -> None:
    fault = BY_NAME[name]
    plant = plant_for(fault)
    lived(plant, fault)
    assert plant.imbalance_pl(15 * DAY_S) == 0


@pytest.mark.parametrize("name", sorted(fault.name for fault in FAULTS if fault.ends))
def test_a_fault_that_was_cleared_does_nothing_any_more(name: str) -> None:
    fault = BY_NAME[name]
    plant, healthy = plant_for(fault), plant_for(fault)
    fault.apply(plant, fault.usual)
    fault.clear(plant)
    for one in (plant, healthy):
        give(one, 1_000, 1_000)
    assert plant.delivered_nl(1_000) == healthy.delivered_nl(1_000)
    assert plant.read(2_000) == healthy.read(2_000)


def test_faults_have_names_of_their_own() -> None:
    assert len(BY_NAME) == len(FAULTS) == 46


def test_a_plant_is_offered_only_what_it_can_have() -> None:
    names = {fault.name for fault in faults_of(plant_of("synchromed-ii-20"))}
    assert "off-label drug" in names
    assert not names & {"valve stuck closed", "flow sensor stuck"}


def test_a_fault_that_a_plant_cannot_have_is_refused() -> None:
    with pytest.raises(InputError, match='a Rotor cannot have the fault "flow sensor stuck"'):
        fault_named("flow sensor stuck").apply(plant_of("synchromed-ii-20"), 1)


def test_a_fault_of_no_size_is_refused() -> None:
    with pytest.raises(InputError, match='the fault "gain" needs a size other than 0, as 20000'):
        fault_named("gain").apply(plant_of("synchromed-ii-20"), 0)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("catheter leak", 100_001),
        ("strokes lost", 100_001),
        ("pocket fill", -1),
        ("battery film", 100_001),
        ("kink", -2),
        ("reservoir leak", -1),
        ("free flow", -1),
        ("back-flow", -1),
        ("deformation", -1),
        ("overfill", -1),
        ("battery dip", -1),
        ("valves stuck open", 3),
    ],
)
def test_a_fault_of_a_size_that_cannot_be_is_refused_and_changes_nothing(
    name: str, size: int
) -> None:
    plant = plant_for(BY_NAME[name])
    with pytest.raises(InputError):
        BY_NAME[name].apply(plant, size)
    healthy = plant_for(BY_NAME[name])
    assert (plant.events, plant.read(9)) == ([], healthy.read(9))


def test_what_stays_for_good_cannot_be_cleared() -> None:
    with pytest.raises(InputError, match='the fault "deformation" cannot be undone'):
        fault_named("deformation").clear(plant_of("synchromed-ii-20"))


def test_an_unknown_fault_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match='there is no plant fault "gremlin"; known are gain, '):
        fault_named("gremlin")
