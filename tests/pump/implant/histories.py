"""Years of a pump's life at random, and what it should have given, as a rational integral.

`python -m tests.pump.implant.histories 0 100 10` checks seeds 0 to 99 over 10 years each.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import NamedTuple

from tests.pump.implant.machine import BOLUSES, DAY, HOUR, WEEK, Machine
from thecal.pump.implant.values import (
    BolusOrdered,
    ClockSet,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    Refilled,
    StartOrdered,
    StopOrdered,
)
from thecal.pump.program import (
    Bridge,
    Hardware,
    PatientBolus,
    Program,
    ScheduledBolus,
    WeekStep,
)

STROKES = (1_500, 2_000, 10_000, 7_919)
"""Quanta in nL; the larger ones cost less time."""
HIGHEST = (24_000_000, 3_000_000)
"""Highest flows in nL/day; with the lower one many a bolus is refused on top of the basal."""
ORDERS = ("press",) * 60 + ("bolus",) * 6 + ("stop", "clock", "commit", "prime", "power") * 2


class OnTop(NamedTuple):
    """A bolus that runs: volume, duration, start, its whole parts so far when cancelled."""

    volume: int
    duration: int
    start: int


@dataclass
class Oracle:
    """What a pump should have given: rational integrals of the program, edge after edge."""

    hardware: Hardware
    exact: Fraction = Fraction(0)
    now: int = 0
    offset: int = 0
    program: Program | None = None
    moving: bool = False
    special: Fraction = Fraction(0)
    special_rate: Fraction = Fraction(0)
    priming: bool = False
    bolus: OnTop | None = None
    starts: list[int] = field(default_factory=list)
    boluses: int = 0

    def week(self, second: int) -> int:
        """Return the basal volume from week second 0 to any later second, in nL times a day."""
        assert self.program
        steps = self.program.steps
        ends = [step.start_s for step in steps[1:]] + [WEEK]
        total = sum(
            one.nl_per_day * (end - one.start_s) for one, end in zip(steps, ends, strict=True)
        )
        weeks, rest = divmod(second, WEEK)
        part = sum(
            one.nl_per_day * (min(end, rest) - one.start_s)
            for one, end in zip(steps, ends, strict=True)
            if one.start_s < rest
        )
        return weeks * total + part

    def peak(self, span: int) -> int:
        """Return the highest basal flow of the coming span, found at every edge of every week."""
        assert self.program
        first = self.now + self.offset
        rates = [self.rate(first)]
        for one in self.program.steps:
            ahead = (one.start_s - first) % WEEK
            if ahead < span:
                rates.append(one.nl_per_day)
        return max(rates)

    def rate(self, second: int) -> int:
        """Return the basal flow at a second of the week."""
        assert self.program
        return [one for one in self.program.steps if one.start_s <= second % WEEK][-1].nl_per_day

    def due(self) -> int | None:
        """Return when the next scheduled bolus is due."""
        ahead = []
        for one in self.program.boluses if self.program else ():
            if one.first_s > self.now:
                ahead.append(one.first_s)
            elif one.every_s:
                count = (self.now - one.first_s) // one.every_s + 1
                ahead.append(one.first_s + count * one.every_s)
        return min(ahead, default=None)

    def to(self, until: int) -> None:
        """Integrate up to a second and start the scheduled boluses that are due by then."""
        while self.now < until:
            edges = [until]
            due = self.due()
            if due:
                edges.append(due)
            if self.bolus:
                edges.append(self.bolus.start + self.bolus.duration)
            if self.moving and self.special:
                edges.append(self.now - (-self.special // self.special_rate))
            edge = min(edges)
            self._flow(edge)
            self.now = edge
            if self.bolus and edge == self.bolus.start + self.bolus.duration:
                self.bolus = None
            self.begin_due()

    def _flow(self, edge: int) -> None:
        if not self.moving:
            return
        if self.special:
            given = min(self.special, self.special_rate * (edge - self.now))
            self.special -= given
            self.exact += given
            return
        self.exact += Fraction(
            self.week(edge + self.offset) - self.week(self.now + self.offset), DAY
        )
        if self.bolus:
            seconds = edge - self.now
            self.exact += Fraction(self.bolus.volume * seconds, self.bolus.duration)

    def begin_due(self) -> None:
        """Start what is due at this very second."""
        for one in self.program.boluses if self.program else ():
            since = self.now - one.first_s
            if since == 0 or (since > 0 and one.every_s and since % one.every_s == 0):
                self.begin(one.volume_nl, one.duration_s)

    def skip(self, back: int) -> None:
        """Let time pass without power: a running bolus is that much later, if it still fits."""
        if self.bolus:
            self.bolus = self.bolus._replace(start=self.bolus.start + back - self.now)
        self.now = back
        if self.bolus:
            volume, duration, start = self.bolus
            flow = self.peak(start + duration - back) + Fraction(volume * DAY, duration)
            if flow > self.hardware.highest_nl_per_day:
                self.cancel()
        self.begin_due()

    def begin(self, volume: int, duration: int) -> bool:
        """Start a bolus if the definition allows it."""
        if not self.moving or self.special or self.bolus:
            return False
        if (
            self.peak(duration) + Fraction(volume * DAY, duration)
            > self.hardware.highest_nl_per_day
        ):
            return False
        self.bolus = OnTop(volume, duration, self.now)
        self.boluses += 1
        return True

    def press(self) -> bool:
        """Start a patient bolus if lockout and count allow it."""
        wanted = self.program.patient_bolus if self.program else None
        if wanted is None or any(self.now - start < wanted.lockout_s for start in self.starts):
            return False
        if sum(self.now - start < DAY for start in self.starts) >= wanted.most_in_24_h:
            return False
        if not self.begin(wanted.volume_nl, wanted.duration_s):
            return False
        self.starts.append(self.now)
        return True

    def cancel(self) -> None:
        """End a bolus early; the pump's parts of a nanolitre are whole."""
        if self.bolus:
            exact = Fraction(self.bolus.volume * (self.now - self.bolus.start), self.bolus.duration)
            self.exact += Fraction(exact * DAY // 1, DAY) - exact
            self.bolus = None


def random_program(rng: Random, highest: int) -> Program:
    """Return a program as a clinic might write it, and now and then an odd one."""
    while True:
        program = _any_program(rng, highest)
        patient = program.patient_bolus
        wanted: list[ScheduledBolus | PatientBolus] = [*program.boluses]
        wanted += [patient] if patient else []
        if all(one.volume_nl * DAY <= highest * one.duration_s for one in wanted):
            return program


def _any_program(rng: Random, highest: int) -> Program:
    flow = rng.randrange(40_000, 400_000)
    kind = rng.randrange(4)
    if kind == 0:
        steps = {0: flow}
    elif kind == 1:
        starts = sorted({0, *(rng.randrange(DAY) for _ in range(rng.randrange(12)))})
        rates = [rng.choice((0, rng.randrange(2 * flow), flow)) for _ in starts]
        pairs = list(zip(starts, rates, strict=True))
        steps = {day * DAY + at: rate for day in range(7) for at, rate in pairs}
    else:
        starts = sorted({0, *(rng.randrange(WEEK) for _ in range(rng.randrange(40)))})
        steps = {at: rng.randrange(2 * flow) for at in starts}
    boluses = tuple(
        ScheduledBolus(
            rng.randrange(10 * 365 * DAY),
            rng.randrange(1, 60_000),
            duration := rng.randrange(60, 4 * HOUR),
            rng.choice((None, max(duration, rng.randrange(4 * HOUR, 9 * DAY)))),
        )
        for _ in range(rng.randrange(3))
    )
    patient = PatientBolus(
        rng.randrange(1, 50_000),
        rng.randrange(1, HOUR),
        rng.randrange(1, 12 * HOUR),
        rng.randrange(8),
    )
    bridge = Bridge(rng.randrange(1, 500_000), rng.randrange(1_000, highest))
    return Program(
        "flex",
        tuple(WeekStep(at, rate) for at, rate in sorted(steps.items())),
        boluses,
        rng.choice((None, patient)),
        rng.choice((None, None, bridge)),
    )


class Checked(NamedTuple):
    """How much a history has tried."""

    strokes: int
    boluses: int
    checks: int


def check_history(seed: int, years: int, strokes: tuple[int, ...] = STROKES) -> Checked:
    """Live a random history and compare the controller with the oracle at every event of it."""
    rng = Random(seed)  # noqa: S311 - a history that can be told again
    stroke = rng.choice(strokes)
    hardware = Hardware(40_000_000, stroke, 1_400_000, 2_000_000, rng.choice(HIGHEST), 140_000)
    machine = Machine(hardware, reservoir_nl=40_000_000)
    oracle = Oracle(hardware)
    checks = now = refilled = 0
    what = "commit"
    while now < years * 365 * DAY:
        oracle.to(now)
        machine.run(now)
        if now - refilled > 10 * DAY:
            machine.send(Refilled(now, 40_000_000))
            refilled = now
        _tell_both(what, machine, oracle, rng)
        for later in (0, rng.randrange(HOUR)):
            machine.run(oracle.now + later)
            oracle.to(oracle.now + later)
            assert 0 <= oracle.exact - machine.total * stroke < stroke, f"seed {seed}, {now} s"
        checks += 2
        now = oracle.now + rng.randrange(1, rng.choice((60, HOUR, DAY, 3 * DAY)))
        what = rng.choice(ORDERS)
    assert "reservoir empty" not in machine.kinds(), f"seed {seed}: the refills came too late"
    _check_boluses(seed, machine, stroke)
    assert len(machine.notes("bolus started")) == oracle.boluses, f"seed {seed}: boluses"
    return Checked(machine.total, oracle.boluses, checks)


def _check_boluses(seed: int, machine: Machine, stroke: int) -> None:
    by_bolus: Counter[int] = Counter()
    for one in machine.given:
        if one.account in BOLUSES:
            by_bolus[one.bolus_id] += one.for_bolus * stroke
    whole = {numbers[1] for _, numbers in machine.notes("bolus ended")}
    for _, (_, number, volume, _) in machine.notes("bolus started"):
        assert by_bolus[number] < volume + stroke, f"seed {seed}, bolus {number}"
        assert number not in whole or by_bolus[number] > volume - stroke, f"seed {seed}, {number}"


def _tell_both(what: str, machine: Machine, oracle: Oracle, rng: Random) -> None:
    now, highest = oracle.now, oracle.hardware.highest_nl_per_day
    if what == "press":
        machine.send(Pressed(now))
        oracle.press()
    elif what == "bolus":
        volume, duration = rng.randrange(1, 80_000), rng.randrange(1, 6 * HOUR)
        machine.send(BolusOrdered(now, volume, duration))
        oracle.begin(volume, duration)
    elif what == "stop":
        _stop_both(machine, oracle, now + rng.randrange(1, rng.choice((HOUR, 3 * DAY))))
    elif what == "clock":
        offset = rng.randrange(100 * 365 * DAY)
        machine.send(ClockSet(now, offset))
        oracle.offset = oracle.offset if oracle.bolus else offset % WEEK
    elif what == "power":
        back = now + rng.randrange(rng.choice((2, HOUR, 4 * DAY)))
        machine.send_after_power_loss(PowerReturned(back))
        oracle.skip(back)
    elif what == "commit":
        _commit_both(machine, oracle, random_program(rng, highest))
    else:
        _prime_both(machine, oracle, rng.randrange(1, 400_000), rng.randrange(100_000, highest))


def _commit_both(machine: Machine, oracle: Oracle, program: Program) -> None:
    machine.commit(program, oracle.now)
    oracle.cancel()
    oracle.program, oracle.moving, oracle.priming = program, True, False
    bridge = program.bridge
    oracle.special = Fraction(bridge.volume_nl if bridge else 0)
    oracle.special_rate = Fraction(bridge.nl_per_day if bridge else 0, DAY)
    oracle.begin_due()


def _stop_both(machine: Machine, oracle: Oracle, again: int) -> None:
    machine.send(StopOrdered(oracle.now))
    oracle.cancel()
    if oracle.priming:
        oracle.special = Fraction(0)
    oracle.moving = False
    oracle.to(again)
    machine.run(again)
    machine.send(StartOrdered(again))
    oracle.moving = True


def _prime_both(machine: Machine, oracle: Oracle, volume: int, rate: int) -> None:
    machine.send(PrimeOrdered(oracle.now, volume, rate))
    if not oracle.special:
        oracle.cancel()
        oracle.priming = True
        oracle.special, oracle.special_rate = Fraction(volume), Fraction(rate, DAY)


def main(first: int, last: int, years: int) -> None:
    """Check a range of seeds and print what was tried."""
    tried = [check_history(seed, years) for seed in range(first, last)]
    strokes, boluses, checks = (sum(numbers) for numbers in zip(*tried, strict=True))
    print(f"{len(tried) * years} years, {strokes} strokes, {boluses} boluses, {checks} checks")  # noqa: T201 - a program


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
