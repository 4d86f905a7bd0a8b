"""The blood level: pump, tablets and doses on the same axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from thecal.report.phrasing import amount, elapsed
from thecal.report.sites import MOST_POINTS, sample_points, series, unit_of_time
from thecal.report.theme import ACCENT, DEEP, INK, STONE, finish, log_axis, small
from thecal.therapy import CourseResult

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

HOUR_S = 3_600
_LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "oral": ("tablets alone, had they gone on", {"color": "#b0a99d", "width": 1.2}),
    "doses": ("doses alone", {"color": DEEP[9], "width": 2, "dash": "dash"}),
    "course": ("as lived", {"color": INK, "width": 1.6, "dash": "dot"}),
    "pump": ("pump alone", {"color": ACCENT, "width": 3}),
}
_ALONE = {"color": ACCENT, "width": 2}
_UNDER_A_LABEL = 0.3  # the share of the course over which a label of the mean lies
_BELOW_LOWEST_MEAN = 8.0
_QUIET_FROM = 2
"""So many panels are shown as large as life, the others quietly."""
_SHARES = (0.5, 0.32, 0.18)
_HEIGHTS = (330, 480, 570)
_FAINT = 0.75


def blood_levels(result: CourseResult) -> go.Figure:
    """Return the blood level by route through the course, with the mean of the last day.

    Returns
    -------
    go.Figure
        The primary drug in ng/mL, on a logarithmic axis where routes are compared; below it,
        where there are any, its metabolites: the first as large as life, the others quietly. Rings
        are the samples; of doses alone the highest level is told instead of a mean.
    """
    exposure = result.primary
    data = exposure.data
    alone = [route for route in ("oral", "doses", "pump") if route in data["route"]]
    routes = [*alone[:1], "course", *alone[1:]] if len(alone) > 1 else alone
    panels = _panels(result)
    figure = make_subplots(
        rows=len(panels),
        cols=1,
        shared_xaxes=True,
        vertical_spacing=0.26 / (len(panels) + 1),
        row_heights=[_SHARES[min(row, _QUIET_FROM)] for row in range(len(panels))],
        subplot_titles=[f"{panel.label} in the blood" for panel in panels],
    )
    unit_h, title = unit_of_time(result)
    every = max(1, int(np.ceil(len(data["time"]) / MOST_POINTS)))
    shown = data.isel(time=slice(None, None, every))
    hours = shown["time"].to_numpy()
    several = len(routes) > 1
    for row, panel in enumerate(panels, start=1):
        quiet = row > _QUIET_FROM
        for route in routes:
            line = {"color": STONE, "width": 1.2} if quiet and not several else _line(route, routes)
            trace = _trace(shown[panel.name].sel(route=route), route, line, unit_h)
            trace.update(showlegend=row == 1 and several, opacity=_FAINT if quiet else 1.0)
            figure.add_trace(trace, row, 1)
        colour = STONE if quiet else INK
        for points in sample_points(result, panel.site, unit_h, colour):
            figure.add_trace(points, row, 1)
        figure.update_yaxes(_axis(shown[panel.name], panel.means, routes), row=row, col=1)
        if quiet:
            continue
        means = {route: panel.means[route] for route in alone if route != "doses"}
        lows = {route: _lowest_at_the_end(result, panel.name, route) for route in means}
        _state_means(figure, means, lows, row, logarithmic=several)
        if alone == ["doses"]:
            _state_highest(figure, result, panel, unit_h, row)
    figure.update_xaxes(range=[0, float(hours[-1]) / unit_h], showgrid=False)
    figure.update_xaxes(title={"text": title}, row=len(panels), col=1)
    for heading in figure.layout.annotations[: len(panels)]:
        heading.update(x=0, xanchor="left", yshift=0, font={"size": 13, "color": INK})
    top_px = 34 + 21 * len(routes) if several else 30
    finish(figure, height=_HEIGHTS[min(len(panels), len(_HEIGHTS)) - 1] + top_px, top=top_px)
    figure.update_layout(legend={"orientation": "v", "y": 1.0 + 24 / (figure.layout.height - 128)})
    return figure


@dataclass(frozen=True, slots=True)
class _Panel:
    name: str
    label: str
    site: str
    means: dict[str, float]


def _panels(result: CourseResult) -> list[_Panel]:
    exposure = result.primary
    last, data = exposure.last_day, exposure.data
    panels = [_Panel("plasma", exposure.drug.name, "plasma", last.plasma_ng_per_ml)]
    for name, means in last.metabolites_ng_per_ml.items():
        if bool((data[name] > 0).any()):
            label = str(data[name].attrs["long_name"]).removesuffix(" in plasma")
            panels.append(_Panel(name, label, f"plasma {name}", means))
    return panels


def _line(route: str, routes: list[str]) -> dict[str, Any]:
    return _LINES[route][1] if len(routes) > 1 else _ALONE


def _trace(values: xr.DataArray, route: str, line: dict[str, Any], unit_h: float) -> go.Scatter:
    hours, ng = values["time"].to_numpy(), values.to_numpy()
    return go.Scatter(
        x=small(hours / unit_h),
        y=small(np.where(ng > 0.0, ng, np.nan)),
        mode="lines",
        name=_LINES[route][0],
        line=line,
        customdata=[elapsed(round(t * HOUR_S)) for t in hours],
        hovertemplate="%{y:.2~g} ng/mL, %{customdata}<extra></extra>",
    )


def _axis(values: xr.DataArray, means: dict[str, float], routes: list[str]) -> dict[str, Any]:
    top = max(float(values.sel(route=route).max()) for route in routes)
    if len(routes) == 1:
        return {"title": {"text": "ng/mL"}, "range": [0.0, top * 1.28], "nticks": 5}
    lowest = min(means[route] for route in routes if route != "course")
    return log_axis(lowest / _BELOW_LOWEST_MEAN, top * 1.7, "ng/mL")


def _state_highest(
    figure: go.Figure, result: CourseResult, panel: _Panel, unit_h: float, row: int
) -> None:
    one = series(result, panel.site)
    top = int(one.values.argmax())
    at_s = int(one.times_s[top])
    figure.add_annotation(
        text=f"<b>{amount(float(one.values[top]), 'ng/mL')}</b> at {elapsed(at_s)}",
        x=at_s / HOUR_S / unit_h,
        y=float(one.values[top]),
        xref="x",
        yref=f"y{'' if row == 1 else row}",
        xanchor="left" if at_s < result.course.length_s / 2 else "right",
        yanchor="bottom",
        yshift=6,
        showarrow=False,
        font={"size": 12, "color": ACCENT},
        bgcolor="rgba(255,255,255,0.8)",
    )


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
