"""The course of one pump of a scenario: what was meant, what it believed, and what was true."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from thecal.report.phrasing import amount
from thecal.report.scenario_course import Window, between, given_mcg, meant_mcg
from thecal.report.scenario_words import dose, timeline_rows, volume, when
from thecal.report.theme import ACCENT, FAINT, INK, MUTED, STONE, finish

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from thecal.pump.simulation.scenarios_stage import Order, Sample, Scene
    from thecal.report.scenario_words import Row

_DAY_S: Final = 86_400
_RATE, _FLOW = "mcg/h", "mL/h"
_HOUR_S: Final = 3_600
_NL_PER_ML: Final = 1_000_000
_MOST_POINTS: Final = 400
_TAIL: Final = 0.02
"""Room for the marks of the last events."""
_CLOSE: Final = 0.035
"""Marks nearer than this share of the axis share one label."""

BELIEF: Final = "#a8652a"
"""What the pump counts; dashed, so that colour is not needed."""
_GAP: Final = "rgba(168,101,42,0.16)"
_WASH: Final = "rgba(31,111,120,0.12)"
_MEANT: Final = {"color": INK, "width": 1.8, "dash": "dot"}
_TRUE: Final = {"color": ACCENT, "width": 2.4}
_COUNTED: Final = {"color": BELIEF, "width": 1.8, "dash": "dash"}

_PANELS: Final = (
    ("rate", "Drug at the catheter tip, mcg/h", 1.1),
    ("sum", "Drug in all since then, mcg", 1.1),
    ("flow", "Fluid pumped, mL/h", 1.0),
    ("held", "Reservoir: can be pumped, mL", 1.0),
    ("events", "Events, numbered as below", 1.0),
)
_PANEL_PX, _TITLE_PX, _TOP, _BOTTOM, _LEFT = 118, 42, 26, 40, 58
_LANES: Final = {"people": 3.0, "alarm": 2.0, "pump": 2.0, "truth": 1.0}
_LANE_NAMES: Final = {3.0: "people", 2.0: "pump", 1.0: "in truth"}
_ALARM: Final = "#b3361e"
_MARKS: Final[dict[str, dict[str, Any]]] = {
    "people": {"symbol": "circle", "color": INK, "size": 9},
    "pump": {"symbol": "line-ns-open", "color": STONE, "size": 9},
    "alarm": {"symbol": "triangle-up", "color": _ALARM, "size": 12},
    "truth": {"symbol": "diamond", "color": ACCENT, "size": 10},
}
_QUIET: Final = "triangle-up-open"
"""An alarm of low priority, or one that is only listed."""


def scene_figure(scene: Scene, began_s: int) -> go.Figure:
    """Return the picture of one pump's course: five panels over one axis of time.

    Solid is the truth, dotted what was meant, dashed what the pump counts. The drug is summed from
    `began_s` on, the second at which something first happens.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    window = Window.of(scene, began_s)
    _draw_drug(figure, scene, window)
    _draw_pumped(figure, scene, window)
    _draw_held(figure, scene, window)
    rows = [one for one in timeline_rows(scene.moments) if one.hours * _HOUR_S >= window.from_s]
    _draw_events(figure, rows, window)
    figure.update_layout(_axes(window))
    for place, (_, title, _) in enumerate(_PANELS, start=1):
        figure.add_annotation(
            text=f"<b>{title}</b>",
            xref="x domain",
            yref=f"y{_nth(place)} domain",
            x=0,
            y=1,
            xanchor="left",
            yanchor="bottom",
            yshift=4,
            xshift=0,
            showarrow=False,
            font={"size": 13},
        )
    height = sum(int(_PANEL_PX * share) + _TITLE_PX for _, _, share in _PANELS)
    finish(figure, height=height + _TOP + _BOTTOM, top=_TOP, bottom=_BOTTOM, left=_LEFT)
    figure.update_layout(
        # The page has a key of its own, which finds room on a phone too.
        showlegend=False,
        hovermode="closest",
        separators=". ",
    )
    return figure


def _draw_drug(figure: go.Figure, scene: Scene, window: Window) -> None:
    edges = _edges(window)
    rates = _rates(scene.samples, edges, "tip_mcg")
    steps = _meant_steps(scene.orders, window)
    _line(
        figure,
        1,
        "meant",
        steps,
        _MEANT,
        [f"{amount(float(rate), _RATE, 3)} meant" for _, rate in steps],
    )
    _line(
        figure,
        1,
        "truly",
        _stairs(edges, rates),
        {**_TRUE, "shape": "hv"},
        [f"{amount(rate, _RATE, 3)} truly" for rate in (*rates, rates[-1])],
        fill="tozeroy",
        colour=_WASH,
    )
    at = _moments(scene.samples, window)
    meant = [(one, meant_mcg(scene.orders, window.began_s, one)) for one in at]
    first = given_mcg(scene.samples, window.began_s)
    given = [(one, given_mcg(scene.samples, one) - first) for one in at]
    _line(figure, 2, "", meant, _MEANT, [f"{dose(mcg)} meant" for _, mcg in meant])
    _line(
        figure,
        2,
        "",
        given,
        _TRUE,
        [f"{dose(mcg)} truly" for _, mcg in given],
        fill="tonexty",
        colour=_WASH,
    )


def _draw_pumped(figure: go.Figure, scene: Scene, window: Window) -> None:
    edges = _edges(window)
    for name, attribute, line in (
        ("", "pumped_nl", _TRUE),
        ("as the pump counts", "counted_nl", _COUNTED),
    ):
        rates = [rate / _NL_PER_ML for rate in _rates(scene.samples, edges, attribute)]
        said = "as the pump counts" if name else "truly"
        _line(
            figure,
            3,
            name,
            _stairs(edges, rates),
            {**line, "shape": "hv"},
            [f"{amount(rate, _FLOW, 3)} {said}" for rate in (*rates, rates[-1])],
        )


def _draw_held(figure: go.Figure, scene: Scene, window: Window) -> None:
    shown = _thinned(scene.samples, window)
    for title, attribute, line, words in (
        ("", "true_nl", _TRUE, "truly"),
        ("", "computed_nl", _COUNTED, "as the pump counts"),
    ):
        held = [(one.at_s, max(0, getattr(one, attribute) - scene.residual_nl)) for one in shown]
        is_count = attribute == "computed_nl"
        _line(
            figure,
            4,
            title,
            [(at_s, nl / _NL_PER_ML) for at_s, nl in held],
            line,
            [f"{volume(nl)} {words}" for _, nl in held],
            fill="tonexty" if is_count else None,
            colour=_GAP if is_count else None,
        )
    measured = [one for one in shown if one.measured_nl >= 0][:: max(1, len(shown) // 24)]
    if measured:
        figure.add_scatter(
            x=[one.at_s / _HOUR_S for one in measured],
            y=[max(0, one.measured_nl - scene.residual_nl) / _NL_PER_ML for one in measured],
            mode="markers",
            name="by the fill sensor",
            marker={"symbol": "circle-open", "size": 6, "color": INK},
            hoverinfo="skip",
            xaxis="x",
            yaxis="y4",
        )


def _draw_events(figure: go.Figure, rows: list[Row], window: Window) -> None:
    for kind, marker in _MARKS.items():
        mine = [one for one in rows if one.kind == kind]
        if not mine:
            continue
        symbols = [_QUIET if one.priority in {"none", "low"} else marker["symbol"] for one in mine]
        figure.add_scatter(
            x=[one.hours for one in mine],
            y=[_LANES[kind]] * len(mine),
            mode="markers",
            name=kind,
            marker={**marker, "symbol": symbols},
            hovertext=[f"{one.number}: {one.when}: {one.words}" for one in mine],
            hoverinfo="text",
            xaxis="x",
            yaxis="y5",
        )
    for lane in _LANE_NAMES:
        for hours, text in _labels([one for one in rows if _LANES[one.kind] == lane], window):
            figure.add_annotation(
                text=text,
                x=hours,
                y=lane,
                xref="x",
                yref="y5",
                yshift=14,
                showarrow=False,
                font={"size": 11, "color": MUTED},
            )
    for hours in sorted({one.hours for one in rows if one.kind != "pump"}):
        figure.add_shape(
            type="line",
            x0=hours,
            x1=hours,
            xref="x",
            y0=0,
            y1=1,
            yref="paper",
            line={"color": "#d5dade", "width": 1},
            layer="below",
        )


def _labels(rows: list[Row], window: Window) -> list[tuple[float, str]]:
    """Return where the numbers of events stand; those of close events are one, as "4-7"."""
    close = _CLOSE * (window.end_s - window.from_s) / _HOUR_S
    groups: list[list[Row]] = []
    for row in rows:
        if groups and row.hours - groups[-1][-1].hours < close:
            groups[-1].append(row)
        else:
            groups.append([row])
    found = []
    for group in groups:
        first, last = group[0], group[-1]
        numbers = [str(row.number) for row in group]
        is_run = last.number - first.number == len(group) - 1
        text = f"{first.number}-{last.number}" if is_run and len(group) > 1 else ", ".join(numbers)
        found.append(((first.hours + last.hours) / 2, text))
    return found


def _line(
    figure: go.Figure,
    place: int,
    name: str,
    points: Sequence[tuple[int, Fraction | float]],
    line: dict[str, Any],
    said: list[str],
    fill: str | None = None,
    colour: str | None = None,
) -> None:
    figure.add_scatter(
        x=[at_s / _HOUR_S for at_s, _ in points],
        y=[round(float(value), 6) for _, value in points],
        mode="lines",
        name=name,
        line=line,
        hovertext=[f"{when(at)}: {one}" for (at, _), one in zip(points, said, strict=True)],
        hoverinfo="text",
        xaxis="x",
        yaxis=f"y{_nth(place)}",
        fill=fill,
        fillcolor=colour,
    )


def _edges(window: Window) -> list[int]:
    """Return the ends of the spans of which flows are the means, whole spans from the event on."""
    edges = list(range(window.began_s, window.end_s, window.bin_s))
    before = list(range(window.began_s - window.bin_s, window.from_s - 1, -window.bin_s))
    return [*before[::-1], *edges, window.end_s]


def _rates(samples: Sequence[Sample], edges: list[int], name: str) -> list[float]:
    """Return the mean flow of each span, an hour."""
    values = [between(samples, edge, name) for edge in edges]
    return [
        float((last - first) * _HOUR_S / (end_s - start_s))
        for first, last, start_s, end_s in zip(values, values[1:], edges, edges[1:], strict=False)
    ]


def _stairs(edges: list[int], rates: list[float]) -> list[tuple[int, float]]:
    return list(zip(edges, [*rates, rates[-1]], strict=True))


def _meant_steps(orders: Sequence[Order], window: Window) -> list[tuple[int, Fraction]]:
    steps: list[tuple[int, Fraction]] = []
    for place, order in enumerate(orders):
        until_s = orders[place + 1].from_s if place + 1 < len(orders) else window.end_s
        start_s, end_s = max(order.from_s, window.from_s), min(until_s, window.end_s)
        if end_s > start_s:
            rate = order.mcg_per_day * _HOUR_S / _DAY_S
            steps += [(start_s, rate), (end_s, rate)]
    return steps


def _moments(samples: Sequence[Sample], window: Window) -> list[int]:
    at = sorted({one.at_s for one in samples if one.at_s >= window.began_s})
    every = max(1, len(at) // _MOST_POINTS)
    return sorted({window.began_s, *at[::every], at[-1]})


def _thinned(samples: Sequence[Sample], window: Window) -> list[Sample]:
    inside = [one for one in samples if one.at_s >= window.from_s]
    every = max(1, len(inside) // _MOST_POINTS)
    # What people do is two samples at one second; both stay.
    kept = {0, len(inside) - 1, *range(0, len(inside), every)}
    for place in range(1, len(inside)):
        if inside[place].at_s == inside[place - 1].at_s:
            kept |= {place - 1, place}
    return [inside[place] for place in sorted(kept)]


def _axes(window: Window) -> dict[str, Any]:
    heights = [_PANEL_PX * share for _, _, share in _PANELS]
    whole = sum(heights) + _TITLE_PX * (len(_PANELS) - 1)
    tail_s = (window.end_s - window.from_s) * _TAIL
    axes: dict[str, Any] = {
        "xaxis": {
            "range": [window.from_s / _HOUR_S, (window.end_s + tail_s) / _HOUR_S],
            "anchor": "y5",
            **_ticks(window),
        }
    }
    top = 1.0
    for place, height in enumerate(heights, start=1):
        bottom = max(0.0, top - height / whole)
        axes[f"yaxis{_nth(place)}"] = {
            "domain": [round(bottom, 4), round(top, 4)],
            "anchor": "x",
            "rangemode": "tozero",
            "nticks": 4,
            "tickformat": ",",
        }
        top = bottom - _TITLE_PX / whole
    axes["yaxis5"] |= {
        "range": [0.4, 3.9],
        "tickvals": list(_LANE_NAMES),
        "ticktext": list(_LANE_NAMES.values()),
        "showgrid": False,
    }
    return axes


def _ticks(window: Window) -> dict[str, Any]:
    span_s = window.end_s - window.from_s
    choices = (1_800, _HOUR_S, 2 * _HOUR_S, 6 * _HOUR_S, 12 * _HOUR_S, _DAY_S, 3 * _DAY_S)
    step_s = next((one for one in choices if span_s <= 5 * one), 7 * _DAY_S)
    first = -(-window.from_s // step_s) * step_s
    at = list(range(first, window.end_s + 1, step_s))
    texts = []
    for one in at:
        _, day, _, clock = when(one).split(" ")
        texts.append(f"day {day}" if step_s >= _DAY_S else f"{clock}<br>day {day}")
    return {
        "tickvals": [one / _HOUR_S for one in at],
        "ticktext": texts,
        "gridcolor": FAINT,
        "tickangle": 0,
    }


def _nth(place: int) -> str:
    """Return what plotly calls the axes of a panel: the first has no number."""
    return str(place) if place > 1 else ""
