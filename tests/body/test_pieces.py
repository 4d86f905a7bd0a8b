"""Pieces that follow each other: against matrix exponentials, many digits, and the other method."""

from __future__ import annotations

from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from tests.body.bodies import DAY, HOUR, morphine
from tests.body.lines import Line, line
from thecal.body import DayBody, Piece, build_day, load_anatomy
from thecal.body.choice import PROPAGATORS
from thecal.body.pieces import PiecewiseSystem
from thecal.body.propagator import Propagator
from thecal.body.schedule import Dose, Rate, Schedule
from thecal.errors import InputError, ValidityError

Array = NDArray[np.float64]
Method = type[Propagator]

CELLS = 6
BEGINS = (7 * HOUR, 23 * HOUR)
AT = 8 * HOUR
WITHIN = 1e-10
"""The promised error, as a share of what is given."""

EACH = pytest.mark.parametrize("method", PROPAGATORS, ids=lambda method: method.name)


@cache
def lines() -> tuple[Line, Line]:
    """Return a canal by day and by night: another flow, and another dispersion."""
    return line(9.0, CELLS, flow_ml_per_h=1.0), line(9.0, CELLS, dispersion=12.0, flow_ml_per_h=2.5)


@cache
def small(method: Method) -> PiecewiseSystem:
    apart = tuple(method.of(one.network.matrix, one.network.volume) for one in lines())
    return PiecewiseSystem(apart, BEGINS, DAY, AT)


@cache
def adult_day() -> DayBody:
    day = [
        Piece.of(7 * HOUR, posture="upright", activity="moving"),
        Piece.of(15 * HOUR, csf_formation="evening"),
        Piece.of(23 * HOUR, csf_formation="night"),
    ]
    return build_day(load_anatomy("adult"), morphine(), day, at_s=AT)


@cache
def adult(method: Method) -> PiecewiseSystem:
    body = adult_day()
    apart = tuple(method.of(one.matrix, one.volume) for one in body.networks)
    return PiecewiseSystem(apart, tuple(one.from_s for one in body.pieces), DAY, AT)


def into(cell: int) -> Array:
    channel = np.zeros((CELLS, 1))
    channel[cell, 0] = 1.0
    return channel


def matrix_at(second: float) -> Array:
    """Return the matrix that holds just after a second of the schedule."""
    by_day = BEGINS[0] <= (second + AT) % DAY < BEGINS[1]
    return lines()[0 if by_day else 1].network.matrix


def by_exponentials(schedule: Schedule, times_s: list[int]) -> tuple[Array, Array]:
    """Return amounts and their time integrals, shapes (t, n): one exponential for each span."""
    first, last = int(schedule.edges_s[0]), int(schedule.edges_s[-1])
    changes = [k * DAY + one - AT for k in range(-2, last // DAY + 2) for one in BEGINS]
    inside = [one for one in changes if first < one < last]
    stops = sorted({*schedule.edges_s.tolist(), *times_s, *inside})
    augmented = np.zeros((2 * CELLS + 1, 2 * CELLS + 1))
    augmented[CELLS : 2 * CELLS, :CELLS] = np.eye(CELLS)
    state = np.zeros(2 * CELLS + 1)
    edges = schedule.edges_s.tolist()
    found = {}
    for k, at_s in enumerate(stops):
        if at_s in edges:
            state[:CELLS] += schedule.channels @ schedule.boluses[edges.index(at_s)]
        found[at_s] = state.copy()
        if at_s != stops[-1]:
            interval = int(np.searchsorted(schedule.edges_s, at_s, side="right")) - 1
            augmented[:CELLS, :CELLS] = matrix_at(at_s)
            augmented[:CELLS, -1] = schedule.channels @ schedule.rates[interval]
            state[-1] = 1.0
            state = expm(augmented * ((stops[k + 1] - at_s) / HOUR)) @ state
    chosen = np.array([found[at_s] for at_s in times_s])
    return chosen[:, :CELLS], chosen[:, CELLS : 2 * CELLS]


starts = st.integers(0, 3 * DAY)
inputs = st.one_of(
    st.builds(
        lambda at_s, span_s, mcg: Rate(0, at_s, at_s + span_s, mcg / (span_s / HOUR)),
        starts,
        st.sampled_from([1, 60, HOUR, 5 * HOUR, DAY]),
        st.floats(0.0, 100.0),
    ),
    st.builds(lambda at_s, mcg: Dose(0, at_s, mcg), starts, st.floats(0.0, 100.0)),
)


@EACH
@given(st.lists(inputs, min_size=1, max_size=4), st.lists(starts, min_size=1, max_size=3))
@settings(max_examples=20)
def test_any_schedule_agrees_with_the_exponentials_of_each_piece(
    method: Method, given_: list[Rate | Dose], times: list[int]
) -> None:
    schedule = Schedule.of(into(2), given_, end_s=4 * DAY)
    asked = [*times, 15 * HOUR, 23 * HOUR, 4 * DAY]
    solution = small(method).solve(schedule)
    wanted, areas = by_exponentials(schedule, asked)
    read = solution.read(np.array(asked), np.eye(CELLS))
    integral = solution.read_integral(np.array(asked), np.eye(CELLS))
    given_mcg = max(schedule.total_mcg, 1e-300)
    assert np.abs(read - wanted).max() <= WITHIN * given_mcg
    assert np.abs(integral - areas).max() <= WITHIN * max(float(areas.max()), given_mcg)
    assert np.abs(solution.end() - wanted[-1]).max() <= WITHIN * given_mcg


@EACH
@given(st.lists(inputs, min_size=1, max_size=4))
@settings(max_examples=15)
def test_equal_pieces_are_the_constant_body(method: Method, given_: list[Rate | Dose]) -> None:
    network = lines()[0].network
    twice = tuple(method.of(network.matrix, network.volume) for _ in BEGINS)
    schedule = Schedule.of(into(3), given_, end_s=4 * DAY)
    times = np.arange(0, 4 * DAY + 1, 5000)
    whole = twice[0].solve(schedule)
    pieces = PiecewiseSystem(twice, BEGINS, DAY, AT).solve(schedule)
    rows = np.eye(CELLS)
    off = np.abs(pieces.read(times, rows) - whole.read(times, rows)).max()
    areas = whole.read_integral(times, rows)
    area_off = np.abs(pieces.read_integral(times, rows) - areas).max()
    assert off <= WITHIN * max(schedule.total_mcg, 1e-300)
    assert area_off <= WITHIN * max(float(areas.max()), schedule.total_mcg, 1e-300)


@EACH
def test_two_pieces_agree_with_fifty_digits(method: Method) -> None:
    rate = Rate(0, 14 * HOUR, 16 * HOUR, 5.0)
    schedule = Schedule.of(into(2), [rate, Dose(0, 15 * HOUR, 3.0)], end_s=2 * DAY)
    asked = [15 * HOUR, 16 * HOUR, 23 * HOUR, 2 * DAY]
    found = small(method).solve(schedule).read(np.array(asked), np.eye(CELLS))
    assert np.abs(found - in_fifty_digits(asked)).max() < 1e-11 * schedule.total_mcg


def in_fifty_digits(asked: list[int]) -> Array:
    """Return the amounts under that schedule, whose night begins in the middle of the infusion."""
    by_day, by_night = (one.network.matrix for one in lines())
    # From, until, the matrix, mcg/h into cell 2, and what is there at once when it begins.
    spans = [
        (14, 15, by_day, 5, 0),
        (15, 16, by_night, 5, 3),
        (16, 23, by_night, 0, 0),
        (23, 39, by_day, 0, 0),
        (39, 47, by_night, 0, 0),
        (47, 48, by_day, 0, 0),
    ]
    with mpmath.workdps(50):
        source = mpmath.matrix([0] * CELLS)
        source[2] = 1
        state = mpmath.matrix([0] * CELLS)
        reached = {}
        for begin, end, matrix, rate, dose in spans:
            state = state + dose * source
            reached[begin * HOUR] = state
            exact = mpmath.matrix(matrix.tolist())
            grown = mpmath.expm(exact * (end - begin), method="taylor")
            gained = mpmath.lu_solve(exact, (grown - mpmath.eye(CELLS)) * source) * rate
            state = grown * state + gained
            reached[end * HOUR] = state
        return np.array([[float(x) for x in reached[at_s]] for at_s in asked])


@EACH
def test_both_methods_agree_on_the_whole_body_through_its_day(method: Method) -> None:
    body = adult_day()
    channel = body.channel("intrathecal", "T10")[:, None]
    hourly = np.random.default_rng(5).uniform(20.0, 180.0, 10 * 24).tolist()
    rates = [Rate(0, h * HOUR, (h + 1) * HOUR, rate) for h, rate in enumerate(hourly)]
    schedule = Schedule.of(channel, [*rates, Dose(0, 7 * HOUR, 300.0)], end_s=10 * DAY)
    times, rows = np.arange(0, 10 * DAY + 1, 5 * HOUR), np.eye(body.network.size)
    found, other = (
        adult(one).solve(schedule).read(times, rows) for one in (method, PROPAGATORS[0])
    )
    peak = other.max(axis=0)
    used = peak > 0.0
    assert (np.abs(found - other).max(axis=0)[used] / peak[used]).max() < WITHIN


@EACH
@given(st.lists(inputs, min_size=1, max_size=5))
@settings(max_examples=8)
def test_no_drug_is_made_or_lost_between_pieces(method: Method, given_: list[Rate | Dose]) -> None:
    body = adult_day()
    channel = body.channel("intrathecal", "L3")[:, None]
    schedule = Schedule.of(channel, given_, end_s=4 * DAY)
    times = np.array([5, 15 * HOUR, DAY, 4 * DAY])
    solution = adult(method).solve(schedule)
    there = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    wrong = np.abs(there + gone - schedule.given_until(times)).max()
    assert wrong <= WITHIN * max(schedule.total_mcg, 1e-300)


def test_no_drug_is_made_or_lost_in_a_year_of_days() -> None:
    body, year = adult_day(), 365 * DAY
    channel = body.channel("intrathecal", "T10")[:, None]
    schedule = Schedule.of(channel, [Rate(0, 0, year, 80.0)], end_s=year)
    solution = body.system.solve(schedule)
    times = np.array([year])
    there = solution.read(times, body.amount_row()[None])
    gone = solution.read_integral(times, body.exit_row()[None])
    assert (there + gone)[0, 0] == pytest.approx(schedule.total_mcg, rel=WITHIN)


@EACH
def test_amounts_are_never_negative(method: Method) -> None:
    body = adult_day()
    channel = body.channel("intrathecal", "L3")[:, None]
    schedule = Schedule.of(channel, [Dose(0, HOUR, 100.0)], end_s=3 * DAY)
    found = adult(method).solve(schedule).read(np.arange(0, 3 * DAY, 4000), np.eye(len(channel)))
    assert found.min() >= -1e-11 * 100.0


@EACH
@pytest.mark.parametrize("at_s", [15 * HOUR, 23 * HOUR])
def test_a_dose_at_the_very_change_counts_once(method: Method, at_s: int) -> None:
    schedule = Schedule.of(into(1), [Dose(0, at_s, 4.0)], end_s=2 * DAY)
    solution = small(method).solve(schedule)
    asked = np.array([at_s - 1, at_s])
    before, after = solution.read(asked, np.ones((1, CELLS)))[:, 0]
    assert (before, after) == pytest.approx((0.0, 4.0), abs=1e-12)


def test_a_dose_at_the_last_edge_is_in_what_is_read_there() -> None:
    schedule = Schedule.of(into(1), [Dose(0, 15 * HOUR, 4.0)], end_s=15 * HOUR)
    solution = small(PROPAGATORS[0]).solve(schedule)
    assert solution.read(np.array([15 * HOUR]), np.eye(CELLS))[0, 1] == pytest.approx(4.0)
    assert solution.end()[1] == pytest.approx(4.0)


@EACH
@pytest.mark.parametrize("every_s", [HOUR, 8 * HOUR, DAY, 36 * HOUR])
def test_a_period_that_repeats_for_ever_comes_back(method: Method, every_s: int) -> None:
    body, system = adult_day(), adult(method)
    channel = body.channel("intrathecal", "T10")[:, None]
    given_: list[Rate | Dose] = [Dose(0, 300, 9.0), Rate(0, 400, 700, 12.0)]
    start = system.repeat(Schedule.of(channel, given_, end_s=every_s))
    # Both come round together after three days at the latest.
    turns = 3 * DAY // every_s
    again: list[Rate | Dose] = [Dose(0, 300 + k * every_s, 9.0) for k in range(turns)]
    again += [Rate(0, 400 + k * every_s, 700 + k * every_s, 12.0) for k in range(turns)]
    long = Schedule.of(channel, again, end_s=3 * DAY)
    end = system.solve(long, start).end()
    assert np.abs(end - start).sum() <= 1e-10 * start.sum()


def test_a_period_that_repeats_is_where_many_days_lead() -> None:
    system = small(PROPAGATORS[0])
    daily = [Dose(0, HOUR + k * DAY, 9.0) for k in range(20)]
    start = system.repeat(Schedule.of(into(4), daily[:1], end_s=DAY))
    reached = system.solve(Schedule.of(into(4), daily, end_s=20 * DAY)).end()
    assert reached == pytest.approx(start, rel=1e-10)


def test_the_mean_of_the_day_carries_out_what_is_put_in() -> None:
    body = adult_day()
    mean = body.system.steady_state(body.channel("intrathecal", "T10") * 80.0)
    assert body.exit_row() @ mean == pytest.approx(80.0, rel=1e-9)


def test_the_pieces_of_the_mean_are_as_long_as_they_hold() -> None:
    network = lines()[0].network
    same = PROPAGATORS[0].of(network.matrix, network.volume)
    system = PiecewiseSystem((same, same), BEGINS, DAY, AT)
    by_day, by_night = system.settled(into(2)[:, 0])
    steady = same.steady_state(into(2)[:, 0])
    assert by_day == pytest.approx(steady * 16 / 24, rel=1e-9)
    assert by_night == pytest.approx(steady * 8 / 24, rel=1e-9)


def test_before_the_first_piece_of_a_day_the_last_one_holds() -> None:
    system = small(PROPAGATORS[0])
    clock = np.array([0, 7 * HOUR - 1, 7 * HOUR, 23 * HOUR - 1, 23 * HOUR, 31 * HOUR]) - AT
    assert system.piece_at(clock).tolist() == [1, 1, 0, 0, 1, 0]


def test_an_interval_that_never_falls_in_with_the_day_is_refused() -> None:
    period = Schedule.of(into(1), [Dose(0, 0, 1.0)], end_s=DAY - 1)
    with pytest.raises(ValidityError, match="goes into the day"):
        small(PROPAGATORS[0]).repeat(period)


@pytest.mark.parametrize(
    ("begins", "sentence"),
    [((HOUR, HOUR), "must rise"), ((2 * HOUR, HOUR), "must rise"), ((0, DAY), "must rise")],
    ids=["at once", "out of order", "beyond the day"],
)
def test_pieces_that_do_not_rise_within_the_day_are_refused(
    begins: tuple[int, ...], sentence: str
) -> None:
    systems = small(PROPAGATORS[0]).systems
    with pytest.raises(InputError, match=sentence):
        PiecewiseSystem(systems, begins, DAY)


@pytest.mark.parametrize("begins", [(), (HOUR,)], ids=["none", "one too few"])
def test_as_many_pieces_as_bodies_are_asked_for(begins: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="pieces for 2 bodies"):
        PiecewiseSystem(small(PROPAGATORS[0]).systems, begins, DAY)


def test_a_time_outside_the_schedule_is_not_read() -> None:
    solution = small(PROPAGATORS[0]).solve(Schedule.of(into(1), [], end_s=DAY))
    for time_s in (-1, DAY + 1):
        with pytest.raises(ValueError, match="outside the schedule"):
            solution.read(np.array([time_s]), np.ones((1, CELLS)))
