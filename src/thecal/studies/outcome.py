"""What one replicate of a study gives: its endpoints, and the course of each arm."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from thecal.errors import InputError
from thecal.outcomes import Records, compare, find_measure
from thecal.studies.study import Endpoint, Study

Array = NDArray[np.float64]

FOLLOWED: Final[Mapping[str, str]] = {
    "pain": "pain_mean",
    "toxicity": "toxicity_mean",
    "alive": "alive",
    "oral_mg_per_day": "dose_mean:oral",
    "intrathecal_mcg_per_day": "dose_mean:intrathecal",
}
"""What is followed from visit to visit, and the measure that it is."""


@dataclass(frozen=True, slots=True)
class Trial:
    """How the people of a study fare; both functions must be importable by their names.

    Attributes
    ----------
    prepare
        Makes what all replicates share, once; depends on the study alone, and can be pickled.
    run_replicate
        Takes the study, that setting and the number of a replicate, and returns the records of
        each arm by its name; what it draws depends on these three alone.
    """

    prepare: Callable[[Study], Any]
    run_replicate: Callable[[Study, Any, int], Mapping[str, Records]]


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What is kept of a replicate.

    Attributes
    ----------
    values
        Of the endpoints in their order and unit; NaN where nobody was evaluable. Shape (e,).
    p_values
        Of the comparisons, NaN for endpoints of one arm. Shape (e,).
    courses
        By arm, visit and the names of `FOLLOWED`. Shape (arms, visits, 5).
    people
        By name what each person is, arm after arm; NaN where an arm does not say. Shape (n,).
    sizes
        How many of these are in each arm.
    """

    replicate: int
    values: Array
    p_values: Array
    courses: Array
    people: Mapping[str, Array]
    sizes: tuple[int, ...]


def outcome_of(study: Study, records: Mapping[str, Records], replicate: int) -> Outcome:
    """Return what is kept of the records of a replicate.

    Raises
    ------
    InputError
        When an endpoint asks for what the trial did not record.
    """
    found = [_measured(one, records) for one in study.endpoints]
    return Outcome(
        replicate,
        np.array([value for value, _ in found]),
        np.array([p for _, p in found]),
        np.array([_course(study, records[one.name]) for one in study.arms]),
        _people([records[one.name] for one in study.arms]),
        tuple(records[one.name].people for one in study.arms),
    )


def run_part(
    study: Study,
    trial: Trial,
    setting: Any,  # noqa: ANN401 - the trial's own affair
    replicates: Sequence[int],
) -> list[Outcome]:
    """Run some replicates and return what is kept of each; workers are sent here."""
    return [outcome_of(study, trial.run_replicate(study, setting, one), one) for one in replicates]


def _people(arms: Sequence[Records]) -> dict[str, Array]:
    names = dict.fromkeys(name for one in arms for name in one.traits)
    return {
        name: np.concatenate(
            [one.traits.get(name, np.full(one.people, np.nan)) for one in arms]
        ).astype(np.float64)
        for name in names
    }


def _measured(endpoint: Endpoint, records: Mapping[str, Records]) -> tuple[float, float]:
    measure = find_measure(endpoint.measure)
    arms = [records[name] for name in endpoint.arms]
    try:
        if endpoint.compares:
            found = compare(measure, arms[0], arms[1], endpoint.day)
            return found.value * endpoint.scale, found.p
        return measure.of(arms[0], endpoint.day) * endpoint.scale, np.nan
    except InputError as error:
        raise InputError(f'the endpoint "{endpoint.name}": {error.sentence}') from error


def _course(study: Study, records: Records) -> Array:
    measures = [find_measure(name) for name in FOLLOWED.values()]
    return np.array([[one.of(records, day) for one in measures] for day in study.days])
