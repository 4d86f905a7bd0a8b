"""Random histories of orders against the caps: every window of every history is looked at."""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.implant.denials import ADMITTED
from thecal.pump.implant.values import (
    BolusOrdered,
    ClockSet,
    Limits,
    PowerReturned,
    Pressed,
    PrimeOrdered,
    SafeAction,
    StartOrdered,
    StopOrdered,
)
from thecal.pump.implant.windows import SPANS
from thecal.pump.program import Bridge, Hardware, PatientBolus, Program, ScheduledBolus, WeekStep
from thecal.pump.simulation.pair import Pair

REQUESTS: Final = 12
_HOUR_S: Final = 3_600
_STROKE_NL: Final = 1_000
_GRID: Final = ("nothing", "small bolus", "large bolus", "stop or start")
_BOLUSES: Final = {"small bolus": _STROKE_NL, "large bolus": 2 * _STROKE_NL}
_HARDWARE: Final = Hardware(
    reservoir_nl=20_000_000,
    stroke_nl=_STROKE_NL,
    residual_nl=0,
    low_reservoir_nl=0,
    highest_nl_per_day=1_000_000_000,
    tubing_nl=0,
)
"""No pump's figures: strokes are few and large, so that caps are met exactly and often."""


class Tally(NamedTuple):
    """What a campaign came to."""

    histories: int = 0
    requests: int = 0
    admitted: int = 0
    """Boluses that the monitor let begin."""
    denied: int = 0
    refused_strokes: int = 0
    """Strokes that the last check held back although the first one had admitted them."""
    violations: tuple[int, ...] = ()
    """The seeds of histories with a window above its cap."""


def histories(count: int, seed: int) -> Tally:
    """Run random histories of 12 orders each, and compare every window with its cap (PC-06).

    Parameters
    ----------
    count
        How many histories; the first has number ``seed``, which alone decides it.

    Returns
    -------
    Tally
        With the numbers of those in which a cap was broken.
    """
    tally = Tally()
    for number in range(seed, seed + count):
        pair, most = history(number)
        broken = any(given > cap for given, cap in zip(pair.most(), most, strict=True))
        yes = pair.answers.count(ADMITTED)
        tally = Tally(
            tally.histories + 1,
            tally.requests + REQUESTS,
            tally.admitted + yes,
            tally.denied + len(pair.answers) - yes,
            tally.refused_strokes + len(pair.refused),
            (*tally.violations, number) if broken else tally.violations,
        )
    return tally


def history(number: int) -> tuple[Pair, tuple[int, ...]]:
    """Return both channels after a history, and the caps in strokes that held in it."""
    chance = Random(number)  # noqa: S311 - a seed, no secret
    pair = Pair(_HARDWARE, _HARDWARE.reservoir_nl)
    hour = chance.randint(1, 6)
    four_hours = chance.randint(hour, 2 * hour + 4)
    most = (hour, four_hours, chance.randint(four_hours, 3 * four_hours))
    limits = _limits(most)
    now_s = 0
    try:
        pair.commit(_program(chance, most), limits, now_s, chance.randrange(WEEK_S))
    except InputError:
        pair.commit(Program("simple continuous", (WeekStep(0, 0),)), limits, now_s)
    for _ in range(REQUESTS):
        now_s += chance.choice((1, 60, 1_800, _HOUR_S, chance.randrange(4 * _HOUR_S)))
        _request(chance, pair, most, limits, now_s)
    pair.wake(now_s + chance.choice((_HOUR_S, SPANS[1], DAY_S)))
    return pair, most


class Explored(NamedTuple):
    """What every pattern of requests came to."""

    patterns: int
    """How many there are."""
    states: int
    """How many different states they lead to; equal ones are followed once."""
    fullest: tuple[int, ...]
    """The most strokes in any window of each span."""
    refused_strokes: int
    violations: int


def every_pattern(
    nl_per_day: int, most: tuple[int, int, int], *, step_s: int = 1_800, requests: int = REQUESTS
) -> Explored:
    """Try every pattern of requests on a grid of time: nothing, 1 or 2 strokes, stop or start.

    Parameters
    ----------
    nl_per_day
        The basal flow; a stroke is 1,000 nL.
    most
        The caps in strokes.
    step_s
        From one request to the next; a bolus lasts as long.
    requests
        How many.

    Returns
    -------
    Explored
        After each pattern a day more has passed with the full basal flow.
    """
    first = Pair(_HARDWARE, _HARDWARE.reservoir_nl)
    program = Program("simple continuous", (WeekStep(0, nl_per_day),))
    limits = _limits(most)
    first.commit(program, limits, 0)
    level, states = {first.key(): first}, 1
    for number in range(requests):
        now_s, reached = number * step_s, dict[tuple[object, ...], Pair]()
        for pair in level.values():
            for request in _GRID:
                twin = pair.branch()
                if request in _BOLUSES:
                    twin.send(BolusOrdered(now_s, _BOLUSES[request], step_s))
                elif request == "stop or start":
                    stands = twin.state.stopped_s >= 0
                    twin.send(StartOrdered(now_s) if stands else StopOrdered(now_s))
                twin.wake(now_s + step_s)
                reached[twin.key()] = twin
        level, states = reached, states + len(reached)
    fullest: tuple[int, ...] = (0, 0, 0)
    refused = violations = 0
    for pair in level.values():
        if pair.state.stopped_s >= 0:
            pair.send(StartOrdered(requests * step_s))
        pair.wake(requests * step_s + DAY_S)
        found = pair.most()
        fullest = tuple(map(max, fullest, found))
        refused += len(pair.refused)
        violations += any(given > cap for given, cap in zip(found, most, strict=True))
    return Explored(len(_GRID) ** requests, states, fullest, refused, violations)


def _limits(most: tuple[int, int, int]) -> Limits:
    hour_nl, four_hours_nl, day_nl = (cap * _STROKE_NL for cap in most)
    return Limits(SafeAction.HOLD, hour_nl, four_hours_nl, day_nl, 0, 1)


def _tenths(chance: Random, tenths: int) -> bool:
    return chance.randrange(10) < tenths


def _program(chance: Random, most: tuple[int, ...]) -> Program:
    """Return a program whose basal flow is somewhere near the caps, now and then above them."""
    steady = most[2] * _STROKE_NL
    flows = [0, steady // 2, steady * 3 // 4, steady, steady * 3 // 2]
    starts = sorted({0, *(chance.randrange(WEEK_S) for _ in range(chance.randrange(4)))})
    if _tenths(chance, 5):
        starts = [0, *(day * DAY_S + hour * _HOUR_S for day in range(7) for hour in (7, 9))]
    volume_nl = chance.randint(1, most[0]) * _STROKE_NL
    bolus = (volume_nl, chance.choice((1, 60, 900, 2 * _HOUR_S)))
    return Program(
        "flex",
        tuple(WeekStep(start_s, chance.choice(flows)) for start_s in starts),
        (ScheduledBolus(chance.randrange(DAY_S), *bolus, DAY_S),) if _tenths(chance, 3) else (),
        PatientBolus(*bolus, 1, 100),
        Bridge(volume_nl * 2, steady or 1) if _tenths(chance, 2) else None,
    )


def _request(chance: Random, pair: Pair, most: tuple[int, ...], limits: Limits, now_s: int) -> None:
    volume_nl = chance.randint(1, most[0] * _STROKE_NL)
    match chance.choice("pppppbbbbsscdmw"):
        case "p":
            pair.send(Pressed(now_s))
        case "b":
            pair.send(BolusOrdered(now_s, volume_nl, chance.choice((1, 7, 600, 5 * _HOUR_S))))
        case "s":
            stopped = pair.state.stopped_s >= 0
            pair.send(StartOrdered(now_s) if stopped else StopOrdered(now_s))
        case "c":
            pair.send(ClockSet(now_s, chance.randrange(WEEK_S)))
        case "d":
            pair.send_late(PowerReturned(now_s))
        case "m":
            pair.send(PrimeOrdered(now_s, volume_nl, chance.choice((50_000, 1_000_000))))
        case _:
            try:
                pair.commit(_program(chance, most), limits, now_s)
            except InputError:
                pair.wake(now_s)
