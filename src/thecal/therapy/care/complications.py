"""What happens to people with a pump over the years: competing events, drawn one after another.

Each person's next event is the earliest of all that may come; what it leads to (a new pump, a new
catheter, the end of the therapy) changes what may come after it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError
from thecal.therapy.care.hazards import Array
from thecal.therapy.care.risks import BATTERY, EVENTS, Risks, load_risks

SURGERY: Final = (
    "revision",
    "catheter_revision",
    "granuloma_revision",
    "replacement",
    "explant",
)
"""The events that are a further operation."""

CATHETER_SYSTEM: Final = ("procedure", "catheter")
"""The events that a paper on catheters counts together."""

PUMP_END: Final = (BATTERY, "pump", "stall", "explant")
"""The events that end the life of a pump; of somebody's first, the earliest does."""

_Log = list[tuple[NDArray[np.int64], NDArray[np.int64], Array]]
"""Whose event, which (its place in `EVENTS`), and on what day."""


@dataclass(frozen=True, slots=True)
class Complications:
    """All events of some people, in the order in which they were drawn; of one person by time.

    Attributes
    ----------
    people, days
        How many people, followed for how long.
    person, day
        Whose event it was and when, in days from the implant; shape (k,).
    event
        Its place in `EVENTS`, shape (k,).
    end_day
        When the pump was taken out for good, shape (people,); inf where it was not.
    death_day
        Shape (people,); inf where it lies beyond ``days``.
    """

    people: int
    days: int
    person: NDArray[np.int64]
    event: NDArray[np.int64]
    day: Array
    end_day: Array
    death_day: Array

    def first(self, *names: str) -> Array:
        """Return the day of each one's first event of these names, shape (people,); inf if none.

        Raises
        ------
        InputError
            If there is no event of a name.
        """
        days = np.full(self.people, inf)
        chosen = np.isin(self.event, _places(names))
        np.minimum.at(days, self.person[chosen], self.day[chosen])
        return days

    def count(self, *names: str) -> NDArray[np.int64]:
        """Return how many events of these names each one had, shape (people,)."""
        chosen = np.isin(self.event, _places(names))
        return np.bincount(self.person[chosen], minlength=self.people).astype(np.int64)

    def first_days(self) -> dict[str, Array]:
        """Return the first days of every event by name, and of those that are counted together.

        These are "surgery", any later operation, "catheter_system" and "pump_end".
        """
        found = {name: self.first(name) for name in EVENTS}
        together = {"surgery": SURGERY, "catheter_system": CATHETER_SYSTEM, "pump_end": PUMP_END}
        return found | {name: self.first(*names) for name, names in together.items()}


def _places(names: tuple[str, ...]) -> list[int]:
    for name in names:
        if name not in EVENTS:
            raise InputError(f'there is no event "{name}"; there are {", ".join(EVENTS)}')
    return [EVENTS.index(name) for name in names]


@dataclass(frozen=True, slots=True)
class Exposure:
    """What changes the risks of a person; a number for all, or one for each.

    Attributes
    ----------
    daily_dose_mg
        Intrathecal morphine, mg/day, the mean over the days ahead; ``None``: as the cohorts.
    yearly_rise_percent
        How much of itself the dose rises by in a year, %; ``None``: as the cohorts.
    off_label
        Whether the drug is not on the label of the pump.
    refill_every_days
        ``None``: the middle of the usual range.
    """

    daily_dose_mg: Array | float | None = None
    yearly_rise_percent: Array | float | None = None
    off_label: NDArray[np.bool_] | bool = False
    refill_every_days: Array | float | None = None


def draw_complications(
    rng: np.random.Generator,
    people: int,
    days: int,
    *,
    figures: Risks | None = None,
    daily_dose_mg: Array | float | None = None,
    deaths_day: Array | None = None,
) -> dict[str, Array]:
    """Return the first day of each kind of event, as `follow` draws them.

    Examples
    --------
    >>> days = draw_complications(np.random.default_rng(1), 1000, 270)
    >>> bool((days["procedure"] < 270).mean() < 0.25)
    True
    """
    exposure = Exposure(daily_dose_mg=daily_dose_mg)
    followed = follow(
        rng, people, days, risks=figures, exposure=exposure, other_deaths_day=deaths_day
    )
    return followed.first_days()


def follow(
    rng: np.random.Generator,
    people: int,
    days: int,
    *,
    risks: Risks | None = None,
    exposure: Exposure | None = None,
    other_deaths_day: Array | None = None,
) -> Complications:
    """Follow people from the implant on.

    Parameters
    ----------
    days
        How long, from the implant.
    risks
        ``None`` for those of `load_risks`.
    other_deaths_day
        When each dies of the disease or else, shape (people,), inf for later; ``None`` takes the
        background of non-cancer pain. Deaths of the first month that exceed it are added.

    Raises
    ------
    InputError
        If there are no people or days, or a number of the exposure or of the deaths is not one for
        each person, negative or not finite.
    """
    for name, number in (("people", people), ("days", days)):
        if number < 1:
            raise InputError(f"{name}: {number}, but at least 1 is needed to follow anybody")
    risks = risks or load_risks()
    relative = _relative(risks, exposure or Exposure(), people)
    death_day = _death_days(rng, risks, people, other_deaths_day)
    end_day = np.full(people, inf)
    drawing = _Drawing(rng, risks, relative, people)
    log: _Log = []
    last = np.minimum(death_day, float(days))
    active = np.arange(people)
    while len(active):
        cause, day = drawing.next_of(active)
        happens = day <= last[active]
        active, cause, day = active[happens], cause[happens], day[happens]
        ended = drawing.take(active, cause, day, log)
        end_day[active[ended]] = day[ended]
        active = active[~ended]
    died = np.flatnonzero(death_day <= days)
    log.append((died, np.full(len(died), EVENTS.index("death")), death_day[died]))
    return Complications(
        people=people,
        days=days,
        person=np.concatenate([one for one, _, _ in log]),
        event=np.concatenate([one for _, one, _ in log]),
        day=np.concatenate([one for _, _, one in log]),
        end_day=end_day,
        death_day=np.where(death_day <= days, death_day, inf),
    )


class _Drawing:
    """The clocks of some people: how old pump, catheter and wounds are, and what may come."""

    def __init__(
        self, rng: np.random.Generator, risks: Risks, relative: dict[str, Array], people: int
    ) -> None:
        self._rng = rng
        self._risks = risks
        self._relative = relative
        causes = len(risks.causes)
        self._now = np.zeros(people)
        self._since = np.zeros((causes, people))
        self._armed = np.ones((causes, people), dtype=np.bool_)
        self._battery_day = self._batteries(people)

    def next_of(self, active: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array]:
        """Return the place of each one's next cause, and its day."""
        causes = self._risks.causes
        waits = np.empty((len(causes), len(active)))
        for place, cause in enumerate(causes):
            if cause.name == BATTERY:
                waits[place] = self._battery_day[active] - self._now[active]
                continue
            drawn = self._rng.exponential(size=len(active))
            if cause.name in self._relative:
                drawn /= self._relative[cause.name][active]
            age = self._now[active] - self._since[place, active]
            wait = cause.hazard.further_days(age, drawn)
            waits[place] = np.where(self._armed[place, active], wait, inf)
        first = waits.argmin(axis=0)
        return first, self._now[active] + waits[first, np.arange(len(active))]

    def take(
        self,
        active: NDArray[np.int64],
        places: NDArray[np.int64],
        day: Array,
        log: _Log,
    ) -> NDArray[np.bool_]:
        """Note the events and what they lead to; return whose therapy ended."""
        self._now[active] = day
        ended = np.zeros(len(active), dtype=np.bool_)
        chance = self._rng.random(len(active))
        for place, cause in enumerate(self._risks.causes):
            mine = places == place
            if not mine.any():
                continue
            _note(log, cause.name, active[mine], day[mine])
            if cause.once:
                self._armed[place, active[mine]] = False
            follows = mine & (chance < cause.sequel_share)
            if cause.sequel:
                _note(log, cause.sequel, active[follows], day[follows])
            if cause.does == "ends":
                ended |= follows
            elif cause.does:
                self._operate(cause.does, active[follows], day[follows])
        return ended

    def _operate(self, operation: str, people: NDArray[np.int64], day: Array) -> None:
        for place, cause in enumerate(self._risks.causes):
            if operation in cause.renewed_by:
                self._since[place, people] = day
                self._armed[place, people] = True
        if operation == "pump":
            self._battery_day[people] = day + self._batteries(len(people))

    def _batteries(self, count: int) -> Array:
        battery = self._risks.battery
        lives = self._rng.normal(battery.mean_days, battery.sd_days, count)
        return np.clip(lives, 0.0, battery.longest_days)


def _note(log: _Log, name: str, people: NDArray[np.int64], day: Array) -> None:
    log.append((people, np.full(len(people), EVENTS.index(name)), day))


def _death_days(
    rng: np.random.Generator, risks: Risks, people: int, other_deaths_day: Array | None
) -> Array:
    newborn = np.zeros(people)
    early = risks.early_death.further_days(newborn, rng.exponential(size=people))
    if other_deaths_day is None:
        others = risks.background_death.further_days(newborn, rng.exponential(size=people))
        return np.minimum(early, others)
    if other_deaths_day.shape != (people,) or not (other_deaths_day >= 0).all():
        raise InputError(
            f"other_deaths_day: needs one day of 0 or later, or inf, for each of {people} people"
        )
    return np.minimum(early, other_deaths_day)


def _relative(risks: Risks, exposure: Exposure, people: int) -> dict[str, Array]:
    dose = _each("daily_dose_mg", exposure.daily_dose_mg, people)
    rise = _each("yearly_rise_percent", exposure.yearly_rise_percent, people, least=-100.0)
    interval = _each("refill_every_days", exposure.refill_every_days, people)
    off_label = np.asarray(exposure.off_label)
    if off_label.shape not in {(), (people,)}:
        raise InputError(f"off_label: {off_label.size} answers, but one for all or {people} fit")
    relative = {
        "granuloma": np.broadcast_to(risks.granuloma.relative(dose, rise), people),
        "stall": np.broadcast_to(np.where(off_label, risks.stall_off_label, 1.0), people),
    }
    if interval is not None:
        if not (interval > 0).all():
            raise InputError("refill_every_days: must be above 0 day for everybody")
        relative["refill_error"] = risks.refill_days / interval
    return relative


def _each(
    name: str, given: Array | float | None, people: int, *, least: float = 0.0
) -> Array | None:
    if given is None:
        return None
    found = np.asarray(given, dtype=np.float64)
    if found.shape not in {(), (people,)}:
        raise InputError(f"{name}: {found.size} numbers, but one for all or {people} are needed")
    if not np.isfinite(found).all() or (found < least).any():
        raise InputError(f"{name}: must be {least:g} or more, and finite, for everybody")
    return np.broadcast_to(found, people)
