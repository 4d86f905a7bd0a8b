"""One replicate of a virtual trial: people are drawn, admitted, randomised, treated and recorded.

What is uncertain about drugs, people and practice is drawn once for each replicate over the ranges
of the data, so that the spread of replicates holds what is not known beside what is chance.
"""

from __future__ import annotations

import numpy as np

from thecal.errors import InputError
from thecal.outcomes import Records
from thecal.studies.study import Study
from thecal.therapy.care import Quantiles, Setting, World, load_policy, prepare_setting

__all__ = ["Setting", "prepare", "run_replicate"]


def prepare(study: Study) -> Setting:
    """Return what all replicates of a study share; computing the bodies takes some 10 s.

    Raises
    ------
    InputError
        If the arms have different drugs.
    """
    policies = tuple(dict.fromkeys(arm.policy for arm in study.arms))
    drugs = sorted({load_policy(name).drug for name in policies})
    if len(drugs) > 1:
        raise InputError(
            f'the study "{study.name}" gives {" and ".join(drugs)} in different arms; thecal '
            "simulates one drug by both routes in a study"
        )
    return prepare_setting(study.population.name, policies, threads=None)


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
    world = World.of(setting, setting.draw(streams[0]) if quantiles is None else quantiles)
    everybody = world.people(
        streams[1], sum(arm.size for arm in study.arms), admits=study.population.admits
    )
    records: dict[str, Records] = {}
    first = 0
    for arm, stream in zip(study.arms, streams[2:], strict=True):
        people = everybody.some(np.arange(first, first + arm.size))
        records[arm.name] = world.treat(
            people, arm.policy, study.days, arm=arm.name, telling=stream, chance=stream
        )
        first += arm.size
    return records
