"""One patient for 30 days with hourly changes of the rate: thecal beside general solvers.

All solve the same equations for the same outputs, in one thread of the same process; each error is
against an independent reference. docs/benchmarks.md tells how to read it.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

# One thread for everybody: matrices this small gain nothing from a second one, and where another
# program keeps that one busy, waiting for it costs ten times the work.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["OMP_NUM_THREADS"] = "1"
sys.path.append(str(Path(__file__).parents[1]))

import numpy as np
import scipy
from benchmarks._compiled import AnyPeer, Diffsol, RoadRunner
from benchmarks._peers import (
    BANDED,
    BDF,
    DAY_S,
    DENSE,
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

from thecal.body import Body, ModalSystem, Rate, Schedule, build_body, load_anatomy, parameters_of
from thecal.formulary import Drug, load_formulary
from thecal.interop.sbml import document
from thecal.therapy import Intake

STEP_S = 900
DAYS = 30
SEED = 2
MEAN_MCG_PER_H = 100.0
PUMP_ML_PER_H = 0.01
TIP = "T10"
CSF_SITES = ("C1", "C4", "T1", "T4", "T7", "T10", "T12", "L2", "L4", "S1")
BOLUS_MCG = 10.0
BOLUS_S = 60

MONTH = "30 days, rate changed every hour, 12 sites every 15 min"
BOLUS = "one-minute bolus of 10 mcg at noon of an empty day"
BOX = box.SIMPLE

WORST_ERROR = 1e-9
"""Above this error of thecal, relative to the peak at a site, the benchmark fails."""

PEER_SLACK = 10.0
"""A peer that is told all may miss its relative tolerance by no more than this factor."""

LATEST = Path(__file__).with_name("latest.json")


LONG_PEERS = (
    Diffsol("esdirk34", 1e-6, 30),
    Diffsol("bdf", 1e-6, 30),
    Diffsol("bdf", 1e-9, 30),
    Peer(ODEINT, 1e-6, 30),
    Peer(ODEINT, 1e-9, 30),
    Peer(BANDED, 1e-6, 30),
    Peer(BANDED, 1e-9, 30),
    Peer(DENSE, 1e-6, 5),
    Peer(DENSE, 1e-9, 3),
    Peer(BDF, 1e-6, 30),
    Peer(BDF, 1e-9, 30),
    Peer(BANDED, 1e-6, 5, told=False),
    Peer(BANDED, 1e-9, 5, told=False),
    Peer(BDF, 1e-6, 5, told=False),
    Peer(BDF, 1e-9, 5, told=False),
)

BOLUS_PEERS = tuple(
    Peer(solver, 1e-6, 1, told) for told in (True, False) for solver in (ODEINT, BANDED, DENSE, BDF)
)


def by_thecal(body: Body, channel: Array, rows: Array, course: Course) -> Array:
    """Return the same from thecal, the decomposition of the matrix counted in."""
    system = ModalSystem.of(body.network.matrix, body.network.volume)
    return system.solve(scheduled(channel, course)).read(course.times_s, rows)


def scheduled(channel: Array, course: Course) -> Schedule:
    """Return the course as thecal's schedule."""
    starts, ends = course.edges_s[:-1].tolist(), course.edges_s[1:].tolist()
    rates = [Rate(0, *one) for one in zip(starts, ends, course.mcg_per_h.tolist(), strict=True)]
    return Schedule.of(channel[:, None], rates, end_s=ends[-1])


@dataclass(frozen=True, slots=True)
class Result:
    """A peer's processor seconds for the whole course, its errors, and what it returned.

    What it does before the first step, as compiling, is in ``ready_s`` only.
    """

    peer: AnyPeer
    seconds: float
    ready_s: float
    errors: Array
    values: Array


@dataclass(slots=True)
class Contest:
    """One course for thecal and its peers; an idle machine's clock shows the same seconds."""

    name: str
    body: Body
    channel: Array
    rows: Array
    course: Course
    truth: Array
    reference_seconds: float
    own_seconds: list[float] = field(default_factory=list)
    own_errors: Array = field(default_factory=lambda: np.zeros(1))
    results: list[Result] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, body: Body, channel: Array, rows: Array, course: Course) -> Contest:
        """Find the truth first."""
        start = time.process_time()
        truth = reference(body.network.matrix, channel, rows, course)
        seconds = time.process_time() - start
        return cls(name, body, channel, rows, course, truth, seconds)

    def run(self, times: int) -> None:
        """Let thecal solve it some times more; the worst of all errors counts."""
        for _ in range(times):
            start = time.process_time()
            values = by_thecal(self.body, self.channel, self.rows, self.course)
            self.own_seconds.append(time.process_time() - start)
            self.own_errors = np.maximum(self.own_errors, errors(values, self.truth))
        if not self.own_errors.max() <= WORST_ERROR:
            raise RuntimeError(f"thecal's error is {self.own_errors.max():.1e} of the peak")

    def against(self, peer: AnyPeer) -> None:
        """Let one peer solve it, for its days only, with thecal just before and just after."""
        if not peer.installed:
            self.missing.append(peer.label)
            return
        course = self.course.first(peer.days)
        self.run(3)
        start = time.process_time()
        follow = peer.ready(Equations.of(self.body.network.matrix, self.channel, self.rows))
        ready = time.process_time()
        values = follow(course)
        seconds = (time.process_time() - ready) * self.course.days / course.days
        self.run(3)
        wrong = errors(values, self.truth[: len(course.times_s)])
        if peer.told and not wrong.max() <= PEER_SLACK * peer.rtol:
            raise RuntimeError(f"{peer.label} is set up badly: its error is {wrong.max():.1e}")
        self.results.append(Result(peer, seconds, ready - start, wrong, values))

    @property
    def seconds(self) -> float:
        """Thecal's median."""
        return median(self.own_seconds)

    def records(self) -> list[dict[str, str | float]]:
        """Return what goes into the file of the latest run."""
        size = (
            f"1 patient, {self.body.network.size} compartments, {len(self.course.mcg_per_h)} rates,"
            f" {len(self.course.times_s)} times x {len(self.rows)} sites"
        )
        return [
            {
                "name": self.name,
                "size": size,
                "seconds": self.seconds,
                "peer": f"{one.peer.label} (made ready in {one.ready_s:.2f} s, not counted)",
                "peer_seconds": one.seconds,
                "ratio": one.seconds / self.seconds,
                "error": float(self.own_errors.max()),
                "peer_error": float(one.errors.max()),
            }
            for one in self.results
        ]


def long_course() -> Course:
    """Return 30 days in which each hour has a rate of its own."""
    edges = np.arange(0, DAYS * DAY_S + 1, HOUR_S)
    shares = np.random.default_rng(SEED).uniform(0.25, 1.75, len(edges) - 1)
    return Course(edges, MEAN_MCG_PER_H * shares, np.arange(0, edges[-1] + 1, STEP_S))


def bolus_course() -> Course:
    """Return a day with nothing but one minute's bolus at noon."""
    edges = np.array([0, DAY_S // 2, DAY_S // 2 + BOLUS_S, DAY_S])
    rates = np.array([0.0, BOLUS_MCG * HOUR_S / BOLUS_S, 0.0])
    return Course(edges, rates, np.arange(0, DAY_S + 1, STEP_S))


def by_roadrunner(drug: Drug, body: Body, channel: Array) -> tuple[RoadRunner, ...]:
    """Return libRoadRunner at two tolerances, on one export whose only rate is set from outside."""
    always = Rate(0, 0, DAYS * DAY_S, MEAN_MCG_PER_H)
    schedule = Schedule.of(channel[:, None], [always], end_s=DAYS * DAY_S)
    intake = Intake(("tip",), schedule, np.zeros(body.network.size))
    text = document(MONTH, [], drug, body, intake)
    readings = (*(f"c_csf_{site}" for site in CSF_SITES), f"c_cord_{TIP}", "c_plasma")
    return tuple(RoadRunner(text, "rate_tip", readings, rtol, 5) for rtol in (1e-6, 1e-9))


def stages(contest: Contest) -> Table:
    """Return a table of where thecal's own time goes, each the median of some runs."""
    network, course = contest.body.network, contest.course
    scale = np.sqrt(network.volume)
    symmetric = network.matrix / scale[:, None] * scale
    vectors = np.linalg.eig(symmetric).eigenvectors
    system = ModalSystem.of(network.matrix, network.volume)
    schedule = scheduled(contest.channel, course)
    solution = system.solve(schedule)
    table = Table("of which", "ms", title="Where thecal's time goes", box=BOX)
    for name, work in (
        ("decomposition, once for each body", lambda: ModalSystem.of(network.matrix, scale**2)),
        ("  numpy.linalg.eig in it", lambda: np.linalg.eig(symmetric)),
        ("  numpy.linalg.inv in it", lambda: np.linalg.inv(vectors)),
        ("laying out the schedule", lambda: scheduled(contest.channel, course)),
        ("solving at the edges", lambda: system.solve(schedule)),
        ("reading the outputs", lambda: solution.read(course.times_s, contest.rows)),
    ):
        spent = []
        for _ in range(7):
            start = time.process_time()
            work()
            spent.append(time.process_time() - start)
        table.add_row(name, f"{1000 * median(spent):.1f}")
    return table


def times_table(contest: Contest) -> Table:
    """Return times, ratios and errors, one row a solver."""
    columns = "solver", "days run", "ready s", "s", "ratio", "worst error"
    table = Table("", *columns, title=contest.name, box=BOX)
    own = "-", f"{contest.seconds:.3f}", "1", f"{contest.own_errors.max():.0e}"
    table.add_row("0", "thecal, decomposition counted in", str(contest.course.days), *own)
    for number, one in enumerate(contest.results, 1):
        days = str(one.peer.days)
        scaled = days if one.peer.days == contest.course.days else f"{days}, s scaled"
        ratio = f"{one.seconds / contest.seconds:.0f}"
        worst = f"{one.errors.max():.0e}"
        spent = f"{one.ready_s:.2f}", f"{one.seconds:.2f}"
        table.add_row(str(number), one.peer.label, scaled, *spent, ratio, worst)
    for label in contest.missing:
        table.add_row("", f"{label}: not installed")
    ratio = f"{contest.reference_seconds / contest.seconds:.1f}"
    row = "the reference: matrix exponentials", str(contest.course.days), "-"
    table.add_row("", *row, f"{contest.reference_seconds:.2f}", ratio, "-")
    return table


def sites_table(contest: Contest) -> Table:
    """Return the error of each solver, by its number, at each site."""
    title = "Largest error at each site / its peak; CSF but for the last two"
    sites = *CSF_SITES, "cord", "plasma"
    table = Table("", *sites, title=title, box=BOX, padding=0)
    for number, found in enumerate([contest.own_errors, *(one.errors for one in contest.results)]):
        table.add_row(str(number), *(f"{error:.0e}" for error in found))
    return table


def bolus_table(contest: Contest) -> Table:
    """Return the mass that each solver finds in the body, 15 min after the bolus and at the end."""
    early = int(np.searchsorted(contest.course.times_s, contest.course.edges_s[2]))
    table = Table("solver", "mcg at 12:15", "mcg at 24:00", "s", title=contest.name, box=BOX)
    own = by_thecal(contest.body, contest.channel, contest.rows, contest.course)
    for name, values, seconds in (
        ("the reference", contest.truth, contest.reference_seconds),
        ("thecal, decomposition counted in", own, contest.seconds),
        *((one.peer.label, one.values, one.seconds) for one in contest.results),
    ):
        table.add_row(name, f"{values[early, 0]:.6f}", f"{values[-1, 0]:.6f}", f"{seconds:.3f}")
    return table


def main() -> None:
    """Run both contests, print the tables and write the file."""
    warnings.simplefilter("error")
    console = Console(width=112)
    start, start_clock = time.process_time(), time.perf_counter()
    anatomy = load_anatomy("adult")
    tip_cm = anatomy.middle_cm(anatomy.level_index(TIP))
    drug = load_formulary().drug("morphine")
    parameters = parameters_of(drug, anatomy)
    body = build_body(anatomy, parameters, tip_cm=tip_cm, pump_ml_per_h=PUMP_ML_PER_H)
    channel, sites = body.tip_channel(tip_cm), [anatomy.level_index(site) for site in CSF_SITES]
    cord = body.cord_rows()[anatomy.level_index(TIP)]
    rows = np.vstack([body.csf_rows()[sites], cord, body.plasma_row()])
    built = time.process_time()
    by_thecal(body, channel, rows, long_course())
    cold = time.process_time()
    month = Contest.of(MONTH, body, channel, rows, long_course())
    bolus = Contest.of(BOLUS, body, channel, body.amount_row()[None], bolus_course())
    others = by_roadrunner(drug, body, channel)
    contests: tuple[tuple[Contest, tuple[AnyPeer, ...]], ...] = (
        (month, (*LONG_PEERS, *others)),
        (bolus, BOLUS_PEERS),
    )
    for contest, peers in contests:
        for peer in peers:
            console.print(f"  {peer.label} ...", style="dim")
            contest.against(peer)
    for table in (times_table(month), sites_table(month), stages(month), bolus_table(bolus)):
        console.print(table)
    spent, clock = time.process_time() - start, time.perf_counter() - start_clock
    console.print(
        f"First call of all: reading the figures and building the body {built - start:.2f} s, then "
        f"solving {cold - built:.3f} s.\nSeconds are processor seconds of one thread: in all "
        f"{spent:.0f} s, by the clock {clock:.0f} s.\n{os.cpu_count()} processors, Python "
        f"{platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}."
    )
    records = [*month.records(), *bolus.records()]
    ours = {month.name, bolus.name}
    kept = json.loads(LATEST.read_text(encoding="utf-8")) if LATEST.exists() else []
    records += [one for one in kept if one["name"] not in ours]
    LATEST.write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
