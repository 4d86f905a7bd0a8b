"""The result of a course as one plain object, for ``--json`` and for other programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from math import isnan
from typing import Any

from thecal import NOTICE, __version__
from thecal.pump import NL_PER_ML
from thecal.quantity import Quantity
from thecal.therapy.exposing import Exposure
from thecal.therapy.programming import DAY_S
from thecal.therapy.simulating import CourseResult

_HOUR_S = 3_600


def summary(result: CourseResult) -> dict[str, Any]:
    """Return the figures of a course as numbers and texts that JSON can hold.

    The names carry the units; where a figure does not apply it is ``None``. Exposure is that of
    the primary drug.
    """
    return {
        "notice": NOTICE,
        "thecal": __version__,
        "course": {
            "title": result.course.title,
            "start": result.course.start.isoformat(),
            "end": result.end.isoformat(),
            "days": result.course.length_s / DAY_S,
        },
        "delivery": _delivery(result),
        "exposure": {
            **_exposure(result.primary),
            "near_tip_limit_mcg_per_ml": result.near_tip_limit_mcg_per_ml,
        },
        "conversion": [
            {
                "role": one.role,
                "oral_to_intrathecal_ratio": float(one.figure.exact().magnitude),
                "pump_dose": one.pump_dose.show("mg/day"),
                "confidence": one.figure.confidence,
                "source": one.figure.source,
            }
            for one in result.conversions
        ],
        **_faults(result),
        "mass_balance": {"relative_error": result.mass_error},
        "warnings": [
            {"field": one.field, "sentence": one.sentence, "source": one.source}
            for one in result.course.warnings
        ],
    }


def _delivery(result: CourseResult) -> dict[str, Any]:
    if result.pumped is None or result.refill is None:
        return {
            "daily_dose": {},
            "reservoir_ml": None,
            "low_reservoir_at": None,
            "refill_by": None,
        }
    dates = result.refill
    doses = {}
    for drug in result.pumped.drugs:
        mcg = result.last_day_mcg(drug)
        shown = Quantity.of(mcg, "mcg/day").show()
        doses[drug] = {"mcg_per_day": float(mcg), "text": shown}
    log = result.pumped.delivery.log
    return {
        "daily_dose": doses,
        "reservoir_ml": dates.reservoir_nl / NL_PER_ML,
        "low_reservoir_at": _date(dates.low_reservoir_at),
        "low_reservoir_at_typical": _date(dates.low_reservoir_at_typical),
        "refill_by": _date(dates.refill_by),
        "refill_by_typical": _date(dates.refill_by_typical),
        "refill_bound_by": dates.bound,
        "patient_boluses": {
            "granted": sum(entry.kind == "patient bolus granted" for entry in log),
            "refused": sum(entry.kind == "patient bolus refused" for entry in log),
        },
    }


def _faults(result: CourseResult) -> dict[str, Any]:
    if result.pumped is None or result.pumped.broken is None:
        return {}
    pumped, found = result.pumped, result.pumped.broken
    residual_nl = pumped.plan.hardware.residual_nl
    return {
        "faults": {
            "struck": [
                {
                    "name": one.name,
                    "words": one.words,
                    "size": one.size or None,
                    "at_h": one.at_s / _HOUR_S,
                    "until_h": None if one.until_s is None else one.until_s / _HOUR_S,
                    "has_struck": one.has_struck,
                }
                for one in found.faults
            ],
            "alarms": [
                {
                    "name": one.name,
                    "words": one.words,
                    "critical": one.critical,
                    "first_h": one.first_s / _HOUR_S,
                    "last_h": one.last_s / _HOUR_S,
                    "times": one.times,
                }
                for one in found.alarms
            ],
            "ordered_mcg": {drug: float(found.ordered_mcg(drug)) for drug in pumped.drugs},
            "given_mcg": {
                drug: float(pumped.at_tip_mcg(drug, 0, result.course.length_s))
                for drug in pumped.drugs
            },
            "astray_mcg": {
                place: {drug: float(mcg) for drug, mcg in masses.items()}
                for place, masses in found.astray_mcg.items()
            },
            "reservoir_computed_ml": (found.computed_nl - residual_nl) / NL_PER_ML,
            "reservoir_true_ml": (found.true_nl - residual_nl) / NL_PER_ML,
            "cannot_notice": list(found.cannot),
        }
    }


def _exposure(exposure: Exposure) -> dict[str, Any]:
    last = exposure.last_day
    levels = exposure.body.anatomy.level_names
    main = exposure.main_route
    rise = exposure.rise
    routes = ["pump", "oral", *(["doses"] if "doses" in last.csf_mcg_per_ml else [])]
    return {
        "drug": exposure.drug.id,
        "plasma_mean_ng_per_ml": {route: last.plasma_ng_per_ml.get(route) for route in routes},
        "metabolites_plasma_mean_ng_per_ml": {
            name: {route: means.get(route) for route in routes}
            for name, means in last.metabolites_ng_per_ml.items()
        },
        "oral_to_pump_plasma_ratio": exposure.oral_to_pump_plasma_ratio,
        "clearance_l_per_h": exposure.clearance_l_per_h,
        "csf_mcg_per_ml": _by_level(levels, last.csf_mcg_per_ml[main]),
        "cord_mcg_per_ml": _by_level(levels, last.cord_mcg_per_ml[main]),
        "route_of_levels": main,
        "tip_level": None if exposure.tip_level is None else levels[exposure.tip_level],
        "time_to_90_percent_h": None
        if rise is None
        else {
            "tip": rise.tip,
            "cord": _number(rise.cord),
            "cord_surface": _number(rise.cord_surface),
            "cord_centre": _number(rise.cord_centre),
            "plasma": rise.plasma,
        },
        "way_out_of_csf": exposure.shares,
    }


def _by_level(levels: tuple[str, ...], values: Iterable[float]) -> dict[str, float | None]:
    return {level: _number(float(v)) for level, v in zip(levels, values, strict=True)}


def _number(value: float) -> float | None:
    return None if isnan(value) else value


def _date(moment: datetime | None) -> str | None:
    return None if moment is None else moment.date().isoformat()
