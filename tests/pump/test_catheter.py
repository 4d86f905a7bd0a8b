from __future__ import annotations

from itertools import accumulate, pairwise
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import InputError
from thecal.pump import (
    DAY_S,
    Event,
    Hardware,
    Program,
    Programmed,
    Refilled,
    Segment,
    TipSegment,
    WeekStep,
    carry,
    run,
)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[Segment, ...]:
    spans = draw(st.lists(st.integers(1, 400), min_size=1, max_size=12))
    ends = list(accumulate(spans))
    return tuple(
        Segment(end - span, end, draw(st.integers(0, 3_000)), draw(st.integers(0, 3)), "basal")
        for span, end in zip(spans, ends, strict=True)
    )


dead_volumes = st.integers(0, 4_000)
cells = st.integers(1, 12)


def outlet(tip: tuple[TipSegment, ...], fluid: int) -> int:
    return sum(one.volumes_nl[fluid] for one in tip)


def pushed(segments: tuple[Segment, ...]) -> int:
    return sum(one.volume_nl for one in segments)


# -- plug flow --------------------------------------------------------------------------------


def test_the_old_fluid_leaves_first() -> None:
    tip = carry((Segment(0, 10, 100, 1, "basal"),), 40, 0)
    assert tip == (TipSegment(0, 4, (40, 0)), TipSegment(4, 10, (0, 60)))


def test_the_second_of_the_crossing_carries_both_fluids() -> None:
    tip = carry((Segment(0, 10, 100, 1, "basal"),), 45, 0)
    assert tip == (
        TipSegment(0, 4, (40, 0)),
        TipSegment(4, 5, (5, 5)),
        TipSegment(5, 10, (0, 50)),
    )


def test_two_crossings_in_one_second_carry_three_fluids() -> None:
    segments = (Segment(0, 1, 3, 1, "basal"), Segment(1, 3, 20, 2, "basal"))
    assert carry(segments, 4, 0)[1] == TipSegment(1, 2, (1, 3, 6))


def test_without_a_dead_volume_everything_passes_at_once() -> None:
    segments = (Segment(0, 5, 50, 0, "basal"), Segment(5, 9, 30, 1, "basal"))
    assert carry(segments, 0, 0) == (TipSegment(0, 5, (50, 0)), TipSegment(5, 9, (0, 30)))


def test_segments_of_equal_flow_and_fluid_are_merged() -> None:
    segments = (Segment(0, 5, 50, 0, "flex"), Segment(5, 9, 40, 0, "flex", "patient"))
    assert carry(segments, 7, 0) == (TipSegment(0, 9, (90,)),)


def test_segments_across_a_gap_are_not_merged() -> None:
    segments = (Segment(0, 5, 50, 0, "flex"), Segment(6, 11, 50, 0, "flex"))
    assert len(carry(segments, 7, 0)) == 2


def test_a_standing_pump_moves_nothing() -> None:
    assert carry((Segment(0, 9, 0, 1, "stopped"),), 7, 0) == (TipSegment(0, 9, (0, 0)),)


def test_the_width_can_be_asked_for() -> None:
    assert carry((Segment(0, 9, 9, 0, "basal"),), 7, 0, fluids=3)[0].volumes_nl == (9, 0, 0)


@given(deliveries(), dead_volumes)
def test_plug_flow_is_the_line_of_nanolitres_shifted_by_the_dead_volume(
    segments: tuple[Segment, ...], dead_nl: int
) -> None:
    line = [3] * dead_nl + [one.fluid for one in segments for _ in range(one.volume_nl)]
    tip = carry(segments, dead_nl, 3)
    done = 0
    for one in tip:
        part = line[done : done + sum(one.volumes_nl)]
        assert tuple(part.count(fluid) for fluid in range(4)) == one.volumes_nl
        done += len(part)
    assert done == pushed(segments)


@given(deliveries(), dead_volumes, st.integers(0, 12))
def test_at_every_cut_as_much_has_left_as_was_pushed_in(
    segments: tuple[Segment, ...], dead_nl: int, mixing_cells: int
) -> None:
    tip = carry(segments, dead_nl, 0, min(mixing_cells, dead_nl))
    left_nl = 0
    for one in tip:
        left_nl += sum(one.volumes_nl)
        entered_nl = sum(
            inflow.volume_nl
            * max(0, min(one.end_s, inflow.end_s) - inflow.start_s)
            // (inflow.end_s - inflow.start_s)
            for inflow in segments
        )
        assert left_nl == entered_nl


def test_an_interface_at_the_second_before_the_end_leaves_no_gap() -> None:
    tip = carry((Segment(0, 2, 2, 1, "basal"),), 1, 0)
    assert [(one.start_s, one.end_s, one.volumes_nl) for one in tip] == [
        (0, 1, (1, 0)),
        (1, 2, (0, 1)),
    ]


@given(deliveries(), dead_volumes, st.integers(0, 12))
def test_the_tip_has_no_gap(segments: tuple[Segment, ...], dead_nl: int, mixing_cells: int) -> None:
    tip = carry(segments, dead_nl, 0, min(mixing_cells, dead_nl))
    assert all(one.end_s == other.start_s for one, other in pairwise(tip))
    assert (tip[0].start_s, tip[-1].end_s) == (0, segments[-1].end_s)


def test_a_month_of_plug_flow_has_about_as_many_segments_as_went_in() -> None:
    pump = Hardware(20_000_000, 1_500, 1_400_000, 2_000_000, 24_000_000, 140_000)
    steps = tuple(WeekStep(hour * 3_600, 200_000 + hour % 24 * 5_000) for hour in range(168))
    events: list[Event] = [
        Programmed(0, Program("flex", steps)),
        *(Refilled(day * DAY_S, day % 2, 10_000_000) for day in (5, 15, 25)),
    ]
    delivery = run(pump, events, until_s=30 * DAY_S, start_nl=9_000_000, solutions=2)
    tip = carry(delivery.segments, 310_500, 0)
    assert len(tip) <= len(delivery.segments) + 2 * 3


# -- cells ------------------------------------------------------------------------------------


def erlang(count: int, mean_volumes: float) -> float:
    """Return the cumulative Erlang distribution with mean 1 and ``count`` stages."""
    scaled = count * mean_volumes
    term, total = 1.0, 1.0
    for stage in range(1, count):
        term *= scaled / stage
        total += term
    return 1.0 - exp(-scaled) * total


@pytest.mark.parametrize("mixing_cells", [1, 3, 10, 40])
def test_cells_follow_the_erlang_curve(mixing_cells: int) -> None:
    dead_nl = 100_000
    tip = carry((Segment(0, 3_000, 3 * dead_nl, 1, "basal"),), dead_nl, 0, mixing_cells)
    left_nl = 0
    worst = 0.0
    for one in tip:
        middle = (left_nl + sum(one.volumes_nl) / 2) / dead_nl
        share = one.volumes_nl[1] / sum(one.volumes_nl)
        worst = max(worst, abs(share - erlang(mixing_cells, middle)))
        left_nl += sum(one.volumes_nl)
    assert worst < 0.01


@pytest.mark.parametrize("mixing_cells", [4, 25])
def test_the_spread_at_the_tip_is_one_over_the_root_of_the_cells(mixing_cells: int) -> None:
    dead_nl = 100_000
    tip = carry((Segment(0, 9_000, 9 * dead_nl, 1, "basal"),), dead_nl, 0, mixing_cells)
    mean = square = 0.0
    left_nl = 0
    for one in tip:
        middle = (left_nl + sum(one.volumes_nl) / 2) / dead_nl
        mean += one.volumes_nl[0] / dead_nl
        square += 2 * middle * one.volumes_nl[0] / dead_nl
        left_nl += sum(one.volumes_nl)
    assert mean == pytest.approx(1, abs=1e-6)
    assert (square - mean**2) ** 0.5 == pytest.approx(mixing_cells**-0.5, rel=0.01)


@given(deliveries(), st.integers(12, 4_000), cells)
def test_cells_keep_every_fluid_to_the_nanolitre(
    segments: tuple[Segment, ...], dead_nl: int, mixing_cells: int
) -> None:
    end_s = segments[-1].end_s
    flush = Segment(end_s, end_s + 9_000, 60 * dead_nl, 4, "basal")
    tip = carry((*segments, flush), dead_nl, 0, mixing_cells)
    inflow = [sum(one.volume_nl for one in segments if one.fluid == fluid) for fluid in range(4)]
    inflow[0] += dead_nl
    assert [outlet(tip, fluid) for fluid in range(4)] == inflow


@given(deliveries(), st.integers(12, 4_000), cells)
def test_no_volume_at_the_tip_is_negative(
    segments: tuple[Segment, ...], dead_nl: int, mixing_cells: int
) -> None:
    tip = carry(segments, dead_nl, 0, mixing_cells)
    assert min(min(one.volumes_nl) for one in tip) >= 0


def test_cells_with_one_fluid_stay_one_segment() -> None:
    assert carry((Segment(0, 900, 70_000, 0, "basal"),), 5_000, 0, 8) == (
        TipSegment(0, 900, (70_000,)),
    )


def test_a_trace_of_the_old_fluid_leaves_for_good() -> None:
    tip = carry((Segment(0, 90_000, 2_000_000, 1, "basal"),), 100_000, 0, 10)
    assert tip[-1].volumes_nl[0] == 0
    assert tip[-1].end_s - tip[-1].start_s > 60_000


def test_more_cells_than_nanolitres_are_refused() -> None:
    with pytest.raises(InputError, match="there are 5 mixing cells in 4 nL"):
        carry((Segment(0, 1, 1, 0, "basal"),), 4, 0, 5)
