"""Every exact method against matrix exponentials, many digits, physics, and the other methods."""

from __future__ import annotations

from functools import cache

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from tests.body.bodies import DAY, HOUR, adult
from tests.body.lines import Line, line
from thecal.body.choice import PROPAGATORS, choose_propagator
from thecal.body.contour import ContourSystem
from thecal.body.modal import ModalSystem
from thecal.body.network import Network
from thecal.body.propagator import Propagator
from thecal.body.schedule import Dose, Rate, Schedule
from thecal.errors import InputError, ValidityError

Array = NDArray[np.float64]
Method = type[Propagator]

YEAR = 365 * DAY
WITHIN = 1e-10
"""The promised error, as a share of the peak."""

EACH = pytest.mark.parametrize("method", PROPAGATORS, ids=lambda method: method.name)


@cache
def taken_apart(method: Method, body: str) -> Propagator:
    """Return a body in the hands of a method, made once for all tests."""
    network = {"adult": lambda: adult().network, "canal": lambda: small().network}[body]()
    return method.of(network.matrix, network.volume)


@cache
def small() -> Line:
    return line(9.0, 6, flow_ml_per_h=1.0)


@cache
def swept() -> Line:
    """Return a canal in which drug is swept along: its modes are nearly parallel."""
    return line(60.0, 30, dispersion=0.05, flow_ml_per_h=150.0)


def into(network: Network, cell: int) -> Array:
    """Return a channel into one cell of the canal, shape (n, 1)."""
    channel = np.zeros((network.size, 1))
    channel[network.groups["csf"][cell], 0] = 1.0
    return channel


def by_exponentials(matrix: Array, schedule: Schedule, times_s: list[int]) -> tuple[Array, Array]:
    """Return amounts and their time integrals, shapes (t, n): one exponential for each interval."""
    size = len(matrix)
    augmented = np.zeros((2 * size + 1, 2 * size + 1))
    augmented[:size, :size] = matrix
    augmented[size : 2 * size, :size] = np.eye(size)
    stops = sorted({*schedule.edges_s.tolist(), *times_s})
    over = {span: expm(augmented * (span / HOUR)) for span in set(np.diff(stops).tolist())}
    state = np.zeros(2 * size + 1)
    found = {}
    edges = schedule.edges_s.tolist()
    for k, at_s in enumerate(stops):
        if at_s in edges:
            state[:size] += schedule.channels @ schedule.boluses[edges.index(at_s)]
        found[at_s] = state.copy()
        if at_s != stops[-1]:
            interval = int(np.searchsorted(schedule.edges_s, at_s, side="right")) - 1
            augmented[:size, -1] = schedule.channels @ schedule.rates[interval]
            span = stops[k + 1] - at_s
            if augmented[:size, -1].any():
                state[-1] = 1.0
                state = expm(augmented * (span / HOUR)) @ state
                state[-1] = 0.0
            else:
                state = over[span] @ state
    chosen = np.array([found[at_s] for at_s in times_s])
    return chosen[:, :size], chosen[:, size : 2 * size]


def off(found: Array, wanted: Array) -> float:
    """Return the largest error as a share of the peak of its own column."""
    peak = np.abs(wanted).max(axis=0)
    used = peak > 0.0
    return float((np.abs(found - wanted).max(axis=0)[used] / peak[used]).max())


amounts = st.floats(0.0, 100.0)
starts = st.integers(0, 3 * DAY)
inputs = st.one_of(
    st.builds(
        lambda at_s, span_s, mcg: Rate(0, at_s, at_s + span_s, mcg / (span_s / HOUR)),
        starts,
        st.sampled_from([1, 7, 60, 900, HOUR, 5 * HOUR, DAY]),
        amounts,
    ),
    st.builds(lambda at_s, mcg: Dose(0, at_s, mcg), starts, amounts),
)


@EACH
@given(st.lists(inputs, min_size=1, max_size=5), st.lists(starts, min_size=1, max_size=3))
@settings(max_examples=25)
def test_any_schedule_agrees_with_matrix_exponentials(
    method: Method, given_: list[Rate | Dose], times: list[int]
) -> None:
    schedule = Schedule.of(into(small().network, 2), given_, end_s=4 * DAY)
    peaks = [*times, *(one.end_s if isinstance(one, Rate) else one.at_s for one in given_), 4 * DAY]
    solution = taken_apart(method, "canal").solve(schedule)
    wanted, areas = by_exponentials(small().network.matrix, schedule, peaks)
    read = solution.read(np.array(peaks), np.eye(6))
    integral = solution.read_integral(np.array(peaks), np.eye(6))
    given_mcg = max(schedule.total_mcg, 1e-300)
    assert np.abs(read - wanted).max() <= WITHIN * given_mcg
    assert np.abs(integral - areas).max() <= WITHIN * max(float(areas.max()), given_mcg)


@EACH
def test_the_whole_body_agrees_with_matrix_exponentials_at_each_site(method: Method) -> None:
    network = adult().network
    schedule = Schedule.of(
        into(network, 40),
        [Rate(0, 0, HOUR, 30.0), Rate(0, HOUR, 6 * HOUR, 80.0), Dose(0, 2 * HOUR, 40.0)],
        end_s=DAY,
    )
    times = [60, 1800, HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, DAY]
    solution = taken_apart(method, "adult").solve(schedule)
    wanted, areas = by_exponentials(network.matrix, schedule, times)
    rows = np.eye(network.size)
    assert off(solution.read(np.array(times), rows), wanted) < WITHIN
    assert off(solution.read_integral(np.array(times), rows), areas) < WITHIN


@EACH
@pytest.mark.parametrize("span_s", [1, 60, HOUR, DAY])
def test_a_bolus_of_any_length_agrees_with_fifty_digits(method: Method, span_s: int) -> None:
    network = small().network
    rate = Rate(0, 0, span_s, 10.0 / (span_s / HOUR))
    schedule = Schedule.of(into(network, 2), [rate], end_s=2 * DAY)
    times = [span_s, span_s + 60, span_s + HOUR, 2 * DAY]
    found = taken_apart(method, "canal").solve(schedule).read(np.array(times), np.eye(6))
    assert np.abs(found - in_fifty_digits(network.matrix, span_s, times)).max() < 1e-11 * 10.0


def in_fifty_digits(matrix: Array, span_s: int, times: list[int]) -> Array:
    """Return the amounts after 10 mcg over a span into cell 2, shape (t, n)."""
    size = len(matrix)
    with mpmath.workdps(50):
        exact = mpmath.matrix(matrix.tolist())
        source = mpmath.matrix([0] * size)
        source[2] = 1
        hours = mpmath.mpf(span_s) / HOUR
        grown = mpmath.expm(exact * hours, method="taylor") - mpmath.eye(size)
        after = mpmath.lu_solve(exact, grown * source) * (10 / hours)
        later = [exact * (mpmath.mpf(at_s - span_s) / HOUR) for at_s in times]
        states = [mpmath.expm(one, method="taylor") * after for one in later]
        return np.array([[float(x) for x in state] for state in states])


@EACH
def test_the_one_minute_bolus_is_not_missed(method: Method) -> None:
    network = adult().network
    noon = DAY // 2
    bolus = Rate(0, noon, noon + 60, 10.0 * 60)
    schedule = Schedule.of(into(network, 40), [bolus], end_s=DAY)
    solution = taken_apart(method, "adult").solve(schedule)
    times, everything = np.array([noon, noon + 60, DAY]), np.ones((1, network.size))
    leaving = -network.matrix.sum(axis=0)[None]
    there, gone = solution.read(times, everything), solution.read_integral(times, leaving)
    assert (there + gone)[:, 0] == pytest.approx([0.0, 10.0, 10.0], rel=1e-11)


@EACH
@given(st.lists(inputs, min_size=1, max_size=6))
@settings(max_examples=10)
def test_no_drug_is_made_or_lost(method: Method, given_: list[Rate | Dose]) -> None:
    network = adult().network
    schedule = Schedule.of(into(network, 12), given_, end_s=4 * DAY)
    times = np.array([5, HOUR, DAY, 4 * DAY])
    solution = taken_apart(method, "adult").solve(schedule)
    there = solution.read(times, np.ones((1, network.size)))[:, 0]
    gone = solution.read_integral(times, -network.matrix.sum(axis=0)[None])[:, 0]
    wrong = np.abs(there + gone - schedule.given_until(times)).max()
    assert wrong <= WITHIN * max(schedule.total_mcg, 1e-300)


@EACH
def test_a_year_of_hourly_rates_agrees_with_the_other_methods(method: Method) -> None:
    network = adult().network
    rates = np.random.default_rng(5).uniform(20.0, 180.0, 24 * 365)
    hourly = [Rate(0, h * HOUR, (h + 1) * HOUR, rate) for h, rate in enumerate(rates.tolist())]
    schedule = Schedule.of(into(network, 40), hourly, end_s=YEAR)
    times = np.arange(0, YEAR + 1, 7 * DAY + 1000)
    rows = np.eye(network.size)
    found = [
        taken_apart(one, "adult").solve(schedule).read(times, rows)
        for one in (method, PROPAGATORS[0])
    ]
    assert off(*found) < WITHIN


@EACH
@pytest.mark.parametrize("years", [1, 100])
def test_a_single_interval_of_years_leads_to_the_steady_state(method: Method, years: int) -> None:
    network = adult().network
    system, channel = taken_apart(method, "adult"), into(network, 40)
    schedule = Schedule.of(channel, [Rate(0, 0, years * YEAR, 80.0)], end_s=years * YEAR)
    reached = system.solve(schedule).read(np.array([years * YEAR]), np.eye(network.size))[0]
    steady = system.steady_state(channel[:, 0] * 80.0)
    assert np.abs(network.matrix @ steady + channel[:, 0] * 80.0).max() < 1e-9
    assert reached == pytest.approx(steady, rel=1e-9, abs=1e-12)


@EACH
@pytest.mark.parametrize("every_s", [900, 8 * HOUR, 7 * DAY])
def test_a_period_that_repeats_for_ever_ends_as_it_starts(method: Method, every_s: int) -> None:
    network = adult().network
    system = taken_apart(method, "adult")
    period = Schedule.of(
        into(network, 40), [Dose(0, 300, 9.0), Rate(0, 400, 700, 12.0)], end_s=every_s
    )
    start = system.repeat(period)
    end = system.solve(period, start).read(np.array([every_s]), np.eye(network.size))[0]
    assert np.abs(end - start).max() < 1e-12 * 10.0
    mean = 10.0 * HOUR / every_s
    steady = system.steady_state(into(network, 40)[:, 0] * mean)
    area = system.solve(period, start).read_integral(np.array([every_s]), np.eye(network.size))[0]
    assert area * HOUR / every_s == pytest.approx(steady, rel=1e-8, abs=1e-12)


@EACH
def test_a_start_and_two_channels_are_followed(method: Method) -> None:
    network = small().network
    channels = np.hstack([into(network, 0), into(network, 5)])
    start = np.linspace(1.0, 6.0, 6)
    schedule = Schedule.of(channels, [Rate(0, 0, HOUR, 3.0), Dose(1, HOUR, 2.0)], end_s=DAY)
    found = taken_apart(method, "canal").solve(schedule, start).read(np.array([HOUR]), np.eye(6))
    grown = expm(network.matrix)
    settled = np.linalg.solve(network.matrix, (grown - np.eye(6)) @ channels[:, 0] * 3.0)
    assert found[0] == pytest.approx(grown @ start + settled + 2.0 * channels[:, 1], rel=1e-10)


@EACH
def test_a_time_outside_the_schedule_is_not_read(method: Method) -> None:
    solution = taken_apart(method, "canal").solve(
        Schedule.of(into(small().network, 1), [], end_s=HOUR)
    )
    for time_s in (-1, HOUR + 1):
        with pytest.raises(ValueError, match="outside the schedule"):
            solution.read(np.array([time_s]), np.ones((1, 6)))


@EACH
@pytest.mark.parametrize(
    "matrix", [[[-1.0, 1.0], [1.0, -1.0]], [[-1.0, 0.0], [0.5, 0.0]]], ids=["loop", "trap"]
)
def test_a_body_without_a_way_out_is_refused(method: Method, matrix: list[list[float]]) -> None:
    with pytest.raises(ValidityError, match="for ever"):
        method.of(np.array(matrix), np.ones(2))


def test_modes_that_are_nearly_parallel_are_left_to_the_contour() -> None:
    network = swept().network
    with pytest.raises(ValidityError, match="parallel"):
        ModalSystem.of(network.matrix, network.volume)
    assert isinstance(choose_propagator(network), ContourSystem)


@pytest.mark.parametrize("span_s", [60, HOUR, DAY])
def test_the_contour_is_exact_where_modes_are_nearly_parallel(span_s: int) -> None:
    network = swept().network
    rate = Rate(0, 0, span_s, 10.0 / (span_s / HOUR))
    schedule = Schedule.of(into(network, 2), [rate], end_s=2 * DAY)
    times = [1, 600, span_s, span_s + 600, span_s + 2 * HOUR, 2 * DAY]
    solution = choose_propagator(network).solve(schedule)
    wanted, areas = by_exponentials(network.matrix, schedule, times)
    assert np.abs(solution.read(np.array(times), np.eye(30)) - wanted).max() < WITHIN * 10.0
    integral = solution.read_integral(np.array(times), np.eye(30))
    assert np.abs(integral - areas).max() < WITHIN * areas.max()


def test_the_check_of_a_hyperbola_tells_the_exact_ones_from_the_others() -> None:
    windows = ContourSystem.of(swept().network.matrix, swept().network.volume).windows
    assert [windows.at(seconds).exact for seconds in (1.0, HOUR / 2.0, 20.0 * DAY)] == [
        True,
        False,
        True,
    ]


def test_a_body_whose_modes_are_well_apart_is_left_to_them() -> None:
    assert isinstance(choose_propagator(adult().network), ModalSystem)


@EACH
def test_a_method_may_be_named(method: Method) -> None:
    assert isinstance(choose_propagator(small().network, method.name), method)


def test_a_named_method_that_cannot_is_not_replaced() -> None:
    with pytest.raises(ValidityError, match="parallel"):
        choose_propagator(swept().network, "modal")


def test_an_unknown_method_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r'"magic" is not .* write "modal" or "contour"'):
        choose_propagator(small().network, "magic")
