"""The three example courses, read and simulated once for all tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from thecal.prescription import Course, read_course
from thecal.therapy import CourseResult, simulate

EXAMPLES = Path(__file__).parents[2] / "examples"

HOUR = 3_600
DAY = 24 * HOUR


@cache
def example(name: str) -> Course:
    return read_course(EXAMPLES / f"{name}.toml")


@cache
def result(name: str) -> CourseResult:
    return simulate(example(name))
