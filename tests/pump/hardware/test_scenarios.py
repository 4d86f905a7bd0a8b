"""The published misfortunes, played through a plant: what happens, and what the pump believes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.pump.hardware.plants import give, plant_of, reference, rotor, valve_pump
from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import Individual, Place, Plant

HOUR_S = 3_600


@dataclass
class Believing:
    """A pump that counts: it makes one stroke in so many seconds and subtracts its volume."""

    plant: Plant
    every_s: int
    computed_nl: int
    now_s: int = 0

    def live(self, until_s: int) -> None:
        """Make the strokes that are due."""
        while self.now_s + self.every_s <= until_s:
            self.now_s += self.every_s
            give(self.plant, 1, self.now_s)
            self.computed_nl -= self.plant.figures.stroke_nl
        self.plant.pass_to(until_s)


# -- MRI, rotor -------------------------------------------------------------------------------


@pytest.mark.requirement("PC-27")
def test_a_stall_in_a_magnet_with_late_recovery_costs_hours_of_drug() -> None:
    # Rarely the motor turns again only 2 to 24 h after the scan (maker's MRI guideline).
    late = next(seed for seed in range(5_000) if _resumes_s(seed) > 1 * HOUR_S)
    plant = rotor(seed=late)
    pump = Believing(plant, 86, 20_000_000)
    pump.live(1 * HOUR_S)
    plant.enter_field(HOUR_S, 2 * HOUR_S)
    pump.live(2 * DAY_S)
    standing = [e.at_s for e in plant.events if e.kind in {"in a field", "recovering, over"}]
    missed_s = standing[1] - standing[0]
    assert 3 * HOUR_S <= missed_s <= 25 * HOUR_S
    strokes = 2 * DAY_S // 86
    assert plant.turned == pytest.approx(strokes - missed_s // 86, abs=1)


def _resumes_s(seed: int) -> int:
    plant = rotor(seed=seed)
    plant.enter_field(0, 1)
    plant.pass_to(2 * DAY_S)
    return plant.events[-1].at_s


@pytest.mark.requirement("PC-27")
def test_a_pump_that_was_alarming_in_the_magnet_stays_silent_until_somebody_asks_it() -> None:
    plant = rotor()
    plant.enter_field(0, HOUR_S, is_alarming=True)
    pump = Believing(plant, 86, 20_000_000)
    pump.live(3 * DAY_S)
    silent = plant.turned
    plant.interrogated(3 * DAY_S)
    pump.live(4 * DAY_S)
    assert silent == 0
    assert plant.turned > 900


# -- MRI, valves ------------------------------------------------------------------------------


@pytest.mark.requirement("PC-20")
@pytest.mark.parametrize(
    ("pump_id", "is_emptied", "csf_nl"),
    [
        ("prometra-20", False, 18_600_000),
        ("prometra-20", True, 0),
        ("prometra-ii-20", False, 10_000),
        ("prometra-ii-20", True, 0),
    ],
)
def test_a_valve_pump_in_a_magnet(pump_id: str, csf_nl: int, *, is_emptied: bool) -> None:
    plant = valve_pump(pump_id, start_nl=20_000_000)
    if is_emptied:
        plant.refill(10, 0, 0)
    plant.enter_field(HOUR_S, 2 * HOUR_S)
    assert plant.place_nl(Place.CSF, 3 * HOUR_S) == csf_nl


@pytest.mark.requirement("PC-20")
def test_after_the_scan_a_valve_pump_gives_nothing_until_its_valve_is_reset() -> None:
    plant = valve_pump("prometra-ii-20")
    plant.enter_field(0, HOUR_S)
    pump = Believing(plant, 864, 20_000_000)
    pump.live(5 * DAY_S)
    dry_nl = plant.delivered_nl(5 * DAY_S)
    plant.reset_valve(5 * DAY_S)
    pump.live(6 * DAY_S)
    assert dry_nl == 10_000
    assert plant.delivered_nl(6 * DAY_S) > 200_000


# -- the computed alarm -----------------------------------------------------------------------


@pytest.mark.requirement("PC-28")
def test_an_over_infusing_rotor_fails_while_its_computed_volume_is_above_the_alarm() -> None:
    # H13: the alarm is arithmetic, so a pump that gives 40 % too much is empty before it sounds.
    plant = rotor(start_nl=11_400_000, individual=Individual(140_000))
    pump = Believing(plant, 86, 11_400_000)
    healthy = rotor(start_nl=11_400_000)
    other = Believing(healthy, 86, 11_400_000)
    last_nl, day, day_nl = 0, 0, 250_000
    while day_nl > 125_000:
        day += 1
        pump.live(day * DAY_S)
        other.live(day * DAY_S)
        last_nl, day_nl = plant.delivered_nl(0), plant.delivered_nl(0) - last_nl
    # Less than half of the program comes, and the alarm at 2 mL has not sounded.
    assert pump.computed_nl - plant.figures.residual_nl > 2_000_000
    # All that the pump can read is the same as in a healthy one.
    assert plant.read(pump.now_s) == healthy.read(pump.now_s)
    assert pump.computed_nl == other.computed_nl


@pytest.mark.requirement("PC-28")
def test_an_over_infusing_pump_with_a_fill_sensor_sees_it_long_before() -> None:
    plant = reference(start_nl=10_500_000, individual=Individual(140_000))
    pump = Believing(plant, 86, 10_500_000)
    pump.live(12 * DAY_S)
    fill_nl = plant.read(pump.now_s).fill_nl
    assert fill_nl is not None
    assert pump.computed_nl - fill_nl > 1_000_000
    assert fill_nl > 5_000_000


# -- the pocket -------------------------------------------------------------------------------


@pytest.mark.requirement("CT-04")
def test_a_refill_into_the_pocket_is_not_seen_by_a_pump_that_only_counts() -> None:
    plant = rotor(start_nl=3_000_000)
    plant.misfill(100_000)
    refill = plant.refill(0, 0, 18_000_000)
    pump = Believing(plant, 86, plant.figures.residual_nl + 18_000_000)
    pump.live(9 * DAY_S)
    assert refill.pocket_nl == 18_000_000
    assert plant.delivered_nl(9 * DAY_S) == 0
    assert pump.computed_nl > 15_000_000


@pytest.mark.requirement("CT-04")
def test_a_refill_into_the_pocket_is_found_at_the_next_refill() -> None:
    plant = rotor(start_nl=3_000_000)
    plant.misfill(100_000)
    plant.refill(0, 0, 18_000_000)
    pump = Believing(plant, 86, plant.figures.residual_nl + 18_000_000)
    pump.live(9 * DAY_S)
    expected_nl = pump.computed_nl - plant.figures.residual_nl
    assert expected_nl - plant.refill(9 * DAY_S, 0, 18_000_000).read_nl > 1_000_000


@pytest.mark.requirement("CT-04")
def test_a_refill_into_the_pocket_is_seen_by_a_fill_sensor_at_once() -> None:
    plant = reference(start_nl=3_000_000)
    plant.misfill(100_000)
    plant.refill(0, 0, 18_000_000)
    fill_nl = plant.read(0).fill_nl
    assert fill_nl is not None
    assert fill_nl < 1_000_000


# -- a bridge forgotten -----------------------------------------------------------------------


@pytest.mark.requirement("CT-01")
def test_without_a_bridge_the_old_solution_goes_on_for_the_dead_volume() -> None:
    # pump.md F6: 0.3105 mL at 0.0625 mL/day are 4.968 days of the old concentration.
    plant = rotor(individual=Individual(100_000))
    plant.refill(0, 1, 18_000_000, is_rinsed=True)
    every_s = 250 * DAY_S // 62_500
    pump = Believing(plant, every_s, 0)
    while not plant.solution_pl(Place.CSF, 1, pump.now_s):
        pump.live(pump.now_s + every_s)
    assert pump.now_s / DAY_S == pytest.approx(4.968, abs=0.005)


# -- an empty pump ----------------------------------------------------------------------------


@pytest.mark.requirement("PC-28")
def test_a_rotor_gives_less_before_it_is_empty() -> None:
    # 24 % of patients had withdrawal before their residual reached 2.7 mL (Neurosurgery 2004).
    plant = plant_of("synchromed-ii-20", start_nl=2_400_000, individual=Individual(100_000))
    pump = Believing(plant, 43, 2_400_000)
    pump.live(2 * DAY_S)
    first_nl = plant.delivered_nl(DAY_S * 2)
    pump.live(4 * DAY_S)
    assert first_nl < 900_000
    assert plant.delivered_nl(4 * DAY_S) - first_nl < first_nl // 2
