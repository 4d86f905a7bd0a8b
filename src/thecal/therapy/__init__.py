"""The course of one patient through time: couples prescription, pump and body.

Here the exact wing (prescription, pump) and the numerical wing (body) meet; what crosses is the
drug flow at the catheter tip.
"""

from thecal.therapy.assuming import Assumption, simplifications
from thecal.therapy.broken import Alarm, Broken, Struck, TipRate
from thecal.therapy.converting import Conversion
from thecal.therapy.delivering import PumpCourse, deliver
from thecal.therapy.exposing import Exposure, LastDay
from thecal.therapy.giving import ROUTES, Intake, body_of, intakes
from thecal.therapy.programming import PumpPlan, plan
from thecal.therapy.refilling import RefillDates
from thecal.therapy.sample_file import require_samples, samples_csv, write_samples
from thecal.therapy.sampling import Sampled
from thecal.therapy.simulating import CourseResult, Prepared, lasting, prepared, simulate
from thecal.therapy.summary import summary

__all__ = [
    "ROUTES",
    "Alarm",
    "Assumption",
    "Broken",
    "Conversion",
    "CourseResult",
    "Exposure",
    "Intake",
    "LastDay",
    "Prepared",
    "PumpCourse",
    "PumpPlan",
    "RefillDates",
    "Sampled",
    "Struck",
    "TipRate",
    "body_of",
    "deliver",
    "intakes",
    "lasting",
    "plan",
    "prepared",
    "require_samples",
    "samples_csv",
    "simplifications",
    "simulate",
    "summary",
    "write_samples",
]
