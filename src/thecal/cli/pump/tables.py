"""What is in force and what is meant, side by side: the screen that comes before every update.

In 80 columns and without colour, for a tired reader: each row a thing in words, a changed one
marked, doses before volumes.
"""

from __future__ import annotations

import re
from fractions import Fraction
from textwrap import wrap
from typing import TYPE_CHECKING

from thecal.cli.pump.solution import dose, solution_of
from thecal.pump import WEEK_S
from thecal.pump.amounts import DAY_S, span_words
from thecal.pump.forecast import daily_flow, worst_case_boluses_per_day
from thecal.pump.implant.values import SafeAction
from thecal.quantity import Quantity, show_number

if TYPE_CHECKING:
    from thecal.prescription.orders import Solution
    from thecal.pump import Program, ScheduledBolus
    from thecal.pump.telemetry import Interrogation

Row = tuple[str, str]
"""What it is, and its value in words."""

LABEL = 22
COLUMN = 27
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SAFE_WORDS = {
    SafeAction.HOLD: "hold the basal flow",
    SafeAction.MINIMUM: "minimum rate",
    SafeAction.STOP: "stop",
}
_HELD = "\N{NO-BREAK SPACE}"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[a-z])", re.IGNORECASE)


def clock(second: int) -> str:
    """Return a second of the week, or of a counter from Monday 00:00 on, as day and time.

    Examples
    --------
    >>> clock(86_400 + 3_661)
    'Tue 01:01:01'
    """
    day, second = divmod(second % WEEK_S, DAY_S)
    minutes, second = divmod(second, 60)
    hour, minute = divmod(minutes, 60)
    return f"{DAYS[day]} {hour:02d}:{minute:02d}:{second:02d}"


def rows(found: Interrogation) -> list[Row]:
    """Return program, limits and label in words, one row for each thing that can change."""
    if not found.in_force.parts[0]:
        return [("mode", "not programmed")]
    program, limits = found.program, found.limits
    solution = solution_of(found.label)
    most = daily_flow(program)
    lines = [
        ("solution", found.label),
        ("mode", program.mode),
        *_steps(program, solution),
        ("a day, on average", _amount(most, "nL/day", solution)),
    ]
    offset_s = found.status.week_offset_s
    lines += [
        (f"bolus {number}", _scheduled(bolus, solution, offset_s))
        for number, bolus in enumerate(program.boluses, start=1)
    ]
    button = program.patient_bolus
    if button is not None:
        count = worst_case_boluses_per_day(button.lockout_s, button.most_in_24_h)
        lines += [
            (
                "patient bolus",
                f"{_amount(button.volume_nl, 'nL', solution)} in {span_words(button.duration_s)}",
            ),
            ("  lockout", span_words(button.lockout_s)),
            ("  most in 24 h", str(button.most_in_24_h)),
            ("  a day with all", _amount(daily_flow(program, count), "nL/day", solution)),
        ]
    else:
        lines.append(("patient bolus", "none"))
    bridge = program.bridge
    if bridge is not None:
        length_s = bridge.volume_nl * DAY_S // bridge.nl_per_day
        lines.append(
            (
                "bridge, old solution",
                f"{volume(bridge.volume_nl)} at {_flow(bridge.nl_per_day)}, {span_words(length_s)}",
            )
        )
    return [
        *lines,
        ("pump's cap in 1 h", _amount(limits.hour_nl, "nL", solution)),
        ("pump's cap in 4 h", _amount(limits.four_hours_nl, "nL", solution)),
        ("pump's cap in 24 h", _amount(limits.day_nl, "nL", solution)),
        ("after a fault", SAFE_WORDS[limits.safe_action]),
        ("low-reservoir alarm", volume(limits.low_reservoir_nl)),
    ]


def side_by_side(before: list[Row], after: list[Row]) -> list[str]:
    """Return both in lines of 80 columns, every changed row marked with ``>``.

    Rows are matched by what they are; one that is missing on a side reads as a dash.
    """
    names = list(dict.fromkeys([name for name, _ in after] + [name for name, _ in before]))
    was, will = dict(before), dict(after)
    lines = [_line(" ", "", "now in the pump", "after the update"), "-" * (LABEL + 2 * COLUMN)]
    for name in names:
        one, other = was.get(name, "-"), will.get(name, "-")
        mark = " " if one == other else ">"
        lefts, rights = _wrapped(one), _wrapped(other)
        for index in range(max(len(lefts), len(rights))):
            left = lefts[index] if index < len(lefts) else ""
            right = rights[index] if index < len(rights) else ""
            lines.append(_line(mark, "" if index else name, left, right))
    return lines


def change_of_daily_dose(before: Interrogation, after: Interrogation) -> str:
    """Return the change of the mean daily dose of each drug in percent, in words."""
    was, will = _daily(before), _daily(after)
    said = []
    for drug in dict.fromkeys([*will, *was]):
        old, new = was.get(drug, Fraction(0)), will.get(drug, Fraction(0))
        if not old:
            said.append(f"{drug}: new")
        elif old == new:
            said.append(f"{drug}: unchanged")
        else:
            share = show_number(abs(new - old) * 100 / old, decimals=1)
            said.append(f"{drug}: {'+' if new > old else '-'}{share} %")
    return ", ".join(said) or "no drug is known"


def volume(volume_nl: int) -> str:
    """Return a volume in mL, to the nanolitre."""
    return Quantity.of(volume_nl, "nL").show("mL", decimals=6)


def _daily(found: Interrogation) -> dict[str, Fraction]:
    solution = solution_of(found.label) if found.in_force.parts[0] else None
    if solution is None:
        return {}
    flow = Quantity.of(daily_flow(found.program), "nL/day")
    return {
        drug: (flow * strength).to("mcg/day") for drug, strength in solution.concentrations.items()
    }


def _steps(program: Program, solution: Solution | None) -> list[Row]:
    if len(program.steps) == 1:
        return [("basal", _amount(program.steps[0].nl_per_day, "nL/day", solution))]
    return [
        (f"from {clock(step.start_s)[:-3]}", _amount(step.nl_per_day, "nL/day", solution))
        for step in program.steps
    ]


def _scheduled(bolus: ScheduledBolus, solution: Solution | None, offset_s: int) -> str:
    given = f"{_amount(bolus.volume_nl, 'nL', solution)} in {span_words(bolus.duration_s)}"
    first = f"first {clock(bolus.first_s + offset_s)[:-3]}"
    if bolus.every_s is None:
        return f"{given}, once, {first}"
    count = show_number(Fraction(DAY_S, bolus.every_s), decimals=2)
    return f"{given}, every {span_words(bolus.every_s)} = {count} a day, {first}"


def _amount(amount: int | Fraction, unit: str, solution: Solution | None) -> str:
    quantity = Quantity.of(amount, unit)
    if solution is None:
        return _volume_or_flow(quantity, unit)
    return f"{dose(quantity, solution)} ({_volume_or_flow(quantity, unit)})"


def _volume_or_flow(quantity: Quantity, unit: str) -> str:
    return quantity.show(unit.replace("nL", "mL"), decimals=6)


def _flow(nl_per_day: int) -> str:
    return _volume_or_flow(Quantity.of(nl_per_day, "nL/day"), "nL/day")


def _wrapped(text: str) -> list[str]:
    # A number is never torn from its unit.
    held = _BEFORE_UNIT.sub(_HELD, text)
    return [line.replace(_HELD, " ") for line in wrap(held, COLUMN - 1)] or [""]


def _line(mark: str, name: str, left: str, right: str) -> str:
    return f"{mark} {name:<{LABEL - 2}}{left:<{COLUMN}}{right}".rstrip()
