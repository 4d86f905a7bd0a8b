"""The spine, coloured by what the CSF and the cord hold, through time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from thecal.report.dose_marks import (
    mark_in_drawing,
    marked_places,
    moments_of_doses_h,
    opening,
    rows_marked,
)
from thecal.report.doses import pictured_route
from thecal.report.drawing import SpineDrawing, draw_spine
from thecal.report.phrasing import elapsed, level
from thecal.report.theme import (
    ACCENT,
    FAINT,
    INK,
    MUTED,
    PAPER,
    LogScale,
    colour_scale,
    colours,
    finish,
    log_axis,
)
from thecal.therapy import CourseResult

Array = NDArray[np.float64]

HOUR_S = 3_600
DAY_S = 86_400
EARLY_H = (0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0, 20.0, 24.0)
AFTER_A_CHANGE_H = (0.0, 2.0, 6.0, 12.0, 24.0)
MOST_DAYS = 36
CHANGING = 4
"""So many traces, the first ones, change from frame to frame."""

_BONE = "#f3ede1"
_BONE_EDGE = "#d8cdb8"
_DISC = "#e3e7e6"
_PROCESS = "#f7f3ea"
_CATHETER = "#20242a"
_HEIGHT = 920
_DECADES = {"doses": 4, "course": 3}
_STRETCH = 1.3  # the drawing is a little wider than life


@dataclass(frozen=True, slots=True)
class Moment:
    """What the spine shows at one time.

    Attributes
    ----------
    at_s
        Seconds from the start.
    csf, cord
        mcg/mL by level; not-a-number where there is no cord.
    """

    at_s: int
    csf: Array
    cord: Array


def csf_scale(result: CourseResult) -> LogScale:
    """Return the one scale on which all pictures of a course show CSF and cord.

    It reaches further down where there are doses, whose levels do not hold but fall.
    """
    route = pictured_route(result)
    highest = float(result.primary.data["csf"].sel(route=route).max())
    return LogScale(highest, _DECADES[route]) if route in _DECADES else LogScale(highest)


def moments(result: CourseResult) -> list[Moment]:
    """Return the times that the spine shows: dense at first and after changes, then daily."""
    data = result.primary.data.sel(route=pictured_route(result))
    end_h = result.course.length_s / HOUR_S
    stride = max(1, int(np.ceil(end_h / 24.0 / MOST_DAYS)))
    wanted = [*(36.0, 48.0), *np.arange(24.0, end_h, 24.0 * stride), end_h]
    wanted += moments_of_doses_h(result)
    # Before the first dose there is nothing to see; a pump runs from the start.
    wanted += EARLY_H if result.pumped is not None else [0.0]
    for order in result.course.prescriptions:
        wanted += [order.at_s / HOUR_S + after for after in AFTER_A_CHANGE_H]
    times = data["time"].to_numpy()
    inside = sorted({hour for hour in wanted if hour <= end_h})
    places = sorted({int(np.abs(times - hour).argmin()) for hour in inside})
    csf, cord = data["csf"].to_numpy(), data["cord"].to_numpy()
    return [Moment(round(times[k] * HOUR_S), csf[k], cord[k]) for k in places]


def spine(result: CourseResult) -> go.Figure:
    """Return the spine from C1 to S2 with a time slider, beside the same levels as a chart.

    Returns
    -------
    go.Figure
        The canal is coloured by CSF, the cord within it by its own concentration (mcg/mL, one
        logarithmic scale). It shows the end of the course, or, where doses alone are given, the
        time soon after the last one; its frames hold the other times.
    """
    exposure = result.primary
    shown = moments(result)
    drawing = draw_spine(exposure.body.anatomy, exposure.tip_level)
    scale = csf_scale(result)
    frames = [
        go.Frame(
            name=elapsed(one.at_s),
            data=_changing(one, drawing, scale, result),
            traces=list(range(CHANGING)),
        )
        for one in shown
    ]
    figure = go.Figure(frames=frames)
    first = opening(result, [one.at_s for one in shown])
    figure.add_traces(_changing(shown[first], drawing, scale, result))
    figure.add_traces(_still(drawing, scale))
    _lay_out(figure, drawing, scale)
    _mark_tip(figure, result, drawing)
    for x, y, text in marked_places(result, drawing):
        mark_in_drawing(figure, x, y, text, symbol="diamond")
    for row, _ in rows_marked(result):
        _rule(figure, float(drawing.level_y[row]))
    _controls(figure, [elapsed(one.at_s) for one in shown], first)
    return figure


def _changing(
    one: Moment, drawing: SpineDrawing, scale: LogScale, result: CourseResult
) -> list[go.Scatter]:
    names = result.primary.body.anatomy.level_names
    has_cord = ~np.isnan(one.cord)
    facts = [
        [name, level(csf, "mcg/mL"), level(cord, "mcg/mL") if known else "ends higher up"]
        for name, csf, cord, known in zip(names, one.csf, one.cord, has_cord, strict=True)
    ]
    hover = "<b>%{customdata[0]}</b><br>CSF %{customdata[1]}<br>cord %{customdata[2]}"
    csf_line = np.maximum(one.csf, scale.bottom / 10)
    cord_line = np.maximum(one.cord[has_cord], scale.bottom / 10)
    return [
        _filled(drawing.canal, drawing.level_y, one.csf, scale, edge="#6f7a80"),
        _filled(drawing.cord, drawing.level_y[has_cord], one.cord[has_cord], scale, edge=PAPER),
        go.Scatter(
            x=csf_line,
            y=drawing.level_y,
            xaxis="x2",
            mode="lines+markers",
            name="CSF",
            line={"color": ACCENT, "width": 2.5},
            marker={"size": 5},
            customdata=facts,
            hovertemplate=f"{hover}<extra></extra>",
        ),
        go.Scatter(
            x=cord_line,
            y=drawing.level_y[has_cord],
            xaxis="x2",
            mode="lines+markers",
            name="cord",
            line={"color": INK, "width": 1.5, "dash": "dot"},
            marker={"size": 6, "symbol": "diamond-open"},
            customdata=[fact for fact, known in zip(facts, has_cord, strict=True) if known],
            hovertemplate=f"{hover}<extra></extra>",
        ),
    ]


def _filled(
    outline: tuple[Array, Array], level_y: Array, values: Array, scale: LogScale, *, edge: str
) -> go.Scatter:
    # The gradient runs up the page; between the middles of two levels it blends.
    low, high = float(level_y.min()), float(level_y.max())
    stops = (level_y[::-1] - low) / (high - low)
    gradient = [
        [float(round(stop, 4)), colour]
        for stop, colour in zip(stops, colours(scale.shares(values[::-1])), strict=True)
    ]
    return go.Scatter(
        x=np.round(outline[0], 3),
        y=np.round(outline[1], 3),
        mode="lines",
        fill="toself",
        line={"color": edge, "width": 1.2},
        fillgradient={"type": "vertical", "start": low, "stop": high, "colorscale": gradient},
        hoverinfo="skip",
        showlegend=False,
    )


def _still(drawing: SpineDrawing, scale: LogScale) -> list[go.Scatter]:
    def bone(outline: tuple[Array, Array], fill: str, edge: str) -> go.Scatter:
        return go.Scatter(
            x=np.round(outline[0], 3),
            y=np.round(outline[1], 3),
            mode="lines",
            fill="toself",
            fillcolor=fill,
            line={"color": edge, "width": 1},
            hoverinfo="skip",
            showlegend=False,
        )

    traces = [
        bone(drawing.discs, _DISC, _DISC),
        bone(drawing.bodies, _BONE, _BONE_EDGE),
        bone(drawing.processes, _PROCESS, _BONE_EDGE),
        _colour_key(scale),
    ]
    if drawing.catheter is not None:
        for width, colour in ((5.0, PAPER), (2.2, _CATHETER)):
            traces.append(
                go.Scatter(
                    x=np.round(drawing.catheter[0], 3),
                    y=np.round(drawing.catheter[1], 3),
                    mode="lines",
                    line={"color": colour, "width": width, "shape": "spline"},
                    hoverinfo="skip",
                    showlegend=False,
                )
            )
    return traces


def _colour_key(scale: LogScale) -> go.Scatter:
    low, high = scale.log_range
    bar = scale.colour_bar(orientation="h", x=0.0, xanchor="left", y=0.0, yanchor="top", len=0.46)
    bar["title"] = {**bar["title"], "side": "top"}
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        marker={
            "color": [low],
            "colorscale": colour_scale(),
            "cmin": low,
            "cmax": high,
            "showscale": True,
            "colorbar": bar,
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _lay_out(figure: go.Figure, drawing: SpineDrawing, scale: LogScale) -> None:
    shapes = (drawing.bodies, drawing.processes, drawing.catheter)
    xs = np.concatenate([shape[0] for shape in shapes if shape is not None])
    left, right = float(np.nanmin(drawing.label_x)) - 1.6, float(np.nanmax(xs)) + 0.4
    bottom, top = float(np.nanmin(drawing.canal[1])) - 1.2, 1.0
    figure.update_layout(
        xaxis={
            "domain": [0.0, 0.5],
            "range": [left, right],
            "visible": False,
            "fixedrange": True,
            "scaleanchor": "y",
            "scaleratio": _STRETCH,
            "constrain": "domain",
            "constraintoward": "left",
        },
        xaxis2={
            "domain": [0.56, 1.0],
            "anchor": "y",
            "fixedrange": True,
            "showgrid": True,
            **log_axis(scale.bottom, scale.top, "mcg/mL"),
        },
        yaxis={"range": [bottom, top], "visible": False, "fixedrange": True},
        hovermode="closest",
    )
    finish(figure, height=_HEIGHT, top=30, bottom=76, left=6)
    figure.update_layout(legend={"x": 0.56})
    label = {"showarrow": False, "xanchor": "right"}
    names = _names(figure)
    labels = [
        {**label, "x": x, "y": y, "text": name, "font": {"size": 11, "color": MUTED}}
        for x, y, name in zip(drawing.label_x, drawing.label_y, names, strict=True)
    ]
    beside = {**label, "x": 0, "xref": "x2 domain", "xshift": -4}
    labels += [
        {**beside, "y": y, "text": name, "font": {"size": 10, "color": MUTED}}
        for y, name in zip(drawing.level_y, names, strict=True)
    ]
    across = {"type": "line", "xref": "x2 domain", "x0": 0, "x1": 1, "layer": "below"}
    rules = [
        {**across, "y0": y, "y1": y, "line": {"color": FAINT, "width": 1}} for y in drawing.level_y
    ]
    # All at once: adding them one by one takes a second.
    figure.layout.annotations = (*figure.layout.annotations, *labels)
    figure.layout.shapes = rules


def _names(figure: go.Figure) -> list[str]:
    return [fact[0] for fact in figure.data[2].customdata]


def _mark_tip(figure: go.Figure, result: CourseResult, drawing: SpineDrawing) -> None:
    tip = result.primary.tip_level
    if tip is None or drawing.catheter is None:
        return
    x, y = float(drawing.catheter[0][-1]), float(drawing.catheter[1][-1])
    name = result.primary.body.anatomy.level_names[tip]
    mark_in_drawing(figure, x, y, f"<b>tip {name}</b>", symbol="circle")


def _rule(figure: go.Figure, y: float) -> None:
    figure.add_shape(
        type="line",
        xref="x2 domain",
        x0=0,
        x1=1,
        y0=y,
        y1=y,
        line={"color": _CATHETER, "width": 1, "dash": "dash"},
        layer="below",
    )


def _controls(figure: go.Figure, labels: list[str], first: int) -> None:
    """Add a slider and a play button for notebooks; the page brings its own, for the keyboard."""

    def show(names: list[str | None], ms: int) -> list[object]:
        motion = {"frame": {"duration": ms, "redraw": True}, "transition": {"duration": 0}}
        return [names, {"mode": "immediate", "fromcurrent": True, **motion}]

    steps = [{"label": label, "method": "animate", "args": show([label], 0)} for label in labels]
    figure.update_layout(
        sliders=[
            {
                "active": first,
                "steps": steps,
                "currentvalue": {"prefix": "time from the start: "},
                "pad": {"t": 90, "b": 10},
            }
        ],
        updatemenus=[
            {
                "type": "buttons",
                "direction": "right",
                "x": 1,
                "xanchor": "right",
                "y": 1.06,
                "buttons": [
                    {
                        "label": "Play",
                        "method": "animate",
                        "args": [None, show([None], 150)[1]],
                    },
                    {"label": "Pause", "method": "animate", "args": show([None], 0)},
                ],
            }
        ],
    )
