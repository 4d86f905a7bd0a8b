"""Every check on a course, in the order in which a reader should hear of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.formulary import load_formulary
from thecal.prescription.checks import (
    boluses,
    bridges,
    days,
    doses,
    faults,
    flow,
    given,
    guards,
    hardware,
    places,
    sampled,
    times,
    weeks,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Formulary
    from thecal.prescription.course import Course
    from thecal.prescription.findings import Finding

__all__ = ["check_course"]


def check_course(course: Course, formulary: Formulary | None = None) -> tuple[Finding, ...]:
    """Return all findings on a course, the refusals first.

    Parameters
    ----------
    course
        The course as ordered.
    formulary
        What is known of the drugs; the one that thecal ships when left out.

    Returns
    -------
    tuple of Finding
        Empty when there is nothing to say.

    Notes
    -----
    A check that needs the answer of another (a dose needs a known drug, a rate needs a week without
    gaps) is made only when that one refused nothing.
    """
    known = formulary if formulary is not None else load_formulary()
    findings: list[Finding] = []
    for stage in _stages(course, known):
        findings.extend(stage)
        if any(finding.severity == "refused" for finding in findings):
            break
    return tuple(sorted(findings, key=lambda finding: finding.severity != "refused"))


def _stages(course: Course, formulary: Formulary) -> Iterator[list[Finding]]:
    yield [*places.check(course, formulary), *given.names(course, formulary)]
    yield [*times.check(course), *given.check(course, formulary), *faults.check(course)]
    yield [*sampled.check(course, formulary)]
    yield [*days.check(course, formulary)]
    yield [*weeks.check(course), *boluses.check(course)]
    # A slip of ten times is told as such, not as the limit that it happens to break.
    yield [*guards.check(course, formulary)]
    yield [
        *hardware.check(course),
        *flow.check(course),
        *doses.check(course, formulary),
        *bridges.check(course, formulary),
    ]
