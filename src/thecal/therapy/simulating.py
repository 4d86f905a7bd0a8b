"""A whole course: prescription -> pump program -> delivered flow -> drug at the tip -> exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from types import MappingProxyType

from thecal.errors import InputError
from thecal.formulary import Drug, Formulary, load_formulary
from thecal.prescription import Course
from thecal.therapy.assuming import Assumption, assumptions
from thecal.therapy.converting import Conversion, conversions
from thecal.therapy.delivering import PumpCourse, deliver
from thecal.therapy.exposing import Exposure, expose
from thecal.therapy.programming import DAY_S
from thecal.therapy.refilling import RefillDates, refill_dates
from thecal.therapy.sampling import Sampled


@dataclass(frozen=True, slots=True)
class CourseResult:
    """What became of one course; immutable.

    Attributes
    ----------
    course
        As it was simulated.
    pumped
        The pump's part, exact; ``None`` where there is no implant.
    exposures
        By drug, the primary drug first.
    refill
        The dates to plan by; ``None`` where there is no implant.
    conversions
        What the disputed oral-to-intrathecal ratios make of the tablets, for the primary drug.
    assumptions
        Every figure that the result rests on.
    """

    course: Course
    pumped: PumpCourse | None
    exposures: Mapping[str, Exposure]
    refill: RefillDates | None
    conversions: tuple[Conversion, ...]
    assumptions: tuple[Assumption, ...]

    @property
    def primary(self) -> Exposure:
        """The exposure to the drug in which doses are stated."""
        return next(iter(self.exposures.values()))

    @property
    def end(self) -> datetime:
        """When the course ends, local time."""
        return self.course.start + timedelta(seconds=self.course.length_s)

    @property
    def mass_error(self) -> float:
        """The largest relative error of the mass balance over all drugs and routes."""
        return max(one.mass_error for one in self.exposures.values())

    @property
    def samples(self) -> tuple[Sampled, ...]:
        """What the course's samples found, in the order of its tables."""
        found = [one for exposure in self.exposures.values() for one in exposure.samples]
        return tuple(sorted(found, key=lambda one: one.number))

    @property
    def near_tip_limit_mcg_per_ml(self) -> float | None:
        """What the fluid within millimetres of the tip can reach: the pump's strongest solution.

        The limit of no mixing, for the primary drug, mcg/mL. It is no result of the model, which
        spreads the source over about a centimetre; ``None`` without a pump.
        """
        if self.pumped is None:
            return None
        drug = self.primary.drug.id
        solutions = (one.concentrations for one in self.pumped.plan.solutions)
        strengths = [one[drug].to("mcg/mL") for one in solutions if drug in one]
        return float(max(strengths)) if strengths else None

    def last_day_mcg(self, drug: str) -> Fraction:
        """Return what left the catheter tip of a drug in the last 24 hours, mcg, exact.

        It differs from what left the pump only while a new solution is on its way to the tip.
        """
        if self.pumped is None:
            return Fraction(0)
        length_s = self.course.length_s
        return self.pumped.at_tip_mcg(drug, max(0, length_s - DAY_S), length_s)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A course that passed its checks, with the pump's part run.

    Attributes
    ----------
    pumped
        ``None`` where there is no implant.
    drugs
        Every drug that the course gives, the primary drug first.
    """

    course: Course
    pumped: PumpCourse | None
    drugs: Mapping[str, Drug]


def prepared(
    course: Course, *, days: int | None = None, formulary: Formulary | None = None
) -> Prepared:
    """Check a course and run its pump; what is left is the body.

    Parameters and errors as in `simulate`.
    """
    known = formulary or load_formulary()
    if days is not None:
        course = lasting(course, days)
    course = course.validated(known)
    pumped = deliver(course, course.implant) if course.implant is not None else None
    if course.faults and course.implant is not None and pumped is not None:
        # The implant and its telemetry are slow to load, and few courses need them.
        from thecal.therapy.breaking import broken

        pumped = broken(course, course.implant, pumped)
    drugs = {name: known.drug(name) for name in course.drugs}
    return Prepared(course, pumped, MappingProxyType(drugs))


def simulate(
    course: Course, *, days: int | None = None, formulary: Formulary | None = None
) -> CourseResult:
    """Follow one patient's course from its start to its end.

    Parameters
    ----------
    course
        What is ordered, as read from a file or made in Python.
    days
        Simulate so many whole days instead of the course's own length.
    formulary
        What is known of the drugs; thecal's own when left out.

    Raises
    ------
    InputError
        If the course is refused by a check, or gives no drug at all.
    ValidityError
        If the model may not answer for this drug or flow.

    Examples
    --------
    >>> from thecal.prescription import read_course
    >>> result = simulate(read_course("examples/cancer-pain.toml"), days=3)
    >>> round(result.primary.last_day.plasma_ng_per_ml["pump"], 1)
    1.4
    """
    ready = prepared(course, days=days, formulary=formulary)
    course, pumped, drugs = ready.course, ready.pumped, ready.drugs
    exposures = {name: expose(course, drug, pumped) for name, drug in drugs.items()}
    refill = None
    if course.implant is not None and pumped is not None:
        in_reservoir = tuple(drugs[name] for name in pumped.plan.solutions[-1].concentrations)
        refill = refill_dates(course, course.implant, pumped, in_reservoir)
    primary = next(iter(drugs.values()))
    anatomy = next(iter(exposures.values())).body.anatomy
    return CourseResult(
        course=course,
        pumped=pumped,
        exposures=MappingProxyType(exposures),
        refill=refill,
        conversions=conversions(course, primary),
        assumptions=assumptions(course, anatomy, tuple(drugs.values())),
    )


def lasting(course: Course, days: int) -> Course:
    """Return the course with another length; what lies beyond its end is left out.

    Raises
    ------
    InputError
        If the length is not at least one day.

    Notes
    -----
    A longer course takes no further samples: their times were fixed when it was read.
    """
    if days < 1:
        raise InputError(f"{days} days cannot be simulated; give one day or more", field="--days")
    length_s = days * DAY_S
    return replace(
        course,
        length_s=length_s,
        prescriptions=tuple(
            replace(one, boluses=tuple(b for b in one.boluses if b.at_s < length_s))
            for one in course.prescriptions
            if one.at_s < length_s
        ),
        refills=tuple(one for one in course.refills if one.at_s < length_s),
        oral=tuple(
            replace(one, stop_s=None) if one.stop_s is not None and one.stop_s > length_s else one
            for one in course.oral
        ),
        doses=tuple(
            replace(one, count=sum(at_s < length_s for at_s in one.starts_s))
            for one in course.doses
            if one.at_s < length_s
        ),
        samples=tuple(
            replace(one, times_s=tuple(at_s for at_s in one.times_s if at_s <= length_s))
            for one in course.samples
            if one.times_s[0] <= length_s
        ),
        faults=tuple(
            replace(one, until_s=None if (one.until_s or 0) > length_s else one.until_s)
            for one in course.faults
            if one.at_s < length_s
        ),
    )
