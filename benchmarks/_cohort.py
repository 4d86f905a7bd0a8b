"""The cohort of the benchmarks: its patients and one run of it.

A patient has volumes, exchanges and losses of its own, so that nothing is shared but the structure
and the schedule.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256

import numpy as np

from benchmarks._ground import SEED, Ground, course, scheduled
from benchmarks._peers import HOUR_S, Array
from thecal.body import Network, Schedule
from thecal.body.cohort import Followed, Member, Wanted, follow

SPREAD = 0.3


def patient(ground: Ground, number: int) -> tuple[Network, Array]:
    """Return a patient's network and rows."""
    random = np.random.default_rng((SEED, number))
    base = ground.body.network
    size = base.size
    factor = random.lognormal(0.0, SPREAD, size)
    to, source = np.nonzero(base.matrix)
    clearance = base.matrix[to, source] * base.volume[source]
    exits = np.maximum(-base.matrix.sum(axis=0), 0.0) * base.volume
    links = np.zeros((size, size))
    links[to, source] = clearance * random.lognormal(0.0, SPREAD, len(to))
    np.fill_diagonal(links, 0.0)
    exits *= random.lognormal(0.0, SPREAD, size)
    np.fill_diagonal(links, -(links.sum(axis=0) + exits))
    volume = base.volume * factor
    network = replace(base, volume=volume, matrix=links / volume)
    return network, ground.rows / factor


def members(ground: Ground, count: int, schedule: Schedule) -> Iterator[Member]:
    """Yield patients as they are asked for, so that they never stand in memory together."""
    for number in range(count):
        network, rows = patient(ground, number)
        yield Member(network, rows, schedule)


@dataclass(frozen=True, slots=True)
class Run:
    """What a cohort cost: by the clock, on all processors, and its patients' making apart.

    All that is returned goes into the digest; of the first, the middle and the last patient it is
    kept too.
    """

    patients: int
    days: int
    sites: int
    threads: int
    clock_s: float
    spent_s: float
    making_s: float
    peak_mb: float
    digest: str
    kept: dict[int, Followed]
    by_propagator: int


def run(
    ground: Ground,
    patients: int,
    days: int,
    sites: int,
    threads: int,
    *,
    every_s: int = HOUR_S,
    step_s: int = HOUR_S,
) -> Run:
    """Follow a cohort; each patient is made when its turn comes, which is timed apart.

    ``every_s`` is from one change of the rate to the next, ``step_s`` from one value to the next of
    those that are reduced to daily ones.
    """
    schedule = scheduled(ground.channel, course(days, HOUR_S, every_s))
    making = [0.0, 0.0]

    def timed() -> Iterator[Member]:
        source = members(ground, patients, schedule)
        while True:
            clock, spent = time.perf_counter(), time.thread_time()
            one = next(source, None)
            making[0] += time.perf_counter() - clock
            making[1] += time.thread_time() - spent
            if one is None:
                return
            yield replace(one, rows=one.rows[:sites])

    clock, spent = time.perf_counter(), time.process_time()
    digest, kept, by_propagator, first = sha256(), {}, 0, 0
    for part in follow(timed(), Wanted.daily(days, step_s), threads=threads):
        digest.update(part.mean.tobytes())
        digest.update(part.highest.tobytes())
        by_propagator += int(part.by_propagator.sum())
        for number in {0, patients // 2, patients - 1}:
            if first <= number < first + len(part.mean):
                kept[number] = _only(part, number - first)
        first += len(part.mean)
    if first != patients:
        raise RuntimeError(f"{first} patients came back of {patients}")
    spent = time.process_time() - spent - making[1]
    clock = time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    counts = patients, days, sites, threads
    return Run(*counts, clock, spent, making[1], peak, digest.hexdigest(), kept, by_propagator)


def _only(part: Followed, place: int) -> Followed:
    one = slice(place, place + 1)
    return Followed(part.values[one], part.mean[one], part.highest[one], part.by_propagator[one])
