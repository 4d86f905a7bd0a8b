"""What the pump gave, day by day, and what is left in its reservoir."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray
from plotly.subplots import make_subplots

from thecal import pump
from thecal.pump import NL_PER_ML
from thecal.report.phrasing import amount, clock, date, elapsed, mass
from thecal.report.theme import ACCENT, DEEP, FAINT, INK, MUTED, SOFT_ACCENT, STONE, finish
from thecal.therapy import Broken, CourseResult, PumpCourse, TipRate

Array = NDArray[np.float64]

DAY_S = 86_400
HOUR_S = 3_600
MCG_PER_MG = 1_000.0
RATE_DAYS = 7
MOST_RESERVOIR_POINTS = 800
_NOTHING_MCG = 1e-9

_IN_ALL = "in all"
_PARTS = {
    "basal": (SOFT_ACCENT, ""),
    "bridge bolus": (STONE, "x"),
    "scheduled boluses": (DEEP[7], "\\"),
    "patient boluses": (ACCENT, "/"),
    _IN_ALL: (ACCENT, ""),
}
_DOSE_HEIGHT = 300
_RATE_HEIGHT = 260
_RESERVOIR_HEIGHT = 420


def daily_dose_parts(pumped: PumpCourse, drug: str) -> dict[str, list[float]]:
    """Return what left the catheter tip on each day, in mcg, split by what asked for it.

    The tip counts, not the pump: after a change of solution the old one still is in the catheter.

    Returns
    -------
    dict
        "basal", "bridge bolus", "scheduled boluses" and "patient boluses", each with one number
        for each 24 hours from the start; parts that never occurred are left out. With faults only
        "in all": nobody can say which of the strokes that failed were whose.
    """
    edges_s, given, days = _cumulated(pumped, pumped.tip, drug)
    of_days = np.diff(np.interp(days, edges_s, given))
    if pumped.broken is not None:
        return {_IN_ALL: of_days.tolist()}
    parts = {name: np.zeros(len(days) - 1) for name in _PARTS}
    parts["basal"] += of_days
    for name, start_s, end_s, share in _extras(pumped):
        first, last = np.interp([start_s, end_s], edges_s, given)
        extra = share * (last - first)
        parts[name][start_s // DAY_S] += extra
        parts["basal"][start_s // DAY_S] -= extra
    return {name: mcg.tolist() for name, mcg in parts.items() if mcg.max() > _NOTHING_MCG}


def _cumulated(
    pumped: PumpCourse, tip: tuple[TipRate, ...], drug: str
) -> tuple[Array, Array, Array]:
    """Return times, what had left the tip until then in mcg, and the ends of the days."""
    edges_s = np.array([0.0, *(one.end_s for one in tip)])
    given = np.cumsum([0.0, *(float(one.mcg.get(drug, 0)) for one in tip)])
    until_s = pumped.delivery.until_s
    return edges_s, given, np.append(np.arange(0, until_s, DAY_S), until_s)


def _extras(pumped: PumpCourse) -> Iterator[tuple[str, int, int, float]]:
    """Yield (part, from, to, share of the flow) of all that was not basal, cut by the day."""
    for segment in pumped.delivery.segments:
        bridge = segment.mode == "bridge"
        if (not bridge and not segment.bolus) or not segment.volume_nl:
            continue
        # The commanded volume: that of the segment is in whole strokes.
        delivery = pumped.delivery
        whole = float(delivery.exact_nl(segment.end_s) - delivery.exact_nl(segment.start_s))
        share = 1.0 if bridge else min(1.0, _bolus_nl(pumped, segment) / whole)
        name = "bridge bolus" if bridge else f"{segment.bolus} boluses"
        start_s = segment.start_s
        while start_s < segment.end_s:
            end_s = min(segment.end_s, (start_s // DAY_S + 1) * DAY_S)
            yield name, start_s, end_s, share
            start_s = end_s


def _bolus_nl(pumped: PumpCourse, segment: pump.Segment) -> float:
    """Return how much of a segment's volume its bolus asked for, on top of the basal flow."""
    program = _program_at(pumped, segment.start_s)
    length_s = segment.end_s - segment.start_s
    if segment.bolus == "patient" and program.patient_bolus is not None:
        asked = program.patient_bolus
        return asked.volume_nl * length_s / asked.duration_s
    for bolus in program.boluses:
        since_s = segment.start_s - bolus.first_s
        since_s = since_s if bolus.every_s is None else since_s % bolus.every_s
        if 0 <= since_s < bolus.duration_s:
            return bolus.volume_nl * length_s / bolus.duration_s
    raise AssertionError("a bolus runs that no program holds")


def _program_at(pumped: PumpCourse, at_s: int) -> pump.Program:
    programmed = [event for event in pumped.plan.events if isinstance(event, pump.Programmed)]
    in_force = [event for event in programmed if event.at_s <= at_s]
    return max(in_force, key=lambda event: event.at_s).program


def daily_dose(result: CourseResult) -> go.Figure:
    """Return what left the catheter tip on each day, mg, by drug, split into basal and boluses.

    Raises
    ------
    ValueError
        If the course has no pump.
    """
    pumped = _pump_of(result)
    drugs = pumped.drugs
    titles = [result.exposures[drug].drug.name for drug in drugs] if len(drugs) > 1 else None
    figure = make_subplots(rows=len(drugs), cols=1, shared_xaxes=True, subplot_titles=titles)
    for row, drug in enumerate(drugs, start=1):
        parts = daily_dose_parts(pumped, drug)
        for name, days in parts.items():
            colour, pattern = _PARTS[name]
            starts = [result.course.start + timedelta(days=k) for k in range(len(days))]
            figure.add_trace(
                go.Bar(
                    x=list(range(1, len(days) + 1)),
                    y=[mcg / MCG_PER_MG for mcg in days],
                    name=name,
                    showlegend=row == 1,
                    marker={
                        "color": colour,
                        "line": {"width": 0},
                        "pattern": {"shape": pattern, "size": 5, "fgcolor": "#ffffff"},
                    },
                    hovertext=[
                        f"day {k + 1}, from {clock(start)}: {name} {mass(mcg)}"
                        for k, (start, mcg) in enumerate(zip(starts, days, strict=True))
                    ],
                    hoverinfo="text",
                ),
                row,
                1,
            )
        if pumped.broken is not None:
            figure.add_trace(_ordered(pumped, pumped.broken, drug, is_first=row == 1), row, 1)
        figure.update_yaxes(title={"text": "mg in 24 h"}, rangemode="tozero", row=row, col=1)
    figure.update_xaxes(showgrid=False, nticks=16)
    figure.update_xaxes(title={"text": "day of the course"}, row=len(drugs), col=1)
    figure.update_layout(barmode="stack", bargap=0.3)
    return finish(figure, height=_DOSE_HEIGHT + 160 * (len(drugs) - 1), top=34)


def _ordered(pumped: PumpCourse, broken: Broken, drug: str, *, is_first: bool) -> go.Scatter:
    edges_s, given, days = _cumulated(pumped, broken.ordered, drug)
    ordered = np.diff(np.interp(days, edges_s, given))
    return go.Scatter(
        x=list(range(1, len(ordered) + 1)),
        y=(ordered / MCG_PER_MG).tolist(),
        mode="markers",
        name="ordered",
        showlegend=is_first,
        marker={"symbol": "circle-open", "size": 8, "color": INK, "line": {"width": 1.5}},
        hovertext=[f"day {k}: {mass(mcg)} ordered" for k, mcg in enumerate(ordered, start=1)],
        hoverinfo="text",
    )


def dose_rate(result: CourseResult) -> go.Figure:
    """Return the dose rate of the primary drug at the tip through a course's last week, mcg/h.

    Raises
    ------
    ValueError
        If the course has no pump.
    """
    pumped = _pump_of(result)
    drug = result.primary.drug.id
    from_s = max(0, result.course.length_s - RATE_DAYS * DAY_S)
    times: list[datetime] = []
    rates: list[float] = []
    for one in pumped.tip:
        if one.end_s <= from_s:
            continue
        rate = float(one.mcg.get(drug, 0)) / ((one.end_s - one.start_s) / HOUR_S)
        for at_s in (max(one.start_s, from_s), one.end_s):
            times.append(result.course.start + timedelta(seconds=at_s))
            rates.append(rate)
    figure = go.Figure(
        go.Scatter(
            x=times,
            y=rates,
            mode="lines",
            line={"color": ACCENT, "width": 2},
            fill="tozeroy",
            fillcolor="rgba(31, 111, 120, 0.12)",
            hovertext=[
                f"{clock(at)}: {amount(rate, 'mcg/h')}"
                for at, rate in zip(times, rates, strict=True)
            ],
            hoverinfo="text",
        )
    )
    figure.update_yaxes(title={"text": "mcg/h"}, rangemode="tozero")
    figure.update_xaxes(tickformat="%a<br>%-d %b", dtick=DAY_S * 1000, showgrid=True)
    return finish(figure, height=_RATE_HEIGHT, top=14)


def reservoir(result: CourseResult) -> go.Figure:
    """Return what can be pumped from the reservoir (mL), through the course and beyond it.

    Returns
    -------
    go.Figure
        The residual volume is not counted. After the course two lines lead on: with the typical
        use of the button, and with every bolus that the pump may grant.

    Raises
    ------
    ValueError
        If the course has no pump.
    """
    pumped, dates = _pump_of(result), result.refill
    if dates is None:
        raise ValueError("a course with a pump has refill dates")
    residual_nl = pumped.plan.hardware.residual_nl
    points = _thinned(pumped.delivery.reservoir)
    figure = go.Figure(
        go.Scatter(
            x=[result.course.start + timedelta(seconds=at_s) for at_s, _ in points],
            y=[(volume - residual_nl) / NL_PER_ML for _, volume in points],
            mode="lines",
            name="in the course",
            line={"color": ACCENT, "width": 3},
            hovertext=[
                f"{elapsed(at_s)}: {amount((v - residual_nl) / NL_PER_ML, 'mL', 3)}"
                for at_s, v in points
            ],
            hoverinfo="text",
        )
    )
    if pumped.broken is not None:
        figure.add_trace(_in_truth(result, pumped.broken, residual_nl))
    low_ml = dates.low_reservoir_nl / NL_PER_ML
    now_ml = dates.reservoir_nl / NL_PER_ML
    alike = dates.typical_nl_per_day == dates.worst_nl_per_day
    lines = [
        ("every bolus that the pump may grant", float(dates.worst_nl_per_day), INK, "dot"),
        ("boluses as on the last day", float(dates.typical_nl_per_day), STONE, "dash"),
    ]
    if alike:
        lines = [("as the course ends", float(dates.worst_nl_per_day), INK, "dot")]
    last = result.end
    for name, nl_per_day, colour, dash in lines:
        if nl_per_day <= 0.0 or now_ml <= 0.0:
            continue
        empty = result.end + timedelta(days=now_ml * NL_PER_ML / nl_per_day)
        last = max(last, empty)
        figure.add_trace(
            go.Scatter(
                x=[result.end, empty],
                y=[now_ml, 0.0],
                mode="lines",
                name=name,
                line={"color": colour, "width": 1.8, "dash": dash},
                hovertext=[clock(result.end), f"empty on {date(empty)}"],
                hoverinfo="text",
            )
        )
    ceiling = max(volume for _, volume in points) - residual_nl
    figure.update_yaxes(title={"text": "mL"}, range=[0, ceiling / NL_PER_ML * 1.06])
    figure.update_xaxes(range=[result.course.start, last], showgrid=False, nticks=6)
    figure.update_xaxes(tickformat="%-d %b<br>%Y")
    finish(figure, height=_RESERVOIR_HEIGHT, top=84)
    figure.update_layout(legend={"orientation": "v"})
    _rules(figure, result, low_ml, last)
    return figure


def _in_truth(result: CourseResult, broken: Broken, residual_nl: int) -> go.Scatter:
    points = _thinned(broken.reservoir)
    return go.Scatter(
        x=[result.course.start + timedelta(seconds=at_s) for at_s, _ in points],
        y=[(volume - residual_nl) / NL_PER_ML for _, volume in points],
        mode="lines",
        name="in truth",
        line={"color": STONE, "width": 2},
        hovertext=[
            f"{elapsed(at_s)}: in truth {amount((v - residual_nl) / NL_PER_ML, 'mL', 3)}"
            for at_s, v in points
        ],
        hoverinfo="text",
    )


def _rules(figure: go.Figure, result: CourseResult, low_ml: float, last: datetime) -> None:
    figure.add_hline(low_ml, line={"color": STONE, "width": 1, "dash": "dash"})
    figure.add_annotation(
        text=f"low-reservoir alarm, {amount(low_ml, 'mL')}",
        x=0,
        xref="paper",
        xanchor="left",
        y=low_ml,
        yanchor="bottom",
        showarrow=False,
        font={"size": 11, "color": MUTED},
    )
    by = result.refill.refill_by if result.refill else None
    if by is not None:
        right_half = by - result.course.start > (last - result.course.start) / 2
        figure.add_shape(
            type="line", x0=by, x1=by, y0=0, y1=1, yref="paper", line={"color": INK, "width": 1.5}
        )
        figure.add_annotation(
            text=f"<b>refill by<br>{date(by)}</b>",
            align="right" if right_half else "left",
            x=by,
            y=1,
            yref="paper",
            yanchor="top",
            xanchor="right" if right_half else "left",
            xshift=-4 if right_half else 4,
            showarrow=False,
            font={"size": 12},
            bgcolor="rgba(255,255,255,0.85)",
        )
    figure.add_vrect(result.end, result.end, line={"color": FAINT, "width": 2})


def _thinned(points: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    every = max(1, len(points) // MOST_RESERVOIR_POINTS)
    if every == 1:
        return list(points)
    # A refill is two points at one second; both must stay.
    steps = {
        k for k in range(1, len(points)) if points[k][0] == points[k - 1][0] for k in (k - 1, k)
    }
    kept = sorted({*range(0, len(points), every), *steps, len(points) - 1})
    return [points[k] for k in kept]


def _pump_of(result: CourseResult) -> PumpCourse:
    if result.pumped is None:
        raise ValueError("this course has no pump; there is nothing that it gave")
    return result.pumped
