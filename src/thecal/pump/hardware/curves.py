"""Start-up and trumpet curves in the manner of IEC 60601-2-24, for the rates of an implant (PC-04).

That standard excludes implants: its samples of half a minute are shorter than the time between two
strokes of a usual basal rate, so that most of them hold no stroke and a few hold one. They are
kept, because a start-up curve is drawn from them, but the windows of the trumpet are those in which
a drug in the CSF has an effect: 1 h, 4 h, 24 h and 7 days. All windows begin in the second hour or
later, each at every sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from thecal.errors import InputError
from thecal.pump.amounts import DAY_S, WEEK_S, check_whole, volume_words
from thecal.pump.hardware.figures import WHOLE_PCM
from thecal.pump.hardware.plant import Plant
from thecal.pump.implant.values import Permit

HOUR_S: Final = 3_600
SAMPLE_S: Final = 30
START_UP_S: Final = 2 * HOUR_S
SETTLE_S: Final = HOUR_S
WINDOWS_S: Final = (HOUR_S, 4 * HOUR_S, DAY_S, WEEK_S)


class Window(NamedTuple):
    """The extremes over every position of a window: parts per 100,000 of the set volume."""

    length_s: int
    lowest_pcm: int
    highest_pcm: int


@dataclass(frozen=True, slots=True)
class Curve:
    """What a plant does at one rate.

    Parameters
    ----------
    nl_per_day
        The rate that was set.
    start_up
        For each half minute of the first two hours the volume in nL that left the pump in it.
    trumpet
        One row for each window.
    mean_pcm
        The mean deviation from the second hour to the end, parts per 100,000.
    """

    nl_per_day: int
    start_up: tuple[int, ...]
    trumpet: tuple[Window, ...]
    mean_pcm: int


def measured_curve(plant: Plant, nl_per_day: int, windows_s: tuple[int, ...] = WINDOWS_S) -> Curve:
    """Return what a plant does at a constant rate, from its first second on.

    Parameters
    ----------
    plant
        A new one; the reservoir is filled up whenever it would run low, outside of the count.
    nl_per_day
        The rate.
    windows_s
        The windows of the trumpet, each a multiple of half a minute.

    Raises
    ------
    InputError
        When the rate is no whole number above 0, or a window no multiple of half a minute.

    Notes
    -----
    The strokes are those of an exact controller: the whole strokes of the integral of the rate.
    """
    check_whole("the rate in nL/day", nl_per_day, least=1)
    for window_s in windows_s:
        if window_s <= 0 or window_s % SAMPLE_S:
            raise InputError(
                f"a window of {window_s} s is no multiple of the {SAMPLE_S} s of a sample"
            )
    until_s = SETTLE_S + max(windows_s) + DAY_S
    totals = _totals(plant, nl_per_day, until_s)
    first = SETTLE_S // SAMPLE_S
    trumpet = tuple(
        _window(totals[first:], window_s // SAMPLE_S, nl_per_day) for window_s in windows_s
    )
    start_up = totals[: START_UP_S // SAMPLE_S + 1]
    return Curve(
        nl_per_day,
        tuple(later - sooner for sooner, later in pairwise(start_up)),
        trumpet,
        _pcm(totals[-1] - totals[first], until_s - SETTLE_S, nl_per_day),
    )


def table(curves: tuple[Curve, ...]) -> str:
    """Return the trumpet of several rates as a table of Markdown, in percent.

    Examples
    --------
    >>> print(table((Curve(250_000, (0, 250), (Window(3_600, -4_000, 1_500),), -50),)))
    | rate | mean | 1 h |
    |---|---|---|
    | 0.25 mL/day | -0.05 % | -4.00 to 1.50 % |
    """
    windows = [f"{row.length_s // HOUR_S} h" for row in curves[0].trumpet]
    lines = [["rate", "mean", *windows], ["---"] * (2 + len(windows))]
    for one in curves:
        cells = [
            f"{_percent(row.lowest_pcm)} to {_percent(row.highest_pcm)} %" for row in one.trumpet
        ]
        lines.append([f"{volume_words(one.nl_per_day)}/day", f"{_percent(one.mean_pcm)} %", *cells])
    return "\n".join(
        "|" + "|".join(cell if cell == "---" else f" {cell} " for cell in line) + "|"
        for line in lines
    )


def _totals(plant: Plant, nl_per_day: int, until_s: int) -> list[int]:
    """Return the volume in nL that has left the pump at each sample, from second 0 on."""
    stroke_nl = plant.figures.stroke_nl
    full_nl = plant.figures.reservoir_nl
    totals, done = [0], 0
    for now_s in range(SAMPLE_S, until_s + 1, SAMPLE_S):
        due = nl_per_day * now_s // (stroke_nl * DAY_S)
        if due > done:
            plant.push(Permit(due, due - done, now_s + 1), due - done, now_s)
            done = due
        totals.append(plant.delivered_nl(now_s))
        if plant.stock.volume_pl < plant.stock.capacity_pl // 2:
            plant.refill(now_s, 0, full_nl)
    return totals


def _window(totals: list[int], samples: int, nl_per_day: int) -> Window:
    volumes = [later - sooner for sooner, later in zip(totals, totals[samples:], strict=False)]
    length_s = samples * SAMPLE_S
    lowest, highest = min(volumes), max(volumes)
    return Window(length_s, _pcm(lowest, length_s, nl_per_day), _pcm(highest, length_s, nl_per_day))


def _pcm(volume_nl: int, length_s: int, nl_per_day: int) -> int:
    return volume_nl * DAY_S * WHOLE_PCM // (nl_per_day * length_s) - WHOLE_PCM


def _percent(pcm: int) -> str:
    hundredths = abs(pcm) // 10
    return f"{'-' if pcm < 0 else ''}{hundredths // 100}.{hundredths % 100:02d}"
