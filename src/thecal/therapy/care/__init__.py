"""Care: the clinic's rules, months of treatment, the operation, and what may go wrong."""

from thecal.therapy.care.acting import Action, Observation
from thecal.therapy.care.clinic import Clinic
from thecal.therapy.care.complications import (
    SURGERY,
    Complications,
    Exposure,
    draw_complications,
    follow,
)
from thecal.therapy.care.episode import Course, Episode
from thecal.therapy.care.following import follow_arm
from thecal.therapy.care.hazards import Hazard
from thecal.therapy.care.hormones import share_of_testosterone
from thecal.therapy.care.operation import Operation, draw_operations
from thecal.therapy.care.policy import Policy, Rule, load_policy, policies
from thecal.therapy.care.refills import refill_days, refill_every_days
from thecal.therapy.care.risks import EVENTS, Battery, Cause, Granuloma, Risks, load_risks
from thecal.therapy.care.setting import Quantiles, Setting, World, prepare_setting

__all__ = [
    "EVENTS",
    "SURGERY",
    "Action",
    "Battery",
    "Cause",
    "Clinic",
    "Complications",
    "Course",
    "Episode",
    "Exposure",
    "Granuloma",
    "Hazard",
    "Observation",
    "Operation",
    "Policy",
    "Quantiles",
    "Risks",
    "Rule",
    "Setting",
    "World",
    "draw_complications",
    "draw_operations",
    "follow",
    "follow_arm",
    "load_policy",
    "load_risks",
    "policies",
    "prepare_setting",
    "refill_days",
    "refill_every_days",
    "share_of_testosterone",
]
