"""The eigenvector solution against other methods: dense exponentials and many digits."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.linalg import expm

from tests.body.bodies import DAY, HOUR, adult, depth
from tests.body.lines import line
from thecal.body import Dose, ModalSystem, Rate, Schedule
from thecal.errors import InputError, ValidityError


def test_a_day_of_changing_rates_agrees_with_the_matrix_exponential() -> None:
    body = adult()
    channel = body.tip_channel(depth("T10"))
    random = np.random.default_rng(7)
    rates = random.uniform(0.0, 200.0, 24)
    schedule = Schedule.of(
        channel[:, None],
        [Rate(0, h * HOUR, (h + 1) * HOUR, rates[h]) for h in range(24)],
        end_s=DAY,
    )
    times = np.arange(0, DAY + 1, HOUR, dtype=np.int64)
    found = body.system.solve(schedule).read(times, np.eye(body.network.size))
    step = expm(body.network.matrix)
    settle = np.linalg.solve(body.network.matrix, step - np.eye(body.network.size)) @ channel
    state, wanted = np.zeros(body.network.size), [np.zeros(body.network.size)]
    for rate in rates:
        state = step @ state + settle * rate
        wanted.append(state)
    assert np.abs(found - np.array(wanted)).max() < 1e-9 * np.abs(found).max()


@pytest.mark.parametrize("span_s", [1, 60, HOUR, DAY])
def test_infusions_of_a_second_to_a_day_agree_with_fifty_digits(span_s: int) -> None:
    tested = line(9.0, 6, flow_ml_per_h=1.0)
    schedule = Schedule.of(
        tested.source(2)[:, None], [Rate(0, 0, span_s, 10.0 / (span_s / HOUR))], end_s=2 * DAY
    )
    times = [span_s, span_s + HOUR, 2 * DAY]
    found = tested.system.solve(schedule).read(np.array(times), np.eye(6))
    with mpmath.workdps(50):
        matrix = mpmath.matrix(tested.network.matrix.tolist())
        source = mpmath.matrix(tested.source(2).tolist())
        hours = mpmath.mpf(span_s) / HOUR
        grown = mpmath.expm(matrix * hours, method="taylor") - mpmath.eye(6)
        after = mpmath.lu_solve(matrix, grown * source) * (10 / hours)
        for row, at_s in enumerate(times):
            later = mpmath.expm(matrix * (mpmath.mpf(at_s - span_s) / HOUR), method="taylor")
            wanted = np.array([float(x) for x in later * after])
            assert np.abs(found[row] - wanted).max() < 1e-11 * found.max()


def test_the_integral_is_the_integral() -> None:
    body = adult()
    schedule = Schedule.of(
        body.tip_channel(depth("T10"))[:, None],
        [Rate(0, HOUR, 5 * HOUR, 30.0), Dose(0, 2 * HOUR, 40.0)],
        end_s=DAY,
    )
    solution = body.system.solve(schedule)
    row = body.plasma_row()[None]
    times = np.arange(0, DAY + 1, 10, dtype=np.int64)
    curve = solution.read(times, row)[:, 0]
    found = solution.read_integral(np.array([DAY]), row)[0, 0]
    assert found == pytest.approx(np.trapezoid(curve, times / HOUR), rel=1e-6)


def test_two_infusions_in_a_row_act_as_one_long_infusion() -> None:
    tested = line(60.0, 40)
    channel = tested.source(12)[:, None]
    rows = np.eye(40)
    times = np.array([HOUR, 7 * HOUR, 20 * HOUR])
    one = Schedule.of(channel, [Rate(0, 0, 10 * HOUR, 5.0)], end_s=DAY)
    two = Schedule.of(channel, [Rate(0, 0, 3601, 5.0), Rate(0, 3601, 10 * HOUR, 5.0)], end_s=DAY)
    first = tested.system.solve(one).read(times, rows)
    assert tested.system.solve(two).read(times, rows) == pytest.approx(first, rel=1e-12, abs=1e-13)


@given(st.integers(0, 23), st.floats(0.1, 50.0), st.floats(0.1, 50.0))
@settings(max_examples=30, deadline=None)
def test_effects_add_up(hour: int, one: float, other: float) -> None:
    tested = line(60.0, 30)
    channel = tested.source(12)[:, None]
    times = np.array([DAY])

    def after(inputs: list[Rate | Dose]) -> NDArray[np.float64]:
        schedule = Schedule.of(channel, inputs, end_s=DAY)
        return np.asarray(tested.system.solve(schedule).read(times, np.eye(30))[0])

    a: Rate | Dose = Dose(0, hour * HOUR, one)
    b: Rate | Dose = Rate(0, 0, (hour + 1) * HOUR, other)
    assert after([a, b]) == pytest.approx(after([a]) + after([b]), rel=1e-10, abs=1e-14)


def test_a_day_that_repeats_for_ever_starts_as_it_ends() -> None:
    body = adult()
    channel = body.oral_channel("extended-release")[:, None]
    period = Schedule.of(channel, [Dose(0, 900, 66_667.0)], end_s=8 * HOUR)
    start = body.system.repeat(period)
    solution = body.system.solve(period, start)
    end = solution.read(np.array([8 * HOUR]), np.eye(body.network.size))[0]
    assert end == pytest.approx(start, rel=1e-9)


def test_the_steady_state_is_where_a_long_infusion_leads() -> None:
    # csf.md 2.15
    body = adult()
    channel = body.tip_channel(depth("T10"))
    month = 30 * DAY
    schedule = Schedule.of(channel[:, None], [Rate(0, 0, month, 80.0)], end_s=month)
    reached = body.system.solve(schedule).read(np.array([month]), np.eye(body.network.size))[0]
    assert reached == pytest.approx(body.system.steady_state(channel * 80.0), rel=1e-8)


def test_a_reading_at_an_edge_counts_the_bolus_there() -> None:
    tested = line(9.0, 3)
    schedule = Schedule.of(tested.source(1)[:, None], [Dose(0, HOUR, 4.0)], end_s=HOUR)
    found = tested.system.solve(schedule).read(np.array([HOUR]), np.ones((1, 3)))[0, 0]
    assert found == pytest.approx(4.0, rel=1e-12)


def test_a_time_outside_the_schedule_is_not_read() -> None:
    tested = line(9.0, 3)
    solution = tested.system.solve(Schedule.of(tested.source(1)[:, None], [], end_s=HOUR))
    with pytest.raises(ValueError, match="outside the schedule"):
        solution.read(np.array([HOUR + 1]), np.ones((1, 3)))


def test_a_body_without_a_way_out_is_refused() -> None:
    matrix = np.array([[-1.0, 1.0], [1.0, -1.0]])
    with pytest.raises(ValidityError, match="way out"):
        ModalSystem.of(matrix, np.ones(2))


@pytest.mark.parametrize(
    ("one", "sentence"),
    [
        (Rate(0, 0, 10, -1.0), "not an amount"),
        (Rate(0, 0, 10, float("nan")), "not an amount"),
        (Dose(0, 0, float("inf")), "not an amount"),
        (Rate(0, 10, 5, 1.0), "before its start"),
    ],
)
def test_impossible_inputs_are_refused(one: Rate | Dose, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        Schedule.of(np.ones((1, 1)), [one], end_s=DAY)


def test_a_schedule_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(InputError, match="not after the start"):
        Schedule.of(np.ones((1, 1)), [], end_s=0)


def test_what_lies_outside_a_schedule_is_cut_off() -> None:
    inputs: list[Rate | Dose] = [Rate(0, 0, 4 * HOUR, 6.0), Dose(0, 5 * HOUR, 9.0)]
    schedule = Schedule.of(np.ones((1, 1)), inputs, end_s=2 * HOUR)
    assert schedule.total_mcg == pytest.approx(12.0)
