"""Sites through time: what the fluid, the cord or the blood held there, and the samples taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from thecal.prescription import sample_site
from thecal.report.phrasing import elapsed, level
from thecal.report.theme import INK, PAPER, SITE_LINES, finish, log_axis, small
from thecal.therapy import CourseResult

Array = NDArray[np.float64]

HOUR_S = 3_600
SHORT_H = 72.0
"""Courses up to this length count hours, longer ones days."""

MOST_POINTS = 1_500
MOST_SITES = len(SITE_LINES)

_POOLS = {
    "cisterna magna": ("cistern", "fluid of the cisterna magna"),
    "ventricle": ("ventricle", "fluid of the ventricles"),
    "convexity": ("convexity", "fluid over the convexity"),
}
_BY_LEVEL = {
    "csf": ("csf", "spinal fluid at {}"),
    "cord": ("cord", "cord at {}"),
    "cord surface": ("cord_surface", "surface of the cord at {}"),
    "roots": ("roots", "nerve roots at {}"),
    "cord centre": ("cord_centre", "centre of the cord at {}"),
    "cord taken up": ("cord_taken_up", "taken up by the cord at {}"),
}
_HEIGHT = 430
_LOW_SHARE = 1e-3
_RING, _SMALL_RING = 7, 5
_MANY = 24


@dataclass(frozen=True, slots=True)
class Series:
    """What one site held through a course as it was lived.

    Attributes
    ----------
    site
        As a sample names it.
    label
        For people, as ``"spinal fluid at L3"``.
    unit
        mcg/mL, or ng/mL in plasma.
    times_s
        Seconds from the start, rising, shape (t,): the output times and those of the samples.
    values
        Shape (t,).
    """

    site: str
    label: str
    unit: str
    times_s: NDArray[np.int64]
    values: Array


def series(result: CourseResult, site: str) -> Series:
    """Return what the primary drug came to at a site, with the samples taken there in it."""
    exposure = result.primary
    lived = exposure.data.sel(route="course")
    place = sample_site(site)
    assert place is not None, f"a course with the site {site!r} would have been refused"
    if place.level:
        name, words = _BY_LEVEL[place.place]
        label, data = words.format(place.level), lived[name].sel(level=place.level)
    elif place.place in _POOLS:
        name, label = _POOLS[place.place]
        data = lived[name]
    else:
        name = place.metabolite or "plasma"
        label, data = (f"{name.upper()} in plasma" if place.metabolite else "plasma"), lived[name]
    times = np.rint(lived["time"].to_numpy() * HOUR_S).astype(np.int64)
    values = data.to_numpy()
    for one in exposure.samples:
        if one.site == site:
            times, values = np.append(times, one.times_s), np.append(values, one.values)
    times, first = np.unique(times, return_index=True)
    return Series(site, label, str(data.attrs["units"]), times, values[first])


def sites_shown(result: CourseResult, places: list[str]) -> list[str]:
    """Return the sites in fluid and cord that deserve a line: of the doses, and of the samples.

    Parameters
    ----------
    places
        Sites to begin with.
    """
    sampled = [one.site for one in result.primary.samples if not one.site.startswith("plasma")]
    return list(dict.fromkeys((*places, *sampled)))[:MOST_SITES]


def unit_of_time(result: CourseResult) -> tuple[float, str]:
    """Return the hours in the unit that a course's charts count, and what to call it."""
    short = result.course.length_s / HOUR_S <= SHORT_H
    return (1.0, "hours from the start") if short else (24.0, "days from the start")


def site_levels(result: CourseResult, sites: list[str]) -> go.Figure:
    """Return what the primary drug came to at some sites through the course, with its samples.

    Parameters
    ----------
    sites
        In fluid or cord, as samples name them.

    Returns
    -------
    go.Figure
        mcg/mL on a logarithmic axis, one line for each site, a ring for each sample.
    """
    unit_h, title = unit_of_time(result)
    figure = go.Figure()
    top, low = 0.0, np.inf
    for site, line in zip(sites, SITE_LINES, strict=False):
        one = series(result, site)
        every = max(1, int(np.ceil(len(one.times_s) / MOST_POINTS)))
        times, values = one.times_s[::every], one.values[::every]
        highest = float(values.max())
        top = max(top, highest)
        low = min(low, max(float(values[-1]), highest * _LOW_SHARE))
        figure.add_trace(
            go.Scatter(
                x=small(times / HOUR_S / unit_h),
                y=small(np.where(values > 0.0, values, np.nan)),
                mode="lines",
                name=one.label,
                showlegend=True,
                line=line,
                customdata=[elapsed(int(at_s)) for at_s in times],
                hovertemplate="%{y:.2~g} mcg/mL, %{customdata}<extra>%{fullData.name}</extra>",
            )
        )
        figure.add_traces(sample_points(result, site, unit_h, str(line["color"])))
    if figure.data and any(trace.mode == "markers" for trace in figure.data):
        figure.add_trace(_key_of_samples())
    figure.update_yaxes(log_axis(low / 1.5, top * 1.7, "mcg/mL"))
    end = result.course.length_s / HOUR_S / unit_h
    figure.update_xaxes(title={"text": title}, range=[-0.01 * end, end * 1.01], showgrid=False)
    rows = len(sites) + 1
    finish(figure, height=_HEIGHT + 19 * rows, top=14 + 19 * rows)
    figure.update_layout(legend={"orientation": "v"})
    return figure


def sample_points(result: CourseResult, site: str, unit_h: float, colour: str) -> list[go.Scatter]:
    """Return the samples of the primary drug at one site as rings, the legend left to the chart.

    Parameters
    ----------
    unit_h
        The hours in a unit of the time axis.
    """
    return [
        go.Scatter(
            x=small(one.times_s / HOUR_S / unit_h),
            y=small(np.where(one.values > 0.0, one.values, np.nan)),
            mode="markers",
            name="sample",
            showlegend=False,
            marker={
                "size": _RING if len(one.values) <= _MANY else _SMALL_RING,
                "color": PAPER,
                "line": {"color": colour, "width": 1.4},
            },
            hovertext=[
                f"sample, {elapsed(int(at_s))}: {level(float(value), one.unit)}"
                for at_s, value in zip(one.times_s, one.values, strict=True)
            ],
            hoverinfo="text",
            cliponaxis=False,
        )
        for one in result.primary.samples
        if one.site == site
    ]


def _key_of_samples() -> go.Scatter:
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        name="samples",
        marker={"size": _RING, "color": PAPER, "line": {"color": INK, "width": 1.6}},
        hoverinfo="skip",
    )
