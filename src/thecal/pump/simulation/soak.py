"""The long run: all campaigns by turns for some minutes, spread over processes by seed.

Each process is given a slice of a few seconds at a time, and begins nothing that would outlast the
minutes, as far as the longest piece of its kind tells. What is behind comes first: a campaign that
has not begun, a fault class that never struck, then the campaign with the least time for its share.
A campaign that has reached its goal leaves most of its share to the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from time import monotonic, process_time
from typing import Any, Final, NamedTuple

from thecal import __version__
from thecal.errors import InputError
from thecal.pump.simulation.campaigns import (
    CAMPAIGNS,
    DAYS,
    MOST_FAULTS,
    YEAR_S,
    Campaign,
    Found,
    Kits,
)
from thecal.pump.simulation.course import drawn, lived
from thecal.pump.simulation.faults import GROUPS, MENU
from thecal.pump.simulation.flood import flood_error_nl
from thecal.pump.simulation.patterns import CASES, Explored, every_pattern
from thecal.pump.simulation.tampering import verify_seconds

_HOUR_S: Final = 3_600
_SLICE_S: Final = 4
"""About so long works one process before it tells what it found."""
_TRIES: Final = 12
"""How often a fault class that never struck is tried for its own sake."""
_BATCH: Final = 8
"""So many of these in one slice."""
_APART: Final = 1 << 20
"""Their numbers are those of so many rounds of the menu later."""
_ENOUGH: Final = 4
"""A campaign at its goal has this part of its share."""
_SHOWN: Final = 50
_LONG_MINUTES: Final = 5
_SINGLE: Final = next(place for place, one in enumerate(CAMPAIGNS) if one.name == "single")


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
    course = drawn(kits[seed % len(kits)], seed, DAYS, MOST_FAULTS)
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
        Of real time; it is kept, but for the seconds in which the processes begin.
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
    run = _Run(seed, workers, began + 60 * minutes)
    with ProcessPoolExecutor(workers, initializer=_keep, initargs=(kits,)) as pool:
        waiting: dict[Future[_Slice], int] = {}
        for number in range(workers):
            waiting[pool.submit(_once, minutes, number, workers)] = number
        while waiting:
            for one in wait(waiting, return_when=FIRST_COMPLETED).done:
                number = waiting.pop(one)
                run.take(number, one.result())
                left_s = run.until - monotonic()
                if left_s > 0 and not run.is_over[number]:
                    waiting[pool.submit(_slice, run.order(number), left_s)] = number
            tell(run.figures(monotonic() - began))
    return run.figures(monotonic() - began)


class _Left(NamedTuple):
    """Where a process goes on, campaign by campaign: number, time spent, the longest piece."""

    done: tuple[int, ...] = (0,) * len(CAMPAIGNS)
    spent_us: tuple[int, ...] = (0,) * len(CAMPAIGNS)
    longest_s: tuple[float, ...] = (0.0,) * len(CAMPAIGNS)


class _Order(NamedTuple):
    """What a process is to do in its next slice."""

    left: _Left
    first: int
    """The number of its first piece of each campaign; the others begin at the next ones."""
    stride: int
    shares: tuple[float, ...]
    wanted: tuple[int, ...]
    """Numbers of single faults that come before all else."""


class _Slice(NamedTuple):
    """What some seconds of one process came to."""

    left: _Left | None
    """None when it was no slice of the campaigns."""
    numbers: Counter[str]
    pieces: Counter[str]
    violations: tuple[str, ...]
    once: Mapping[str, Any]
    """Figures that are measured once."""


class _Run:
    """What all processes have found so far, and what is wanted next."""

    def __init__(self, seed: int, workers: int, until: float) -> None:
        self.until = until
        self.is_over = [False] * workers
        """A process to which the time that is left is too short for anything."""
        self._seed = seed
        self._workers = workers
        self._lefts = [_Left()] * workers
        self._total, self._pieces = Counter[str](), Counter[str]()
        self._violations: list[str] = []
        self._once: dict[str, Any] = {}
        self._tries = [0] * len(MENU)

    def take(self, number: int, done: _Slice) -> None:
        """Add up what a process found."""
        if done.left is not None:
            self._lefts[number] = done.left
            self.is_over[number] = not done.pieces
        self._total.update(done.numbers)
        self._pieces.update(done.pieces)
        self._violations += done.violations
        self._once |= done.once

    def order(self, number: int) -> _Order:
        """Return what a process is to do next."""
        shares = tuple(
            one.share / (_ENOUGH if self._total[one.figure] >= one.goal else 1) for one in CAMPAIGNS
        )
        first = self._seed + number
        return _Order(self._lefts[number], first, self._workers, shares, self._wanted())

    def _wanted(self) -> tuple[int, ...]:
        """Return single faults of the classes that were tried least of those that never struck."""
        places = [
            place
            for place, fault in enumerate(MENU)
            if not self._total[f"fault: {fault.name}"] and self._tries[place] < _TRIES
        ]
        wanted = []
        for place in sorted(places, key=lambda one: self._tries[one])[:_BATCH]:
            again = self._seed + self._tries[place] + _APART
            self._tries[place] += 1
            wanted.append(place + len(MENU) * again)
        return tuple(wanted)

    def figures(self, seconds: float) -> dict[str, Any]:
        """Return every figure by name."""
        found = _figures(self._total, self._pieces, self._violations, seconds, self._workers)
        never = set(found["faults_never_fired"])
        vain = [
            fault.name
            for place, fault in enumerate(MENU)
            if self._tries[place] >= _TRIES and fault.name in never
        ]
        return found | self._once | {"faults_tried_in_vain": vain}


_KITS: list[Kits] = []


def _keep(kits: Kits) -> None:
    """Let a process keep what all its pieces are built from."""
    _KITS[:] = [kits]


def _slice(order: _Order, left_s: float) -> _Slice:
    """Run pieces for some seconds, those of the campaign that is most behind its share first."""
    began_s = monotonic()
    done, spent_us, longest_s = (list(one) for one in order.left)
    numbers, pieces, violations = Counter[str](), Counter[str](), list[str]()
    wanted = list(order.wanted)
    while (gone_s := monotonic() - began_s) < min(_SLICE_S, left_s):
        fitting = [one for one in range(len(CAMPAIGNS)) if longest_s[one] < left_s - gone_s]
        if not fitting:
            break
        begun = all(done[one] for one in fitting)
        if wanted and begun and _SINGLE in fitting:
            place, number = _SINGLE, wanted.pop(0)
        else:
            place = min(fitting, key=lambda one: spent_us[one] / order.shares[one])
            number = order.first + int(done[place]) * order.stride
            done[place] += 1
        campaign, used = CAMPAIGNS[place], process_time()
        found, words = _piece(campaign, number)
        spent = int((process_time() - used) * 1_000_000) + 1
        spent_us[place] += spent
        longest_s[place] = max(longest_s[place], monotonic() - began_s - gone_s)
        numbers.update(found)
        numbers[f"us: {campaign.name}"] += spent
        pieces[campaign.name] += 1
        violations += words
    left = _Left(tuple(map(int, done)), tuple(map(int, spent_us)), tuple(longest_s))
    return _Slice(left, numbers, pieces, tuple(violations), {})


def _piece(campaign: Campaign, number: int) -> Found:
    try:
        found = campaign.piece(_KITS[0], number)
    except Exception as broken:  # noqa: BLE001 - a campaign that breaks down has found something
        found = Found(Counter(), (f"  {type(broken).__name__}: {broken}",))
    name = f"{__version__}:{campaign.name}:{number}"
    return Found(found.numbers, tuple(_named(name, words) for words in found.violations))


def _named(name: str, words: str) -> str:
    return f"{name}{words}" if words.startswith(" ") else f"{name}:{words}"


def _once(minutes: float, number: int, workers: int) -> _Slice:
    """Do what is done once: a long log and a flood, or else every pattern of requests."""
    figures: dict[str, Any] = {}
    words: tuple[str, ...] = ()
    if number == 0:
        is_long = minutes >= _LONG_MINUTES
        records = 1_000_000 if is_long else 1_000 + int(50_000 * minutes)
        figures |= {
            "log_verify_records": records,
            "log_verify_seconds": round(verify_seconds(records), 3),
            "flood_delivery_error_nl": flood_error_nl(_KITS[0][0], 1),
        }
    if number == workers - 1:
        cases = CASES if minutes >= _LONG_MINUTES else CASES[: 1 if minutes >= 1 else 0]
        explored = [every_pattern(case) for case in cases]
        figures |= _of_patterns(explored)
        words = tuple(f"PC-06: {one}" for found in explored for one in found.violations)
    return _Slice(None, Counter(), Counter(), words, figures)


def _of_patterns(explored: list[Explored]) -> dict[str, int]:
    return {
        "cap_patterns": sum(one.patterns for one in explored),
        "cap_states": sum(one.states for one in explored),
    }


def _never(total: Counter[str]) -> list[str]:
    return [fault.name for fault in MENU if not total[f"fault: {fault.name}"]]


def _rate(total: Counter[str], figure: str, *campaigns: str) -> float:
    """Return how many of a figure one process makes in a second."""
    spent_us = sum(total[f"us: {name}"] for name in campaigns)
    return round(total[figure] / spent_us * 1_000_000, 1) if spent_us else 0


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
        "cap_histories_full",
        "cap_boluses_admitted",
        "cap_boluses_denied",
        "cap_conformance_histories",
        "false_alarms",
    )
    never = _never(total)
    singles = {one.name: total[f"single_fault_cases: {one.name}"] for one in MENU}
    return {
        "version": __version__,
        "campaigns": {one.name: one.words for one in CAMPAIGNS},
        "menu": [{"name": one.name, "group": one.group, "words": one.words} for one in MENU],
        "seconds": round(seconds, 1),
        "workers": workers,
        "device_years": round(total["device_s"] / YEAR_S, 3),
        "device_years_per_hour": round(workers * years / hours, 1) if hours else 0,
        "times_real_time": round(total["quiet_s"] / max(total["quiet_us"], 1) * 1_000_000),
        "quiet_years": round(total["quiet_s"] / YEAR_S, 3),
        "single_fault_least": min(singles.values()),
        "singles_by_class": singles,
        "cap_histories_per_second": _rate(total, "cap_histories", "caps"),
        "power_cuts_per_second": _rate(total, "interruptions", "cuts"),
        "single_faults_per_second": _rate(total, "single_fault_cases", "single"),
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
