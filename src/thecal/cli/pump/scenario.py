"""``thecal pump scenario``: real events, played on the real implant and told with their numbers."""

from __future__ import annotations

import json
from textwrap import wrap
from typing import TYPE_CHECKING, Annotated, Any

import typer

from thecal import NOTICE

if TYPE_CHECKING:
    from thecal.pump.simulation.scenarios_stage import Moment
    from thecal.therapy.rehearsing import Rehearsal

WIDTH = 98
_WHO = 8
_WHEN = 14
_MINUTE_S = 60
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def scenario(
    name: Annotated[str, typer.Argument(help="Which; all are listed when left out.")] = "",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Play a real event on the virtual pump, and say what the pump knew and the patient got."""
    from thecal.therapy.rehearsing import load_scenario, rehearse, scenario_names

    if not name:
        names = {one: load_scenario(one).name for one in scenario_names()}
        if as_json:
            typer.echo(json.dumps({"notice": NOTICE, "scenarios": names}, indent=2))
        else:
            lines = [f"  {one:<24}{words}." for one, words in names.items()]
            typer.echo("\n".join([f"{NOTICE}.", "", *lines, "", "thecal pump scenario NAME"]))
        return
    found = rehearse(name)
    if as_json:
        typer.echo(json.dumps({"notice": NOTICE, **as_object(found)}, indent=2))
    else:
        typer.echo("\n".join([f"{NOTICE}.", "", *lines_of(found)]))


def lines_of(found: Rehearsal) -> list[str]:
    """Return a rehearsal in lines for a tired reader."""
    from thecal.therapy.rehearsing import PARTS

    lines = [f"{found.scenario.name}."]
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


def when(second: int) -> str:
    """Return a second of a run, which begins on a Monday at midnight, as day, weekday and time.

    Examples
    --------
    >>> when(33 * 3_600)
    'day 2 Tue 09:00'
    """
    minutes = second // _MINUTE_S
    hours, minute = divmod(minutes, 60)
    day, hour = divmod(hours, 24)
    return f"day {day + 1} {_DAYS[day % len(_DAYS)]} {hour:02}:{minute:02}"


def _told(moment: Moment) -> list[str]:
    first = f"  {when(moment.at_s):<{_WHEN + 3}}{moment.who:<{_WHO}}"
    return _wrapped(moment.words, first)


def _wrapped(text: str, first: str = "  ") -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
