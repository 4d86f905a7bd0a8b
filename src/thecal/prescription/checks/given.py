"""Whether each dose beside the pump has a drug, a route and a site that fit, and its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks.said import alike, basis, moment
from thecal.prescription.checks.times import outside
from thecal.prescription.findings import Finding, refused, warned
from thecal.prescription.names import BODIES, PEOPLE, levels_of, levels_said, listed
from thecal.prescription.sites import ONLY_PLACES, ROUTES
from thecal.quantity import MASS, show_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from thecal.formulary import Drug, Formulary
    from thecal.prescription.course import Course
    from thecal.prescription.doses import Dose

MOST_DOSES = 10_000
"""The most doses of a course, every repeat counted: what the body is solved for at once."""

_EPIDURAL_FIGURES = ("epidural_share_to_csf", "dural_crossing_half_life")
_BY_BLOOD = ("intravenous", "oral")
_BOLUS_RANGE = "trial_bolus"


def names(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield a refusal for each drug, route or site that is unknown or does not fit."""
    if course.patient.body not in BODIES:
        return  # refused as such
    for index, dose in enumerate(course.doses):
        field = f"dose[{index}]"
        try:
            drug = formulary.drug(dose.drug)
        except InputError as error:
            yield refused(f"{field}.drug", error.sentence)
            continue
        if dose.route not in ROUTES:
            yield refused(
                f"{field}.route", f'there is no route "{dose.route}"; known are {listed([*ROUTES])}'
            )
            continue
        if dose.route in _BY_BLOOD and course.patient.body not in PEOPLE:
            yield refused(
                f"{field}.route",
                f"an {dose.route} dose goes by the blood, and what is on record of drugs in blood "
                f'is human, so that it cannot be followed in the body "{course.patient.body}"; '
                "give it into the CSF",
            )
            continue
        yield from _site(dose, field, drug, course.patient.body)
        missing = [name for name in _EPIDURAL_FIGURES if name not in drug.figures]
        if dose.route == "epidural" and missing:
            yield refused(
                f"{field}.route",
                f"how much of an epidural dose of {drug.name} crosses the dura, and how fast, is "
                f"not on record (no {listed(missing)}), so that it cannot be followed; choose "
                "another route",
            )
        if dose.route == "oral" and dose.over_s:
            yield refused(
                f"{field}.over",
                f"a dose by mouth is swallowed at once, not over {moment(dose.over_s)}; leave that "
                "out, the oral form sets how fast the drug is absorbed",
            )


def check(course: Course, formulary: Formulary) -> Iterator[Finding]:
    """Yield what is wrong with the times of the doses, and boluses outside an advised range."""
    total = 0
    for index, dose in enumerate(course.doses):
        field = f"dose[{index}]"
        total += dose.count
        yield from _times(dose, field, course)
        if not dose.over_s and dose.route == "intrathecal":
            yield from _advised(dose, field, formulary.drug(dose.drug))
    if total > MOST_DOSES:
        yield refused(
            "dose",
            f"{show_number(total)} doses are more than {show_number(MOST_DOSES)}, the most of a "
            "course; give fewer, or one infusion for many small ones",
        )


def _site(dose: Dose, field: str, drug: Drug, body: str) -> Iterator[Finding]:
    kind = ROUTES[dose.route]
    if kind == "none":
        if dose.site:
            yield refused(
                f"{field}.site",
                f"an {dose.route} dose goes into the blood and takes no site; leave "
                f'"{dose.site}" out',
            )
    elif not dose.site:
        wanted = 'a vertebral level, as "L3"' if kind == "level" else "the oral form"
        yield refused(field, f"an {dose.route} dose needs a site, which is {wanted}")
    elif kind == "oral form":
        try:
            drug.oral_form(dose.site)
        except InputError as error:
            yield refused(f"{field}.site", error.sentence)
    elif kind == "level" and dose.site not in levels_of(body):
        yield refused(
            f"{field}.site",
            f'"{dose.site}" is no site of an {dose.route} dose, which takes a vertebral level of '
            f'the body "{body}"; known are {levels_said(body)}{_belongs(dose.site, body)}',
        )
    elif kind == "only place" and dose.site != ONLY_PLACES[dose.route]:
        yield refused(
            f"{field}.site",
            f'"{dose.site}" is no site of a dose by the {dose.route} route, whose only one is '
            f'"{ONLY_PLACES[dose.route]}"{_belongs(dose.site, body)}',
        )


def _belongs(site: str, body: str) -> str:
    """Return to which routes a misplaced site belongs, for the end of a sentence; or nothing."""
    routes = [route for route, place in ONLY_PLACES.items() if place == site]
    if site in levels_of(body):
        routes = [route for route, kind in ROUTES.items() if kind == "level"]
    return f'; "{site}" belongs to {listed(routes)}' if routes else ""


def _times(dose: Dose, field: str, course: Course) -> Iterator[Finding]:
    if dose.at_s < 0:
        yield refused(
            f"{field}.at",
            f"a dose at {moment(dose.at_s)} is before the course, which starts at 0 h",
        )
    elif dose.at_s >= course.length_s:
        yield outside(f"{field}.at", "a dose", dose.at_s, course)
    elif dose.last_s >= course.length_s:
        what = f"the last of {show_number(dose.count)} doses"
        yield outside(f"{field}.times", what, dose.last_s, course)
    elif dose.last_s + dose.over_s > course.length_s:
        yield warned(
            f"{field}.over",
            f"a dose that begins at {moment(dose.last_s)} and takes {moment(dose.over_s)} is still "
            f"running when the course ends at {moment(course.length_s)}; the rest of its "
            f"{dose.amount.show()} is not given",
        )
    if dose.every_s is not None and dose.every_s < dose.over_s:
        yield refused(
            f"{field}.every",
            f"a dose every {moment(dose.every_s)} that takes {moment(dose.over_s)} would run into "
            "the next one; are the minutes meant to be hours?",
        )


def _advised(dose: Dose, field: str, drug: Drug) -> Iterator[Finding]:
    figure = drug.figures.get(_BOLUS_RANGE)
    if figure is None or figure.low is None or figure.high is None:
        return
    low, high = figure.exact("low"), figure.exact("high")
    if low.dimension == MASS and not low <= dose.amount <= high:
        shown, least, most = alike(dose.amount, low, high)
        yield warned(
            f"{field}.amount",
            f"a bolus of {shown} of {drug.name} is outside {least} to {most}, the {figure.label} "
            f"{basis(figure)}; check that it is meant",
            figure.source,
        )
