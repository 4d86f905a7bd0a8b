"""The report of a course: figures, one self-contained page, and a summary for the terminal.

Every figure is one function that takes a result and returns a plotly figure; the page, a notebook
and the clinic all draw with the same ones. Each carries "Simulation - not for patient care".
"""

from thecal.report.blood import blood_levels
from thecal.report.delivery import daily_dose, daily_dose_parts, dose_rate, reservoir
from thecal.report.levels import level_profile, level_time_map, ways_out
from thecal.report.page import render_report, write_report
from thecal.report.spine import spine
from thecal.report.terminal import print_summary

__all__ = [
    "blood_levels",
    "daily_dose",
    "daily_dose_parts",
    "dose_rate",
    "level_profile",
    "level_time_map",
    "print_summary",
    "render_report",
    "reservoir",
    "spine",
    "ways_out",
    "write_report",
]
