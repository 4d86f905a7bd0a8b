"""The long run: all campaigns by turns for some minutes, spread over processes by seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from time import monotonic, process_time
from typing import Any, Final, NamedTuple

from thecal import __version__
from thecal.errors import InputError
from thecal.pump.simulation import interrupted, singles
from thecal.pump.simulation.caps import histories
from thecal.pump.simulation.course import drawn, lived, shrunk
from thecal.pump.simulation.cuts import power_cuts
from thecal.pump.simulation.faults import GROUPS, MENU
from thecal.pump.simulation.flood import flood_error_nl
from thecal.pump.simulation.kit import Kit
from thecal.pump.simulation.quiet import quiet
from thecal.pump.simulation.tampering import tamper_campaign, verify_seconds
from thecal.pump.simulation.world import World
from thecal.pump.telemetry import attacks

YEAR_S: Final = 31_557_600
_HOUR_S: Final = 3_600
_SLICE_S: Final = 4
"""About so long works one process before it tells what it found."""
_DAYS: Final = 10
_MOST_FAULTS: Final = 6
_TRIES: Final = 12
_SHOWN: Final = 50
_LONG_MINUTES: Final = 3
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


def _life(kits: Kits, seed: int) -> Found:
    course = drawn(kits[seed % len(kits)], seed, _DAYS, _MOST_FAULTS)
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
    numbers = Counter({"power_cut_points": found.points, "device_s": found.lived_s})
    return Found(numbers, tuple(f"  {one}" for one in found.violations))


def _slots(_kits: Kits, seed: int) -> Found:
    found = power_cuts(1 + seed % 4)
    return Found(
        Counter({"power_cut_points": found.points}), tuple(f"  {one}" for one in found.violations)
    )


def _caps(_kits: Kits, seed: int) -> Found:
    count = 200
    found = histories(count, seed * count)
    words = tuple(f"  PC-06: history {one}" for one in found.violations)
    return Found(Counter({"cap_histories": found.histories}), words)


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
    Campaign("life", "people live with a pump, and several faults happen", 30, _life),
    Campaign("single", "one fault at one moment, beside the same world without it", 22, _single),
    Campaign("double", "two faults of different groups", 8, _double),
    Campaign(
        "cuts", "the power is cut at an I/O of a busy hour, in every pattern", 14, _interrupted
    ),
    Campaign("slots", "power cuts on slots and log alone, at every I/O and pattern", 4, _slots),
    Campaign("caps", "random orders against the caps", 6, _caps),
    Campaign("tampering", "a stored log is altered", 5, _tampering),
    Campaign("attacks", "attacks on the link", 5, _attacks),
    Campaign("quiet", "a pump without any fault", 6, _quiet),
)


def replay(kits: Kits, wanted: str) -> Found:
    """Run again what ``VERSION:CAMPAIGN:NUMBER`` names; a shorter form of a life says more.

    Raises
    ------
    InputError
        When it names nothing, or was written by another version.
    """
    version, name, number, *rest = [*wanted.split(":"), "", ""][:6]
    campaign = next((one for one in CAMPAIGNS if one.name == name), None)
    if version != __version__ or campaign is None or not number.isdecimal():
        names = ", ".join(one.name for one in CAMPAIGNS)
        raise InputError(
            f'a replay is "{__version__}:CAMPAIGN:NUMBER" with a campaign of {names}, '
            f'but this is "{wanted}"'
        )
    options = dict(part.split("=", 1) for part in rest if "=" in part)
    seed = int(number)
    if name != "life" or not options:
        return campaign.piece(kits, seed)
    course = drawn(kits[seed % len(kits)], seed, _DAYS, _MOST_FAULTS)
    if "until" in options:
        course = course._replace(until_s=int(options["until"]))
    if "faults" in options:
        kept = {int(one) for one in options["faults"].split(",") if one}
        course = course._replace(faults=tuple(one for one in course.faults if one[0] in kept))
    ended = lived(course)
    return Found(Counter(ended.counts), (ended.violation,) if ended.violation else ())


def soak(
    kits: Kits,
    minutes: float,
    *,
    seed: int = 0,
    workers: int = 2,
    tell: Callable[[Mapping[str, Any]], None] = lambda _: None,
) -> dict[str, Any]:
    """Run all campaigns for some minutes.

    Parameters
    ----------
    kits
        The kinds of pump; the first is the reference.
    minutes
        Of real time.
    seed
        The number of the first piece of each campaign.
    workers
        Processes.
    tell
        Is called with the figures so far, now and then.

    Returns
    -------
    dict
        Every figure by name, as JSON can hold it.
    """
    began = monotonic()
    lefts = [_Left(seed + number) for number in range(workers)]
    total, pieces, violations = Counter[str](), Counter[str](), list[str]()
    with ProcessPoolExecutor(workers, initializer=_keep, initargs=(kits,)) as pool:
        extras = pool.submit(_extras, minutes)
        while (left_s := 60 * minutes - (monotonic() - began)) > 0:
            seconds = min(_SLICE_S, max(left_s, 0.5))
            slices = [pool.submit(_slice, left, workers, seconds) for left in lefts]
            for number, one in enumerate(slices):
                done = one.result()
                lefts[number] = done.left
                total.update(done.numbers)
                pieces.update(done.pieces)
                violations += done.violations
            tell(_figures(total, pieces, violations, monotonic() - began, workers))
        numbers = extras.result()
        last = [pool.submit(_missing, name, seed) for name in _never(total) if minutes >= 1]
        for one in last:
            done = one.result()
            total.update(done.numbers)
            pieces.update(done.pieces)
            violations += done.violations
    figures = _figures(total, pieces, violations, monotonic() - began, workers)
    return figures | numbers


class _Left(NamedTuple):
    """Where a process goes on: the next number of each campaign, and the time spent on it."""

    first: int
    done: tuple[int, ...] = (0,) * len(CAMPAIGNS)
    spent_us: tuple[int, ...] = (0,) * len(CAMPAIGNS)


class _Slice(NamedTuple):
    """What some seconds of one process came to."""

    left: _Left
    numbers: Counter[str]
    pieces: Counter[str]
    violations: tuple[str, ...]


_KITS: list[Kits] = []


def _keep(kits: Kits) -> None:
    """Let a process keep what all its pieces are built from."""
    _KITS[:] = [kits]


def _slice(left: _Left, stride: int, seconds: float) -> _Slice:
    """Run pieces for some seconds, those of the campaign that is most behind its share first."""
    until = monotonic() + seconds
    done, spent_us = list(left.done), list(left.spent_us)
    numbers, pieces, violations = Counter[str](), Counter[str](), list[str]()
    while monotonic() < until:
        place = min(range(len(CAMPAIGNS)), key=lambda one: spent_us[one] / CAMPAIGNS[one].share)
        campaign, began = CAMPAIGNS[place], process_time()
        found, words = _piece(campaign, left.first + done[place] * stride)
        spent_us[place] += int((process_time() - began) * 1_000_000) + 1
        done[place] += 1
        numbers.update(found)
        pieces[campaign.name] += 1
        violations += words
    return _Slice(
        left._replace(done=tuple(done), spent_us=tuple(spent_us)),
        numbers,
        pieces,
        tuple(violations),
    )


def _piece(campaign: Campaign, number: int) -> Found:
    try:
        found = campaign.piece(_KITS[0], number)
    except Exception as broken:  # noqa: BLE001 - a campaign that breaks down has found something
        found = Found(Counter(), (f"  {type(broken).__name__}: {broken}",))
    name = f"{__version__}:{campaign.name}:{number}"
    return Found(found.numbers, tuple(_named(name, words) for words in found.violations))


def _named(name: str, words: str) -> str:
    return f"{name}{words}" if words.startswith(" ") else f"{name}:{words}"


def _missing(name: str, seed: int) -> _Slice:
    """Try a fault that has not struck yet at some more moments."""
    numbers, violations = Counter[str](), list[str]()
    place = next(at for at, fault in enumerate(MENU) if fault.name == name)
    single = next(one for one in CAMPAIGNS if one.name == "single")
    pieces = 0
    for again in range(_TRIES):
        found = _piece(single, place + len(MENU) * (seed + again))
        pieces += 1
        numbers.update(found.numbers)
        violations += found.violations
        if numbers[f"fault: {name}"]:
            break
    return _Slice(_Left(0), numbers, Counter({"single": pieces}), tuple(violations))


def _never(total: Counter[str]) -> list[str]:
    return [fault.name for fault in MENU if not total[f"fault: {fault.name}"]]


def _extras(minutes: float) -> dict[str, Any]:
    """Return what is measured once: a long log, and a flood beside silence."""
    records = 1_000_000 if minutes >= _LONG_MINUTES else 1_000 + int(50_000 * minutes)
    return {
        "log_verify_records": records,
        "log_verify_seconds": round(verify_seconds(records), 3),
        "flood_delivery_error_nl": flood_error_nl(_KITS[0][0], 1),
    }


def _figures(
    total: Counter[str], pieces: Counter[str], violations: list[str], seconds: float, workers: int
) -> dict[str, Any]:
    by_group = {
        group: sum(total[f"fault: {one.name}"] for one in MENU if one.group == group)
        for group in GROUPS
    }
    hours = total["faulty_us"] / 1_000_000 / _HOUR_S
    years = total["faulty_s"] / YEAR_S
    names = (
        "power_cut_points",
        "single_fault_cases",
        "double_fault_cases",
        "attacks_tried",
        "attacks_accepted",
        "log_tamperings",
        "log_tamperings_found",
        "cap_histories",
        "false_alarms",
    )
    never = _never(total)
    return {
        "version": __version__,
        "campaigns": {one.name: one.words for one in CAMPAIGNS},
        "menu": [{"name": one.name, "group": one.group, "words": one.words} for one in MENU],
        "seconds": round(seconds, 1),
        "workers": workers,
        "device_years": round(total["device_s"] / YEAR_S, 3),
        "device_years_per_hour": round(workers * years / hours, 1) if hours else 0,
        "times_real_time": round(total["quiet_s"] / max(total["quiet_us"], 1) * 1_000_000),
        "seeds": sum(pieces.values()),
        "seeds_by_campaign": dict(sorted(pieces.items())),
        "faults_in_menu": len(MENU),
        "faults_fired": len(MENU) - len(never),
        "faults_never_fired": never,
        "fired_by_group": by_group,
        "fired_by_class": {one.name: total[f"fault: {one.name}"] for one in MENU},
        **{name: total[name] for name in names},
        "violations": len(violations),
        "violations_seen": violations[:_SHOWN],
    }
