"""What a world is built from: one kind of pump, its catheter and its figures, all handed in."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from thecal.pump.amounts import DAY_S, WEEK_S
from thecal.pump.hardware import CatheterFigures, PlantKind
from thecal.pump.implant.profile import Profile
from thecal.pump.implant.values import Limits, SafeAction
from thecal.pump.program import PatientBolus, Program, ScheduledBolus, WeekStep

HOUR_S = 3_600


class Kit(NamedTuple):
    """One kind of pump.

    Parameters
    ----------
    name
        How the profile is called.
    profile
        What the implant knows of itself.
    plant
        The kind of plant, with its figures.
    catheter
        As it lies in the patient.
    lowest_nl_per_day, minimum_nl_per_day
        The lowest flow that can be programmed, and the flow of the minimum rate.
    """

    name: str
    profile: Profile
    plant: PlantKind
    catheter: CatheterFigures
    lowest_nl_per_day: int
    minimum_nl_per_day: int


def limits_of(kit: Kit, day_nl: int, random: Random) -> Limits:
    """Return limits around a daily volume, of a drug drawn at random."""
    return Limits(
        safe_action=SafeAction(random.randrange(len(SafeAction))),
        hour_nl=day_nl,
        four_hours_nl=2 * day_nl,
        day_nl=3 * day_nl,
        minimum_nl_per_day=kit.minimum_nl_per_day,
        low_reservoir_nl=kit.profile.least_low_nl * random.randrange(1, 3),
    )


def program_of(kit: Kit, day_nl: int, random: Random, now_s: int) -> Program:
    """Return a program around a daily volume: constant or flex, with or without boluses."""
    if random.randrange(2):
        steps: tuple[WeekStep, ...] = (WeekStep(0, day_nl),)
    else:
        starts = sorted(random.sample(range(1, WEEK_S // HOUR_S), random.randrange(1, 14)))
        flows = [
            max(kit.lowest_nl_per_day, day_nl * random.randrange(40, 161) // 100) for _ in starts
        ]
        steps = (
            WeekStep(0, day_nl),
            *(WeekStep(at * HOUR_S, flow) for at, flow in zip(starts, flows, strict=True)),
        )
    stroke_nl = kit.profile.hardware.stroke_nl
    bolus_nl = max(stroke_nl, day_nl * random.randrange(2, 11) // 100)
    patient = None
    if random.randrange(3):
        patient = PatientBolus(
            bolus_nl,
            60 * random.randrange(5, 31),
            HOUR_S * random.randrange(1, 7),
            random.randrange(1, 7),
        )
    scheduled: tuple[ScheduledBolus, ...] = ()
    if not random.randrange(4):
        first_s = now_s + random.randrange(DAY_S)
        scheduled = (ScheduledBolus(first_s, bolus_nl, 60 * random.randrange(5, 61), DAY_S // 2),)
    return Program("flex" if len(steps) > 1 else "simple continuous", steps, scheduled, patient)
