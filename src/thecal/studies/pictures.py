"""The pictures of a study: endpoints beside what was published, and the course of each arm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from thecal import NOTICE
from thecal.studies.printing import number
from thecal.studies.results import Course, Found, Results

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"
INK, MUTED, FAINT = "#1d2733", "#5b6673", "#e7eaed"
ARMS: Final = (
    ("#1f6f78", "solid", "rgba(31,111,120,0.16)"),
    ("#a8652a", "dash", "rgba(168,101,42,0.16)"),
    ("#403c73", "dot", "rgba(64,60,115,0.16)"),
)
"""The lines of arms: colour, dashes (so that they can be told apart without colour), band."""

COURSES: Final = {
    "pain": ("Pain", "points of 10"),
    "toxicity": ("Sum of toxicity grades", "points"),
    "alive": ("Alive", "%"),
    "oral_mg_per_day": ("Systemic opioid, as oral morphine", "mg/day"),
    "intrathecal_mcg_per_day": ("Intrathecal dose", "mcg/day"),
}
_ROW_PX: Final = 48
_PANEL_PX: Final = 70
_COURSE_PX: Final = 320
_NOTICE_PX: Final = 30


def forest(results: Results) -> go.Figure:
    """Return the endpoints as a forest: the range of the replicates, and the published figure.

    Endpoints of one unit share an axis; those without a number are left out.
    """
    from plotly.subplots import make_subplots

    by_unit: dict[str, list[Found]] = {}
    for one in results.endpoints:
        if one.low is not None and one.high is not None and one.mean is not None:
            by_unit.setdefault(one.endpoint.unit, []).append(one)
    rows = [len(found) for found in by_unit.values()] or [1]
    height = sum(rows) * _ROW_PX + len(rows) * _PANEL_PX
    figure = make_subplots(
        rows=len(rows), cols=1, row_heights=rows, vertical_spacing=_PANEL_PX / height
    )
    for row, (unit, found) in enumerate(by_unit.items(), start=1):
        _forest_panel(figure, row, unit, found)
    return _finished(figure, height, left=16)


def _forest_panel(figure: go.Figure, row: int, unit: str, found: list[Found]) -> None:
    names = [one.endpoint.name for one in found]
    first = row == 1
    figure.add_scatter(
        x=[one.mean for one in found],
        y=names,
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(one.high or 0.0) - (one.mean or 0.0) for one in found],
            "arrayminus": [(one.mean or 0.0) - (one.low or 0.0) for one in found],
            "color": ARMS[0][0],
            "thickness": 3,
            "width": 0,
        },
        mode="markers",
        marker={"color": ARMS[0][0], "size": 9},
        name="simulated mean and 95 % range",
        legendgroup="simulated",
        showlegend=first,
        hovertemplate="%{y}<br>%{x:.3g} " + unit + "<extra></extra>",
        row=row,
        col=1,
    )
    targets = [
        (one.endpoint.name, one.endpoint.published) for one in found if one.endpoint.published
    ]
    figure.add_scatter(
        x=[target.value for _, target in targets],
        y=[name for name, _ in targets],
        mode="markers",
        marker={
            "symbol": "diamond-open",
            "size": 12,
            "color": ARMS[1][0],
            "line": {"width": 2},
        },
        name="published",
        legendgroup="published",
        showlegend=first,
        hovertemplate="published: %{x:.4g} " + unit + "<extra></extra>",
        row=row,
        col=1,
    )
    figure.update_xaxes(title={"text": unit or "no unit"}, row=row, col=1)
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=names[::-1],
        showgrid=False,
        showticklabels=False,
        row=row,
        col=1,
    )
    # A name stands above its bar and not beside it, so that a phone has room for both.
    for name in names:
        figure.add_annotation(
            text=name,
            x=0,
            y=name,
            xref="x domain",
            xanchor="left",
            align="left",
            yanchor="bottom",
            yshift=9,
            showarrow=False,
            font={"size": 12, "color": MUTED},
            row=row,
            col=1,
        )


def courses(results: Results) -> dict[str, go.Figure]:
    """Return by name the pictures of what was followed, each arm with its 95 % band.

    What no arm ever had, as a dose in a study without pumps, has no picture.
    """
    found = {}
    for name in COURSES:
        arms = [one for one in results.courses if one.name == name]
        if any(np.nanmax(one.high, initial=0.0) > 0.0 for one in arms):
            found[name] = _course(name, arms, results.study.days)
    return found


def _course(name: str, arms: list[Course], days: tuple[int, ...]) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    for place, one in enumerate(arms):
        colour, dash, wash = ARMS[place % len(ARMS)]
        seen = ~np.isnan(one.mean)
        at = np.asarray(days)[seen]
        figure.add_scatter(
            x=np.concatenate([at, at[::-1]]).tolist(),
            y=np.concatenate([one.high[seen], one.low[seen][::-1]]).tolist(),
            mode="lines",
            fill="toself",
            fillcolor=wash,
            line={"width": 0},
            hoverinfo="skip",
            showlegend=False,
            legendgroup=one.arm,
        )
        figure.add_scatter(
            x=at.tolist(),
            y=one.mean[seen].tolist(),
            mode="lines+markers",
            line={"color": colour, "dash": dash, "width": 2.5},
            marker={"size": 5},
            name=one.arm,
            legendgroup=one.arm,
            hovertemplate=one.arm + ", day %{x}: %{y:.3g}<extra></extra>",
        )
    figure.update_xaxes(title={"text": "days from entry"})
    figure.update_yaxes(title={"text": COURSES[name][1]}, rangemode="tozero")
    return _finished(figure, _COURSE_PX, left=64)


def words_of(name: str, results: Results) -> str:
    """Return what the picture of a course shows, for those who cannot see it."""
    said = []
    for one in results.courses:
        seen = np.flatnonzero(~np.isnan(one.mean))
        if one.name == name and len(seen):
            first, last = seen[0], seen[-1]
            said.append(
                f"{one.arm}: {number(float(one.mean[first]))} on day {results.study.days[first]}, "
                f"{number(float(one.mean[last]))} on day {results.study.days[last]}"
            )
    title, unit = COURSES[name]
    return f"Line chart. {title} in {unit}, mean of the replicates. {'; '.join(said)}."


def _finished(figure: go.Figure, height: int, *, left: int) -> go.Figure:
    axis: dict[str, Any] = {
        "gridcolor": FAINT,
        "zeroline": False,
        "linecolor": "#c9ced3",
        "title": {"font": {"size": 12, "color": MUTED}, "standoff": 8},
        "tickfont": {"size": 12, "color": MUTED},
    }
    figure.update_xaxes(axis).update_yaxes(axis)
    figure.update_layout(
        height=height + _NOTICE_PX + 80,
        autosize=True,
        paper_bgcolor="#fff",
        plot_bgcolor="#fff",
        font={"family": FONT, "size": 13, "color": INK},
        margin={"l": left, "r": 16, "t": 36, "b": 50 + _NOTICE_PX},
        dragmode=False,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
    )
    figure.add_annotation(
        text=NOTICE,
        name="notice",
        xref="paper",
        yref="paper",
        x=1,
        y=0,
        xanchor="right",
        yanchor="bottom",
        yshift=-(50 + _NOTICE_PX) + 4,
        showarrow=False,
        font={"size": 11, "color": MUTED},
    )
    return figure
