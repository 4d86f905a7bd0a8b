"""Courses that the report is tested with, each simulated once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from tests.therapy.courses import HOUR, example, result
from thecal.prescription import Dose
from thecal.quantity import Quantity
from thecal.therapy import CourseResult, simulate

WITH_PUMP = ("cancer-pain", "flex-nights", "concentration-change")
ANIMALS = ("dog-ziconotide", "pig-pump")
ALL = (*WITH_PUMP, "tablets-only", "lumbar-bolus", *ANIMALS)
HOSTILE = '<script>document.title = "harmed"</script> & "quotes" [bold]'


@cache
def tablets_only() -> CourseResult:
    """Return the cancer patient on tablets, without an implant."""
    course = example("cancer-pain")
    return simulate(
        replace(
            course,
            title="Tablets only",
            patient=replace(course.patient, presses=()),
            implant=None,
            prescriptions=(),
            oral=tuple(replace(one, stop_s=None) for one in course.oral),
        ),
        days=3,
    )


@cache
def dosed(route: str, site: str = "", *, every_h: int = 0, pump: bool = False) -> CourseResult:
    """Return a course in which doses are given by one route, with a pump or without."""
    course = example("cancer-pain" if pump else "lumbar-bolus")
    given = Dose(
        "morphine",
        route,
        site,
        Quantity.of("1", "mg"),
        2 * HOUR,
        every_s=every_h * HOUR or None,
        count=6 if every_h else 1,
    )
    return simulate(replace(course, doses=(given,), samples=()), days=2)


@cache
def pig_pump() -> CourseResult:
    """Return the cancer patient's pump in a pig, which takes no tablets."""
    course = example("cancer-pain")
    patient = replace(course.patient, description="A pig", body="pig")
    return simulate(replace(course, title="A pump in a pig", patient=patient, oral=()), days=3)


@cache
def run_dry() -> CourseResult:
    """Return the cancer patient's course without a refill, until the reservoir is long empty."""
    return simulate(example("cancer-pain"), days=100)


@cache
def hostile() -> CourseResult:
    """Return a course whose texts try to become markup."""
    done = result("cancer-pain")
    patient = replace(done.course.patient, description=HOSTILE)
    return replace(done, course=replace(done.course, title=HOSTILE, patient=patient))


def of(name: str) -> CourseResult:
    """Return the result of an example, or of one of the courses above."""
    made = {"tablets-only": tablets_only, "pig-pump": pig_pump}
    return made[name]() if name in made else result(name)
