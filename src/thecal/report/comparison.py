"""The same people by mouth and by pump: one picture, and the page around it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from thecal.evidence import load_library
from thecal.report.comparison_words import counted, lead, published_rows, rows, words_of_picture
from thecal.report.expectation_words import sources_of
from thecal.report.sheet import figure_json, render_sheet, write_sheet
from thecal.report.theme import ACCENT, NOTICE_PX, finish
from thecal.therapy.care.comparing import ROUTES, Comparison, Route, Series

if TYPE_CHECKING:
    import plotly.graph_objects as go

_LINES: Final[dict[Route, tuple[str, str, str]]] = {
    "mouth": ("#a8652a", "dash", "rgba(168,101,42,0.17)"),
    "pump": (ACCENT, "solid", "rgba(31,111,120,0.17)"),
}
"""Colour, dashes (so that colour is not needed), and band."""

_PANELS: Final = (
    ("pain", "Pain, 0 to 10", 1.0),
    ("constipation_moderate", "Constipation, % of people", 1.0),
    ("nausea_moderate", "Nausea, % of people", 1.0),
    ("sedation_moderate", "Sedation, % of people", 1.0),
    ("oral_mg_per_day", "Dose by mouth, mg/day", 1.0),
    ("intrathecal_mcg_per_day", "Dose by pump, mg/day", 0.001),
)
"""Name, title, and what its numbers are multiplied by."""

_PAIN_TOP: Final = 10.0
_SHARES: Final = (1, 2, 3)
_PANEL_PX, _PAPER_PANEL_PX, _TITLE_PX = 170, 86, 60
_TOP, _BOTTOM, _LEFT = 68, 44, 44
_GUTTER: Final = 0.12
_WEEK: Final = 7
_CLAIM: Final = 4


def comparison_figure(found: Comparison) -> go.Figure:
    """Return the picture of a comparison: six small panels, lines with their bands.

    Its ``layout.meta`` says how the panels are placed in two columns, in one for a
    narrow page, and on paper.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    weeks = np.asarray(found.days) / _WEEK
    for place, (name, title, scale) in enumerate(_PANELS, start=1):
        axes = {"xaxis": f"x{_nth(place)}", "yaxis": f"y{_nth(place)}"}
        for route in ROUTES:
            _add(figure, found.of(name, route), route, weeks, scale, axes, legend=place == 1)
        figure.add_annotation(
            text=f"<b>{title}</b>",
            xref=f"x{_nth(place)} domain",
            yref=f"y{_nth(place)} domain",
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
            yshift=6,
            showarrow=False,
            font={"size": 13},
        )
    figure.update_layout(_axes(found, weeks))
    finish(figure, height=_placed(2)["height"], top=_TOP, bottom=_BOTTOM, left=_LEFT)
    figure.update_layout(
        meta={
            "wide": _placed(2),
            "narrow": _placed(1),
            "paper": _placed(2, _PAPER_PANEL_PX),
        },
        legend={"y": 1, "yref": "container", "yanchor": "top"},
        hovermode="closest",
    )
    figure.update_layout(_nested(_placed(2)))
    return figure


def _add(
    figure: go.Figure,
    series: Series,
    route: Route,
    weeks: np.ndarray[Any, np.dtype[np.float64]],
    scale: float,
    axes: dict[str, str],
    *,
    legend: bool,
) -> None:
    colour, dash, wash = _LINES[route]
    low, middle, high = (
        np.array([getattr(one, end) for one in series.at]) * scale
        for end in ("low", "middle", "high")
    )
    seen = ~np.isnan(middle)
    at = weeks[seen]
    figure.add_scatter(
        x=np.concatenate([at, at[::-1]]).tolist(),
        y=np.concatenate([high[seen], low[seen][::-1]]).round(3).tolist(),
        mode="lines",
        fill="toself",
        fillcolor=wash,
        line={"width": 0},
        hoverinfo="skip",
        showlegend=False,
        legendgroup=route,
        **axes,
    )
    figure.add_scatter(
        x=at.tolist(),
        y=middle[seen].round(3).tolist(),
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2.5},
        name=f"by {route}",
        legendgroup=route,
        showlegend=legend,
        hovertemplate="by " + route + ", week %{x:.0f}: %{y:.3g}<extra></extra>",
        **axes,
    )


def _axes(found: Comparison, weeks: np.ndarray[Any, np.dtype[np.float64]]) -> dict[str, Any]:
    shares = [
        one.high
        for place in _SHARES
        for route in ROUTES
        for one in found.of(_PANELS[place][0], route).at
        if not np.isnan(one.high)
    ]
    ranges: dict[int, list[float]] = {1: [0.0, _PAIN_TOP]}
    # The three shares have one scale, so that they can be compared by eye.
    top = max(shares, default=1.0) * 1.08
    ranges |= {place + 1: [0.0, top] for place in _SHARES}
    axes: dict[str, Any] = {}
    for place in range(1, len(_PANELS) + 1):
        axes[f"xaxis{_nth(place)}"] = {
            "anchor": f"y{_nth(place)}",
            "range": [0.0, float(weeks[-1])],
            "nticks": 7,
        }
        axes[f"yaxis{_nth(place)}"] = {
            "anchor": f"x{_nth(place)}",
            "nticks": 5,
            "rangemode": "tozero",
        }
        if place in ranges:
            axes[f"yaxis{_nth(place)}"]["range"] = ranges[place]
    return axes


def _nth(place: int) -> str:
    """Return what plotly calls the axes of a panel: the first has no number."""
    return str(place) if place > 1 else ""


def _placed(columns: int, panel_px: int = _PANEL_PX) -> dict[str, Any]:
    """Return where the panels stand in so many columns, as plotly's relayout wants it."""
    step = panel_px + _TITLE_PX
    whole = -(-len(_PANELS) // columns) * step - _TITLE_PX
    width = (1.0 - _GUTTER * (columns - 1)) / columns
    placed: dict[str, Any] = {"height": whole + _TOP + _BOTTOM + NOTICE_PX}
    for place in range(len(_PANELS)):
        row, column = divmod(place, columns)
        left = column * (width + _GUTTER)
        top = 1.0 - row * step / whole
        bottom = max(0.0, top - panel_px / whole)
        x, y = f"xaxis{_nth(place + 1)}", f"yaxis{_nth(place + 1)}"
        placed[f"{x}.domain"] = [round(left, 4), round(left + width, 4)]
        placed[f"{y}.domain"] = [round(bottom, 4), round(top, 4)]
        placed[f"{x}.title.text"] = "weeks" if place + columns >= len(_PANELS) else ""
    return placed


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    return {key.replace(".", "_"): value for key, value in flat.items()}


def render_comparison(found: Comparison) -> str:
    """Return the page of a comparison as the text of one HTML file."""
    figure = comparison_figure(found)
    return render_sheet(
        "comparison.html.j2",
        {
            "found": found,
            "lead": lead(found),
            "rows": rows(found),
            "published": published_rows(found),
            "claim": load_library().claim(_CLAIM),
            "counted": counted(found),
            "unknown": [(one.words, sources_of(one.figures)) for one in found.unknown],
            "weeks": found.days[-1] // _WEEK,
            "figure": figure_json(figure),
            "height": figure.layout.height,
            "alt": words_of_picture(found),
            "plotly": Markup(get_plotlyjs()),  # noqa: S704  plotly's own file
        },
    )


def write_comparison(found: Comparison, path: str | Path) -> Path:
    """Write the page of a comparison; the same comparison gives the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    return write_sheet(render_comparison(found), path)
