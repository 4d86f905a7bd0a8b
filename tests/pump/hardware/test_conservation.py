"""Whatever is done to a plant, and whatever fails, nothing appears and nothing vanishes (PC-15)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pump.hardware.plants import SMALL, give, small, small_rotor, small_valves
from thecal.errors import InputError
from thecal.pump.hardware import (
    CSF,
    WATER,
    Place,
    Plant,
    RotorFigures,
    ValveFigures,
    faults_of,
)
from thecal.pump.hardware.channel import add

ROTOR = RotorFigures(900, 50_000, 7_200, 86_400, 172_800, 2_400, 7_000, 10**8, 0, 0, 0, 0)
VALVES = ValveFigures(500_000, 8, 1, 40)

Maker = Callable[[], Plant]
MAKERS: tuple[Maker, ...] = (
    lambda: small(line_solution=WATER),
    lambda: small(replace(SMALL, fading_nl=2_000), line_solution=CSF),
    lambda: small_rotor(ROTOR, line_solution=WATER),
    lambda: small_valves(VALVES),
    lambda: small_valves(replace(VALVES, has_flow_activated_valve=0)),
)

steps = st.lists(
    st.tuples(
        st.integers(0, 200_000),
        st.sampled_from(("push", "fault", "clear", "refill", "port", "inject", "ask")),
        st.integers(0, 60),
        st.integers(1, 3_000) | st.integers(-3_000, 300_000),
    ),
    max_size=30,
)


def act(plant: Plant, deed: str, choice: int, size: int, now_s: int) -> None:
    """Do one thing; what is refused changes nothing."""
    faults = faults_of(plant)
    fault = faults[choice % len(faults)]
    plant.pass_to(now_s)
    with suppress(InputError):
        if deed == "push":
            give(plant, choice, now_s)
        elif deed == "fault":
            fault.apply(plant, size)
        elif deed == "clear":
            fault.clear(plant)
        elif deed == "refill":
            plant.refill(now_s, choice % 3, size, is_rinsed=choice % 2 == 1)
        elif deed == "port":
            plant.draw_at_port(now_s, size)
        elif deed == "inject":
            plant.inject_at_port(now_s, choice % 3, size)
        else:
            plant.read(now_s)


@pytest.mark.requirement("PC-15", "CT-03")
@settings(max_examples=300)
@given(st.sampled_from(MAKERS), steps)
def test_every_picolitre_is_somewhere_at_every_step(
    make: Maker, deeds: list[tuple[int, str, int, int]]
) -> None:
    plant, now_s = make(), 0
    for wait_s, deed, choice, size in deeds:
        now_s += wait_s
        act(plant, deed, choice, size, now_s)
        assert plant.imbalance_pl(now_s) == 0


@pytest.mark.requirement("PC-15", "CT-03")
@settings(max_examples=150)
@given(st.sampled_from(MAKERS), steps)
def test_every_solution_is_kept_through_every_mixture(
    make: Maker, deeds: list[tuple[int, str, int, int]]
) -> None:
    plant, now_s = make(), 0
    for wait_s, deed, choice, size in deeds:
        now_s += wait_s
        act(plant, deed, choice, size, now_s)
    plant.read(now_s)
    assert plant.imbalance_pl(now_s) == 0
    stock, found = plant.stock, plant.line.content()
    add(found, {stock.fluid: stock.volume_pl})
    for content in plant.line.gone.values():
        add(found, content)
    for solution in (CSF, WATER, 0, 1, 2):
        assert stock.share_of(solution, found) == stock.share_of(solution, stock.supplied)


@pytest.mark.requirement("PC-15")
@given(st.sampled_from(MAKERS), steps)
def test_no_volume_anywhere_is_negative(
    make: Maker, deeds: list[tuple[int, str, int, int]]
) -> None:
    plant, now_s = make(), 0
    for wait_s, deed, choice, size in deeds:
        now_s += wait_s
        act(plant, deed, choice, size, now_s)
    held = [plant.stock.volume_pl, plant.line.stored_pl, *plant.line.content().values()]
    held += [volume for content in plant.line.gone.values() for volume in content.values()]
    assert min(held) >= 0


@pytest.mark.requirement("PC-15", "PC-26")
@given(st.sampled_from(MAKERS), steps)
def test_no_block_ever_stores_more_than_its_bound(
    make: Maker, deeds: list[tuple[int, str, int, int]]
) -> None:
    plant, now_s = make(), 0
    for wait_s, deed, choice, size in deeds:
        now_s += wait_s
        act(plant, deed, choice, size, now_s)
        assert plant.line.stored_pl <= SMALL.highest_hpa * 1_000


@pytest.mark.requirement("PC-15")
@given(st.lists(st.integers(1, 40), max_size=20), st.integers(1, 300_000))
def test_without_faults_the_reservoir_loses_what_the_pump_moves_and_the_csf_gains_it(
    pushes: list[int], gain_pcm: int
) -> None:
    plant = small(replace(SMALL, gain_pcm=gain_pcm))
    for second, strokes in enumerate(pushes, 1):
        give(plant, strokes, second)
    moved_pl = min(10 * sum(pushes) * gain_pcm // 100, 5_000_000)
    assert 5_100_000 - plant.stock.volume_pl == moved_pl
    assert plant.place_nl(Place.CSF, 99) == plant.delivered_nl(99) == moved_pl // 1_000
