"""From the drug at the tip, and from tablets, to what enters one body by each route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from thecal import prescription
from thecal.body import (
    Body,
    Dose,
    Rate,
    Schedule,
    Solution,
    load_anatomy,
)
from thecal.formulary import Drug
from thecal.prescription import Course, OralMedicine
from thecal.therapy.delivering import PumpCourse
from thecal.therapy.dosing import dose_inputs, epidural_levels
from thecal.therapy.patient_body import patient_body

Array = NDArray[np.float64]

DAY_S = 86_400
HOUR_S = 3_600

ROUTES = ("pump", "oral", "doses", "course")
"""Four answers of one body: the pump alone; the tablets alone, had they gone on; the doses beside
them alone; and the course as it is lived, all together, the tablets as long as they were taken."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What enters a body of one drug by one route, ready to be solved here or elsewhere.

    Attributes
    ----------
    channels
        The names of the schedule's channels, as ``("intrathecal T10", "oral extended-release")``.
    schedule
        Rates, mcg/h, and doses, mcg, of each channel.
    start
        Amounts at the first second, mcg, shape (n,): what an established medicine has built up.
    """

    channels: tuple[str, ...]
    schedule: Schedule
    start: Array

    def solved(self, body: Body) -> Solution:
        """Return what becomes of it in the body."""
        return body.system.solve(self.schedule, self.start)


def tip_cm(course: Course) -> float | None:
    """Return the depth of the catheter tip below the foramen magnum; ``None`` without a pump."""
    if course.implant is None:
        return None
    anatomy = load_anatomy(course.patient.body)
    return anatomy.middle_cm(anatomy.level_index(course.implant.tip))


def body_of(course: Course, drug: Drug, pumped: PumpCourse | None) -> Body:
    """Return the body of a course's patient for one drug, with the pump's fluid in its balance.

    Raises
    ------
    InputError
        If a factor of the patient's day lies outside what is on record.
    ValidityError
        If the drug lacks a figure that the model needs, or the model may not answer.
    """
    return patient_body(
        course,
        drug,
        tip_cm=tip_cm(course),
        pump_ml_per_h=pumped.mean_ml_per_h() if pumped else 0.0,
        epidural_levels=epidural_levels([one for one in course.doses if one.drug == drug.id]),
    )


def intakes(body: Body, course: Course, drug: Drug, pumped: PumpCourse | None) -> dict[str, Intake]:
    """Return what enters a body of one drug, by route; routes that give none are left out.

    Parameters
    ----------
    pumped
        The pump's part; ``None`` where there is no implant.
    """
    medicines = [one for one in course.oral if one.drug == drug.id]
    doses = [one for one in course.doses if one.drug == drug.id]
    inputs = _tip_inputs(pumped, drug.id) if pumped else []
    by_route = {
        "pump": _Given(inputs, [], []),
        "oral": _Given([], _continued(medicines), []),
        "doses": _Given([], [], doses),
        "course": _Given(inputs, medicines, doses),
    }
    return {
        route: _laid_out(body, course, by_route[route]) for route in ROUTES if any(by_route[route])
    }


class _Given(NamedTuple):
    at_tip: list[Rate | Dose]
    medicines: Sequence[OralMedicine]
    doses: Sequence[prescription.Dose]


def _continued(medicines: Sequence[OralMedicine]) -> list[OralMedicine]:
    return [
        OralMedicine(one.drug, one.form, one.dose, one.every, one.established) for one in medicines
    ]


def _tip_inputs(pumped: PumpCourse, drug: str) -> list[Rate | Dose]:
    return [
        Rate(0, one.start_s, one.end_s, float(one.mcg[drug]) / ((one.end_s - one.start_s) / HOUR_S))
        for one in pumped.tip
        if one.mcg.get(drug)
    ]


def _laid_out(body: Body, course: Course, given: _Given) -> Intake:
    depth_cm = tip_cm(course)
    if course.implant is not None and depth_cm is not None:
        names, channels = [f"intrathecal {course.implant.tip}"], [body.tip_channel(depth_cm)]
    else:
        names, channels = ["intravenous"], [body.vein_channel()]
    start = np.zeros(body.network.size)
    doses: list[Rate | Dose] = []
    for medicine in given.medicines:
        oral = body.parameters.oral[medicine.form]
        channel = len(channels)
        names.append(f"oral {medicine.form}")
        channels.append(body.oral_channel(medicine.form))
        every_s = int(medicine.every.to("s"))
        mcg = float((medicine.dose * medicine.every).to("mcg"))
        end_s = course.length_s if medicine.stop_s is None else medicine.stop_s
        taken_s = range(0, end_s, every_s)
        doses.extend(Dose(channel, at_s + oral.lag_s, mcg) for at_s in taken_s)
        if medicine.established:
            cycle = Dose(0, oral.lag_s % every_s, mcg)
            period = Schedule.of(channels[-1][:, None], [cycle], end_s=every_s)
            start += body.system.repeat(period)
    doses += dose_inputs(body, given.doses, names, channels)
    day_before = max(0, course.length_s - DAY_S)
    schedule = Schedule.of(
        np.stack(channels, axis=1),
        [*given.at_tip, *doses],
        end_s=course.length_s,
        marks_s=[day_before],
    )
    return Intake(tuple(names), schedule, start)
