"""Whether each fault has a pump to strike, and begins and ends inside the course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.prescription.checks.said import moment
from thecal.prescription.checks.times import outside
from thecal.prescription.findings import Finding, refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.prescription.course import Course


def check(course: Course) -> Iterator[Finding]:
    """Yield what is wrong with the faults of a course; their names are checked by the pump."""
    for index, fault in enumerate(course.faults):
        field = f"fault[{index}]"
        if course.implant is None:
            yield refused(field, f'the fault "{fault.name}" has no pump to strike; add [implant]')
        if fault.at_s >= course.length_s:
            yield outside(f"{field}.at", "a fault", fault.at_s, course)
        elif fault.until_s is not None and fault.until_s > course.length_s:
            yield outside(f"{field}.until", "the end of a fault", fault.until_s, course)
        elif fault.until_s is not None and fault.until_s <= fault.at_s:
            yield refused(
                f"{field}.until",
                f"the fault ends at {moment(fault.until_s)}, not after its begin at "
                f"{moment(fault.at_s)}; times count from the start of the course",
            )
    if course.faults and course.implant is not None and course.implant.mixing_cells:
        yield refused(
            "implant.mixing_cells",
            f"{course.implant.mixing_cells} cells cannot be set in a course with faults, which "
            "runs on a catheter that mixes by itself where it flows fast; leave mixing_cells out",
        )
