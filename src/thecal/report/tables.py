"""The tables of the report: levels, and every assumption with its source."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thecal.knowledge import Figure
from thecal.report.phrasing import number
from thecal.report.spine_through_time import main_route
from thecal.therapy import CourseResult


@dataclass(frozen=True, slots=True)
class LevelRow:
    """The last day at one vertebral level, mcg/mL; the cord's is empty where there is none."""

    level: str
    csf: str
    cord: str
    tip: bool


@dataclass(frozen=True, slots=True)
class AssumptionRow:
    """A figure as the reader sees it, and the number of its source."""

    figure: Figure
    source: int


def level_rows(result: CourseResult) -> list[LevelRow]:
    """Return the mean of the last day at each level, from the head down."""
    exposure = result.primary
    route = main_route(exposure)
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
