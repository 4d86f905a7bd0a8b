"""Where virtual people are treated: population, policies, effects, bodies, and how sure all is.

A `Setting` is what all replicates share; computing its bodies takes seconds. A `World` is one
replicate: every uncertain figure of the setting has one number in it. What is uncertain about
drugs, people and practice is drawn once for each, so that the spread of replicates holds what is
not known beside what is chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Final

from thecal.effects import KnownEffects, Response, load_effects, respond
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.knowledge import Figure, Settled, at_quantile, is_uncertain, set_point
from thecal.outcomes import Records
from thecal.patients import (
    PAIN,
    Kinetics,
    People,
    Population,
    draw_people,
    is_place_figure,
    load_population,
    make_kinetics,
)
from thecal.therapy.care.breakthrough import Boluses
from thecal.therapy.care.clinic import Clinic
from thecal.therapy.care.episode import Course, Episode
from thecal.therapy.care.following import follow_arm
from thecal.therapy.care.leaving import Reasons, load_leaving
from thecal.therapy.care.policy import Policy, load_policy

if TYPE_CHECKING:
    import numpy as np

    from thecal.formulary.drug import RouteRatio
    from thecal.patients.people import Rule

KINETIC_PEOPLE: Final = 400
"""Bodies that all replicates draw from, with replacement, where nothing else is said."""

KINETIC_SEED: Final = 1
"""Of the bodies; the same for all settings."""

_ORAL_FORM: Final = "extended-release"
_RATIO: Final = "ratio.oral_to_intrathecal"
_LAST: Final = frozenset(f"population.{name}" for name in PAIN)
_LEAVING: Final = "leaving"
_NEWEST: Final = ("effects.tolerance_recovery_half_life", f"{_LEAVING}.")

Quantiles = Mapping[str, float]
"""Where in its range each uncertain figure lies, by the names of `Setting.uncertain`."""


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all replicates share.

    Attributes
    ----------
    policies
        By their ids.
    ratio
        Of oral to intrathecal doses, with the range of the dispute; ``None`` for a drug whose
        effect is not known by conversion.
    """

    population: Population
    policies: Mapping[str, Policy]
    effects: KnownEffects
    kinetics: Kinetics
    ratio: Figure | None

    def uncertain(self) -> tuple[str, ...]:
        """Return the names of all that is drawn once for a replicate, in a fixed order."""
        names = dict.fromkeys(f"{group}.{name}" for group, name, _ in self._figures())
        # Last, so that the draws of all others do not depend on how many of these there are.
        last = [name for name in names if name in _LAST]
        places = [name for name in names if is_place_figure(name.removeprefix("population."))]
        newest = [name for name in names if name.startswith(_NEWEST)]
        first = [name for name in names if name not in {*last, *places, *newest}]
        return (*first, *((_RATIO,) if self.ratio else ()), *last, *places, *newest)

    def label(self, name: str) -> str:
        """Return what one of `uncertain` is, in words."""
        if name == _RATIO:
            return "oral to intrathecal ratio that holds"
        labels = {f"{group}.{own}": figure.label for group, own, figure in self._figures()}
        return labels[name]

    def draw(self, generator: np.random.Generator) -> dict[str, float]:
        """Draw a quantile for all that is uncertain."""
        return {name: generator.random() for name in self.uncertain()}

    def quantiles_of(
        self, group: str, figures: Mapping[str, Figure], drawn: Quantiles
    ) -> Quantiles:
        """Return the quantiles of one group's figures, by their own names."""
        return {name: drawn[f"{group}.{name}"] for name in figures if f"{group}.{name}" in drawn}

    def ratio_at(self, drawn: Quantiles) -> float | None:
        """Return the ratio of oral to intrathecal doses that holds in a replicate."""
        if self.ratio is None:
            return None
        return at_quantile(self.ratio, drawn[_RATIO]) if _RATIO in drawn else set_point(self.ratio)

    def _figures(self) -> list[tuple[str, str, Figure]]:
        groups: list[tuple[str, Mapping[str, Figure]]] = [
            ("effects", self.effects.figures),
            ("population", self.population.figures),
            *(("policy", one.figures) for one in self.policies.values()),
            (_LEAVING, load_leaving().figures),
        ]
        return [
            (group, name, figure)
            for group, figures in groups
            for name, figure in figures.items()
            if is_uncertain(figure)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One replicate: a number for every uncertain figure.

    Attributes
    ----------
    quantiles
        Where each lies in its range; one that is not named keeps its set point.
    known
        The figures of the drug's effects, settled.
    response
        What the drug does.
    """

    setting: Setting
    quantiles: Quantiles
    known: Settled
    response: Response

    @classmethod
    def of(cls, setting: Setting, quantiles: Quantiles) -> World:
        """Return the replicate of a setting at quantiles of its uncertain figures.

        Raises
        ------
        InputError
            If a quantile is outside 0 to 1.
        """
        effects = setting.effects
        own = setting.quantiles_of("effects", effects.figures, quantiles)
        response = respond(
            effects,
            setting.kinetics.reference(),
            oral_to_intrathecal=setting.ratio_at(quantiles),
            quantiles=own,
        )
        return cls(setting, quantiles, Settled.of(effects.figures, own), response)

    def people(
        self, generator: np.random.Generator, count: int, *, admits: Rule | None = None
    ) -> People:
        """Draw people of the population who meet a rule of entry on what they report.

        Raises
        ------
        InputError
            If there are none to draw, or hardly anybody meets the rule.
        """
        population = self.setting.population
        settled = Settled.of(
            population.figures,
            self.setting.quantiles_of("population", population.figures, self.quantiles),
        )
        return draw_people(
            population,
            settled,
            self.response,
            self.setting.kinetics,
            generator,
            count,
            admits=admits,
            escalator_share=self.effect("tolerance", "escalator_share"),
        )

    def treat(
        self,
        people: People,
        policy: str,
        visits: Sequence[int],
        *,
        arm: str,
        telling: np.random.Generator,
        chance: np.random.Generator,
    ) -> Records:
        """Treat people by a policy of the setting and return what the visits recorded.

        The same people may be treated again by another policy.

        Parameters
        ----------
        visits
            Whole days from entry, rising; the first is 0.
        telling
            For the noise of what people tell.
        chance
            For what the policy leaves to chance, as waiting times and what other treatment does.
        """
        rules = self.setting.policies[policy]
        practice = Settled.of(
            rules.figures, self.setting.quantiles_of("policy", rules.figures, self.quantiles)
        )
        kinetics = self.setting.kinetics
        episode = Episode(people, self.response, kinetics, telling, self._course(rules, practice))
        gain = self.effect("tolerance", "rotation_gain")
        clinic = Clinic(rules, practice, episode, chance, rotation_gain=gain)
        return follow_arm(episode, clinic, arm, visits)

    def _course(self, policy: Policy, practice: Settled) -> Course:
        treated = policy.roles["care"].get("treated")
        return Course(
            escalator_growth=self.effect("tolerance", "escalator_growth", "1/year"),
            stable_growth=self.effect("tolerance", "stable_growth", "1/year"),
            adaptation_half_life=self.effect("withdrawal", "adaptation_half_life", "day"),
            withdrawal_pain=self.effect("withdrawal", "pain_at_full"),
            treated=practice.number(treated) if treated else 0.0,
            boluses=_boluses(policy, practice),
            recovery_half_life=self.effect("tolerance", "recovery_half_life", "day") or inf,
            reasons=self._reasons(),
        )

    def _reasons(self) -> Reasons | None:
        population = self.setting.population
        if not population.figures["dropout_hazard"].number("1/day"):
            return None
        figures = load_leaving().figures
        own = self.setting.quantiles_of(_LEAVING, figures, self.quantiles)
        return Reasons.of(population.id, Settled.of(figures, own))

    def effect(self, table: str, part: str, unit: str = "1") -> float:
        """Return a figure of the effects; zero for a drug that has no such part."""
        name = self.setting.effects.role(table, part)
        return self.known.number(name, unit) if name else 0.0


def prepare_setting(
    population: str,
    policies: Sequence[str],
    *,
    bodies: int = KINETIC_PEOPLE,
    threads: int | None = 1,
) -> Setting:
    """Return the setting of a population and policies; 400 bodies take some 10 s.

    Parameters
    ----------
    population, policies
        Their ids; the policies give one drug.
    bodies
        How many bodies to compute.
    threads
        On how many processors; all when ``None``. The result is the same.

    Raises
    ------
    InputError
        If something of such a name is not on record, or the policies give different drugs.
    """
    known = {name: load_policy(name) for name in policies}
    drugs = sorted({policy.drug for policy in known.values()})
    if len(drugs) > 1:
        raise InputError(
            f"{' and '.join(drugs)} are given by different policies; thecal simulates one drug by "
            "both routes"
        )
    people = load_population(population)
    effects = load_effects(drugs[0])
    drug = load_formulary().drug(drugs[0])
    ratio = drug.oral_to_intrathecal if effects.by_conversion else None
    kinetics = make_kinetics(
        drug,
        people=bodies,
        seed=KINETIC_SEED,
        aims=people.aims,
        oral_form=_ORAL_FORM if effects.by_conversion else "",
        threads=threads,
    )
    return Setting(people, known, effects, kinetics, None if ratio is None else _ratio(ratio))


def _boluses(policy: Policy, practice: Settled) -> Boluses | None:
    if not policy.has("bolus"):
        return None
    parts = policy.roles["bolus"]
    return Boluses(
        share=practice.number(parts["share"]),
        lockout_h=practice.number(parts["lockout"], "h"),
        onset_min=practice.number(parts["onset"], "min"),
        reach=practice.number(parts["reach"]),
    )


def _ratio(ratio: RouteRatio) -> Figure:
    return replace(ratio.central, low=ratio.low.value, high=ratio.high.value)
