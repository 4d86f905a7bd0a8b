"""Links that saturate: against the closed form, the linear limit, zero order, and conservation."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import lambertw

from tests.body.lines import line
from thecal.body import ModalSystem
from thecal.body.radau import SaturableLinks, SaturableSystem
from thecal.body.schedule import Dose, Rate, Schedule
from thecal.errors import ValidityError

Array = NDArray[np.float64]

HOUR = 3_600
DAY = 24 * HOUR
CELLS = 6
SIZE = 2 * CELLS
CAPACITY, HALF, BACK = 4.0, 8.0, 0.02
PEAK = 1e-8
"""The promised error, as a share of what is given."""

LOST = 1e-9
"""How much of what is given may be missing or too much at any time."""


@cache
def canal(capacity: float = CAPACITY, half: float = HALF) -> SaturableSystem:
    """Return a canal each cell of which has a place that takes drug up and slowly returns it."""
    matrix = np.zeros((SIZE, SIZE))
    matrix[:CELLS, :CELLS] = line(9.0, CELLS, flow_ml_per_h=1.0).network.matrix
    cells, places = np.arange(CELLS), np.arange(CELLS, SIZE)
    matrix[cells, places] += BACK
    matrix[places, places] -= BACK
    each = np.ones(CELLS)
    return SaturableSystem(matrix, SaturableLinks(cells, places, capacity * each, half * each))


@cache
def alone(capacity: float, half: float) -> SaturableSystem:
    """Return a single place from which drug is taken up for ever, and leaves by no other way."""
    one = np.ones(1)
    links = SaturableLinks(np.array([0]), np.array([1]), capacity * one, half * one)
    return SaturableSystem(np.zeros((2, 2)), links)


def into(cell: int, size: int = SIZE) -> Array:
    channel = np.zeros((size, 1))
    channel[cell, 0] = 1.0
    return channel


amounts = st.floats(0.0, 200.0)
starts = st.integers(0, DAY)
inputs = st.one_of(
    st.builds(
        lambda at_s, span_s, mcg: Rate(0, at_s, at_s + span_s, mcg / (span_s / HOUR)),
        starts,
        st.sampled_from([1, 60, HOUR, 5 * HOUR]),
        amounts,
    ),
    st.builds(lambda at_s, mcg: Dose(0, at_s, mcg), starts, amounts),
)


@pytest.mark.parametrize("dose", [0.01, 8.0, 500.0])
def test_a_single_place_empties_as_the_closed_form_says(dose: float) -> None:
    # x + half ln(x) falls in proportion to time; solved by Lambert's W (Schnell and Mendoza 1997)
    schedule = Schedule.of(into(0, 2), [Dose(0, 0, dose)], end_s=DAY)
    times = np.arange(0, DAY + 1, 1000)
    found = alone(CAPACITY, HALF).solve(schedule).read(times, np.eye(2))
    exponent = np.log(dose / HALF) + (dose - CAPACITY * times / HOUR) / HALF
    left = HALF * np.real(lambertw(np.exp(exponent)))
    assert np.abs(found[:, 0] - left).max() <= PEAK * dose
    assert np.abs(found.sum(axis=1) - dose).max() <= LOST * dose


def test_far_below_half_saturation_it_is_the_linear_body() -> None:
    system = canal()
    linear = system.jacobian(np.zeros(SIZE)).toarray()
    assert linear[CELLS:, :CELLS].diagonal() == pytest.approx(np.full(CELLS, CAPACITY / HALF))
    dose = 1e-9 * HALF
    schedule = Schedule.of(into(2), [Dose(0, HOUR, dose)], end_s=2 * DAY)
    times = np.arange(0, 2 * DAY + 1, 3000)
    found = system.solve(schedule).read(times, np.eye(SIZE))
    wanted = ModalSystem.of(linear, np.ones(SIZE)).solve(schedule).read(times, np.eye(SIZE))
    assert np.abs(found - wanted).max() <= PEAK * dose


def test_far_above_half_saturation_it_is_taken_up_at_a_constant_rate() -> None:
    dose = 1e9
    schedule = Schedule.of(into(0, 2), [Dose(0, 0, dose)], end_s=DAY)
    times = np.array([HOUR, 7 * HOUR, DAY])
    taken = alone(CAPACITY, HALF).solve(schedule).read(times, into(1, 2).T)[:, 0]
    assert taken == pytest.approx(CAPACITY * times / HOUR, rel=1e-6)


def test_no_dose_is_taken_up_faster_than_all_places_together_can() -> None:
    schedule = Schedule.of(into(2), [Dose(0, 0, 1e6)], end_s=HOUR)
    taken = canal().solve(schedule).end()[CELLS:].sum()
    assert 0.9 * CAPACITY * CELLS < taken < CAPACITY * CELLS


@given(st.lists(inputs, min_size=1, max_size=4))
@settings(max_examples=5)
def test_no_drug_is_made_or_lost_what_is_taken_up_counted(given_: list[Rate | Dose]) -> None:
    system = canal()
    schedule = Schedule.of(into(3), given_, end_s=2 * DAY)
    times = np.array([7, HOUR, 5 * HOUR + 1, DAY, 2 * DAY])
    solution = system.solve(schedule)
    there = solution.read(times, np.ones((1, SIZE)))[:, 0]
    gone = solution.read_integral(times, -system.matrix.sum(axis=0)[None])[:, 0]
    wrong = np.abs(there + gone - schedule.given_until(times)).max()
    assert wrong <= LOST * max(schedule.total_mcg, 1e-300)


@given(st.lists(inputs, min_size=1, max_size=4))
@settings(max_examples=5)
def test_at_the_edges_of_a_schedule_not_a_digit_is_lost(given_: list[Rate | Dose]) -> None:
    system = canal()
    schedule = Schedule.of(into(3), given_, end_s=2 * DAY)
    solution = system.solve(schedule)
    there = solution.read(schedule.edges_s, np.ones((1, SIZE)))[:, 0]
    gone = solution.read_integral(schedule.edges_s, -system.matrix.sum(axis=0)[None])[:, 0]
    wrong = np.abs(there + gone - schedule.given_until(schedule.edges_s)).max()
    assert wrong <= 1e-12 * max(schedule.total_mcg, 1e-300)


@given(st.lists(inputs, min_size=1, max_size=4))
@settings(max_examples=5)
def test_amounts_are_never_negative(given_: list[Rate | Dose]) -> None:
    schedule = Schedule.of(into(0), given_, end_s=2 * DAY)
    found = canal().solve(schedule).read(np.arange(0, 2 * DAY, 1111), np.eye(SIZE))
    assert found.min() >= -1e-11 * max(schedule.total_mcg, 1e-300)


def test_the_jacobian_is_the_derivative() -> None:
    system, here = canal(), np.linspace(0.5, 30.0, SIZE)
    exact = system.jacobian(here).toarray()
    for k, step in enumerate(np.eye(SIZE) * 1e-5):
        slope = (system.change(here + step) - system.change(here - step)) / 2e-5
        assert exact[:, k] == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_the_one_minute_bolus_is_not_missed() -> None:
    noon = DAY // 2
    schedule = Schedule.of(into(2), [Rate(0, noon, noon + 60, 10.0 * 60)], end_s=DAY)
    solution = canal().solve(schedule)
    there = solution.read(np.array([noon, noon + 60]), np.ones((1, SIZE)))[:, 0]
    gone = solution.read_integral(np.array([noon + 60]), -canal().matrix.sum(axis=0)[None])[0, 0]
    assert there[0] == 0.0
    assert there[1] + gone == pytest.approx(10.0, rel=1e-12)


def test_the_integral_is_that_of_what_is_read() -> None:
    schedule = Schedule.of(into(2), [Rate(0, 0, HOUR, 50.0), Dose(0, 2 * HOUR, 30.0)], end_s=DAY)
    solution = canal().solve(schedule)
    fine = np.arange(4 * HOUR, 5 * HOUR + 1)
    rows = np.eye(SIZE)
    read = solution.read(fine, rows)
    by_hand = np.trapezoid(read, fine / HOUR, axis=0)
    areas = solution.read_integral(fine[[0, -1]], rows)
    assert areas[1] - areas[0] == pytest.approx(by_hand, rel=1e-7)


def test_a_start_is_followed_on() -> None:
    whole = Schedule.of(into(2), [Dose(0, 0, 40.0), Dose(0, 9 * HOUR, 20.0)], end_s=DAY)
    first = Schedule.of(into(2), [Dose(0, 0, 40.0)], end_s=9 * HOUR)
    second = Schedule.of(into(2), [Dose(0, 0, 20.0)], end_s=15 * HOUR)
    state = canal().solve(second, canal().solve(first).end()).end()
    assert state == pytest.approx(canal().solve(whole).end(), rel=1e-7, abs=1e-9)


def test_a_dose_at_an_edge_is_in_what_is_read_there() -> None:
    schedule = Schedule.of(into(2), [Dose(0, HOUR, 40.0), Dose(0, DAY, 7.0)], end_s=DAY)
    solution = canal().solve(schedule)
    rows = np.ones((1, SIZE))
    assert solution.read(np.array([HOUR - 1, HOUR]), rows)[:, 0] == pytest.approx([0.0, 40.0])
    assert solution.end() == pytest.approx(solution.read(np.array([DAY]), np.eye(SIZE))[0])


def test_where_nothing_is_given_there_is_nothing() -> None:
    solution = canal().solve(Schedule.of(into(2), [], end_s=DAY))
    assert not solution.read(np.array([0, HOUR, DAY]), np.eye(SIZE)).any()


def test_a_time_outside_the_schedule_is_not_read() -> None:
    solution = canal().solve(Schedule.of(into(1), [], end_s=HOUR))
    for time_s in (-1, HOUR + 1):
        with pytest.raises(ValueError, match="outside the schedule"):
            solution.read(np.array([time_s]), np.ones((1, SIZE)))


def test_a_steady_state_is_not_promised() -> None:
    with pytest.raises(ValidityError, match="no steady state that could be found at once"):
        canal().steady_state(np.ones(SIZE))
    with pytest.raises(ValidityError, match="no steady state that could be found at once"):
        canal().repeat(Schedule.of(into(1), [Dose(0, 0, 1.0)], end_s=DAY))
