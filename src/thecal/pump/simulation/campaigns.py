"""The campaigns of a soak: what each of their numbered pieces does, and what it counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from time import process_time
from typing import Final, NamedTuple

from thecal.pump.simulation import interrupted, singles
from thecal.pump.simulation.admissions import admissions
from thecal.pump.simulation.caps import histories
from thecal.pump.simulation.course import drawn, lived, shrunk
from thecal.pump.simulation.cuts import power_cuts
from thecal.pump.simulation.faults import MENU
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.quiet import quiet
from thecal.pump.simulation.tampering import tamper_campaign
from thecal.pump.simulation.world import World
from thecal.pump.telemetry import attacks

DAYS: Final = 10
"""How long a life lasts ..."""
MOST_FAULTS: Final = 6
"""... and how many faults it has at the most."""
YEAR_S: Final = 31_557_600
Kits = tuple[Kit, ...]


class Found(NamedTuple):
    """What one piece of a campaign came to."""

    numbers: Counter[str]
    """Whole numbers that add up."""
    violations: tuple[str, ...] = ()
    """Each with what replays it."""


class Campaign(NamedTuple):
    """One campaign of the soak."""

    name: str
    words: str
    share: int
    """Of the time, in percent."""
    piece: Callable[[Kits, int], Found]
    """Runs the piece of one number."""
    figure: str
    """What it counts above all ..."""
    goal: int
    """... and how many are enough: then most of its time goes to those that are not there yet."""


def _life(kits: Kits, seed: int) -> Found:
    course = drawn(kits[seed % len(kits)], seed, DAYS, MOST_FAULTS)
    started = process_time()
    ended = lived(course)
    numbers = Counter(
        {
            "device_s": ended.lived_s,
            "faulty_s": ended.lived_s,
            "faulty_us": int((process_time() - started) * 1_000_000),
            "steps": ended.steps,
            "power_cut_points": ended.cuts,
            "attacks_tried": ended.counts.get("attack", 0),
            "courses": 1,
        }
    )
    numbers.update({k: n for k, n in ended.counts.items() if k.startswith("fault: ")})
    if not ended.violation:
        return Found(numbers)
    least = shrunk(course)
    place = ",".join(str(number) for number, _, _ in least.faults)
    names = ", ".join(f"{MENU[which].name} at {at_s}" for _, which, at_s in least.faults)
    words = f"until={least.until_s}:faults={place}  {ended.violation} [{names or 'no fault'}]"
    return Found(numbers, (words,))


def _tried(kind: str, case: singles.Case) -> Found:
    numbers = Counter({"device_s": case.lived_s})
    if case.fired:
        numbers[kind] += 1
    numbers.update(f"fault: {name}" for name in case.fired)
    numbers.update(f"{kind}: {name}" for name in case.fired)
    words = f"  {case.violation} [{', '.join(case.names)}]"
    return Found(numbers, (words,) if case.violation else ())


def _single(kits: Kits, seed: int) -> Found:
    fault = MENU[seed % len(MENU)]
    fitting = [kit for kit in kits if fault.fits(World(kit, 0))]
    kit = fitting[seed // len(MENU) % len(fitting)]
    return _tried("single_fault_cases", singles.single(kit, seed))


def _double(kits: Kits, seed: int) -> Found:
    return _tried("double_fault_cases", singles.double(kits[0], seed))


_LENGTHS: Final[dict[str, int]] = {}


def _length(kit: Kit) -> int:
    if kit.name not in _LENGTHS:
        _LENGTHS[kit.name] = interrupted.length(kit)
    return _LENGTHS[kit.name]


def _interrupted(kits: Kits, seed: int) -> Found:
    kit = kits[seed % len(kits)]
    # A stride coprime to the length visits every I/O, and every part of the hour early.
    found = interrupted.cut_at(kit, seed * 7_919 % _length(kit))
    numbers = Counter(
        {
            "power_cut_points": found.points,
            "interruptions": found.points,
            "device_s": found.lived_s,
        }
    )
    return Found(numbers, tuple(f"  {one}" for one in found.violations))


def _slots(_kits: Kits, seed: int) -> Found:
    found = power_cuts(1 + seed % 4)
    numbers = Counter({"power_cut_points": found.points, "slot_cuts": found.points})
    return Found(numbers, tuple(f"  {one}" for one in found.violations))


def _caps(_kits: Kits, seed: int) -> Found:
    found = admissions(seed)
    numbers = Counter(
        {
            "cap_histories": found.histories,
            "cap_boluses_admitted": found.admitted,
            "cap_boluses_denied": found.denied,
            "cap_histories_full": found.full,
        }
    )
    return Found(numbers, tuple(f"  PC-06: {one}" for one in found.violations))


def _both(_kits: Kits, seed: int) -> Found:
    count = 200
    found = histories(count, seed * count)
    words = tuple(f"  PC-06: history {one}" for one in found.violations)
    return Found(Counter({"cap_conformance_histories": found.histories}), words)


def _tampering(_kits: Kits, seed: int) -> Found:
    count = 1_000
    found = tamper_campaign(count, seed * count)
    words = tuple(f"  PC-71: tampering {one} was not found" for one in found.missed)
    return Found(
        Counter({"log_tamperings": found.tampered, "log_tamperings_found": found.found}), words
    )


def _attacks(_kits: Kits, seed: int) -> Found:
    found = attacks(2_000, seed)
    words = ("  PC-80: an attack was accepted",) if found.accepted else ()
    return Found(Counter({"attacks_tried": found.tried, "attacks_accepted": found.accepted}), words)


def _quiet(kits: Kits, seed: int) -> Found:
    kit = kits[0]
    started = process_time()
    lived_s, alarms = quiet(kit, seed)
    numbers = Counter(
        {
            "device_s": lived_s,
            "quiet_s": lived_s,
            "quiet_us": int((process_time() - started) * 1_000_000),
            "false_alarms": len(alarms),
        }
    )
    return Found(numbers, tuple(f"  PC-65: {one} without a cause" for one in alarms))


CAMPAIGNS: Final = (
    Campaign(
        "life",
        "people live with a pump, and several faults happen",
        22,
        _life,
        "courses",
        10_000,
    ),
    Campaign(
        "single",
        "one fault at one moment, beside the same world without it",
        18,
        _single,
        "single_fault_cases",
        20_000,
    ),
    Campaign(
        "double",
        "two faults of different groups",
        6,
        _double,
        "double_fault_cases",
        5_000,
    ),
    Campaign(
        "cuts",
        "the power is cut at an I/O of a busy hour, in every pattern",
        12,
        _interrupted,
        "interruptions",
        50_000,
    ),
    Campaign(
        "slots",
        "power cuts on slots and log alone, at every I/O and pattern",
        3,
        _slots,
        "slot_cuts",
        100_000,
    ),
    Campaign(
        "caps",
        "random orders to the monitor alone, every window counted anew",
        24,
        _caps,
        "cap_histories",
        1_100_000,
    ),
    Campaign(
        "both",
        "random orders to controller and monitor together",
        3,
        _both,
        "cap_conformance_histories",
        20_000,
    ),
    Campaign(
        "tampering",
        "a stored log is altered",
        3,
        _tampering,
        "log_tamperings",
        110_000,
    ),
    Campaign(
        "attacks",
        "attacks on the link",
        3,
        _attacks,
        "attacks_tried",
        500_000,
    ),
    Campaign(
        "quiet",
        "a pump without any fault",
        6,
        _quiet,
        "quiet_s",
        30 * YEAR_S,
    ),
)
