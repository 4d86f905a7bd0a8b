"""A course: one patient, the tablets, the implant, and what is prescribed when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from thecal.errors import InputError
from thecal.prescription.checks import check_course
from thecal.prescription.names import listed
from thecal.prescription.orders import DAY_S, required
from thecal.quantity import DOSE_RATE, TIME, VOLUME

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from thecal.devices import CatheterProfile, PumpProfile
    from thecal.formulary import Formulary
    from thecal.prescription.doses import Dose
    from thecal.prescription.faults import Fault
    from thecal.prescription.findings import Finding
    from thecal.prescription.orders import Prescription, Refill
    from thecal.prescription.rhythm import DayPiece
    from thecal.prescription.samples import Sample
    from thecal.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Patient:
    """Who is treated: a description for people, the body model's name, and when the button is used.

    ``presses`` are seconds of the day, the same every day. ``day`` and ``saturable_uptake`` switch
    on what is exploratory in the body: that it changes with the time of the day, and that tissue
    takes up large molecules by a process that saturates.
    """

    description: str
    body: str = "adult"
    presses: tuple[int, ...] = ()
    day: tuple[DayPiece, ...] = ()
    saturable_uptake: bool = False

    def __post_init__(self) -> None:
        if any(not 0 <= press < DAY_S for press in self.presses):
            msg = "a press is a time of the day from 00:00 to 23:59"
            raise InputError(msg, field="patient.presses")


@dataclass(frozen=True, slots=True)
class OralMedicine:
    """A medicine taken by mouth beside or before the pump.

    Parameters
    ----------
    drug, form
        Names from the formulary.
    dose
        The dose of the whole day.
    every
        The time from one intake to the next.
    established
        Whether the patient already is at steady state on it when the course starts.
    stop_s
        The last intake is before this second of the course; ``None`` to go on.
    """

    drug: str
    form: str
    dose: Quantity
    every: Quantity
    established: bool = False
    stop_s: int | None = None

    def __post_init__(self) -> None:
        required(self.dose, DOSE_RATE, "dose")
        required(self.every, TIME, "every")


@dataclass(frozen=True, slots=True)
class Implant:
    """The pump and the catheter as implanted and first filled.

    ``implanted_length_cm`` is what was left of the catheter after trimming; ``primed`` says that
    tubing and catheter already hold the solution when the course starts; ``mixing_cells`` is the
    number of cells in which fluids mix along the catheter, 0 for plug flow.
    """

    pump: PumpProfile
    catheter: CatheterProfile
    implanted_length_cm: Decimal
    tip: str
    fill: Quantity
    primed: bool
    mixing_cells: int = 0

    def __post_init__(self) -> None:
        required(self.fill, VOLUME, "fill")
        if self.implanted_length_cm <= 0:
            msg = f"{self.implanted_length_cm} cm must be above zero"
            raise InputError(msg, field="implanted_length")
        if self.mixing_cells < 0:
            msg = f"{self.mixing_cells} cells cannot be; 0 means plug flow"
            raise InputError(msg, field="mixing_cells")


@dataclass(frozen=True, slots=True)
class Course:
    """One patient's course, from its start over a length of whole seconds.

    ``start`` is local time without a zone. ``warnings`` holds what the checks remarked when the
    course was read or validated; it is no part of what makes two courses equal.
    """

    title: str
    start: datetime
    length_s: int
    patient: Patient
    implant: Implant | None = None
    prescriptions: tuple[Prescription, ...] = ()
    refills: tuple[Refill, ...] = ()
    oral: tuple[OralMedicine, ...] = ()
    doses: tuple[Dose, ...] = ()
    samples: tuple[Sample, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Finding, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None:
            msg = "a course runs on the local clock of the patient; leave the time zone out"
            raise InputError(msg, field="course.start")
        if self.length_s <= 0:
            msg = f"{self.length_s} s is no course; the length must be above zero"
            raise InputError(msg, field="course.length")

    @property
    def week_offset_s(self) -> int:
        """Seconds from Monday 00:00 to the start of the course."""
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        return self.start.weekday() * DAY_S + int((self.start - midnight).total_seconds())

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs given, each once: the pump's, those of the doses, those by mouth."""
        pumped = (drug for one in self.prescriptions for drug in one.solution.concentrations)
        given = (dose.drug for dose in self.doses)
        taken = (medicine.drug for medicine in self.oral)
        return tuple(dict.fromkeys((*pumped, *given, *taken)))

    def drug_of(self, sample: Sample) -> str:
        """Return the drug that a sample is about.

        Raises
        ------
        InputError
            When the sample names none and the course does not give exactly one.
        """
        if sample.drug is not None:
            return sample.drug
        if len(self.drugs) != 1:
            given = f"gives {listed(self.drugs)}" if self.drugs else "gives no drug"
            msg = f"the course {given}, so a sample must say of which drug it is; add drug"
            raise InputError(msg, field="drug")
        return self.drugs[0]

    def checks(self, formulary: Formulary | None = None) -> tuple[Finding, ...]:
        """Return every finding on this course, refusals first.

        Parameters
        ----------
        formulary
            What is known of the drugs; the one that thecal ships when left out.
        """
        return check_course(self, formulary)

    def validated(self, formulary: Formulary | None = None) -> Course:
        """Return this course with its warnings kept on it.

        Raises
        ------
        InputError
            For the first finding that refuses the course.
        """
        findings = self.checks(formulary)
        for finding in findings:
            if finding.severity == "refused":
                raise InputError(finding.sentence, field=finding.field)
        return replace(self, warnings=findings)
