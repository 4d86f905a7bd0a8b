"""From the drug at the tip, and from tablets, to exposure: the same body asked by both routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from thecal.body import (
    Body,
    Dose,
    Rate,
    Schedule,
    Solution,
    build_body,
    load_anatomy,
    parameters_of,
)
from thecal.errors import ValidityError
from thecal.formulary import Drug
from thecal.prescription import Course, OralMedicine
from thecal.therapy.delivering import PumpCourse

Array = NDArray[np.float64]
Times = NDArray[np.int64]

DAY_S = 86_400
HOUR_S = 3_600
OUTPUT_STEPS_S = (900, 1_800, 3_600, 7_200, 14_400, 28_800, DAY_S)
"""Spacings of the output times: the finest that keeps a course below MOST_TIMES is taken."""

MOST_TIMES = 3_000

MISSING = 0.1
"""What is missing at 90 % of a level."""

HOURS_RESOLVED = 1e-6

ROUTES = ("pump", "oral", "course")
"""Three answers of one body: the pump alone; the tablets alone, had they gone on; and the course
as it is lived, the pump with the tablets as long as they were taken."""


@dataclass(frozen=True, slots=True)
class LastDay:
    """Means over the last 24 hours of a course, by route; exact integrals, not samples.

    Attributes
    ----------
    plasma_ng_per_ml, m6g_ng_per_ml
        By route.
    csf_mcg_per_ml, cord_mcg_per_ml
        By route, then one for each vertebral level from the head down (cord: not-a-number where
        there is none).
    """

    plasma_ng_per_ml: dict[str, float]
    m6g_ng_per_ml: dict[str, float]
    csf_mcg_per_ml: dict[str, Array]
    cord_mcg_per_ml: dict[str, Array]


@dataclass(frozen=True, slots=True)
class SlowRise:
    """Hours from the start of a steady infusion at the tip to 90 % of the level it leads to."""

    tip: float
    cord: float
    cord_surface: float
    cord_centre: float
    plasma: float


@dataclass(frozen=True, slots=True)
class PerMgPerDay:
    """Steady levels for each mg/day that leaves the tip."""

    plasma_ng_per_ml: float
    tip_csf_mcg_per_ml: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """Where one drug was in one course.

    Attributes
    ----------
    data
        Dimensions route, time (hours from the start) and level; variables ``csf``, ``cord``,
        ``cord_surface``, ``cord_centre`` (mcg/mL), ``plasma``, ``m6g`` (ng/mL), ``ventricle``,
        ``cistern``, ``convexity`` (mcg/mL). Each has its unit and a label as attributes.
    tip_level
        Index of the level of the catheter tip; ``None`` without a pump.
    shares
        By which way a drug given at the tip leaves the CSF, as shares of the dose.
    mass_error
        The largest difference between what went in and what is there or gone, over what went in.
    """

    drug: Drug
    body: Body
    data: xr.Dataset
    last_day: LastDay
    tip_level: int | None
    rise: SlowRise | None
    per_mg_per_day: PerMgPerDay | None
    shares: dict[str, float]
    mass_error: float

    @property
    def clearance_l_per_h(self) -> float:
        """The clearance from plasma, L/h, that the steady blood level rests on."""
        return self.body.parameters.clearance_ml_per_h / 1000.0

    @property
    def oral_to_pump_plasma_ratio(self) -> float | None:
        """How many times higher tablets hold the blood level; ``None`` without both routes."""
        pump, oral = (self.last_day.plasma_ng_per_ml.get(route) for route in ("pump", "oral"))
        return oral / pump if pump and oral else None


def output_times(length_s: int) -> Times:
    """Return the times of a course at which exposure is recorded, whole seconds."""
    step = next((s for s in OUTPUT_STEPS_S if length_s / s <= MOST_TIMES), OUTPUT_STEPS_S[-1])
    times = np.arange(0, length_s + 1, step, dtype=np.int64)
    return times if times[-1] == length_s else np.append(times, length_s)


def expose(course: Course, drug: Drug, pumped: PumpCourse | None) -> Exposure:
    """Follow one drug through one body, by each route.

    Parameters
    ----------
    pumped
        The pump's part; ``None`` where there is no implant.

    Raises
    ------
    ValidityError
        If the drug lacks a figure that the model needs, or the model may not answer.
    """
    anatomy = load_anatomy(course.patient.body)
    tip_level = None
    tip_cm = None
    if course.implant is not None and pumped is not None:
        tip_level = anatomy.level_index(course.implant.tip)
        tip_cm = anatomy.middle_cm(tip_level)
    body = build_body(
        anatomy,
        parameters_of(drug, anatomy),
        tip_cm=tip_cm,
        pump_ml_per_h=pumped.mean_ml_per_h() if pumped else 0.0,
    )
    medicines = [one for one in course.oral if one.drug == drug.id]
    solved: dict[str, Solution] = {}
    balances = []
    for route, taken in (("pump", []), ("oral", _continued(medicines)), ("course", medicines)):
        inputs = _tip_inputs(pumped, drug.id) if route != "oral" and pumped else []
        if not inputs and not taken:
            continue
        solution, error = _solve(body, course, tip_cm, inputs, taken)
        solved[route] = solution
        balances.append(error)
    if not solved:
        raise ValidityError(f"the course gives no {drug.name}; nothing can be followed")
    rise, per_mg = (None, None) if tip_cm is None else _unit_infusion(body, tip_cm)
    return Exposure(
        drug=drug,
        body=body,
        data=_dataset(body, solved, output_times(course.length_s)),
        last_day=_last_day(body, solved, course.length_s),
        tip_level=tip_level,
        rise=rise,
        per_mg_per_day=per_mg,
        shares={} if tip_cm is None else _shares(body, tip_cm),
        mass_error=max(balances),
    )


def _continued(medicines: Sequence[OralMedicine]) -> list[OralMedicine]:
    return [
        OralMedicine(one.drug, one.form, one.dose, one.every, one.established) for one in medicines
    ]


def _tip_inputs(pumped: PumpCourse | None, drug: str) -> list[Rate | Dose]:
    if pumped is None:
        return []
    return [
        Rate(0, one.start_s, one.end_s, float(one.mcg[drug]) / ((one.end_s - one.start_s) / HOUR_S))
        for one in pumped.tip
        if one.mcg.get(drug)
    ]


def _solve(
    body: Body,
    course: Course,
    tip_cm: float | None,
    inputs: list[Rate | Dose],
    medicines: Sequence[OralMedicine],
) -> tuple[Solution, float]:
    channels = [body.tip_channel(tip_cm) if tip_cm is not None else body.vein_channel()]
    start = np.zeros(body.network.size)
    doses: list[Rate | Dose] = []
    for medicine in medicines:
        oral = body.parameters.oral[medicine.form]
        channel = len(channels)
        channels.append(body.oral_channel(medicine.form))
        every_s = int(medicine.every.to("s"))
        mcg = float((medicine.dose * medicine.every).to("mcg"))
        end_s = course.length_s if medicine.stop_s is None else medicine.stop_s
        intakes = range(0, end_s, every_s)
        doses.extend(Dose(channel, at_s + oral.lag_s, mcg) for at_s in intakes)
        if medicine.established:
            cycle = Dose(0, oral.lag_s % every_s, mcg)
            period = Schedule.of(channels[-1][:, None], [cycle], end_s=every_s)
            start += body.system.repeat(period)
    day_before = max(0, course.length_s - DAY_S)
    schedule = Schedule.of(
        np.stack(channels, axis=1),
        [*inputs, *doses],
        end_s=course.length_s,
        marks_s=[day_before],
    )
    solution = body.system.solve(schedule, start)
    return solution, _mass_error(body, schedule, solution, start)


def _mass_error(body: Body, schedule: Schedule, solution: Solution, start: Array) -> float:
    times = output_times(int(schedule.edges_s[-1]))
    inside = solution.read(times, body.amount_row()[None])[:, 0]
    gone = solution.read_integral(times, body.exit_row()[None])[:, 0]
    given = schedule.given_until(times) + start.sum()
    return float(np.abs(given - inside - gone).max() / max(given[-1], np.finfo(float).tiny))


def _dataset(body: Body, solved: dict[str, Solution], times: Times) -> xr.Dataset:
    levels = list(body.anatomy.level_names)
    by_level = {
        "csf": ("CSF", body.csf_rows()),
        "cord": ("cord, mean of the cross-section", body.cord_rows("mean")),
        "cord_surface": ("cord, surface", body.cord_rows("surface")),
        "cord_centre": ("cord, centre", body.cord_rows("centre")),
    }
    single = {
        "plasma": ("plasma", "ng/mL", body.plasma_row()),
        "m6g": ("morphine-6-glucuronide in plasma", "ng/mL", body.m6g_row()),
        "ventricle": ("CSF in the ventricles", "mcg/mL", body.pool_row("ventricle")),
        "cistern": ("CSF in the cisterns", "mcg/mL", body.pool_row("cistern")),
        "convexity": ("CSF over the convexity", "mcg/mL", body.pool_row("convexity")),
    }
    rows = np.concatenate(
        [*(matrix for _, matrix in by_level.values()), [row for _, _, row in single.values()]]
    )
    known = ~np.isnan(rows).any(axis=1)
    values = np.full((len(solved), len(times), len(rows)), np.nan)
    for k, solution in enumerate(solved.values()):
        values[k][:, known] = solution.read(times, rows[known])
    data = xr.Dataset(
        coords={
            "route": list(solved),
            "time": ("time", times / HOUR_S, {"units": "h", "long_name": "time from the start"}),
            "level": levels,
        }
    )
    column = 0
    for name, (label, matrix) in by_level.items():
        part = values[:, :, column : column + len(matrix)]
        units = {"units": "mcg/mL", "long_name": label}
        data[name] = (("route", "time", "level"), part, units)
        column += len(matrix)
    for name, (label, unit, _) in single.items():
        units = {"units": unit, "long_name": label}
        data[name] = (("route", "time"), values[:, :, column], units)
        column += 1
    return data


def _last_day(body: Body, solved: dict[str, Solution], length_s: int) -> LastDay:
    levels = len(body.anatomy.levels)
    rows = np.concatenate(
        [[body.plasma_row(), body.m6g_row()], body.csf_rows(), body.cord_rows("mean")]
    )
    known = ~np.isnan(rows).any(axis=1)
    window = np.array([max(0, length_s - DAY_S), length_s], dtype=np.int64)
    hours = (window[1] - window[0]) / HOUR_S
    means: dict[str, Array] = {}
    for route, solution in solved.items():
        area = solution.read_integral(window, rows[known])
        means[route] = np.full(len(rows), np.nan)
        means[route][known] = (area[1] - area[0]) / hours
    return LastDay(
        plasma_ng_per_ml={route: float(mean[0]) for route, mean in means.items()},
        m6g_ng_per_ml={route: float(mean[1]) for route, mean in means.items()},
        csf_mcg_per_ml={route: mean[2 : 2 + levels] for route, mean in means.items()},
        cord_mcg_per_ml={route: mean[2 + levels :] for route, mean in means.items()},
    )


def _unit_infusion(body: Body, tip_cm: float) -> tuple[SlowRise, PerMgPerDay]:
    """Return how a steady infusion rises and where it leads; a step, solved in closed form."""
    level = int(body.canal.level[body.canal.cell_at(tip_cm)])
    per_h = 1000.0 / 24.0  # mcg/h in 1 mg/day
    settled = body.system.steady_state(body.tip_channel(tip_cm) * per_h)
    rows = {
        "tip": body.cell_row(tip_cm),
        "cord": body.cord_rows("mean")[level],
        "cord_surface": body.cord_rows("surface")[level],
        "cord_centre": body.cord_rows("centre")[level],
        "plasma": body.plasma_row(),
    }
    hours = {name: _time_to_90_percent(body, row, settled) for name, row in rows.items()}
    levels = PerMgPerDay(float(rows["plasma"] @ settled), float(rows["tip"] @ settled))
    return SlowRise(**hours), levels


def _time_to_90_percent(body: Body, row: Array, settled: Array) -> float:
    if np.isnan(row).any():
        return float("nan")
    weights = (row @ body.system.vectors) * (body.system.inverse @ settled)

    def missing_share(hours: float) -> float:
        decayed = np.sum(weights * np.exp(body.system.rates * hours))
        return float(np.real(decayed) / (row @ settled))

    # The rise is steady, so halving the bracket finds it; a root finder would cost half a second
    # of loading.
    early, late = 0.0, 60.0 / -float(np.max(np.real(body.system.rates)))
    while late - early > HOURS_RESOLVED:
        middle = (early + late) / 2.0
        early, late = (middle, late) if missing_share(middle) > MISSING else (early, middle)
    return late


def _shares(body: Body, tip_cm: float) -> dict[str, float]:
    settled = body.system.steady_state(body.tip_channel(tip_cm))
    ways = ("dura and roots", "bulk spinal", "bulk cranial", "cranial tissue", "cord capillaries")
    rates = {way: float(body.network.routes[way] @ settled) for way in ways}
    return {way: rate for way, rate in rates.items() if rate > 0.0}
