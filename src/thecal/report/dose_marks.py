"""Where and when doses and samples stand in the pictures of the spinal fluid."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from thecal.prescription import sample_site
from thecal.report import doses
from thecal.report.drawing import SpineDrawing
from thecal.report.phrasing import elapsed, level
from thecal.report.theme import ACCENT, INK, PAPER
from thecal.therapy import CourseResult

Array = NDArray[np.float64]

HOUR_S = 3_600
AFTER_A_DOSE_H = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 18.0, 24.0)
MOST_DENSE = 3
OPENING_H = 1.0
"""So long after the last dose the spine is shown first: by then the dose has spread."""

_EPIDURAL_CM = 0.35
_HEAD_CM = 1.5
_MARK_Y = -1.5


def marked_places(result: CourseResult, drawing: SpineDrawing) -> list[tuple[float, float, str]]:
    """Return where doses are given in the drawing of the spine, x and y in cm, and the words.

    A dose into the fluid of the head stands above C1, one outside the dura behind the canal.
    """
    half = (len(drawing.canal[0]) - 1) // 2
    back_x, back_y = (part[half : 2 * half] for part in drawing.canal)
    marks = []
    for place in doses.places(result):
        if place.level is None:
            x, y = float(drawing.level_x[0]), float(drawing.level_y[0]) + _HEAD_CM
        elif place.epidural:
            y = float(drawing.level_y[place.level])
            x = float(np.interp(y, back_y, back_x)) + _EPIDURAL_CM
        else:
            x, y = float(drawing.level_x[place.level]), float(drawing.level_y[place.level])
        kind = "epidural dose" if place.epidural else "dose"
        marks.append((x, y, f"<b>{kind} {place.name}</b>"))
    return marks


def moments_of_doses_h(result: CourseResult) -> list[float]:
    """Return the times around doses into the fluid that deserve a picture, hours, dense at first.

    Of many doses the first and the last are followed closely; the others get their beginning.
    """
    starts = [at_s / HOUR_S for at_s in doses.starts_s(result)]
    close = starts if len(starts) <= MOST_DENSE else [starts[0], starts[-1]]
    stride = max(1, len(starts) // 20)
    return [*starts[::stride], *(at_h + after for at_h in close for after in AFTER_A_DOSE_H)]


def opening(result: CourseResult, shown_s: list[int]) -> int:
    """Return which moment is shown at first: the end, or, of doses alone, soon after the last."""
    if result.pumped is not None or not doses.starts_s(result):
        return len(shown_s) - 1
    wanted_s = doses.starts_s(result)[-1] + OPENING_H * HOUR_S
    return int(np.argmin(np.abs(np.array(shown_s) - wanted_s)))


def marks_of_doses(result: CourseResult, unit_h: float, until_h: float) -> list[go.Scatter]:
    """Return the marks of doses above a map of levels, and of the samples in it.

    Parameters
    ----------
    unit_h
        The hours in a unit of the time axis.
    until_h
        The end of the map.
    """
    given = sorted(
        (at_s, doses.told(result, one))
        for one in doses.doses_of(result)
        for at_s in one.starts_s
        if at_s <= until_h * HOUR_S
    )
    traces = []
    if given:
        traces.append(
            go.Scatter(
                x=[at_s / HOUR_S / unit_h for at_s, _ in given],
                y=[_MARK_Y] * len(given),
                mode="markers",
                name="dose",
                marker={"symbol": "triangle-down", "size": 10, "color": ACCENT},
                hovertext=[f"{elapsed(at_s)}: {words}" for at_s, words in given],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    points = _sampled_points(result, until_h)
    if points:
        traces.append(
            go.Scatter(
                x=[at_s / HOUR_S / unit_h for at_s, _, _ in points],
                y=[row for _, row, _ in points],
                mode="markers",
                name="sample of CSF",
                marker={"size": 6, "color": PAPER, "line": {"color": INK, "width": 1.2}},
                hovertext=[f"sample, {elapsed(at_s)}: {held}" for at_s, _, held in points],
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    return traces


def _sampled_points(result: CourseResult, until_h: float) -> list[tuple[int, int, str]]:
    anatomy = result.primary.body.anatomy
    points = []
    for one in result.primary.samples:
        place = sample_site(one.site)
        if place is None or place.place != "csf":
            continue
        row = anatomy.level_index(place.level)
        points += [
            (at_s, row, f"{one.site} {level(value, one.unit)}")
            for at_s, value in zip(one.times_s.tolist(), one.values.tolist(), strict=True)
            if at_s <= until_h * HOUR_S
        ]
    return points


def rows_marked(result: CourseResult) -> list[tuple[int, str]]:
    """Return the levels that a picture by level marks, and the word: the tip, and doses."""
    tip = result.primary.tip_level
    rows = [] if tip is None else [(tip, "tip")]
    return rows + [
        (place.level, "epidural dose" if place.epidural else "dose")
        for place in doses.places(result)
        if place.level is not None and place.level != tip
    ]


def mark_in_drawing(figure: go.Figure, x: float, y: float, text: str, *, symbol: str) -> None:
    """Mark a point of the drawing of the spine and write its name beside it."""
    figure.add_trace(
        go.Scatter(
            x=[x],
            y=[y],
            mode="markers",
            marker={
                "symbol": symbol,
                "size": 11,
                "color": PAPER,
                "line": {"color": _MARK, "width": 2.5},
            },
            hoverinfo="skip",
            showlegend=False,
        )
    )
    figure.add_annotation(
        x=x,
        y=y,
        ax=44,
        ay=-14,
        text=text,
        showarrow=True,
        arrowhead=0,
        arrowwidth=1,
        arrowcolor=_MARK,
        xanchor="left",
        font={"size": 12},
        bgcolor="rgba(255,255,255,0.85)",
        standoff=6,
    )


_MARK = "#20242a"
