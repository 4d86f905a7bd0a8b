"""libRoadRunner runs an exported course and finds what thecal finds; its CVODE, run tight."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import roadrunner
from numpy.typing import NDArray

from tests.interop.courses import DAY, HOUR, exported

AGREED = 1e-6
"""Of the peak of each site."""

TOLERANCE = 1e-10

ODD_STEP = 432
"""Seconds; a whole number of them makes the course, and few of the events fall on one."""


@cache
def _theirs(name: str, step_s: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    # The newer of its two compilers starts within a second instead of a quarter of a minute.
    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
    one = exported(name)
    runner = roadrunner.RoadRunner(one.text)
    runner.setIntegrator("cvode")
    runner.integrator.relative_tolerance = TOLERANCE
    runner.integrator.absolute_tolerance = TOLERANCE
    runner.timeCourseSelections = ["time", *one.site_names()]
    times_s = np.arange(0, one.course.length_s + 1, step_s, dtype=np.int64)
    found = np.array(runner.simulate(0, one.course.length_s / HOUR, len(times_s)))
    assert np.allclose(found[:, 0], times_s / HOUR, rtol=0.0, atol=1e-9)
    return times_s, found[:, 1:]


@pytest.mark.parametrize(
    ("name", "step_s"),
    [
        ("cancer-pain", HOUR),
        ("flex-nights", HOUR),
        ("every-route", ODD_STEP),
        ("dog-ziconotide", HOUR),
    ],
)
def test_all_sites_agree_within_a_millionth_of_the_peak(name: str, step_s: int) -> None:
    times_s, found = _theirs(name, step_s)
    off = exported(name).error(times_s, found)
    assert {site: error for site, error in off.items() if not error <= AGREED} == {}


def test_the_comparison_would_miss_an_infusion_of_a_minute_that_was_stepped_over() -> None:
    times_s, found = _theirs("every-route", ODD_STEP)
    one = exported("every-route")
    schedule = one.intake.schedule
    rates = schedule.rates.copy()
    rates[np.searchsorted(schedule.edges_s, 3 * HOUR)] = 0.0
    without = replace(one, intake=replace(one.intake, schedule=replace(schedule, rates=rates)))
    assert without.error(times_s, found)["c_csf_T10"] > 0.1


def test_nothing_enters_after_the_end_of_the_course() -> None:
    one = exported("flex-nights")
    roadrunner.Config.setValue(roadrunner.Config.LLVM_BACKEND, roadrunner.Config.LLJIT)
    runner = roadrunner.RoadRunner(one.text)
    runner.timeCourseSelections = ["time", "rate_intrathecal_T11"]
    hours = one.course.length_s / HOUR
    rate = np.array(runner.simulate(0, hours + DAY / HOUR, 3 * 24 + 25))[:, 1]
    assert rate[0] > 0.0
    assert rate[-1] == 0.0
