"""Where the drug is along the spine: level by time, level on the last day, and its ways out."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from thecal.report import doses
from thecal.report.dose_marks import marks_of_doses, rows_marked
from thecal.report.phrasing import WAYS_OUT, amount, elapsed, percent, quick
from thecal.report.spine_through_time import csf_scale
from thecal.report.story import is_long
from thecal.report.theme import (
    ACCENT,
    DEEP,
    INK,
    MUTED,
    PAPER,
    STONE,
    LogScale,
    colour_scale,
    finish,
    log_axis,
    small,
)
from thecal.therapy import CourseResult

Array = NDArray[np.float64]

HOUR_S = 3_600
DAY_S = 86_400
ZOOM_H = 48.0
MOST_COLUMNS = 400

WAVES_H = (0.25, 1.0, 3.0, 6.0, 12.0, 24.0)
"""So long after a dose the fluid is drawn level by level."""

_WAVE_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "solid")
_WAVE_DECADES = 4
_MAP_HEIGHT = 560
_PROFILE_HEIGHT = 540
_SHARES_HEIGHT = 250
_SHARE_COLOURS = (DEEP[9], DEEP[7], DEEP[5], DEEP[4], DEEP[3], DEEP[2], DEEP[1])
_ROOM_FOR_A_LABEL = 0.05
_DARK_ENOUGH = 3  # so many of the first colours carry white words


def level_time_map(result: CourseResult) -> go.Figure:
    """Return CSF concentration by vertebral level and time, C1 on top.

    Returns
    -------
    go.Figure
        The first two days on the left, the whole course on the right, one logarithmic colour scale
        in mcg/mL. Marks above the map: changes of prescription, refills, boluses.
    """
    exposure = result.primary
    data = exposure.data["csf"].sel(route=doses.pictured_route(result))
    hours = data["time"].to_numpy()
    end_h = result.course.length_s / HOUR_S
    names = list(exposure.body.anatomy.level_names)
    scale = csf_scale(result)
    long = is_long(result)
    columns = 2 if long else 1
    figure = make_subplots(
        rows=1,
        cols=columns,
        shared_yaxes=True,
        horizontal_spacing=0.03,
        column_widths=[0.36, 0.64] if long else None,
    )
    zoom = (1.0, "hours from the start", hours <= (ZOOM_H if long else end_h))
    whole = (DAY_S / HOUR_S, "days from the start", hours <= end_h)
    panels = [zoom, whole] if long else [zoom]
    for column, (unit_h, title, part) in enumerate(panels, start=1):
        shown = hours[part]
        every = max(1, int(np.ceil(len(shown) / MOST_COLUMNS)))
        values = data.to_numpy()[part][::every]
        figure.add_trace(_heat(shown[::every] / unit_h, names, values, scale, unit_h), 1, column)
        until_h = float(shown[-1])
        for trace in [*_marks(result, unit_h, until_h), *marks_of_doses(result, unit_h, until_h)]:
            trace.update(showlegend=column == columns)
            figure.add_trace(trace, 1, column)
        figure.update_xaxes(
            title={"text": title},
            range=[0, until_h / unit_h],
            showgrid=False,
            nticks=5 if column < columns else 9,
            row=1,
            col=column,
        )
    given = {place.level for place in doses.places(result)}
    figure.update_yaxes(
        range=[len(names) - 0.4, -1.9],
        tickvals=list(range(len(names))),
        ticktext=[f"<b>{name}</b>" if k in given else name for k, name in enumerate(names)],
        showgrid=False,
    )
    figure.update_layout(
        coloraxis={
            "colorscale": colour_scale(),
            "cmin": scale.log_range[0],
            "cmax": scale.log_range[1],
            "colorbar": scale.colour_bar(
                orientation="h", x=1.0, xanchor="right", y=1.0, yanchor="bottom", len=0.5
            ),
        }
    )
    finish(figure, height=_MAP_HEIGHT, top=62, left=40)
    figure.update_layout(legend={"y": 1.0, "x": 0, "orientation": "v"})
    figure.update_yaxes(tickfont={"size": 11})
    for row, word in rows_marked(result):
        _mark_row(figure, row, word, columns)
    return figure


def _heat(x: Array, names: list[str], values: Array, scale: LogScale, unit_h: float) -> go.Heatmap:
    when = [elapsed(round(t * unit_h * HOUR_S)) for t in x]
    return go.Heatmap(
        x=small(x),
        y=list(range(len(names))),
        z=small(scale.log(values.T)),
        hovertext=[
            [f"{name}, {t}: {quick(c)} mcg/mL" for t, c in zip(when, row, strict=True)]
            for name, row in zip(names, values.T, strict=True)
        ],
        hoverinfo="text",
        coloraxis="coloraxis",
    )


def _marks(result: CourseResult, unit_h: float, until_h: float) -> list[go.Scatter]:
    """Return the marks above the map: what was changed, and every bolus."""
    if result.pumped is None:
        return []
    log = result.pumped.delivery.log
    kinds = (
        (
            "change or refill",
            ("program", "refill", "bridge started"),
            "triangle-down",
            9,
            INK,
            -1.5,
        ),
        (
            "bolus",
            ("patient bolus granted", "scheduled bolus started"),
            "line-ns-open",
            6,
            STONE,
            -0.95,
        ),
    )
    traces = []
    for name, chosen, symbol, size, colour, y in kinds:
        entries = [
            entry for entry in log if entry.kind in chosen and entry.at_s <= until_h * HOUR_S
        ]
        if entries:
            traces.append(
                go.Scatter(
                    x=[entry.at_s / HOUR_S / unit_h for entry in entries],
                    y=[y] * len(entries),
                    mode="markers",
                    name=name,
                    marker={"symbol": symbol, "size": size, "color": colour},
                    hovertext=[f"{elapsed(entry.at_s)}: {entry.detail}" for entry in entries],
                    hoverinfo="text",
                    cliponaxis=False,
                )
            )
    return traces


def _mark_row(figure: go.Figure, level: int, word: str, columns: int) -> None:
    for column in range(1, columns + 1):
        for edge in (level - 0.5, level + 0.5):
            figure.add_hline(edge, line={"color": PAPER, "width": 1.5}, row=1, col=column)
    if word != "tip":
        return  # at the end, where the words stand, a dose has left only a pale trace
    figure.add_annotation(
        text="<b>tip</b>",
        x=1,
        xref="paper",
        xshift=-6,
        y=level,
        xanchor="right",
        showarrow=False,
        font={"size": 11, "color": PAPER},
    )


def level_profile(result: CourseResult) -> go.Figure:
    """Return the mean of the last day in CSF and cord at each vertebral level, mcg/mL."""
    exposure = result.primary
    route = doses.pictured_route(result)
    names = list(exposure.body.anatomy.level_names)
    csf = exposure.last_day.csf_mcg_per_ml[route]
    cord = exposure.last_day.cord_mcg_per_ml[route]
    with_cord = ~np.isnan(cord)
    rows = np.arange(len(names), dtype=np.intp)
    lines: list[tuple[str, Array, NDArray[np.intp], dict[str, Any], dict[str, Any]]] = [
        ("CSF", csf, rows, {"color": ACCENT, "width": 2.5}, {"size": 6}),
        (
            "cord, mean of the cross-section",
            cord[with_cord],
            rows[with_cord],
            {"color": INK, "width": 1.5, "dash": "dot"},
            {"size": 6, "symbol": "diamond-open"},
        ),
    ]
    figure = go.Figure(
        [
            go.Scatter(
                x=values,
                y=levels,
                name=name,
                mode="lines+markers",
                line=line,
                marker=marker,
                hovertext=[
                    f"{names[k]}: {amount(float(v), 'mcg/mL')}"
                    for k, v in zip(levels, values, strict=True)
                ],
                hoverinfo="text+name",
            )
            for name, values, levels, line, marker in lines
        ]
    )
    lowest = float(min(np.nanmin(csf), np.nanmin(cord)))
    figure.update_xaxes(log_axis(lowest / 1.5, float(np.nanmax(csf)) * 1.5, "mcg/mL"))
    figure.update_yaxes(
        range=[len(names) - 0.4, -0.6], tickvals=rows.tolist(), ticktext=names, title=None
    )
    finish(figure, height=_PROFILE_HEIGHT, top=34, left=40)
    figure.update_yaxes(tickfont={"size": 11})
    _mark_rows(figure, result)
    return figure


def _mark_rows(figure: go.Figure, result: CourseResult) -> None:
    names = result.primary.body.anatomy.level_names
    for row, word in rows_marked(result):
        figure.add_hline(row, line={"color": STONE, "width": 1, "dash": "dash"})
        figure.add_annotation(
            text=f"{word} {names[row]}",
            x=0,
            xref="paper",
            xanchor="left",
            y=row,
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": MUTED},
        )


def level_waves(result: CourseResult) -> go.Figure:
    """Return the CSF at each vertebral level at some times after the last dose, mcg/mL.

    What a mean of the last day is to a steady infusion, these are to a dose that rises and falls.
    """
    exposure = result.primary
    data = exposure.data["csf"].sel(route=doses.pictured_route(result))
    names = list(exposure.body.anatomy.level_names)
    last_h = doses.starts_s(result)[-1] / HOUR_S
    hours = data["time"].to_numpy()
    wanted = [last_h + after for after in WAVES_H if last_h + after <= hours[-1]]
    chosen = sorted({int(np.abs(hours - hour).argmin()) for hour in wanted})
    values = data.to_numpy()[chosen]
    colours = [DEEP[k] for k in np.linspace(len(DEEP) - 1, 3, len(chosen)).astype(int)]
    figure = go.Figure(
        [
            go.Scatter(
                x=np.where(row > 0.0, row, np.nan),
                y=list(range(len(names))),
                name=f"{elapsed(round(hours[k] * HOUR_S))}",
                mode="lines+markers",
                line={"color": colour, "width": 2.2, "dash": dash},
                marker={"size": 4},
                hovertext=[
                    f"{name}, {elapsed(round(hours[k] * HOUR_S))}: {quick(float(v))} mcg/mL"
                    for name, v in zip(names, row, strict=True)
                ],
                hoverinfo="text",
            )
            for k, row, colour, dash in zip(chosen, values, colours, _WAVE_DASHES, strict=False)
        ]
    )
    top = float(values.max())
    lowest = max(float(values[-1].min()), top / 10**_WAVE_DECADES)
    figure.update_xaxes(log_axis(lowest / 1.5, top * 1.5, "mcg/mL"))
    figure.update_yaxes(
        range=[len(names) - 0.4, -0.6], tickvals=list(range(len(names))), ticktext=names
    )
    finish(figure, height=_PROFILE_HEIGHT + 20, top=54, left=40)
    figure.update_yaxes(tickfont={"size": 11})
    _mark_rows(figure, result)
    return figure


def ways_out(result: CourseResult) -> go.Figure:
    """Return by which ways a drug given at the tip leaves the CSF, as shares of the dose."""
    shares = sorted(result.primary.shares.items(), key=lambda item: -item[1])
    figure = go.Figure(
        [
            go.Bar(
                x=[share * 100],
                y=[""],
                orientation="h",
                name=f"{WAYS_OUT.get(way, way)}: {percent(share)}",
                marker={"color": colour, "line": {"color": PAPER, "width": 2}},
                text=percent(share) if share > _ROOM_FOR_A_LABEL else "",
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": PAPER if k < _DARK_ENOUGH else INK},
                hovertemplate=f"{WAYS_OUT.get(way, way)}: {percent(share)}<extra></extra>",
            )
            for k, ((way, share), colour) in enumerate(zip(shares, _SHARE_COLOURS, strict=False))
        ]
    )
    figure.update_layout(barmode="stack", bargap=0.1)
    figure.update_xaxes(visible=False, range=[0, 100])
    figure.update_yaxes(visible=False)
    finish(figure, height=_SHARES_HEIGHT, top=4, bottom=152, left=0)
    figure.update_layout(
        legend={"y": -0.1, "yanchor": "top", "traceorder": "normal", "orientation": "v"}
    )
    return figure
