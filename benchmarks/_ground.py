"""The task of all benchmarks: an adult, morphine from a tip at T10, hourly rates, twelve sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks._peers import DAY_S, HOUR_S, Array, Course
from thecal.body import Body, Rate, Schedule, build_body, load_anatomy, parameters_of
from thecal.formulary import Drug, load_formulary

SEED = 2
MEAN_MCG_PER_H = 100.0
PUMP_ML_PER_H = 0.01
TIP = "T10"
CSF_SITES = ("C1", "C4", "T1", "T4", "T7", "T10", "T12", "L2", "L4", "S1")


@dataclass(frozen=True, slots=True)
class Ground:
    """The adult, the place of the tip and the sites: CSF, cord at the tip, plasma."""

    drug: Drug
    body: Body
    channel: Array
    rows: Array

    @classmethod
    def of_adult(cls) -> Ground:
        """Build it."""
        anatomy, drug = load_anatomy("adult"), load_formulary().drug("morphine")
        tip_cm = anatomy.middle_cm(anatomy.level_index(TIP))
        parameters = parameters_of(drug, anatomy)
        body = build_body(anatomy, parameters, tip_cm=tip_cm, pump_ml_per_h=PUMP_ML_PER_H)
        sites = [anatomy.level_index(site) for site in CSF_SITES]
        cord = body.cord_rows()[anatomy.level_index(TIP)]
        rows = np.vstack([body.csf_rows()[sites], cord, body.plasma_row()])
        return cls(drug, body, body.tip_channel(tip_cm), rows)


def course(days: int, step_s: int, every_s: int = HOUR_S) -> Course:
    """Return days in which each hour, or other time, has a rate of its own."""
    edges = np.arange(0, days * DAY_S + 1, every_s)
    shares = np.random.default_rng(SEED).uniform(0.25, 1.75, len(edges) - 1)
    return Course(edges, MEAN_MCG_PER_H * shares, np.arange(0, edges[-1] + 1, step_s))


def scheduled(channel: Array, given: Course) -> Schedule:
    """Return a course as thecal's schedule."""
    starts, ends = given.edges_s[:-1].tolist(), given.edges_s[1:].tolist()
    rates = [Rate(0, *one) for one in zip(starts, ends, given.mcg_per_h.tolist(), strict=True)]
    return Schedule.of(channel[:, None], rates, end_s=ends[-1])
