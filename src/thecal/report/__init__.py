"""The report of a course: figures, one self-contained page, and a summary for the terminal.

Every figure is one function that takes a result and returns a plotly figure; the page, a notebook
and the clinic all draw with the same ones. Each carries "Simulation - not for patient care".
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from thecal.report.terminal import print_summary

if TYPE_CHECKING:
    from thecal.report.blood import blood_levels
    from thecal.report.delivery import daily_dose, daily_dose_parts, dose_rate, reservoir
    from thecal.report.levels import level_profile, level_time_map, level_waves, ways_out
    from thecal.report.page import render_report, write_report
    from thecal.report.sites import site_levels
    from thecal.report.spine_through_time import spine

__all__ = [
    "blood_levels",
    "daily_dose",
    "daily_dose_parts",
    "dose_rate",
    "level_profile",
    "level_time_map",
    "level_waves",
    "print_summary",
    "render_report",
    "reservoir",
    "site_levels",
    "spine",
    "ways_out",
    "write_report",
]

_DRAWN_IN = {
    "blood_levels": "blood",
    "daily_dose": "delivery",
    "daily_dose_parts": "delivery",
    "dose_rate": "delivery",
    "level_profile": "levels",
    "level_time_map": "levels",
    "level_waves": "levels",
    "render_report": "page",
    "reservoir": "delivery",
    "site_levels": "sites",
    "spine": "spine_through_time",
    "ways_out": "levels",
    "write_report": "page",
}
"""Where the figures stand: plotly is imported only when something is drawn."""


def __getattr__(name: str) -> object:
    if name not in _DRAWN_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_DRAWN_IN[name]}"), name)
