"""Tubing, connector, catheter, tip: where the drug goes when something is wrong (H06, H23, H24)."""

from __future__ import annotations

import pytest

from tests.pump.hardware.plants import SMALL_CATHETER, give, reference, rotor, small
from thecal.devices import load_pump
from thecal.errors import InputError
from thecal.pump.amounts import DAY_S
from thecal.pump.hardware import CSF, WATER, CatheterFigures, Place, Plant
from thecal.pump.hardware.core import PlantEvent

SHARP = CatheterFigures(70, 0, 0, 1)


def drug_nl(plant: Plant, place: Place, now_s: int) -> int:
    """Return how much of solution 0 is at a place, in whole nL."""
    return int(plant.solution_pl(place, 0, now_s) // 1_000)


def slowly(plant: Plant, strokes: int, start_s: int = 0, every_s: int = 3_600) -> int:
    """Push strokes one by one, and return the second of the last."""
    for index in range(strokes):
        give(plant, 1, start_s + (index + 1) * every_s)
    return start_s + strokes * every_s


@pytest.mark.requirement("CT-01")
def test_the_old_fluid_leaves_first() -> None:
    plant = small(line_solution=WATER, catheter=SHARP)
    end_s = slowly(plant, 15)
    assert plant.place_nl(Place.CSF, end_s) == 150
    assert drug_nl(plant, Place.CSF, end_s) == 50


@pytest.mark.requirement("CT-01")
def test_what_comes_out_of_the_tip_can_be_followed_through_time() -> None:
    plant = small(line_solution=WATER, catheter=SHARP, is_recorded=True)
    slowly(plant, 11)
    outflows = plant.take_outflows(11 * 3_600)
    assert [(one.start_s, one.end_s, one.content) for one in outflows[-2:]] == [
        (9 * 3_600, 10 * 3_600, {0: 10_000}),
        (10 * 3_600, 11 * 3_600, {1: 10_000}),
    ]


def test_what_was_taken_from_the_tip_is_not_given_again() -> None:
    plant = small(line_solution=WATER, is_recorded=True)
    slowly(plant, 3)
    plant.take_outflows(3 * 3_600)
    assert plant.take_outflows(3 * 3_600) == ()


@pytest.mark.requirement("CT-01")
@pytest.mark.parametrize("around_s", [1, 60, 300])
def test_who_looks_for_the_fluid_does_not_stir_it(around_s: int) -> None:
    """A line that is asked often once took slow strokes for fast ones, and mixed its fluids."""
    unseen, seen = (rotor(line_solution=WATER) for _ in range(2))
    every_s, strokes = 600, 310_500 // 250 - 20
    for number in range(1, strokes + 1):
        for plant in (unseen, seen):
            if plant is seen:
                plant.place_nl(Place.CSF, number * every_s - around_s)
            give(plant, 1, number * every_s)
        seen.place_nl(Place.CSF, number * every_s + around_s)
    end_s = strokes * every_s + every_s
    assert drug_nl(seen, Place.CSF, end_s) == drug_nl(unseen, Place.CSF, end_s) == 0


@pytest.mark.requirement("CT-01")
def test_at_prime_rate_some_drug_leaves_early() -> None:
    plant = rotor(line_solution=WATER)
    strokes = 310_500 // 250
    for second in range(1, strokes + 1):
        give(plant, 1, second)
    early_nl = drug_nl(plant, Place.CSF, strokes)
    assert 5_000 < early_nl < 20_000


@pytest.mark.requirement("CT-01")
def test_at_a_basal_rate_the_interface_stays_sharp() -> None:
    plant = rotor(line_solution=WATER)
    end_s = slowly(plant, 310_500 // 250, every_s=86)
    assert drug_nl(plant, Place.CSF, end_s) == 0


# -- the wrong constant -----------------------------------------------------------------------


@pytest.mark.requirement("CT-02")
def test_a_prime_with_the_old_tubing_constant_gives_the_difference_too_much() -> None:
    profile = load_pump("synchromed-ii-20")
    believed_nl = profile.exact_number("tubing_volume_before_2017", "nL")
    true_nl = profile.exact_number("tubing_volume", "nL")
    right, wrong = rotor(line_solution=WATER), rotor(line_solution=WATER)
    slowly(right, int(true_nl + 170_500) // 250, every_s=86)
    end_s = slowly(wrong, int(believed_nl + 170_500) // 250, every_s=86)
    past_tip_nl = wrong.place_nl(Place.CSF, end_s) - right.place_nl(Place.CSF, end_s)
    assert abs(past_tip_nl - 59_000 * 976 // 1_000) <= 1


# -- kink and occlusion -----------------------------------------------------------------------


@pytest.mark.requirement("CT-03", "PC-26")
def test_a_blocked_catheter_swells_by_what_is_pushed() -> None:
    plant = small()
    plant.block()
    give(plant, 1, 5)
    assert (plant.line.stored_pl, plant.line.pressure_hpa) == (10_000, 10)


@pytest.mark.requirement("PC-26")
def test_what_a_blocked_catheter_stores_is_bounded() -> None:
    plant = small()
    plant.block()
    give(plant, 500, 5)
    assert (plant.delivered_nl(5), plant.line.stored_pl) == (20, 20_000)


@pytest.mark.requirement("PC-26")
def test_what_was_stored_goes_out_at_once() -> None:
    plant = small()
    plant.block()
    give(plant, 500, 5)
    plant.pass_to(9)
    plant.block(-1)
    assert plant.place_nl(Place.CSF, 9) == 20
    assert plant.events[-1] == PlantEvent(9, "released", 20)


@pytest.mark.requirement("CT-03")
def test_a_kink_lets_go_whenever_its_pressure_is_reached() -> None:
    plant = small()
    plant.block(15)
    seen_nl = []
    for second in range(1, 5):
        give(plant, 1, second)
        seen_nl.append(plant.place_nl(Place.CSF, second))
    assert seen_nl == [0, 20, 20, 40]


@pytest.mark.requirement("CT-03")
def test_the_log_of_a_pump_without_pressure_sensor_stays_normal_behind_a_block() -> None:
    plant = rotor()
    plant.block()
    give(plant, 1_000, 5)
    assert plant.read(5).turned == 1_000


@pytest.mark.requirement("PC-26")
def test_a_pressure_sensor_sees_the_block() -> None:
    plant = reference()
    plant.block()
    before = plant.read(4).pressure_hpa
    give(plant, 20, 5)
    after = plant.read(5).pressure_hpa
    assert before is not None
    assert after is not None
    assert after - before > 400


# -- leak, disconnection, migration -----------------------------------------------------------


@pytest.mark.requirement("CT-03")
@pytest.mark.parametrize(("share_pcm", "csf_nl"), [(30_000, 700), (100_000, 0), (1, 999)])
def test_a_leak_takes_its_share(share_pcm: int, csf_nl: int) -> None:
    plant = small()
    plant.leak_at_connector(share_pcm)
    give(plant, 100, 5)
    assert plant.place_nl(Place.CSF, 5) == csf_nl
    assert plant.place_nl(Place.TISSUE, 5) == (999 - csf_nl if csf_nl == 999 else 1_000 - csf_nl)


@pytest.mark.requirement("CT-03")
def test_before_a_block_a_leak_takes_everything() -> None:
    plant = small()
    plant.leak_at_connector(10_000)
    plant.block()
    give(plant, 10, 5)
    assert (plant.place_nl(Place.TISSUE, 5), plant.line.pressure_hpa) == (100, 0)


@pytest.mark.requirement("CT-03")
def test_a_catheter_that_is_off_gives_nothing_to_the_csf() -> None:
    plant = small()
    plant.disconnect()
    give(plant, 100, 5)
    assert (plant.place_nl(Place.CSF, 5), plant.place_nl(Place.POCKET, 5)) == (0, 1_000)


@pytest.mark.requirement("CT-03")
def test_a_catheter_that_is_on_again_gives_its_old_content_first() -> None:
    plant = small(line_solution=WATER, catheter=SHARP)
    plant.disconnect()
    give(plant, 100, 5)
    plant.disconnect(is_off=False)
    slowly(plant, 8, start_s=5)
    assert (plant.place_nl(Place.CSF, 99_999), drug_nl(plant, Place.CSF, 99_999)) == (80, 10)


@pytest.mark.requirement("CT-03")
def test_a_tip_in_tissue_gives_nothing_to_the_csf() -> None:
    plant = small()
    give(plant, 10, 5)
    plant.move_tip()
    give(plant, 10, 6)
    assert (plant.place_nl(Place.CSF, 6), plant.place_nl(Place.TISSUE, 6)) == (100, 100)


@pytest.mark.requirement("CT-03", "PC-27")
@pytest.mark.parametrize("fault", ["leak", "off", "tip"])
def test_the_pump_knows_nothing_of_a_catheter_that_fails(fault: str) -> None:
    plant, healthy = reference(), reference()
    if fault == "leak":
        plant.leak_at_connector(50_000)
    elif fault == "off":
        plant.disconnect()
    else:
        plant.move_tip()
    give(plant, 100, 5)
    give(healthy, 100, 5)
    assert plant.read(5) == healthy.read(5)


# -- the access port --------------------------------------------------------------------------


def test_a_catheter_that_was_drawn_at_holds_csf() -> None:
    plant = small(catheter=SHARP)
    plant.draw_at_port(5, 70)
    slowly(plant, 7, start_s=5)
    assert (drug_nl(plant, Place.OUTSIDE, 99_999), drug_nl(plant, Place.CSF, 99_999)) == (70, 0)


def test_without_a_prime_there_is_no_drug_for_the_time_of_a_catheter() -> None:
    # pump.md F14: 0.1705 mL at 0.0625 mL/day are 2.73 days without drug.
    plant = rotor()
    plant.draw_at_port(0, 170_500)
    every_s = 250 * DAY_S // 62_500
    strokes = 0
    while not drug_nl(plant, Place.CSF, strokes * every_s):
        strokes += 1
        give(plant, 1, strokes * every_s)
    assert strokes * every_s / DAY_S == pytest.approx(2.73 / 0.976, abs=0.01)


@pytest.mark.requirement("CT-01")
def test_an_injection_pushes_the_catheter_out_first() -> None:
    # pump.md F14: injecting before aspirating pushes the whole catheter at once.
    plant = small(catheter=SHARP)
    plant.inject_at_port(5, 1, 70)
    assert drug_nl(plant, Place.CSF, 5) == 70


@pytest.mark.parametrize("fault", ["blocked", "off"])
def test_nothing_comes_back_from_a_catheter_that_is_blocked_or_off(fault: str) -> None:
    plant = small()
    if fault == "off":
        plant.disconnect()
    else:
        plant.block()
    with pytest.raises(InputError, match="nothing can be drawn out at the port"):
        plant.draw_at_port(5, 70)


# -- flow in the wrong direction --------------------------------------------------------------


def test_csf_that_is_pressed_back_ends_in_the_reservoir() -> None:
    plant = small(catheter=SMALL_CATHETER)
    plant.draw_back(130)
    assert plant.stock.volume_pl == 5_230_000
    assert plant.stock.share_of(CSF, {plant.stock.fluid: 5_230_000}) == 30_000


@pytest.mark.parametrize("fault", ["blocked", "off"])
def test_nothing_is_pressed_back_through_a_catheter_that_is_blocked_or_off(fault: str) -> None:
    plant = small()
    if fault == "off":
        plant.disconnect()
    else:
        plant.block()
    plant.draw_back(130)
    assert plant.stock.volume_pl == 5_100_000
