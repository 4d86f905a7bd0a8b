"""The figures that a fit may move, as data, and a laboratory in which they have been moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from importlib.resources import files
from math import exp, log

from thecal.body import load_anatomy, parameters_of
from thecal.body.anatomy import CELL_CM
from thecal.formulary import load_formulary
from thecal.knowledge import Figure, Table
from thecal.knowledge.loading import read_toml
from thecal.validation.persons import COARSE
from thecal.validation.trial import Laboratory, Subject


@dataclass(frozen=True, slots=True)
class Free:
    """One figure that a fit may move between the ends of its range on record.

    Attributes
    ----------
    body, drug
        Whose it is; one of them is empty.
    together
        Drugs whose figure keeps its difference to this one.
    profiled
        Whether its profile likelihood is published.
    """

    name: str
    label: str
    body: str
    drug: str
    together: tuple[str, ...]
    figure: str
    unit: str
    profiled: bool

    @property
    def recorded(self) -> Figure:
        """The figure as it is on record."""
        if self.body:
            return load_anatomy(self.body).figures[self.figure]
        return load_formulary().drug(self.drug).figure(self.figure)

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of its range, in its unit."""
        return self.recorded.number(self.unit, "low"), self.recorded.number(self.unit, "high")

    def value(self, place: float) -> float:
        """Return the value at a place in its range, 0 to 1: logarithmic unless it begins at 0."""
        low, high = self.ends
        if low == 0.0:
            return place * high
        return low * exp(place * log(high / low))

    def place(self, value: float) -> float:
        """Return where in its range a value lies, 0 to 1."""
        low, high = self.ends
        if low == 0.0:
            return value / high
        return log(value / low) / log(high / low)


@cache
def free_figures() -> tuple[Free, ...]:
    """Return the figures that the fit moves."""
    document = read_toml(files("thecal.validation") / "data" / "fit.toml")
    return tuple(
        Free(
            name=name,
            label=entry["label"],
            body=entry.get("body", ""),
            drug=entry.get("drug", ""),
            together=tuple(entry.get("with", ())),
            figure=entry["figure"],
            unit=entry["unit"],
            profiled=entry["profile"],
        )
        for name, entry in document.items()
    )


def moved(frees: Sequence[Free], values: Sequence[float]) -> Laboratory:
    """Return a laboratory of typical bodies, cut coarsely, with some figures at other values.

    Parameters
    ----------
    values
        One for each of ``frees``, in its unit.
    """
    wanted = dict(zip(frees, values, strict=True))

    def subject(body: str, drug: str) -> Subject:
        anatomy, record = load_anatomy(body), load_formulary().drug(drug)
        anatomy = replace(anatomy, figures=_with(anatomy.figures, wanted, body=body))
        record = replace(record, figures=_with(record.figures, wanted, drug=drug))
        return Subject(anatomy, parameters_of(record, anatomy), cell_cm=COARSE * CELL_CM)

    return Laboratory(subject)


def _with(
    figures: Mapping[str, Figure], wanted: Mapping[Free, float], *, body: str = "", drug: str = ""
) -> Table[Figure]:
    changed = dict(figures)
    for free, value in wanted.items():
        if free.figure not in changed:
            continue
        change = value - free.recorded.number(free.unit)
        if (body and free.body == body) or (drug and free.drug == drug):
            changed[free.figure] = _at(changed[free.figure], value, free.unit)
        elif drug and drug in free.together:
            own = changed[free.figure].number(free.unit)
            changed[free.figure] = _at(changed[free.figure], own + change, free.unit)
    return Table(changed)


def _at(figure: Figure, value: float, unit: str) -> Figure:
    return replace(figure, value=Decimal(repr(value)), unit=unit)
