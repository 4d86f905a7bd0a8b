"""Whether each sample has a site that is known, a drug that is given, and times in the course."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks.days import takes_up
from thecal.prescription.checks.said import moment
from thecal.prescription.checks.times import outside
from thecal.prescription.findings import Finding, refused
from thecal.prescription.names import PEOPLE, levels_of, levels_said, listed
from thecal.prescription.samples import MOST_SAMPLES, too_many
from thecal.prescription.sites import PLASMA, SITE_FORMS, TAKEN_UP, sample_site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Formulary
    from thecal.prescription.course import Course
    from thecal.prescription.samples import Sample


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield what is wrong with the samples of a course."""
    total = 0
    seen: dict[tuple[str, str, int], int] = {}
    for index, sample in enumerate(course.samples):
        field = f"sample[{index}]"
        wrong = [*_names(sample, field, course, formulary), *_times(sample, field, course)]
        total += len(sample.times_s)
        if not wrong and total > MOST_SAMPLES:
            wrong = [refused(field, too_many(total))]
        if wrong:
            yield from wrong
            return
        drug = course.drug_of(sample)
        for at_s in sample.times_s:
            before = seen.setdefault((drug, sample.site, at_s), index)
            if before != index:
                yield refused(
                    f"{field}.site",
                    f'sample[{before}] too is of {drug} in "{sample.site}" at {moment(at_s)}; one '
                    "is enough, so remove one or move it",
                )
                return


def _names(sample: Sample, field: str, course: Course, formulary: Formulary) -> Iterator[Finding]:
    site, body = sample_site(sample.site), course.patient.body
    if site is None:
        forms = listed([f'"{form}"' for form in SITE_FORMS])
        yield refused(
            f"{field}.site",
            f'there is no site "{sample.site}"; the forms are {forms}, where T10 and L4 stand for '
            f"any level ({levels_said(body)}) and m6g for any metabolite",
        )
        return
    if site.level and site.level not in levels_of(body):
        yield refused(
            f"{field}.site",
            f'there is no site "{sample.site}" in the body "{body}", whose vertebral levels are '
            f"{levels_said(body)}",
        )
        return
    if site.place == PLASMA and body not in PEOPLE:
        yield refused(
            f"{field}.site",
            f'"{sample.site}" cannot be sampled in the body "{body}": what is on record of drugs '
            "in blood is human; sample its CSF, cord or roots",
        )
        return
    try:
        drug = course.drug_of(sample)
    except InputError as error:
        yield refused(field, error.sentence)
        return
    if drug not in course.drugs:
        yield refused(
            f"{field}.drug",
            f'the course gives no "{drug}", so that there is nothing to sample; it gives '
            f"{listed(course.drugs)}",
        )
        return
    if site.place == TAKEN_UP and not takes_up(course, drug, formulary):
        yield refused(
            f"{field}.site",
            f'what is taken up of {drug} is not followed in this course; "{sample.site}" needs '
            "saturable_uptake = true under [patient], and a drug of which that is on record",
        )
    if site.metabolite:
        known = formulary.drug(drug).metabolites
        if site.metabolite not in known:
            told = f"known are {listed(known)}" if known else "none is known"
            yield refused(
                f"{field}.site",
                f'"{sample.site}" names no metabolite of {drug}; {told}',
            )


def _times(sample: Sample, field: str, course: Course) -> Iterator[Finding]:
    for number, (before, after) in enumerate(pairwise(sample.times_s), start=1):
        if after <= before:
            yield refused(
                f"{field}.times[{number}]",
                f"a sample at {moment(after)} stands after one at {moment(before)}; the times of "
                "a sample must rise",
            )
            return
    if sample.times_s[0] < 0:
        yield refused(
            f"{field}.times[0]",
            f"a sample at {moment(sample.times_s[0])} is before the course, which starts at 0 h",
        )
    if sample.times_s[-1] > course.length_s:
        last = f"{field}.times[{len(sample.times_s) - 1}]"
        yield outside(last, "a sample", sample.times_s[-1], course)
