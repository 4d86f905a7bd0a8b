"""From the drug at the tip, and from tablets, to exposure: the same body asked by both routes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from thecal.body import Body, DayBody, Rate, SaturatingBody, Schedule, Solution
from thecal.errors import ValidityError
from thecal.formulary import Drug
from thecal.prescription import Course
from thecal.therapy.delivering import PumpCourse
from thecal.therapy.giving import DAY_S, HOUR_S, ROUTES, body_of, intakes, tip_cm
from thecal.therapy.sampling import Sampled, sampled

Array = NDArray[np.float64]
Times = NDArray[np.int64]

OUTPUT_STEPS_S = (900, 1_800, 3_600, 7_200, 14_400, 28_800, DAY_S)
"""Spacings of the output times: the finest that keeps a course below MOST_TIMES is taken."""

MOST_TIMES = 3_000

MCG_PER_H = 1000.0 / 24.0
"""What 1 mg/day is an hour."""

REACHED = 0.9
"""The share of a steady level that counts as reached."""

FIRST_HORIZON_S = 30 * DAY_S
LAST_HORIZON_S = 30 * 4**3 * DAY_S
"""How far a steady infusion is followed until 90 % are reached: a month, or up to 5 years."""


@dataclass(frozen=True, slots=True)
class LastDay:
    """Means over the last 24 hours of a course, by route; exact integrals, not samples.

    Of an animal, whose blood is not read, the parts on plasma are empty.

    Attributes
    ----------
    plasma_ng_per_ml
        By route.
    metabolites_ng_per_ml
        By name of the metabolite, then by route.
    csf_mcg_per_ml, cord_mcg_per_ml
        By route, then one for each vertebral level from the head down (cord: not-a-number where
        there is none).
    """

    plasma_ng_per_ml: dict[str, float]
    metabolites_ng_per_ml: dict[str, dict[str, float]]
    csf_mcg_per_ml: dict[str, Array]
    cord_mcg_per_ml: dict[str, Array]


@dataclass(frozen=True, slots=True)
class SlowRise:
    """Hours from the start of a steady infusion at the tip to 90 % of the level it leads to.

    Blood is ``None`` where it is not read.
    """

    tip: float
    cord: float
    cord_surface: float
    cord_centre: float
    plasma: float | None


@dataclass(frozen=True, slots=True)
class PerMgPerDay:
    """Steady levels for each mg/day that leaves the tip; blood is ``None`` where it is not read."""

    plasma_ng_per_ml: float | None
    tip_csf_mcg_per_ml: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """Where one drug was in one course.

    Attributes
    ----------
    data
        Dimensions route, time (hours from the start) and level; variables ``csf``, ``cord``,
        ``cord_surface``, ``cord_centre``, ``roots``, ``ventricle``, ``cistern``, ``convexity``
        (mcg/mL), ``plasma`` and the metabolites, as ``m6g`` (ng/mL; not of an animal), each with
        unit and label; where uptake saturates also ``cord_taken_up``, mcg in the cells of each mL.
    tip_level
        Index of the level of the catheter tip; ``None`` without a pump.
    rise
        ``None`` without a pump, and where no level is steady: in a body that changes with the day,
        or where uptake saturates.
    per_mg_per_day
        ``None`` without a pump, and where uptake saturates; else of a day's mean.
    shares
        By which way a drug given at the tip leaves the CSF, as shares of the dose; empty where
        there is no tip, or where uptake saturates.
    mass_error
        The largest difference between what went in and what is there or gone, over what went in.
    samples
        What the course's samples of this drug found, the course as it is lived.
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
    samples: tuple[Sampled, ...] = ()

    @property
    def main_route(self) -> str:
        """The route that a reader asks for first: the pump, else tablets, else the doses."""
        return next(route for route in ROUTES if route in self.last_day.csf_mcg_per_ml)

    @property
    def clearance_l_per_h(self) -> float | None:
        """The clearance from plasma, L/h, that a steady blood level rests on, where it is read."""
        if not self.body.reads_blood:
            return None
        return self.body.parameters.blood.clearance_ml_per_h / 1000.0

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
    body = body_of(course, drug, pumped)
    solved: dict[str, Solution] = {}
    balances = []
    for route, intake in intakes(body, course, drug, pumped).items():
        solved[route] = intake.solved(body)
        balances.append(_mass_error(body, intake.schedule, solved[route], intake.start))
    if not solved:
        raise ValidityError(f"the course gives no {drug.name}; nothing can be followed")
    depth_cm = tip_cm(course)
    tip_level = None if course.implant is None else body.anatomy.level_index(course.implant.tip)
    # Where uptake saturates nothing is in proportion to the dose.
    steady_cm = None if isinstance(body, SaturatingBody) else depth_cm
    changing = isinstance(body, DayBody)
    return Exposure(
        drug=drug,
        body=body,
        data=_dataset(body, solved, output_times(course.length_s)),
        last_day=_last_day(body, solved, course.length_s),
        tip_level=tip_level,
        rise=None if steady_cm is None or changing else _slow_rise(body, steady_cm),
        per_mg_per_day=None if steady_cm is None else _per_mg_per_day(body, steady_cm),
        shares={} if steady_cm is None else _shares(body, steady_cm),
        mass_error=max(balances),
        samples=sampled(course, drug.id, body, solved["course"]),
    )


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
        "roots": ("nerve roots", body.root_rows()),
    }
    if isinstance(body, SaturatingBody):
        by_level["cord_taken_up"] = ("cord, taken up into its cells", body.taken_up_rows())
    single = {"plasma": ("plasma", "ng/mL", body.plasma_row())} if body.reads_blood else {}
    single |= {
        "ventricle": ("CSF in the ventricles", "mcg/mL", body.pool_row("ventricle")),
        "cistern": ("CSF in the cisterns", "mcg/mL", body.pool_row("cistern")),
        "convexity": ("CSF over the convexity", "mcg/mL", body.pool_row("convexity")),
    }
    for name in _metabolites_read(body):
        single[name] = (f"{name.upper()} in plasma", "ng/mL", body.metabolite_row(name))
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


def _metabolites_read(body: Body) -> list[str]:
    return [one.name for one in body.parameters.metabolites] if body.reads_blood else []


def _last_day(body: Body, solved: dict[str, Solution], length_s: int) -> LastDay:
    names = _metabolites_read(body)
    plasma = [body.plasma_row()] if body.reads_blood else []
    rows_of_blood = [*plasma, *(body.metabolite_row(name) for name in names)]
    blood = np.reshape(rows_of_blood, (-1, body.network.size))
    csf, cord = body.csf_rows(), body.cord_rows("mean")
    rows = np.concatenate([blood, csf, cord])
    known = ~np.isnan(rows).any(axis=1)
    window = np.array([max(0, length_s - DAY_S), length_s], dtype=np.int64)
    hours = (window[1] - window[0]) / HOUR_S
    means: dict[str, list[Array]] = {}
    for route, solution in solved.items():
        area = solution.read_integral(window, rows[known])
        mean = np.full(len(rows), np.nan)
        mean[known] = (area[1] - area[0]) / hours
        means[route] = np.split(mean, [len(blood), len(blood) + len(csf)])
    return LastDay(
        plasma_ng_per_ml={route: float(mean[0][0]) for route, mean in means.items() if plasma},
        metabolites_ng_per_ml={
            name: {route: float(mean[0][k]) for route, mean in means.items()}
            for k, name in enumerate(names, start=1)
        },
        csf_mcg_per_ml={route: mean[1] for route, mean in means.items()},
        cord_mcg_per_ml={route: mean[2] for route, mean in means.items()},
    )


def _per_mg_per_day(body: Body, tip_cm: float) -> PerMgPerDay:
    """Return where a steady infusion of 1 mg/day leads."""
    settled = body.system.steady_state(body.tip_channel(tip_cm) * MCG_PER_H)
    plasma = float(body.plasma_row() @ settled) if body.reads_blood else None
    return PerMgPerDay(plasma, float(body.cell_row(tip_cm) @ settled))


def _slow_rise(body: Body, tip_cm: float) -> SlowRise:
    """Return how a steady infusion rises; a step, solved in closed form."""
    level = int(body.canal.level[body.canal.cell_at(tip_cm)])
    settled = body.system.steady_state(body.tip_channel(tip_cm) * MCG_PER_H)
    rows = {
        "tip": body.cell_row(tip_cm),
        "cord": body.cord_rows("mean")[level],
        "cord_surface": body.cord_rows("surface")[level],
        "cord_centre": body.cord_rows("centre")[level],
    }
    if body.reads_blood:
        rows["plasma"] = body.plasma_row()
    horizon_s = FIRST_HORIZON_S
    hours = dict.fromkeys(rows, float("nan"))
    while horizon_s <= LAST_HORIZON_S and any(np.isnan(hours[name]) for name in _readable(rows)):
        step = Schedule.of(
            body.tip_channel(tip_cm)[:, None], [Rate(0, 0, horizon_s, MCG_PER_H)], end_s=horizon_s
        )
        solution = body.system.solve(step)
        for name in _readable(rows):
            hours[name] = _hours_until(
                solution, horizon_s, rows[name], REACHED * (rows[name] @ settled)
            )
        horizon_s *= 4
    return SlowRise(
        tip=hours["tip"],
        cord=hours["cord"],
        cord_surface=hours["cord_surface"],
        cord_centre=hours["cord_centre"],
        plasma=hours.get("plasma"),
    )


def _readable(rows: dict[str, Array]) -> list[str]:
    return [name for name, row in rows.items() if not np.isnan(row).any()]


def _hours_until(solution: Solution, horizon_s: int, row: Array, level: float) -> float:
    """Return when a steady rise passes a level, hours; not-a-number if it does not."""
    early, late = 0, horizon_s
    if _at(solution, row, late) < level:
        return float("nan")
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if _at(solution, row, middle) < level else (early, middle)
    return late / HOUR_S


def _at(solution: Solution, row: Array, time_s: int) -> float:
    return float(solution.read(np.array([time_s], dtype=np.int64), row[None])[0, 0])


def _shares(body: Body, tip_cm: float) -> dict[str, float]:
    tip = body.tip_channel(tip_cm)
    ways = (
        "dura and roots",
        "bulk spinal",
        "bulk cranial",
        "cranial tissue",
        "cord capillaries",
        "root capillaries",
        "brain capillaries",
    )
    if isinstance(body, DayBody):
        carried = body.carried(tip)
        rates = {way: carried[way] for way in ways}
    else:
        settled = body.system.steady_state(tip)
        rates = {way: float(body.network.routes[way] @ settled) for way in ways}
    return {way: rate for way, rate in rates.items() if rate > 0.0}
