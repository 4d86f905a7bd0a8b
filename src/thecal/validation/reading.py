"""Rows of published quantities, read from a CSV file; a wrong one is refused in one sentence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from math import isfinite
from pathlib import Path
from typing import get_args

from thecal.body import ROUTES
from thecal.errors import InputError, KnowledgeError
from thecal.knowledge import Confidence
from thecal.knowledge.units import conversion_factor
from thecal.quantity import DOSE_RATE, FLOW, MASS, TIME, Dimension, parse
from thecal.validation.measures import MEASURES, Measure
from thecal.validation.target import Spread, SpreadKind, Target, Way

NEEDED = ("id", "quantity", "drug", "route", "amount", "statistic", "rule", "source", "confidence")
"""Columns without which a file is no list of rows."""

OPTIONAL = (
    *("body", "site", "over", "every", "fluid", "drift", "at", "times", "share"),
    *("observed", "spread", "spread_kind", "n", "unit", "note"),
)
"""Columns that may be left out; their cells are then empty."""

CALIBRATION = "calibration"
"""The name of the rows that come with thecal."""

RANK = "rising"
"""The rule of a rank; the other rule is ``factor`` and a number."""

BETWEEN_WAYS = "|"
BETWEEN_PLACES = ";"
_TO = " to "
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE]-?\d+)?")
_CONFIDENCES: Mapping[str, Confidence] = {word: word for word in get_args(Confidence)}
_SPREADS: Mapping[str, SpreadKind] = {word: word for word in get_args(SpreadKind)}


def calibration() -> tuple[Target, ...]:
    """Return the rows A1 to A20 that come with thecal."""
    text = (files("thecal.validation") / "data" / "targets.csv").read_text(encoding="utf-8")
    return read_targets_text(text, name=CALIBRATION)


def read_targets(path: Path) -> tuple[Target, ...]:
    """Return the rows of a file.

    Raises
    ------
    InputError
        If it is no such file, or anything in it is missing, unknown or impossible.
    OSError
        If it cannot be opened.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "this is no text in UTF-8; save the table as CSV in UTF-8", source=path.name
        ) from error
    return read_targets_text(text, name=path.name)


def read_targets_text(text: str, *, name: str = "") -> tuple[Target, ...]:
    """Return the rows of a text; errors as in `read_targets`.

    Parameters
    ----------
    name
        How refusals call the text.
    """
    try:
        found = tuple(_read(text, name))
    except InputError as error:
        raise error.located(source=name) from error
    if not found:
        raise InputError("there is no row below the heading; give at least one", source=name)
    return found


def _read(text: str, origin: str) -> Iterator[Target]:
    reader = csv.reader(io.StringIO(text), strict=True)
    columns: list[str] = []
    seen: set[str] = set()
    while True:
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            break
        except csv.Error as error:
            raise InputError(f"this is not CSV: {error}", line=reader.line_num) from error
        if not any(cells) or cells[0].startswith("#"):
            continue
        if not columns:
            columns = _columns(cells, reader.line_num)
            continue
        target = _target(columns, cells, reader.line_num, origin)
        if target.id in seen:
            raise InputError(
                f'the id "{target.id}" stands twice; give each quantity its own',
                field="id",
                line=target.line,
            )
        seen.add(target.id)
        yield target
    if not columns:
        raise InputError(f"the file is empty; its heading must name {', '.join(NEEDED)}")


def _columns(cells: list[str], line: int) -> list[str]:
    known = (*NEEDED, *OPTIONAL)
    unknown = [cell for cell in cells if cell not in known]
    if unknown:
        raise InputError(
            f'the column "{unknown[0]}" is unknown; known are {", ".join(known)}', line=line
        )
    doubled = [cell for cell in cells if cells.count(cell) > 1]
    if doubled:
        raise InputError(f'the column "{doubled[0]}" stands twice in the heading', line=line)
    missing = [name for name in NEEDED if name not in cells]
    if missing:
        raise InputError(f'the heading lacks the column "{missing[0]}"', line=line)
    return cells


def _target(columns: list[str], cells: list[str], line: int, origin: str) -> Target:
    if len(cells) != len(columns):
        raise InputError(
            f"the row has {len(cells)} cells, but the heading has {len(columns)}; a cell with a "
            "comma stands between quotation marks",
            line=line,
        )
    row = _Row(dict(zip(columns, cells, strict=True)), line)
    for name in NEEDED:
        row.needed(name)
    statistic = row.choice("statistic", MEASURES)
    measure = MEASURES[statistic]
    times, span = row.times()
    target = Target(
        id=row.needed("id"),
        quantity=row.needed("quantity"),
        ways=tuple(row.ways()),
        statistic=statistic,
        sites=row.places(),
        times_s=times,
        span=span,
        share=row.number("share"),
        observed=row.number("observed"),
        spread=row.spread(),
        unit=row.cell("unit") or measure.unit,
        factor=row.factor(),
        source=row.needed("source"),
        confidence=_CONFIDENCES[row.choice("confidence", _CONFIDENCES)],
        note=row.cell("note"),
        line=line,
        origin=origin,
    )
    try:
        _check(target, measure)
    except InputError as error:
        raise error.located(line=line) from error
    return target


class _Row:
    """The cells of one row, each read as what it must be."""

    def __init__(self, cells: dict[str, str], line: int) -> None:
        self._cells = cells
        self._line = line

    def cell(self, name: str) -> str:
        return self._cells.get(name, "")

    def refusal(self, name: str, sentence: str) -> InputError:
        return InputError(sentence, field=name, line=self._line)

    def needed(self, name: str) -> str:
        if not self.cell(name):
            raise self.refusal(name, "the cell is empty, but every row needs it")
        return self.cell(name)

    def choice(self, name: str, allowed: Mapping[str, object]) -> str:
        word = self.cell(name)
        if word not in allowed:
            known = ", ".join(f'"{one}"' for one in allowed)
            raise self.refusal(name, f'"{word}" is none of {known}')
        return word

    def number(self, name: str, text: str | None = None) -> float | None:
        text = self.cell(name) if text is None else text
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or not isfinite(float(text)):
            raise self.refusal(
                name, f'"{text}" is not a number; write it with digits and a point, as 0.43'
            )
        return float(text)

    def factor(self) -> float | None:
        rule = self.needed("rule")
        if rule == RANK:
            return None
        word, _, text = rule.partition(" ")
        value = self.number("rule", text) if word == "factor" and text else None
        if value is None or value < 1.0:
            raise self.refusal(
                "rule",
                f'"{rule}" is no rule; write "{RANK}", or "factor" and a number of 1 or more',
            )
        return value

    def spread(self) -> Spread:
        text = self.cell("spread")
        word = self.cell("spread_kind")
        if bool(text) != (word not in {"", "none"}):
            raise self.refusal(
                "spread", f'the spread "{text}" and its kind "{word}" must stand together'
            )
        n = self.number("n")
        if n is not None and (n < 1 or n != int(n)):
            raise self.refusal("n", f'"{self.cell("n")}" is not a number of subjects')
        people = None if n is None else int(n)
        if not text:
            return Spread("none", None, None, None, people)
        kind = _SPREADS[self.choice("spread_kind", _SPREADS)]
        if kind != "range":
            width = self.number("spread", text)
            if width is None or width <= 0.0:
                raise self.refusal("spread", f'"{text}" must be above zero')
            return Spread(kind, width, None, None, people)
        low, middle, high = text.partition(_TO)
        if not middle:
            raise self.refusal("spread", f'"{text}" is no range; write its two ends, as 1 to 3')
        lowest, highest = self.number("spread", low), self.number("spread", high)
        if lowest is None or highest is None or lowest >= highest:
            raise self.refusal("spread", f'"{text}" is no range: the first end must be the lower')
        return Spread(kind, None, lowest, highest, people)

    def places(self) -> tuple[str, ...]:
        places = [one.strip() for one in self.cell("at").split(BETWEEN_PLACES)]
        return tuple(one for one in places if one)

    def amount(self, name: str, text: str, dimension: Dimension, unit: str) -> float:
        try:
            return float(parse(text, dimension).to(unit))
        except InputError as error:
            raise error.located(field=name, line=self._line) from error

    def seconds(self, name: str, text: str) -> int:
        try:
            exact = parse(text, TIME, zero_allowed=name == "times").to("s")
        except InputError as error:
            raise error.located(field=name, line=self._line) from error
        if exact.denominator != 1:
            raise self.refusal(name, f'"{text}" is not a whole number of seconds')
        return int(exact)

    def times(self) -> tuple[tuple[int, ...], bool]:
        text = self.cell("times")
        if not text:
            return (), False
        if _TO in text:
            ends = tuple(self.seconds("times", one.strip()) for one in text.split(_TO))
            if len(ends) != len(("from", "to")) or ends[0] >= ends[-1]:
                raise self.refusal("times", f'"{text}" must go from an earlier to a later time')
            return ends, True
        times = [self.seconds("times", one.strip()) for one in text.split(BETWEEN_PLACES)]
        if times != sorted(set(times)):
            raise self.refusal("times", f'the times "{text}" must rise')
        return tuple(times), False

    def ways(self) -> Iterator[Way]:
        names = ("body", "drug", "route", "site", "amount", "over", "every", "fluid", "drift")
        split = {
            name: [one.strip() for one in self.cell(name).split(BETWEEN_WAYS)] for name in names
        }
        count = max(len(texts) for texts in split.values())
        for name, texts in split.items():
            if len(texts) not in {1, count}:
                raise self.refusal(
                    name, f"{len(texts)} ways of giving are told apart here, but {count} elsewhere"
                )
        for k in range(count):
            yield self._way({name: texts[k % len(texts)] for name, texts in split.items()})

    def _way(self, texts: Mapping[str, str]) -> Way:
        if texts["route"] not in ROUTES:
            raise self.refusal(
                "route", f'"{texts["route"]}" is not a route; write one of {", ".join(ROUTES)}'
            )
        a_rate = "/" in texts["amount"]
        dimension, unit = (DOSE_RATE, "mcg/h") if a_rate else (MASS, "mcg")
        amount = self.amount("amount", texts["amount"], dimension, unit)
        over, every = (
            self.seconds(name, texts[name]) if texts[name] else None for name in ("over", "every")
        )
        if every is not None and (a_rate or (over or 0) > every):
            raise self.refusal("every", "only a dose that ends before the next can be repeated")
        return Way(
            body=texts["body"] or "adult",
            drug=texts["drug"],
            route=texts["route"],
            site=texts["site"],
            mcg=None if a_rate else amount,
            mcg_per_h=amount if a_rate else None,
            over_s=over,
            every_s=every,
            fluid_ml_per_h=self._fluid(texts["fluid"]),
            drift_cm_per_h=self._drift(texts["drift"]),
        )

    def _fluid(self, text: str) -> float:
        return self.amount("fluid", text, FLOW, "mL/h") if text else 0.0

    def _drift(self, text: str) -> float:
        number, _, unit = text.partition(" ")
        if text and unit != "cm/h":
            raise self.refusal("drift", f'"{text}" must be a number and cm/h, as 2 cm/h')
        return self.number("drift", number) or 0.0


def _check(target: Target, measure: Measure) -> None:
    _check_shape(target, measure)
    _check_times(target, measure)
    try:
        conversion_factor(measure.unit, target.unit)
    except KnowledgeError as error:
        raise InputError(
            f'the {target.statistic} is in {measure.unit}, which cannot be stated in "'
            f'{target.unit}"',
            field="unit",
        ) from error
    low, high = target.spread.low, target.spread.high
    if not target.ranks and target.observed is None and (low is None or high is None):
        raise InputError("give the observed value, or a range in spread", field="observed")
    numbers = [one for one in (target.observed, low) if one is not None]
    if target.factor is not None and any(one <= 0.0 for one in numbers):
        raise InputError("an observed value must be above zero", field="observed")


def _check_shape(target: Target, measure: Measure) -> None:
    ways, sites = len(target.ways), len(target.sites)
    if target.ranks:
        if measure.sites > 1 or measure.trials > 1:
            raise InputError(f"the {target.statistic} cannot be ranked", field="rule")
        if max(ways, sites) < len(("lower", "higher")) or min(ways, sites) > 1:
            raise InputError(
                "a rank needs two or more ways of giving, or two or more places", field="rule"
            )
    elif ways != measure.trials:
        raise InputError(
            f"the {target.statistic} takes {measure.trials} ways of giving, not {ways}",
            field="amount",
        )
    if measure.sites != sites and not (target.ranks and measure.sites and sites):
        raise InputError(
            f"the {target.statistic} is read at {measure.sites} places, not {sites}", field="at"
        )
    if measure.needs_place and any(one.route != "intrathecal" for one in target.ways):
        raise InputError(
            f"the {target.statistic} counts from a place in the canal; the route must be "
            "intrathecal",
            field="route",
        )
    if measure.needs_share != (target.share is not None):
        verb = "needs" if measure.needs_share else "takes no"
        raise InputError(f"the {target.statistic} {verb} share", field="share")
    if target.share is not None and not 0.0 < target.share <= 1.0:
        raise InputError("the share must be above 0 and at most 1", field="share")


def _check_times(target: Target, measure: Measure) -> None:
    count = len(target.times_s)
    allowed = {
        "none": count == 0,
        "one": count == 1,
        "end": count == 1,
        "one or none": count <= 1,
        "two": count == len(("first", "second")) and not target.span,
        "line": count >= len(("start", "end")),
        "line and one": count >= len(("start", "end", "last")) and not target.span,
    }[measure.times]
    if not allowed:
        raise InputError(
            f'the {target.statistic} needs times of the kind "{measure.times}"; see the page on '
            "the validation of the body",
            field="times",
        )
    if measure.times == "end" and target.times_s[0] == 0:
        raise InputError("a search needs an end after the start", field="times")
