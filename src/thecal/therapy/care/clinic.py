"""The clinic at work: a policy's rules applied to what is observed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from thecal.knowledge import Settled
from thecal.patients import share
from thecal.therapy.care.complications import follow
from thecal.therapy.care.episode import Action, Episode, Observation
from thecal.therapy.care.policy import Given, Policy
from thecal.therapy.care.risks import load_risks

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_PERCENT: Final = 100.0


class Clinic:
    """One clinic with a policy, for the people of one episode.

    Parameters
    ----------
    settled
        The policy's figures with a number for each.
    rotation_gain
        Share of the tolerance that is lost when the opioid is changed.
    generator
        For what the policy leaves to chance: waiting times, who is never implanted, what other
        treatment does for each.

    Attributes
    ----------
    implant_day
        Day on which the pump starts, infinite if never; shape (n,).
    trial_relief
        Share of the pain that was relieved in the screening trial, as told; NaN where none was.
    """

    def __init__(
        self,
        policy: Policy,
        settled: Settled,
        episode: Episode,
        generator: np.random.Generator,
        *,
        rotation_gain: float = 0.0,
    ) -> None:
        self._policy = policy
        self._settled = settled
        self._episode = episode
        self._generator = generator
        self._rotation_gain = rotation_gain
        n = episode.people.count
        self._every = round(self._number("clinic", "every", "day"))
        self._every_on_pump = round(
            self._number("clinic", "every_on_pump", "day", float(self._every))
        )
        self._number_of_people = n
        self._treat = np.zeros((n, len(episode.people.items)), dtype=np.bool_)
        self._rotated = np.zeros(n, dtype=np.bool_)
        self._adjuvant = self._draw_adjuvant()
        self._first: dict[Given, Array] = {"oral": np.full(n, np.nan), "pump": np.full(n, np.nan)}
        self._started = np.zeros(n, dtype=np.bool_)
        self.trial_relief = np.full(n, np.nan)
        self.implant_day = self._draw_implants()

    @property
    def every(self) -> int:
        """Days between two decisions, before and without the pump or on it, the shorter."""
        return min(self._every, self._every_on_pump)

    def try_pump(self, baseline: Array) -> None:
        """Hold the screening trial, and keep the pump from those in whom it fails.

        Parameters
        ----------
        baseline
            Pain told before it, shape (n,).
        """
        if not self._policy.has("trial"):
            return
        dose = self._number("trial", "trial_dose", "mg/day")
        days = round(self._number("trial", "trial_days", "day"))
        told = self._episode.trial_pain(dose, days)
        relief = 1.0 - told / np.maximum(baseline, np.finfo(float).tiny)
        self.trial_relief = np.asarray(relief)
        success = relief >= self._number("trial", "trial_relief")
        implanted = self._number("trial", "implanted_after_success", default=1.0)
        willing = self._generator.random(self._number_of_people) < implanted
        self.implant_day = np.where(success & willing, self.implant_day, np.inf)

    def implant(self, days: int) -> dict[str, Array]:
        """Draw what goes wrong with the pumps, and end the therapy of those who lose theirs.

        Parameters
        ----------
        days
            How long people are followed from entry.

        Returns
        -------
        dict
            By the name of the event the day of each person's first, infinite if none by then,
            shape (n,); ``implanted`` and, after a trial, ``trial_success`` among them.
        """
        if not self._policy.has("pump"):
            return {}
        episode = self._episode
        dead = episode.death_day if np.isfinite(episode.death_day).any() else None
        who = np.flatnonzero(self.implant_day <= np.minimum(episode.death_day, days))
        implanted = np.full(self._number_of_people, np.inf)
        implanted[who] = self.implant_day[who]
        events = {"implanted": implanted}
        if self._policy.has("trial"):
            passed = self.trial_relief >= self._number("trial", "trial_relief")
            events["trial_success"] = np.where(passed, 0.0, np.inf)
        if not len(who):
            return events
        later = follow(
            self._generator,
            len(who),
            days,
            risks=load_risks(self._policy.explants),
            other_deaths_day=None if dead is None else dead[who] - implanted[who],
        )
        for name, first in later.first_days().items():
            if name == "death":
                continue
            day = np.full(self._number_of_people, np.inf)
            day[who] = implanted[who] + first
            events[name] = np.where(day <= days, day, np.inf)
        episode.lose(who, implanted[who] + later.end_day, implanted[who] + later.death_day)
        return events

    def decide(self, seen: Observation) -> Action:
        """Return what the policy orders on what is seen."""
        start = (self.implant_day <= seen.day) & ~self._started
        oral, pump = self._start(seen, start)
        held = start | ~(self._started | self._visits_today(seen.day))
        oral = self._changed("oral", oral, seen, held)
        pump = self._changed("pump", pump, seen, held)
        self._started |= start
        rotate = self._rotations(seen.day, np.nan_to_num(seen.pain))
        # The new opioid is begun at less, since people are less used to it.
        oral = oral * (1.0 - rotate)
        return Action(
            oral=np.minimum(oral, self._number("care", "oral_ceiling", "mg/day", np.inf)),
            pump=np.minimum(pump, self._number("pump", "pump_ceiling", "mg/day", np.inf)),
            treat=self._treatments(seen.grades),
            adjuvant=self._adjuvant,
            rotate=rotate,
            expects=np.ones(self._number_of_people, dtype=np.bool_),
        )

    def _start(self, seen: Observation, start: Mask) -> tuple[Array, Array]:
        if not self._policy.has("pump"):
            return seen.oral.copy(), seen.pump.copy()
        kept = self._number("pump", "oral_kept", default=1.0)
        ratio = self._number("pump", "start_ratio", default=np.inf)
        converted = seen.oral * (1.0 - kept) / ratio
        first = np.maximum(converted, self._number("pump", "start_dose", "mg/day", 0.0))
        oral = np.where(start, seen.oral * kept, seen.oral)
        return np.asarray(oral), np.where(start, first, seen.pump)

    def _changed(self, route: Given, dose: Array, seen: Observation, held: Mask) -> Array:
        pain = np.nan_to_num(seen.pain)
        limiting = [item in self._policy.limiting[route] for item in seen.items]
        worst = np.nan_to_num(seen.grades[:, limiting]).max(axis=1, initial=0.0)
        first = self._first[route]
        first[:] = np.where(np.isnan(first) & (dose > 0.0), dose, first)
        left = ~held
        changed = dose.copy()
        for rule in self._policy.rules:
            if rule.route != route:
                continue
            holds = (pain >= rule.pain_from) & (pain < rule.pain_below)
            holds &= (worst >= rule.grade_from) & (worst < rule.grade_below)
            if rule.once_on_pump:
                holds &= self._started
            holds &= left
            by = self._settled.number(rule.change, "percent") / _PERCENT
            step = np.nan_to_num(first) * by if rule.of_first else dose * by
            changed = np.where(holds, np.maximum(0.0, dose + step), changed)
            left &= ~holds
        return changed

    def _treatments(self, grades: Array) -> Mask:
        least = self._number("care", "treat_from_grade", default=np.inf)
        self._treat = self._treat | (np.nan_to_num(grades) >= least)
        return self._treat

    def _visits_today(self, day: int) -> bool:
        # The first decision day on which so many days have passed.
        return day % self._every < self.every

    def _rotations(self, day: int, pain: Array) -> Array:
        due = self._number("care", "rotate_from_day", "day", np.inf) <= day
        bad = pain >= self._number("care", "rotate_from_pain", default=np.inf)
        now = np.asarray(due & bad & ~self._rotated & ~self._started)
        self._rotated |= now
        return np.where(now, self._rotation_gain, 0.0)

    def _draw_adjuvant(self) -> Array:
        mean = self._number("care", "adjuvant", default=0.0)
        spread = self._number("care", "adjuvant_spread", default=0.0)
        return share(self._generator.random(self._number_of_people), mean, spread)

    def _draw_implants(self) -> Array:
        never, waits = self._generator.random((2, self._number_of_people))
        if not self._policy.has("pump"):
            return np.full(self._number_of_people, np.inf)
        middle = self._number("pump", "wait", "day", 0.0)
        spread = self._number("pump", "wait_spread", default=0.0)
        day = middle * np.exp(spread * ndtri(waits))
        return np.where(never < self._number("pump", "never_implanted", default=0.0), np.inf, day)

    def _number(
        self, table: str, part: str, unit: str = "1", default: float | None = None
    ) -> float:
        name = self._policy.roles[table].get(part)
        if name is None:
            if default is None:
                raise AssertionError(f"{self._policy.id} has no {part}")
            return default
        return self._settled.number(name, unit)
