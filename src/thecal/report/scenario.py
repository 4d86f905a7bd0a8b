"""The page of a scenario for a lesson: what happened, in numbers, a picture and a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from thecal.pump.simulation.scenarios_stage import SEED
from thecal.report.scenario_course import given_mcg, meant_mcg
from thecal.report.scenario_figure import scene_figure
from thecal.report.scenario_words import Row, began, dose, timeline_rows, volume, when
from thecal.report.sheet import figure_json, render_sheet, write_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from thecal.pump.simulation.scenarios_stage import Scene
    from thecal.therapy.rehearsing import Rehearsal

_NONE_RAISED: Final = "none"


@dataclass(frozen=True, slots=True)
class Shown:
    """One pump of a scenario as the page needs it."""

    id: str
    title: str
    figure: Markup
    height: int
    alt: str
    since: str
    got: str
    meant: str
    at_worst: str
    held: str
    believed: str
    has_fill_sensor: bool
    alarms: str
    cannot: tuple[str, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Event:
    """One scenario as the page needs it."""

    found: Rehearsal
    pumps: list[Shown]
    is_one: bool


def render_scenarios(found: Sequence[Rehearsal]) -> str:
    """Return the page of one scenario, or of several, as the text of one HTML file."""
    events = [_event(one) for one in found]
    first = found[0].scenario
    title = first.name if len(found) == 1 else "What happened to pumps"
    return render_sheet(
        "scenario.html.j2",
        {
            "events": events,
            "title": title,
            "seed": SEED,
            "plotly": Markup(get_plotlyjs()),  # noqa: S704  plotly's own file
        },
    )


def write_scenarios(found: Sequence[Rehearsal], path: str | Path) -> Path:
    """Write the page of one scenario, or of several; the same runs give the same bytes.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    return write_sheet(render_scenarios(found), path)


def _event(found: Rehearsal) -> Event:
    scenes = found.told.scenes
    began_s = began(list(scenes.values()))
    pumps = [
        _shown(f"{found.scenario.id}-{place}", title, scene, began_s)
        for place, (title, scene) in enumerate(scenes.items(), start=1)
    ]
    return Event(found, pumps, len(pumps) == 1)


def _shown(name: str, title: str, scene: Scene, began_s: int) -> Shown:
    figure = scene_figure(scene, began_s)
    last = scene.samples[-1]
    # Where the pump is nowhere wrong, the end.
    worst = max(
        (one for one in scene.samples if one.at_s >= began_s),
        key=lambda one: (abs(one.computed_nl - one.true_nl), one.at_s),
    )
    before = given_mcg(scene.samples, began_s)
    got, meant = last.tip_mcg - before, meant_mcg(scene.orders, began_s, last.at_s)
    rows = timeline_rows(scene.moments)
    raised = dict.fromkeys(
        f"{one.words.removeprefix('Alarm: ').rstrip('.')} ({one.priority})"
        for one in rows
        if one.kind == "alarm"
    )
    since = f"{when(began_s)} to {when(last.at_s)}"
    return Shown(
        id=name,
        title=title,
        figure=figure_json(figure),
        height=int(figure.layout.height),
        alt=(
            f"Five charts over one axis of time. From {since} {dose(got)} left the catheter tip; "
            f"{dose(meant)} were meant. The events are in the table below."
        ),
        since=since,
        got=dose(got),
        meant=dose(meant),
        at_worst=when(worst.at_s),
        held=volume(max(0, worst.true_nl - scene.residual_nl)),
        believed=volume(max(0, worst.computed_nl - scene.residual_nl)),
        has_fill_sensor=worst.measured_nl >= 0,
        alarms=", ".join(raised) or _NONE_RAISED,
        cannot=scene.cannot,
        rows=rows,
    )
