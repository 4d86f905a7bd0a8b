"""A validation as one JSON object and as a table for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from thecal import NOTICE
from thecal.validation.running import Finding, Row, Validation
from thecal.validation.target import Way
from thecal.validation.verdict import central

if TYPE_CHECKING:
    from rich.console import Console

    from thecal.validation.fitting import Fit

SHOWN_DIGITS = 3

WIDE = 120
"""Columns of a terminal from which on the table shows everything."""

ONLY_WIDE = ("drug", "interval", "unit")


def as_object(validation: Validation) -> dict[str, Any]:
    """Return a validation as plain values for JSON.

    Each row carries the fields of its quantity that is farthest off, and under ``quantities`` those
    of all. Of a rank ``predicted`` is the smallest ratio of a value to the one before it.
    """
    return {
        "rows": [_row(row) for row in validation.rows],
        "within": validation.within,
        "within_strict": validation.within_strict,
        "total": len(validation.rows),
        "sets": {
            origin: {"within": part.within, "total": len(part.rows)}
            for origin in validation.origins
            for part in (validation.of(origin),)
        },
        "notice": NOTICE,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        **_finding(row.deciding),
        "id": row.id,
        "set": row.origin,
        "within": row.within,
        "quantities": [_finding(one) for one in row.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    target = finding.target
    return {
        "id": target.id,
        "quantity": target.quantity,
        "given": [given(way) for way in target.ways],
        "statistic": target.statistic,
        "observed": central(target),
        "spread": target.spread.stated(),
        "predicted": finding.predicted,
        "values": list(finding.values),
        "low": finding.low,
        "high": finding.high,
        "within": finding.within,
        "unit": "1" if target.ranks else target.unit,
        "rule": "rising" if target.ranks else f"factor {target.factor:g}",
        "source": target.source,
        "confidence": target.confidence,
        "note": target.note,
        "reason": finding.reason,
    }


def given(way: Way) -> str:
    """Return in words how a drug was given: drug, route, place, body."""
    place = f" at {way.site}" if way.site else ""
    return f"{way.drug}, {way.route}{place}, {way.body}"


def drugs(finding: Finding) -> str:
    """Return the drugs of a quantity, each once."""
    return ", ".join(dict.fromkeys(way.drug for way in finding.target.ways))


def number(value: float | None) -> str:
    """Return a number as the tables show it; a dash where there is none.

    Examples
    --------
    >>> number(0.035214), number(12.0), number(1234.5), number(None)
    ('0.0352', '12', '1230', '-')
    """
    if value is None:
        return "-"
    return f"{float(f'{value:.{SHOWN_DIGITS}g}'):g}"


def observed(finding: Finding) -> str:
    """Return what was seen, with its spread."""
    target = finding.target
    if target.ranks:
        return "rising"
    spread = target.spread.stated()
    if target.observed is None:
        return spread
    joint = ", " if target.spread.kind == "range" else " "
    return number(target.observed) + (joint + spread if spread else "")


def predicted(finding: Finding) -> str:
    """Return the prediction; of a rank all values, in the order in which they should rise."""
    if finding.predicted is None:
        return "no answer"
    if finding.target.ranks:
        return ", ".join(number(value) for value in finding.values)
    return number(finding.predicted)


def interval(finding: Finding) -> str:
    """Return the interval of the prediction; of a rank that of its smallest step."""
    if finding.low is None:
        return ""
    step = "step " if finding.target.ranks else ""
    return f"{step}{number(finding.low)} to {number(finding.high)}"


def verdict(finding: Finding) -> str:
    """Return the verdict in one word."""
    return "within" if finding.within else "MISS"


def print_validation(validation: Validation, console: Console | None = None) -> None:
    """Print every quantity, and the count of the rows."""
    from rich.console import Console
    from rich.table import Table

    console = console or Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    wide = console.width >= WIDE
    headings = ("row", "quantity", "drug", "observed", "predicted", "interval", "unit", "")
    for heading in headings:
        if wide or heading not in ONLY_WIDE:
            table.add_column(heading, overflow="fold", no_wrap=heading in {"row", ""})
    for finding in validation.findings:
        foretold = predicted(finding)
        if not wide and not finding.target.ranks and finding.predicted is not None:
            foretold += f" {finding.target.unit}".removesuffix(" 1")
        cells = {
            "row": finding.target.id,
            "quantity": finding.target.quantity,
            "drug": drugs(finding),
            "observed": observed(finding),
            "predicted": foretold,
            "interval": interval(finding),
            "unit": finding.target.unit,
            "": verdict(finding),
        }
        shown = [cells[heading] for heading in headings if wide or heading not in ONLY_WIDE]
        table.add_row(*shown, style="" if finding.within else "red")
    console.print(table)
    for origin in validation.origins:
        part = validation.of(origin)
        console.print(
            f"{origin}: {part.within} of {len(part.rows)} rows within the reported spread or a "
            f"factor 1.5 ({part.within_strict} with +- 2 SEM where an SEM was reported)."
        )
    console.print(f"{NOTICE}.")


def fit_as_object(fit: Fit) -> dict[str, Any]:
    """Return a fit as plain values for JSON."""
    return {
        "estimates": [
            {
                "name": free.name,
                "unit": free.unit,
                "recorded": free.recorded.number(free.unit),
                "lowest": free.ends[0],
                "highest": free.ends[1],
                "estimate": estimate,
            }
            for free, estimate in zip(fit.frees, fit.estimates, strict=True)
        ],
        "loss_recorded": fit.loss_before,
        "loss_estimate": fit.loss_after,
        "profiles": [
            {
                "name": one.free.name,
                "values": list(one.values),
                "losses": list(one.losses),
                "interval": list(one.interval),
            }
            for one in fit.profiles
        ],
        "notice": NOTICE,
    }


def print_fit(fit: Fit, console: Console | None = None) -> None:
    """Print the estimates beside what is on record."""
    from rich.console import Console
    from rich.table import Table

    console = console or Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("figure", "on record", "estimate", "unit", "95 % interval"):
        table.add_column(heading, overflow="fold")
    intervals = {one.free.name: one.interval for one in fit.profiles}
    for free, estimate in zip(fit.frees, fit.estimates, strict=True):
        ends = intervals.get(free.name)
        shown = f"{number(ends[0])} to {number(ends[1])}" if ends else ""
        table.add_row(free.label, free.recorded.stated(), number(estimate), free.unit, shown)
    console.print(table)
    console.print(
        f"Twice the negative log-likelihood: {fit.loss_before:.2f} on record, "
        f"{fit.loss_after:.2f} at the estimate. {NOTICE}."
    )
