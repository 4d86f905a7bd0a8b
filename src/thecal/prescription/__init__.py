"""What a prescriber orders, read from a course file or built in Python, and the checks on it."""

from thecal.prescription.course import Course, Implant, OralMedicine, Patient
from thecal.prescription.doses import Dose
from thecal.prescription.faults import Fault
from thecal.prescription.findings import EXPLORATORY, Finding, Severity
from thecal.prescription.orders import (
    Bolus,
    Bridge,
    Flex,
    FlexStep,
    MinimumRate,
    PatientBolus,
    Pattern,
    Prescription,
    Refill,
    SimpleContinuous,
    Solution,
    Stopped,
)
from thecal.prescription.rates import (
    BasalFlow,
    WorstDay,
    basal_week,
    flow_of,
    mean_dose,
    patient_boluses_in_a_day,
    worst_day,
)
from thecal.prescription.reading import located, read_course, read_course_text
from thecal.prescription.rhythm import DayPiece
from thecal.prescription.samples import Sample
from thecal.prescription.sites import ROUTES, SITE_FORMS, SampleSite, sample_site

__all__ = [
    "EXPLORATORY",
    "ROUTES",
    "SITE_FORMS",
    "BasalFlow",
    "Bolus",
    "Bridge",
    "Course",
    "DayPiece",
    "Dose",
    "Fault",
    "Finding",
    "Flex",
    "FlexStep",
    "Implant",
    "MinimumRate",
    "OralMedicine",
    "Patient",
    "PatientBolus",
    "Pattern",
    "Prescription",
    "Refill",
    "Sample",
    "SampleSite",
    "Severity",
    "SimpleContinuous",
    "Solution",
    "Stopped",
    "WorstDay",
    "basal_week",
    "flow_of",
    "located",
    "mean_dose",
    "patient_boluses_in_a_day",
    "read_course",
    "read_course_text",
    "sample_site",
    "worst_day",
]
