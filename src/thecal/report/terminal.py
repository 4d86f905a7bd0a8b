"""The summary in the terminal: what a tired reader needs, in 80 columns, without colour."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from thecal import NOTICE
from thecal.pump import NL_PER_ML
from thecal.report import doses, faults, story
from thecal.report.key_figures import key_figures
from thecal.report.phrasing import amount, clock, date, elapsed, hours, level, mass, times
from thecal.therapy import CourseResult

WIDTH = 80
LABEL = 24
INDENT = 2

Row = tuple[str, str]


def print_summary(
    result: CourseResult,
    *,
    seconds: float | None = None,
    report: Path | None = None,
    console: Console | None = None,
) -> None:
    """Print the summary of a course.

    Parameters
    ----------
    seconds
        How long the simulation took; left out when not given.
    report
        Where the report was written; its path is the last line.
    console
        Where to; the standard output when left out.
    """
    out = console or Console(highlight=False)
    width = min(out.width, WIDTH)

    def line(text: str = "", style: str = "") -> None:
        # A course's title may hold square brackets: text, never markup. Wrapped here, since rich
        # leaves blanks at the ends of the lines it wraps.
        for part in wrap(text, width) or [""]:
            out.print(Text(part, style=style), width=width)

    line(NOTICE, "bold")
    line()
    line(result.course.title, "bold")
    line(result.course.patient.description)
    line(story.body(result))
    line(f"{story.length(result)}, {story.span(result)}", "dim")
    for title, rows in _tables(result):
        line()
        line(title, "bold")
        for label, value in rows:
            for number, part in enumerate(wrap(value, width - INDENT - LABEL)):
                out.print(_row("" if number else label, part), width=width)
    for warning in result.course.warnings:
        line()
        line(f"Warning: {warning.sentence}", "bold")
    line()
    line(_footing(result, seconds), "dim")
    if report is not None:
        out.print(Text(f"Report: {report}", style="bold"), soft_wrap=True)


def _row(label: str, value: str) -> Padding:
    # Not a table: its cells would end in blanks, which is untidy in a file or a message.
    return Padding(
        Text.assemble((f"{label:<{LABEL}}", "dim"), value), (0, 0, 0, INDENT), expand=False
    )


def _tables(result: CourseResult) -> list[tuple[str, list[Row]]]:
    tables = [
        ("Pump", _pump(result)),
        ("Faults, and what the pump said", _faults(result)),
        ("Doses", _doses(result)),
        ("Highest levels, and when", _highest(result)),
        ("Blood, mean of the last day", _blood(result)),
        ("Spinal fluid (CSF), mean of the last day", _csf(result)),
        ("Time to 90 % of a new level", _rise(result)),
        ("Samples, the highest at each site", _samples(result)),
        ("Tablets to pump, a disputed range: no dose to program", _conversion(result)),
    ]
    return [(title, rows) for title, rows in tables if rows]


def _pump(result: CourseResult) -> list[Row]:
    dates = result.refill
    if result.pumped is None or dates is None:
        return []
    rows = []
    for drug in result.pumped.drugs:
        given = mass(story.at_tip_on_the_last_day(result, drug))
        rows.append(("given on the last day", f"{given} of {result.exposures[drug].drug.name}"))
    if story.presses(result):
        rows.append(("patient's button", story.presses(result).split(": ")[-1].rstrip(".")))
    left = amount(dates.reservoir_nl / NL_PER_ML, "mL", 3)
    rows.append(("reservoir at the end", left))
    empty = story.empty_since(result)
    if empty is not None:
        rows.append(("reservoir empty since", clock(empty)))
    if dates.low_reservoir_at is not None:
        rows.append(("low-reservoir alarm", date(dates.low_reservoir_at)))
        typical = dates.low_reservoir_at_typical
        if typical is not None and typical != dates.low_reservoir_at:
            rows[-1] = (
                "low-reservoir alarm",
                f"{date(dates.low_reservoir_at)}; typical {date(typical)}",
            )
    if dates.refill_by is not None:
        why = "" if dates.bound == "low reservoir" else f" ({dates.bound})"
        rows.append(("refill by", f"{date(dates.refill_by)}{why}"))
    return rows


def _faults(result: CourseResult) -> list[Row]:
    lines = faults.fault_lines(result)
    return [
        *((one.when, one.text) for one in sorted(lines, key=lambda one: one.at_s)),
        *((one.when, f"Alarm: {one.text}") for one in faults.alarm_lines(result)),
        *(("", sentence) for sentence in faults.fault_sentences(result)),
    ]


def _doses(result: CourseResult) -> list[Row]:
    rows = []
    for one in result.course.doses:
        what = f"{mass(float(one.amount.to('mcg')))} of {result.exposures[one.drug].drug.name}"
        rows.append((doses.route_and_site(one), f"{what}{doses.over(one)}, {doses.timing(one)}"))
    return rows


def _highest(result: CourseResult) -> list[Row]:
    if result.pumped is not None:
        return []
    return [
        (one.label.removesuffix(", highest"), f"{one.value}, {one.beside}")
        for one in key_figures(result)
        if one.label.endswith(", highest")
    ]


def _blood(result: CourseResult) -> list[Row]:
    exposure = result.primary
    plasma = exposure.last_day.plasma_ng_per_ml
    rows: list[Row] = [
        (f"on the {name}", amount(plasma[route], "ng/mL"))
        for route, name in (("pump", "pump"), ("oral", "tablets"))
        if plasma.get(route) is not None
    ]
    ratio = exposure.oral_to_pump_plasma_ratio
    if ratio is not None:
        rows[-1] = (rows[-1][0], f"{rows[-1][1]}, {times(ratio)} as much")
    return rows


def _samples(result: CourseResult) -> list[Row]:
    rows = []
    for one in result.samples:
        top = int(one.values.argmax())
        held = level(float(one.values[top]), one.unit)
        many = f"{len(one.values)} samples" if len(one.values) > 1 else "1 sample"
        rows.append((one.site, f"{held} at {elapsed(int(one.times_s[top]))}, of {many}"))
    return rows


def _csf(result: CourseResult) -> list[Row]:
    exposure = result.primary
    if exposure.tip_level is None:
        return []
    names = exposure.body.anatomy.level_names
    csf = exposure.last_day.csf_mcg_per_ml[doses.pictured_route(result)]
    shown = [("at the tip", exposure.tip_level), ("top of the spine", 0)]
    if "L4" in names:
        shown.append(("lumbar", names.index("L4")))
    return [(f"{words}, {names[k]}", amount(float(csf[k]), "mcg/mL")) for words, k in shown]


def _rise(result: CourseResult) -> list[Row]:
    rise = result.primary.rise
    if rise is None:
        return []
    rows = [("CSF at the tip", hours(rise.tip)), ("cord at that level", hours(rise.cord))]
    return rows if rise.plasma is None else [*rows, ("blood", hours(rise.plasma))]


def _conversion(result: CourseResult) -> list[Row]:
    return [
        (row.ratio, f"{row.pump_dose}  ({row.confidence} confidence)")
        for row in story.conversion_rows(result)
    ]


def _footing(result: CourseResult, seconds: float | None) -> str:
    balance = f"Mass balance within {result.mass_error:.0e} of the dose."
    return balance if seconds is None else f"{balance} Simulated in {seconds:.1f} s."
