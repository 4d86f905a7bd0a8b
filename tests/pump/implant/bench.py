"""A pump on a trivial plant, for the tests of the runtime."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tests.pump.implant.alarm_data import TABLE
from thecal.pump.amounts import DAY_S, NL_PER_ML
from thecal.pump.implant.alarms import Sound
from thecal.pump.implant.battery import Battery
from thecal.pump.implant.chain import MAC_BYTES
from thecal.pump.implant.codec import encode_limits, encode_program
from thecal.pump.implant.detection import Detection
from thecal.pump.implant.implant import Implant
from thecal.pump.implant.profile import Profile
from thecal.pump.implant.records import decoded
from thecal.pump.implant.staging import Staged
from thecal.pump.implant.store import MemoryStore, Store
from thecal.pump.implant.values import (
    Limits,
    Permit,
    Phase,
    Reading,
    Record,
    Reply,
    SafeAction,
)
from thecal.pump.program import Hardware, Program, WeekStep

HARDWARE = Hardware(20 * NL_PER_ML, 250, 1_400_000, 4 * NL_PER_ML, 24 * NL_PER_ML, 140_000)
DETECTION = Detection(
    has_turned=1,
    has_flow=0,
    has_fill=0,
    has_battery=0,
    has_pressure=0,
    sample_s=180,
    over_percent=110,
    under_percent=90,
    window_s=900,
    window_strokes=3,
    bolus_over_s=10,
    bolus_under_s=60,
    flow_error_nl=0,
    free_flow_percent=200,
    free_flow_nl=1_000,
    stall_strokes=3,
    stall_s=900,
    occlusion_hpa=500,
    occlusion_s=300,
    stored_nl_per_hpa=10,
    lowest_hpa=-1_000,
    highest_hpa=5_000,
    lowest_mv=1_000,
    highest_mv=4_000,
    reservoir_nl=20 * NL_PER_ML,
    residual_nl=1_400_000,
    empty_nl=500_000,
    band_nl=NL_PER_ML,
    fill_sigma_nl=100_000,
    band_s=3_600,
)
BATTERY = Battery(
    capacity_s=8 * 365 * DAY_S,
    stroke_s=10,
    full_mv=3_000,
    end_mv=2_400,
    low_mv=2_450,
    life_s=7 * 365 * DAY_S,
    lead_s=90 * DAY_S,
    agree_s=30 * DAY_S,
)
PROFILE = Profile(
    HARDWARE,
    TABLE,
    DETECTION,
    BATTERY,
    staged_s=180,
    watchdog_s=5,
    ride_s=DAY_S,
    least_low_nl=2 * NL_PER_ML,
)
LIMITS = Limits(SafeAction.HOLD, 200_000, 400_000, 1_000_000, 6_000, 4 * NL_PER_ML)
PROGRAM = Program("simple continuous", (WeekStep(0, 250_000),))
KEY = bytes(range(32))


@dataclass
class ToyPlant:
    """Moves what it is permitted to, and tells what it moved."""

    turned: int = 0
    halted: int = 0
    stuck: bool = False
    serial: int = 0
    pushes: list[tuple[int, int]] = field(default_factory=list)
    shown: Reading = field(default_factory=Reading)

    def push(self, permit: Permit, strokes: int, now_s: int) -> None:
        assert permit.serial > self.serial
        assert now_s < permit.expires_s
        assert strokes <= permit.strokes
        self.serial = permit.serial
        self.pushes.append((now_s, strokes))
        if not self.stuck:
            self.turned += strokes

    def halt(self, now_s: int) -> None:  # noqa: ARG002  (a motor would take time)
        self.halted += 1

    def read(self, now_s: int) -> Reading:  # noqa: ARG002  (what is shown is set by hand)
        return self.shown._replace(turned=self.turned)


class Bench:
    """One implant, its plant and its store, at a second that only goes forward."""

    def __init__(
        self,
        profile: Profile = PROFILE,
        *,
        store: Store | None = None,
        reservoir_nl: int = 18 * NL_PER_ML,
        plant: ToyPlant | None = None,
    ) -> None:
        self.profile = profile
        self.store = store if store is not None else MemoryStore()
        self.plant = plant or ToyPlant()
        self.sounds: list[Sound] = []
        self.now_s = 0
        self.own_lead_s = 0
        self.implant = self.made(reservoir_nl)

    def made(self, reservoir_nl: int = 0) -> Implant:
        return Implant(
            self.profile,
            self.store,
            self.plant,
            log_key=KEY,
            own_clock=lambda: self.now_s + self.own_lead_s,
            now_s=self.now_s,
            speaker=self.sounds.append,
            reservoir_nl=reservoir_nl,
        )

    def restart(self, off_s: int = 0) -> None:
        """Lose the power, and have it back after so many seconds."""
        self.now_s += off_s
        self.plant.serial = 0
        self.implant = self.made()

    def program(self, program: Program = PROGRAM, limits: Limits = LIMITS) -> None:
        staged = self.implant.stage(encode_program(program), encode_limits(limits), self.now_s)
        assert isinstance(staged, Staged), staged
        reply = self.implant.commit(staged.digest, self.now_s)
        assert reply.accepted, reply

    def run(self, seconds: int) -> None:
        """Wake the implant whenever it asks, for so long."""
        end_s = self.now_s + seconds
        due_s = self.implant.wake(self.now_s)
        while due_s <= end_s:
            self.now_s = due_s
            due_s = self.implant.wake(due_s)
        self.now_s = end_s
        self.implant.wake(end_s)

    @property
    def causes(self) -> set[str]:
        return {one.name for one in self.implant.status(self.now_s).alarms if one.active}

    @property
    def listed(self) -> set[str]:
        return {one.name for one in self.implant.status(self.now_s).alarms}


def running(program: Program = PROGRAM, *, reservoir_nl: int = 18 * NL_PER_ML) -> Bench:
    """A pump on a program from second 0."""
    bench = Bench(reservoir_nl=reservoir_nl)
    bench.program(program)
    return bench


def ended() -> Bench:
    """A pump that has reached its end of service, by age."""
    battery = replace(BATTERY, life_s=100 * DAY_S)
    bench = Bench(replace(PROFILE, battery=battery))
    bench.program(replace(PROGRAM, steps=(WeekStep(0, 10_000),)))
    bench.run(101 * DAY_S)
    return bench


def staged(bench: Bench, program: Program = PROGRAM, limits: Limits = LIMITS) -> Staged | Reply:
    return bench.implant.stage(encode_program(program), encode_limits(limits), bench.now_s)


def phase(bench: Bench) -> Phase:
    return Phase(bench.implant.status(bench.now_s).phase)


def delivered_nl(bench: Bench) -> int:
    """What the motor has moved in truth."""
    return sum(strokes for _, strokes in bench.plant.pushes) * HARDWARE.stroke_nl


def records(bench: Bench) -> list[Record]:
    """All that the log says."""
    raw, at, found = bench.implant.log_from(0), 0, []
    while at < len(raw):
        entry, at = decoded(raw, at)
        at += MAC_BYTES
        found.append(entry.record)
    return found
