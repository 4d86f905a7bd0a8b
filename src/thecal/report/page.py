"""The report: one HTML file that needs nothing else, neither a network nor another file."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from plotly.offline import get_plotlyjs

from thecal import NOTICE, __version__
from thecal.prescription.names import listed
from thecal.report import blood, delivery, doses, faults, levels, story
from thecal.report.dose_marks import opening, rows_marked
from thecal.report.key_figures import key_figures
from thecal.report.phrasing import capitalised, clock, elapsed, level
from thecal.report.sites import site_levels, sites_shown
from thecal.report.spine_through_time import Moment, moments, spine
from thecal.report.tables import level_rows, parts_of, peak_rows, sample_rows, sources_of
from thecal.therapy import CourseResult, PumpCourse, simplifications

if TYPE_CHECKING:
    import plotly.graph_objects as go

_QUANTITY = re.compile(
    r"(?<![A-Za-z\d.])\d[\d .]*(?<! ) "
    r"(?:(?:mcg|mg|ng|mL|L|cm|h|min|days?|times)\b(?:/(?:mL|day|h|L)\b)?|%)"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure as the page needs it: its data, and its words for those who cannot see it."""

    name: str
    json: Markup
    height: int
    alt: str


def write_report(result: CourseResult, path: str | Path) -> Path:
    """Write the report of a course, one self-contained HTML file.

    Parameters
    ----------
    path
        Where to; missing folders are made, an older file is replaced.

    Returns
    -------
    Path
        The file. The same result gives the same bytes: no clock is read.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render_report(result), encoding="utf-8", newline="\n")
    return target


def render_report(result: CourseResult) -> str:
    """Return the report of a course as the text of one HTML file."""
    shown = _spine_moments(result)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            course=result.course,
            exposure=result.primary,
            notice=NOTICE,
            version=__version__,
            story=story,
            doses=doses,
            faults=faults,
            keys=key_figures(result),
            figures=_figures(result),
            moments=shown,
            shown_first=opening(result, [round(one["hours"] * 3_600) for one in shown]),
            moments_json=_as_json(shown),
            level_rows=level_rows(result),
            peak_rows=peak_rows(result),
            sample_rows=sample_rows(result),
            parts=parts_of(result),
            sources=sources_of(result),
            simplifications=simplifications(result.primary.body.anatomy),
            plotly=Markup(get_plotlyjs()),  # noqa: S704  plotly's own file
            css=Markup(_own("report.css")),  # noqa: S704  our own file
            js=Markup(_own("report.js")),  # noqa: S704  our own file
        )
    )


def _figures(result: CourseResult) -> dict[str, Drawn]:
    """Return the figures that apply to a course."""
    drawn = []
    if result.primary.body.reads_blood:
        said = "Line chart of the blood level through the course. " + story.paragraph(result)
        drawn.append(_drawn("blood", blood.blood_levels(result), said))
    if doses.into_fluid(result):
        drawn += _of_the_fluid(result)
    sites = sites_of_interest(result)
    if sites:
        drawn.append(
            _drawn(
                "sites",
                site_levels(result, sites),
                f"Line chart of the level through the course at {listed(sites)}.",
            )
        )
    if result.pumped is not None:
        drawn += _of_the_pump(result, result.pumped)
    return {one.name: one for one in drawn}


def sites_of_interest(result: CourseResult) -> list[str]:
    """Return the sites that get a chart through time: those of doses and of samples."""
    return sites_shown(result, [place.site for place in doses.places(result)])


def _of_the_fluid(result: CourseResult) -> list[Drawn]:
    names = result.primary.body.anatomy.level_names
    drawn = [
        _drawn(
            "spine",
            _without_controls(spine(result)),
            "Drawing of the spine from the side, C1 on top, the spinal canal coloured by the "
            "concentration of drug in the CSF; beside it the same levels as a chart.",
        ),
        _drawn(
            "map",
            levels.level_time_map(result),
            f"Map of the CSF concentration by vertebral level, {names[0]} on top, and time.",
        ),
    ]
    if result.pumped is None:
        profile = _drawn(
            "profile",
            levels.level_waves(result),
            "Line chart of the CSF at each level at some times after the last dose; the highest "
            "levels are in the table below it.",
        )
    else:
        profile = _drawn(
            "profile",
            levels.level_profile(result),
            "Line chart of the last day's mean in CSF and cord at each level; the numbers "
            "are in the table below it.",
        )
    return [*drawn, profile]


def _of_the_pump(result: CourseResult, pumped: PumpCourse) -> list[Drawn]:
    drawn = [
        _drawn(
            "dose",
            delivery.daily_dose(result),
            "Bars: the dose that left the catheter tip on each day. " + story.presses(result),
        ),
        _drawn(
            "reservoir",
            delivery.reservoir(result),
            "Line chart of the reservoir. " + " ".join(story.refill_sentences(result)),
        ),
        _drawn("ways", levels.ways_out(result), "Bar of the ways by which drug leaves the CSF."),
    ]
    if any(one.mode == "flex" for one in pumped.delivery.segments):
        drawn.append(
            _drawn(
                "rate",
                delivery.dose_rate(result),
                "Step chart of the dose rate through the last week of the course.",
            )
        )
    return drawn


def _drawn(name: str, figure: go.Figure, alt: str) -> Drawn:
    text = str(figure.to_json()).replace("<", "\\u003c").replace("\u2028", "\\u2028")
    return Drawn(name, Markup(text), int(figure.layout.height), alt.strip())  # noqa: S704  escaped


def _without_controls(figure: go.Figure) -> go.Figure:
    # The page has a slider of its own, which the keyboard reaches.
    figure.layout.sliders = None
    figure.layout.updatemenus = None
    return figure


def _spine_moments(result: CourseResult) -> list[dict[str, Any]]:
    """Return the texts of the spine's slider, one for each frame."""
    if not doses.into_fluid(result):
        return []
    return [
        {
            "name": elapsed(one.at_s),
            "hours": one.at_s / 3_600,
            "clock": clock(result.course.start + timedelta(seconds=one.at_s)),
            "levels": _at_the_marks(result, one),
        }
        for one in moments(result)
    ]


def _at_the_marks(result: CourseResult, one: Moment) -> str:
    """Return what fluid and cord hold at the tip, or where doses are given, at a moment."""
    names = result.primary.body.anatomy.level_names
    rows = rows_marked(result) or [(0, "")]
    said = []
    for row, word in rows:
        where = "the tip" if word == "tip" else names[row]
        held = f"At {where}: CSF {level(float(one.csf[row]), 'mcg/mL')}"
        cord = float(one.cord[row])
        said.append(held if isnan(cord) else f"{held}, cord {level(cord, 'mcg/mL')}")
    if result.pumped is None and rows[0][0] > 0:
        said.append(f"At {names[0]}: CSF {level(float(one.csf[0]), 'mcg/mL')}")
    return ". ".join(said)


def _as_json(value: object) -> Markup:
    text = json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")
    return Markup(text)  # noqa: S704  escaped


def _held(text: object) -> Markup:
    """Return a text in which no line breaks between a number and its unit."""
    escaped = str(escape(text))
    return Markup(_QUANTITY.sub(r'<span class="q">\g<0></span>', escaped))  # noqa: S704  escaped


def _printed(text: str) -> Markup:
    """Return a figure's text with its powers and rates set as in print."""
    shown = re.sub(r" 1/(\w+)", r" per \1", str(escape(text)))
    shown = re.sub(r"(\d)e(-?\d+)", r"\1 x 10<sup>\2</sup>", shown)
    shown = re.sub(r"\^(\d)", r"<sup>\1</sup>", shown)
    return Markup(shown)  # noqa: S704  escaped


def _own(name: str) -> str:
    return (files("thecal.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(str(files("thecal.report") / "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["held"] = _held
    environment.filters["capitalised"] = capitalised
    environment.filters["printed"] = _printed
    return environment
