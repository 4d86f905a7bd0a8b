"""What is exploratory in a body is said wherever its result is shown."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from rich.console import Console

from tests.therapy.courses import DAY, example
from thecal.prescription import Course, Dose, Patient, Sample
from thecal.quantity import Quantity
from thecal.report import print_summary, write_report
from thecal.therapy import CourseResult, lasting, simulate

SAID = {"day": "the body changes with the time of the day", "uptake": "by a process that saturates"}


@cache
def day() -> CourseResult:
    return simulate(lasting(example("day-and-night"), 2))


@cache
def uptake() -> CourseResult:
    start = example("lumbar-bolus").start
    dose = Dose("aso", "intrathecal", "L3", Quantity.of("12", "mg"), 0)
    return simulate(
        Course(
            "An oligonucleotide",
            start,
            2 * DAY,
            Patient("Adult", saturable_uptake=True),
            doses=(dose,),
            samples=(Sample("cord taken up T10", (0, DAY)),),
        )
    )


EACH = pytest.mark.parametrize(("name", "of"), [("day", day), ("uptake", uptake)])


@EACH
def test_the_terminal_says_that_it_is_exploratory(
    name: str, of: Callable[[], CourseResult]
) -> None:
    out = io.StringIO()
    print_summary(of(), console=Console(file=out, width=80, highlight=False))
    text = " ".join(out.getvalue().split())
    assert "Warning: exploratory: " in text
    assert SAID[name] in text


@EACH
def test_the_page_says_that_it_is_exploratory(
    name: str, of: Callable[[], CourseResult], tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    write_report(of(), page)
    text = " ".join(page.read_text(encoding="utf-8").replace("&nbsp;", " ").split())
    assert "exploratory: " in text.replace("\xa0", " ")
    assert SAID[name] in text.replace("\xa0", " ")


def test_the_terminal_shows_no_time_to_a_level_that_never_comes() -> None:
    out = io.StringIO()
    print_summary(day(), console=Console(file=out, width=80, highlight=False))
    assert "Time to 90 %" not in out.getvalue()
