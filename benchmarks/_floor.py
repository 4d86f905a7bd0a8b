"""The arithmetic that the method needs, and how fast it could be done at best."""

from __future__ import annotations

import time

import numpy as np

from benchmarks._peers import Seconds
from thecal.body import Network, Schedule
from thecal.body.cohort_loops import LANES
from thecal.body.drive import Drive
from thecal.body.elimination import Elimination


def body_flops(
    network: Network, schedule: Schedule, times_s: Seconds, sites: int
) -> dict[str, int]:
    """Return what is to be done for one body, in floating-point operations."""
    plan, points = Elimination.of(network.matrix), _points(schedule, times_s)
    # Eight for a complex product that is added.
    solving = 8 * (len(plan.target) + 2 * len(plan.lower) + len(plan.upper)) + 20 * network.size
    return {
        "sparse solutions": points * solving,
        "joining with the schedule": 2 * 2 * points * sites * len(times_s),
    }


def schedule_flops(schedule: Schedule, times_s: Seconds) -> int:
    """Return what is to be done for a schedule, for however many bodies."""
    points = _points(schedule, times_s)
    # Two complex products and a sum for each event, a sum and a product for each output.
    return points * (12 * len(schedule.rates) + 10 * len(times_s))


def _points(schedule: Schedule, times_s: Seconds) -> int:
    return len(Drive.of(schedule, times_s, LANES).path.points)


def gflops() -> float:
    """Return the rate of a matrix product on one core."""
    square = np.ones((400, 400))
    rates = []
    for _ in range(9):
        start = time.process_time()
        for _ in range(20):
            square @ square
        rates.append(20 * 2 * 400**3 / (time.process_time() - start) / 1e9)
    return max(rates)
