"""One replicate of a virtual trial: people are drawn, admitted, randomised, treated and recorded.

What is uncertain about drugs, people and practice is drawn once for each replicate over the ranges
of the data, so that the spread of replicates holds what is not known beside what is chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from thecal.effects import KnownEffects, load_effects, respond
from thecal.errors import InputError
from thecal.formulary import load_formulary
from thecal.knowledge import Figure, Settled, at_quantile, is_uncertain, set_point
from thecal.outcomes import Records
from thecal.patients import Kinetics, Population, draw_people, load_population, make_kinetics
from thecal.studies.study import Study
from thecal.therapy.care import Clinic, Course, Episode, Policy, follow_arm, load_policy

if TYPE_CHECKING:
    from thecal.formulary.drug import RouteRatio

KINETIC_PEOPLE: Final = 400
"""Bodies that all replicates of a study draw from, with replacement."""

_KINETIC_SEED: Final = 1
_ORAL_FORM: Final = "extended-release"
_RATIO: Final = "ratio.oral_to_intrathecal"

Quantiles = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all replicates of a study share.

    Attributes
    ----------
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
        names = [f"{group}.{name}" for group, name, _ in self._figures()]
        return (*dict.fromkeys(names), *((_RATIO,) if self.ratio else ()))

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
        ]
        return [
            (group, name, figure)
            for group, figures in groups
            for name, figure in figures.items()
            if is_uncertain(figure)
        ]


def prepare(study: Study) -> Setting:
    """Return what all replicates of a study share; computing the bodies takes some 10 s.

    Raises
    ------
    InputError
        If the arms have different drugs.
    """
    policies = {arm.policy: load_policy(arm.policy) for arm in study.arms}
    drugs = sorted({policy.drug for policy in policies.values()})
    if len(drugs) > 1:
        raise InputError(
            f'the study "{study.name}" gives {" and ".join(drugs)} in different arms; thecal '
            "simulates one drug by both routes in a study"
        )
    population = load_population(study.population.name)
    effects = load_effects(drugs[0])
    drug = load_formulary().drug(drugs[0])
    ratio = drug.oral_to_intrathecal if effects.by_conversion else None
    kinetics = make_kinetics(
        drug,
        people=KINETIC_PEOPLE,
        seed=_KINETIC_SEED,
        tip=population.tip,
        levels=population.levels,
        oral_form=_ORAL_FORM if effects.by_conversion else "",
        threads=1,
    )
    return Setting(
        population, policies, effects, kinetics, None if ratio is None else _ratio(ratio)
    )


def run_replicate(
    study: Study, setting: Setting, replicate: int, quantiles: Quantiles | None = None
) -> dict[str, Records]:
    """Run one replicate and return the records of each arm by its name.

    Parameters
    ----------
    replicate
        Its number; with the study's seed it fixes every draw.
    quantiles
        Where in its range each uncertain figure lies, by the names of `Setting.uncertain`; drawn if
        left out. One that is not named keeps its set point.
    """
    seeds = np.random.SeedSequence(study.seed, spawn_key=(replicate,)).spawn(2 + len(study.arms))
    streams = [np.random.Generator(np.random.PCG64(one)) for one in seeds]
    if quantiles is None:
        quantiles = {name: streams[0].random() for name in setting.uncertain()}
    population = setting.population
    settled = Settled.of(
        population.figures, setting.quantiles_of("population", population.figures, quantiles)
    )
    effects = setting.effects
    known = setting.quantiles_of("effects", effects.figures, quantiles)
    response = respond(
        effects,
        setting.kinetics.reference(),
        oral_to_intrathecal=setting.ratio_at(quantiles),
        quantiles=known,
    )
    everybody = draw_people(
        population,
        settled,
        response,
        setting.kinetics,
        streams[1],
        sum(arm.size for arm in study.arms),
        admits=study.population.admits,
        escalator_share=_number(effects, known, "tolerance", "escalator_share"),
    )
    records: dict[str, Records] = {}
    first = 0
    for arm, stream in zip(study.arms, streams[2:], strict=True):
        policy = setting.policies[arm.policy]
        practice = Settled.of(
            policy.figures, setting.quantiles_of("policy", policy.figures, quantiles)
        )
        course = _course(effects, known, policy, practice)
        people = everybody.some(np.arange(first, first + arm.size))
        episode = Episode(people, response, setting.kinetics, stream, course)
        gain = _number(effects, known, "tolerance", "rotation_gain")
        clinic = Clinic(policy, practice, episode, stream, rotation_gain=gain)
        records[arm.name] = follow_arm(episode, clinic, arm.name, study.days)
        first += arm.size
    return records


def _ratio(ratio: RouteRatio) -> Figure:
    return replace(ratio.central, low=ratio.low.value, high=ratio.high.value)


def _course(effects: KnownEffects, known: Quantiles, policy: Policy, practice: Settled) -> Course:
    treated = policy.roles["care"].get("treated")
    return Course(
        escalator_growth=_number(effects, known, "tolerance", "escalator_growth", "1/year"),
        stable_growth=_number(effects, known, "tolerance", "stable_growth", "1/year"),
        adaptation_half_life=_number(effects, known, "withdrawal", "adaptation_half_life", "day"),
        withdrawal_pain=_number(effects, known, "withdrawal", "pain_at_full"),
        treated=practice.number(treated) if treated else 0.0,
    )


def _number(
    effects: KnownEffects, known: Quantiles, table: str, part: str, unit: str = "1"
) -> float:
    """Return a figure of the effects; zero for a drug that has no such part."""
    name = effects.role(table, part)
    return Settled.of(effects.figures, known).number(name, unit) if name else 0.0
