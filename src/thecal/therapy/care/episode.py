"""Months of treatment of some people, step by step: observe, act, step.

The same door for a clinic's rules, a teaching scenario and a program that learns: `Episode.observe`
tells what the clinic sees, `Episode.act` sets doses and treatments, `Episode.step` lets days pass.
Whoever acts never sees the true pain, the tolerance or what a person would respond to.

Pain is what is left of the untreated pain after the drug, expectation and other treatment, each
taking its share of what the others left, and what a withdrawal adds:

    pain = untreated * (1 - relief) * (1 - placebo) * (1 - adjuvant) + withdrawal

The step is a day: what the hours of a day do to the pain is averaged out, and the worst of the day
arises from episodes of breakthrough pain in those who have them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thecal.effects import Response, Sites, Tolerance
from thecal.errors import InputError
from thecal.outcomes import DAYS_PER_YEAR
from thecal.patients import ORAL, PUMP, Exposure, Kinetics, People, entry_doses, reported_pain
from thecal.therapy.care.acting import Action, Observation
from thecal.therapy.care.breakthrough import Boluses, day_of
from thecal.therapy.care.leaving import Leaving, Reasons, State, chance_day
from thecal.therapy.care.pump_kinds import pump_kind
from thecal.therapy.care.pumps import Pumps

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

_HIGHEST: Final = 10.0


@dataclass(frozen=True, slots=True)
class Course:
    """How people change with time and treatment; each drawn once for a replicate.

    Attributes
    ----------
    escalator_growth, stable_growth
        Yearly growth of the need, natural logarithm, of the two kinds of people.
    adaptation_half_life
        Days; after a change of dose the body's habit follows it so; 0: at once.
    withdrawal_pain
        Points of 10 that a full withdrawal adds.
    treated
        Share of a side effect's drive that its own treatment takes away.
    boluses
        What the pump gives on request; ``None``: nothing.
    recovery_half_life
        Days; a tolerance that is no longer sustained is lost so; infinite: never.
    reasons
        What moves the risk of leaving; ``None``: chance alone.
    """

    escalator_growth: float = 0.0
    stable_growth: float = 0.0
    adaptation_half_life: float = 2.0
    withdrawal_pain: float = 0.0
    treated: float = 0.0
    boluses: Boluses | None = None
    recovery_half_life: float = inf
    reasons: Reasons | None = None


class Episode:
    """Some people under treatment.

    Parameters
    ----------
    people
        Who; they enter on their entry doses, by mouth and pump, to which they are used.
    response
        What the drug does.
    generator
        For the noise of what is told; the same gives the same course.

    Attributes
    ----------
    pumps
        What turns the pump's doses into the drug that arrives, day by day.

    Examples
    --------
    See docs/response.md, where a policy of four lines treats thirty people for a year.
    """

    def __init__(
        self,
        people: People,
        response: Response,
        kinetics: Kinetics,
        generator: np.random.Generator,
        course: Course | None = None,
    ) -> None:
        self._people = people
        self._response = response
        self._generator = generator
        # A stream of its own, so that what is told does not depend on how many episodes there are.
        self._chance = generator.spawn(1)[0]
        self.pumps = Pumps(pump_kind(kinetics.drug), people.count, generator.spawn(1)[0])
        self._course = course or Course()
        self._kinetics = kinetics
        self._exposure = Exposure(kinetics, people.kinetic)
        self._day = 0
        n = people.count
        self._rotated = np.ones(n)
        self._treat = np.zeros((n, len(people.items)), dtype=np.bool_)
        self._adjuvant = np.zeros(n)
        self._expects = np.zeros(n, dtype=np.bool_)
        for route, dose in entry_doses(people.traits).items():
            if self._has(route):
                self._exposure.set_dose(route, 0, dose)
        self._infused = self._exposure.dose(PUMP)
        self.pumps.enter(self._exposure)
        self._exposure.settle()
        entry, half_life = self._exposure.sites(0), self._course.recovery_half_life
        self._tolerance = Tolerance(response, people.tolerance, entry, recovery_half_life=half_life)
        self._habit = self._drive(self._exposure.sites(0))
        self._most_used_to = self._habit
        hazards = {name: people.settled.number(f"{name}_hazard", "1/day") for name in _FATES}
        self.death_day = chance_day(people.traits.fate, hazards["death"])
        self.end_day = np.full(n, inf)
        self._leaving = Leaving(people.traits.staying, hazards["dropout"], self._course.reasons)
        self._entry_pain = np.maximum(self.true_pain(), np.finfo(float).tiny)

    @property
    def day(self) -> int:
        """Days since entry."""
        return self._day

    @property
    def people(self) -> People:
        """Who is treated."""
        return self._people

    @property
    def tolerance(self) -> Array:
        """Factor on the concentrations needed, shape (n,); never below 1."""
        return self._tolerance.factor.copy()

    def present(self) -> Mask:
        """Return who is alive and still seen, shape (n,)."""
        return (self.death_day > self._day) & (self.end_day > self._day)

    def lose(self, who: NDArray[np.int64], end_day: Array, death_day: Array) -> None:
        """Let the therapy of some end, or let them die, no later than on these days."""
        self.end_day[who] = np.minimum(self.end_day[who], end_day)
        self.death_day[who] = np.minimum(self.death_day[who], death_day)

    def left(self) -> Mapping[str, Array]:
        """Return by reason (`REASONS`) when people left; infinite of those who have not, (n,)."""
        return self._leaving.events(self.end_day)

    def observe(self) -> Observation:
        """Return what the clinic sees today; each call asks the people once."""
        present = self.present()
        true = self.true_pain()
        noise = self._people.settled.number("pain_noise")
        above = self._people.settled.number("worst_pain_above_average")
        told = reported_pain(true, noise, self._generator)
        absent = ~present
        pain = np.where(absent, np.nan, told)
        boluses = self._course.boluses
        today = day_of(
            self._people,
            self._chance,
            boluses,
            None if boluses is None else np.where(present, self.bolus_relief(), 0.0),
        )
        rise = np.where(self._people.traits.episodes > 0.0, today.rise, above)
        worst = np.where(absent, np.nan, np.minimum(_HIGHEST, told + rise))
        each = 0.0 if boluses is None else boluses.share * self._infused
        felt = self.harm() * np.exp(
            self._people.settled.number("harm_noise")
            * self._generator.standard_normal(self._treat.shape)
        )
        grades = np.where(absent[:, None], np.nan, self._response.grades(felt))
        return Observation(
            self._day,
            pain,
            worst,
            grades,
            self._people.items,
            self._dose(ORAL),
            self._dose(PUMP),
            today.boluses,
            today.boluses * each,
            present,
        )

    def act(self, action: Action) -> None:
        """Set doses and treatments from today on; those who are absent keep what they have.

        Raises
        ------
        InputError
            If a dose is negative, or a share outside 0 to 1; then nothing is changed.
        """
        action.check()
        present = self.present()
        for route, dose in ((ORAL, action.oral), (PUMP, action.pump)):
            if dose is not None and self._has(route):
                new = np.where(present, dose, self._dose(route))
                if route == PUMP:
                    self._infused = new
                    self.pumps.order(new * (1.0 + self._by_boluses()))
                else:
                    self._exposure.set_dose(route, self._day, new)
        if action.treat is not None:
            self._treat = np.where(present[:, None], action.treat, self._treat)
        if action.adjuvant is not None:
            self._adjuvant = np.where(present, action.adjuvant, self._adjuvant)
        if action.rotate is not None:
            self._rotated = np.where(present, self._rotated * (1.0 - action.rotate), self._rotated)
        if action.expects is not None:
            self._expects = np.where(present, action.expects, self._expects)

    def step(self, days: int) -> None:
        """Let days pass.

        Raises
        ------
        InputError
            If there is not at least one.
        """
        if days < 1:
            raise InputError(f"a step is of {days} days, but of at least 1")
        course = self._course
        growth = np.where(self._people.escalates, course.escalator_growth, course.stable_growth)
        exposed = (self._dose(ORAL) + self._dose(PUMP)) > 0.0
        grows = np.exp(np.where(exposed, growth, 0.0) / DAYS_PER_YEAR)
        half_life = course.adaptation_half_life
        keeps = 0.5 ** (1.0 / half_life) if half_life > 0.0 else 0.0
        # Day by day, so that nothing depends on how often anybody looks.
        for _ in range(days):
            sites = self._exposure.sites(self._day)
            today = self._drive(sites)
            if self._leaving.looks(self._day):
                self._leaving.fare(self._state())
            self._leaving.pass_day(self._day, self.present())
            self._habit = today + (self._habit - today) * keeps
            self._most_used_to = np.maximum(self._most_used_to, self._habit)
            self._tolerance.pass_day(sites, grows)
            self.pumps.infuse(self._exposure, self._day)
            self._day += 1
        self.end_day = np.minimum(self.end_day, self._leaving.day)

    def true_pain(self) -> Array:
        """Return the pain that nobody sees, 0 to 10, shape (n,)."""
        traits = self._people.traits
        drive = self._drive(self._exposure.sites(self._day))
        left = traits.untreated_pain * (1.0 - self._response.relief(drive, traits.responsiveness))
        left = left * (1.0 - np.where(self._expects, traits.placebo, 0.0)) * (1.0 - self._adjuvant)
        left = left + self._course.withdrawal_pain * self.withdrawal()
        return np.asarray(np.minimum(_HIGHEST, left))

    def trial_pain(self, pump_mg_per_day: float, days: int) -> Array:
        """Return the pain that people would tell after days of a trial infusion; changes nothing.

        Shape (n,), 0 to 10; expectation is at work, as it is in a trial that is not blinded.
        """
        sites = self._exposure.with_trial(self._day, pump_mg_per_day, days)
        traits = self._people.traits
        relief = self._response.relief(self._drive(sites), traits.responsiveness)
        true = traits.untreated_pain * (1.0 - relief) * (1.0 - traits.placebo)
        noise = self._people.settled.number("pain_noise")
        return reported_pain(true * (1.0 - self._adjuvant), noise, self._generator)

    def bolus_relief(self) -> Array:
        """Return the share of an episode that a bolus takes away, 0 to 1, shape (n,).

        It follows from the bolus's dose as any relief does; 0 without boluses or without a pump.
        """
        boluses = self._course.boluses
        if boluses is None:
            return np.zeros(self._people.count)
        reached = boluses.reach * boluses.share * self._infused * self.pumps.share()
        cord = self._kinetics.settled(PUMP, reached, self._people.kinetic).cord
        none = np.zeros_like(cord)
        return self._response.relief(
            self._drive(Sites(none, cord, none)), self._people.traits.responsiveness
        )

    def withdrawal(self) -> Array:
        """Return how far the drug falls short of what the body is used to, 0 to 1, shape (n,).

        1 is all of the most that the body was ever used to; after a stop the habit fades, and the
        withdrawal with it.
        """
        short = self._habit - self._drive(self._exposure.sites(self._day))
        most = np.maximum(self._most_used_to, np.finfo(float).tiny)
        return np.asarray(np.clip(short / most, 0.0, 1.0))

    def harm(self) -> Array:
        """Return the drives of the side effects, of drug and disease, shape (n, items)."""
        people = self._people
        drug = self._response.harm(self._exposure.sites(self._day), self._tolerance.factor)
        total = people.susceptibility * drug + people.traits.background
        return np.asarray(total * (1.0 - np.where(self._treat, self._course.treated, 0.0)))

    def sites(self) -> Sites:
        """Return the concentrations of today, ng/mL."""
        return self._exposure.sites(self._day)

    def _drive(self, sites: Sites) -> Array:
        tolerance = self._tolerance.factor
        systemic = np.maximum(1.0, tolerance * self._rotated)
        return self._response.drive(sites, tolerance, systemic)

    def _state(self) -> State:
        worst = self._response.grades(self.harm().max(axis=1, initial=0.0))
        return State(self.true_pain() / self._entry_pain, worst)

    def _has(self, route: str) -> bool:
        return route in self._exposure.routes

    def _dose(self, route: str) -> Array:
        if route == PUMP:
            return self._infused.copy()
        return self._exposure.dose(route) if self._has(route) else np.zeros(self._people.count)

    def _by_boluses(self) -> Array:
        """Return what boluses add to the infusion on average, as a share of it, shape (n,)."""
        boluses = self._course.boluses
        if boluses is None:
            return np.zeros(self._people.count)
        return boluses.share * boluses.given_a_day(self._people.traits.episodes)


_FATES: Final = ("death", "dropout")
