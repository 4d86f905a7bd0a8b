"""The blood level: pump against tablets on the same axes."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from thecal.report.phrasing import amount, elapsed
from thecal.report.theme import ACCENT, INK, finish, log_axis, small
from thecal.therapy import CourseResult

Array = NDArray[np.float64]

HOUR_S = 3_600
SHORT_H = 72.0
"""Courses up to this length count hours, longer ones days."""

MOST_POINTS = 1_500

_LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "oral": ("tablets alone, had they gone on", {"color": "#b0a99d", "width": 1.2}),
    "course": ("as lived", {"color": INK, "width": 1.6, "dash": "dot"}),
    "pump": ("pump alone", {"color": ACCENT, "width": 3}),
}
_ALONE = {"color": ACCENT, "width": 2}
_UNDER_A_LABEL = 0.3  # the share of the course over which a label of the mean lies
_BELOW_LOWEST_MEAN = 8.0
_HEIGHT = 520


def blood_levels(result: CourseResult) -> go.Figure:
    """Return the blood level by route through the course, with the mean of the last day.

    Returns
    -------
    go.Figure
        The primary drug in ng/mL, on a logarithmic axis where two routes are compared; below it,
        where there is any, its active metabolite M6G.
    """
    exposure = result.primary
    data = exposure.data
    both = {"pump", "oral"} <= set(data["route"].to_numpy().tolist())
    routes = [route for route in _LINES if route in data["route"] and (both or route != "course")]
    if not both and "oral" in routes and bool((data["plasma"].sel(route="course") > 0).any()):
        routes = [route for route in routes if route != "course"]
    panels = [("plasma", exposure.drug.name, exposure.last_day.plasma_ng_per_ml)]
    if bool((data["m6g"] > 0).any()):
        label = str(data["m6g"].attrs["long_name"]).removesuffix(" in plasma")
        panels.append(("m6g", label, exposure.last_day.m6g_ng_per_ml))
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.11,
        row_heights=[0.6, 0.4][: len(panels)],
        subplot_titles=[f"{name} in the blood" for _, name, _ in panels],
    )
    unit_h = 1.0 if result.course.length_s / HOUR_S <= SHORT_H else 24.0
    every = max(1, int(np.ceil(len(data["time"]) / MOST_POINTS)))
    shown = data.isel(time=slice(None, None, every))
    hours = shown["time"].to_numpy()
    when = [elapsed(round(t * HOUR_S)) for t in hours]
    for row, (name, _, means) in enumerate(panels, start=1):
        top = 0.0
        for route in routes:
            values = shown[name].sel(route=route).to_numpy()
            top = max(top, float(values.max()))
            label, line = _LINES[route]
            line = line if len(routes) > 1 else _ALONE
            figure.add_trace(
                go.Scatter(
                    x=small(hours / unit_h),
                    y=small(np.where(values > 0.0, values, np.nan)),
                    mode="lines",
                    name=label,
                    line=line,
                    showlegend=row == 1 and len(routes) > 1,
                    customdata=when,
                    hovertemplate="%{y:.2~g} ng/mL, %{customdata}<extra></extra>",
                ),
                row,
                1,
            )
        stated = {route: means[route] for route in routes if route != "course"}
        lowest = min(stated.values())
        if len(routes) > 1:
            axis = log_axis(lowest / _BELOW_LOWEST_MEAN, top * 1.7, "ng/mL")
        else:
            axis = {"title": {"text": "ng/mL"}, "range": [0.0, top * 1.15]}
        figure.update_yaxes(axis, row=row, col=1)
        lows = {route: _lowest_at_the_end(result, name, route) for route in stated}
        _state_means(figure, stated, lows, row, logarithmic=len(routes) > 1)
    title = "hours from the start" if unit_h == 1.0 else "days from the start"
    figure.update_xaxes(range=[0, float(hours[-1]) / unit_h], showgrid=False)
    figure.update_xaxes(title={"text": title}, row=len(panels), col=1)
    for heading in figure.layout.annotations:
        heading.update(x=0, xanchor="left", yshift=0, font={"size": 13, "color": INK})
    for note in figure.layout.annotations[len(panels) :]:
        note.update(x=1, xanchor="right")
    top_px = 96 if len(routes) > 1 else 30
    height = _HEIGHT if len(panels) > 1 else _HEIGHT - 160
    finish(figure, height=height - 96 + top_px, top=top_px)
    figure.update_layout(legend={"y": 1.09, "orientation": "v"})
    return figure


def _lowest_at_the_end(result: CourseResult, name: str, route: str) -> float:
    """Return the lowest level towards the end: below it is room for words."""
    values = result.primary.data[name].sel(route=route)
    end_h = float(values["time"][-1])
    return float(values.sel(time=slice(end_h * (1.0 - _UNDER_A_LABEL), end_h)).min())


def _state_means(
    figure: go.Figure,
    means: dict[str, float],
    lows: dict[str, float],
    row: int,
    *,
    logarithmic: bool,
) -> None:
    axis = "" if row == 1 else str(row)
    for route, mean in means.items():
        if mean <= 0.0 or lows[route] <= 0.0:
            continue
        figure.add_annotation(
            text=f"{_SHORT[route]}, last day: <b>{amount(mean, 'ng/mL')}</b>",
            x=1,
            xref="paper",
            y=float(np.log10(lows[route])) if logarithmic else lows[route],
            yref=f"y{axis}",
            xanchor="right",
            yanchor="top",
            yshift=-2,
            showarrow=False,
            font={"size": 12, "color": ACCENT if route == "pump" else INK},
            bgcolor="rgba(255,255,255,0.8)",
        )


_SHORT = {"pump": "pump", "oral": "tablets"}
