"""How the cost of a cohort grows with its patients, events and outputs; drawn beside slope 1."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import log
from pathlib import Path

from plotly.graph_objects import Figure, Scatter
from plotly.subplots import make_subplots

from benchmarks._cohort import Run, run
from benchmarks._ground import Ground
from benchmarks._peers import DAY_S, HOUR_S
from thecal import NOTICE

DAYS = 365
FEW = 64
TIMES = 2
"""Each point is the better of so many runs: other programs can only make one slower."""

PATIENTS = (16, 32, 64, 128, 256, 512)
STEPS_S = tuple(HOUR_S * 24 // share for share in (1, 2, 4, 8, 24, 48, 96))

PAGE = Path(__file__).parents[1] / "build" / "benchmarks.html"


@dataclass(frozen=True, slots=True)
class Growth:
    """Processor seconds, of one thread, against one count; all else stays as it is."""

    name: str
    beside: str
    counts: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def exponent(self) -> float:
        """The slope between the last two points in logarithms: 1 is linear, 0 is free."""
        (a, b), (s, t) = self.counts[-2:], self.seconds[-2:]
        return log(t / s) / log(b / a)


def grown(ground: Ground) -> list[Growth]:
    """Run the cohorts."""
    sites, a_year = len(ground.rows), DAYS * DAY_S
    few = partial(run, ground, FEW, DAYS, sites, 1)

    def growth(name: str, beside: str, points: Sequence[tuple[int, Callable[[], Run]]]) -> Growth:
        seconds = tuple(min(go().spent_s for _ in range(TIMES)) for _, go in points)
        return Growth(name, beside, tuple(count for count, _ in points), seconds)

    return [
        growth(
            "patients",
            "a year, 8 760 events, 8 761 x 12 values each",
            [(n, partial(run, ground, n, DAYS, sites, 1)) for n in PATIENTS],
        ),
        growth(
            "events (changes of the rate)",
            f"{FEW} patients, a year, 8 761 x 12 values each",
            [(a_year // s, partial(few, every_s=s)) for s in STEPS_S],
        ),
        growth(
            "outputs (values of each patient)",
            f"{FEW} patients, a year, 8 760 events",
            [
                (
                    (a_year // s + 1) * sites,
                    partial(few, step_s=s),
                )
                for s in STEPS_S
            ],
        ),
    ]


def write_page(growths: Sequence[Growth]) -> None:
    """Draw them into one page that needs no network."""
    titles = [f"cost against {one.name}<br><sup>{one.beside}</sup>" for one in growths]
    figure: Figure = make_subplots(cols=len(growths), subplot_titles=titles)
    for column, one in enumerate(growths, 1):
        first = column == 1
        line = [one.seconds[-1] * count / one.counts[-1] for count in one.counts]
        figure.add_trace(
            Scatter(
                x=one.counts,
                y=line,
                mode="lines",
                line={"dash": "dash", "color": "#888888"},
                name="slope 1",
                legendgroup="line",
                showlegend=first,
            ),
            row=1,
            col=column,
        )
        figure.add_trace(
            Scatter(
                x=one.counts,
                y=one.seconds,
                mode="lines+markers",
                line={"color": "#1f5f99"},
                name="thecal",
                legendgroup="thecal",
                showlegend=first,
            ),
            row=1,
            col=column,
        )
        figure.update_xaxes(title=one.name, row=1, col=column)
    figure.update_xaxes(type="log")
    figure.update_yaxes(type="log", title="processor seconds, one thread")
    figure.update_layout(
        title=f"thecal: what a cohort costs<br><sup>{NOTICE}</sup>",
        template="plotly_white",
        margin={"t": 130},
        height=560,
    )
    PAGE.parent.mkdir(exist_ok=True)
    figure.write_html(PAGE, include_plotlyjs=True, div_id="benchmarks")
