"""What may go wrong with a pump, as hazards derived in closed form from published figures.

Calibrated on itself, so no prediction: complications of the catheter system in the first 9 months
(Follett 2000), deaths of the first year (Coffey 2009), the battery's median (Bolash 2015), motor
stall, infection, headache, granuloma, and explants in the cohort that is chosen. Bounds are taken
as if they were values, which is the cautious side: late events of the catheter and all events of
the pump (Konrad 2016), oedema. Predicted from these: the median life of all pumps of Bolash 2015,
complications in Winston 2024, surgery in SWISSIDD and Roberts 2001, granulomas of Deer 2004.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import log, sqrt
from typing import Final

import numpy as np

from thecal.errors import InputError
from thecal.outcomes import DAYS_PER_YEAR
from thecal.therapy.care.hazards import Array, Hazard
from thecal.therapy.care.record import (
    DAYS_PER_WEEK,
    Record,
    days_of,
    load_record,
    share_of,
)

_CENTRAL_95: Final = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % range."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of event of a person with a pump.

    Attributes
    ----------
    hazard
        By age since implant, or since the last operation that renews it.
    renewed_by
        The operations after which it counts anew: "pump", "catheter", "revision".
    once
        It happens at most once until it is renewed.
    sequel
        What is also noted when the event has its consequence; empty for nothing.
    sequel_share
        How often it has.
    does
        The consequence: an operation that renews, "ends" the therapy, or nothing.
    """

    name: str
    hazard: Hazard
    renewed_by: frozenset[str] = frozenset()
    once: bool = False
    sequel: str = ""
    sequel_share: float = 1.0
    does: str = ""


@dataclass(frozen=True, slots=True)
class Battery:
    """The battery's life: normal, and never longer than ``longest_days``."""

    mean_days: float
    sd_days: float
    longest_days: float


@dataclass(frozen=True, slots=True)
class Granuloma:
    """How the rate of granuloma goes by dose and by its yearly rise, relative to a cohort's.

    A straight line in each. The slope of a share ``p`` on a measure whose correlation with the
    event is ``r`` is ``r * sqrt((1 - p) / p)`` of ``p`` for each standard deviation. The two are
    taken as independent, since how they go together was not published.
    """

    dose_mean: float
    dose_sd: float
    dose_slope: float
    rise_mean: float
    rise_sd: float
    rise_slope: float
    least: float

    def relative(self, dose_mg: Array | None, rise_percent: Array | None) -> Array:
        """Return the rate, times that of the cohort; what is not given counts as its mean.

        Parameters
        ----------
        dose_mg
            Intrathecal morphine, mg/day.
        rise_percent
            How much of itself the dose rises by in a year, %.
        """
        relative = np.ones(1)
        if dose_mg is not None:
            relative = relative + self.dose_slope * (dose_mg - self.dose_mean) / self.dose_sd
        if rise_percent is not None:
            relative = relative + self.rise_slope * (rise_percent - self.rise_mean) / self.rise_sd
        return np.maximum(relative, self.least)


@dataclass(frozen=True, slots=True)
class Risks:
    """All that may happen to a person with a pump.

    Attributes
    ----------
    causes
        The kinds of event but death.
    stall_off_label
        The rate of motor stall, times that with drugs on the label, if they are not.
    early_death
        Deaths above the background, from the implant on.
    background_death
        Deaths of people with non-cancer pain from any cause; the rate of months 2 to 12, held.
    refill_days
        The usual interval, for which the rate of refill errors holds.
    """

    causes: tuple[Cause, ...]
    battery: Battery
    granuloma: Granuloma
    stall_off_label: float
    early_death: Hazard
    background_death: Hazard
    refill_days: float


BATTERY: Final = "battery"
"""The cause whose day is drawn with each pump, not from a hazard."""

ALL_OPERATIONS: Final = frozenset({"pump", "catheter", "revision"})
PUNCTURES: Final = frozenset({"catheter"})
"""The operations that open the dura again."""

EVENTS: Final = (
    "procedure",
    "revision",
    "infection",
    "headache",
    "csf_leak",
    "catheter",
    "catheter_revision",
    "pump",
    "stall",
    BATTERY,
    "replacement",
    "granuloma",
    "granuloma_revision",
    "oedema",
    "refill_error",
    "explant",
    "death",
)
"""All names of events."""

COHORT: Final = "WINK1996"


@cache
def load_risks(explants: str = COHORT) -> Risks:
    """Return the risks, derived from the record.

    Parameters
    ----------
    explants
        The study that gives the rate of explants; those on record differ threefold.

    Raises
    ------
    InputError
        If that study gives none.
    """
    return risks_of(load_record(), explants)


def risks_of(record: Record, explants: str) -> Risks:
    """Return the risks, derived from a record that may differ from the one in the library.

    Raises
    ------
    InputError
        If the study named gives no rate of explants, or the figures contradict each other.
    """
    if explants not in record.explants:
        raise InputError(
            f'explants: "{explants}" gives no rate; allowed are {", ".join(record.explants)}'
        )
    stall = _rate(record.share("stall_free_on_label"), record.at_days("stall_free_on_label"))
    off_label = _rate(record.share("stall_free_off_label"), record.at_days("stall_free_off_label"))
    # Stalls are among the pump's events of the registry, and counted once.
    pump = _rate(record.share("pump_free"), record.days("pump_follow_up")) - stall
    explant = _explant_rate(record, explants)
    infection_end = record.days("infection_window")
    causes = (
        _procedure(record),
        Cause(
            "infection",
            Hazard.through([(infection_end, 1.0 - record.share("infection"))]),
            ALL_OPERATIONS,
            once=True,
            sequel="explant",
            sequel_share=_deep_share(record),
            does="ends",
        ),
        Cause(
            "headache",
            Hazard.through(
                [(record.figures["headache_window"].number("day"), 1.0 - record.share("headache"))]
            ),
            PUNCTURES,
            once=True,
            sequel="csf_leak",
            sequel_share=record.share("headache_patched"),
        ),
        Cause(
            "catheter",
            Hazard.through(
                [
                    (
                        record.at_days("free_of_catheter_complication"),
                        record.share("free_of_catheter_complication"),
                    )
                ],
                _rate(record.share("late_catheter_free"), record.at_days("late_catheter_free")),
            ),
            PUNCTURES,
            sequel="catheter_revision",
            does="catheter",
        ),
        Cause("pump", _constant(pump), sequel="replacement", does="pump"),
        Cause("stall", _constant(stall), sequel="replacement", does="pump"),
        _granuloma_cause(record),
        Cause("oedema", _constant(_oedema_rate(record)), once=True),
        Cause("refill_error", _constant(_refill_rate(record))),
        Cause("explant", _constant(explant), once=True, does="ends"),
        Cause(BATTERY, _constant(0.0), sequel="replacement", does="pump"),
    )
    background, early = _deaths(record)
    return Risks(
        causes=causes,
        battery=_battery(record, explant + pump + stall),
        granuloma=_granuloma(record),
        stall_off_label=off_label / stall,
        early_death=early,
        background_death=background,
        refill_days=_refill_days(record),
    )


def _rate(free: float, days: float) -> float:
    return -log(free) / days


def _constant(per_day: float) -> Hazard:
    return Hazard((0.0,), (per_day,))


def _procedure(record: Record) -> Cause:
    # All causes are the catheter itself and the procedure, taken as independent.
    free = record.share("free_of_complication") / record.share("free_of_catheter_complication")
    return Cause(
        "procedure",
        Hazard.through([(record.at_days("free_of_complication"), free)]),
        ALL_OPERATIONS,
        sequel="revision",
        sequel_share=record.share("reoperation") / record.share("any_complication"),
        does="revision",
    )


def _deep_share(record: Record) -> float:
    deep = record.share("deep_infection")
    return deep / (deep + record.share("superficial_infection"))


def _explant_rate(record: Record, cohort: str) -> float:
    share, follow_up = record.explants[cohort]
    # Deep infections are among the explants of the cohort, and come early.
    kept = 1.0 - record.share("infection") * _deep_share(record)
    return log(kept / (1.0 - share_of(share))) / days_of(follow_up)


def _battery(record: Record, removal_per_day: float) -> Battery:
    low, high = record.published["battery_range"].low, record.published["battery_range"].high
    assert low is not None
    assert high is not None
    sd = float(high - low) * DAYS_PER_YEAR / (2.0 * _CENTRAL_95)
    # Pumps seen to reach the end of their battery are those not removed before. Weighted by
    # exp(-rate t) a normal life stays normal, its mean lowered by rate * sd^2.
    mean = record.days("battery_life") + removal_per_day * sd**2
    return Battery(mean, sd, record.days("battery_longest"))


def _granuloma_cause(record: Record) -> Cause:
    seen, silent = record.published["granulomas_seen"], record.published["granulomas_silent"]
    assert seen.events is not None
    rate = record.published["granuloma_rate"].number() / DAYS_PER_YEAR
    return Cause(
        "granuloma",
        _constant(rate),
        PUNCTURES,
        once=True,
        sequel="granuloma_revision",
        sequel_share=1.0 - silent.number() / seen.events,
        does="catheter",
    )


def _granuloma(record: Record) -> Granuloma:
    published = record.published
    share = record.share("granuloma_share")
    slope = sqrt((1.0 - share) / share)
    escalators = record.share("escalators")
    rise = published["rise_mean"].number()
    return Granuloma(
        dose_mean=published["dose_mean"].number(),
        dose_sd=published["dose_sd"].number(),
        dose_slope=slope * published["granuloma_with_dose"].number(),
        rise_mean=rise,
        # Two classes of people: all of the rise is the escalators'.
        rise_sd=rise * sqrt((1.0 - escalators) / escalators),
        rise_slope=slope * published["granuloma_with_rise"].number(),
        least=record.figures["granuloma_least"].number("1"),
    )


def _oedema_rate(record: Record) -> float:
    days = record.figures["oedema_follow_up"].number("day")
    return _rate(1.0 - record.share("oedema"), days)


def _refill_days(record: Record) -> float:
    return record.published["refill_interval"].number() * DAYS_PER_WEEK


def _refill_rate(record: Record) -> float:
    return record.figures["refill_error_share"].number("1") / _refill_days(record)


def _deaths(record: Record) -> tuple[Hazard, Hazard]:
    first = record.figures["early_death_days"].number("day")
    month, year = record.at_days("death_in_a_month"), record.at_days("death_in_a_year")
    shares = [record.share(f"death_in_{name}") for name in ("days", "a_month", "a_year")]
    total = Hazard.through(
        [(day, 1.0 - dead) for day, dead in zip((first, month, year), shares, strict=True)]
    )
    background = total.per_day[2]
    excess = tuple(max(0.0, rate - background) for rate in total.per_day[:2])
    return _constant(background), Hazard(total.from_days[:3], (*excess, 0.0))
