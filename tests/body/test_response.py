"""A whole schedule read by one hyperbola, against the walk from event to event."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.body.bodies import DAY, HOUR, adult, depth
from tests.body.lines import Line, line
from thecal.body import Body, Dose, Rate, Schedule
from thecal.body.contour import ACCEPTED, ContourSystem
from thecal.body.response import read_course

Array = NDArray[np.float64]


def month(body: Body) -> Schedule:
    rates = np.random.default_rng(3).uniform(20.0, 180.0, 24 * 30).tolist()
    hourly = [Rate(0, h * HOUR, (h + 1) * HOUR, rate) for h, rate in enumerate(rates)]
    return Schedule.of(body.tip_channel(depth("T10"))[:, None], hourly, end_s=30 * DAY)


def swept() -> Line:
    return line(60.0, 30, dispersion=0.05, flow_ml_per_h=150.0)


def test_a_month_is_read_as_the_walk_reads_it() -> None:
    body = adult()
    schedule, times = month(body), np.arange(900, 30 * DAY, 7 * HOUR + 1300)
    rows = np.vstack([body.csf_rows(), body.plasma_row(), body.pool_row("ventricle")])
    found, doubt = read_course(body.network.matrix, schedule, times, rows)
    walk = ContourSystem.of(body.network.matrix, body.network.volume).windows.walk(schedule)
    wanted = walk.read(times, rows, integral=False)
    assert doubt < ACCEPTED
    assert (np.abs(found - wanted).max(axis=0) / wanted.max(axis=0)).max() < 1e-11


def test_times_come_back_in_the_order_in_which_they_were_asked() -> None:
    body, times = adult(), np.array([DAY, 0, 5 * HOUR, DAY, 60])
    rows = body.amount_row()[None]
    schedule = month(body)
    found, _ = read_course(body.network.matrix, schedule, times, rows)
    one_by_one = [
        read_course(body.network.matrix, schedule, times[k : k + 1], rows) for k in range(5)
    ]
    assert found[:, 0] == pytest.approx([one[0][0, 0] for one in one_by_one], rel=1e-11)


def test_what_lies_after_the_last_time_does_not_matter() -> None:
    tested = line(9.0, 6, flow_ml_per_h=1.0)
    channel = tested.source(2)[:, None]
    short = Schedule.of(channel, [Rate(0, 0, HOUR, 3.0)], end_s=HOUR)
    long = Schedule.of(channel, [Rate(0, 0, HOUR, 3.0), Dose(0, DAY, 9.0)], end_s=3650 * DAY)
    both = [
        read_course(tested.network.matrix, one, np.array([600, HOUR]), np.eye(6))[0]
        for one in (short, long)
    ]
    assert both[0] == pytest.approx(both[1], rel=1e-12)


def test_a_channel_without_input_reads_nothing() -> None:
    tested = line(9.0, 6)
    nothing = Schedule.of(np.zeros((6, 0)), [], end_s=DAY)
    values, doubt = read_course(tested.network.matrix, nothing, np.array([0, DAY]), np.eye(6))
    assert not values.any()
    assert doubt == 0.0


def test_a_body_that_one_hyperbola_cannot_follow_is_doubted() -> None:
    tested = swept()
    schedule = Schedule.of(tested.source(2)[:, None], [Rate(0, 0, HOUR, 10.0)], end_s=DAY)
    _, doubt = read_course(tested.network.matrix, schedule, np.array([HOUR, DAY]), np.eye(30))
    assert doubt > ACCEPTED


def test_what_is_doubted_is_walked_instead() -> None:
    tested = swept()
    schedule = Schedule.of(tested.source(2)[:, None], [Rate(0, 0, HOUR, 10.0)], end_s=DAY)
    system = ContourSystem.of(tested.network.matrix, tested.network.volume)
    times = np.array([HOUR, 2 * HOUR])
    found = system.solve(schedule).read(times, np.eye(30))
    wanted = system.windows.walk(schedule).read(times, np.eye(30), integral=False)
    assert (found == wanted).all()
