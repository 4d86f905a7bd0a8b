"""A small trial that behaves like a real one and takes milliseconds, for the studies to run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from thecal.outcomes import Records
from thecal.studies import Study, read_study_text
from thecal.studies.outcome import Trial

FILE = """
name = "small"
title = "A small trial"
evidence = "SMITH2002"
seed = 7
replicates = 12
days = [0, 14, 28]

[population]
name = "advanced-cancer"

[[population.include]]
any_of = [{ trait = "pain", at_least = 5 }]

[[arm]]
name = "pump"
size = 40
policy = "pump-cancer"

[[arm]]
name = "tablets"
size = 30
policy = "medical-management"

[[endpoint]]
name = "success, pump"
arm = "pump"
measure = "success"
day = 28
better = "higher"
published = "SMITH2002-02"
band = "SMITH2002-49"

[[endpoint]]
name = "success, difference"
arms = ["pump", "tablets"]
measure = "success"
day = 28
better = "higher"
published = "SMITH2002-44"
published_p = "SMITH2002-04"

[[endpoint]]
name = "median time to an explant"
arm = "pump"
measure = "median_time:explant"
day = 28
better = "higher"

[[endpoint]]
name = "alive"
arm = "tablets"
measure = "alive"
day = 21
better = "higher"
"""

HOPE = {"pump-cancer": 0.5, "medical-management": 0.7}


def small_study(text: str = FILE) -> Study:
    return read_study_text(text, source="small.toml")


def prepare(study: Study) -> Mapping[str, float]:
    return {one.name: HOPE[one.policy] for one in study.arms}


def run_replicate(study: Study, setting: Mapping[str, float], replicate: int) -> dict[str, Records]:
    stream = np.random.default_rng(np.random.SeedSequence(study.seed, spawn_key=(replicate,)))
    return {
        one.name: _records(study, one.name, one.size, setting[one.name], stream)
        for one in study.arms
    }


def _records(
    study: Study, arm: str, people: int, left: float, stream: np.random.Generator
) -> Records:
    days = np.array(study.days, dtype=np.int64)
    death = stream.exponential(120.0, people)
    death[death > days[-1]] = np.inf
    seen = days[None, :] <= death[:, None]
    before = stream.uniform(5.0, 10.0, (people, 1))
    falls = 1.0 - (1.0 - left) * np.minimum(days / 14.0, 1.0)
    pain = np.clip(before * falls + stream.normal(0.0, 1.0, seen.shape), 0.0, 10.0)
    grades = stream.integers(0, 4, (*seen.shape, 2)).astype(np.float64)
    hidden = np.where(seen, 1.0, np.nan)
    return Records(
        arm=arm,
        days=days,
        pain=pain * hidden,
        worst_pain=pain * hidden,
        items=("nausea", "sedation"),
        grades=grades * hidden[:, :, None],
        oral_mg_per_day=200.0 * left * hidden,
        intrathecal_mcg_per_day=0.0 * hidden,
        death_day=death,
        end_day=np.full(people, np.inf),
        events={"explant": np.full(people, np.inf)},
        traits={"age": stream.normal(57.0, 13.0, people)},
    )


SMALL = Trial(prepare, run_replicate)
