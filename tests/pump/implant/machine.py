"""A controller at work: woken whenever it asks, its boluses admitted, its strokes written down."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

from thecal.pump.implant.controller import next_wake_s, step, unprogrammed
from thecal.pump.implant.values import (
    Account,
    AskBolus,
    BolusAdmitted,
    BolusDenied,
    Committed,
    Event,
    Limits,
    Outcome,
    Push,
    Record,
    SafeAction,
    Setting,
    State,
    Woke,
)
from thecal.pump.program import STOPPED, Bridge, Hardware, PatientBolus, Program, WeekStep

HOUR = 3_600
DAY = 86_400
WEEK = 604_800
PUMP = Hardware(
    reservoir_nl=20_000_000,
    stroke_nl=1_500,
    residual_nl=1_400_000,
    low_reservoir_nl=2_000_000,
    highest_nl_per_day=24_000_000,
    tubing_nl=140_000,
)
LIMITS = Limits(SafeAction.HOLD, 10**8, 10**8, 10**8, 6_000, 4_000_000)
ON_DEMAND = PatientBolus(volume_nl=20_000, duration_s=300, lockout_s=4 * HOUR, most_in_24_h=4)
CONSTANT = Program("simple continuous", (WeekStep(0, 250_000),), patient_bolus=ON_DEMAND)
NOTHING = Program(STOPPED, (WeekStep(0, 0),))
WEEKEND = Program("flex", (WeekStep(0, 300_000), WeekStep(5 * DAY, 150_000)))
BRIDGED = Program("simple continuous", (WeekStep(0, 250_000),), bridge=Bridge(60_000, 400_000))
SETTING = Setting(PUMP, CONSTANT, LIMITS)
STROKE = PUMP.stroke_nl


class Given(NamedTuple):
    """One command of strokes."""

    at_s: int
    strokes: int
    for_bolus: int
    account: int
    bolus_id: int


class Machine:
    """One controller with all that it has commanded; a monitor that admits what it is told to."""

    def __init__(
        self, hardware: Hardware = PUMP, *, reservoir_nl: int = 20_000_000, offset_s: int = 0
    ) -> None:
        self.state = State(reservoir_nl=reservoir_nl, week_offset_s=offset_s)
        self.setting = unprogrammed(hardware)
        self.given: list[Given] = []
        self.total = 0
        self.records: list[tuple[int, Record]] = []
        self.admits = True

    def send(self, event: Event) -> Outcome:
        """Step, keep everything, and answer for the monitor; time goes on by wakes before it."""
        self._wake_before(event.now_s)
        return self._take(event)

    def send_after_power_loss(self, event: Event) -> Outcome:
        """Step without the wakes that fell due before: there was no power."""
        return self._take(event)

    def _wake_before(self, at_s: int) -> None:
        while (wake_s := next_wake_s(self.state, self.setting)) < at_s:
            assert wake_s > self.state.now_s
            self._take(Woke(wake_s))

    def reservoir_at(self, at_s: int) -> int:
        """Return the volume that the pump will compute at a second, without going there."""
        self._wake_before(at_s)
        return step(self.state, Woke(at_s), self.setting).state.reservoir_nl

    def run(self, until_s: int) -> None:
        """Wake the controller until a second."""
        self.send(Woke(until_s))

    def commit(self, program: Program, now_s: int = 0, limits: Limits = LIMITS) -> Outcome:
        """Let a program take effect."""
        return self.send(Committed(now_s, Setting(self.setting.hardware, program, limits)))

    def _take(self, event: Event) -> Outcome:
        before = self.state
        outcome = step(before, event, self.setting)
        self.state = outcome.state
        if isinstance(event, Committed) and self.state.commits > before.commits:
            self.setting = event.setting
        now_s = self.state.now_s
        self.records += [(now_s, record) for record in outcome.records]
        for command in outcome.commands:
            if isinstance(command, Push):
                owner = before.bolus_id if command.account in BOLUSES else 0
                self.total += command.strokes
                self.given.append(Given(now_s, *command, owner))
            elif isinstance(command, AskBolus):
                self._take(BolusAdmitted(now_s) if self.admits else BolusDenied(now_s, 1))
        owed = self.state.owed_basal + self.state.owed_bolus
        assert 0 <= owed < self.setting.plan.stroke_parts
        return outcome

    def strokes(self, until_s: int | None = None) -> int:
        """Return the strokes commanded up to and with a second."""
        return sum(one.strokes for one in self.given if until_s is None or one.at_s <= until_s)

    def by_account(self) -> Counter[Account]:
        """Return the strokes of each account."""
        found: Counter[Account] = Counter()
        for one in self.given:
            found[Account.BASAL] += one.strokes - one.for_bolus
            found[Account(one.account)] += one.for_bolus
        return found

    def kinds(self) -> list[str]:
        """Return the kinds of all records."""
        return [record.kind for _, record in self.records]

    def notes(self, kind: str) -> list[tuple[int, tuple[int, ...]]]:
        """Return second and numbers of each record of a kind."""
        return [(at_s, record.values) for at_s, record in self.records if record.kind == kind]


BOLUSES = (Account.PATIENT_BOLUS, Account.SCHEDULED_BOLUS, Account.CLINICIAN_BOLUS)


def at_work(program: Program = CONSTANT, limits: Limits = LIMITS) -> Machine:
    """Return a full pump at second 0 on which a program has just taken effect."""
    machine = Machine()
    machine.commit(program, limits=limits)
    return machine


def given_nl(machine: Machine, since_s: int, until_s: int) -> int:
    """Return the volume commanded after one second and up to another."""
    return (machine.strokes(until_s) - machine.strokes(since_s)) * STROKE


def for_drug(action: SafeAction, program: Program = CONSTANT) -> Machine:
    """Return a pump at work with a drug that needs this after a fault."""
    return at_work(program, replace(LIMITS, safe_action=action))
