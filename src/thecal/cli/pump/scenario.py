"""``thecal pump scenario``: real events, played on the real implant and told with their numbers."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal import NOTICE
from thecal.cli.writable import require_writable
from thecal.errors import InputError

if TYPE_CHECKING:
    from thecal.pump.simulation.scenarios_stage import Moment
    from thecal.therapy.rehearsing import Rehearsal

WIDTH = 98
_WHO = 8
_WHEN = 14


def scenario(
    name: Annotated[str, typer.Argument(help="Which; all are listed when left out.")] = "",
    *,
    every: Annotated[bool, typer.Option("--all", help="Play all of them.")] = False,
    report: Annotated[
        Path | None,
        typer.Option(help="Write a page for a lesson here, one HTML file that needs no network."),
    ] = None,
    open_report: Annotated[
        bool, typer.Option("--open", help="Open the report where there is a browser.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a real event on the virtual pump, and say what the pump knew and the patient got."""
    from thecal.therapy.rehearsing import load_scenario, rehearse, scenario_names

    require_writable(report, "--report")
    if every:
        if name or report is None:
            raise InputError("--all plays every scenario into one page: give --report, and no NAME")
        played = [rehearse(one) for one in scenario_names()]
        _write(played, report, open_report=open_report)
        typer.echo("\n".join([f"{NOTICE}.", "", *_headlines(played), "", f"Report: {report}"]))
        return
    if not name:
        if report is not None:
            raise InputError("a report needs the NAME of a scenario, or --all")
        names = {one: load_scenario(one).name for one in scenario_names()}
        if as_json:
            typer.echo(json.dumps({"notice": NOTICE, "scenarios": names}, indent=2))
        else:
            lines = [f"  {one:<24}{words}." for one, words in names.items()]
            typer.echo("\n".join([f"{NOTICE}.", "", *lines, "", "thecal pump scenario NAME"]))
        return
    found = rehearse(name)
    if report is not None:
        _write([found], report, open_report=open_report)
    if as_json:
        typer.echo(json.dumps({"notice": NOTICE, **as_object(found)}, indent=2))
    else:
        written = ["", f"Report: {report}"] if report is not None else []
        typer.echo("\n".join([f"{NOTICE}.", "", *lines_of(found), *written]))


def _write(played: list[Rehearsal], report: Path, *, open_report: bool) -> None:
    from thecal.report.scenario import write_scenarios

    write_scenarios(played, report)
    if open_report:
        from thecal.cli.opening import open_page

        open_page(report)


def _headlines(played: list[Rehearsal]) -> list[str]:
    return [line for one in played for line in _wrapped(one.headline, f"{one.scenario.id}: ")]


def lines_of(found: Rehearsal) -> list[str]:
    """Return a rehearsal in lines for a tired reader."""
    from thecal.therapy.rehearsing import PARTS

    lines = [f"{found.scenario.name}.", "", *_wrapped(found.headline)]
    for part, title in PARTS.items():
        lines += ["", title]
        lines += [line for sentence in found.parts[part] for line in _wrapped(sentence)]
    if found.told.cannot:
        lines += ["", "What this pump can never notice"]
        lines += [line for sentence in found.told.cannot for line in _wrapped(sentence)]
    for title, moments in found.timelines.items():
        lines += ["", f"Timeline: {title}"]
        lines += [line for moment in moments for line in _told(moment)]
    lines += ["", "The lesson", *_wrapped(found.scenario.lesson)]
    lines += ["", "The real event", *_wrapped(found.scenario.event)]
    return [*lines, *_wrapped(f"Source: {found.scenario.source}")]


def as_object(found: Rehearsal) -> dict[str, Any]:
    """Return a rehearsal for a program to read: words, and every number of the run."""
    from thecal.therapy.rehearsing import show

    facts = found.told.facts
    return {
        "name": found.scenario.id,
        "words": found.scenario.name,
        "headline": found.headline,
        "lesson": found.scenario.lesson,
        "event": found.scenario.event,
        "source": found.scenario.source,
        "pumps": list(found.scenario.pumps),
        "parts": {part: list(sentences) for part, sentences in found.parts.items()},
        "cannot": list(found.told.cannot),
        "facts": {
            name: {"words": fact}
            if isinstance(fact, str)
            else {"amount": float(fact.amount), "unit": fact.unit, "words": show(fact)}
            for name, fact in facts.items()
        },
        "timelines": {
            title: [moment._asdict() for moment in moments]
            for title, moments in found.timelines.items()
        },
    }


def _told(moment: Moment) -> list[str]:
    from thecal.report.scenario_words import when, with_clock

    first = f"  {when(moment.at_s):<{_WHEN + 3}}{moment.who:<{_WHO}}"
    priority = f" ({moment.priority} priority)" if moment.priority else ""
    return _wrapped(with_clock(moment.words) + priority, first)


def _wrapped(text: str, first: str = "  ") -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
