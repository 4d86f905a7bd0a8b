"""1,000 different patients for a year with hourly changes of the rate: thecal beside others.

A patient of the cohort has volumes, exchanges and losses of its own, so that nothing is shared but
the structure and the schedule. General solvers follow one of them for some days, for the hourly
values that are reduced to daily ones; their seconds are scaled to the cohort. Errors are against
matrix exponentials. Processor seconds of all threads count; the clock is told beside them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from functools import partial
from pathlib import Path
from statistics import median

# As in bench_body.py: the peers get one thread each, thecal's cohort says itself how many.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.append(str(Path(__file__).parents[1]))

import numpy as np
from benchmarks._cohort import Ground, Run, course, run, scheduled
from benchmarks._compiled import AnyPeer, Diffsol
from benchmarks._growth import PAGE, grown, write_page
from benchmarks._peers import (
    BANDED,
    BDF,
    HOUR_S,
    ODEINT,
    Array,
    Course,
    Equations,
    Peer,
    errors,
    reference,
)
from rich import box
from rich.console import Console
from rich.table import Table

from thecal.body.cohort import Followed, Member, Wanted, follow
from thecal.body.cohort_loops import LANES
from thecal.body.drive import Drive
from thecal.body.elimination import Elimination

PATIENTS = 1000
DAYS = 365
COHORT = "1,000 different patients, a year of hourly rates, daily mean and highest of 12 sites"
MONTH = "30 days, rate changed every hour, 12 sites every 15 min; cohort engine"
PEERS: tuple[AnyPeer, ...] = (
    Diffsol("esdirk34", 1e-6, 10),
    Diffsol("bdf", 1e-6, 10),
    Diffsol("bdf", 1e-9, 10),
    Peer(ODEINT, 1e-6, 10),
    Peer(BANDED, 1e-6, 10),
    Peer(BDF, 1e-6, 5),
    Peer(BDF, 1e-9, 2),
)
MONTH_PEERS: tuple[AnyPeer, ...] = (
    Diffsol("esdirk34", 1e-6, 30),
    Diffsol("bdf", 1e-6, 30),
    Diffsol("bdf", 1e-9, 30),
    Peer(ODEINT, 1e-6, 30),
    Peer(ODEINT, 1e-9, 30),
    Peer(BDF, 1e-6, 30),
)
WORST_ERROR = 1e-9
GOAL_S = 5.0

LATEST = Path(__file__).with_name("latest.json")
Record = dict[str, str | float]


def truth_of(ground: Ground, number: int, given: Course) -> tuple[Array, Array, Array]:
    """Return a patient's hourly values, daily means and daily highest, by matrix exponentials.

    The means from what the exponentials say of the rows rows @ M^-1: the integral of x over a day
    is M^-1 (its change less what was given).
    """
    network, rows = ground.patient(number)
    behind = np.linalg.solve(network.matrix.T, rows.T).T
    found = reference(network.matrix, ground.channel, np.vstack([rows, behind]), given)
    hourly, state = found[:, : len(rows)], found[:, len(rows) :]
    daily = given.mcg_per_h.reshape(-1, 24).sum(axis=1)
    mean = (np.diff(state[::24], axis=0) - np.outer(daily, behind @ ground.channel)) / 24.0
    highest = hourly[:-1].reshape(-1, 24, len(rows)).max(axis=1)
    highest[-1] = np.maximum(highest[-1], hourly[-1])
    return hourly, mean.T, highest.T


def own_error(ground: Ground, kept: dict[int, Followed], given: Course) -> float:
    """Return the largest error of some patients' hourly values, daily means and highest values."""
    worst = 0.0
    for number, one in kept.items():
        hourly, mean, highest = truth_of(ground, number, given)
        network, rows = ground.patient(number)
        member = Member(network, rows, scheduled(ground.channel, given))
        (values,) = follow([member], Wanted(values_s=given.times_s))
        peak = np.abs(hourly).max(axis=0)[:, None]
        worst = max(
            worst,
            float(errors(values.values[0].T, hourly).max()),
            float((np.abs(one.mean[0] - mean) / peak).max()),
            float((np.abs(one.highest[0] - highest) / peak).max()),
        )
    if not worst <= WORST_ERROR:
        raise RuntimeError(f"thecal's error is {worst:.1e} of the peak")
    return worst


def against(
    ground: Ground, peer: AnyPeer, given: Course, patients: int, truth: Array
) -> tuple[float, float]:
    """Return a peer's seconds for the cohort and its error, from its days with one patient.

    Compiling is not in them: the constants could be handed to a compiled model as parameters.
    """
    network, rows = ground.patient(0)
    short = given.first(peer.days)
    go = peer.ready(Equations.of(network.matrix, ground.channel, rows))
    start = time.process_time()
    values = go(short)
    seconds = (time.process_time() - start) * given.days / peer.days * patients
    return seconds, float(errors(values, truth[: len(short.times_s)]).max())


def month(ground: Ground) -> tuple[float, float, Array]:
    """Return one patient's seconds for the month of bench_body.py, error, and the truth."""
    given = course(30, 900)
    network, rows = ground.patient(0)
    truth = reference(network.matrix, ground.channel, rows, given)
    spent = []
    for _ in range(9):
        start = time.process_time()
        one = Member(network, rows, scheduled(ground.channel, given))
        (found,) = follow([one], Wanted(values_s=given.times_s), threads=1)
        spent.append(time.process_time() - start)
    return median(spent), float(errors(found.values[0].T, truth).max()), truth


def floor_table(ground: Ground, whole: Run) -> Table:
    """Return the arithmetic that a patient-year takes, and what it would take at full speed."""
    schedule = scheduled(ground.channel, course(DAYS, HOUR_S))
    wanted = Wanted.daily(DAYS)
    drive = Drive.of(schedule, wanted.times_s, LANES)
    plan = Elimination.of(ground.network.matrix)
    points, sites, size = len(drive.path.points), len(ground.rows), ground.network.size
    solving = points * (8 * (len(plan.target) + len(plan.lower) * 2 + len(plan.upper)) + 20 * size)
    joining = 2 * 2 * points * sites * (len(wanted.grid_s) + len(wanted.windows_s))
    square = np.ones((400, 400))
    rates = []
    for _ in range(9):
        start = time.process_time()
        for _ in range(20):
            square @ square
        rates.append(20 * 2 * 400**3 / (time.process_time() - start) / 1e9)
    best = max(rates)
    table = Table("for a patient-year", "Mflop", "ms", title="The arithmetic floor", box=box.SIMPLE)
    for name, flops in (("sparse solutions", solving), ("joining with the schedule", joining)):
        table.add_row(name, f"{flops / 1e6:.1f}", f"{flops / best / 1e6:.2f}")
    least = (solving + joining) / best / 1e6
    table.add_row(f"floor: both at the {best:.0f} Gflop/s of a matrix product", "", f"{least:.2f}")
    own = 1000.0 * whole.spent_s / whole.patients
    table.add_row("thecal, all processors added", "", f"{own:.2f} ({own / least:.1f} x)")
    return table


def runs_table(runs: list[Run]) -> Table:
    """Return how the cost grows."""
    title = "Cohorts: cost and memory (making the patients is counted apart)"
    columns = (
        "patients",
        "days",
        "sites",
        "threads",
        "clock s",
        "processor s",
        "making s",
        "ms each",
    )
    table = Table(*columns, "peak MB", title=title, box=box.SIMPLE)
    for one in runs:
        counts = one.patients, one.days, one.sites, one.threads
        times = f"{one.clock_s:.2f}", f"{one.spent_s:.2f}", f"{one.making_s:.2f}"
        each = f"{1000.0 * one.spent_s / one.patients:.2f}"
        table.add_row(*map(str, counts), *times, each, f"{one.peak_mb:.0f}")
    return table


def growth(console: Console, ground: Ground) -> None:
    """Tell and draw what each factor costs when nothing else changes."""
    growths = grown(ground)
    columns = "against", "from", "to", "processor s", "grows by", "cost by", "exponent at the end"
    table = Table(*columns, title="How the cost grows, one thread", box=box.SIMPLE)
    for one in growths:
        by, cost = one.counts[-1] / one.counts[0], one.seconds[-1] / one.seconds[0]
        table.add_row(
            one.name,
            str(one.counts[0]),
            str(one.counts[-1]),
            f"{one.seconds[0]:.3f} to {one.seconds[-1]:.3f}",
            f"{by:.0f}",
            f"{cost:.1f}",
            f"{one.exponent:.2f}",
        )
    console.print(table)
    write_page(growths)
    console.print(f"Drawn in {PAGE.relative_to(PAGE.parents[1])}")


def main() -> None:
    """Run, print the tables and put the rows into the file."""
    console = Console(width=112)
    ground, processors = Ground.of_adult(), os.cpu_count() or 1
    sites = len(ground.rows)
    start = time.process_time()
    run(ground, 1, 1, sites, 1)
    console.print(
        f"First call, compiling or loading what was compiled: {time.process_time() - start:.2f} s"
    )
    of = partial(run, ground)
    runs = [
        of(PATIENTS // 4, DAYS, sites, processors),
        of(PATIENTS // 4, DAYS // 4, sites, processors),
        of(PATIENTS // 4, DAYS, sites // 3, processors),
        of(PATIENTS // 4, DAYS, sites, 1),
        of(PATIENTS, DAYS, sites, processors),
    ]
    whole = runs[-1]
    if runs[0].digest != runs[3].digest:
        raise RuntimeError("the bytes depend on the number of threads")
    console.print(f"{whole.by_propagator} patients were followed by a propagator instead")
    given = course(DAYS, HOUR_S)
    error = own_error(ground, whole.kept, given)
    size = (
        f"{PATIENTS} patients, {ground.network.size} compartments, {len(given.mcg_per_h)} rates, "
        f"{len(given.times_s)} times x {sites} sites; by the clock {whole.clock_s:.2f} s on "
        f"{processors} processors, making the patients ({whole.making_s:.2f} s) counted in there"
    )
    records: list[Record] = []
    truth, _, _ = truth_of(ground, 0, given.first(10))
    table = Table("solver", "s", "ratio", "error", title=COHORT, box=box.SIMPLE)
    table.add_row("thecal", f"{whole.spent_s:.2f}", "1", f"{error:.0e}")
    for peer in PEERS:
        if not peer.installed:
            table.add_row(f"{peer.label}: not installed")
            continue
        seconds, wrong = against(ground, peer, given, PATIENTS, truth)
        label = f"{peer.label}, 1 patient for {peer.days} days, scaled"
        ratio = seconds / whole.spent_s
        table.add_row(label, f"{seconds:.0f}", f"{ratio:.0f}", f"{wrong:.0e}")
        records.append(_record(COHORT, size, whole.spent_s, label, seconds, error, wrong))
    console.print(table, runs_table(runs), floor_table(ground, whole))
    own, wrong_own, truth = month(ground)
    table = Table("solver", "s", "ratio", "error", title=MONTH, box=box.SIMPLE)
    table.add_row("thecal", f"{own:.4f}", "1", f"{wrong_own:.0e}")
    given = course(30, 900)
    start = time.process_time()
    Elimination.by_pattern(ground.network.matrix != 0.0)
    order_s = time.process_time() - start
    size = (
        f"1 patient, {ground.network.size} compartments, 720 rates, 2881 times x {sites} sites; "
        f"the order of elimination, {order_s:.3f} s once for each structure, not counted in"
    )
    for peer in MONTH_PEERS:
        if not peer.installed:
            table.add_row(f"{peer.label}: not installed")
            continue
        seconds, wrong = against(ground, peer, given, 1, truth)
        table.add_row(peer.label, f"{seconds:.2f}", f"{seconds / own:.0f}", f"{wrong:.0e}")
        records.append(_record(MONTH, size, own, peer.label, seconds, wrong_own, wrong))
    console.print(table)
    growth(console, ground)
    verdict = "met" if whole.clock_s <= GOAL_S else "missed"
    console.print(f"Goal of {GOAL_S:.0f} s by the clock: {verdict}, {whole.clock_s:.2f} s")
    kept = json.loads(LATEST.read_text(encoding="utf-8")) if LATEST.exists() else []
    kept = [one for one in kept if one["name"] not in {COHORT, MONTH}]
    LATEST.write_text(json.dumps([*kept, *records], indent=2) + "\n", encoding="utf-8")


def _record(
    name: str,
    size: str,
    seconds: float,
    peer: str,
    peer_seconds: float,
    error: float,
    peer_error: float,
) -> Record:
    return {
        "name": name,
        "size": size,
        "seconds": seconds,
        "peer": peer,
        "peer_seconds": peer_seconds,
        "ratio": peer_seconds / seconds,
        "error": error,
        "peer_error": peer_error,
    }


if __name__ == "__main__":
    main()
