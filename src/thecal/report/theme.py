"""How every figure looks: type, colours, margins, and the notice that each carries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from thecal import NOTICE
from thecal.report.phrasing import number

if TYPE_CHECKING:
    import plotly.graph_objects as go

Array = NDArray[np.float64]

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
"""Fonts that the reader's system already has; none is loaded."""

INK = "#1d2733"
MUTED = "#5b6673"
FAINT = "#e7eaed"
PAPER = "#ffffff"
ACCENT = "#1f6f78"
SOFT_ACCENT = "#b9d9d8"
STONE = "#8a8378"

DEEP = (
    "#fdfdcc", "#ceecb3", "#9cdba5", "#6fc9a3", "#56b1a3", "#4c99a0", "#44829b",
    "#3e6c96", "#3e528f", "#403c73", "#362b4d", "#271a2c",
)  # fmt: skip
"""Concentrations from low to high: cmocean "deep" (Thyng 2016, doi:10.5670/oceanog.2016.66).

Perceptually uniform and of steadily falling lightness, so that it reads without colour too.
"""

SITE_LINES: tuple[dict[str, str | float], ...] = (
    {"color": ACCENT, "width": 2.5},
    {"color": DEEP[9], "width": 2.0, "dash": "dash"},
    {"color": "#a8652a", "width": 2.0, "dash": "dot"},
    {"color": STONE, "width": 2.0, "dash": "dashdot"},
    {"color": DEEP[3], "width": 2.0, "dash": "longdash"},
    {"color": INK, "width": 1.6, "dash": "longdashdot"},
)
"""Lines of different sites, told apart by their dashes too."""

NOTICE_PX = 30
_DECADES = 2
_HEADROOM = 1.25  # so that the highest values do not all wear the darkest colour
_LONGEST_AXIS = 4
_SHORT_AXIS = 2.2  # in decades; such an axis has room for 1, 2 and 5


def colour_scale() -> list[list[float | str]]:
    """Return the colours of concentrations as plotly wants them."""
    last = len(DEEP) - 1
    return [[k / last, colour] for k, colour in enumerate(DEEP)]


def colours(shares: Array) -> list[str]:
    """Return the colour at each share of the scale, 0 the lowest; outside it the nearest end."""
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in DEEP], dtype=float)
    places = np.linspace(0.0, 1.0, len(DEEP))
    inside = np.clip(np.nan_to_num(shares, nan=0.0), 0.0, 1.0)
    mixed = np.stack([np.interp(inside, places, rgb[:, k]) for k in range(rgb.shape[1])], axis=-1)
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.rint(mixed).astype(int)]


class LogScale:
    """A logarithmic scale of concentrations over some decades, its ends at 1, 2 or 5.

    Parameters
    ----------
    highest
        The highest value that is shown; it gets some room above it.
    decades
        How far it reaches; what lies so far below the top, or lower, takes the lowest colour.
    """

    def __init__(self, highest: float, decades: int = _DECADES) -> None:
        self.top = _round_up(highest * _HEADROOM)
        self.bottom = self.top / 10**decades

    @property
    def log_range(self) -> tuple[float, float]:
        """The ends as decimal logarithms."""
        return float(np.log10(self.bottom)), float(np.log10(self.top))

    def log(self, values: Array) -> Array:
        """Return decimal logarithms, nothing below the bottom."""
        low, _ = self.log_range
        return np.asarray(np.log10(np.maximum(np.nan_to_num(values), 10**low)))

    def shares(self, values: Array) -> Array:
        """Return where values stand on the scale, from 0 to 1."""
        low, high = self.log_range
        return (self.log(values) - low) / (high - low)

    def colour_bar(self, **placed: float | str) -> dict[str, Any]:
        """Return a labelled colour bar in mcg/mL."""
        low, high = self.log_range
        decades = 10.0 ** np.arange(np.ceil(low - 1e-9), np.floor(high + 1e-9) + 1)
        ticks = sorted({self.bottom, *decades.tolist()})
        if high - low > _DECADES + 0.5:
            # Every other one, from the highest down: the labels stand side by side on a phone too.
            ticks = sorted(decades[::-2].tolist())
        return {
            "tickvals": np.log10(ticks).tolist(),
            "ticktext": [number(tick) for tick in ticks],
            "outlinewidth": 0,
            "tickangle": 0,
            "thickness": 10,
            "title": {"text": "mcg/mL", "font": {"size": 12, "color": MUTED}},
            **placed,
        }


def _round_up(value: float) -> float:
    if not value > 0.0:
        return 1.0
    decade = 10.0 ** np.floor(np.log10(value))
    return float(next(step * decade for step in (1, 2, 5, 10) if step * decade >= value))


def log_axis(low: float, high: float, title: str) -> dict[str, Any]:
    """Return a logarithmic axis from one value to another with plain numbers on it.

    What is nothing, or next to nothing, lies below the axis: it spans four decades at most.
    """
    high = high if high > 0.0 else 1.0
    low = max(low, high / 10.0**_LONGEST_AXIS)
    bottom, top = float(np.log10(low)), float(np.log10(high))
    steps = (1.0,) if top - bottom > _SHORT_AXIS else (1.0, 2.0, 5.0)
    decades = range(int(np.floor(bottom)), int(np.ceil(top)) + 1)
    ticks = [step * 10.0**decade for decade in decades for step in steps]
    shown = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
    return {
        "type": "log",
        "range": [bottom, top],
        "tickvals": shown,
        "ticktext": [number(tick) for tick in shown],
        "title": {"text": title},
    }


def finish(
    figure: go.Figure, *, height: int, top: int = 24, bottom: int = 48, left: int = 56
) -> go.Figure:
    """Give a figure its look, and the notice that goes with it wherever it is exported.

    Parameters
    ----------
    height
        In px; the width follows the page.
    top, bottom, left
        Margins in px, without the line of the notice.
    """
    axis = {
        "gridcolor": FAINT,
        "zeroline": False,
        "linecolor": "#c9ced3",
        "ticks": "",
        "title": {"font": {"size": 12, "color": MUTED}, "standoff": 8},
        "tickfont": {"size": 12, "color": MUTED},
        "automargin": False,
    }
    figure.update_xaxes(axis).update_yaxes(axis)
    figure.update_layout(
        height=height,
        autosize=True,
        paper_bgcolor=PAPER,
        plot_bgcolor=PAPER,
        font={"family": FONT, "size": 13, "color": INK},
        margin={"l": left, "r": 14, "t": top, "b": bottom + NOTICE_PX, "pad": 2},
        hoverlabel={"bgcolor": PAPER, "bordercolor": "#c9ced3", "font": {"color": INK}},
        dragmode=False,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1,
            "yanchor": "bottom",
            "font": {"size": 12},
            "itemclick": False,
            "itemdoubleclick": False,
        },
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
        yshift=-(bottom + NOTICE_PX) + 4,
        showarrow=False,
        font={"size": 11, "color": MUTED},
    )
    return figure


def small(values: Sequence[float] | Array) -> NDArray[np.float32]:
    """Return numbers in single precision: plenty for a picture, and half the size."""
    return np.asarray(values, dtype=np.float32)
