"""The tables of the report: levels, and every assumption with its source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thecal.knowledge import Figure
from thecal.report import doses
from thecal.report.phrasing import elapsed, level, number
from thecal.therapy import CourseResult

HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class LevelRow:
    """The last day at one vertebral level, mcg/mL; the cord's is empty where there is none."""

    level: str
    csf: str
    cord: str
    tip: bool


@dataclass(frozen=True, slots=True)
class PeakRow:
    """The highest levels at one vertebral level and when; the cord's are empty without a cord."""

    level: str
    csf: str
    csf_at: str
    cord: str
    cord_at: str
    given: bool


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One sample as the reader sees it."""

    when: str
    site: str
    drug: str
    value: str
    unit: str


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """A figure as the reader sees it, and the number of its source."""

    figure: Figure
    source: int


def level_rows(result: CourseResult) -> list[LevelRow]:
    """Return the mean of the last day at each level, from the head down."""
    exposure = result.primary
    route = doses.pictured_route(result)
    columns = (exposure.last_day.csf_mcg_per_ml[route], exposure.last_day.cord_mcg_per_ml[route])
    names = exposure.body.anatomy.level_names
    return [
        LevelRow(
            level,
            number(float(csf)),
            "" if np.isnan(cord) else number(float(cord)),
            tip=k == exposure.tip_level,
        )
        for k, (level, csf, cord) in enumerate(zip(names, *columns, strict=True))
    ]


def peak_rows(result: CourseResult) -> list[PeakRow]:
    """Return the highest CSF and cord at each level, as lived, from the head down."""
    exposure = result.primary
    lived = exposure.data.sel(route="course")
    hours = lived["time"].to_numpy()
    given = {place.level for place in doses.places(result)}
    rows = []
    for k, name in enumerate(exposure.body.anatomy.level_names):
        said: list[str] = []
        for tissue in ("csf", "cord"):
            values = lived[tissue].to_numpy()[:, k]
            if np.isnan(values).any():
                said += ["", ""]
                continue
            top = int(values.argmax())
            said += [number(float(values[top])), elapsed(round(float(hours[top]) * HOUR_S))]
        rows.append(PeakRow(name, said[0], said[1], said[2], said[3], given=k in given))
    return rows


def sample_rows(result: CourseResult) -> list[SampleRow]:
    """Return every sample of the course, table by table."""
    return [
        SampleRow(
            elapsed(at_s),
            one.site,
            result.exposures[one.drug].drug.name,
            level(value, one.unit).removesuffix(f" {one.unit}"),
            one.unit,
        )
        for one in result.samples
        for at_s, value in zip(one.times_s.tolist(), one.values.tolist(), strict=True)
    ]


def sources_of(result: CourseResult) -> list[str]:
    """Return the sources of all assumptions, each once, in the order of their first use."""
    return list(dict.fromkeys(one.figure.source for one in result.assumptions))


def parts_of(result: CourseResult) -> dict[str, list[AssumptionRow]]:
    """Return the assumptions by the part of the system that they belong to."""
    places = {source: k for k, source in enumerate(sources_of(result), start=1)}
    parts: dict[str, list[AssumptionRow]] = {}
    for one in result.assumptions:
        row = AssumptionRow(one.figure, places[one.figure.source])
        parts.setdefault(one.part, []).append(row)
    return parts
