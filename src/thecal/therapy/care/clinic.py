"""The clinic at work: a policy's rules applied to what is observed."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from thecal.knowledge import Settled
from thecal.patients import share
from thecal.therapy.care.acting import Action, Observation
from thecal.therapy.care.complications import follow
from thecal.therapy.care.episode import Episode
from thecal.therapy.care.failing import failures_of
from thecal.therapy.care.policy import PERCENT, Given, Policy, Rule
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
        Share of the pain that was relieved in the screening trial, as told: at the first dose that
        was enough, else at the best; NaN where none was held.
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
        self._later_from = self._number("clinic", "later_from", "day", np.inf)
        self._number_of_people = n
        self._treat = np.zeros((n, len(episode.people.items)), dtype=np.bool_)
        self._rotated = np.zeros(n, dtype=np.bool_)
        self._adjuvant = self._draw_adjuvant()
        self._first: dict[Given, Array] = {"oral": np.full(n, np.nan), "pump": np.full(n, np.nan)}
        self._limiting = {
            route: np.flatnonzero([item in limits for item in episode.people.items])
            for route, limits in policy.limiting.items()
        }
        self._started = np.zeros(n, dtype=np.bool_)
        self._trial_dose = np.zeros(n)
        self._told_at_entry = np.full(n, np.nan)
        self._visits_risen = np.zeros(n, dtype=np.int64)
        self._withdrew_day = np.full(n, np.inf)
        self.trial_relief = np.full(n, np.nan)
        self.implant_day = self._draw_implants()

    @property
    def every(self) -> int:
        """Days between two decisions, before and without the pump or on it, the shorter."""
        return min(self._every, self._every_on_pump)

    def decision_days(self, last: int) -> list[int]:
        """Return the days of decisions from entry to a last day: close at first, then rarer.

        Examples
        --------
        Every 30 days for half a year and every 90 days from then on are 0, 30, ... 150, 180, 270.
        """
        if not np.isfinite(self._later_from):
            return list(range(0, last + 1, self.every))
        turn = round(self._later_from)
        later = round(self._number("clinic", "every_later", "day"))
        return [*range(0, min(turn, last + 1), self.every), *range(turn, last + 1, later)]

    def try_pump(self, baseline: Array) -> None:
        """Hold the screening trial, and keep the pump from those in whom it fails.

        The dose of the trial is doubled as often as the policy says, until the relief is enough.

        Parameters
        ----------
        baseline
            Pain told before it, shape (n,).
        """
        if not self._policy.has("trial"):
            return
        dose = self._number("trial", "trial_dose", "mg/day")
        days = round(self._number("trial", "trial_days", "day"))
        doublings = round(self._number("trial", "trial_doublings", default=0.0))
        enough = self._number("trial", "trial_relief")
        relief = np.full(self._number_of_people, -np.inf)
        for tried in dose * 2.0 ** np.arange(doublings + 1):
            told = self._episode.trial_pain(float(tried), days)
            now = 1.0 - told / np.maximum(baseline, np.finfo(float).tiny)
            better = (relief < enough) & (now > relief)
            relief = np.where(better, now, relief)
            self._trial_dose = np.where(better, tried, self._trial_dose)
        self.trial_relief = relief
        success = relief >= enough
        implanted = self._number("trial", "implanted_after_success", default=1.0)
        willing = self._generator.random(self._number_of_people) < implanted
        self.implant_day = np.where(success & willing, self.implant_day, np.inf)
        if self._policy.follows == "implanted":
            left = np.flatnonzero(np.isinf(self.implant_day))
            self._episode.lose(left, np.zeros(len(left)), np.full(len(left), np.inf))

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
        if not self._policy.explants:
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
        pumps = episode.pumps
        pumps.suffer(
            failures_of(later, who, implanted[who], self._number_of_people, pumps.generator)
        )
        return events

    def withdrawals(self) -> dict[str, Array]:
        """Return when people withdrew for pain, by the event's name; none without such a rule."""
        return {"withdrew": self._withdrew_day.copy()} if self._policy.has("withdrawal") else {}

    def decide(self, seen: Observation) -> Action:
        """Return what the policy orders on what is seen, and let those go who withdraw."""
        self._withdraw(seen)
        start = (self.implant_day <= seen.day) & ~self._started
        oral, pump = self._start(seen, start)
        held = start | ~(self._started | self._visits_today(seen.day))
        oral = self._changed("oral", oral, seen, held)
        pump = self._changed("pump", pump, seen, held)
        self._started |= start
        rotate = self._rotations(seen.day, seen.pain)
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

    def _withdraw(self, seen: Observation) -> None:
        if not self._policy.has("withdrawal"):
            return
        if seen.day == 0:
            self._told_at_entry = seen.pain.copy()
        rise = self._number("withdrawal", "withdraws_from_rise")
        running = round(self._number("withdrawal", "withdraws_after_visits"))
        risen = seen.pain - self._told_at_entry >= rise
        self._visits_risen = np.where(risen, self._visits_risen + 1, 0)
        who = np.flatnonzero((self._visits_risen >= running) & np.isinf(self._withdrew_day))
        self._withdrew_day[who] = seen.day
        self._episode.lose(who, np.full(len(who), float(seen.day)), np.full(len(who), np.inf))

    def _start(self, seen: Observation, start: Mask) -> tuple[Array, Array]:
        if not self._policy.has("pump"):
            return seen.oral.copy(), seen.pump.copy()
        kept = self._number("pump", "oral_kept", default=1.0)
        ratio = self._number("pump", "start_ratio", default=np.inf)
        converted = seen.oral * (1.0 - kept) / ratio
        tried = self._trial_dose * self._number("pump", "start_of_trial_dose", default=0.0)
        least = self._number("pump", "start_dose", "mg/day", 0.0)
        first = np.maximum(np.maximum(converted, tried), least)
        oral = np.where(start, seen.oral * kept, seen.oral)
        return np.asarray(oral), np.where(start, first, seen.pump)

    def _changed(self, route: Given, dose: Array, seen: Observation, held: Mask) -> Array:
        # What the absent tell is NaN, so that no rule holds for them.
        worst = seen.grades[:, self._limiting[route]].max(axis=1, initial=0.0)
        first = self._first[route]
        first[:] = np.where(np.isnan(first) & (dose > 0.0), dose, first)
        left = ~held
        changed = dose.copy()
        for rule in self._policy.rules:
            if rule.route != route:
                continue
            holds = (seen.pain >= rule.pain_from) & (seen.pain < rule.pain_below)
            holds &= (worst >= rule.grade_from) & (worst < rule.grade_below)
            if rule.once_on_pump:
                holds &= self._started
            holds &= left
            step = self._step(rule, np.nan_to_num(first) if rule.of_first else dose)
            changed = np.where(holds, np.maximum(0.0, dose + step), changed)
            left &= ~holds
        return changed

    def _step(self, rule: Rule, of: Array) -> Array | float:
        if self._policy.figures[rule.change].unit == PERCENT:
            return of * (self._settled.number(rule.change, PERCENT) / _PERCENT)
        return self._settled.number(rule.change, "mg/day")

    def _treatments(self, grades: Array) -> Mask:
        least = self._number("care", "treat_from_grade", default=np.inf)
        self._treat = self._treat | (grades >= least)
        return self._treat

    def _visits_today(self, day: int) -> bool:
        # The first decision day on which so many days have passed.
        return day >= self._later_from or day % self._every < self.every

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
