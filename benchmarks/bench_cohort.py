"""1,000 different patients for a year with hourly changes of the rate: thecal beside others.

A patient of the cohort has volumes, exchanges and losses of its own, so that nothing is shared but
the structure and the schedule. General solvers follow one of them for some days, for the hourly
values that are reduced to daily ones; their seconds are scaled to the cohort. Errors are against
matrix exponentials. Processor seconds of all threads count; the clock is told beside them.
"""

from __future__ import annotations

import os
import time
from functools import partial

import numpy as np
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks._cohort import Run, patient, run
from benchmarks._compiled import AnyPeer, Diffsol
from benchmarks._floor import body_flops, gflops
from benchmarks._ground import Ground, course, scheduled
from benchmarks._growth import PAGE, grown, write_page
from benchmarks._latest import Record, write
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
from thecal.body.cohort import Followed, Member, Wanted, follow

PATIENTS = 1000
DAYS = 365
COHORT = "1,000 different patients, a year of hourly rates, daily mean and highest of 12 sites"
PEERS: tuple[AnyPeer, ...] = (
    Diffsol("esdirk34", 1e-6, 10),
    Diffsol("bdf", 1e-6, 10),
    Diffsol("bdf", 1e-9, 10),
    Peer(ODEINT, 1e-6, 10),
    Peer(BANDED, 1e-6, 10),
    Peer(BDF, 1e-6, 5),
    Peer(BDF, 1e-9, 2),
)
WORST_ERROR = 1e-9
GOAL_S = 5.0


def truth_of(ground: Ground, number: int, given: Course) -> tuple[Array, Array, Array]:
    """Return a patient's hourly values, daily means and daily highest, by matrix exponentials.

    The means from what the exponentials say of the rows rows @ M^-1: the integral of x over a day
    is M^-1 (its change less what was given).
    """
    network, rows = patient(ground, number)
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
        network, rows = patient(ground, number)
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
    network, rows = patient(ground, 0)
    short = given.first(peer.days)
    go = peer.ready(Equations.of(network.matrix, ground.channel, rows))
    start = time.process_time()
    values = go(short)
    seconds = (time.process_time() - start) * given.days / peer.days * patients
    return seconds, float(errors(values, truth[: len(short.times_s)]).max())


def floor_table(ground: Ground, whole: Run) -> Table:
    """Return the arithmetic that a patient-year takes, and what it would take at full speed."""
    schedule, wanted = scheduled(ground.channel, course(DAYS, HOUR_S)), Wanted.daily(DAYS)
    times = np.concatenate([wanted.grid_s, wanted.windows_s])
    flops, best = body_flops(ground.body.network, schedule, times, len(ground.rows)), gflops()
    table = Table("for a patient-year", "Mflop", "ms", title="The arithmetic floor", box=box.SIMPLE)
    for name, count in flops.items():
        table.add_row(name, f"{count / 1e6:.1f}", f"{count / best / 1e6:.2f}")
    least = sum(flops.values()) / best / 1e6
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
        f"{PATIENTS} patients, {ground.body.network.size} compartments, "
        f"{len(given.mcg_per_h)} rates, {len(given.times_s)} times x {sites} sites; "
        f"by the clock {whole.clock_s:.2f} s on {processors} processors, making the patients "
        f"({whole.making_s:.2f} s) counted in there"
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
        records.append(Record(COHORT, size, whole.spent_s, label, seconds, error, wrong))
    console.print(table, runs_table(runs), floor_table(ground, whole))
    growth(console, ground)
    verdict = "met" if whole.clock_s <= GOAL_S else "missed"
    console.print(f"Goal of {GOAL_S:.0f} s by the clock: {verdict}, {whole.clock_s:.2f} s")
    write(records)


if __name__ == "__main__":
    main()
