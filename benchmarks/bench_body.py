"""One patient for 30 days with hourly changes of the rate: thecal beside general solvers.

All solve the same equations for the same outputs, in one thread of the same process; each error is
against an independent reference. docs/benchmarks.md tells how to read it.
"""

from __future__ import annotations

import os
import platform
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import numpy as np
import scipy
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks._compiled import AnyPeer, Diffsol, RoadRunner
from benchmarks._floor import body_flops, gflops, schedule_flops
from benchmarks._ground import CSF_SITES, MEAN_MCG_PER_H, TIP, Ground, course, scheduled
from benchmarks._latest import Record, write
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
from thecal.body import Rate, Schedule, choose_propagator
from thecal.body.cohort_loops import LANES
from thecal.body.drive import TIMES_AT_ONCE, Drive
from thecal.body.elimination import Elimination
from thecal.interop.sbml import document
from thecal.therapy import Intake

STEP_S = 900
DAYS = 30
BOLUS_MCG = 10.0
BOLUS_S = 60

MONTH = "30 days, rate changed every hour, 12 sites every 15 min"
BOLUS = "one-minute bolus of 10 mcg at noon of an empty day"
BOX = box.SIMPLE

CONTOUR, MODES = "contour", "modal"
WAYS = {CONTOUR: "thecal, by the contour", MODES: "thecal, by modes"}

WORST_ERROR = 1e-9
"""Above this error of thecal, relative to the peak at a site, the benchmark fails."""

PEER_SLACK = 10.0
"""A peer that is told all may miss its relative tolerance by no more than this factor."""

QUICK_S, TIMES = 10.0, 3
"""A peer that takes less than so many seconds is run so often, and its best run counts."""

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


def by_thecal(ground: Ground, rows: Array, given: Course, way: str) -> Array:
    """Return the same from thecal; all that it takes for a body it has never seen is counted in."""
    network = ground.body.network
    if way == CONTOUR:
        # Kept for all bodies of one structure, so that it would else be counted once only.
        Elimination.by_pattern(network.matrix != 0.0)
    system = choose_propagator(network, way)
    return system.solve(scheduled(ground.channel, given)).read(given.times_s, rows)


@dataclass(slots=True)
class Own:
    """One of thecal's ways: the seconds of each run, the worst error of all runs at each site."""

    seconds: list[float] = field(default_factory=list)
    errors: Array = field(default_factory=lambda: np.zeros(1))

    @property
    def usual(self) -> float:
        """The median of its seconds."""
        return median(self.seconds)


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
    ground: Ground
    rows: Array
    course: Course
    truth: Array
    reference_seconds: float
    own: dict[str, Own] = field(default_factory=lambda: {way: Own() for way in WAYS})
    results: list[Result] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, name: str, ground: Ground, rows: Array, given: Course) -> Contest:
        """Find the truth first."""
        start = time.process_time()
        truth = reference(ground.body.network.matrix, ground.channel, rows, given)
        seconds = time.process_time() - start
        return cls(name, ground, rows, given, truth, seconds)

    def run(self, times: int) -> None:
        """Let thecal solve it some times more; the worst of all errors counts."""
        for way, own in self.own.items():
            for _ in range(times):
                start = time.process_time()
                values = by_thecal(self.ground, self.rows, self.course, way)
                own.seconds.append(time.process_time() - start)
                own.errors = np.maximum(own.errors, errors(values, self.truth))
            if not own.errors.max() <= WORST_ERROR:
                raise RuntimeError(f"{WAYS[way]}: an error of {own.errors.max():.1e} of the peak")

    def against(self, peer: AnyPeer) -> None:
        """Let one peer solve it, for its days only, with thecal just before and just after."""
        if not peer.installed:
            self.missing.append(peer.label)
            return
        given = self.course.first(peer.days)
        self.run(3)
        start = time.process_time()
        follow = peer.ready(
            Equations.of(self.ground.body.network.matrix, self.ground.channel, self.rows)
        )
        ready = time.process_time() - start
        spent: list[float] = []
        while len(spent) < (TIMES if max(spent, default=0.0) < QUICK_S else 1):
            start = time.process_time()
            values = follow(given)
            spent.append(time.process_time() - start)
        self.run(3)
        wrong = errors(values, self.truth[: len(given.times_s)])
        if peer.told and not wrong.max() <= PEER_SLACK * peer.rtol:
            raise RuntimeError(f"{peer.label} is set up badly: its error is {wrong.max():.1e}")
        seconds = min(spent) * self.course.days / given.days
        self.results.append(Result(peer, seconds, ready, wrong, values))

    def records(self) -> list[Record]:
        """Return what goes into the file of the latest run."""
        size = (
            f"1 patient, {self.ground.body.network.size} compartments, "
            f"{len(self.course.mcg_per_h)} rates, "
            f"{len(self.course.times_s)} times x {len(self.rows)} sites"
        )
        return [
            Record(
                name=self.name if way == CONTOUR else f"{self.name}; by modes",
                size=size,
                seconds=own.usual,
                peer=f"{one.peer.label} (made ready in {one.ready_s:.2f} s, not counted)",
                peer_seconds=one.seconds,
                error=float(own.errors.max()),
                peer_error=float(one.errors.max()),
            )
            for way, own in self.own.items()
            for one in self.results
        ]


def bolus_course() -> Course:
    """Return a day with nothing but one minute's bolus at noon."""
    edges = np.array([0, DAY_S // 2, DAY_S // 2 + BOLUS_S, DAY_S])
    rates = np.array([0.0, BOLUS_MCG * HOUR_S / BOLUS_S, 0.0])
    return Course(edges, rates, np.arange(0, DAY_S + 1, STEP_S))


def by_roadrunner(ground: Ground) -> tuple[RoadRunner, ...]:
    """Return libRoadRunner at two tolerances, on one export whose only rate is set from outside."""
    always = Rate(0, 0, DAYS * DAY_S, MEAN_MCG_PER_H)
    schedule = Schedule.of(ground.channel[:, None], [always], end_s=DAYS * DAY_S)
    intake = Intake(("tip",), schedule, np.zeros(ground.body.network.size))
    text = document(MONTH, [], ground.drug, ground.body, intake)
    readings = (*(f"c_csf_{site}" for site in CSF_SITES), f"c_cord_{TIP}", "c_plasma")
    return tuple(RoadRunner(text, "rate_tip", readings, rtol, 5) for rtol in (1e-6, 1e-9))


def stages(contest: Contest) -> Table:
    """Return a table of where thecal's own time goes, each the median of some runs."""
    ground, given, rows = contest.ground, contest.course, contest.rows
    network = ground.body.network
    schedule = scheduled(ground.channel, given)
    contour, modes = (choose_propagator(network, way) for way in WAYS)
    drive = Drive.of(schedule, given.times_s, LANES)
    room = np.empty(drive.columns * TIMES_AT_ONCE)
    solution = modes.solve(schedule)
    works: list[tuple[str, Callable[[], object]]] = [
        ("laying out the schedule, for both", lambda: scheduled(ground.channel, given)),
        ("by the contour: is there a way out", lambda: choose_propagator(network, CONTOUR)),
        ("  the order of elimination", lambda: Elimination.by_pattern(network.matrix != 0.0)),
        ("  reading the outputs", lambda: contour.solve(schedule).read(given.times_s, rows)),
        ("    the schedule's half of it", lambda: list(drive.blocks(given.times_s, room))),
        ("by modes: taking the body apart", lambda: choose_propagator(network, MODES)),
        ("  following the schedule", lambda: modes.solve(schedule)),
        ("  reading the outputs", lambda: solution.read(given.times_s, rows)),
    ]
    table = Table("of which", "ms", title="Where thecal's time goes", box=BOX)
    for name, work in works:
        spent = []
        for _ in range(9):
            start = time.process_time()
            work()
            spent.append(time.process_time() - start)
        table.add_row(name, f"{1000 * median(spent):.1f}")
    flops = body_flops(network, schedule, given.times_s, len(rows))
    flops["what the schedule makes of the points"] = schedule_flops(schedule, given.times_s)
    best = gflops()
    for name, count in flops.items():
        table.add_row(f"floor: {name}, {count / 1e6:.1f} Mflop", f"{count / best / 1e6:.2f}")
    table.add_row(f"  at the {best:.0f} Gflop/s of a matrix product", "")
    return table


def times_table(contest: Contest) -> Table:
    """Return times, ratios and errors, one row a solver."""
    best = contest.own[CONTOUR].usual
    columns = "solver", "days run", "ready s", "s", "ratio", "worst error"
    table = Table("", *columns, title=contest.name, box=BOX)
    for way, own in contest.own.items():
        spent = f"{own.usual:.4f}", f"{own.usual / best:.1f}", f"{own.errors.max():.0e}"
        table.add_row("0", WAYS[way], str(contest.course.days), "-", *spent)
    for number, one in enumerate(contest.results, 1):
        days = str(one.peer.days)
        scaled = days if one.peer.days == contest.course.days else f"{days}, s scaled"
        ratio = f"{one.seconds / best:.0f}"
        worst = f"{one.errors.max():.0e}"
        taken = f"{one.ready_s:.2f}", f"{one.seconds:.2f}"
        table.add_row(str(number), one.peer.label, scaled, *taken, ratio, worst)
    for label in contest.missing:
        table.add_row("", f"{label}: not installed")
    ratio = f"{contest.reference_seconds / best:.1f}"
    row = "the reference: matrix exponentials", str(contest.course.days), "-"
    table.add_row("", *row, f"{contest.reference_seconds:.2f}", ratio, "-")
    return table


def sites_table(contest: Contest) -> Table:
    """Return the error of each solver, by its number, at each site."""
    title = "Largest error at each site / its peak; CSF but for the last two"
    sites = *CSF_SITES, "cord", "plasma"
    table = Table("", *sites, title=title, box=BOX, padding=0)
    own = [("0", one.errors) for one in contest.own.values()]
    peers = [(str(number), one.errors) for number, one in enumerate(contest.results, 1)]
    for number, found in own + peers:
        table.add_row(number, *(f"{error:.0e}" for error in found))
    return table


def bolus_table(contest: Contest) -> Table:
    """Return the mass that each solver finds in the body, 15 min after the bolus and at the end."""
    early = int(np.searchsorted(contest.course.times_s, contest.course.edges_s[2]))
    table = Table("solver", "mcg at 12:15", "mcg at 24:00", "s", title=contest.name, box=BOX)
    for name, values, seconds in (
        ("the reference", contest.truth, contest.reference_seconds),
        *(
            (WAYS[way], by_thecal(contest.ground, contest.rows, contest.course, way), own.usual)
            for way, own in contest.own.items()
        ),
        *((one.peer.label, one.values, one.seconds) for one in contest.results),
    ):
        table.add_row(name, f"{values[early, 0]:.6f}", f"{values[-1, 0]:.6f}", f"{seconds:.4f}")
    return table


def main() -> None:
    """Run both contests, print the tables and write the file."""
    warnings.simplefilter("error")
    console = Console(width=112)
    start, start_clock = time.process_time(), time.perf_counter()
    ground = Ground.of_adult()
    given = course(DAYS, STEP_S)
    firsts = [time.process_time()]
    for way in (MODES, CONTOUR):
        by_thecal(ground, ground.rows, given, way)
        firsts.append(time.process_time())
    built, by_modes, by_contour = np.diff([start, *firsts])
    month = Contest.of(MONTH, ground, ground.rows, given)
    bolus = Contest.of(BOLUS, ground, ground.body.amount_row()[None], bolus_course())
    contests: tuple[tuple[Contest, tuple[AnyPeer, ...]], ...] = (
        (month, (*LONG_PEERS, *by_roadrunner(ground))),
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
        f"First call of all: reading the figures and building the body {built:.2f} s; then by "
        f"modes {by_modes:.3f} s, by the contour, its compiled code loaded, {by_contour:.2f} s.\n"
        f"Seconds are processor seconds of one thread: in all {spent:.0f} s, by the clock "
        f"{clock:.0f} s.\n{os.cpu_count()} processors, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SciPy {scipy.__version__}."
    )
    write([*month.records(), *bolus.records()])


if __name__ == "__main__":
    main()
