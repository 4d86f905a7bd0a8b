"""The course of one patient through time: couples prescription, pump and body.

Here the exact wing (prescription, pump) and the numerical wing (body) meet; what crosses is the
drug flow at the catheter tip.
"""

from thecal.therapy.assuming import SIMPLIFICATIONS, Assumption
from thecal.therapy.converting import Conversion
from thecal.therapy.delivering import PumpCourse, TipRate, deliver
from thecal.therapy.exposing import ROUTES, Exposure, LastDay
from thecal.therapy.programming import PumpPlan, plan
from thecal.therapy.refilling import RefillDates
from thecal.therapy.simulating import CourseResult, lasting, simulate
from thecal.therapy.summary import summary

__all__ = [
    "ROUTES",
    "SIMPLIFICATIONS",
    "Assumption",
    "Conversion",
    "CourseResult",
    "Exposure",
    "LastDay",
    "PumpCourse",
    "PumpPlan",
    "RefillDates",
    "TipRate",
    "deliver",
    "lasting",
    "plan",
    "simulate",
    "summary",
]
